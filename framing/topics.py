"""Clusters of all units with BERTopic, built so that Arabic survives, guided by the frames.

Layer 2 of the analysis: a partition into packages of a frame, unlabelled clusters and
outliers. A cluster is not a frame: it stays an unlabelled cluster until a person has
read it and named it.

References
----------
Grootendorst (2022), BERTopic, arXiv 2203.05794. McInnes, Healy & Melville (2018), UMAP,
arXiv 1802.03426. Campello, Moulavi & Sander (2013), HDBSCAN, PAKDD, 160-172.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from framing.arabic import lexical_view, words
from framing.frames import FrameAssignment
from framing.optional import require
from framing.sentences import reporting_verbs
from framing.vectors import Vectors

TOPIC_COLUMNS = ["topic", "n_units", "words", "package", "name", "representative"]
MIN_UNITS = 40
# Of a cluster's units, this share must carry a frame, and twice as many as elsewhere, to call it the frame's package.
PACKAGE_SHARE, PACKAGE_LIFT = 0.5, 2.0
N_WORDS, N_REPRESENTATIVE = 10, 5
_PREFIX = re.compile(r"^[وف]?(?:[بك]?ال|لل)(?=\w{3})|^[وف](?=ال)")


@dataclass(frozen=True)
class TopicAssignment:
    """Clusters of units.

    `unit_topics` : `unit_id, topic (-1 = outlier), margin (cosine to the own centroid less that to the next)`.
    `topics` : columns of `TOPIC_COLUMNS`; `package` is a frame or None, `name` None until a person names it.
    `reason` : why there are no clusters, where there are none. `topic_model` : the BERTopic object, or None.
    """

    unit_topics: pd.DataFrame
    topics: pd.DataFrame
    settings: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    topic_model: Any = None

    def to_frame(self) -> pd.DataFrame:
        """Give the clusters as a table."""
        return self.topics.copy()

    def summary(self) -> str:
        """Count clusters, packages and outliers."""
        if self.reason:
            return f"no clusters: {self.reason}"
        real = self.topics[self.topics["topic"] >= 0]
        outliers = int((self.unit_topics["topic"] == -1).sum())
        packages = int(real["package"].notna().sum())
        return (
            f"{len(real)} clusters, {packages} of them packages of a frame;"
            f" {outliers} of {len(self.unit_topics)} units are outliers"
        )


def fit_topics(
    assignment: FrameAssignment,
    vectors: Vectors,
    *,
    outlets: Iterable[str] = (),
    min_size: int | None = None,
    sample: int = 50_000,
    seed: int = 0,
) -> TopicAssignment:
    """Cluster units, pulled towards the frame each carries most strongly.

    Parameters
    ----------
    outlets : their names are kept out of the clusters' words.
    min_size : smallest cluster, in units; None chooses by the number of units.
    sample : above this many units the clusters are fitted on a seeded sample and the
        rest join the nearest centroid.

    Raises
    ------
    ValueError : the vectors are of other units than the assignment.
    """
    units = assignment.units
    if tuple(units["unit_id"].astype(str)) != vectors.unit_ids:
        raise ValueError("vectors are of other units than the assignment; embed its units")
    size = min_size or max(8, round(0.4 * len(units) ** 0.5))
    settings = {"min_size": size, "sample": sample, "seed": seed, "guided": True, "n_neighbors": 15, "n_epochs": 200}
    if len(units) < MIN_UNITS:
        return _without(units, settings, f"{len(units)} units; clusters need at least {MIN_UNITS}")
    places = np.arange(len(units))
    if len(units) > sample:
        places = np.sort(np.random.default_rng(seed).choice(len(units), sample, replace=False))
    matrix = vectors.matrix[places].copy()  # guidance rewrites the array it is given
    texts = [units["text"].iloc[i] for i in places]
    guide = _guide(assignment, places)
    try:
        model, found = _fit(texts, matrix, guide, size, seed, stop_words(outlets))
    except (ValueError, TypeError, IndexError) as error:
        return _without(units, settings, f"the units are too alike to cluster ({str(error).splitlines()[0][:120]})")
    if not (found >= 0).any():
        return _without(units, settings, "no group of units was dense enough to be a cluster")
    centres = _centroids(vectors.matrix[places], found)
    topic, margin = _place_all(vectors.matrix, centres, places, found)
    unit_topics = pd.DataFrame({"unit_id": list(vectors.unit_ids), "topic": topic, "margin": margin.round(4)})
    table = _table(assignment, unit_topics, vectors.matrix, centres, _words(model, texts, sorted(set(found.tolist()))))
    return TopicAssignment(unit_topics, table, settings, "", model)


def _without(units: pd.DataFrame, settings: dict[str, Any], reason: str) -> TopicAssignment:
    unit_topics = pd.DataFrame({"unit_id": list(units["unit_id"]), "topic": -1, "margin": 0.0})
    unit_topics = unit_topics.astype({"unit_id": "str", "topic": "int64", "margin": "float64"})
    return TopicAssignment(unit_topics, pd.DataFrame(columns=TOPIC_COLUMNS), settings, reason)


def _guide(assignment: FrameAssignment, places: np.ndarray) -> list[int]:
    """Give each unit the number of its strongest frame, or -1: the labels that semi-supervised UMAP takes."""
    names = [frame.frame_id for frame in assignment.codebook.parents]
    dominant = assignment.dominant().to_numpy()[places]
    return [names.index(frame) if frame in names else -1 for frame in dominant]


def _fit(
    texts: list[str], matrix: np.ndarray, guide: list[int], size: int, seed: int, stops: frozenset[str]
) -> tuple[Any, np.ndarray]:
    bertopic = require("bertopic", why="to cluster units")
    backend = require("bertopic.backend", why="to cluster units")
    umap = require("umap", why="to cluster units")
    hdbscan = require("hdbscan", why="to cluster units")
    from sklearn.feature_extraction.text import CountVectorizer

    n_neighbors = min(15, len(texts) - 1)
    model = bertopic.BERTopic(
        # Its default, "english", deletes every Arabic letter before naming topics; and without an
        # embedding model it falls back to another one in silence.
        language="multilingual",
        embedding_model=backend.BaseEmbedder(),
        umap_model=umap.UMAP(
            n_neighbors=n_neighbors, n_components=5, min_dist=0.0, metric="cosine", random_state=seed, n_epochs=200,
            target_weight=0.3,
        ),
        hdbscan_model=hdbscan.HDBSCAN(
            min_cluster_size=size, min_samples=max(3, size // 3), cluster_selection_method="eom", core_dist_n_jobs=1
        ),
        vectorizer_model=CountVectorizer(
            tokenizer=_Tokens(stops), token_pattern=None, lowercase=False, ngram_range=(1, 2)
        ),
        calculate_probabilities=False,
        verbose=False,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        labels = guide if len({label for label in guide if label >= 0}) >= 1 else None
        found, _ = model.fit_transform(texts, matrix, y=labels)
    return model, np.array(found, dtype=np.int64)


class _Tokens:
    """Words of the lexical view without stop words, articles taken off so that clitic forms join."""

    def __init__(self, stops: frozenset[str]) -> None:
        self.stops = stops

    def __call__(self, text: str) -> list[str]:
        stems = (stem(word) for word in words(text) if not word.isdigit())
        return [word for word in stems if len(word) >= 3 and word not in self.stops]


def stem(word: str) -> str:
    """Take conjunction and article off a word of the lexical view: for counting only."""
    return _PREFIX.sub("", word)


@lru_cache(maxsize=1)
def _base_stops() -> frozenset[str]:
    stopwordsiso = require("stopwordsiso", why="to name clusters")
    listed = {stem(lexical_view(word)) for word in stopwordsiso.stopwords("ar")}
    verbs = set(reporting_verbs())
    extra = (
        "واضاف",
        "التي",
        "الذي",
        "هذه",
        "هذا",
        "ذلك",
        "تلك",
        "حيث",
        "خلال",
        "منذ",
        "حتي",
        "نحو",
        "ايضا",
        "لدي",
        "بين",
    )
    return frozenset(listed | verbs | {f"و{verb}" for verb in verbs} | {stem(lexical_view(word)) for word in extra})


def stop_words(outlets: Iterable[str] = ()) -> frozenset[str]:
    """Give the words that name no cluster: function words, reporting verbs, the outlets' own names."""
    names = {stem(word) for outlet in outlets for word in words(outlet)}
    return _base_stops() | names


