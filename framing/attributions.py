"""Where a text hands the word to somebody: reporting verbs ("said") and sources ("according to").

Each place found says where the words that are reported begin, who says them as far as it is written
there, with which verb, and with what stance of the reporter. Whom a place without a name means is
decided in `framing.voices`, which knows what stood before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from framing.lexicon import load
from framing.sentences import reporting_verbs
from framing.speakers import (
    CLOSING,
    OPENING,
    Token,
    bare,
    behind_times,
    clause_start,
    is_definite,
    listed,
    looks_like_verb,
    main_subject,
    names_person,
    names_place,
    phrase_text,
    read_phrase,
    speaker_before,
    word_key,
)

# How many words behind a speaker the clause may begin ("said on Tuesday, on the margin of ..., that").
CLAUSE_REACH = 30


_FIRST_PERSON = ("أعتقد", "وأعتقد", "أتوقع", "وأتوقع", "أعتبر", "وأعتبر", "أظن", "وأظن")
_RELATIVE = ("الذي", "التي", "الذين", "والتي", "والذي", "اللذين")


@dataclass(frozen=True, slots=True)
class Place:
    """One attribution.

    start : where it begins (its verb, or "as" before it). content : where the reported words begin; None where
    only words before it are meant. back : where reported words before it begin, None where there are none.
    clause : whether they begin with "that", a colon or a mark. joined : whether "and" is joined to the verb. speaker : "" where no name is written there. feminine : gender of the verb.
    kind : verb, source or participle.
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


@lru_cache(maxsize=32)
def word_list(name: str) -> frozenset[str]:
    """Give one word list of `lexicon/voices.yaml`."""
    return frozenset(load("voices")[name])


@lru_cache(maxsize=1)
def _plain_verbs() -> frozenset[str]:
    """Give the verbs that report without a clause where their speaker stands with them."""
    return frozenset().union(*(word_list(name) for name in ("told_verbs", "act_verbs", "weak_verbs", "count_verbs")))


@lru_cache(maxsize=1)
def _verbs() -> dict[str, str]:
    """Give every reporting verb with its stance, those included that only a clause behind them tells from homographs."""
    extra = word_list("clause_verbs") | word_list("count_verbs") | word_list("told_verbs")
    return dict.fromkeys(extra, "neutral") | dict.fromkeys(word_list("weak_verbs"), "neutral") | dict.fromkeys(word_list("act_verbs"), "act") | reporting_verbs()


_OBJECTS = ("ها", "هم", "ه", "نا")


@lru_cache(maxsize=65536)
def verb_form(key: str) -> str:
    """Give the verb inside a written word: conjunction taken off where what remains is a form of a reporting verb."""
    future = key[:1] == "س" and key[1:2] in ("ي", "ت")
    tries = [key, key[1:]] if key[:1] in "وف" or future else [key]
    if key[:2] == "لي":
        tries = [key[1:]]
    for form in tries:
        if form in _verbs():
            return form
    return next((form for form in tries if stem_of(form)), "")


@lru_cache(maxsize=65536)
def stem_of(form: str) -> str:
    """Give the listed form of a verb that is written in another person or number, or with its object; "" for none."""
    verbs = _verbs()
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
    verbs = _verbs()
    return form not in verbs and not _other_person(form, verbs) and stem_of(form) != ""


def _other_person(form: str, verbs: Mapping[str, str]) -> str:
    """Give the listed form of which this is the feminine, dual or plural."""
    tries = []
    if form[0] == "ت":
        tries.append("ي" + form[1:])
    if form.endswith(("وا", "ون")) or (form.endswith("ان") and form[0] in "يت"):
        tries += [form[:-2], "ي" + form[1:-2]]
    elif form.endswith("تا"):
        tries += [form[:-1], form[:-2]]
    elif form.endswith("ت"):
        tries.append(form[:-1])
    return next((other for other in tries if len(other) > 2 and other in verbs), "")


@lru_cache(maxsize=4096)
def lemma_of(written: str) -> str:
    """Give the dictionary form of a verb or source as `find_voices` writes it; unlisted ones stay as written."""
    words = [word_key(word) for word in written.split()]
    if not words:
        return ""
    form = verb_form(words[-1])
    if form and len(words) == 1:
        stem = stem_of(form)
        return _lemmas().get(stem, stem)
    for row in _sources().get(words[0], []):
        size = len(row["words"])
        if len(words) >= size and all(_same(a, b) for a, b in zip(words, row["words"], strict=False)):
            return " ".join(written.split()[:size])
    return written


