"""Where Arabic sentences begin and end, as offsets into the text.

A room of its own because units and the voices of a pasted text both need it.
Rules (see the field's splitters for what goes wrong without them): `. ! ؟ ? …` end
a sentence; `؛` and `..` do not, unless the line ends there; a point inside a
number (10.5), an abbreviation of single letters (أ. ف. ب) or a short quotation does
not either. Sentences over `MAX_WORDS` are cut at a comma before `و` and a reporting
verb, else at the comma nearest the limit.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

from framing.arabic import ARABIC_LETTER, lexical_view
from framing.lexicon import load

MAX_WORDS = 60
# A quotation this long or shorter stays whole even where it holds full stops.
MAX_QUOTED_CHARS = 350

_LINE = re.compile(r"[^\r\n\u2028\u2029\u0085\x0b\x0c]+")
_END = re.compile(r"[.!؟?…]+")
_ABBREVIATION = re.compile(rf"(?<![{ARABIC_LETTER}\w])[{ARABIC_LETTER}A-Za-z]\.?$")
_OPENING = re.compile("[«“„\"']")
_CLOSING = "\"'»”’)]"
_PAIRS = {"«": "»", "“": "”", "„": "”", "(": ")"}
_WORD = re.compile(r"\w+")


def line_spans(text: str) -> Iterator[tuple[int, int]]:
    """Give start and end of each non-empty line, white space trimmed."""
    for match in _LINE.finditer(text):
        span = trim(text, match.start(), match.end())
        if span is not None:
            yield span


def trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Narrow a span to its first and last visible character; None where there is none."""
    while start < end and (text[start].isspace() or text[start] in "\u200b\u200e\u200f\ufeff"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in "\u200b\u200e\u200f\ufeff"):
        end -= 1
    return (start, end) if end > start else None


def count_words(text: str, start: int = 0, end: int | None = None) -> int:
    """Count runs of word characters in a span."""
    return sum(1 for _ in _WORD.finditer(text, start, len(text) if end is None else end))


def quote_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Find quotations in a span: «», “”, "" and '' round words; outer ones only, marks included.

    An opening mark without its partner is a quotation to the end of the span only for
    « and “; a lone straight mark is ignored. Linear in the length of the span.
    """
    end = len(text) if end is None else end
    found: list[tuple[int, int]] = []
    position = start
    while mark := _OPENING.search(text, position, end):
        close = _closing(text, mark.start(), end)
        if close is not None:
            found.append((mark.start(), close))
        position = close or mark.end()
    return found


def _closing(text: str, position: int, end: int) -> int | None:
    mark = text[position]
    if mark in "«“„":
        partner, depth = _PAIRS[mark], 0
        for place in range(position, min(end, position + 4000)):
            if text[place] == mark:
                depth += 1
            elif text[place] == partner:
                depth -= 1
                if depth == 0:
                    return place + 1
        return end
    if mark == "'" and position > 0 and text[position - 1].isalnum():
        return None  # an apostrophe inside a Latin word
    place = text.find(mark, position + 1, min(end, position + 2000))
    return place + 1 if place > position + 1 else None


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Split a span of text into sentences.

    Returns
    -------
    (start, end) pairs in order, not overlapping, trimmed; together they hold every
    visible character of the span.
    """
    end = len(text) if end is None else end
    found: list[tuple[int, int]] = []
    for first, last in line_spans(text[start:end]):
        for left, right in _split_line(text, start + first, start + last):
            found.extend(_cut_long(text, left, right))
    return _join_fragments(text, found)


