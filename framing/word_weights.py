"""How telling each word of a text is, and whether two texts agree on their most telling words.

Two announcements of one form (a telegram to another head of state, a verdict in another case) share most
words in a row; what they are about, names above all, is in their rare and repeated words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from framing.optional import require
from framing.shingles import Words

KEY_WORDS = 12

Places = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float64]


class WordWeights:
    """Log counts of words by their rarity among all texts; each text's weights have length 1.

    Parameters
    ----------
    numbers : all texts' words, by `framing.shingles.number_words`.
    """

    def __init__(self, numbers: Sequence[Words]) -> None:
        self._numbers = numbers
        n_words = 1 + max((int(row.max()) for row in numbers if len(row)), default=0)
        n_texts = np.zeros(n_words, dtype=np.int64)
        for row in numbers:
            n_texts[np.unique(row)] += 1
        self._rarity = np.log((1 + len(numbers)) / (1 + n_texts)) + 1
        self._rank = np.empty(n_words, dtype=np.int64)
        self._rank[np.argsort(n_texts, kind="stable")] = np.arange(n_words)
        self._known: dict[int, tuple[Places, Weights]] = {}

    def of(self, i: int) -> tuple[Places, Weights]:
        """Give a text's words, by their rank from the rarest on, and their weights."""
        found, counts = np.unique(self._numbers[i], return_counts=True)
        weight = (1 + np.log(counts)) * self._rarity[found]
        order = np.argsort(self._rank[found])
        return self._rank[found][order], weight[order] / max(1e-12, float(np.linalg.norm(weight)))

    def agreement(self, i: int, j: int) -> float:
        """Give the share, by squared weight, of the shorter text's twelve most telling words that the other has."""
        short, other = sorted((i, j), key=lambda k: (len(self._numbers[k]), k))
        ranks, weights = self._cached(short)
        key = np.argsort(-weights, kind="stable")[:KEY_WORDS]
        squares = weights[key] ** 2
        return float(squares[np.isin(ranks[key], self._cached(other)[0])].sum() / max(1e-12, squares.sum()))

    def matrix(self, rows: Sequence[int]) -> Any:
        """Give some texts' weights as a scipy sparse array, one row per text, its rarest words first."""
        sparse = require("scipy.sparse", why="to compare words")
        found = [self.of(i) for i in rows]
        ends = np.cumsum([0, *(len(ranks) for ranks, _ in found)])
        columns = np.concatenate([np.zeros(0, dtype=np.int64), *(ranks for ranks, _ in found)])
        values = np.concatenate([np.zeros(0), *(weights for _, weights in found)])
        return sparse.csr_array((values, columns, ends), shape=(len(rows), len(self._rarity)))

    def _cached(self, i: int) -> tuple[Places, Weights]:
        if i not in self._known:
            self._known[i] = self.of(i)
        return self._known[i]