@lru_cache(maxsize=1)
def _lemmas() -> dict[str, str]:
    """Give for each listed form the form that stands first in its line of `lexicon/verbs.yaml`."""
    lines = [line.split() for lines in load("verbs").values() for line in lines]
    return {word_key(form): line[0] for line in lines for form in line}


def is_feminine_verb(form: str) -> bool | None:
    """Tell a verb's gender by its form; None for plurals and unclear forms."""
    if form.endswith(("وا", "ون", "نا")):
        return None
    if form.endswith("ت") or (form[0] == "ت" and "ي" + form[1:] in _verbs()) or (form[0] == "م" and form.endswith("ه")):
        return True
    return False


def find_places(text: str, tokens: Sequence[Token], quotes: Sequence[tuple[int, int]]) -> list[Place]:
    """Find the attributions of a text outside its quotations, in order."""
    inside = _inside(tokens, quotes)
    sources = list(_source_places(text, tokens, inside))
    taken = {number for _, first, last in sources for number in range(first, last)}
    verbs = []
    for number, token in enumerate(tokens):
        if not verb_form(token.key) or inside[number] or number in taken:
            continue
        if place := _verb_place(text, tokens, number, inside):
            verbs.append(place)
    verbs = _not_nested(verbs)
    verbs += _unlisted(text, tokens, inside, verbs)
    kept = [s for s, _, _ in sources if not any(v.start < s.start and v.content and s.start < v.content for v in verbs)]
    return sorted([*verbs, *kept], key=lambda place: place.start)


def _unlisted(
    text: str, tokens: Sequence[Token], inside: Sequence[bool], known: Sequence[Place]
) -> Iterator[Place]:
    """Find verbs the lists lack: a person or body, one word before or behind it that may be a verb, and a that-clause."""
    contents = {place.content for place in known}
    starts = [place.start for place in known]
    that = word_list("that")
    for number, token in enumerate(tokens):
        colon = ":" in token.gap and number > 2
        if not (colon or token.key in that) or inside[number] or token.start in contents:
            continue
        if not colon and (text[token.start] == "إ" or not _is_that(tokens, number)):
            continue
        begin = clause_start(tokens, number)
        if any(tokens[begin].start <= start < token.start for start in starts):
            continue
        found = _verb_and_subject(text, tokens, begin, number, reach=12 if colon else 4)
        if found and colon and not names_person(tokens[found[1][0]].key):
            continue
        if found and "\u064f" not in text[tokens[found[0]].start : tokens[found[0]].end][:4]:
            verb, subject = found
            written = text[tokens[verb].start : tokens[verb].end]
            name = phrase_text(text, tokens, *subject)
            yield Place(tokens[begin].start, token.start, name, written, "neutral", clause=True, joined=True)


def _is_that(tokens: Sequence[Token], number: int) -> bool:
    """Tell "that" with a noun behind it from "to" with a verb: only the first reports."""
    key = tokens[number].key
    if key not in ("ان", "بان"):
        return True
    behind = tokens[number + 1].key if number + 1 < len(tokens) else "ي"
    return not (behind[0] in "يتن" and not is_definite(behind) and not names_person(behind) and len(behind) > 3)


def _verb_and_subject(
    text: str, tokens: Sequence[Token], begin: int, that: int, *, reach: int
) -> tuple[int, tuple[int, int]] | None:
    """Read "verb subject ... that" or "subject verb ... that" between the head of a clause and its "that"."""
    while begin < that and tokens[begin].key in listed("negations"):
        begin += 1
    first = behind_times(tokens, begin + 1)
    if begin < that and first < that and _may_be_verb(tokens, begin) and _speaks(tokens, first):
        end = read_phrase(text, tokens, first, until=that)
        if end > first and that - end <= reach and not any(token.gap.strip() for token in tokens[first:end]):
            return begin, (first, end)
    if begin < that and _speaks(tokens, begin):
        end = read_phrase(text, tokens, begin, strict=True, until=that)
        if begin < end < that and that - end <= reach + 1 and _may_be_verb(tokens, end) and not tokens[end].gap.strip():
            return end, (begin, end)
    return None


