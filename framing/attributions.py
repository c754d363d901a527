"""Where a text hands the word to somebody: reporting verbs ("said") and sources ("according to").

Each place found says where the words that are reported begin, who says them as far as it is written
there, with which verb, and with what stance of the reporter. Whom a place without a name means is
decided in `framing.voices`, which knows what stood before.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from framing.phrases import phrase_text, read_phrase
from framing.saying import RELATIVE, Reading, clause_at, says
from framing.sources import source_places
from framing.speakers import behind_times, clause_start, looks_like_verb, several, speaker_before, speaks_here
from framing.speech_words import (
    CLOSING,
    OPENING,
    Place,
    Token,
    bare,
    breaks,
    is_definite,
    listed,
    names_person,
    word_list,
)
from framing.subjects import subject_apart, topic_of
from framing.unlisted_verbs import unlisted_places
from framing.verb_forms import (
    has_object,
    is_feminine_verb,
    is_participle,
    reporting_forms,
    stem_of,
    verb_form,
)

_HIS_WORDS = ("قوله", "قولها", "قولهم", "قولهما", "القول")
_WE = ("سالنا", "ذكرنا", "قلنا", "كتبنا", "راينا", "وجدنا", "لاحظنا", "علمنا", "سمعنا", "رايت")
# "Its benefit": read as "and she backed him" where the hamza is folded.
_BENEFIT = "فائدت"
_SPEAK_OF = ("اعلن", "اعلنت", "اعرب", "اعربت", "عبر", "عبرت", "تحدث", "تحدثت", "كشف", "كشفت", "دافع", "دافعت")
_POINT_TO = ("اشار", "اشارت", "لفت", "لفتت", "المح", "المحت", "لمح", "لمحت", "خلص", "خلصت", "تطرق", "تطرقت")
# "Ask", to several: written like "they asked".
_IMPERATIVES = ("اسالوا", "اسالوه", "اسالوها", "اسالوهم")
_FIRST_PERSON = ("أعتقد", "وأعتقد", "أتوقع", "وأتوقع", "أعتبر", "وأعتبر", "أظن", "وأظن")


def find_places(text: str, tokens: Sequence[Token], quotes: Sequence[tuple[int, int]]) -> list[Place]:
    """Find the attributions of a text outside its quotations, in order."""
    inside = _inside(tokens, quotes)
    sources = list(source_places(text, tokens, inside))
    taken = {number for _, first, last in sources for number in range(first, last)}
    verbs = []
    for number, token in enumerate(tokens):
        if not verb_form(token.key) or inside[number] or number in taken:
            continue
        if place := _verb_place(text, tokens, number, inside):
            verbs.append(place)
    verbs = _not_nested(verbs)
    verbs = sorted([*verbs, *unlisted_places(text, tokens, inside, verbs)], key=lambda place: place.start)
    kept = [source for source, _, _ in sources if not _between(source, verbs)]
    return sorted([*verbs, *kept], key=lambda place: place.start)


def _between(source: Place, verbs: Sequence[Place]) -> bool:
    """Tell a source between a verb and its clause ("replied, according to ..., that ...")."""
    last = bisect_left(verbs, source.start, key=lambda place: place.start) - 1
    content = verbs[last].content if last >= 0 else None
    return content is not None and source.start < content


def _not_nested(verbs: Sequence[Place]) -> list[Place]:
    """Drop a verb between another and its clause ("a source, who spoke to ..., denied that ...")."""
    kept: list[Place] = []
    for place in verbs:
        last = kept[-1] if kept else None
        if last is None or not last.clause or last.content is None or place.start >= last.content or place.joined:
            kept.append(place)
    return kept


def _inside(tokens: Sequence[Token], quotes: Sequence[tuple[int, int]]) -> list[bool]:
    if not quotes:
        return [False] * len(tokens)
    found, position = [], 0
    ordered = sorted(quotes)
    for token in tokens:
        while position < len(ordered) and ordered[position][1] <= token.start:
            position += 1
        found.append(position < len(ordered) and ordered[position][0] <= token.start)
    return found


def _verb_place(text: str, tokens: Sequence[Token], number: int, inside: Sequence[bool]) -> Place | None:
    """Read one verb: who speaks, where what is said begins, and whether it reports at all."""
    token = tokens[number]
    word = text[token.start : token.end]
    form = _form_here(tokens, number, word)
    stem = stem_of(form)
    passive = "\u064f" in word[:4] and stem[0] not in "يت" and stem not in word_list("relays")
    ours = token.key.removeprefix("و").removeprefix("ف") in _WE and "\u0651" not in word
    noun = word.endswith("رأي") or word.removeprefix("و").startswith(_BENEFIT)
    if passive or ours or word in _FIRST_PERSON or noun or token.key in _IMPERATIVES:
        return None
    first = _behind_addressee(tokens, number + 1)
    while first < len(tokens) and tokens[first].key in word_list("addressed") and not tokens[first].gap.strip():
        first += 1
    verb = _subject_behind(text, tokens, Reading(tokens, number, form, stem, None, None, first, inside))
    if has_object(form) and verb.subject and _is_accusative(tokens, verb.subject[0]):
        verb = replace(verb, subject=None, end=first)  # "what he called an attack"
    if has_object(form) and (not (verb.subject or verb.clause) or word.endswith("ة")):
        return None
    verb = _subject_elsewhere(text, verb, behind_times(tokens, first))
    return _place_of(text, verb) if says(verb) else None


def _behind_addressee(tokens: Sequence[Token], first: int) -> int:
    """Step over a paper's name in marks behind "to" ("told «the paper» an analyst")."""
    if (
        first + 1 >= len(tokens)
        or tokens[first].key != "ل"
        or not any(mark in tokens[first + 1].gap for mark in OPENING)
    ):
        return first
    for place in range(first + 2, min(first + 7, len(tokens))):
        if any(mark in tokens[place].gap for mark in CLOSING):
            return place if tokens[place].gap.strip(" " + CLOSING) == "" else first
    return first