def _centroids(matrix: np.ndarray, found: np.ndarray) -> np.ndarray:
    rows = np.stack([matrix[found == topic].mean(axis=0) for topic in range(found.max() + 1)])
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def _place_all(
    matrix: np.ndarray, centres: np.ndarray, places: np.ndarray, found: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Keep the fitted units' topics, give the others the nearest centroid within their topic's own reach."""
    cosine = matrix @ centres.T
    topic = cosine.argmax(axis=1).astype(np.int64)
    if len(places) < len(matrix):
        own = cosine[places, np.maximum(found, 0)]
        reach = np.array(
            [np.quantile(own[found == t], 0.05) if (found == t).any() else 1.0 for t in range(len(centres))]
        )
        topic[cosine[np.arange(len(matrix)), topic] < reach[topic]] = -1
    topic[places] = found
    near = np.sort(cosine, axis=1)
    here = cosine[np.arange(len(matrix)), np.maximum(topic, 0)]
    other = near[:, -2] if centres.shape[0] > 1 else np.zeros(len(matrix))
    rival = np.where(here >= near[:, -1], other, near[:, -1])
    return topic, np.where(topic >= 0, here - rival, 0.0).astype(np.float64)


def _words(model: Any, texts: list[str], topics: list[int]) -> dict[int, list[str]]:
    """Give each topic's words, each in the form it is written most often."""
    written: dict[str, Counter[str]] = {}
    for text in texts:
        for token in re.findall(r"[^\W\d_]+", text):
            written.setdefault(stem(lexical_view(token).lower()), Counter())[token] += 1

    def shown(key: str) -> str:
        return " ".join(written[k].most_common(1)[0][0] if k in written else k for k in key.split())

    found: dict[int, list[str]] = {}
    for topic in topics:
        keys = [key for key, weight in (model.get_topic(topic) or []) if key and weight > 0]
        found[topic] = list(dict.fromkeys(shown(key) for key in keys))[:N_WORDS]
    return found


def _table(
    assignment: FrameAssignment,
    unit_topics: pd.DataFrame,
    matrix: np.ndarray,
    centres: np.ndarray,
    topic_words: dict[int, list[str]],
) -> pd.DataFrame:
    carried = {str(k): v for k, v in assignment.carried().groupby("unit_id")["frame"].agg(set).items()}
    units = assignment.units
    rows = []
    for topic in sorted(unit_topics["topic"].unique()):
        member = (unit_topics["topic"] == topic).to_numpy()
        ids = units["unit_id"].to_numpy()[member]
        package = None if topic == -1 else _package(ids, carried, units["unit_id"], assignment)
        order = np.argsort(-(matrix[member] @ centres[topic]), kind="stable") if topic >= 0 else np.arange(len(ids))
        rows.append(
            (
                int(topic),
                int(member.sum()),
                topic_words.get(int(topic), []),
                package,
                None,
                _spread(units[member], order),
            )
        )
    return pd.DataFrame(rows, columns=TOPIC_COLUMNS)


def _package(
    ids: np.ndarray, carried: dict[str, set[str]], everyone: pd.Series, assignment: FrameAssignment
) -> str | None:
    for frame in sorted(assignment.codebook.parents, key=lambda f: -_share(ids, carried, f.frame_id)):
        here = _share(ids, carried, frame.frame_id)
        if here >= PACKAGE_SHARE and here >= PACKAGE_LIFT * _share(everyone.to_numpy(), carried, frame.frame_id):
            return frame.frame_id
    return None


def _share(ids: np.ndarray, carried: dict[str, set[str]], frame: str) -> float:
    return sum(frame in carried.get(unit_id, ()) for unit_id in ids) / max(1, len(ids))


def _spread(units: pd.DataFrame, order: np.ndarray) -> list[str]:
    """Pick the units nearest to the centroid, one per article and none twice in other words."""
    seen: set[Any] = set()
    chosen: list[str] = []
    key: Callable[[str], str] = lambda text: " ".join(words(text))  # noqa: E731 - a name for the reader
    for place in order:
        unit_id, article, text = units.iloc[place][["unit_id", "article_id", "text"]]
        if article in seen or key(text) in seen:
            continue
        seen |= {article, key(text)}
        chosen.append(unit_id)
        if len(chosen) == N_REPRESENTATIVE:
            break
    return chosen
