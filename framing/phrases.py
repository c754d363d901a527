"""Where a noun phrase that names a speaker begins and ends, without a parser.

A speaker is written as the shortest phrase that says who it is: the noun with its adjectives,
what it is joined to ("the minister of ...", "an official in the ministry ...") and the name beside it. It ends
at a comma, bracket, relative pronoun, day, place ("in Seoul") or occasion ("in a statement").
Everything is linear in the length of the text.
"""

from __future__ import annotations

from collections.abc import Sequence

from framing.agreement import agrees
from framing.joints import is_addressed, joint, joint_goes_on
from framing.sentences import reporting_verbs
from framing.speech_words import (
    CLOSING,
    OPENING,
    Token,
    bare,
    breaks,
    is_definite,
    is_relation,
    listed,
    names_person,
    names_place,
    without_owner,
    word_list,
)

MAX_SPEAKER_WORDS = 14
# "this", "that", before a definite noun.
_POINTING = ("هذا", "هذه", "ذلك", "تلك", "هولاء")
_BACK = ("فيه", "فيها", "منها", "منهم", "منه", "لها", "له", "به", "بها", "عليها", "عليه", "عنها", "عنه", "معه")
_ENVOYS = ("سفير", "مندوب", "مبعوث", "ممثل", "سفيره", "مبعوثه")
_EARLY = ("مطلع", "نهايه", "اواخر", "اوايل", "منتصف")
_HANGING = ("الي", "في", "علي", "مع", "من", "عن")
_SEATS = ("الكرملين", "البنتاغون", "البنتاجون", "الناتو")
_WITH_FROM = (
    "حذر",
    "حذرت",
    "يحذر",
    "تحذر",
    "سخر",
    "سخرت",
    "قلل",
    "قللت",
    "شكا",
    "شكت",
    "اشتكي",
    "اشتكت",
    "يشكو",
    "تشكو",
)
# Ranks that "first" goes with ("lieutenant general" is written "the general first").
_RANKS = ("فريق", "ملازم", "رقيب", "عريف", "سكرتير", "وكيل", "نايب", "مساعد")
_PRIESTS = ("مطران", "اب", "قس", "كاهن", "انبا", "اسقف", "راهب", "شيخ", "دكتور", "سيد", "بطريرك")
_OF_WHOM = ("المتحدر", "المتحدره", "المنحدر", "المولود", "المقيم", "المقيمه", "المنتمي", "القادم", "القادمه", "العايد")
_DELEGATES = ("نايب", "نايبه", "نواب", "عضو", "مرشح", "مرشحه", "ممثل", "ممثله", "مندوب", "مندوبه")
# What somebody did by speaking: "quoted the minister, his assertion that ...".
_HIS_ACTS = ("تاكيده", "تاكيدها", "تاكيدهم", "نفيه", "نفيها", "تحذيره", "تحذيرها", "اعلانه", "اعلانها", "اعتقاده")
_COUNTRIES = ("دوله", "دول", "بلد", "بلدان", "بلاد")
_ASKING = ("طالبا", "طالبه", "طالبين", "مشترطا", "مشترطه", "مفضلا", "مفضله")
_SPOKESMEN = ("متحدث", "متحدثه", "ناطق", "ناطقه", "متحدثون", "ناطقون")


def read_phrase(
    text: str,
    tokens: Sequence[Token],
    first: int,
    *,
    strict: bool = False,
    until: int | None = None,
    document: bool = False,
) -> int:
    """Read a speaker's phrase.

    Parameters
    ----------
    first : number of its first word.
    strict : whether a noun may follow that is not the speaker's (the object of "accused"): the phrase then
        ends where definite and indefinite words no longer agree.
    until : number of a word the phrase does not reach (its verb).
    document : whether its first word may name what somebody wrote or said ("it says in a comment ...").

    Returns
    -------
    The number of the first word behind it; `first` where no phrase begins.
    """
    last = len(tokens) if until is None else min(until, len(tokens))
    if first >= last:
        return first
    pointing = tokens[first].key in _POINTING and first + 1 < last and is_definite(tokens[first + 1].key)
    written = document and tokens[first].key in listed("content_nouns")
    if not (pointing or written or can_begin(tokens[first].key, strict=strict)):
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
    if rest in ("اخر", "اخري", "اخرون", "احدهم", "احداهن", "بعضهم") or names_person(without_owner(rest)):
        return True
    return is_definite(rest) or names_person(rest) or rest in listed("places") or rest in listed("bodies")


