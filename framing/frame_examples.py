"""What teaches the frame model: the codebook's examples, coded units, and the frames' own descriptions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from framing.codebook import Codebook
from framing.encoders.base import Encoder
from framing.example_vectors import embed_examples
from framing.frame_machine import Examples, centred
from framing.vectors import Vectors, embed_texts

CONTESTED = "contested"
# Fewer texts than these say nothing of how close units lie to a description as a rule.
MIN_REFERENCE = 20
# Where a frame has fewer examples than this, units of the corpus teach, too: those that hold its words describe it,
# and the least likely ones stand for what carries nothing. Simulated cold starts on the shipped codebook gain by it
# up to 100 examples.
FEW = 150
# Fewer units with a frame's words than these describe nothing.
MIN_SEEDS = 3


def has_few(codebook: Codebook) -> bool:
    """Tell whether a parent of the codebook has fewer than `FEW` examples."""
    return any(codebook.n_examples(frame.frame_id) < FEW for frame in codebook.parents)


def columns_of(codebook: Codebook) -> tuple[str, ...]:
    """Give the questions the machine answers: every frame, `contested:<parent>` for each parent, and `contested`."""
    denials = [f"{CONTESTED}:{frame.frame_id}" for frame in codebook.parents]
    return (*codebook.frame_ids, *denials, CONTESTED)


def codebook_examples(codebook: Codebook, *, encoder: Encoder) -> Examples:
    """Give the codebook's examples with their labels; a parent is labelled where one of its children is."""
    columns = columns_of(codebook)
    texts = [example.text for example in codebook.examples]
    matrix = embed_examples(codebook, texts, encoder=encoder)
    labels = np.zeros((len(texts), len(columns)), dtype=bool)
    for row, example in enumerate(codebook.examples):
        said = {*example.frames, *(frame.partition(".")[0] for frame in example.frames)}
        denied = {f"{CONTESTED}:{frame.partition('.')[0]}" for frame in example.contested}
        said |= denied | ({CONTESTED} if denied else set())
        labels[row] = [column in said for column in columns]
    return Examples(texts, matrix, labels, [example.style for example in codebook.examples], columns)


def coded_examples(
    units: pd.DataFrame | None, vectors: Vectors | None, codes: pd.DataFrame, *, codebook: Codebook
) -> Examples:
    """Give coded units as examples of the style "coded"; a unit without a true value carries no frame.

    Parameters
    ----------
    codes : `unit_id, frame, value`; `frame` may also be `contested:<parent>`.

    Raises
    ------
    ValueError : units or vectors are missing, a code is of a unit that is not among them, or of no frame of the
        codebook.
    """
    if units is None or vectors is None:
        raise ValueError("codes need the units they belong to and their vectors; pass units= and vectors=")
    place = {unit_id: row for row, unit_id in enumerate(vectors.unit_ids)}
    missing = sorted(set(codes["unit_id"]) - set(place))
    if missing:
        raise ValueError(f"{len(missing)} coded units are not among the units, such as {missing[0]}; code these units")
    ids = list(dict.fromkeys(codes["unit_id"]))
    true = codes[codes["value"].astype(str).str.lower().isin(["true", "1", "yes"])]
    _check_frames(codebook, true["frame"])
    carried = {str(unit_id): set(group) for unit_id, group in true.groupby("unit_id")["frame"]}
    columns = columns_of(codebook)
    labels = np.array([_labels(carried.get(str(unit_id), set()), columns) for unit_id in ids], dtype=bool)
    labels = labels.reshape(len(ids), len(columns))
    text = units.set_index("unit_id")["text"]
    rows = [place[unit_id] for unit_id in ids]
    return Examples(
        [text[unit_id] for unit_id in ids], vectors.matrix[rows], labels, ["coded"] * len(ids), columns
    )  # fmt: skip


def _check_frames(codebook: Codebook, frames: pd.Series[str]) -> None:
    """Refuse codes of frames that are not there: left alone they would teach that their units carry nothing."""
    for code in dict.fromkeys(frames):
        if str(code).removeprefix(f"{CONTESTED}:") not in codebook.frame_ids:
            raise ValueError(
                f"codes: '{code}' is not a frame of codebook '{codebook.codebook_id}'. Write one of"
                f" {', '.join(codebook.frame_ids)}, or contested:<frame>."
            )


