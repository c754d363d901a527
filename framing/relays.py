"""Texts that tell one agency's item in other words: the same agency, nearly the same day, most words in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

# So many rows are compared at a time: memory stays bounded on days with many articles of one agency.
CHUNK = 512


def alike_by_words(
    weights: Any, agencies: Sequence[str], days: Sequence[int], *, least: float, apart: int
) -> Iterator[tuple[int, int, float]]:
    """Give pairs of rows of one agency, at most `apart` days from each other, whose cosine is at least `least`.

    Pairs are looked for among rows that share a word of their rarest ones: by Cauchy-Schwarz, no other
    pair can reach `least`.

    Parameters
    ----------
    weights : by `framing.word_weights.WordWeights.matrix`.
    agencies, days : of each row; days are counted from any day.

    Returns
    -------
    Lower row, higher row, cosine.

    References
    ----------
    Bayardo, Ma and Srikant (2007), Scaling up all pairs similarity search, WWW, section 3 (prefix filtering).
    """
    rarest = _rarest(weights, least)
    places: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row, key in enumerate(zip(agencies, days, strict=True)):
        places[key].append(row)
    for (agency, day), here in sorted(places.items()):
        near = [row for later in range(apart + 1) for row in places.get((agency, day + later), ())]
        for start in range(0, len(here), CHUNK):
            yield from _compare(
                weights, rarest, np.array(here[start : start + CHUNK]), np.array(near), least, set(here)
            )


def _rarest(weights: Any, least: float) -> Any:
    """Keep each row's rarest words, as many as leave less than `least` to the rest."""
    squares = weights.data**2
    ends = np.cumsum(squares)
    start_of = np.repeat(np.concatenate([[0.0], ends])[weights.indptr[:-1]], np.diff(weights.indptr))
    before = ends - squares - start_of
    rarest = weights.copy()
    rarest.data = (1 - before >= least**2 - 1e-9).astype(np.float32)
    rarest.eliminate_zeros()
    return rarest


def _compare(
    weights: Any, rarest: Any, some: npt.NDArray[Any], others: npt.NDArray[Any], least: float, same_day: set[int]
) -> Iterator[tuple[int, int, float]]:
    met = (rarest[some] @ rarest[others].T).tocoo()
    rows, columns = some[met.row], others[met.col]
    once = [a < b or b not in same_day for a, b in zip(rows.tolist(), columns.tolist(), strict=True)]
    rows, columns = rows[once], columns[once]
    for start in range(0, len(rows), CHUNK):
        a, b = rows[start : start + CHUNK], columns[start : start + CHUNK]
        cosine = np.asarray((weights[a] * weights[b]).sum(axis=1)).ravel()
        for i, j, alike in zip(a.tolist(), b.tolist(), cosine.tolist(), strict=True):
            if alike >= least and i != j:
                yield min(i, j), max(i, j), alike
