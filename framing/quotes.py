"""Which words stand in quotation marks, also where a quotation runs over several units of one article.

Marks, nested ones and unclosed ones inside one text are read by `framing.sentences.quote_spans`. A
unit shows only its own piece of a long quotation; here the pieces are put together again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from framing.arabic import lexical_view
from framing.sentences import quote_spans, reporting_verbs
from framing.speech_words import WORD, is_definite, listed, word_list

MIN_QUOTED_WORDS = 3
# A quotation without owner or colon, shorter than this, is the name of something.
MIN_FREE_WORDS = 9
# How many units of an article one quotation may reach over.
REACH = 14

_MARKS = re.compile('[«»“”"]')
_MEANT = {mark: re.compile(mark + r"(?=[\s.،؛:]|$)") for mark in "«“"}
_ANY = re.compile("[«“„\"']")
_KINDS = {"«": "«", "»": "«", "“": "“", "”": "“", '"': '"'}

Span = tuple[int, int]


def unit_quotes(texts: Sequence[str]) -> list[list[Span]]:
    """Find the quotations of consecutive units of one article.

    Parameters
    ----------
    texts : the units of one field in reading order.

    Returns
    -------
    For each unit the spans of its quotations, marks included. A quotation opened in one unit and closed
    in one of the next `REACH` covers all between; one that is never closed ends with its unit.
    """
    found = [_closed_by_opener(text, quote_spans(text)) if _ANY.search(text) else [] for text in texts]
    ends = [_loose_marks(text) if _MARKS.search(text) else (None, None) for text in texts]
    number = 0
    while number < len(texts):
        opened = ends[number][0]
        last = _closing_unit(ends, number, opened[1]) if opened else None
        if opened is None:
            number += 1
            continue
        start = opened[0]
        kept = [span for span in found[number] if span[1] <= start]
        if last is None:
            if _follows_colon(texts[number], start) or texts[number][start] != '"':
                found[number] = [*kept, (start, len(texts[number]))]
            number += 1
            continue
        found[number] = [*kept, (start, len(texts[number]))]
        for between in range(number + 1, last):
            found[between] = [(0, len(texts[between]))]
        closed = ends[last][1]
        if closed is not None:
            found[last] = [(0, closed[0] + 1), *(span for span in found[last] if span[0] > closed[0])]
        number = last if ends[last][0] else last + 1
        ends[last] = (ends[last][0], None)
    return found


def _closed_by_opener(text: str, spans: list[Span]) -> list[Span]:
    """End a quotation at an opening mark that was meant to close («... «), where it has no other end."""
    found = []
    for start, end in spans:
        if text[start] in "«“" and end == len(text) and text[end - 1] not in "»”":
            meant = _MEANT[text[start]].search(text, start + 1)
            end = meant.end() if meant else end
        found.append((start, end))
    return found


def _closing_unit(ends: Sequence[tuple[object, object]], number: int, kind: str) -> int | None:
    """Give the next unit in reach that closes a kind of mark, unless another quotation opens before."""
    for ahead in range(number + 1, min(len(ends), number + 1 + REACH)):
        opened, closed = ends[ahead]
        if isinstance(closed, tuple) and closed[1] == kind:
            return ahead
        if isinstance(opened, tuple) and opened[1] == kind:
            return None
    return None


def _loose_marks(text: str) -> tuple[tuple[int, str] | None, tuple[int, str] | None]:
    """Give the last mark that opens and is not closed, and the first that closes what was not opened."""
    opened: dict[str, list[int]] = {"«": [], "“": [], '"': []}
    closed: tuple[int, str] | None = None
    for match in _MARKS.finditer(text):
        mark, place = match[0], match.start()
        kind = _KINDS[mark]
        meant = mark in "«“" and opened[kind] and _MEANT[mark].match(text, place)
        closes = mark in "»”" or meant or (mark == '"' and _is_closing(text, place, bool(opened['"'])))
        if not closes:
            opened[kind].append(place)
        elif opened[kind]:
            opened[kind].pop()
        elif closed is None and not any(opened.values()):
            closed = (place, kind)
    left = [(places[0], kind) for kind, places in opened.items() if places]
    return (min(left) if left else None), closed


def _is_closing(text: str, place: int, is_open: bool) -> bool:
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if is_open:
        return True
    return bool(before) and not before.isspace() and before not in "([:،" and (not after or not after.isalnum())


def _follows_colon(text: str, place: int) -> bool:
    return text[max(0, place - 20) : place].rstrip()[-1:] == ":"


def real_quotes(text: str, quotes: Sequence[Span]) -> list[Span]:
    """Keep quotations of `MIN_QUOTED_WORDS` words or more that are not the name of something."""
    return [
        quote
        for quote in quotes
        if (sum(1 for _ in WORD.finditer(text, *quote)) >= MIN_QUOTED_WORDS or _is_piece(text, quote))
        and not _is_name(text, quote)
        and not _is_speaker(text, quote)
    ]


def _is_piece(text: str, quote: Span) -> bool:
    """Tell a quotation that goes on in the next unit, or comes from the one before."""
    return text[quote[0]] not in "«“„\"'" or (quote[1] == len(text) and text[quote[1] - 1] not in "»”\"'")


def _is_name(text: str, quote: Span) -> bool:
    """Tell a name in quotation marks ("the project 'I want to live'") from somebody's words."""
    before = WORD.findall(text, max(0, quote[0] - 25), quote[0])
    if not before or quote[1] - quote[0] >= 60:
        return False
    word = lexical_view(before[-1])
    if _follows_colon(text, quote[0]):
        return word.removeprefix("ب").removeprefix("ال") in ("عنوان", "شعار", "اسم", "دراسه")
    return word.removeprefix("ال") in listed("named_things")


def _is_speaker(text: str, quote: Span) -> bool:
    """Tell a speaker's name in marks: between the verb and its clause (said "..." that ...)."""
    before = WORD.findall(text, max(0, quote[0] - 25), quote[0])
    after = WORD.search(text, quote[1], quote[1] + 12)
    if not before or after is None or quote[1] - quote[0] >= 50 or _follows_colon(text, quote[0]):
        return False
    key = lexical_view(before[-1])
    verbs = reporting_verbs()
    behind = lexical_view(after[0])
    if key[:1] == "و" and (key[1:] in verbs or key[1:] in word_list("takes_object")):
        key = key[1:]
    named = text[quote[1] : after.start()].isspace() and key in word_list("takes_object") and is_definite(behind)
    return named or (key in verbs and behind in ("ان", "بان", "الي", "انه", "انها"))


def is_free_name(text: str, quote: Span) -> bool:
    """Tell words in marks that nobody says and that are few and inside a sentence: a name or an irony."""
    n_words = sum(1 for _ in WORD.finditer(text, *quote))
    around = WORD.search(text, 0, quote[0]) is not None
    return n_words < MIN_FREE_WORDS and around and not _follows_colon(text, quote[0])
