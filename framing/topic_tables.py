"""The table of clusters: size, words, package, representative units; shares per outlet; the unguided residual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from framing.arabic import words
from framing.frames import FrameAssignment
from framing.frozen_topics import FrozenTopics, own_margin
from framing.topic_words import counted_words

TOPIC_COLUMNS = ["topic", "n_units", "words", "package", "name", "representative"]
UNGUIDED_COLUMNS = ["topic", "n_units", "n_frameless", "share_frameless", "words", "representative"]
TOGETHER_COLUMNS = ["topic", "n_units", "unguided", "share"]
# Of a cluster's units, this share must carry a frame, and twice as many as elsewhere, to call it the frame's package.
PACKAGE_SHARE, PACKAGE_LIFT = 0.5, 2.0
N_REPRESENTATIVE = 5
# Words are counted on at most this many units, spread evenly over the corpus.
WORD_UNITS = 20_000


def topic_words(texts: list[str], topic: np.ndarray, outlets: Iterable[str]) -> dict[int, list[str]]:
    """Give each topic's words, from at most `WORD_UNITS` units spread evenly."""
    places = np.unique(np.linspace(0, len(texts) - 1, min(len(texts), WORD_UNITS)).astype(np.int64))
    chosen = tuple(texts[i] for i in places)
    return counted_words(chosen, tuple(sorted(set(outlets)))).by_topic(topic[places])


def topic_table(
    assignment: FrameAssignment,
    topic: np.ndarray,
    nearness: np.ndarray,
    shown_words: Mapping[int, list[str]],
    names: Mapping[int, str] | None = None,
) -> pd.DataFrame:
    """Give one row per topic with the columns `TOPIC_COLUMNS`.

    Parameters
    ----------
    topic : int `(n_units,)`. nearness : cosine of each unit to its own centroid; the highest represent the topic.
    """
    carried = carried_by(assignment)
    everywhere = carried.mean() if len(carried) else carried.sum()
    rows = []
    for number in sorted(set(topic.tolist())):
        member = np.flatnonzero(topic == number)
        outside = number == -1
        order = member if outside else member[np.argsort(-nearness[member], kind="stable")]
        package = None if outside else _package(carried.to_numpy()[member].mean(axis=0), everywhere)
        told = [] if outside else list(shown_words.get(number, []))
        name = None if outside else (names or {}).get(number)
        rows.append((int(number), len(member), told, package, name, _spread(assignment.units, order)))
    return pd.DataFrame(rows, columns=TOPIC_COLUMNS).astype({"package": object, "name": object})


def carried_by(assignment: FrameAssignment) -> pd.DataFrame:
    """Give which parent frame each unit carries: units in their order by frames, true or false."""
    frames = [frame.frame_id for frame in assignment.codebook.parents]
    found = np.zeros((len(assignment.units), len(frames)), dtype=bool)
    place = {unit_id: row for row, unit_id in enumerate(assignment.units["unit_id"].astype(str))}
    column = {frame: number for number, frame in enumerate(frames)}
    for unit_id, frame in assignment.carried()[["unit_id", "frame"]].itertuples(index=False):
        if str(unit_id) in place and frame in column:
            found[place[str(unit_id)], column[frame]] = True
    return pd.DataFrame(found, columns=frames)


def _package(here: np.ndarray, everywhere: pd.Series[Any]) -> str | None:
    for column in np.argsort(-here, kind="stable"):
        if here[column] >= PACKAGE_SHARE and here[column] >= PACKAGE_LIFT * everywhere.iloc[column]:
            return str(everywhere.index[column])
    return None


def _spread(units: pd.DataFrame, order: np.ndarray) -> list[str]:
    """Pick the first units in this order, one per article and none twice in other words."""
    ids, articles, texts = (units[column].to_numpy() for column in ("unit_id", "article_id", "text"))
    seen: set[Any] = set()
    chosen: list[str] = []
    for place in order:
        said = " ".join(words(texts[place]))
        if articles[place] in seen or (said,) in seen:
            continue
        seen |= {articles[place], (said,)}
        chosen.append(str(ids[place]))
        if len(chosen) == N_REPRESENTATIVE:
            break
    return chosen


