"""Pairs of texts that share words in a row: found by MinHash LSH, confirmed on the exact shingles.

Work grows with the number of texts, not of pairs: equal texts are one, a text that is nearly an earlier one
follows it and is compared no more, and every other text is compared with a limited number of earlier ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from framing.optional import require
from framing.shingles import Shingles, Words, shingle_sets
from framing.word_weights import WordWeights

# 64 bands of 2 rows: a pair with resemblance .2 is a candidate with p = .93, one with .35 with p = .9998.
N_PERM, BANDS, ROWS = 128, 64, 2
MIN_SHARED = 8
# From here up a text follows the earlier one; two followers of one text still share two thirds of their words.
NEAR_TWIN = 0.8
# A text is compared with so many earlier ones, those whose sketches are the most alike first.
MAX_COMPARED = 64
# Texts printed further apart than this are one item only where they also agree on their most telling words.
LATE_DAYS, LATE_AGREEMENT = 2, 0.85
# So many shingles are sketched at a time: memory for a text of many megabytes stays bounded.
CHUNK = 8192

Sketches = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Pairs:
    """Which texts share their words; a text is named by its place.

    Parameters
    ----------
    sets : each text's shingles; texts of the same words share one array.
    first : each text's first text of the same words; a text without any word has its own place.
    leaders : place of a first text that is nearly an earlier one -> that one.
    found : confirmed pairs of first texts that follow none -> number of common shingles.
    compared : all pairs ever compared -> the same number.
    days : of each text, counted from any day; None where unknown.
    weights : of all texts' words.
    least, least_back : share of one text's shingles that the other must have, and of the other's.
    """

    sets: Sequence[Shingles]
    first: Sequence[int]
    days: Sequence[int | None]
    weights: WordWeights
    least: float
    least_back: float
    leaders: dict[int, int] = field(default_factory=dict)
    found: dict[tuple[int, int], int] = field(default_factory=dict)
    compared: dict[tuple[int, int], int] = field(default_factory=dict)

    def common(self, i: int, j: int) -> int:
        """Count the shingles that both texts have."""
        pair = (self.first[i], self.first[j])
        if pair[0] == pair[1]:
            return len(self.sets[i])
        key = (min(pair), max(pair))
        if key not in self.compared:
            self.compared[key] = len(np.intersect1d(self.sets[key[0]], self.sets[key[1]], assume_unique=True))
        return self.compared[key]

    def containment(self, i: int, j: int) -> tuple[float, float]:
        """Give the share of i's shingles that j has, and of j's that i has."""
        common = self.common(i, j)
        return common / max(1, len(self.sets[i])), common / max(1, len(self.sets[j]))

    def confirmed(self, i: int, j: int) -> bool:
        """Tell whether the pair shares its text; texts of the same words do at any length."""
        if self.first[i] == self.first[j]:
            return True
        back, there = sorted(self.containment(i, j))
        shares = self.common(i, j) >= MIN_SHARED and there >= self.least and back >= self.least_back
        return shares and (not self._late(i, j) or self.weights.agreement(i, j) >= LATE_AGREEMENT)

    def _late(self, i: int, j: int) -> bool:
        one, two = self.days[i], self.days[j]
        return one is not None and two is not None and abs(one - two) > LATE_DAYS

    def resemblance(self, i: int, j: int) -> float:
        """Give the shared part of both texts' shingles together, 0 to 1."""
        common = self.common(i, j)
        return 1.0 if self.first[i] == self.first[j] else common / (len(self.sets[i]) + len(self.sets[j]) - common)

    def by_resemblance(self) -> list[tuple[int, int]]:
        """Give the pairs found, the most alike first, equal ones in the order of the texts."""
        return sorted(self.found, key=lambda pair: (-self.resemblance(*pair), pair))

    def clusters(self) -> dict[int, list[int]]:
        """Give for each text that follows none all texts that are it or nearly it, in order; texts alone too."""
        found: dict[int, list[int]] = defaultdict(list)
        for i, first in enumerate(self.first):
            found[self.leaders.get(first, first)].append(i)
        return found


