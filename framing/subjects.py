"""The subject of a verb that has none beside it: parted from it by commas or a clause, or of the clause before."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from framing.agreement import OWNER
from framing.phrases import phrase_text, read_phrase
from framing.speakers import (
    behind_times,
    clause_start,
    is_feminine,
    looks_like_verb,
    several,
    speaks_here,
    without_joint,
)
from framing.speech_words import Token, bare, is_definite, listed, names_person, names_place, without_owner, word_list

# Over how many words a subject is looked for that commas or a clause part from its verb.
REACH = 40
# A clause without "who" inside a subject is no longer than this.
MAX_CLAUSE = 14
_WHO = ("الذي", "التي", "الذين", "والذي", "والتي")
_THAT = ("ان", "بان", "انه", "انها", "بانه", "بانها")
_WAS = ("كان", "كانت", "وكان", "وكانت", "كانوا", "وكانوا")
_WHILE = ("فيما", "وفيما", "بينما", "وبينما", "بعدما", "وبعدما", "عندما", "وعندما", "حين", "وحين", "حينما")
_COMMAS = "،,–—(-"
_STOPS = ".؟!؛…\n"


def subject_apart(text: str, tokens: Sequence[Token], number: int, feminine: bool | None) -> tuple[int, int] | None:
    """Read a subject parted from its verb by commas or a relative clause ("X, deputy head of Y, said ...").

    Parameters
    ----------
    number : of the verb. feminine : its gender, None where it has none.

    Returns
    -------
    Number of the subject's first word and of the one behind it; None where none is read.
    """
    first = _sentence_start(tokens, number)
    while first < number and (
        tokens[first].key.isdigit() or without_joint(tokens[first].key) in listed("openers") | {"اما"}
    ):
        first += 1
    if first >= number or not _may_open(tokens, first) or _opens_quote(tokens, first):
        return None
    end = _apart_end(text, tokens, first, number)
    if end is None:
        return None
    if several(tokens[first].key) and feminine is not None:
        return None  # a verb behind them would be plural
    gender = is_feminine(phrase_text(text, tokens, first, end))
    return (first, end) if gender is None or feminine is None or gender == feminine else None


def _sentence_start(tokens: Sequence[Token], number: int) -> int:
    """Give the number of the word a verb's sentence begins with; the verb's own where that is too far."""
    for place in range(number, max(-1, number - REACH), -1):
        if place == 0 or (place < number and any(mark in tokens[place].gap for mark in _STOPS)):
            return place
    return number


def _opens_quote(tokens: Sequence[Token], first: int) -> bool:
    """Tell words somebody says, between marks, from a name in marks."""
    if not any(mark in tokens[first].gap for mark in '«“"'):
        return False
    return not any(mark in token.gap for token in tokens[first + 1 : first + 5] for mark in '»”"')


def _may_open(tokens: Sequence[Token], first: int) -> bool:
    key = without_joint(tokens[first].key)
    return not (key in listed("prepositions") or key in listed("times") or looks_like_verb(tokens, first))


def _apart_end(text: str, tokens: Sequence[Token], first: int, number: int) -> int | None:
    """Give where a phrase that opens a sentence ends, where something stands between it and its verb."""
    known = speaks_here(tokens, first) or speaks_here([tokens[first]._replace(key=_plain(tokens[first].key))], 0)
    known = known or text[tokens[first].start : tokens[first].end].endswith("ة")
    end = read_phrase(text, tokens, first, until=number)
    if end >= number or not any(mark in tokens[end].gap for mark in _COMMAS):
        end = read_phrase(text, tokens, first, strict=True, until=number)
    if known and end < number and tokens[end].key in _WHO:
        word = text[tokens[first].start : tokens[first].end]
        named = is_definite(_plain(tokens[first].key)) or OWNER.search(word) is not None
        return end if named and number - end > 2 else None
    closed = any(mark in tokens[number].gap for mark in "،,–—)-")
    if not closed:
        return _clause_inside(tokens, first, end, number) if known else None
    place = end
    while place < min(number, end + 4) and not tokens[place].gap.strip():
        place += 1  # "a lawyer from Tangier, who ..."
    if place > end and tokens[end].key not in ("في", "من"):
        return None
    if place >= number or not any(mark in tokens[place].gap for mark in _COMMAS):
        return None
    apposition = place == end <= first + 4 and (names_person(tokens[place].key) or tokens[place].key in _WHO)
    known = known or (place == end and is_definite(_plain(tokens[first].key)))
    return end if known or apposition else None


def _plain(key: str) -> str:
    """Take "and" off a word behind which a phrase may begin."""
    return key[1:] if key[:1] == "و" and len(key) > 4 and key not in listed("names") else key


def _clause_inside(tokens: Sequence[Token], first: int, end: int, number: int) -> int | None:
    """Tell a clause without "who" between an indefinite noun and its verb ("a woman who runs a bakery says")."""
    if not first < end < number or number - first > MAX_CLAUSE:
        return None
    if any(token.gap.strip() for token in tokens[first + 1 : number + 1]):
        return None
    opens = tokens[end].key
    if number - end == 1 or any(is_definite(token.key) for token in tokens[first:end]):
        return end if number - end <= 4 else None
    if opens in ("في", "من", "عن", "لدي"):
        return end if number - end <= 4 else None
    asked = opens in ("الا", "ان")  # "a clerk who asked that we not ..."
    ended = not asked and opens in listed("times") | listed("openers") | listed("negations")
    return None if ended else number - (tokens[number - 1].key == "قد")


def main_subject(text: str, tokens: Sequence[Token], until: int) -> tuple[int, int] | None:
    """Read the subject of the sentence's first clause ("X played the news down, saying ...").

    `until` : number of the word before which the whole phrase must stand.
    """
    if not tokens or without_joint(tokens[0].key) in _THAT or _opens_quote(tokens, 0):
        return None  # the unit goes on with what somebody says
    last = min(until, len(tokens))
    place = _first_clause(tokens)
    found = None if place is None else _subject_at(text, tokens, place, last)
    if found is None and tokens[0].key in _WHILE:
        found = _subject_at(text, tokens, 1, last)
    if found is None or not (speaks_here(tokens, found[0]) or is_definite(_plain(tokens[found[0]].key))):
        found = _acting(text, tokens, last) or found
    return found


def _first_clause(tokens: Sequence[Token]) -> int | None:
    """Give where the first clause begins: behind the comma of "in Oslo, ..."; None where it has none."""
    begin = next((i for i, token in enumerate(tokens[:4]) if not token.key.isdigit()), 0)  # "10:50 | Oslo says"
    first = without_joint(tokens[begin].key)
    if not (first in listed("prepositions") or first in listed("times") or first in ("فيما", "عليه", "وعليه")):
        return begin
    return next((i for i in range(1, min(len(tokens), 14)) if "،" in tokens[i].gap or "," in tokens[i].gap), None)


def _subject_at(text: str, tokens: Sequence[Token], place: int, until: int) -> tuple[int, int] | None:
    """Read the subject of a clause that begins with it or with its verb."""
    skipped = listed("openers") | listed("negations")
    start = place
    while place < len(tokens) and without_joint(tokens[place].key) in skipped:
        place += 1
    if place >= until or without_joint(tokens[place].key) in listed("prepositions"):
        return None
    if tokens[0].key == "اما":
        return (1, end) if (end := read_phrase(text, tokens, 1)) > 1 and end <= until else None
    was = place > start and tokens[place - 1].key in _WAS and not looks_like_verb(tokens, place)
    plain = _plain(tokens[place].key)
    joined = plain != tokens[place].key and _is_nominal([tokens[place]._replace(key=plain)], 0)
    led = plain.removeprefix("ف").startswith("بال")  # "in addition to"
    noun = text[tokens[place].start : tokens[place].end].endswith("ة") and not led
    begins = was or joined or noun or _is_nominal(tokens, place)
    begin = place if begins else behind_times(tokens, place + 1)
    if begin >= until or tokens[begin].gap.strip(' "«“') != "" or _opens_quote(tokens, begin):
        return None
    end = read_phrase(text, tokens, begin, strict=True)
    word = text[tokens[begin].start : tokens[begin].end]
    owned = OWNER.search(word) is not None and not names_person(without_owner(tokens[begin].key))
    whom = word.endswith("ا") and not (owned or _is_nominal(tokens, begin) or len(word) < 5)
    return (begin, end) if begin < end <= until and not (looks_like_verb(tokens, begin) or owned or whom) else None


def _is_nominal(tokens: Sequence[Token], place: int) -> bool:
    key = tokens[place].key
    if key.startswith(("بال", "لل")) or bare(key) in listed("no_heads"):
        return False
    definite = is_definite(key) or (key[:2] == "فا" and is_definite(key[1:]))
    return (
        definite
        or names_person(without_owner(key))
        or names_person(key)
        or bare(key) in listed("bodies")
        or names_place(tokens, place)
    )


def _is_verb(tokens: Sequence[Token], place: int) -> bool:
    key = _plain(tokens[place].key)
    told = frozenset().union(*map(word_list, ("clause_verbs", "act_verbs", "told_verbs", "carries")))
    return looks_like_verb(tokens, place) or key in told


def _acting(text: str, tokens: Sequence[Token], until: int) -> tuple[int, int] | None:
    """Read the last person or body before a word that stands right behind a verb of the lists."""
    for place in range(until - 1, max(0, until - REACH), -1):
        if tokens[place].gap == " " and speaks_here(tokens, place) and _is_verb(tokens, place - 1):
            end = read_phrase(text, tokens, place, strict=True, until=until)
            return (place, end) if end > place else None
    return None


def subject_of(text: str, tokens: Sequence[Token], until: int) -> str:
    """Give the subject of the first clause, as far as it stands before a place in the text; "" where none is read."""
    number = bisect_left(tokens, until, key=lambda token: token.start)
    found = main_subject(text, tokens, number)
    return phrase_text(text, tokens, *found) if found else ""


def topic_of(text: str, tokens: Sequence[Token], number: int) -> tuple[int, int] | None:
    """Read the subject of "as for X, it (فـ) says ..."."""
    start = clause_start(tokens, number)
    start += tokens[start].key.removeprefix("و") == "اما"
    if tokens[number].key[:1] != "ف" or not 0 < start < number or tokens[start - 1].key.removeprefix("و") != "اما":
        return None
    return (start, number) if read_phrase(text, tokens, start, until=number) == number else None
