"""The second story as data: its units, gold codes and pool of examples; and how answers are scored.

Beside `cold_start.py`, which asks and writes the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

import framing
from framing.codebook import Codebook, Example, load_codebook
from framing.corpus import build_corpus
from framing.encoders.base import Encoder
from framing.files import package_data, read_yaml, sha256_text
from framing.study import load_study
from framing.units import split_units
from framing.vectors import Vectors, embed, embed_texts

FOLDER = package_data("second-story")
N_BOOT = 1000


@dataclass(frozen=True)
class Story:
    """Units of the whole corpus with their vectors; `gold` : rows of `units` that were coded, `truth` : bool `(g, k)`.

    `pool` : examples by the frame they were written for, "" for none. `codes` : `unit_id, frame, value` of the gold.
    """

    codebook: Codebook
    encoder: Encoder
    pool: dict[str, list[Example]]
    units: pd.DataFrame
    vectors: Vectors
    gold: np.ndarray
    truth: np.ndarray
    codes: pd.DataFrame
    articles: np.ndarray
    outlets: np.ndarray

    @property
    def frames(self) -> list[str]:
        return [frame.frame_id for frame in self.codebook.parents]

    def taught_by(self, n: int, rng: np.random.Generator) -> Codebook:
        """Give the codebook with `n` examples of each frame, and as many of none, drawn from the pool."""
        drawn = [
            examples[place]
            for examples in self.pool.values()
            for place in rng.choice(len(examples), min(n, len(examples)), replace=False)
        ]
        taught = "|".join(f"{example.frames} {example.text}" for example in drawn)
        # Its own hash: what a codebook teaches is kept by it.
        return replace(self.codebook, examples=tuple(drawn), sha256=sha256_text(self.codebook.sha256 + taught))


def load_story() -> Story:
    encoder = framing.load_encoder()
    codebook = load_codebook(FOLDER / "codebook.yaml")
    settings = load_study(FOLDER / "study.yaml")
    # Every article: the gold holds units that are off the story.
    units = split_units(build_corpus(settings, encoder=encoder).table, unit=settings.unit).table
    coded = pd.read_csv(FOLDER / "gold.csv", dtype=str, keep_default_na=False)
    place = {unit_id: row for row, unit_id in enumerate(units["unit_id"])}
    rows = np.array([place[unit_id] for unit_id in coded["unit_id"]])
    assert (units["text"].to_numpy()[rows] == coded["text"].to_numpy()).all(), "the gold is of other units"
    labels = [[label.strip() for label in said.split(";")] for said in coded["agreed"]]
    frames = [frame.frame_id for frame in codebook.parents]
    codes = pd.DataFrame(
        [
            (unit_id, label, label != "none")
            for unit_id, said in zip(coded["unit_id"], labels, strict=True)
            for label in said
        ],
        columns=["unit_id", "frame", "value"],
    )
    return Story(
        codebook=codebook,
        encoder=encoder,
        pool=_pool(codebook),
        units=units,
        vectors=embed(units, encoder=encoder),
        gold=rows,
        truth=np.array([[frame in said for frame in frames] for said in labels]),
        codes=codes,
        articles=coded["article_id"].to_numpy(),
        outlets=coded["outlet"].to_numpy(),
    )


def _pool(codebook: Codebook) -> dict[str, list[Example]]:
    """Put the codebook's own examples and the further ones together; bare denials stay out."""
    frames = [frame.frame_id for frame in codebook.parents]
    pool: dict[str, list[Example]] = {frame: [] for frame in (*frames, "")}
    for example in codebook.examples:
        pool[example.frames[0] if example.frames else ""].append(example)
    further = read_yaml(Path(FOLDER / "examples.yaml"))
    for frame in frames:
        pool[frame] += [_example(said, (frame, *said.get("also", ()))) for said in further["examples"][frame]]
    pool[""] += [_example(said, ()) for said in further["none_examples"]]
    return pool


def _example(said: dict[str, object], frames: tuple[str, ...]) -> Example:
    return Example(str(said["text"]), str(said["style"]), frames, hard=bool(said.get("hard")))


class Remembering:
    """The encoder, asked for each text once in a run."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.name, self.revision = encoder.name, encoder.revision
        self.precision, self.n_dims = encoder.precision, encoder.n_dims
        self._known: dict[str, np.ndarray] = {}

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            matrix, _ = embed_texts(new, encoder=self.encoder)
            self._known |= dict(zip(new, matrix, strict=True))
        return np.array([self._known[text] for text in texts], dtype=np.float32).reshape(len(texts), self.n_dims)


@dataclass(frozen=True)
class Answers:
    """What one side says of the gold units: `said` bool `(runs, g, k)`, `scores` the same shape or None."""

    said: np.ndarray
    scores: np.ndarray | None = None


def macro_f1(truth: np.ndarray, said: np.ndarray) -> np.ndarray:
    """Give macro-F1 of each run, `(runs,)`; a frame that neither has counts 0."""
    both = (said & truth).sum(axis=1)
    return np.asarray((2.0 * both / np.maximum(1, said.sum(axis=1) + truth.sum(axis=0))).mean(axis=1))


def frame_f1(truth: np.ndarray, said: np.ndarray) -> np.ndarray:
    """Give each frame's F1, mean of the runs, `(k,)`."""
    both = (said & truth).sum(axis=1)
    return np.asarray((2.0 * both / np.maximum(1, said.sum(axis=1) + truth.sum(axis=0))).mean(axis=0))


def share_error(truth: np.ndarray, said: np.ndarray, outlets: np.ndarray) -> float:
    """Give how far a frame's share of an outlet's units is off, mean over frames, outlets and runs."""
    off = [
        np.abs(said[:, outlets == outlet].mean(axis=1) - truth[outlets == outlet].mean(axis=0))
        for outlet in np.unique(outlets)
    ]
    return float(np.mean(off))


def calibration_error(truth: np.ndarray, scores: np.ndarray) -> float:
    """Expected calibration error over ten equal bins, mean over frames and runs (Guo et al. 2017, arXiv 1706.04599)."""
    found = []
    for run in scores:
        for place in range(truth.shape[1]):
            bins = np.minimum((run[:, place] * 10).astype(int), 9)
            found.append(
                sum(
                    (bins == b).mean() * abs(truth[bins == b, place].mean() - run[bins == b, place].mean())
                    for b in np.unique(bins)
                )
            )
    return float(np.mean(found))


def drawn_f1(truth: np.ndarray, said: np.ndarray, articles: np.ndarray, seed: int = 1) -> np.ndarray:
    """Give macro-F1, mean of the runs, for each of `N_BOOT` draws of whole articles: the same draws for every side.

    References
    ----------
    Davison & Hinkley (1997), Bootstrap Methods and their Application, section 3.8 (clusters drawn whole).
    """
    names, place = np.unique(articles, return_inverse=True)
    member = np.zeros((len(names), len(articles)))
    member[place, np.arange(len(articles))] = 1.0
    rng = np.random.default_rng(seed)
    times = rng.multinomial(len(names), np.full(len(names), 1.0 / len(names)), size=N_BOOT) @ member
    both = np.einsum("bg,rgk->brk", times, (said & truth).astype(float), optimize=True)
    sums = np.einsum("bg,rgk->brk", times, said.astype(float), optimize=True) + (times @ truth)[:, None, :]
    return np.asarray((2.0 * both / np.maximum(1.0, sums)).mean(axis=(1, 2)))


def interval(drawn: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)