def _subject_behind(text: str, tokens: Sequence[Token], verb: Reading) -> Reading:
    """Read the speaker behind a verb ("said the minister that ...") and where the clause begins."""
    first, inside, stem = verb.end, verb.inside, verb.stem
    hidden = stem in word_list("hides")
    strict = stem in word_list("takes_object") or clause_at(tokens, first, inside, hidden=hidden) is None
    strict = strict and not _speaks_of(tokens, first, stem)
    first = behind_times(tokens, first)
    addressed = first - verb.number > 2 and first < len(tokens) and tokens[first].gap.strip() in ("»", "”")
    named = (
        first < len(tokens)
        and (addressed or _may_name(tokens[first].gap, inside[first]))
        and not is_participle(verb.form)
    )
    document = stem in ("جاء", "ورد", "وردت")
    if document:  # "it says in a statement"
        named = first + 1 < len(tokens) and tokens[first].key == "في" and not tokens[first].gap.strip()
        first += named
    end = read_phrase(text, tokens, first, strict=strict, document=document) if named else first
    if stem in word_list("sees_in") and clause_at(tokens, end, inside) != end:
        end = next((i for i in range(first + 1, end) if tokens[i].key == "في" and not _is_seat(tokens, i + 1)), end)
    if _is_no_name(text, tokens, first, end, inside) or _is_described(tokens, verb, first, end):
        end = first
    clause = clause_at(tokens, end, inside, hidden=hidden)
    if clause is not None and _clause_goes_on(tokens, first, end, clause):
        end = clause
    subject = (first, end) if end > first else None
    return replace(verb, subject=subject, end=end, clause=clause_at(tokens, end, inside, hidden=hidden))


def _speaks_of(tokens: Sequence[Token], first: int, stem: str) -> bool:
    """Tell a verb that goes on with "of" or "to" ("pointed X to ..."): no object stands between it and that word."""
    word = "عن" if stem in _SPEAK_OF else "الي" if stem in _POINT_TO else ""
    ahead = takewhile(lambda t: not t.gap.strip(), tokens[first + 1 : first + 8])
    return bool(word) and any(t.key == word for t in ahead)


