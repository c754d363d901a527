"""Who is named as speaking: where a noun phrase begins and ends, without a parser.

A speaker is written as the shortest phrase that says who it is: the noun with its adjectives,
what it is joined to ("the minister of ...", "an official in the ministry ...") and the name beside it. It ends
at a comma, bracket, relative pronoun, day, place ("in Seoul") or occasion ("in a statement").
Word lists are in `lexicon/speakers.yaml`; everything is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from framing.arabic import ARABIC_LETTER, DIACRITICS, TATWEEL, lexical_view
from framing.lexicon import load
from framing.sentences import reporting_verbs

MAX_SPEAKER_WORDS = 14
WORD = re.compile(rf"[{ARABIC_LETTER}\u0671-\u06d3{DIACRITICS}{TATWEEL}\w]+")
# The lexical view folds the name Ali with "on", and "time" with "that".
_APART = {"علي": "علي_", "عليّ": "علي_", "آن": "آن_"}
OPENING, CLOSING = "\"'«“(", "\"'»”)″"

# "this", "that", before a definite noun.
_POINTING = ("هذا", "هذه", "ذلك", "تلك", "هولاء")
# Begin with the letters of the article, which are their own.
_NO_ARTICLE = ("الماني", "الكس", "اليكس", "البان", "اليزا", "الياس", "الهام", "اليه", "الاف", "الفريد", "الفونس")
# Men's names that end like common nouns.
_NAMES_IN_A = ("أسامة", "حمزة", "طلحة", "خليفة", "عطية", "سلامة", "حمادة", "جمعة", "عرفة", "نعمة", "عبيدة", "معاوية", "قتيبة")
_NAMES_IN_YA = ("موسى", "مصطفى", "عيسى", "يحيى", "سلمى", "ليلى", "مستشفى", "لبنى", "منى", "هدى", "مرتضى", "ملتقى", "كبرى", "إحدى")
_BACK = ("فيه", "فيها", "منها", "منهم", "منه", "لها", "له", "به", "بها", "عليها", "عليه", "عنها", "عنه", "معه")
_BETWEEN = ("قد", "لم", "لن", "لا", "بدوره", "بدورها", "ايضا")
_ENVOYS = ("سفير", "مندوب", "مبعوث", "ممثل", "سفيره", "مبعوثه")
_EARLY = ("مطلع", "نهايه", "اواخر", "اوايل", "منتصف")
_HANGING = ("الي", "في", "علي", "مع", "من", "عن")
_TANWIN = re.compile("[\u064b]")
# Nouns of action with the article, by their pattern: what was refused or demanded, never a family name.
_ACT = re.compile("ال(?:ا..ا.|ا.ت.ا.|ان..ا.|است..ا.|ت..ي.|كشف|رد|عوده|قبول|مشاركه)")
_BARE_ACT = re.compile("ا.ت.ا.|ان..ا.|است..ا.")
_OWNER = re.compile("(?:ها|هم|هن|[^ة]ه|نا)$")


class Token(NamedTuple):
    """A word: its place, its lexical view, and what is written between it and the word before."""

    start: int
    end: int
    key: str
    gap: str


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


def bare(key: str) -> str:
    """Take the article off, also behind a conjunction."""
    return key.removeprefix("و").removeprefix("ال") if key.startswith("وال") else key.removeprefix("ال")


def is_definite(key: str) -> bool:
    """Tell whether a word carries the article."""
    if key.startswith(_NO_ARTICLE):
        return False
    return len(key) > 3 and key.startswith(("ال", "وال", "لل", "بال"))


def _is_relation(key: str) -> bool:
    """Tell an adjective of relation (`Korean`) by its ending."""
    if {key, key[1:]} & (listed("institutions") | listed("bodies") | listed("joined")):
        return False
    return len(key) > 4 and key.endswith(("ي", "يه", "يون", "يين", "يان"))


@lru_cache(maxsize=16384)
def names_person(key: str) -> bool:
    """Tell whether a word is an office or trade, or a masculine plural: behind it a name may stand."""
    if key.endswith("ون") and len(key) > 5 and bare(key) not in listed("no_persons"):
        return True
    return bool({bare(key), key, key.removesuffix("ا")} & listed("roles"))


def names_place(tokens: Sequence[Token], place: int) -> bool:
    """Tell whether a place of the list begins here."""
    key = tokens[place].key
    if key in listed("places"):
        return True
    return place + 1 < len(tokens) and tokens[place + 1].key in listed("place_seconds") and not is_definite(key)


def read_phrase(
    text: str, tokens: Sequence[Token], first: int, *, strict: bool = False, until: int | None = None
) -> int:
    """Read a speaker's phrase.

    Parameters
    ----------
    first : number of its first word.
    strict : whether a noun may follow that is not the speaker's (the object of "accused"): the phrase then
        ends where definite and indefinite words no longer agree.
    until : number of a word the phrase does not reach (its verb).

    Returns
    -------
    The number of the first word behind it; `first` where no phrase begins.
    """
    last = len(tokens) if until is None else min(until, len(tokens))
    if first >= last:
        return first
    pointing = tokens[first].key in _POINTING and first + 1 < last and is_definite(tokens[first + 1].key)
    if not pointing and not _can_begin(tokens[first].key, strict=strict):
        return first
    place, stop = first + 1 + pointing, min(last, first + MAX_SPEAKER_WORDS)
    marks = _opened(tokens[first].gap)
    while place < stop:
        step, marks = _step(text, tokens, first, place, marks, strict)
        if not step:
            break
        place += step
    return _without_tail(tokens, first, place)


def phrase_text(text: str, tokens: Sequence[Token], first: int, last: int) -> str:
    """Give the words of a phrase as written, with the mark that closes one opened inside it."""
    if last <= first:
        return ""
    start, end = tokens[first].start, tokens[last - 1].end
    start += _has_conjunction(tokens, first)
    words = text[start:end]
    inside = [letter for token in tokens[first + 1 : last] for letter in token.gap if letter in OPENING + CLOSING]
    closing = text[end : end + 1]
    return words + closing if len(inside) % 2 and closing and closing in CLOSING else words


def _has_conjunction(tokens: Sequence[Token], first: int) -> bool:
    key = tokens[first].key
    if key[:1] not in "وف" or key in listed("names") or len(key) < 4:
        return False
    rest = key[1:]
    if key[0] == "ف":
        return is_definite(rest)
    return is_definite(rest) or names_person(rest) or rest in listed("places") or rest in listed("bodies")


def _can_begin(key: str, *, strict: bool = False) -> bool:
    if key in listed("ends") or key in listed("times") or key.isdigit() or key in ("في", "من", "ب", "ل", "ك", "و"):
        return False
    if key[:1] in "وف" and (key[1:] in listed("prepositions") or key[1:] in listed("ends")) and key not in listed("names"):
        return False
    if strict and key[:1] == "ب" and len(key) > 3 and key not in listed("names") and not _is_relation(key) and not names_person(key):
        return False
    if (key in listed("content_nouns") and key not in listed("documents")) or (
        key in reporting_verbs() and not names_person(key)
    ):
        return False
    return not (_joint(key) and key not in listed("names"))


def _joint(key: str) -> str:
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


def _opened(gap: str) -> int:
    return 1 if gap[-1:] and gap[-1] in OPENING else 0


def _step(
    text: str, tokens: Sequence[Token], first: int, place: int, marks: int, strict: bool
) -> tuple[int, int]:
    """Give how many words the phrase takes on here (0: it has ended), and how many marks are then open."""
    token, before = tokens[place], tokens[place - 1]
    marks_now = _across(tokens, first, place, marks)
    if marks_now is None:
        return 0, marks
    if marks_now:
        return 1, marks_now  # inside marks every word belongs to the name
    if token.key in _HANGING and _hangs(text, tokens, first, place):
        return 2, 0
    if token.key == "في":
        return (2 if _goes_on_inside(tokens, first, place, strict) else 0), 0
    if token.key == "من":
        return (1 if bare(before.key) in listed("quantities") or before.key in listed("quantities") else 0), 0
    if token.key.startswith("باسم") and len(token.key) <= 6:
        return 1, 0
    if token.key in _BACK and place + 1 < len(tokens) and tokens[place + 1].key in ("ان", "بان", "انه", "انها"):
        return 1, 0
    if token.key in ("لدي", "الي"):
        envoy = any(bare(t.key) in _ENVOYS for t in tokens[first:place]) and place + 1 < len(tokens)
        there = envoy and (names_place(tokens, place + 1) or tokens[place + 1].key.startswith(("الامم", "الاتحاد")))
        return (2 if there else 0), 0
    if _ends(tokens, first, place) or not _joint_goes_on(tokens, first, place, strict):
        return 0, 0
    if strict and not _agrees(text, tokens, first, place):
        return 0, 0
    return (0 if _is_foreign_verb(tokens, first, place) else 1), 0


def _hangs(text: str, tokens: Sequence[Token], first: int, place: int) -> bool:
    """Tell whether a preposition belongs to a clause or adjective inside the phrase ("an envoy who knows of ...")."""
    if place + 1 >= len(tokens) or tokens[place + 1].gap != " ":
        return False
    before, inside = tokens[place - 1], tokens[place + 1].key
    if inside in listed("ends") or inside in listed("times") or inside.isdigit() or names_place(tokens, place + 1):
        return False
    if place - 1 > first and not is_definite(tokens[first].key):
        passive = "\u064f" in text[before.start : before.start + 3] and not is_definite(before.key)
        if (passive or before.key in listed("clause_verbs")) and inside not in listed("place_nouns"):
            return True
    pairs = {"علي": ("مطلع", "مطلعه", "مطلعون", "مطلعين", "مشرف", "مشرفه"), "من": ("مقرب", "مقربه", "قريب", "قريبه")}
    pairs["عن"] = ("صادر", "صادره")
    pairs["في"] = ("مشارك", "مشاركه", "مشاركون")
    return before.key in pairs.get(tokens[place].key, ())


def _across(tokens: Sequence[Token], first: int, place: int, marks: int) -> int | None:
    """Give how many marks are open behind the gap before a word; None where the gap ends the phrase."""
    gap, before = tokens[place].gap, tokens[place - 1]
    if gap == " ":
        return marks
    if marks and any(mark in gap for mark in CLOSING) and gap.strip(" ").strip(CLOSING) == "":
        return 0
    if marks:
        return marks if not any(mark in gap for mark in ".:،؛؟!") else None
    plain = gap.strip()
    if not plain or plain == "-" == gap or plain == "ـ":
        return 0 if plain or gap.isspace() and "\n" not in gap else None
    if plain in (".", ":") and len(before.key) == 1:
        return 0  # an abbreviated title: د. م.
    if plain in OPENING and before.key and _holds_a_name(tokens, first, place):
        return 1
    return None


def _holds_a_name(tokens: Sequence[Token], first: int, place: int) -> bool:
    """Tell whether marks that open here hold a name: behind "the newspaper", or two or three words behind an office."""
    if bare(tokens[place - 1].key) in listed("named_things"):
        return True
    ahead = next((i for i, t in enumerate(tokens[place + 1 : place + 5], 1) if any(m in t.gap for m in CLOSING)), None)
    return ahead is not None and ahead <= 3 and names_person(tokens[first].key) and "(" not in tokens[place].gap


def _goes_on_inside(tokens: Sequence[Token], first: int, place: int, strict: bool) -> bool:
    """Tell whether what stands behind "in" belongs to the speaker ("an expert in ..."), or is only a place."""
    if place + 1 >= len(tokens) or tokens[place + 1].gap != " ":
        return False
    inside = tokens[place + 1].key
    outside = listed("events") | listed("place_nouns") | listed("times") | listed("ends")
    if inside in outside or bare(inside) in listed("events") or names_place(tokens, place + 1) or inside.isdigit():
        return False
    if bare(inside) in listed("institutions") or inside in listed("institutions"):
        return True
    if not is_definite(inside) and not _goes_further(tokens, place + 2):
        return False  # a bare word alone is a place the lists do not know
    forms = {form for t in tokens[first:place] for form in (t.key, bare(t.key), t.key.removesuffix("ا"))}
    return bool(forms & listed("needs_in")) or (is_definite(inside) and names_person(tokens[first].key))


def _goes_further(tokens: Sequence[Token], place: int) -> bool:
    if place >= len(tokens) or tokens[place].gap != " ":
        return False
    key = tokens[place].key
    return not (key in listed("ends") or key in listed("times") or key == "في" or _joint(key) or key in reporting_verbs())


def _ends(tokens: Sequence[Token], first: int, place: int) -> bool:
    key = tokens[place].key
    if key == "عام" and names_person(tokens[place - 1].key):
        return False
    if key in _EARLY and place + 1 < len(tokens) and tokens[place + 1].key in listed("times"):
        return True
    if key in listed("ends") or key.isdigit() or (key in listed("times") and len(tokens[place - 1].key) > 1):
        return True
    if key in listed("content_nouns") and not is_definite(key) and place > first:
        # "the release of ..." behind a full phrase is what was said; behind a bare noun it is its complement.
        return is_definite(tokens[place - 1].key) or _is_relation(tokens[place - 1].key) or names_place(tokens, place - 1)
    rest = key[1:]
    if key[:1] in "وف" and rest in reporting_verbs() and key not in listed("names"):
        return True
    return key in reporting_verbs() and not _is_open(tokens, first, place)


def _is_open(tokens: Sequence[Token], first: int, place: int) -> bool:
    """Tell whether a clause may hang on the phrase without a pronoun: its noun is indefinite."""
    head = tokens[first].key
    return not is_definite(head) and not any(is_definite(t.key) for t in tokens[first + 1 : min(place, first + 2)])


def _joint_goes_on(tokens: Sequence[Token], first: int, place: int, strict: bool) -> bool:
    """Tell whether a word behind a joined preposition (بـ، لـ) belongs to the speaker."""
    key = tokens[place].key
    if key in ("ل", "ب", "ك", "لـ"):
        return False
    if key in listed("names"):
        return True
    if key[:1] == "ب":
        joint = _joint(key)
        if joint:
            return joint in listed("institutions")
        return not strict or len(key) < 4 or _is_relation(key) or key in listed("adjectives_bare")
    if key[:1] == "ل" and len(key) > 3:
        rest = key[2:] if key.startswith("لل") else key[1:]
        if rest in listed("addressees") or bare(rest) in listed("addressees") or names_place(tokens, place):
            return key in listed("names")
        if key.startswith("لل"):
            return True
        if rest in listed("joined") or rest in listed("institutions") or names_person(rest):
            return True
        return not strict and not is_definite(tokens[place - 1].key) and not rest.startswith("ه")
    return True


def _is_foreign_verb(tokens: Sequence[Token], first: int, place: int) -> bool:
    """Tell a present-tense verb behind a definite noun ("Ukraine announces"): the phrase ended before it."""
    key = tokens[place].key
    if len(key) < 4 or key[0] not in "يت" or key in listed("names") or _is_relation(key):
        return False
    person = any(names_person(token.key) for token in tokens[first:place])
    if key[0] == "ي" and key not in listed("no_verbs") and not person and is_definite(tokens[place - 1].key):
        return True
    other = ("ي" if key[0] == "ت" else "ت") + key[1:]
    return (key in reporting_verbs() or other in reporting_verbs()) and not _is_open(tokens, first, place)


def _agrees(text: str, tokens: Sequence[Token], first: int, place: int) -> bool:
    """Tell whether a word can belong to the noun phrase before it, from the article, endings and word lists."""
    key, before = tokens[place].key, tokens[place - 1].key
    word = text[tokens[place].start : tokens[place].end]
    if _TANWIN.search(word) and not _TANWIN.search(text[tokens[place - 1].start : tokens[place - 1].end]):
        return False
    if key in listed("adjectives") or key in listed("adjectives_bare") or key == "الله":
        return True
    if word.endswith("ى") and not is_definite(key) and word not in _NAMES_IN_YA:
        return False
    if key[:1] == "و" and key not in listed("names") and not key.startswith("وال"):
        return names_person(key[1:]) or key[1:] in listed("bodies")
    if names_place(tokens, place - 1) and not key.startswith("لل"):
        return key in listed("place_seconds")
    if key.startswith("لل") or (key[:1] == "ل" and key[1:] in listed("joined") | listed("institutions")):
        return True
    if before in listed("quantities"):
        return True
    if len(word) > 3 and _OWNER.search(word) is not None and not word.endswith("الله"):
        return False
    if is_definite(key):
        earlier = text[tokens[place - 1].start : tokens[place - 1].end]
        owned = len(earlier) > 3 and _OWNER.search(earlier) is not None and not earlier.endswith("الله")
        return _definite_agrees(tokens, first, place, owned=owned)
    if is_definite(before) or names_place(tokens, place - 1):
        person = any(names_person(t.key) for t in tokens[first:place])
        return person and not _is_object(word, key) and (not word.endswith("ة") or word in _NAMES_IN_A)
    return key not in listed("content_nouns") or place == first + 1


def _definite_agrees(tokens: Sequence[Token], first: int, place: int, *, owned: bool) -> bool:
    key, before = tokens[place].key, tokens[place - 1].key
    if key.endswith("يين") and not before.endswith(("ين", "ون", "ات")):
        return False
    if owned:
        return key in listed("adjectives") or _is_relation(key)
    if not is_definite(before) and not _is_relation(before):
        # A noun joined to a definite one; an indefinite adjective of relation is never joined to one.
        return True
    if not is_definite(before):
        return names_person(tokens[first].key) and bare(key) in listed("roles")
    if key in listed("adjectives") or _is_relation(key) or names_person(key):
        return True
    if key.endswith("ه") and names_person(before) and not before.endswith("ه"):
        return False
    if key.endswith("ه") and before.endswith(("ه", "ات")) and bare(key) not in listed("content_nouns"):
        return True
    return names_person(before) and not key.endswith("ات") and _ACT.fullmatch(key) is None


def _is_object(word: str, key: str) -> bool:
    """Tell an indefinite object by its ending, where no foreign name ends so."""
    return key in listed("content_nouns") or _BARE_ACT.fullmatch(key) is not None or (word.endswith("ا") and len(word) > 3 and key not in listed("places"))


def _without_tail(tokens: Sequence[Token], first: int, place: int) -> int:
    """Take off what cannot end a phrase: a preposition, `son of`, or the verb of a clause that lost its place."""
    while place > first + 1:
        key = tokens[place - 1].key
        hangs = key in ("في", "من", "باسم", "بن", "لدي", "ال", "و", "علي", "الي", "مع", "عن") or (
            key in ("مقيم", "مقيمه", "معتمد", "معتمده", "مقيمون", "موجود") and place < len(tokens)
        )
        verb = len(key) >= 4 and key not in listed("place_seconds") | listed("no_verbs") and key[0] == "ي" and not _is_relation(key) and _is_open(tokens, first, place - 1)
        alone = verb and (place - 2 == first or not _is_name_part(tokens, place - 1))
        if not (hangs or alone):
            break
        place -= 1
    return place


def _is_name_part(tokens: Sequence[Token], place: int) -> bool:
    return not _is_relation(tokens[place - 1].key) and not names_person(tokens[place - 1].key)


def speaker_before(text: str, tokens: Sequence[Token], number: int) -> tuple[int, int] | None:
    """Read a speaker written before its verb ("The minister said ..."): the words from the clause's head to it."""
    end = number - (tokens[number - 1].key in _BETWEEN) if number else number
    if end > 1 and tokens[end - 1].key in ("جهته", "جهتها", "ناحيته", "ناحيتها", "جانبه", "جانبها"):
        end -= 2
    start = clause_start(tokens, end)
    if end <= start or end - start > MAX_SPEAKER_WORDS or tokens[number].gap.strip():
        return None
    if not _can_begin(tokens[start].key) or looks_like_verb(tokens, start):
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
    key = tokens[place].key
    rest = key[1:] if key[:1] in "وف" and key not in listed("names") and len(key) > 3 else key
    if rest in reporting_verbs() or rest in listed("verbs") or rest in ("لعل", "ليت", "كان"):
        return True
    if rest[0] == "ا" and rest[:2] != "ال" and len(rest) > 4 and rest[-1] == "ت" and rest[-2:] != "ات":
        return True
    if rest[0] == "ت" and len(rest) > 4 and rest.endswith(("ها", "هم")):
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
    nominal = is_definite(key) or (key[:2] == "فا" and is_definite(key[1:])) or names_person(key) or bare(key) in listed("bodies") or names_place(tokens, place)
    begin = place if nominal and key[:1] != "و" else behind_times(tokens, place + 1)
    if begin < len(tokens) and tokens[begin].gap.strip(" \"«“") == "" and begin < until:
        end = read_phrase(text, tokens, begin, strict=True)
        word = text[tokens[begin].start : tokens[begin].end]
        owned = _OWNER.search(word) is not None and not names_person(tokens[begin].key)
        if begin < end <= until and not looks_like_verb(tokens, begin) and not owned:
            return begin, end
    return None


def is_feminine(phrase: str) -> bool | None:
    """Tell the grammatical gender of a speaker's first word; None where it cannot be told."""
    head = WORD.search(phrase)
    if head is None:
        return None
    word, key = head[0], word_key(head[0])
    if word.endswith(("ة", "ات", "اء")) or key in listed("places"):
        return True if word.endswith("ة") or key in listed("places") else None
    return False if names_person(key) or is_definite(key) else None
