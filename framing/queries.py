"""A study's query: entries, their spellings, the words that only look like them, and where they stand."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from framing.arabic import lexical_view, term_pattern
from framing.errors import StudyError
from framing.lexicon import load
from framing.readers.outlets import cut_title_tail

HEAD_WORDS = 60
MIN_HITS = 2


@dataclass(frozen=True)
class Spelling:
    """One way to write a term.

    `core` : letters that must stand in the text, looked for first because it is fast.
    `friends` : phrases inside which the term means something else; None where no phrase is listed.
    """

    core: str
    pattern: re.Pattern[str]
    friends: re.Pattern[str] | None


@dataclass(frozen=True)
class Entry:
    """One entry of a query; all `parts` must occur, each in any of its spellings."""

    text: str
    parts: tuple[tuple[Spelling, ...], ...]


def compile_query(query: Sequence[str], *, key: str = "relevance.query") -> tuple[Entry, ...]:
    """Compile a query's entries.

    Entries match whole words with their clitics, in every spelling of the alias table; one that
    ends in `*` is a stem; `كوريا + روسيا` asks for all its parts. A hit inside a phrase of
    `lexicon/false_friends.yaml` is none, unless the entry itself asks for that phrase.

    Raises
    ------
    StudyError : an entry has a part without letters; the message names `key` and the entry.
    """
    found = []
    for text in query:
        try:
            parts = [tuple(_spelling(spelled) for spelled in spellings(part.strip())) for part in text.split("+")]
        except ValueError as error:
            raise StudyError(
                f"{key}: '{text}' has a part without letters. Write words, such as 'كوريا الشمالية + روسيا'.",
                ar=f"{key}: في '{text}' جزء بلا حروف. اكتب كلمات، مثل «كوريا الشمالية + روسيا».",
            ) from error
        found.append(Entry(text, tuple(parts)))
    return tuple(found)


def spellings(term: str) -> list[str]:
    """Give a term in every spelling of the alias table, itself first; aliases inside a longer term are replaced too."""
    stem = "*" if term.endswith("*") else ""
    base = " ".join(lexical_view(term.rstrip("*")).split())
    found = dict.fromkeys([term])
    for variants in _aliases():
        inside = [variant for variant in variants if re.search(rf"(?<!\w){re.escape(variant)}(?!\w)", base)]
        if inside:
            longest = max(inside, key=len)
            found |= dict.fromkeys(base.replace(longest, variant) + stem for variant in variants if variant != longest)
    return list(found)


def places(part: Sequence[Spelling], view: str) -> set[tuple[int, int]]:
    """Give start and end of each hit in a text's lexical view; a place that two spellings match is one, by its end."""
    found: dict[int, int] = {}
    for spelling in part:
        if spelling.core not in view:
            continue
        matches = [match.span() for match in spelling.pattern.finditer(view)]
        if matches and spelling.friends is not None:
            matches = _outside(matches, [match.span() for match in spelling.friends.finditer(view)])
        for start, end in matches:
            found[end] = min(start, found.get(end, start))
    return {(start, end) for end, start in found.items()}


def judge_text(title: str, text: str, entries: Sequence[Entry]) -> tuple[bool, str, int]:
    """Decide by its words whether a text is on the story; give the entries that occur, and how often.

    An entry in the title (the outlet's name at its end aside) or in the first `HEAD_WORDS` words is
    enough; further back it takes `MIN_HITS` hits. No entries take every text.
    """
    title_view, view = lexical_view(cut_title_tail(title)), lexical_view(text)
    head = " ".join(view.split(maxsplit=HEAD_WORDS)[:HEAD_WORDS])
    found: list[str] = []
    hits: set[object] = set()
    at_front = n_in_title = 0
    for entry in entries:
        in_title, in_text = [places(part, title_view) for part in entry.parts], [places(p, view) for p in entry.parts]
        if not all(one or two for one, two in zip(in_title, in_text, strict=True)):
            continue
        found.append(entry.text)
        n_in_title += sum(map(len, in_title))
        at_front += any(in_title) or any(places(part, head) for part in entry.parts)
        # A conjunction is one hit of its own; the same words found by two single entries are one.
        hits |= {end for _, end in in_text[0]} if len(entry.parts) == 1 else {entry.text}
    return not entries or bool(at_front) or len(hits) >= MIN_HITS, "; ".join(found), len(hits) + n_in_title


def find_hits(text: str, entries: Sequence[Entry]) -> list[tuple[int, int]]:
    """Give start and end, in the original text, of the words in which entries stand, in order of place."""
    tokens = [match.span() for match in re.finditer(r"\S+", text)]
    views = [lexical_view(text[start:end]) for start, end in tokens]
    begins = [0]
    for view in views:
        begins.append(begins[-1] + len(view) + 1)
    view = " ".join(views)
    found = set()
    for entry in entries:
        for start, end in (hit for part in entry.parts for hit in places(part, view)):
            first, last = bisect_right(begins, start) - 1, bisect_right(begins, end - 1) - 1
            found.add((tokens[first][0], tokens[last][1]))
    return sorted(found)


def _spelling(term: str) -> Spelling:
    pattern = term_pattern(term)
    return Spelling(_core(term), pattern, _friends_of(term, pattern))


def _core(term: str) -> str:
    """Give the longest run of letters that every form of a term keeps: no article, no ta marbuta."""
    names = lexical_view(term.rstrip("*")).split() or [""]
    return max((name.removeprefix("ال").removesuffix("ه") if len(name) > 4 else name[:-1] for name in names), key=len)


def _friends_of(term: str, pattern: re.Pattern[str]) -> re.Pattern[str] | None:
    """Compile the listed phrases in which a term stands without being all of what is asked for."""
    asked = " ".join(lexical_view(term.rstrip("*")).split())
    chosen = [
        written for phrase, written in _false_friends() if pattern.search(phrase) and not re.search(written, asked)
    ]
    return re.compile("|".join(chosen)) if chosen else None


@lru_cache(maxsize=1)
def _false_friends() -> tuple[tuple[str, str], ...]:
    """Give each phrase in the lexical view, in every spelling, with its pattern; longer ones first."""
    found = {}
    for phrase in (spelled for row in load("false_friends") for name in row for spelled in spellings(name)):
        view = " ".join(lexical_view(phrase).split())
        first, *others = map(re.escape, view.split())
        start = f"(?:[وف]?[بكل]?{first}|[وف]?لل{first[2:]})" if first.startswith("ال") else f"[وف]?[بكل]?{first}"
        found[view] = r"(?<!\w)" + r"\s+".join([start, *others]) + r"(?!\w)"
    return tuple(sorted(found.items(), key=lambda pair: (-len(pair[0]), pair[0])))


def _outside(hits: list[tuple[int, int]], phrases: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give the hits that lie in no phrase; both are in order, and phrases do not overlap."""
    starts = [start for start, _ in phrases]
    kept = []
    for start, end in hits:
        before = bisect_right(starts, start) - 1
        if before < 0 or end > phrases[before][1]:
            kept.append((start, end))
    return kept


@lru_cache(maxsize=1)
def _aliases() -> list[list[str]]:
    return [[" ".join(lexical_view(name).split()) for name in row] for row in load("place_aliases")]