def _may_be_verb(tokens: Sequence[Token], number: int) -> bool:
    key = tokens[number].key
    plain = key[1:] if key[:1] in "وف" and len(key) > 3 else key
    if is_definite(plain) or plain in listed("prepositions") or plain in listed("ends") or plain in listed("times"):
        return False
    if plain in word_list("no_speech") or names_person(plain) or names_place(tokens, number) or plain.isdigit():
        return False
    return len(plain) >= 2 and plain not in listed("bodies") and plain not in listed("content_nouns")


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
    token = tokens[number]
    word = text[token.start : token.end]
    form = _form_here(tokens, number, word)
    stem = stem_of(form)
    if "\u064f" in word[:4] and stem[0] not in "يت" and stem not in word_list("relays"):
        return None  # a passive: nobody is named
    if word in _FIRST_PERSON or word.endswith("رأي"):
        return None
    first = number + 1
    while first < len(tokens) and tokens[first].key in word_list("addressed") and not tokens[first].gap.strip():
        first += 1
    hidden = stem in word_list("hides")
    strict = stem in word_list("takes_object") or _clause_at(tokens, first, inside, hidden=hidden) is None
    first = behind_times(tokens, first)
    named = first < len(tokens) and _may_name(tokens[first].gap, inside[first]) and not _is_participle(form)
    if stem in ("جاء", "ورد", "وردت"):  # "it says in a statement"
        named = first + 1 < len(tokens) and tokens[first].key == "في" and not tokens[first].gap.strip()
        first += named
    end = read_phrase(text, tokens, first, strict=strict) if named else first
    if stem in word_list("sees_in"):
        end = next((i for i in range(first + 1, end) if tokens[i].key == "في" and _clause_at(tokens, end, inside) != end), end)
    if end == first + 1 and inside[first] and sum(inside[first : first + 4]) > 3:
        end = first
    if end == first + 1 and tokens[first].key in word_list("manners"):
        end = first
    if end > first and "\u064b" in text[tokens[first].start : tokens[first].end]:
        end = first  # "he added, laughing"
    subject = (first, end) if end > first else None
    clause = _clause_at(tokens, end, inside, hidden=hidden)
    if has_object(form) and (not (subject or clause) or text[token.end - 1] == "ة"):
        return None
    alone = _joined(token.key, form) or _is_participle(form) or token.key[0] == "ل" != form[0]
    alone = alone or (has_object(form) and subject is not None)
    before = None if alone else speaker_before(text, tokens, number)
    if before and _is_subject(tokens, before, form):
        subject, end = before, first
        clause = _clause_at(tokens, end, inside, hidden=hidden)
    elif subject is None and not alone:
        subject = _antecedent(text, tokens, number)
    if stem in word_list("relays") and (relayed := _relayed(text, tokens, end)):
        subject, clause = relayed, _clause_at(tokens, relayed[1], inside)
        end = relayed[1]
    if not _says(text, tokens, number, form, stem, subject, clause, end, inside):
        return None
    led = number > 0 and tokens[number - 1].key in word_list("leads") and not token.gap.strip()
    content = clause if clause is not None else _plain_content(tokens, end)
    written = text[token.start + token.key.find(form) : token.end] if token.key != form else text[token.start : token.end]
    joined = _joined(token.key, form)
    name = phrase_text(text, tokens, *subject) if subject else ""
    if subject and joined and number > 1 and stem in word_list("takes_object") and _is_object_here(tokens, subject, clause):
        name, content = "", subject[0]
    back = _parenthesis(text, tokens, number, subject, clause, content)
    start = tokens[number - 1].start if led else token.start
    where = tokens[content].start if content is not None and content < len(tokens) else None
    kind = "participle" if _is_participle(form) else "verb"
    return Place(start, where, name, written, _verbs()[stem], kind, back, clause is not None, joined, is_feminine_verb(stem))


def _form_here(tokens: Sequence[Token], number: int, word: str) -> str:
    """Give the verb inside a word; "and he replied" is written like "it came", "and he counted" like "he promised"."""
    key = tokens[number].key
    if key == "وعد" and "\u0651" in word:
        return "عد"
    behind = tokens[number + 1].key if number + 1 < len(tokens) else ""
    if key in ("ورد", "وردت") and behind not in ("في", "ان", "علي", "انه", "عن"):
        return key[1:]
    return verb_form(key)


