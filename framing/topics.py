"""Clusters of all units with BERTopic, built so that Arabic survives, guided by the frames.

Layer 2 of the analysis: a partition into packages of a frame, unlabelled clusters and
outliers. A cluster is not a frame: it stays an unlabelled cluster until a person has
read it and named it.

References
----------
Grootendorst (2022), BERTopic, arXiv 2203.05794; for the two parts it is built from here see `framing.topic_model`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from framing.frames import FrameAssignment
from framing.frozen_topics import freeze
from framing.topic_edits import carry_over
from framing.topic_model import (
    N_MAPS,
    GrownCores,
    Rows,
    SeveralMaps,
    Topics,
    centred,
    fit_bertopic,
    map_settings,
    smallest_cluster,
)
from framing.topic_result import TopicAssignment, fit_hash, with_tables
from framing.topic_tables import TOPIC_COLUMNS, UnguidedTopics, nearness_to_own, topic_words, unguided_topics
from framing.topic_words import counted_words, stop_words
from framing.vectors import Vectors

__all__ = ["TOPIC_COLUMNS", "TopicAssignment", "fit_topics", "stop_words", "wrap_topics"]

MIN_UNITS = 40
# Above this many units the clusters are fitted on a sample of as many.
SAMPLE = 10_000
# Maps for the unguided residual: it is looked at, not built on.
N_UNGUIDED_MAPS = 2


def fit_topics(
    assignment: FrameAssignment,
    vectors: Vectors,
    *,
    outlets: Iterable[str] = (),
    min_size: int | None = None,
    sample: int = SAMPLE,
    seed: int = 0,
    guided: bool = True,
    unguided: bool = True,
    keep: TopicAssignment | None = None,
) -> TopicAssignment:
    """Cluster units, pulled towards the frame each carries most strongly.

    Parameters
    ----------
    outlets : their names are kept out of the clusters' words.
    min_size : smallest cluster, in units; None chooses by the number of units.
    sample : above this many units the clusters are fitted on a seeded sample, and all units,
        the fitted ones too, get their topic from the frozen topics.
    guided : False leaves the frames out. unguided : fit without the frames too, to set beside.
    keep : an earlier result, whose pinned units and names are kept.

    Raises
    ------
    ValueError : the vectors are of other units than the assignment.
    """
    units = assignment.units
    if tuple(units["unit_id"].astype(str)) != vectors.unit_ids:
        raise ValueError("vectors are of other units than the assignment; embed its units")
    size = min_size or smallest_cluster(min(len(units), sample))
    settings: dict[str, Any] = {"min_size": size, "sample": sample, "seed": seed, "guided": guided, **map_settings()}
    settings["outlets"] = sorted(set(outlets))
    if len(units) < MIN_UNITS:
        return _without(units, settings, f"{len(units)} units; clusters need at least {MIN_UNITS}")
    places = _places(len(units), sample, seed)
    mean = vectors.matrix[places].mean(axis=0, dtype=np.float64).astype(np.float32)
    rows = centred(vectors.matrix[places], mean)
    if len(np.unique(rows.round(3), axis=0)) < 4:
        return _without(units, settings, "the units are too alike to cluster; fewer than 4 of them differ")
    guide = _guide(assignment, places) if guided else None
    texts = [str(text) for text in units["text"].to_numpy()[places]]
    tokens = counted_words(tuple(texts), tuple(settings["outlets"])).tokens
    try:
        model = fit_bertopic(texts, rows, guide, min_size=size, seed=seed, tokens=tokens)
    except (ValueError, TypeError, IndexError) as error:
        return _without(units, settings, f"the units are too alike to cluster ({str(error).splitlines()[0][:120]})")
    topic = np.array(model.topics_, dtype=np.int64)
    if not (topic >= 0).any():
        return _without(units, settings, "no group of units was dense enough to be a cluster")
    found = _assembled(assignment, vectors, mean, places, topic, model, settings)
    found = replace(found, settings=found.settings | {"fit": fit_hash(found)})
    if unguided:
        found = replace(found, unguided=_beside(found, rows, guide, places, topic))
    return found if keep is None else carry_over(found, keep)


def _places(n_units: int, sample: int, seed: int) -> np.ndarray:
    """Give the places of the units that are fitted."""
    if n_units <= sample:
        return np.arange(n_units)
    return np.sort(np.random.default_rng(seed).choice(n_units, sample, replace=False))


def _assembled(
    assignment: FrameAssignment, vectors: Vectors, mean: Rows, places: np.ndarray, topic: Topics, model: Any,
    settings: dict[str, Any],
) -> TopicAssignment:  # fmt: skip
    """Freeze what was fitted, place what was not, and make the tables."""
    frozen = freeze(vectors.matrix[places], mean, topic, encoder=vectors.encoder)
    if len(places) < len(vectors.unit_ids):
        everyone, _ = frozen.place_rows(vectors.matrix)
        how = np.where(everyone >= 0, "placed", "outlier")
    else:
        everyone = topic
        core = np.asarray(model.hdbscan_model.core_) >= 0
        how = np.where(topic < 0, "outlier", np.where(core, "core", "reassigned"))
    bare = TopicAssignment(
        pd.DataFrame({"unit_id": list(vectors.unit_ids), "topic": everyone, "how": how}), pd.DataFrame(), settings, "",
        model, frozen, None, (), assignment, vectors,
    )  # fmt: skip
    return with_tables(bare)


def wrap_topics(
    topic_model: Any, assignment: FrameAssignment, vectors: Vectors, *, outlets: Iterable[str] = ()
) -> TopicAssignment:
    """Take a BERTopic model that was fitted elsewhere on these very units.

    Parameters
    ----------
    topic_model : a fitted BERTopic; its `topics_` stay as they are, its words are counted again, its
        topics frozen with centroids and limits learned here.

    Raises
    ------
    ValueError : it is not fitted, or on another number of units.
    """
    topics = getattr(topic_model, "topics_", None)
    if topics is None or len(topics) != len(vectors.unit_ids):
        got = "no topics" if topics is None else f"topics of {len(topics)} units"
        raise ValueError(f"the BERTopic model has {got}; here are {len(vectors.unit_ids)} units. Fit it on these units")
    if tuple(assignment.units["unit_id"].astype(str)) != vectors.unit_ids:
        raise ValueError("vectors are of other units than the assignment; embed its units")
    topic = np.asarray(topics, dtype=np.int64)
    settings = {"wrapped": True, "guided": False, "outlets": sorted(set(outlets))}
    if not (topic >= 0).any():
        return replace(
            _without(assignment.units, settings, "the wrapped model has outliers only"), topic_model=topic_model
        )
    mean = vectors.matrix.mean(axis=0, dtype=np.float64).astype(np.float32)
    frozen = freeze(vectors.matrix, mean, topic, encoder=vectors.encoder)
    units = pd.DataFrame(
        {"unit_id": list(vectors.unit_ids), "topic": topic, "how": np.where(topic >= 0, "core", "outlier")}
    )
    bare = TopicAssignment(units, pd.DataFrame(), settings, "", topic_model, frozen, None, (), assignment, vectors)
    return with_tables(replace(bare, settings=settings | {"fit": fit_hash(bare)}))


def _without(units: pd.DataFrame, settings: dict[str, Any], reason: str) -> TopicAssignment:
    unit_topics = pd.DataFrame({"unit_id": list(units["unit_id"]), "topic": -1, "margin": 0.0, "how": "outlier"})
    kinds = {"unit_id": "str", "topic": "int64", "margin": "float64", "how": "str"}
    return TopicAssignment(unit_topics.astype(kinds), pd.DataFrame(columns=TOPIC_COLUMNS), settings, reason)


def _guide(assignment: FrameAssignment, places: np.ndarray) -> list[int]:
    """Give each unit the number of its strongest frame, or -1: the labels that semi-supervised UMAP takes."""
    numbers = {frame.frame_id: number for number, frame in enumerate(assignment.codebook.parents)}
    return [numbers.get(frame, -1) for frame in assignment.dominant().to_numpy()[places]]


def _beside(
    found: TopicAssignment, rows: Rows, guide: list[int] | None, places: np.ndarray, fitted: Topics
) -> UnguidedTopics:
    """Fit the same units without guidance; where there was none, the same topics stand beside themselves."""
    assignment, vectors = found.known()
    assert found.frozen is not None
    free, n_maps = fitted, N_MAPS
    if guide is not None and any(label >= 0 for label in guide):
        n_maps = N_UNGUIDED_MAPS
        maps = SeveralMaps(seed=found.settings["seed"], n_maps=n_maps).fit_transform(rows)
        free = np.asarray(GrownCores(found.settings["min_size"], rows).fit(maps).labels_)
    part = FrameAssignment(assignment.frames, assignment.units.iloc[places], assignment.codebook)
    near, words = np.zeros(len(free)), dict[int, list[str]]()
    if (free >= 0).any():
        frozen = freeze(vectors.matrix[places], found.frozen.mean, free, encoder=vectors.encoder)
        near, _ = nearness_to_own(frozen, vectors.matrix[places], free)
        words = topic_words([str(text) for text in part.units["text"]], free, found.settings["outlets"])
    return unguided_topics(part, fitted, free, near, words, {"n_maps": n_maps})
