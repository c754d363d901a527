"""Forms of reporting verbs: which written words are one, of which dictionary form, with which stance."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from framing.lexicon import load
from framing.sentences import reporting_verbs
from framing.speech_words import word_key, word_list

_OBJECTS = ("ها", "هم", "ه", "نا")
_CALLED = ("سماه", "سماها", "يسميه", "يسميها", "تسميه", "تسميها", "اسماه", "اسماها")


@lru_cache(maxsize=1)
def reporting_forms() -> dict[str, str]:
    """Give every reporting verb with its stance, also those that only a clause tells from homographs."""
    extra = word_list("clause_verbs") | word_list("count_verbs") | word_list("told_verbs")
    return (
        dict.fromkeys(extra, "neutral")
        | dict.fromkeys(word_list("weak_verbs"), "neutral")
        | dict.fromkeys(act_verbs(), "act")
        | reporting_verbs()
    )


@lru_cache(maxsize=1)
def act_verbs() -> frozenset[str]:
    """Give the verbs with which speaking is an act, also those that only their object makes speech."""
    return word_list("act_verbs") | word_list("carries")


@lru_cache(maxsize=1)
def homographs() -> frozenset[str]:
    """Give the verbs that mean something else where nothing behind them tells."""
    return word_list("homographs") | word_list("carries")


@lru_cache(maxsize=1)
def plain_verbs() -> frozenset[str]:
    """Give the verbs that report without a clause where their speaker stands with them."""
    return frozenset().union(*(word_list(name) for name in ("told_verbs", "act_verbs", "weak_verbs", "count_verbs")))


@lru_cache(maxsize=65536)
def verb_form(key: str) -> str:
    """Give the verb inside a written word: conjunction taken off where what remains is a form of a reporting verb."""
    future = key[:1] == "س" and key[1:2] in ("ي", "ت")
    tries = [key, key[1:]] if key[:1] in "وف" or future else [key]
    if key[:2] == "لي":
        tries = [key[1:]]
    for form in tries:
        if form in reporting_forms():
            return form
    return next((form for form in tries if stem_of(form)), "")


@lru_cache(maxsize=65536)
def stem_of(form: str) -> str:
    """Give the listed form of a verb that is written in another person or number, or with its object; "" for none."""
    verbs = reporting_forms()
    if form in verbs:
        return form
    if len(form) < 4 or form in word_list("no_object"):
        return ""
    if plain := _other_person(form, verbs):
        return plain
    for ending in _OBJECTS:
        rest = form.removesuffix(ending)
        if rest != form and len(rest) > 2 and (rest in verbs or _other_person(rest, verbs)):
            return rest if rest in verbs else _other_person(rest, verbs)
    return ""


def has_object(form: str) -> bool:
    """Tell whether a form carries its object ("which an expert called ...")."""
    verbs = reporting_forms()
    if form in _CALLED:
        return True
    if any(form.endswith(end) and form.removesuffix(end) in verbs for end in _OBJECTS[:3]):
        return True
    return form not in verbs and not _other_person(form, verbs) and stem_of(form) != ""


def _other_person(form: str, verbs: Mapping[str, str]) -> str:
    """Give the listed form of which this is the feminine, dual or plural."""
    tries = []
    if form[0] == "ت":
        tries.append("ي" + form[1:])
    if form.endswith("ون"):
        return plain if form[0] in "يت" and (plain := "ي" + form[1:-2]) in verbs else ""
    if form.endswith("وا") or (form.endswith("ان") and form[0] in "يت"):
        tries += [form[:-2], "ي" + form[1:-2]]
    elif form.endswith("تا"):
        tries += [form[:-1], form[:-2]]
    elif form.endswith("ت"):
        tries.append(form[:-1])
    return next((other for other in tries if len(other) > 2 and other in verbs), "")


@lru_cache(maxsize=1)
def lemmas() -> dict[str, str]:
    """Give for each listed form the form that stands first in its line of `lexicon/verbs.yaml`."""
    lines = [line.split() for lines in load("verbs").values() for line in lines]
    return {word_key(form): line[0] for line in lines for form in line}


def is_feminine_verb(form: str) -> bool | None:
    """Tell a verb's gender by its form; None for plurals and unclear forms."""
    if form.endswith(("وا", "ون", "نا")) or (form.endswith("ين") and form[0] in "مق"):
        return None
    present = form[0] == "ت" and "ي" + form[1:] in reporting_forms()
    return form.endswith("ت") or present or (form[0] == "م" and form.endswith("ه"))


def is_participle(form: str) -> bool:
    """Tell "saying", "adding", "stressing": their speaker is the subject of the clause before."""
    return form in word_list("participles") or (form[0] == "م" and form.endswith(("ا", "ه")) and len(form) > 4)