def _joined(key: str, form: str) -> bool:
    return key != form and key[:1] in "وف"


def _is_participle(form: str) -> bool:
    """Tell "saying", "adding", "stressing": their speaker is the subject of the clause before."""
    return form in ("قايلا", "قايله", "لافتا", "لافته", "داعيا", "داعيه", "نافيا", "نافيه", "رافضا", "رافضه", "زاعما", "زاعمه",
                    "شارحا", "كاشفا", "خاتما", "جازما", "عازيا", "ساخرا") or (
        form[0] == "م" and form.endswith(("ا", "ه")) and len(form) > 4
    )  # fmt: skip


def _may_name(gap: str, quoted: bool) -> bool:
    """Tell whether a name can follow a gap: no stop, and no quotation that somebody says."""
    if any(mark in gap for mark in OPENING):
        return not quoted and gap.strip() in OPENING
    return not _breaks(gap)


def _breaks(gap: str) -> bool:
    return any(mark in gap for mark in "،,.؛:؟!…\n") or any(mark in gap for mark in CLOSING)


def _clause_at(
    tokens: Sequence[Token], first: int, inside: Sequence[bool], *, hidden: bool = False
) -> int | None:
    """Give the number of the word where the reported clause begins: "that", or the word behind a colon or mark."""
    complement, ended = word_list("complement"), word_list("clause_ends")
    for number in range(first, min(len(tokens), first + CLAUSE_REACH)):
        token = tokens[number]
        if any(mark in token.gap for mark in ".؟!") and number > first:
            return None
        if token.key in complement and number > first and tokens[number - 1].key in word_list("no_complement"):
            continue
        if ":" in token.gap or (inside[number] and (number == 0 or not inside[number - 1] or number == first)):
            return number
        if token.key in complement or (hidden and token.key in listed("content_nouns")):
            return number
        if number > first and (token.key in ended or _is_next_report(tokens, number)):
            return None
        if number > first + 8 and token.gap.strip() and token.key[:1] == "و":
            return None
    return None


def _is_next_report(tokens: Sequence[Token], number: int) -> bool:
    form = verb_form(tokens[number].key)
    if not form or form in word_list("homographs"):
        return False
    follows = number + 1 < len(tokens) and tokens[number + 1].key in word_list("complement")
    return follows or form != tokens[number].key or _is_participle(form)


def _is_subject(tokens: Sequence[Token], before: tuple[int, int], form: str) -> bool:
    """Tell whether the words before a verb are its subject, not a place or time that opens the sentence."""
    key = tokens[before[0]].key
    return key not in listed("times") and key not in listed("prepositions") and key not in word_list("no_subject")


def _antecedent(text: str, tokens: Sequence[Token], number: int) -> tuple[int, int] | None:
    """Read what a relative clause hangs on ("the study, which showed that ...", "an inquiry concluded that ...")."""
    relative = number > 1 and tokens[number - 1].key in _RELATIVE
    end = number - 1 if relative else number
    if not relative and (tokens[number].gap.strip() or number < 1):
        return None
    start = clause_start(tokens, end - 1 if relative else end)
    for first in range(max(start, end - 8), end):
        before = tokens[first - 1].key if first else ""
        opens = first == start or before in listed("prepositions") - {"في"} or before in listed("ends")
        if not opens or looks_like_verb(tokens, first):
            continue
        last = read_phrase(text, tokens, first, until=end)
        if last == end or (first < last < end and tokens[last].key == "في" and end - last <= 3):
            return first, last
    return None


def _relayed(text: str, tokens: Sequence[Token], end: int) -> tuple[int, int] | None:
    """Read whom an agency quotes: "the agency quoted (نقلت عن) the minister as saying"."""
    for number in range(end, min(len(tokens), end + 3)):
        if tokens[number].key == "عن" and number + 1 < len(tokens):
            last = read_phrase(text, tokens, number + 1)
            return (number + 1, last) if last > number + 1 else None
        if tokens[number].gap.strip():
            return None
    return None


