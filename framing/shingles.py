"""Pairs of texts that share words in a row: found by MinHash LSH, confirmed on the exact shingles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from framing.arabic import words
from framing.files import sha256_text
from framing.optional import require

WORDS_IN_SHINGLE = 5
# 64 bands of 2 rows: a pair with resemblance .2 is a candidate with p = .93, one with .35 with p = .9998.
N_PERM, BANDS, ROWS = 128, 64, 2
# A shingle in more different texts than this is a formula or a site's footer, not a story.
MAX_TEXTS = 40
MIN_SHARED = 8

Shingles = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Pairs:
    """Confirmed pairs of texts by place; `shared` counts their common shingles, `sizes` each text's own."""

    sizes: Sequence[int]
    shared: dict[tuple[int, int], int] = field(default_factory=dict)

    def containment(self, i: int, j: int) -> tuple[float, float]:
        """Give the share of i's shingles that j has, and of j's that i has; 0 for a pair never confirmed."""
        common = self.shared.get((min(i, j), max(i, j)), 0)
        return (common / self.sizes[i], common / self.sizes[j]) if common else (0.0, 0.0)

    def confirmed(self, i: int, j: int) -> bool:
        """Tell whether the pair shares its text."""
        return (min(i, j), max(i, j)) in self.shared

    def resemblance(self, i: int, j: int) -> float:
        """Give the shared part of both texts' shingles together, 0 to 1."""
        common = self.shared.get((min(i, j), max(i, j)), 0)
        return common / (self.sizes[i] + self.sizes[j] - common) if common else 0.0

    def by_resemblance(self) -> list[tuple[int, int]]:
        """Give the pairs, the most alike first, equal ones in the order of the texts."""
        return sorted(self.shared, key=lambda pair: (-self.resemblance(*pair), pair))


def find_pairs(texts: Sequence[str], *, seed: int, least: float, least_back: float) -> Pairs:
    """Find pairs of texts that share their words in a row.

    Parameters
    ----------
    texts : as printed.
    seed : of the hash functions.
    least : share of one text's shingles that the other must have, 0 to 1.
    least_back : share of the other's, 0 to 1.
    """
    tokens = [words(text) for text in texts]
    same = defaultdict(list)
    for i, found in enumerate(tokens):
        if found:
            same[sha256_text(" ".join(found))].append(i)
    distinct = [places[0] for places in same.values()]
    sets = dict(zip(distinct, _shingle_sets([tokens[i] for i in distinct]), strict=True))
    twins = {places[0]: places for places in same.values()}
    sizes = [1] * len(texts)
    for first, places in twins.items():
        for i in places:
            sizes[i] = max(1, len(sets[first]))
    pairs = Pairs(sizes)
    for places in twins.values():
        pairs.shared.update({(i, j): sizes[i] for n, i in enumerate(places) for j in places[n + 1 :]})
    for i, j in _candidates(sets, seed):
        common = len(np.intersect1d(sets[i], sets[j], assume_unique=True))
        one, two = sorted((common / sizes[i], common / sizes[j]))
        if common >= MIN_SHARED and two >= least and one >= least_back:
            pairs.shared.update({(min(a, b), max(a, b)): common for a in twins[i] for b in twins[j]})
    return pairs


def _shingle_sets(tokens: Sequence[Sequence[str]]) -> list[Shingles]:
    """Give each text's distinct shingles as numbers, without those that very many texts share."""
    number: dict[str, int] = {}
    sets = [_shingles([number.setdefault(word, len(number) + 1) for word in found]) for found in tokens]
    if not sets:
        return []
    values, counts = np.unique(np.concatenate(sets), return_counts=True)
    common = values[counts > MAX_TEXTS]
    return [found[~np.isin(found, common)] if len(common) else found for found in sets]


def _shingles(numbers: Sequence[int]) -> Shingles:
    """Mix each five numbers in a row into one of 64 bits; a shorter text is one shingle."""
    row = np.asarray(numbers, dtype=np.uint64)
    n_shingles = max(1, len(row) - WORDS_IN_SHINGLE + 1)
    mixed = np.zeros(n_shingles, dtype=np.uint64)
    for k in range(min(WORDS_IN_SHINGLE, len(row))):
        mixed = (mixed ^ row[k : k + n_shingles]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)


def _candidates(sets: dict[int, Shingles], seed: int) -> Iterator[tuple[int, int]]:
    """Give pairs whose MinHash sketches meet in a band, each once."""
    library: Any = require("datasketch", why="to find copies")
    index = library.MinHashLSH(num_perm=N_PERM, params=(BANDS, ROWS))
    usable = [i for i, found in sets.items() if len(found) >= MIN_SHARED]
    lists = (sets[i].tolist() for i in usable)
    sketches = library.MinHash.generator(lists, num_perm=N_PERM, seed=seed + 1, hashfunc=_low_bits)
    for i, sketch in zip(usable, sketches, strict=True):
        for j in sorted(index.query(sketch)):
            yield j, i
        index.insert(i, sketch)


def _low_bits(value: int) -> int:
    """Hash a shingle for datasketch: it is mixed already, 32 bits of it will do."""
    return int(value) & 0xFFFFFFFF


def word_cosine(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """Give the cosine between texts by their words (log counts, weighted by rarity), one row per text."""
    if len(texts) < 2:
        return np.ones((len(texts), len(texts)))
    library = require("sklearn.feature_extraction.text", why="to compare words")
    weigh = library.TfidfVectorizer(analyzer=words, sublinear_tf=True)
    try:
        weights = weigh.fit_transform(texts)
    except ValueError:  # no word in any of them
        return np.eye(len(texts))
    return np.asarray((weights @ weights.T).toarray(), dtype=float)