def _clause_goes_on(tokens: Sequence[Token], first: int, end: int, clause: int) -> bool:
    """Tell a clause inside an indefinite speaker that goes on to "that" ("a woman who came from X said that")."""
    if not end - first > 1 or clause - first > 13 or not names_person(tokens[first].key):
        return False
    if any(is_definite(token.key) for token in tokens[first:end]) or tokens[clause].key not in word_list("that"):
        return False
    inner = tokens[first + 1 : end]
    acts = any(t.key in listed("clause_verbs") or t.key in listed("verbs") for t in inner)
    rest = tokens[end:clause]
    halts = listed("times") | {"لوكاله", "خلال", "بعد", "قبل", "عقب"}
    return acts and not any(t.gap.strip() or t.key in halts for t in rest) and not tokens[clause].gap.strip()


def _is_accusative(tokens: Sequence[Token], number: int) -> bool:
    key = tokens[number].key
    return (
        key.endswith("ا")
        and not key.endswith(("ها", "نا"))
        and len(key) > 3
        and not (is_definite(key) or names_person(key) or key in listed("places"))
    )


def _is_seat(tokens: Sequence[Token], number: int) -> bool:
    """Tell a body a speaker sits in from what is seen in something."""
    key = bare(tokens[number].key)
    return key in listed("institutions") and key not in ("ملف", "قانون", "صور", "برنامج")


def _is_described(tokens: Sequence[Token], verb: Reading, first: int, end: int) -> bool:
    """Tell the object of "described X as ..." where no speaker stands beside it."""
    if verb.stem not in word_list("describes") or has_object(verb.form) or first == end or end >= len(tokens):
        return False
    return tokens[end].key in ("بانه", "بانها", "بانهم") and not names_person(tokens[first].key)


def _is_no_name(text: str, tokens: Sequence[Token], first: int, end: int, inside: Sequence[bool]) -> bool:
    """Tell the first word of a quotation, an adverb ("he added, laughing") or an object in the oblique from a name."""
    if end == first:
        return False
    alone = end == first + 1
    quoted = inside[first] and sum(inside[first : first + 4]) > 3
    adverb = "\u064b" in text[tokens[first].start : tokens[first].end]
    key = tokens[first].key
    behind = tokens[first + 1].key if not alone else ""
    adverb = adverb or (_is_accusative(tokens, first) and behind.endswith("ا") and _is_accusative(tokens, first + 1))
    oblique = key.endswith("ين") and is_definite(key) and len(key) > 6 and key not in word_list("no_objects")
    return adverb or oblique or (alone and (quoted or tokens[first].key in word_list("manners")))


def _subject_elsewhere(text: str, verb: Reading, first: int) -> Reading:
    """Read the speaker before a verb, the noun its clause hangs on, or whom an agency quotes."""
    tokens, number = verb.tokens, verb.number
    joined = verb.joined or is_participle(verb.form) or verb.token.key[0] == "ل" != verb.form[0]
    alone = joined or (has_object(verb.form) and verb.subject is not None)
    before = None if alone else speaker_before(text, tokens, number)
    # "a step in which the ministry saw": the noun before is what is spoken of.
    into = verb.subject is not None and verb.subject[0] == number + 2 and tokens[number + 1].key in ("فيها", "فيه")
    if before and not speaks_here(tokens, before[0]) and ((into and verb.speaks()) or _speaks_behind(verb)):
        before = None
    if before and _is_subject(tokens, before, verb.form):
        hidden = verb.stem in word_list("hides")
        clause = clause_at(tokens, first, verb.inside, hidden=hidden)
        verb = replace(verb, subject=before, end=first, clause=clause)
    elif verb.subject is None and (topic := topic_of(text, tokens, number)):
        verb = replace(verb, subject=topic)
    elif verb.subject is None and not alone:
        near = None if verb.lead in RELATIVE else subject_apart(text, tokens, number, is_feminine_verb(verb.stem))
        verb = replace(verb, subject=near or _antecedent(text, tokens, number))
    if verb.stem in word_list("relays") and (relayed := _relayed(text, tokens, verb.end, verb.clause)):
        clause = clause_at(tokens, relayed[1], verb.inside)
        verb = replace(verb, subject=relayed, end=relayed[1], clause=clause)
    return verb