def _split_line(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    protected = [(a, b) for a, b in quote_spans(text, start, end) if b - a <= MAX_QUOTED_CHARS]
    guard, left = 0, start
    for match in _END.finditer(text, start, end):
        while guard < len(protected) and protected[guard][1] <= match.start():
            guard += 1
        stop = match.end()
        while stop < end and text[stop] in _CLOSING:
            stop += 1
        inside = guard < len(protected) and protected[guard][0] < match.start() < protected[guard][1]
        if inside and stop < protected[guard][1]:
            continue
        if inside and not _opens_sentence(text, stop, end):
            continue  # a quotation that ends with its own stop, inside the reporter's sentence
        if _is_soft(text, match, stop, end):
            continue
        if span := trim(text, left, stop):
            yield span
        left = stop
    if span := trim(text, left, end):
        yield span


def _opens_sentence(text: str, stop: int, end: int) -> bool:
    """Tell whether what follows a closed quotation begins a new sentence."""
    rest = text[stop : min(end, stop + 80)].lstrip()
    return not rest or rest[0] not in "،,؛:.-"


def _is_soft(text: str, match: re.Match[str], stop: int, end: int) -> bool:
    if stop >= end:
        return False
    marks = match.group()
    if set(marks) == {"."}:
        if len(marks) >= 2:
            return True  # `..` and `...` join clauses in Arabic news
        if not text[stop].isspace():
            return text[stop].isalnum() and (text[match.start() - 1].isdigit() or text[stop].isascii())
        return _ABBREVIATION.search(text[max(0, match.start() - 4) : match.start()]) is not None
    return marks == "…"


@lru_cache(maxsize=1)
def reporting_verbs() -> dict[str, str]:
    """Give every written form of a reporting verb (lexical view) with its stance."""
    table = load("verbs")
    return {lexical_view(form): stance for stance, lines in table.items() for line in lines for form in line.split()}


_COMMA_WAW = re.compile(rf"[،,؛]\s+(?=(?:و|ف|كما\s+|فيما\s+|بينما\s+|في حين\s+)(?:قد\s+)?([{ARABIC_LETTER}]+))")
_COMMA = re.compile(r"[،,؛]\s+|\s[-–—]\s|\.\.+\s+")


def _cut_long(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while (ahead := _look_ahead(text, start, end)) is not None:
        cut = _cut_place(text, start, *ahead)
        if cut is None:
            break
        if span := trim(text, start, cut):
            yield span
        start = cut
    if span := trim(text, start, end):
        yield span


def _look_ahead(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Give how far a cut has to look for words and for quotation marks; None for a span that is short enough.

    Looking no farther keeps a line of a million letters linear.
    """
    stop = start
    for number, word in enumerate(_WORD.finditer(text, start, end), 1):
        stop = word.end()
        if number == MAX_WORDS + 4:
            return stop, min(end, stop + 2000)
    return (end, end) if count_words(text, start, stop) > MAX_WORDS else None


def _cut_place(text: str, start: int, end: int, quotes_end: int) -> int | None:
    quotes = quote_spans(text, start, quotes_end)
    verbs = reporting_verbs()
    strong = [
        match.end()
        for match in _COMMA_WAW.finditer(text, start, end)
        if lexical_view(match.group(1)) in verbs and not _within(match.start(), quotes)
    ]
    weak = [match.end() for match in _COMMA.finditer(text, start, end) if not _within(match.start(), quotes)]
    words = [match.start() for match in _WORD.finditer(text, start, end)]
    for places in (strong, weak):
        before = {place: bisect_left(words, place) for place in places}
        good = [place for place, n in before.items() if 8 <= n <= MAX_WORDS and len(words) - n >= 3]
        if good:
            return good[-1]
    blank = text.find(" ", words[MAX_WORDS - 1], end)
    return blank + 1 if blank > 0 and count_words(text, blank, end) >= 3 else None


def _within(place: int, spans: list[tuple[int, int]]) -> bool:
    return any(a < place < b for a, b in spans)


def _join_fragments(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join a piece under three words to its neighbour where only blanks stand between, in one line."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined:
            left, right = joined[-1]
            between = text[right:start]
            short = count_words(text, start, end) < 3 or count_words(text, left, right) < 3
            if short and not between.strip() and "\n" not in between and "\r" not in between:
                joined[-1] = (left, end)
                continue
        joined.append((start, end))
    return joined
