"""Words of a frame in a text, and whether the text denies them. By rule, so that each hit can be shown.

A room of its own, above `frames.py`: the rules and the learned part are tested apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from framing.arabic import lexical_view, term_core, term_pattern
from framing.lexicon import load

# Characters before a word in which its denial may stand: far more than the words that a denial reaches over.
LOOK_BACK = 200


def has_term(view: str, terms: Iterable[str], veto: Iterable[str]) -> bool:
    """Tell whether a text (lexical view) holds a term outside every veto word."""
    terms = tuple(terms)
    if not any(term_core(term) in view for term in terms):  # a plain look, many times faster than the pattern
        return False
    if veto and (vetoed := _any_of(tuple(veto))):
        view = vetoed.sub(" ", view)
    wanted = _any_of(terms)
    return wanted is not None and wanted.search(view) is not None


@lru_cache(maxsize=256)
def _any_of(terms: tuple[str, ...]) -> re.Pattern[str] | None:
    """Join terms into one pattern: one pass over a text instead of one per term."""
    longest_first = sorted(terms, key=len, reverse=True)
    return re.compile("|".join(term_pattern(term).pattern for term in longest_first)) if terms else None


@lru_cache(maxsize=1)
def _denials() -> tuple[list[tuple[re.Pattern[str], int]], re.Pattern[str], re.Pattern[str]]:
    table = load("denials")

    def whole(words: list[str]) -> str:
        return "|".join(re.escape(lexical_view(word)) for word in sorted(words, key=len, reverse=True))

    groups = [
        (re.compile(rf"(?<!\w)[وف]?(?:{whole(group['cues'])})(?!\w)"), int(group["reach"]))
        for group in table["groups"].values()
    ]
    idioms = re.compile(rf"(?<!\w)[وف]?(?:{whole(table['idioms'])})(?!\w)")
    return groups, idioms, re.compile(rf"(?<!\w)(?:{whole(table['reversed_by'])})(?!\w)")


def has_denial(view: str) -> bool:
    """Tell whether a text (lexical view) denies anything at all."""
    groups, idioms, _ = _denials()
    view = idioms.sub(lambda match: "_" * len(match.group()), view)
    return any(cue.search(view) for cue, _ in groups)


def is_denied(view: str, terms: Iterable[str]) -> bool:
    """Tell whether every term of a frame in a text (lexical view) stands behind a denial ("this is no escalation").

    False where the text holds none of the terms, where one of them stands free, or where the
    denial is turned round ("nothing but escalation").
    """
    _, idioms, _ = _denials()
    if not has_denial(view):
        return False
    view = idioms.sub(lambda match: "_" * len(match.group()), view)
    near = [term for term in terms if term_core(term) in view]
    hits = [match.start() for term in near for match in term_pattern(term).finditer(view)]
    return bool(hits) and all(_behind_denial(view, hit) for hit in hits)


def _near(view: str, hit: int) -> int:
    """Give where to begin to look: at a word, so near that a text of one clause takes no longer than one of many."""
    start = max(0, hit - LOOK_BACK)
    while 0 < start < hit and not view[start - 1].isspace():
        start += 1
    return start


def _behind_denial(view: str, hit: int) -> bool:
    groups, _, turned = _denials()
    clause = re.split(r"[.؟!؛\n]", view[_near(view, hit) : hit])[-1]
    for cue, reach in groups:
        for match in reversed(list(cue.finditer(clause))):
            between = clause[match.end() :]
            if len(between.split()) <= reach and "،" not in between and not turned.search(between):
                return True
    return False