def can_begin(key: str, *, strict: bool = False) -> bool:
    """Tell whether a speaker's phrase can begin with a word; `strict` as `read_phrase` has it."""
    if (
        key in listed("ends")
        or key in listed("times")
        or key.isdigit()
        or key in ("في", "من", "ب", "ل", "ك", "و", "بلا")
    ):
        return False
    if (
        key[:1] in "وف"
        and (key[1:] in listed("prepositions") or key[1:] in listed("ends"))
        and key not in listed("names")
    ):
        return False
    if (
        strict
        and key[:1] == "ب"
        and len(key) > 3
        and key not in listed("names")
        and not is_relation(key)
        and not names_person(key)
    ):
        return False
    if (key in listed("content_nouns") and key not in listed("documents")) or (
        key in reporting_verbs() and not names_person(key)
    ):
        return False
    return key in listed("names") or not (joint(key) or is_addressed(key))


def _opened(gap: str) -> int:
    return 1 if gap[-1:] and gap[-1] in OPENING else 0


def _step(text: str, tokens: Sequence[Token], first: int, place: int, marks: int, strict: bool) -> tuple[int, int]:
    """Give how many words the phrase takes on here (0: it has ended), and how many marks are then open."""
    token, before = tokens[place], tokens[place - 1]
    if first and tokens[first - 1].key == "اما" and token.key[:1] == "ف" and len(token.key) > 3:
        return 0, marks  # "as for the Finns, they ..."
    marks_now = _across(tokens, first, place, marks)
    if marks_now is None:
        return 0, marks
    if marks_now:
        return 1, marks_now  # inside marks every word belongs to the name
    if "\u064b" in text[token.start : token.end]:
        return 0, 0  # how it was said, or the object
    if token.key in _HANGING and _hangs(text, tokens, first, place):
        return 2, 0
    if token.key == "في":
        return (2 if _goes_on_inside(tokens, first, place, strict) else 0), 0
    if token.key == "من":
        counted = bare(before.key) in listed("quantities") or before.key in listed("quantities")
        return (1 if counted else 2 if _belongs_to(tokens, first, place) else 0), 0
    if token.key.startswith("باسم") and len(token.key) <= 6:
        speaks = any(bare(t.key) in _SPOKESMEN for t in tokens[first:place])
        return (1 if token.key == "باسم" or speaks else 0), 0
    if token.key in _BACK and place + 1 < len(tokens) and tokens[place + 1].key in ("ان", "بان", "انه", "انها"):
        return 1, 0
    if token.key == "لدي" and _belongs_to(tokens, first, place):
        return 2, 0
    if token.key in ("لدي", "الي"):
        envoy = any(bare(t.key) in _ENVOYS for t in tokens[first:place]) and place + 1 < len(tokens)
        there = envoy and (names_place(tokens, place + 1) or tokens[place + 1].key.startswith(("الامم", "الاتحاد")))
        return (2 if there else 0), 0
    if _ends(tokens, first, place) or not joint_goes_on(tokens, first, place, strict):
        return 0, 0
    if place == first + 1 and _stand_alone(tokens[first].key, token.key):
        return 0, 0
    if strict and not agrees(text, tokens, first, place):
        return 0, 0
    return (0 if _is_foreign_verb(tokens, first, place) else 1), 0


def _stand_alone(head: str, key: str) -> bool:
    """Tell the verb behind definite papers ("by the reports, the regions suffer ...") from a word that joins them."""
    joins = is_definite(key) or is_relation(key) or key[:1] == "ل"
    return is_definite(head) and bare(head) in listed("thing_plurals") and not joins


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
    pairs["عن"] = ("صادر", "صادره", "الكشف", "الافصاح") if not is_definite(tokens[first].key) else ("صادر", "صادره")
    if tokens[place].key == "عن" and before.key in _DELEGATES and _belongs_to(tokens, first, place):
        return True
    pairs["في"] = ("مشارك", "مشاركه", "مشاركون")
    return before.key in pairs.get(tokens[place].key, ())


def _belongs_to(tokens: Sequence[Token], first: int, place: int) -> bool:
    """Tell whether a body behind "of", "at" or "for" is where a person belongs ("an analyst at a brokerage")."""
    if place + 1 >= len(tokens) or tokens[place + 1].gap != " " or not names_person(tokens[first].key):
        return False
    inside = bare(tokens[place + 1].key)
    if tokens[place].key == "من" and tokens[place + 1].key in ("اصل", "اصول"):
        return True  # "a researcher of Korean descent"
    if tokens[place].key == "من" and not is_definite(tokens[first].key) and tokens[place + 1].key in _COUNTRIES:
        return True  # "a diplomat from a neutral country"
    verb = tokens[first - 1].key.removeprefix("و") if first else ""
    again = any(token.key == "من" for token in tokens[place + 1 : place + 6])
    if tokens[place].key == "من" and (
        (verb in _WITH_FROM and not again) or inside in listed("documents") | listed("thing_plurals") - {"دول"}
    ):
        return False  # "an envoy mocked (سخر من) the reports"
    if inside in listed("events") | listed("place_nouns") | listed("ends") | listed("times"):
        return False
    alone = all(is_relation(t.key) or t.key in listed("adjectives_bare") for t in tokens[first + 1 : place])
    origin = (
        tokens[place].key == "من" and names_place(tokens, place + 1) and not is_definite(tokens[first].key) and alone
    )
    return origin or inside in listed("institutions") or inside in listed("bodies")


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
        return 0 if plain or (gap.isspace() and "\n" not in gap) else None
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
    if inside in _SEATS and names_person(tokens[first].key):
        return True  # named like places, but bodies
    if inside in listed("work_places") and _is_open(tokens, first, place) and names_person(tokens[first].key):
        return True
    outside = listed("events") | listed("place_nouns") | listed("times") | listed("ends")
    around = listed("events") | (listed("place_nouns") - listed("institutions") - listed("work_places"))
    if inside in outside or bare(inside) in around or names_place(tokens, place + 1) or inside.isdigit():
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
    return not (
        key in listed("ends") or key in listed("times") or key == "في" or joint(key) or key in reporting_verbs()
    )


