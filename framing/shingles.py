"""Texts as numbers: their words, and their words in a row (shingles), with formulas taken out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from framing.arabic import words

WORDS_IN_SHINGLE = 5
# A shingle in more different texts than this is a formula, a template or a site's footer, not a story, unless it
# is spread over so many outlets that each has it a few times only: a wire item that everyone printed.
MAX_TEXTS = 40
TEXTS_PER_OUTLET = 4
ALL_FORMULA = 0.8

Words = npt.NDArray[np.uint32]
Shingles = npt.NDArray[np.uint64]


def number_words(texts: Sequence[str]) -> list[Words]:
    """Give each text's words of the lexical view as numbers, the same word the same number."""
    number: dict[str, int] = {}
    return [
        np.fromiter((number.setdefault(word, len(number)) for word in words(text)), dtype=np.uint32) for text in texts
    ]


def shingle(numbers: Words) -> Shingles:
    """Mix each five numbers in a row into one of 64 bits, each once and sorted; a shorter text is one shingle."""
    row = numbers.astype(np.uint64) + np.uint64(1)
    n_shingles = max(1, len(row) - WORDS_IN_SHINGLE + 1)
    mixed = np.zeros(n_shingles, dtype=np.uint64)
    for k in range(min(WORDS_IN_SHINGLE, len(row))):
        mixed = (mixed ^ row[k : k + n_shingles]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)


def shingle_sets(numbers: Sequence[Words], outlets: Sequence[str]) -> tuple[list[Shingles], list[Shingles]]:
    """Give each text's shingles without formulas, and those of them that another text has too.

    Parameters
    ----------
    numbers : of different texts, by `number_words`.
    outlets : of each text.
    """
    sets = [shingle(row) for row in numbers]
    if not sets:
        return [], []
    values, counts = np.unique(np.concatenate(sets), return_counts=True)
    formulas = _formulas(sets, outlets, values[counts > MAX_TEXTS])
    if len(formulas):
        sets = [_without(found, formulas) for found in sets]
    repeated = values[counts > 1]
    return sets, [found[_among(found, repeated)] for found in sets]


def _formulas(sets: Sequence[Shingles], outlets: Sequence[str], common: Shingles) -> Shingles:
    """Give those of the common shingles that outlets repeat in text after text."""
    if not len(common):
        return common
    n_texts = np.zeros(len(common), dtype=np.int64)
    seen_in: dict[str, npt.NDArray[np.bool_]] = {}
    for found, outlet in zip(sets, outlets, strict=True):
        here = _among(common, found)
        n_texts += here
        seen_in[outlet] = seen_in.get(outlet, here) | here
    n_outlets = np.sum(list(seen_in.values()), axis=0)
    formulas: Shingles = common[n_texts > TEXTS_PER_OUTLET * n_outlets]
    return formulas


def _without(found: Shingles, formulas: Shingles) -> Shingles:
    """Take formulas out of a text, unless it is nothing else: then it is one text, collected again and again."""
    is_formula = _among(found, formulas)
    return found if is_formula.mean() >= ALL_FORMULA else found[~is_formula]


def _among(values: Shingles, known: Shingles) -> npt.NDArray[np.bool_]:
    """Tell for each value whether it is among the sorted known ones."""
    if not len(known):
        return np.zeros(len(values), dtype=bool)
    places = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return np.asarray(known[places] == values)