def _says(
    text: str,
    tokens: Sequence[Token],
    number: int,
    form: str,
    stem: str,
    subject: tuple[int, int] | None,
    clause: int | None,
    end: int,
    inside: Sequence[bool],
) -> bool:
    """Tell a verb of saying from its homographs and from verbs that report nothing here."""
    token = tokens[number]
    if token.key in word_list("no_subject") or _is_noun(tokens, number):
        return False
    near = clause is not None and clause - end <= 6
    joined = _joined(token.key, form)
    lead = tokens[number - 1].key if number and not token.gap.strip() else ""
    opens = number - clause_start(tokens, number) <= 1 or joined or _breaks(token.gap) or lead in word_list("leads")
    if lead in ("ما", "لما", "بما", "مما", "فما") and has_object(form) and clause != number + 1 and (subject is None or subject[0] == number + 1):
        if number < 2 or tokens[number - 2].key not in ("وهو", "هو", "وفق", "حسب", "بحسب"):
            return False  # "what Kyiv announced": a thing, not what is said of it
    if lead in ("وهو", "وهي", "وهم") and (clause is None or tokens[clause].key not in word_list("complement")):
        return False
    negated = lead in ("لم", "ولم", "لن", "ولن", "لا", "ولا")
    if negated and stem in word_list("act_verbs"):
        return False
    if stem == "ابلغ" and number + 1 < len(tokens) and tokens[number + 1].key == "من":
        return False  # "more telling than"
    if negated and number > 1 and tokens[number - 2].key == "ما":
        return False
    if number and inside[number - 1] and any(mark in token.gap for mark in CLOSING):
        return True  # "...", he said
    if lead in word_list("complement") and not near and not (number > 1 and tokens[number - 2].key == "بعد"):
        return False  # "that it will announce": part of what is said
    if subject is not None and subject[0] < number and tokens[subject[0] - 1].key.removeprefix("و") in word_list("complement"):
        if subject[0] and not near:
            return False
    if _is_participle(form) and not (number == 0 or joined or token.gap.strip() or clause == number + 1):
        return form in ("قايلا", "قايله") and clause is not None
    if subject is None and form in word_list("passives") and clause == number + 1 and (number == 0 or joined):
        return False
    if stem in word_list("count_verbs") | word_list("weak_verbs") and not (subject and _speaks(tokens, subject[0])):
        return False
    if stem in word_list("homographs") or (stem in word_list("clause_verbs") and stem not in _plain_verbs()):
        return _says_with_clause(tokens, form, stem, subject, clause, end, opens, lead)
    if clause is not None and near:
        return True
    if _is_participle(form):
        return end < len(tokens) and not _breaks(tokens[end].gap) and form[-1] != "ه"
    if lead in _RELATIVE or (negated and _verbs()[stem] != "act"):
        return False
    if subject is None:
        if lead in ("كما", "حسبما"):
            return True
        return number <= 1 and _verbs()[stem] in ("neutral", "endorsing") and end < len(tokens)
    if (has_object(form) or form.endswith(("اه", "اها", "ته", "تها", "فه", "فها"))) and subject[0] == number + 1:
        return True  # "which an expert laid to ..."
    opens = opens or tokens[clause_start(tokens, number)].key.removeprefix("و") in listed("prepositions")
    return opens or subject[0] < number


def _says_with_clause(
    tokens: Sequence[Token],
    form: str,
    stem: str,
    subject: tuple[int, int] | None,
    clause: int | None,
    end: int,
    opens: bool,
    lead: str,
) -> bool:
    """Tell a verb that has another meaning too: a clause must follow it closely."""
    if form[-1] == "ه" and _is_participle(form) and clause == end == 1:
        return False  # a headline's label
    if lead in _RELATIVE and stem in word_list("homographs"):
        return False
    if lead == "كما" and subject is not None:
        return True
    speaks = subject is not None and _speaks(tokens, subject[0])
    speaks = speaks and (opens or subject[0] < end - 1 or has_object(form))
    if speaks and end < len(tokens) and not _breaks(tokens[end].gap):
        behind = tokens[end].key
        asks = behind in ("كيف", "لماذا", "هل", "متي", "عما", "اين")
        if asks or stem in word_list("judges") or (stem in word_list("sees_in") and behind == "في"):
            return True
    if clause is None:
        return end < len(tokens) and tokens[end].key == "عن" and stem in word_list("say_about") and opens
    if any(token.key in _RELATIVE for token in tokens[end:clause]):
        return False
    if stem in word_list("clause_heads") and not opens:
        return False
    colon = ":" in tokens[clause].gap
    said = tokens[clause].key in word_list("complement") or stem in word_list("hides")
    if not colon and not said and clause > end:
        return False
    answers = speaks and stem in ("رد", "ردت", "يرد", "ترد", "علق", "علقت")
    return clause - end <= (16 if colon or answers else 8) and (subject is not None or clause - end <= 3 or colon)