def find_pairs(
    numbers: Sequence[Words],
    *,
    outlets: Sequence[str],
    days: Sequence[int | None],
    weights: WordWeights,
    seed: int,
    least: float,
    least_back: float,
) -> Pairs:
    """Find pairs of texts that share their words in a row.

    Parameters
    ----------
    numbers : the texts' words, by `framing.shingles.number_words`.
    outlets : of each text; what one outlet repeats in text after text is no story.
    days : of each text, counted from any day; None where unknown.
    weights : of all texts' words.
    seed : of the hash functions.
    least : share of one text's shingles that the other must have, 0 to 1.
    least_back : share of the other's, 0 to 1.
    """
    first = _first_of_each(numbers)
    distinct = [i for i, other in enumerate(first) if i == other]
    kept, repeated = shingle_sets([numbers[i] for i in distinct], [outlets[i] for i in distinct])
    sets = dict(zip(distinct, kept, strict=True))
    pairs = Pairs([sets[i] for i in first], first, days, weights, least, least_back)
    # Below this a text cannot be half of a pair, whatever the other one is.
    usable = {
        i: found
        for i, found in zip(distinct, repeated, strict=True)
        if len(found) >= max(MIN_SHARED, least_back * len(sets[i]))
    }
    for i, candidates in _candidates(usable, seed, pairs.leaders):
        _compare(pairs, i, candidates)
    return pairs


def _first_of_each(numbers: Sequence[Words]) -> list[int]:
    seen: dict[bytes, int] = {}
    return [seen.setdefault(row.tobytes(), i) if len(row) else i for i, row in enumerate(numbers)]


def _compare(pairs: Pairs, i: int, candidates: Sequence[int]) -> None:
    """Confirm a text's candidates; let it follow the one it nearly is."""
    confirmed = [j for j in candidates if pairs.confirmed(i, j)]
    nearest = max(confirmed, key=lambda j: (pairs.resemblance(i, j), -j), default=-1)
    if nearest >= 0 and pairs.resemblance(i, nearest) >= NEAR_TWIN:
        pairs.leaders[i] = nearest
    else:
        pairs.found.update({(j, i): pairs.common(i, j) for j in confirmed})


def _candidates(sets: dict[int, Shingles], seed: int, leaders: dict[int, int]) -> Iterator[tuple[int, list[int]]]:
    """Give each text's earlier candidates, whose sketches meet its own in a band; one that follows is no candidate."""
    library: Any = require("datasketch", why="to find copies")
    index = library.MinHashLSH(num_perm=N_PERM, params=(BANDS, ROWS))
    empty = library.MinHash(num_perm=N_PERM, seed=seed + 1, hashfunc=int)
    sketches: Sketches = np.zeros((len(sets), N_PERM), dtype=np.uint32)
    row_of: dict[int, int] = {}
    for row, (i, found) in enumerate(sets.items()):
        sketch = _sketch(found, empty)
        sketches[row], row_of[i] = sketch.hashvalues, row
        met = sorted(index.query(sketch))
        if len(met) > MAX_COMPARED:
            alike = (sketches[[row_of[j] for j in met]] == sketches[row]).sum(axis=1)
            met = [met[n] for n in np.argsort(-alike, kind="stable")[:MAX_COMPARED]]
        yield i, met
        if i not in leaders:
            index.insert(i, sketch)


def _sketch(found: Shingles, empty: Any) -> Any:
    """Give the MinHash of a text's shingles; they are mixed already, so 32 bits of each will do."""
    sketch = empty.copy()
    for start in range(0, len(found), CHUNK):
        sketch.update_batch((found[start : start + CHUNK] & np.uint64(0xFFFFFFFF)).tolist())
    return sketch