def _speaks_behind(verb: Reading) -> bool:
    """Tell a speaker right behind the verb, with the clause right behind it: what stands before is not the subject."""
    subject, clause = verb.subject, verb.clause
    if subject is None or subject[0] > verb.number + 2 or clause != subject[1]:
        return False
    words = range(subject[0], subject[1])
    return verb.speaks() or any(names_person(verb.tokens[word].key) for word in words)


def _place_of(text: str, verb: Reading) -> Place:
    """Give the attribution of a verb that reports."""
    tokens, number, token, subject = verb.tokens, verb.number, verb.token, verb.subject
    content = verb.clause if verb.clause is not None else _plain_content(tokens, verb.end)
    name = phrase_text(text, tokens, *subject) if subject else ""
    behind = subject is not None and subject[0] > number > 1
    second = behind and verb.joined and verb.stem in word_list("takes_object")
    if subject and second and _is_object_here(text, tokens, subject, verb.clause):
        name, content = "", subject[0]  # "and accused the West": whom it addresses
    elif subject and verb.stem in word_list("takes_object") and _is_its_partners(tokens, subject):
        name, content = "", subject[0]
    led = number > 0 and tokens[number - 1].key in word_list("leads") and not token.gap.strip()
    return Place(
        start=tokens[number - 1].start if led else token.start,
        content=tokens[content].start if content is not None and content < len(tokens) else None,
        speaker=name,
        verb=text[token.start + max(token.key.find(verb.form), 0) : token.end],
        stance=reporting_forms()[verb.stem],
        kind="participle" if is_participle(verb.form) else "verb",
        back=_parenthesis(text, tokens, number, subject, verb.clause, content),
        clause=verb.clause is not None,
        joined=verb.joined,
        feminine=is_feminine_verb(verb.stem),
    )


def _is_its_partners(tokens: Sequence[Token], subject: tuple[int, int]) -> bool:
    """Tell an owned object by its ending ("called on its partners"), where no other noun stands behind it."""
    first, end = subject
    behind = tokens[end].key if end < len(tokens) and tokens[end].gap == " " else ""
    oblique = tokens[first].key.endswith(("اءها", "اءهم", "اءه", "يها", "يهم", "يه"))
    return oblique and end == first + 1 and not is_definite(behind) and not is_definite(tokens[first].key)


def _form_here(tokens: Sequence[Token], number: int, word: str) -> str:
    """Give the verb inside a word; "and he replied" is written like "it came", "and he counted" like "he promised"."""
    key = tokens[number].key
    if key == "وعد" and "\u0651" in word:
        return "عد"
    behind = tokens[number + 1].key if number + 1 < len(tokens) else ""
    if key in ("ورد", "وردت") and behind not in ("في", "ان", "علي", "انه", "عن"):
        return key[1:]
    return verb_form(key)


def _may_name(gap: str, quoted: bool) -> bool:
    """Tell whether a name can follow a gap: no stop, and no quotation that somebody says."""
    if any(mark in gap for mark in OPENING):
        return not quoted and gap.strip() in OPENING
    return not breaks(gap)


def _is_subject(tokens: Sequence[Token], before: tuple[int, int], stem: str) -> bool:
    """Tell whether the words before a verb are its subject, not a place or time that opens the sentence."""
    key = tokens[before[0]].key
    several_say = not several(key) or is_feminine_verb(stem) is None
    return (
        several_say
        and key not in listed("times")
        and key not in listed("prepositions")
        and key not in word_list("no_subject")
    )


