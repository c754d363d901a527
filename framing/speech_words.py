"""The words of a text as the search for speakers sees them, and what kind of word each is.

Word lists are in `lexicon/speakers.yaml` and `lexicon/voices.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from framing.arabic import ARABIC_LETTER, DIACRITICS, TATWEEL, lexical_view
from framing.lexicon import load

WORD = re.compile(rf"[{ARABIC_LETTER}\u0671-\u06d3{DIACRITICS}{TATWEEL}\w]+")
OPENING, CLOSING = "\"'«“(", "\"'»”)″"
# The lexical view folds the name Ali with "on", and "time" with "that".
_APART = {"علي": "علي_", "عليّ": "علي_", "آن": "آن_"}
# Begin with the letters of the article, which are their own.
_NO_ARTICLE = ("الماني", "الكس", "اليكس", "البان", "اليزا", "الياس", "الهام", "الاف", "الفريد", "الفونس")


class Token(NamedTuple):
    """A word: its place, its lexical view, and what is written between it and the word before."""

    start: int
    end: int
    key: str
    gap: str


@dataclass(frozen=True, slots=True)
class Place:
    """One attribution.

    start : where it begins (its verb, or "as" before it). content : where the reported words begin; None where
    only words before it are meant. back : where reported words before it begin, None where there are none.
    clause : whether the content is a clause ("that", a colon, a mark). joined : whether "and" is joined to the
    verb. speaker : "" where no name is written there. feminine : gender of the verb, None where it has none.
    kind : verb, source, participle or headline.
    """

    start: int
    content: int | None
    speaker: str
    verb: str
    stance: str
    kind: str = "verb"
    back: int | None = None
    clause: bool = False
    joined: bool = False
    feminine: bool | None = None


@lru_cache(maxsize=65536)
def word_key(word: str) -> str:
    """Give the lexical view of one word, those apart that it would fold with another."""
    return _APART.get(word) or lexical_view(word)


def tokens_of(text: str) -> list[Token]:
    """Cut a text into words."""
    found, last = [], 0
    for match in WORD.finditer(text):
        start, end = match.span()
        found.append(Token(start, end, word_key(match[0]), text[last:start]))
        last = end
    return found


@lru_cache(maxsize=64)
def listed(name: str) -> frozenset[str]:
    """Give one word list of `lexicon/speakers.yaml`."""
    return frozenset(load("speakers")[name].split())


@lru_cache(maxsize=32)
def word_list(name: str) -> frozenset[str]:
    """Give one word list of `lexicon/voices.yaml`."""
    return frozenset(load("voices")[name])


def bare(key: str) -> str:
    """Take the article off, also behind a conjunction."""
    return key.removeprefix("و").removeprefix("ال") if key.startswith("وال") else key.removeprefix("ال")


def is_definite(key: str) -> bool:
    """Tell whether a word carries the article."""
    if key.startswith(_NO_ARTICLE) or key.removeprefix("و") in listed("no_article"):
        return False
    return len(key) > 3 and key.startswith(("ال", "وال", "لل", "بال"))


def is_relation(key: str) -> bool:
    """Tell an adjective of relation (`Korean`) by its ending."""
    if {key, key[1:]} & (listed("institutions") | listed("bodies") | listed("joined") | listed("no_relations")):
        return False
    long = len(key) > 4 and key.endswith(("ي", "يه", "يون", "يين", "يان"))
    return long or bare(key) in listed("short_relations")


@lru_cache(maxsize=16384)
def names_person(key: str) -> bool:
    """Tell whether a word is an office or trade, or a masculine plural: behind it a name may stand."""
    foreign = key.endswith(("سون", "تون")) and key[:1] != "م" and not is_definite(key)
    verb = key.removeprefix("و").removeprefix("ف").startswith(("ي", "سي", "ت")) and not key.endswith("يون")
    if key.endswith("ون") and len(key) > 5 and not (foreign or verb) and bare(key) not in listed("no_persons"):
        return True
    heads = {bare(key), key, key.removesuffix("ا")}
    if key.endswith("و"):
        heads.add(key[:-1])  # "the officials of", joined to what follows
    return bool(heads & listed("roles")) or bare(key) in listed("person_plurals")


def without_owner(key: str) -> str:
    """Take "his", "her", "their" or "our" off a noun; a feminine noun gets its own ending back."""
    plain = next((key.removesuffix(end) for end in ("ها", "هم", "نا") if key.endswith(end)), key)
    return plain[:-1] + "ه" if plain != key and plain.endswith("ت") else plain


def names_place(tokens: Sequence[Token], place: int) -> bool:
    """Tell whether a place of the list begins here."""
    key = tokens[place].key
    if key in listed("places"):
        return True
    return place + 1 < len(tokens) and tokens[place + 1].key in listed("place_seconds") and not is_definite(key)


def breaks(gap: str) -> bool:
    """Tell whether a mark between two words ends a phrase."""
    return any(mark in gap for mark in "،,.؛:؟!…\n") or any(mark in gap for mark in CLOSING)
