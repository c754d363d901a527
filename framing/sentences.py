"""Where Arabic sentences begin and end, as offsets into the text.

A room of its own because units and the voices of a pasted text both need it.
Rules (see the field's splitters for what goes wrong without them): `. ! ؟ ?` end
a sentence; `؛`, `..` and `…` do not, unless the line ends there; a point inside a
number (10.5), an address, an abbreviation of single letters (أ. ف. ب), behind a list
number, or inside a quotation of up to `MAX_WORDS` words does not either. Sentences over
`MAX_WORDS` are cut at a comma before `و` and a reporting verb, else where another clause
begins, else at the comma nearest the limit. Three or more blanks behind a closing mark,
or five anywhere, are a line end that was lost on the way (common in scraped text).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

from framing.arabic import ARABIC_LETTER, DIACRITICS, TATWEEL, lexical_view
from framing.lexicon import load

# Also the longest quotation that stays whole where it holds full stops.
MAX_WORDS = 60
# Zero-width marks and marks that steer the direction of text: nobody sees them.
HIDDEN = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c\ufeff"

_BREAK = re.compile('[\r\n\u2028\u2029\u0085\x0b\x0c]+|(?<=[.!؟?…»”":])[ \t\u00a0]{3,}|[ \t\u00a0]{5,}')
_END = re.compile(r"[.!؟?…]+")
# Marks count as part of the word: the alef of سابقًا stands alone only to the eye of a pattern.
_ABBREVIATION = re.compile(rf"(?<![{ARABIC_LETTER}{DIACRITICS}{TATWEEL}\w])[{ARABIC_LETTER}A-Za-z]\.?$")
_OPENING = re.compile("[«“„\"']")
_CLOSING = "\"'»”’)]"
_PAIRS = {"«": "»", "“": "”", "„": "”"}
# The longest quotation: in straight marks, and in marks that tell opening from closing.
_STRAIGHT_REACH, _CURLY_REACH = 2000, 4000
# Letters read out one by one, in one word: بي.بي.سي, إ.م
_SPELT = re.compile(
    rf"(?:[{ARABIC_LETTER}]{{1,3}}\.){{2,}}[{ARABIC_LETTER}]{{1,4}}|[{ARABIC_LETTER}]{{1,2}}\.[{ARABIC_LETTER}]{{1,2}}"
)
# How Latin letters are called, in the lexical view: إن. بي. سي
_LETTER_NAMES = "ايه اي بي سي دي اف جي اتش جيه كيه كي ال ام ان او بيه كيو ار اس تي يو في دبليو اكس واي زد زي"
_WORD = re.compile(r"\w+")
_BULLETS = "*•▪●"


def line_spans(text: str) -> Iterator[tuple[int, int]]:
    """Give start and end of each non-empty line, white space trimmed."""
    start = 0
    for match in _BREAK.finditer(text):
        if span := trim(text, start, match.start()):
            yield span
        start = match.end()
    if span := trim(text, start, len(text)):
        yield span


def trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Narrow a span to its first and last visible character; None where there is none."""
    while start < end and (text[start].isspace() or text[start] in HIDDEN):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in HIDDEN):
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
    straight = _straight_pairs(text, start, end)
    found: list[tuple[int, int]] = []
    position = start
    while mark := _OPENING.search(text, position, end):
        place = mark.start()
        close = straight.get(place) if text[place] == '"' else _closing(text, place, end)
        if close is not None:
            found.append((place, close))
        position = close or mark.end()
    return found


def _straight_pairs(text: str, start: int, end: int) -> dict[int, int]:
    """Pair the marks `"`, which look the same at both ends, by what stands beside them; a lone one has no pair."""
    pairs: dict[int, int] = {}
    open_marks: list[int] = []
    for match in re.finditer('"', text[start:end]):
        place = start + match.start()
        before = text[place - 1] if place > start else " "
        after = text[place + 1] if place + 1 < end else " "
        opens = (before.isspace() or before in "([:،,؛-–—ـ«“") and not (after.isspace() or after in ".،,؛:!؟?)")
        closes = not before.isspace() and (after.isspace() or after in ".،,؛:!؟?)»”-–…")
        while open_marks and place - open_marks[-1] > _STRAIGHT_REACH:
            open_marks.pop()
        if open_marks and not opens:
            first = open_marks.pop()
            if place > first + 1:
                pairs[first] = place + 1
        elif not closes:
            open_marks.append(place)
    return pairs


def _closing(text: str, position: int, end: int) -> int | None:
    mark = text[position]
    if mark in _PAIRS:
        partner, depth = _PAIRS[mark], 0
        for place in range(position, min(end, position + _CURLY_REACH)):
            if text[place] == mark:
                depth += 1
            elif text[place] == partner:
                depth -= 1
                if depth == 0:
                    return place + 1
        return end
    if position > 0 and text[position - 1].isalnum():
        return None  # an apostrophe inside a Latin word
    place = text.find(mark, position + 1, min(end, position + _STRAIGHT_REACH))
    return place + 1 if place > position + 1 else None


