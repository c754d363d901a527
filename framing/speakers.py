"""Whose phrase goes with a verb: the words before it, the subject of the sentence, and their gender."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from framing.agreement import OWNER
from framing.phrases import MAX_SPEAKER_WORDS, can_begin, phrase_text, read_phrase
from framing.sentences import reporting_verbs
from framing.speech_words import WORD, Token, bare, is_definite, listed, names_person, names_place, word_key

_BETWEEN = ("قد", "لم", "لن", "لا", "بدوره", "بدورها", "ايضا")


def speaker_before(text: str, tokens: Sequence[Token], number: int) -> tuple[int, int] | None:
    """Read a speaker written before its verb ("The minister said ..."): the words from the clause's head to it."""
    end = number - (tokens[number - 1].key in _BETWEEN) if number else number
    if end > 1 and tokens[end - 1].key in ("جهته", "جهتها", "ناحيته", "ناحيتها", "جانبه", "جانبها"):
        end -= 2
    start = clause_start(tokens, end)
    if end <= start or end - start > MAX_SPEAKER_WORDS or tokens[number].gap.strip():
        return None
    if not can_begin(tokens[start].key) or looks_like_verb(tokens, start):
        return None
    read = read_phrase(text, tokens, start, until=end)
    if read == end:
        return start, end
    # A place may stand between ("the presidency in Seoul said").
    rest = tokens[read:end]
    if rest and rest[0].key == "في" and len(rest) <= 3 and not any(t.gap.strip() for t in rest):
        return start, read
    return None


def clause_start(tokens: Sequence[Token], number: int) -> int:
    """Give the number of the word where the clause of a word begins."""
    place = number
    while place > 0 and number - place <= MAX_SPEAKER_WORDS + 2:
        before = tokens[place - 1].key
        if any(mark in ",،؛:.؟!»”…–" for mark in tokens[place].gap) or " -" in tokens[place].gap:
            return place
        if before in listed("openers"):
            return place
        place -= 1
    return place


def looks_like_verb(tokens: Sequence[Token], place: int) -> bool:
    """Tell whether a word is a verb, from the lists and its form."""
    key = tokens[place].key
    rest = key[1:] if key[:1] in "وف" and key not in listed("names") and len(key) > 3 else key
    if rest in reporting_verbs() or rest in listed("verbs") or rest in ("لعل", "ليت", "كان"):
        return True
    if rest[:1] == "ا" and rest[:2] != "ال" and len(rest) > 4 and rest[-1] == "ت" and rest[-2:] != "ات":
        return True
    if rest[:1] == "ت" and len(rest) > 4 and rest.endswith(("ها", "هم")):
        return True
    return len(rest) > 3 and rest[0] == "ي" and rest not in listed("no_verbs") and not names_person(rest)


def without_joint(key: str) -> str:
    """Take a conjunction off, where a preposition or particle remains."""
    known = listed("prepositions") | listed("openers") | listed("times") | listed("negations")
    return key[1:] if key[:1] in "وف" and key not in known and key[1:] in known else key


def behind_times(tokens: Sequence[Token], first: int) -> int:
    """Step over "on Tuesday" between a verb and its subject."""
    place = first
    while place < len(tokens) and place < first + 5 and not tokens[place].gap.strip():
        if tokens[place].key not in listed("times") and not (tokens[place].key.isdigit() and place > first):
            break
        place += 1
    return place if place < len(tokens) and not any(mark in tokens[place].gap for mark in "،,.؛:؟!…") else first


def main_subject(text: str, tokens: Sequence[Token], until: int) -> tuple[int, int] | None:
    """Read the subject of the sentence's first clause ("X played the news down, saying ...").

    `until` : number of the word before which the whole phrase must stand.
    """
    place = 0
    first = without_joint(tokens[0].key) if tokens else ""
    if first in ("ان", "بان", "انه", "انها", "بانه", "بانها"):
        return None  # the unit goes on with what somebody says
    if first in listed("prepositions") or first in listed("times") or first == "فيما":
        place = next((i for i in range(1, min(len(tokens), 14)) if "،" in tokens[i].gap or "," in tokens[i].gap), 0)
        if not place:
            return None
    skipped = listed("openers") | listed("negations")
    while place < len(tokens) and without_joint(tokens[place].key) in skipped:
        place += 1
    if place >= min(until, len(tokens)):
        return None
    if tokens[0].key == "اما":
        return (1, end) if (end := read_phrase(text, tokens, 1)) > 1 and end <= until else None
    key = tokens[place].key
    nominal = (
        is_definite(key)
        or (key[:2] == "فا" and is_definite(key[1:]))
        or names_person(key)
        or bare(key) in listed("bodies")
        or names_place(tokens, place)
    )
    begin = place if nominal and key[:1] != "و" else behind_times(tokens, place + 1)
    if begin < len(tokens) and tokens[begin].gap.strip(' "«“') == "" and begin < until:
        end = read_phrase(text, tokens, begin, strict=True)
        word = text[tokens[begin].start : tokens[begin].end]
        owned = OWNER.search(word) is not None and not names_person(tokens[begin].key)
        if begin < end <= until and not looks_like_verb(tokens, begin) and not owned:
            return begin, end
    return None


def subject_of(text: str, tokens: Sequence[Token], until: int) -> str:
    """Give the subject of the first clause, as far as it stands before a place in the text; "" where none is read."""
    number = bisect_left(tokens, until, key=lambda token: token.start)
    found = main_subject(text, tokens, number)
    return phrase_text(text, tokens, *found) if found else ""


def is_feminine(phrase: str) -> bool | None:
    """Tell the grammatical gender of a speaker's first word; None where it cannot be told."""
    head = WORD.search(phrase)
    if head is None:
        return None
    word, key = head[0], word_key(head[0])
    if word.endswith(("ة", "ات", "اء")) or key in listed("places"):
        return True if word.endswith("ة") or key in listed("places") else None
    return False if names_person(key) or is_definite(key) else None


def speaks_here(tokens: Sequence[Token], first: int) -> bool:
    """Tell whether a phrase names a person, body or place, of which "in the eyes of" means its words."""
    key = tokens[first].key
    keys = {key, key.removeprefix("لل"), key.removeprefix("ل")}
    return any(names_person(k) or bare(k) in listed("bodies") for k in keys) or names_place(tokens, first)
