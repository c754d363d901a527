"""The learned part of the frame model: one kernel machine that answers every frame's question at once.

A least-squares machine over the sum of two kernels: meaning (Gaussian, on centred vectors)
and spelling (letters and words, linear). One system of equations serves all frames, their
children and "does it deny?"; and what the machine would have said of a style it had not
seen follows from the same inverse, without learning again. A room of its own:
`frames.py` decides what a margin means.

References
----------
Suykens & Vandewalle (1999), Least squares support vector machine classifiers, Neural
Processing Letters 9:293-300. An, Liu & Venkatesh (2007), Fast cross-validation algorithms
for least squares support vector machine and kernel ridge regression, Pattern Recognition
40:2154-2162 (the answers for left-out styles).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from framing.frame_texts import TextView

# Chosen by leave-one-style-out on the shipped codebook's examples, never on coded corpora: flat from .5 to 2, .1 to .4.
GAMMA, RIDGE = 1.0, 0.2
ROWS_AT_ONCE = 4096
FOLDS = 5


@dataclass(frozen=True)
class Examples:
    """What the machine learns from.

    `texts`, `styles` : one per row. `vectors` : float32 `(n, d)`. `labels` : bool `(n, k)`, one column per name
    in `columns`.
    """

    texts: list[str]
    vectors: np.ndarray
    labels: np.ndarray
    styles: list[str]
    columns: tuple[str, ...]

    def column(self, name: str) -> np.ndarray:
        """Give the labels of one column."""
        return np.asarray(self.labels[:, self.columns.index(name)])

    def with_more(self, other: Examples) -> Examples:
        """Put other examples of the same columns behind."""
        return Examples(
            self.texts + other.texts,
            np.vstack([self.vectors, other.vectors]),
            np.vstack([self.labels, other.labels]),
            self.styles + other.styles,
            self.columns,
        )


@dataclass(frozen=True)
class Machine:
    """A fitted machine.

    `mean` : `(d,)`, taken off every vector. `meaning` : float32 `(n, d)`, the examples' centred vectors.
    `dual` : `(n, k)`, an example's weight in each answer. `bias` : `(k,)`. `spelled` : `(n_features, k)`, the weight
    of each letter n-gram and word.
    """

    mean: np.ndarray
    meaning: np.ndarray
    dual: np.ndarray
    bias: np.ndarray
    spelled: np.ndarray
    view: TextView

    def margins(self, texts: Sequence[str], vectors: np.ndarray) -> np.ndarray:
        """Answer for texts: about -1 for no, 1 for yes, shape `(n, k)`."""
        found = np.empty((len(texts), len(self.bias)))
        for start in range(0, len(texts), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            near = kernel(centred(vectors[rows], self.mean), self.meaning)
            found[rows] = near @ self.dual + self.view.rows(texts[rows]) @ self.spelled + self.bias
        return found


def learn(examples: Examples, *, seed: int) -> tuple[Machine, np.ndarray]:
    """Fit the machine; give it and its margins for each example from the other styles alone, `(n, k)`.

    `seed` : of the parts that stand in for styles where there are fewer than three.
    """
    mean = examples.vectors.mean(axis=0, dtype=np.float64)
    meaning = centred(examples.vectors, mean).astype(np.float32)
    view, spelled = TextView.learn(examples.texts)
    gram = kernel(meaning, meaning) + (spelled @ spelled.T).toarray()
    targets = np.where(examples.labels, 1.0, -1.0)
    dual, bias, projector = _solve(gram, targets)
    machine = Machine(mean, meaning, dual, bias, np.asarray(spelled.T @ dual), view)
    return machine, _left_out(targets, dual, projector, folds(examples, seed))


def _solve(gram: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Solve (K + ridge) dual + bias = targets with duals that add to nought; give the inverse's part for the duals."""
    from scipy.linalg import cho_factor
    from scipy.linalg.lapack import dpotri

    upper, _ = cho_factor(gram + RIDGE * np.eye(len(gram)))
    upper, _ = dpotri(upper)
    inverse = np.triu(upper) + np.triu(upper, 1).T
    ones = inverse.sum(axis=0)
    projector = inverse - np.outer(ones, ones) / ones.sum()
    return projector @ targets, (ones @ targets) / ones.sum(), projector


def _left_out(targets: np.ndarray, dual: np.ndarray, projector: np.ndarray, parts: np.ndarray) -> np.ndarray:
    found = np.empty_like(targets)
    for part in np.unique(parts):
        rows = np.flatnonzero(parts == part)
        if len(rows) == len(parts):  # nothing would be left to learn from
            found[rows] = 0.0
        else:
            found[rows] = targets[rows] - np.linalg.solve(projector[np.ix_(rows, rows)], dual[rows])
    return found


def folds(examples: Examples, seed: int) -> np.ndarray:
    """Number the parts that are left out together: the styles, or five parts where fewer than three hold a frame."""
    names = np.array(examples.styles, dtype=object).astype(str)
    carries = np.asarray(examples.labels.any(axis=1))
    if len({name for name, yes in zip(names, carries, strict=True) if yes}) >= 3:
        return np.searchsorted(np.unique(names), names)
    order = np.random.default_rng(seed).permutation(len(names))
    # Positives are dealt out first, so that every part has some of them.
    ranked = sorted(order, key=lambda place: not carries[place])
    parts = np.empty(len(names), dtype=int)
    parts[ranked] = np.arange(len(names)) % FOLDS
    return parts


def centred(vectors: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Take the examples' mean off and scale to length 1: E5 vectors share one strong direction."""
    rows = vectors.astype(np.float64) - mean
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(norms == 0, 1.0, norms))


def kernel(one: Any, other: Any) -> np.ndarray:
    """Give the Gaussian kernel between rows of length 1, 0 to 1."""
    cosine = np.asarray(one, dtype=np.float64) @ np.asarray(other, dtype=np.float64).T
    return np.asarray(np.exp(-GAMMA * np.maximum(0.0, 2.0 - 2.0 * cosine)))
