"""Where two versions of one text differ, in the words as printed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from framing.arabic import words

MAX_TOKENS = 4000
_TOKEN = re.compile(r"\S+")


@dataclass(frozen=True)
class Passage:
    """Text that only one of two versions has; both fields are empty where they are equal."""

    only_in: Literal["original", "member", ""]
    text: str


def differing_passages(original: str, member: str) -> list[Passage]:
    """Give the passages that only one text has, in order; spelling and marks do not count.

    Only the first 4,000 words of each text are compared.
    """
    one, two = _tokens(original), _tokens(member)
    matcher = SequenceMatcher(None, [key for key, _, _ in one], [key for key, _, _ in two], autojunk=False)
    found = []
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        if end > start:
            found.append(Passage("original", original[one[start][1] : one[end - 1][2]]))
        if other_end > other_start:
            found.append(Passage("member", member[two[other_start][1] : two[other_end - 1][2]]))
    return found


def _tokens(text: str) -> list[tuple[str, int, int]]:
    """Give words as compared, with their places; marks between words are no words."""
    found = ((" ".join(words(match[0])), match.start(), match.end()) for match in _TOKEN.finditer(text))
    return [token for token in found if token[0]][:MAX_TOKENS]