def _ends(tokens: Sequence[Token], first: int, place: int) -> bool:
    key = tokens[place].key
    before = tokens[place - 1].key
    if key == "عام" and names_person(before):
        return False
    if key in word_list("manners") and is_definite(before):
        return True  # "the minister, laughing"
    if key in _ASKING and place + 1 < len(tokens) and tokens[place + 1].key == "عدم":
        return True  # "an official, asking not to be named"
    if (key == "اول" and bare(before) in _RANKS) or (key == "متي" and is_definite(before) and bare(before) in _PRIESTS):
        return False  # part of a rank; a name written like "when"
    if key in _EARLY and place + 1 < len(tokens) and tokens[place + 1].key in listed("times"):
        return True
    if key in listed("ends") or key.isdigit() or (key in listed("times") and len(tokens[place - 1].key) > 1):
        return True
    if key in _HIS_ACTS or (key.endswith("ه") and key[:-1] in listed("content_nouns")):
        return True  # "his worry": what is felt, not who feels it
    if key in listed("content_nouns") and key.endswith(("ها", "هم")) and place > first:
        return True
    if key in listed("content_nouns") and not is_definite(key) and place > first:
        # "the release of ..." behind a full phrase is what was said; behind a bare noun it is its complement.
        full = is_definite(before) or is_relation(before) or (before.endswith("ون") and names_person(before))
        return full or names_place(tokens, place - 1)
    rest = key[1:]
    if key[:1] in "وف" and rest in reporting_verbs() and key not in listed("names"):
        return True
    return key in reporting_verbs() and not _is_open(tokens, first, place)


def _is_open(tokens: Sequence[Token], first: int, place: int) -> bool:
    """Tell whether a clause may hang on the phrase without a pronoun: its noun is indefinite."""
    head = tokens[first].key
    return not is_definite(head) and not any(is_definite(t.key) for t in tokens[first + 1 : min(place, first + 2)])


def _is_foreign_verb(tokens: Sequence[Token], first: int, place: int) -> bool:
    """Tell a present-tense verb behind a definite noun ("Ukraine announces"): the phrase ended before it."""
    key = tokens[place].key
    if len(key) < 4 or key[0] not in "يت" or key in listed("names") or is_relation(key):
        return False
    person = any(names_person(token.key) for token in tokens[first:place])
    if key[0] == "ي" and key not in listed("no_verbs") and not person and is_definite(tokens[place - 1].key):
        return True
    other = ("ي" if key[0] == "ت" else "ت") + key[1:]
    return (key in reporting_verbs() or other in reporting_verbs()) and not _is_open(tokens, first, place)


def _without_tail(tokens: Sequence[Token], first: int, place: int) -> int:
    """Take off what cannot end a phrase: a preposition, `son of`, or the verb of a clause that lost its place."""
    while place > first + 1:
        key = tokens[place - 1].key
        person = names_person(tokens[first].key) and not any(is_definite(t.key) for t in tokens[first:place])
        hangs = key in ("في", "من", "باسم", "لدي", "ال", "و", "علي", "الي", "مع", "عن") or (
            key in ("مقيم", "مقيمه", "معتمد", "معتمده", "مقيمون", "موجود") and place < len(tokens)
        )
        verb = (
            len(key) >= (3 if person else 4)
            and key not in listed("place_seconds") | listed("no_verbs")
            and key[0] == "ي"
            and not is_relation(key)
            and _is_open(tokens, first, place - 1)
        )
        hangs = (
            hangs
            or key in listed("no_article")
            or (key == "بن" and not (place < len(tokens) and breaks(tokens[place].gap)))
        )
        behind = tokens[place].key if place < len(tokens) else ""
        hangs = hangs or (key in _OF_WHOM and behind in ("من", "في", "الي"))
        alone = verb and (person or place - 2 == first or not _is_name_part(tokens, place - 1))
        if not (hangs or alone):
            break
        place -= 1
    return place


def _is_name_part(tokens: Sequence[Token], place: int) -> bool:
    return not is_relation(tokens[place - 1].key) and not names_person(tokens[place - 1].key)