def sentence_spans(text: str, start: int = 0, end: int | None = None, *, cut: bool = True) -> list[tuple[int, int]]:
    """Split a span of text into sentences.

    Parameters
    ----------
    cut : whether sentences over `MAX_WORDS` are cut, where a clause begins if there is such a place; one
        that is a word or two over may stay whole.

    Returns
    -------
    (start, end) pairs in order, not overlapping, trimmed; together they hold every
    visible character of the span.
    """
    end = len(text) if end is None else end
    found: list[tuple[int, int]] = []
    for first, last in line_spans(text[start:end]):
        pieces: list[tuple[int, int]] = []
        for item in _list_items(text, start + first, start + last):
            for piece in _split_item(text, *item):
                pieces += _cut_long(text, *piece) if cut else [piece]
        found += _join_fragments(text, pieces)
    return found


_ITEM = re.compile(rf"(?<=[\s{HIDDEN}])[-–{_BULLETS}](?=[\s{HIDDEN}])")


def _list_items(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Take a line apart that is a list of four or more items, each behind the same mark (`- ... - ...`)."""
    marks: list[int] = []
    if text[start] in f"-–{_BULLETS}":
        marks = [match.start() for match in _ITEM.finditer(text, start + 1, end) if match[0] == text[start]]
    places = [start, *marks, end] if len(marks) >= 3 else [start, end]
    for left, right in pairwise(places):
        if span := trim(text, left, right):
            yield span


def _split_item(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    protected, guard, left = _protected(text, start, end), 0, start
    for match in _END.finditer(text, start, end):
        while guard < len(protected) and protected[guard][1] <= match.start():
            guard += 1
        stop = match.end()
        while stop < end and text[stop] in _CLOSING:
            stop += 1
        opened, closed = protected[guard] if guard < len(protected) else (end, end)
        if opened < match.start() and (stop < closed or not _ends_with_quote(text, left, opened, stop, end, match[0])):
            continue
        if stop < end and (_is_soft(text, match, left, stop) or _goes_on(text, stop, end)):
            continue
        if span := trim(text, left, stop):
            yield span
        left = stop
    if span := trim(text, left, end):
        yield span


_BRACKETED = re.compile(r"\([^()\n]{1,400}\)")


def _protected(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Find what stops do not split: closed quotations and brackets of up to `MAX_WORDS` words."""
    quotes = [(a, b) for a, b in quote_spans(text, start, end) if text[b - 1] in _CLOSING]
    brackets = [match.span() for match in _BRACKETED.finditer(text, start, end)]
    spans: list[tuple[int, int]] = []
    for a, b in sorted(quotes + brackets):
        if b - a <= 10 * MAX_WORDS and count_words(text, a, b) <= MAX_WORDS and (not spans or a >= spans[-1][1]):
            spans.append((a, b))
    return spans


# An accusative participle: the reporter's clause goes on ("adding", "calling for").
_PARTICIPLE = re.compile(r"م\w{2,7}ا\b")


def _ends_with_quote(text: str, left: int, opened: int, stop: int, end: int, marks: str) -> bool:
    """Tell whether a quotation or bracket that ends with its own stop ends the sentence round it too."""
    if text[opened] == "(":
        return trim(text, left, opened) is None
    following = lexical_view(text[stop : min(end, stop + 80)]).lstrip()
    if following.startswith((".", "-", "–")) or _PARTICIPLE.match(following):
        return False
    word = _WORD.match(following)
    return not (word and "." not in marks and word[0] in reporting_verbs())  # "...!" he asked


def _goes_on(text: str, stop: int, end: int) -> bool:
    """Tell whether a comma or a colon behind a stop shows that the sentence goes on."""
    place = stop
    while place < end and text[place].isspace():
        place += 1
    return place < end and text[place] in "،,؛:"


def _is_soft(text: str, match: re.Match[str], left: int, stop: int) -> bool:
    """Tell whether a mark, with text behind it, ends nothing."""
    marks, before, after = match.group(), text[match.start() - 1 : match.start()], text[stop]
    if set(marks) <= {"…"} or (set(marks) == {"."} and len(marks) >= 2):
        # `..`, `...` and `…` join clauses in Arabic news, but do not reach over to the next question.
        return not text[stop : stop + 12].lstrip().startswith(tuple(_BULLETS))
    if after.isascii() and after.isalnum() and before.isascii() and stop == match.end():
        return True  # 10.5, example.org, /page?a=b
    if set(marks) != {"."} or stop > match.end():
        return False
    if after.isdigit() and before.isdigit():
        return True
    head = text[max(left, match.start() - 6) : match.start()]
    if _ABBREVIATION.search(head) or _is_spelt(text, match.start()):
        return True
    if before == TATWEEL and text[stop : stop + 2].lstrip()[:1] == TATWEEL:
        return True  # a word broken on purpose
    return after.isspace() and head.strip().isdigit() and not text[left : match.start() - len(head)].strip()


def _is_spelt(text: str, point: int) -> bool:
    """Tell whether a point stands inside letters that are read out one by one."""
    left, right = text[max(0, point - 16) : point].split(), text[point : point + 16].split()
    whole = (left[-1] if left else "") + right[0]
    names = (left[-1] if left else "", right[1] if len(right) > 1 else "")
    if right[0] == "." and all(lexical_view(name).strip('«»"“”()،.') in _LETTER_NAMES.split() for name in names):
        return True
    return _SPELT.match(whole.strip('«»"()،,؛:')) is not None and len(right[0]) > 1


@lru_cache(maxsize=1)
def reporting_verbs() -> dict[str, str]:
    """Give every written form of a reporting verb (lexical view) with its stance."""
    table = load("verbs")
    return {lexical_view(form): stance for stance, lines in table.items() for line in lines for form in line.split()}


_COMMA_WAW = re.compile(rf"[،,؛]\s+(?=(?:و|ف|كما\s+|فيما\s+|بينما\s+|في حين\s+)(?:قد\s+)?([{ARABIC_LETTER}]+))")
_SOFT_POINT = re.compile(r"(?:\.\.+|…)\s*")
# Words a clause begins with, so that the rest of a chain can be read alone.
_CLAUSE_WORDS = (
    "قد هو هي هم هذا هذه ذلك هنا كان كانت لكن لكنه لكنها كما حيث فيما بينما أما إذ إلا إن إنه إنها أن أنه أنها مما ما"
    " الأمر ثم لا لم لن ليس ليست سوف بل بعد بحسب وفق خصوصا خاصة"
)
_CLAUSE = re.compile(
    rf"[،,؛]\s+(?=[وف]?(?:{'|'.join(_CLAUSE_WORDS.split())}|في\s+(?:حين|الوقت))\b"
    rf"|[وف]س?[يت]\w{{3,}}|[{ARABIC_LETTER}]{{3,7}}[اً]ً?\s+(?:إلى|أن|على|ب\w+)\b)"
)
_COMMA = re.compile(r"[،,؛]\s+(?!الذي|التي|اللذ|اللت)")
_ANY = re.compile(r"[،,؛]\s+|(?<!\d)\s[-–—]\s(?!\d)")


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
        if number == MAX_WORDS + 10:
            return stop, min(end, stop + 2000)
    return (end, end) if count_words(text, start, stop) > MAX_WORDS else None


def _cut_place(text: str, start: int, end: int, quotes_end: int) -> int | None:
    """Choose where to cut: the last place of the best kind that leaves pieces of some words on both sides."""
    quotes = quote_spans(text, start, quotes_end) + [match.span() for match in _BRACKETED.finditer(text, start, end)]
    words = [match.start() for match in _WORD.finditer(text, start, end)]
    verbs = reporting_verbs()
    strong = [match for match in _COMMA_WAW.finditer(text, start, end) if lexical_view(match.group(1)) in verbs]
    kinds: list[Iterable[re.Match[str]]] = [strong]
    kinds += [pattern.finditer(text, start, end) for pattern in (_SOFT_POINT, _CLAUSE, _COMMA, _ANY)]
    inside: list[int] = []
    for matches in kinds:
        good = [match for match in matches if 8 <= bisect_left(words, match.end()) <= min(MAX_WORDS, len(words) - 3)]
        outside = [match.end() for match in good if not _within(match.start(), quotes)]
        if outside:
            return outside[-1]
        inside += [match.end() for match in good[-1:] if match[0].strip() not in "-–—"]
    if inside:
        return inside[0]
    return cut_at_blank(text, words, MAX_WORDS) if len(words) >= MAX_WORDS + 3 else None


def cut_at_blank(text: str, words: list[int], number: int) -> int | None:
    """Give where the last word at or before `number` begins that stands behind white space, or None.

    `words` : where each word begins.
    """
    while number > 0 and not text[words[number] - 1].isspace():
        number -= 1
    return words[number] if number > 0 else None


def _within(place: int, spans: list[tuple[int, int]]) -> bool:
    return any(a < place < b for a, b in spans)


def _join_fragments(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join a piece of a line that is under three words to its neighbour, unless that becomes too long."""
    joined: list[tuple[int, int, int]] = []
    for start, end in spans:
        n_words = count_words(text, start, end)
        if joined and min(n_words, joined[-1][2]) < 3 and joined[-1][2] + n_words <= MAX_WORDS:
            joined[-1] = (joined[-1][0], end, joined[-1][2] + n_words)
        else:
            joined.append((start, end, n_words))
    return [(start, end) for start, end, _ in joined]
