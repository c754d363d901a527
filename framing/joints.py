"""Words behind a preposition that is written with them (بـ, لـ): part of a speaker, or whom and where he spoke to."""

from __future__ import annotations

from collections.abc import Sequence

from framing.speech_words import Token, bare, is_definite, is_relation, listed, names_person, names_place


def is_addressed(key: str) -> bool:
    """Tell somebody behind a joined preposition ("for a minister")."""
    rest = key[1:]
    owned = key.endswith(("ها", "هم", "نا"))
    return key[:1] == "ل" and len(key) > 4 and (owned or rest in listed("addressees") or names_person(rest))


def joint(key: str) -> str:
    """Give the word behind a joined preposition ("in the ministry"), as far as the lists know it."""
    if key.startswith("بال") and len(key) > 5:
        return key[3:]
    if key[:1] == "ب" and len(key) > 3 and key not in listed("names"):
        rest = key[1:]
        known = rest in listed("institutions") or rest in listed("place_nouns") or rest in listed("places")
        return rest if known or rest in listed("events") else ""
    if key.startswith("لل") and len(key) > 4:
        return key[2:]
    return ""


def joint_goes_on(tokens: Sequence[Token], first: int, place: int, strict: bool) -> bool:
    """Tell whether a word behind a joined preposition (بـ، لـ) belongs to the speaker."""
    key = tokens[place].key
    if key in ("ل", "ب", "ك", "لـ"):
        return False
    if key in listed("names"):
        return True
    if key[:1] == "ب":
        inner = joint(key)
        if inner:
            return inner in listed("institutions")
        before = tokens[place - 1].key
        closed = (is_relation(before) or before in listed("adjectives_bare")) and not is_definite(before)
        if names_place(tokens, place - 1) or (closed and place > first + 1 and not _stays(key)):
            return False  # "an envoy from Europe with one sentence"
        return not strict or len(key) < 4 or is_relation(key) or key in listed("adjectives_bare")
    if key[:1] == "ل" and len(key) > 3:
        rest = key[2:] if key.startswith("لل") else key[1:]
        whom = {rest, bare(rest)} & listed("addressees")
        if whom or names_place(tokens, place) or (rest == "هييه" and _is_broadcaster(tokens, place)):
            return key in listed("names")
        if key.startswith("لل"):
            return True
        if key[:2] in ("لي", "لو") and names_person(tokens[place - 1].key) and not _is_word(rest):
            return True  # a name behind a title: few words begin with this letter behind the preposition
        if rest in listed("joined") or rest in listed("institutions") or names_person(rest):
            return True
        return not strict and not is_definite(tokens[place - 1].key) and not rest.startswith("ه")
    return True


def _stays(key: str) -> bool:
    """Tell an adjective, a rank or a verb with its object, which begin with the letter of a preposition."""
    return is_relation(key) or key in listed("adjectives_bare") or key == "برتبه" or key.endswith(("ها", "هم"))


def _is_word(key: str) -> bool:
    """Tell a word of the lists from a foreign name."""
    lists = ("institutions", "bodies", "joined", "places", "roles", "times", "thing_plurals", "person_plurals")
    return any(key in listed(name) for name in lists) or key.endswith(("ه", "ها", "هم", "ات"))


def _is_broadcaster(tokens: Sequence[Token], place: int) -> bool:
    """Tell a broadcaster somebody speaks to from another authority."""
    return place + 1 < len(tokens) and bare(tokens[place + 1].key) in ("اذاعه", "بث", "تلفزيون")
