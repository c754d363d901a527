"""How far the clusters depend on the seed: the topic layer, apart from claims about frames.

References
----------
Hubert & Arabie (1985), Comparing partitions, Journal of Classification 2:193-218 (adjusted Rand index).
Kuhn (1955), The Hungarian method for the assignment problem (matching).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from framing.frames import FrameAssignment
from framing.robustness_tables import TOPICS
from framing.study import Study
from framing.topics import TopicAssignment, fit_topics
from framing.vectors import Vectors


def cluster_again(
    assignment: FrameAssignment, vectors: Vectors, study: Study, *, outlets: Iterable[str], seed: int
) -> TopicAssignment:
    """Cluster a study's units with a seed."""
    return fit_topics(
        assignment, vectors, outlets=outlets, min_size=study.topics.min_size, sample=study.topics.sample, seed=seed
    )


def topic_row(found: TopicAssignment, base: TopicAssignment, *, seed: int, is_base: bool) -> dict[str, object]:
    """Compare one clustering with the study's own; the columns of `TOPICS`.

    `ari` : adjusted Rand index over all units, those outside clusters as one group; `ari_inside` over
    units inside a cluster in both. `words_jaccard` : mean overlap (0 to 1) of the top words of clusters
    matched by the units they share; a cluster without a partner counts 0.
    """
    topic = found.unit_topics["topic"].to_numpy()
    row = {"seed": seed, "is_base": is_base, "n_topics": len(np.unique(topic[topic >= 0])),
           "outlier_share": float((topic == -1).mean()) if len(topic) else np.nan, "ari": np.nan,
           "ari_inside": np.nan, "words_jaccard": np.nan, "n_matched": 0, "reason": found.reason}  # fmt: skip
    if found.reason or base.reason:
        return row
    own = base.unit_topics["topic"].to_numpy()
    inside = (own >= 0) & (topic >= 0)
    jaccard, n_matched = matched_words(found, base)
    return row | {
        "ari": _rand(own, topic), "ari_inside": _rand(own[inside], topic[inside]) if inside.any() else np.nan,
        "words_jaccard": jaccard, "n_matched": n_matched,
    }  # fmt: skip


def _rand(one: np.ndarray, other: np.ndarray) -> float:
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(one, other))


def matched_words(found: TopicAssignment, base: TopicAssignment) -> tuple[float, int]:
    """Give the mean Jaccard overlap of matched clusters' top words, and how many clusters were matched.

    Clusters are matched one to one so that they share the most units; the words have no say in it.
    """
    from scipy.optimize import linear_sum_assignment

    one, other = (topics.unit_topics["topic"].to_numpy(int) for topics in (base, found))
    counts = np.zeros((int(one.max(initial=-1)) + 1, int(other.max(initial=-1)) + 1), dtype=int)
    inside = (one >= 0) & (other >= 0)
    np.add.at(counts, (one[inside], other[inside]), 1)
    if not counts.size:
        return float("nan"), 0
    pairs = [(int(a), int(b)) for a, b in zip(*linear_sum_assignment(-counts), strict=True) if counts[a, b]]
    own, theirs = _words(base), _words(found)
    overlaps = [_jaccard(own[a], theirs[b]) for a, b in pairs]
    return sum(overlaps) / max(len(np.unique(one[one >= 0])), len(np.unique(other[other >= 0]))), len(overlaps)


def _words(topics: TopicAssignment) -> dict[int, set[str]]:
    return {int(row["topic"]): set(row["words"]) for row in topics.topics.to_dict("records")}


def _jaccard(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def topic_table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Give the table of all seeds, the study's own first."""
    return pd.DataFrame(rows, columns=TOPICS)
