"""Words of a text, and the row of the table each is looked up in: by spelling, then without its clitics.

The table's keys are words of the lexical view. A written form is folded once and remembered,
so that a text costs one pass of a pattern and one look-up per word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from framing.arabic import ARABIC_LETTER, DIACRITICS, TATWEEL, lexical_view, model_view

# The written forms a table remembers at most; real corpora stay far below.
MAX_REMEMBERED = 500_000
MAX_LETTERS = 40
_WORD = re.compile(f"[{ARABIC_LETTER}\u0671-\u06d3{DIACRITICS}{TATWEEL}]+|[0-9\u0660-\u0669]+|[A-Za-z]+")
# Texts of these signs alone hold the same words before and after the model view, which costs ten times as much.
_ORDINARY = re.compile(f"[\t\n -%'-;=-~،؛؟٪«»“”’…–—{ARABIC_LETTER}{TATWEEL}\u064b-\u0652\u0660-\u0669]*")
# What a written word may carry, folded as the lexical view folds. `لل` swallows the alif of `ال`.
PREFIXES = ("", *"وفبكلس", "ال", "لل", "وب", "ول", "وس", "فس", "وال", "فال", "بال", "كال", "ولل", "وبال")
SUFFIXES = ("", *"هكيا", "ها", "هم", "هن", "نا", "كم", "ات", "ان", "ين", "ون", "وا", "يه", "ته", "هما", "تها", "تهم")


def written_words(text: str) -> list[str]:
    """Give the words of any text in order, as written."""
    return _WORD.findall(text if _ORDINARY.fullmatch(text) else model_view(text))


def key_of(written: str) -> str:
    """Give the key of a written word; "" for one of marks alone."""
    return lexical_view(written).lower()


def without_clitics(key: str) -> Iterator[str]:
    """Give what a word may be without its prefixes and suffixes, the fewest letters taken off first.

    At least two letters stay, three beside a suffix. A ta marbuta, which opens to t or
    falls before a suffix, is put back; and the word with the article is the last guess.
    """
    ends = [suffix for suffix in SUFFIXES if key.endswith(suffix)]
    pairs = [(prefix, suffix) for prefix in PREFIXES if key.startswith(prefix) for suffix in ends if prefix or suffix]
    for prefix, suffix in sorted(pairs, key=lambda pair: len(pair[0]) + len(pair[1])):
        bare = key[len(prefix) : len(key) - len(suffix)]
        if len(bare) < (3 if suffix else 2):
            continue
        yield bare
        if suffix:
            yield bare + "ه"
            if bare.endswith("ت"):
                yield bare[:-1] + "ه"
        if prefix.endswith("لل"):
            yield "ال" + bare
    yield "ال" + key


@dataclass(frozen=True)
class Coverage:
    """How many running words of some texts a table knows: as written, or only without their clitics."""

    n_words: int
    n_as_written: int
    n_by_clitics: int

    @property
    def unknown_share(self) -> float:
        """Share of running words without a vector, 0 to 1."""
        return 1 - (self.n_as_written + self.n_by_clitics) / self.n_words if self.n_words else 0.0

    def summary(self) -> str:
        """Say it in one line."""
        return (
            f"{self.n_words} running words: {self.n_as_written} known as written, {self.n_by_clitics} without prefixes"
            f" and suffixes, {self.unknown_share:.1%} unknown"
        )


class WordTable(dict[str, int]):
    """From a written word to its row; learns each written form at its first use.

    An unknown word gets the row behind the last one, `n_words`. `by_clitics` : written
    forms that were found only without their clitics.

    Parameters
    ----------
    keys : the word of each row, a word of the lexical view.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__()
        self.n_words = len(keys)
        self.by_clitics: set[str] = set()
        self._rows = {key: row for row, key in enumerate(keys)}

    def __missing__(self, written: str) -> int:
        if len(written) > MAX_LETTERS:
            return self.n_words
        if len(self) >= MAX_REMEMBERED:
            self.clear()
            self.by_clitics.clear()
        self[written] = row = self._look_up(written)
        return row

    def _look_up(self, written: str) -> int:
        key = key_of(written)
        if key in self._rows:
            return self._rows[key]
        if key and not key.isascii():
            for bare in without_clitics(key):
                if bare in self._rows:
                    self.by_clitics.add(written)
                    return self._rows[bare]
        return self.n_words

    def rows(self, text: str) -> list[int]:
        """Give the row of each word of a text."""
        return list(map(self.__getitem__, written_words(text)))

    def coverage(self, texts: Iterable[str]) -> Coverage:
        """Count the running words of texts that the table knows."""
        n_all = n_known = n_by_clitics = 0
        for text in texts:
            for written in written_words(text):
                n_all += 1
                if self[written] < self.n_words:
                    n_known += 1
                    n_by_clitics += written in self.by_clitics
        return Coverage(n_all, n_known - n_by_clitics, n_by_clitics)
