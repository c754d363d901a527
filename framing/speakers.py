"""Whose phrase goes with a verb: the words before it, and the gender of a phrase."""

from __future__ import annotations

from collections.abc import Sequence

from framing.phrases import MAX_SPEAKER_WORDS, can_begin, read_phrase
from framing.sentences import reporting_verbs
from framing.speech_words import (
    WORD,
    Token,
    bare,
    is_definite,
    listed,
    names_person,
    names_place,
    without_owner,
    word_key,
)

_BETWEEN = ("قد", "لم", "لن", "لا", "بدوره", "بدورها", "ايضا")


def speaker_before(text: str, tokens: Sequence[Token], number: int) -> tuple[int, int] | None:
    """Read a speaker written before its verb ("The minister said ..."): the words from the clause's head to it."""
    end = number - (tokens[number - 1].key in _BETWEEN) if number else number
    if end > 1 and tokens[end - 1].key in ("جهته", "جهتها", "ناحيته", "ناحيتها", "جانبه", "جانبها"):
        end -= 2
    start = clause_start(tokens, end)
    if end <= start or end - start > MAX_SPEAKER_WORDS or tokens[number].gap.strip():
        return None
    if start and tokens[start - 1].key == "الا":
        return None  # "who asked that we not ..."
    head = tokens[start].key.removeprefix("و")
    led = head[:1] == "ب" and not speaks_here([tokens[start]._replace(key=head)], 0) and head not in listed("names")
    if led or not can_begin(tokens[start].key) or looks_like_verb(tokens, start):
        return None
    read = read_phrase(text, tokens, start, until=end)
    if read == end:
        return start, end
    # A place may stand between ("the presidency in Seoul said").
    rest = tokens[read:end]
    placed = rest and (rest[0].key == "في" or (rest[0].key[:1] == "ب" and rest[0].key[1:] in listed("places")))
    if placed and len(rest) <= 3 and not any(t.gap.strip() for t in rest):
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


def is_feminine(phrase: str) -> bool | None:
    """Tell the grammatical gender of a speaker's first word; None where it cannot be told."""
    head = WORD.search(phrase)
    if head is None:
        return None
    word, key = head[0], word_key(head[0])
    if key.startswith(("احدي", "احداه")) or (word.endswith(("تنا", "تها", "ته")) and len(word) > 5):
        return True
    if word.endswith("ة") or key in listed("places") or bare(key) in listed("thing_plurals"):
        return True
    if word.endswith(("ات", "اء")):
        return None
    if names_person(key):
        return False
    behind = WORD.search(phrase, head.end())
    if is_definite(key) and behind and behind[0].endswith("ة") and is_definite(word_key(behind[0])):
        return True  # "the United Nations": its adjective tells
    return False if is_definite(key) else None


def several(key: str) -> bool:
    """Tell a noun for several people, behind which a verb is plural."""
    sound = key.endswith(("ون", "يين")) and names_person(key)
    known = is_definite(key) or key.endswith("يون") or bool({key, key[:-2]} & listed("roles"))
    return bare(key) in listed("person_plurals") or (sound and known)


def speaks_here(tokens: Sequence[Token], first: int) -> bool:
    """Tell whether a phrase names a person, body or place, of which "in the eyes of" means its words."""
    key = tokens[first].key
    keys = {key, key.removeprefix("لل"), key.removeprefix("ل"), without_owner(key)}
    return any(names_person(k) or bare(k) in listed("bodies") for k in keys) or names_place(tokens, first)
