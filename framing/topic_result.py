"""Clusters of units as a result: its tables, its summary, and what follows from the units' topics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from framing.files import sha256_text
from framing.frames import FrameAssignment
from framing.frozen_topics import FROZEN_COLUMNS, FrozenTopics, freeze
from framing.topic_tables import (
    TOGETHER_COLUMNS,
    UNGUIDED_COLUMNS,
    UnguidedTopics,
    nearness_to_own,
    outlet_shares,
    topic_table,
    topic_words,
)
from framing.vectors import Vectors


@dataclass(frozen=True)
class TopicAssignment:
    """Clusters of units.

    `unit_topics` : `unit_id, topic (-1 = outlier), margin (cosine to the own centroid less that to the next), how`:
        `core` (HDBSCAN put it there), `reassigned` (to HDBSCAN an outlier, given to the nearest cluster), `placed`
        (by the frozen topics), `moved` or `pinned` (by a person), `outlier`.
    `topics` : columns of `TOPIC_COLUMNS`; `package` is a frame or None, `name` None until a person names it.
    `reason` : why there are no clusters, where there are none. `topic_model` : the BERTopic object, or None.
    `frozen` : the topics as they place new units. `unguided` : the same units without the frames' pull.
    `log` : what people changed, in order. `assignment`, `vectors` : what was clustered; edits need them.
    """

    unit_topics: pd.DataFrame
    topics: pd.DataFrame
    settings: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    topic_model: Any = field(default=None, repr=False)
    frozen: FrozenTopics | None = field(default=None, repr=False)
    unguided: UnguidedTopics | None = field(default=None, repr=False)
    log: tuple[dict[str, Any], ...] = ()
    assignment: FrameAssignment | None = field(default=None, repr=False)
    vectors: Vectors | None = field(default=None, repr=False)
    before: TopicAssignment | None = field(default=None, repr=False)

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
        said = (
            f"{len(real)} clusters, {packages} of them packages of a frame;"
            f" {outliers} of {len(self.unit_topics)} units are outliers"
        )
        again = int((self.unit_topics["how"] == "reassigned").sum()) if "how" in self.unit_topics else 0
        return said + (f", {again} were and have been given to the nearest cluster" if again else "")

    def plot(self, *, language: str = "ar") -> Any:
        """Draw the clusters by size; gives a matplotlib figure."""
        from framing import plots

        return plots.clusters(self.topics, language="en" if language == "en" else "ar")

    def by_outlet(self, articles: pd.DataFrame) -> pd.DataFrame:
        """Give each cluster's share of each outlet's units: `topic, outlet, n_units, n_outlet, share`.

        Parameters
        ----------
        articles : `article_id, outlet` of every unit's article.
        """
        return outlet_shares(self.unit_topics, self.known()[0].units, articles)

    def explain(self, topic: int, *, n: int = 10) -> pd.DataFrame:
        """Give a cluster's units, the least doubtful first: `unit_id, article_id, text, margin, how`."""
        rows = self.unit_topics[self.unit_topics["topic"] == topic].nlargest(n, "margin")
        return rows.merge(self.known()[0].units[["unit_id", "article_id", "text"]], on="unit_id")

    def manifest(self) -> dict[str, Any]:
        """Give settings, reason, unguided summary and the edit log, for a manifest."""
        read = self.settings.get("unguided")  # of topics that were read back, without the other partition itself
        beside = read if self.unguided is None else {"ari": round(self.unguided.ari, 4)}
        return {"reason": self.reason, **self.settings, "unguided": beside, "edits": list(self.log)}

    def tables(self) -> dict[str, pd.DataFrame]:
        """Give the tables to keep: `unit_topics, topics, topics_frozen`, and two of the unguided fit."""
        clusters = pd.DataFrame(columns=UNGUIDED_COLUMNS) if self.unguided is None else self.unguided.clusters
        together = pd.DataFrame(columns=TOGETHER_COLUMNS) if self.unguided is None else self.unguided.together
        frozen = pd.DataFrame(columns=FROZEN_COLUMNS) if self.frozen is None else self.frozen.to_frame()
        kept = {"unit_topics": self.unit_topics, "topics": self.topics, "topics_frozen": frozen}
        return {**kept, "topics_unguided": clusters, "topics_together": together}

    def known(self) -> tuple[FrameAssignment, Vectors]:
        """Give what was clustered.

        Raises
        ------
        ValueError : it is not here, as after reading tables from a folder.
        """
        if self.assignment is None or self.vectors is None:
            raise ValueError("units and vectors are not with these topics; give them back: dataclasses.replace("
                             "topics, assignment=..., vectors=...)")  # fmt: skip
        return self.assignment, self.vectors

    def _repr_html_(self) -> str:
        from framing.html import block, escape

        rows = "".join(_row(row) for row in self.topics.to_dict("records"))
        heads = "".join(f'<th scope="col">{name}</th>' for name in ("العنقود", "الوحدات", "الكلمات", "الإطار", "الاسم"))
        return block(
            f"<p>{escape(self.summary())}</p><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )


def _row(row: Mapping[Any, Any]) -> str:
    from framing.html import bdi

    texts = (
        "، ".join(row["words"]),
        *(value if isinstance(value := row[key], str) else "" for key in ("package", "name")),
    )
    cells = [bdi(row["topic"], "ltr"), bdi(row["n_units"], "ltr"), *(bdi(text) for text in texts)]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def with_tables(found: TopicAssignment, *, names: Mapping[int, str] | None = None) -> TopicAssignment:
    """Make everything again that follows from the units' topics: centroids, limits, margins, words, table.

    Above the sample the fitted centroids stay as they are while no person has changed a topic.
    """
    assignment, vectors = found.known()
    assert found.frozen is not None
    topic = found.unit_topics["topic"].to_numpy(np.int64)
    frozen, names = found.frozen, dict(found.frozen.names if names is None else names)
    same = set(frozen.numbers) == set(topic[topic >= 0].tolist())
    if found.log or not same:
        frozen = freeze(vectors.matrix, frozen.mean, topic, encoder=vectors.encoder)
    near, margin = nearness_to_own(frozen, vectors.matrix, topic)
    words = topic_words([str(text) for text in assignment.units["text"]], topic, found.settings.get("outlets", ()))
    names = {number: name for number, name in names.items() if number in frozen.numbers}
    table = topic_table(assignment, topic, near, words, names)
    packages = {int(t): str(p) for t, p in zip(table["topic"], table["package"], strict=True) if p is not None}
    frozen = replace(
        frozen, words={n: words.get(n, []) for n in frozen.numbers}, names=names, packages=packages
    )  # fmt: skip
    columns = {"unit_id": list(vectors.unit_ids), "topic": topic, "margin": margin.round(4)}
    units = pd.DataFrame({**columns, "how": found.unit_topics["how"].to_numpy()})
    return replace(found, unit_topics=units, topics=table, frozen=frozen)


def fit_hash(found: TopicAssignment) -> str:
    """Give a hash of which unit is in which topic: a log's first entry says what it was written on."""
    units = found.unit_topics
    return sha256_text("\n".join(f"{u}\t{t}" for u, t in zip(units["unit_id"], units["topic"], strict=True)))[:16]