def _is_noun(tokens: Sequence[Token], number: int) -> bool:
    """Tell a noun written like the verb: behind a preposition or an article ("in reply", "the promise")."""
    if number == 0:
        return False
    return tokens[number - 1].key in listed("prepositions") - {"حسب", "وفق", "بحسب", "رغم"} and not tokens[number].gap.strip()


def _plain_content(tokens: Sequence[Token], end: int) -> int | None:
    """Give where the words begin that a verb reports without "that": behind the speaker and a preposition."""
    while end < len(tokens) and tokens[end].key in ("الي", "عن", "من", "علي") and not tokens[end].gap.strip():
        end += 1
    return end if end < len(tokens) else None


def _is_object_here(tokens: Sequence[Token], subject: tuple[int, int], clause: int | None) -> bool:
    """Tell whether the noun behind a joined verb ("and accused the West") is whom it addresses."""
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
    lead = number > 0 and tokens[number - 1].key in ("كما", "حسبما", "فيما", "مثلما")
    head = number - 1 if lead else number
    marked = any(mark in tokens[head].gap for mark in "،,!؟»\"”")
    if head == 0 or verb_form(key) != key or not (marked or lead):
        return None
    end = subject[1] if subject and subject[0] > number else number + 1
    if end < len(tokens) and tokens[end].key[:1] == "ب" or (end < len(tokens) and tokens[end].key == "في"):
        end = next((i for i in range(end, min(len(tokens), end + 5)) if tokens[i].gap.strip()), min(len(tokens), end + 5))
    closed = end >= len(tokens) or any(mark in tokens[end].gap for mark in "،,.")
    direct = clause is not None and clause == end and ":" not in tokens[clause].gap
    return 0 if closed and not direct and not _is_participle(key) else None


def _source_places(
    text: str, tokens: Sequence[Token], inside: Sequence[bool]
) -> Iterator[tuple[Place, int, int]]:
    """Find "according to ..."; with the numbers of the first word and of the word behind the speaker."""
    table = _sources()
    for number, token in enumerate(tokens):
        if (token.key not in table and token.key[1:] not in table) or inside[number]:
            continue
        entry = _source_phrase(tokens, number)
        if entry is None:
            continue
        last, stance, owner = entry
        first, name, end = _source_name(text, tokens, last, owner)
        if end == last and not owner:
            continue
        if token.key in word_list("vague_sources") and not owner and not _speaks(tokens, first):
            continue
        if not owner and (not name or tokens[first].key.removeprefix("لل") in word_list("no_sources")):
            continue
        start, written = token.start, text[token.start : tokens[last - 1].end]
        if token.key[:1] == "و" and token.key[1:] in _sources():
            written = text[token.start + 1 : tokens[last - 1].end]
        head = clause_start(tokens, number) == 0 and number <= 1
        content = _source_content(tokens, end, head)
        back = None if head else 0
        yield Place(start, content, name, written, stance, "source", back), number, end


def _speaks(tokens: Sequence[Token], first: int) -> bool:
    """Tell whether a phrase names a person, body or place, of which "in the eyes of" means its words."""
    key = tokens[first].key
    keys = {key, key.removeprefix("لل"), key.removeprefix("ل")}
    return any(names_person(k) or bare(k) in listed("bodies") for k in keys) or names_place(tokens, first)


@lru_cache(maxsize=1)
def _sources() -> dict[str, list[dict[str, Any]]]:
    """Give the phrases that open a source by their first word, longest first."""
    table: dict[str, list[dict[str, Any]]] = {}
    for stance, lines in load("voices")["sources"].items():
        for line in lines:
            words = line.split()
            table.setdefault(words[0], []).append({"words": words, "stance": stance})
    return {key: sorted(rows, key=lambda row: -len(row["words"])) for key, rows in table.items()}