def _antecedent(text: str, tokens: Sequence[Token], number: int) -> tuple[int, int] | None:
    """Read what a relative clause hangs on ("the study, which showed that ...", "an inquiry concluded that ...")."""
    relative = number > 1 and tokens[number - 1].key in RELATIVE
    end = number - 1 if relative else number
    if not relative and (tokens[number].gap.strip() or number < 1):
        return None
    start = clause_start(tokens, end - 1 if relative else end)
    for first in range(max(start, end - 8), end):
        before = tokens[first - 1].key if first else ""
        opens = first == start or before in listed("prepositions") - {"في"} or before in listed("ends")
        if not opens or looks_like_verb(tokens, first) or bare(tokens[first].key) in listed("times"):
            continue
        named = speaks_here(tokens, first) or tokens[first].key in listed("needs_in")
        if not relative and first > start and not named:
            continue  # "from behind the goal": where it was said
        last = read_phrase(text, tokens, first, until=end)
        if last == end or (first < last < end and tokens[last].key == "في" and end - last <= 3):
            return first, last
    return None


def _relayed(text: str, tokens: Sequence[Token], end: int, clause: int | None) -> tuple[int, int] | None:
    """Read whom an agency quotes: "the agency quoted (نقلت عن, نسبت إلى) the minister as saying"."""
    for number in range(end, min(len(tokens), end + 3)):
        ascribed = tokens[number].key == "الي" and clause is not None and tokens[clause].key in _HIS_WORDS
        if (tokens[number].key == "عن" or ascribed) and number + 1 < len(tokens):
            last = read_phrase(text, tokens, number + 1)
            return (number + 1, last) if last > number + 1 else None
        if tokens[number].gap.strip():
            return None
    return None


def _plain_content(tokens: Sequence[Token], end: int) -> int | None:
    """Give where the words begin that a verb reports without "that": behind the speaker and a preposition."""
    while end < len(tokens) and tokens[end].key in ("الي", "عن", "من", "علي") and not tokens[end].gap.strip():
        end += 1
    return end if end < len(tokens) else None


def _is_object_here(text: str, tokens: Sequence[Token], subject: tuple[int, int], clause: int | None) -> bool:
    """Tell whether the noun behind a joined verb ("and accused the West") is whom it addresses."""
    head = tokens[subject[0]].key
    word = text[tokens[subject[0]].start : tokens[subject[0]].end]
    marked = word.endswith(("ا", "ً", "ه", "هم", "ين"))
    someone = names_person(head) and not marked and not any(is_definite(t.key) for t in tokens[subject[0] : subject[1]])
    if head.endswith("ون") or someone or head in ("احدهم", "احداهن", "بعضهم", "احد", "احدي"):
        return False  # the subject, by its ending or because nobody in particular is addressed
    return subject[0] > 0 and not (clause is not None and clause == subject[1] and tokens[clause].key == "ان")


def _parenthesis(
    text: str,
    tokens: Sequence[Token],
    number: int,
    subject: tuple[int, int] | None,
    clause: int | None,
    content: int | None,
) -> int | None:
    """Give where the words begin that a verb between commas reports backwards ("Not so, says a scholar, ...")."""
    key = tokens[number].key
    lead = number > 0 and tokens[number - 1].key in ("كما", "حسبما", "فيما", "مثلما", "هكذا")
    head = number - 1 if lead else number
    marked = any(mark in tokens[head].gap for mark in '،,!؟»"”')
    if head == 0 or verb_form(key) != key or not (marked or lead):
        return None
    end = subject[1] if subject and subject[0] > number else number + 1
    if (end < len(tokens) and tokens[end].key[:1] == "ب") or (end < len(tokens) and tokens[end].key == "في"):
        end = next(
            (i for i in range(end, min(len(tokens), end + 5)) if tokens[i].gap.strip()), min(len(tokens), end + 5)
        )
    if end < len(tokens) and tokens[end].key in word_list("manners"):
        end += 1
    closed = end >= len(tokens) or any(mark in tokens[end].gap for mark in "،,.")
    direct = clause is not None and clause == end and ":" not in tokens[clause].gap
    return 0 if closed and not direct and not is_participle(key) else None