def outlet_shares(unit_topics: pd.DataFrame, units: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """Give each topic's share of each outlet's units: `topic, outlet, n_units, n_outlet, share`, outlets by alphabet.

    A description of these units, without an interval: units of one article are not independent.

    Raises
    ------
    ValueError : a unit's article is not among the articles.
    """
    outlet_of = articles.drop_duplicates("article_id").set_index("article_id")["outlet"]
    outlet = units["article_id"].map(outlet_of)
    if outlet.isna().any():
        lost = units["article_id"][outlet.isna()].iloc[0]
        raise ValueError(
            f"{int(outlet.isna().sum())} units have no outlet, such as of article {lost}; pass all articles"
        )
    counts = pd.crosstab(unit_topics["topic"].to_numpy(), outlet.to_numpy())
    counts.index.name, counts.columns.name = "topic", "outlet"
    long = counts.reset_index().melt(id_vars="topic", value_name="n_units")
    long["n_outlet"] = long["outlet"].map(outlet.value_counts())
    long["share"] = long["n_units"] / long["n_outlet"]
    return long.sort_values(["topic", "outlet"], ignore_index=True)


@dataclass(frozen=True)
class UnguidedTopics:
    """How the same units fall into clusters without the frames' pull.

    `unit_topics` : `unit_id, topic`. `together` : per guided topic, `topic, n_units, unguided` (the unguided
    cluster that holds most of it), `share` (of its units in that one). `clusters` : per unguided cluster,
    `topic, n_units, n_frameless` (units without any frame), `share_frameless, words, representative`.
    `ari` : adjusted Rand index of the guided and the unguided topics, outliers as a class; 1 where both agree.

    References
    ----------
    Hubert & Arabie (1985), Comparing partitions, Journal of Classification 2:193-218.
    """

    unit_topics: pd.DataFrame
    together: pd.DataFrame
    clusters: pd.DataFrame
    ari: float
    settings: dict[str, Any] = field(default_factory=dict)

    def summary(self) -> str:
        """Say how far guidance changed the clusters."""
        n = int((self.clusters["topic"] >= 0).sum())
        return f"without guidance {n} clusters; adjusted Rand index with the guided ones {self.ari:.2f}"

    def to_frame(self) -> pd.DataFrame:
        """Give the unguided clusters, those with the most units without a frame first."""
        real = self.clusters[self.clusters["topic"] >= 0]
        return real.sort_values(["n_frameless", "topic"], ascending=[False, True], ignore_index=True)


def unguided_topics(
    assignment: FrameAssignment,
    guided: np.ndarray,
    unguided: np.ndarray,
    nearness: np.ndarray,
    shown_words: Mapping[int, list[str]],
    settings: Mapping[str, Any],
) -> UnguidedTopics:
    """Set the unguided topics of the same units beside the guided ones."""
    from sklearn.metrics import adjusted_rand_score

    frameless = np.asarray(carried_by(assignment).to_numpy().sum(axis=1) == 0)
    table = topic_table(assignment, unguided, nearness, shown_words)
    table["n_frameless"] = [int(frameless[unguided == number].sum()) for number in table["topic"]]
    table["share_frameless"] = table["n_frameless"] / table["n_units"]
    rows = []
    for number in sorted(set(guided[guided >= 0].tolist())):
        where, n = np.unique(unguided[guided == number], return_counts=True)
        rows.append((int(number), int(n.sum()), int(where[n.argmax()]), float(n.max() / n.sum())))
    together = pd.DataFrame(rows, columns=TOGETHER_COLUMNS)
    ids = pd.DataFrame({"unit_id": assignment.units["unit_id"].to_numpy(), "topic": unguided})
    ari = float(adjusted_rand_score(guided, unguided))
    return UnguidedTopics(ids, together, table[UNGUIDED_COLUMNS], ari, dict(settings))


def nearness_to_own(frozen: FrozenTopics, matrix: np.ndarray, topic: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give each unit's cosine to the centroid of its own topic, and its margin; both 0 outside topics."""
    near, margin = np.zeros(len(topic)), np.zeros(len(topic))
    inside = np.flatnonzero(topic >= 0)
    for start in range(0, len(inside), 20_000):
        part = inside[start : start + 20_000]
        cosine = frozen.cosines(matrix[part])
        own = np.searchsorted(frozen.numbers, topic[part])
        near[part] = cosine[np.arange(len(part)), own]
        margin[part] = own_margin(cosine, own)
    return near, margin