def _labels(frames: set[str], columns: tuple[str, ...]) -> list[bool]:
    parents = {frame.partition(".")[0] for frame in frames}  # contested:<parent>.<child> denies the parent
    said = frames | parents
    said |= {CONTESTED} if any(frame.startswith(CONTESTED) for frame in frames) else set()
    return [column in said for column in columns]


@dataclass(frozen=True)
class Descriptions:
    """How close units lie to what the codebook says of each frame.

    `vectors` : per parent float32 `(m, d)`, its name, definition and `include` rules with those of its children.
    `centre` : `(d,)`, what is taken off a unit's vector. `mean`, `spread` : `(k,)`, of the closeness among the texts
    it was measured on; None until then. `seeds` : `(k, d)`, the direction of the texts that hold words of one frame
    alone, as long as weighs it even with the description; 0 where such texts are too few. None: not asked for.

    References
    ----------
    Meng et al. (2018), Weakly-supervised neural text classification, CIKM, 983-992 (texts with seed words stand in
    for examples).
    """

    vectors: tuple[np.ndarray, ...]
    centre: np.ndarray | None = None
    mean: np.ndarray | None = None
    spread: np.ndarray | None = None
    seeds: np.ndarray | None = None

    def measured_on(self, matrix: np.ndarray, hits: np.ndarray | None = None) -> Descriptions:
        """Learn what closeness is usual from vectors of texts; fewer than `MIN_REFERENCE` teach nothing.

        Parameters
        ----------
        hits : bool `(n, k)`, the texts that hold a word of each frame; those of one frame alone then describe it, too.
        """
        if self.centre is not None or len(matrix) < MIN_REFERENCE:
            return self
        placed = replace(self, centre=matrix.mean(axis=0, dtype=np.float64))
        if hits is not None:
            placed = replace(placed, seeds=placed._seeds(matrix, hits))
        raw = placed._raw(matrix)
        return replace(placed, mean=raw.mean(axis=0), spread=_usual(raw.std(axis=0)))

    def closeness(self, matrix: np.ndarray) -> np.ndarray:
        """Give each vector's closeness to each frame in standard deviations, `(n, k)`; 0 where nothing is known."""
        if self.mean is None or self.spread is None:
            return np.zeros((len(matrix), len(self.vectors)))
        return np.asarray((self._raw(matrix) - self.mean) / self.spread)

    def _raw(self, matrix: np.ndarray) -> np.ndarray:
        assert self.centre is not None
        told = [rows for rows in self.vectors if len(rows)]
        # What all descriptions share tells no frame apart; one alone would lose all it says, so it stands among units.
        among = np.vstack(told).mean(axis=0, dtype=np.float64) if len(told) > 1 else self.centre
        units = centred(matrix, self.centre)
        parts = [
            (units @ centred(rows, among).T).mean(axis=1) if len(rows) else np.zeros(len(units))
            for rows in self.vectors
        ]
        found = np.column_stack(parts)
        return found if self.seeds is None else np.asarray(found + units @ self.seeds.T)

    def _seeds(self, matrix: np.ndarray, hits: np.ndarray) -> np.ndarray:
        assert self.centre is not None
        units = centred(matrix, self.centre)
        alone = hits & (hits.sum(axis=1, keepdims=True) == 1)
        alone &= alone.sum(axis=0) >= MIN_SEEDS
        seeds = centred(alone.T.astype(np.float64) @ units, np.zeros(units.shape[1]))
        scale = self._raw(matrix).std(axis=0) / _usual((units @ seeds.T).std(axis=0))
        return np.asarray(seeds * scale[:, None])


def _usual(spread: np.ndarray) -> np.ndarray:
    return np.where(spread < 1e-9, 1.0, spread)


def describe_frames(codebook: Codebook, *, encoder: Encoder) -> Descriptions:
    """Embed what the codebook says of each parent frame: Arabic where it is written, else English."""
    texts = [_told(codebook, frame.frame_id) for frame in codebook.parents]
    matrix, _ = embed_texts([text for group in texts for text in group], encoder=encoder)
    ends = np.cumsum([len(group) for group in texts])
    return Descriptions(tuple(np.split(matrix, ends[:-1])))


def _told(codebook: Codebook, parent: str) -> list[str]:
    found: list[str] = []
    for frame in (codebook[parent], *codebook.children(parent)):
        for said in (frame.name, frame.definition):
            found += [said.get("ar") or said.get("en") or ""]
        found += frame.include
    return [text for text in dict.fromkeys(found) if text.strip()]