def _source_phrase(tokens: Sequence[Token], number: int) -> tuple[int, str, bool] | None:
    """Match a phrase that opens a source: number of the word behind it, its stance, whether it means "he" or "she"."""
    key = tokens[number].key
    rows = _sources().get(key) or (_sources().get(key[1:]) if key[:1] in "وف" else None) or []
    for row in rows:
        size = len(row["words"])
        ahead = [t.key for t in tokens[number + 1 : number + size]]
        if ahead[: size - 2] == row["words"][1:-1] and (size == 1 or (ahead and _same(ahead[-1], row["words"][-1]))):
            if any(t.gap.strip() for t in tokens[number + 1 : number + size]):
                continue
            owner = row["words"][-1].endswith("*") and ahead[-1:] != [row["words"][-1].rstrip("*")]
            return number + size, row["stance"], owner
    return None


def _same(key: str, word: str) -> bool:
    if not word.endswith("*"):
        return key == word
    stem = word[:-1]
    return key in (stem, stem + "ه", stem + "ها", stem + "هم")


def _source_name(text: str, tokens: Sequence[Token], last: int, owner: bool) -> tuple[int, str, int]:
    """Read the speaker behind "according to": number of its first word, its text, number of the word behind it."""
    if owner or last >= len(tokens) or (_breaks(tokens[last].gap) and ":" not in tokens[last].gap):
        return last, "", last
    first = last
    what = tokens[first].key in ("ما", "لما") or tokens[last - 1].key in ("ما", "حسبما", "وفقما", "بحسبما")
    if what:
        first = _behind_verb(tokens, first + (tokens[first].key in ("ما", "لما")))
    if first >= len(tokens):
        return last, "", last
    end = read_phrase(text, tokens, first)
    name = phrase_text(text, tokens, first, end)
    if not what and tokens[first].key[:1] == "ل" and (end == first or tokens[last - 1].key.endswith(("ا", "بالنسبه"))):
        end, name = _joined_name(text, tokens, first)
    elif name[:2] == "لل":
        name = _without_joint(name)
    return first, name, end


def _joined_name(text: str, tokens: Sequence[Token], first: int) -> tuple[int, str]:
    """Read a speaker whose first word carries لـ: the phrase that begins with the rest of that word."""
    token = tokens[first]
    rest = token.key[2:] if token.key.startswith("لل") else token.key[1:]
    plain = "ال" + rest if token.key.startswith("لل") else rest
    if not rest:
        end = read_phrase(text, tokens, first + 1)
        return end, phrase_text(text, tokens, first + 1, end)
    again = [*tokens[:first], Token(token.start, token.end, plain, " "), *tokens[first + 1 : first + 20]]
    end = read_phrase(text, again, first)
    return end, _without_joint(phrase_text(text, tokens, first, end))


def _without_joint(name: str) -> str:
    """Take لـ off a name; what it swallowed of the article comes back."""
    return "ال" + name[2:] if name.startswith("لل") else name[1:]


def _behind_verb(tokens: Sequence[Token], number: int) -> int:
    """Step over the verb of "according to what ... reported" and the words that hang on it."""
    number += 1
    while number < len(tokens) and tokens[number].key in word_list("addressed") | {"في", "به", "عنه"} and tokens[number].key != "في":
        number += 1
    key = tokens[number].key if number < len(tokens) else ""
    if key[:1] == "ل" and {key[1:], key[2:], bare(key[1:])} & (listed("addressees") | {""}):
        for ahead in range(number + 1, min(len(tokens), number + 6)):
            if "،" in tokens[ahead].gap or "," in tokens[ahead].gap:
                return ahead
    return number


def _source_content(tokens: Sequence[Token], end: int, head: bool) -> int | None:
    """Give where the words begin that a source covers behind it; None where a new clause of the outlet follows."""
    if end >= len(tokens):
        return None
    if head:
        return tokens[end].start
    new = tokens[end].key[:1] in "وف" or tokens[end].key in ("فيما", "بينما", "كما", "في", "وهو", "حيث", "علي")
    follows = any(mark in tokens[end].gap for mark in "،,")
    return tokens[end].start if follows and not new else None


def subject_of(text: str, tokens: Sequence[Token], until: int) -> str:
    """Give the subject of the first clause, as far as it stands before a place in the text; "" where none is read."""
    number = next((i for i, token in enumerate(tokens) if token.start >= until), len(tokens))
    found = main_subject(text, tokens, number)
    return phrase_text(text, tokens, *found) if found else ""
