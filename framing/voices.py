"""Who speaks in a unit: the outlet itself, a source reported, a source quoted; and with which verb.

Content and voice are coded apart: a unit carries its frame whoever says it, and
this table tells whose words they are. Rules, not a model, so that every row can
be traced to a mark or a verb in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pandas as pd

from framing.arabic import ARABIC_LETTER, DIACRITICS, TATWEEL, lexical_view
from framing.lexicon import load
from framing.sentences import quote_spans, reporting_verbs, trim

VOICE_COLUMNS = ["unit_id", "start", "end", "voice", "speaker", "verb", "stance"]
MIN_QUOTED_WORDS = 3
MAX_SPEAKER_WORDS = 9

_WORD = re.compile(rf"[{ARABIC_LETTER}\u0671-\u06d3{DIACRITICS}{TATWEEL}\w]+")
_SOURCES = re.compile(
    r"(?<!\w)(?:و|ف)?(?:(وفقا|طبقا|تبعا|استنادا)\s+(?:لما|ل)(?=\w)|(وفق|بحسب|حسب|حسبما|وفقما)\s+(?=\w)|(نقلا)\s+عن\s+"
    r"|(علي)\s+(?:حد\s+(?:قول|تعبير|وصف|زعم)|لسان|ذمه|ما\s+(?:افاد|افادت|ذكر|ذكرت|قال|قالت)(?:\s+به)?)\s+"
    r"|(في)\s+(?:تقدير|راي)\s+|(براي|بتقدير)\s+)"
)
_DISTANCING = re.compile(r"علي\s+(?:حد\s+زعم|ذمه)")
_TITLE_SPEAKER = re.compile(r"^\s*[\"«“]?([^:\"«“]{2,60}?)\s*:\s+(?=\S)")
_SOURCE_STOP = re.compile(r"[،,.؛:()\"«“”»]|$")
_SAID_OBJECT = re.compile(r"^(?:و|ف)?(?:وصف|اعتبر|سم|عد)[\w]*(?:ه|ها|هم)$")


@lru_cache(maxsize=32)
def _listed(name: str) -> frozenset[str]:
    """Give one word list of `lexicon/voices.yaml`."""
    return frozenset(load("voices")[name])


@dataclass(frozen=True)
class Voices:
    """One row per span: `table` has the columns of `VOICE_COLUMNS`; offsets are into the field of the unit."""

    table: pd.DataFrame
    settings: dict[str, Any] = field(default_factory=dict)

    def to_frame(self) -> pd.DataFrame:
        """Give the spans as a table."""
        return self.table.copy()

    def summary(self) -> str:
        """Count the spans by voice."""
        return ", ".join(f"{voice} {n}" for voice, n in self.table["voice"].value_counts().items())


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    voice: str
    speaker: str = ""
    verb: str = ""
    stance: str = ""


@dataclass(frozen=True)
class _Token:
    start: int
    end: int
    key: str


def find_voices(units: pd.DataFrame) -> Voices:
    """Find whose words each unit holds.

    Parameters
    ----------
    units : table with `unit_id, article_id, n, part, text, start` in reading order.

    Returns
    -------
    `Voices`: every unit has at least one row. `own` spans have no speaker; a verb
    without a named speaker ("and he added") takes the last one named in its article.

    References
    ----------
    Reported speech as a layer of its own: van Dijk (1988), News as Discourse, ch. 2.
    """
    rows: list[tuple[Any, ...]] = []
    last_article, last_speaker = None, ""
    for unit_id, article_id, part, text, offset in zip(
        units["unit_id"], units["article_id"], units["part"], units["text"], units["start"], strict=True
    ):
        if article_id != last_article:
            last_article, last_speaker = article_id, ""
        spans = unit_spans(text, title=part == "title" or _looks_like_title(text), last_speaker=last_speaker)
        last_speaker = _main_speaker(text, spans) or last_speaker
        rows += [(unit_id, offset + s.start, offset + s.end, s.voice, s.speaker, s.verb, s.stance) for s in spans]
    table = pd.DataFrame(rows, columns=VOICE_COLUMNS).astype({"start": "int64", "end": "int64"})
    return Voices(table, {"min_quoted_words": MIN_QUOTED_WORDS})


def _main_speaker(text: str, spans: list[_Span]) -> str:
    """Give whom "and he added" in the next unit will mean: the last speaker of a main clause."""
    named = [span for span in spans if span.speaker]
    main = [span for span in named if f"{span.verb} {span.speaker}" in text]
    return (main or named)[-1].speaker if named else ""


def unit_spans(text: str, *, title: bool = False, last_speaker: str = "") -> list[_Span]:
    """Find the spans of one text; offsets are into it."""
    tokens = [_Token(m.start(), m.end(), lexical_view(m.group())) for m in _WORD.finditer(text)]
    quotes = [
        q for q in quote_spans(text) if len(_WORD.findall(text, *q)) >= MIN_QUOTED_WORDS and not _is_title_of(text, q)
    ]
    reported = list(_reported(text, tokens, quotes, last_speaker))
    if title and not reported and (match := _TITLE_SPEAKER.match(text)) and _is_name(match.group(1)):
        reported = [_Span(match.end(), len(text), "attributed", match.group(1).strip(' "«“'))]
    spans = _quoted(text, quotes, reported, last_speaker) + reported
    spans = sorted(_without_overlap(spans), key=lambda span: span.start)
    return list(_with_own(text, spans))


def _is_title_of(text: str, quote: tuple[int, int]) -> bool:
    """Tell a name in quotation marks ("the project 'I want to live'") from somebody's words."""
    before = _WORD.findall(text, max(0, quote[0] - 25), quote[0])
    return (
        bool(before)
        and lexical_view(before[-1]).removeprefix("ال") in _listed("named_things")
        and quote[1] - quote[0] < 40
    )


def _looks_like_title(text: str) -> bool:
    return ":" in text[:60] and not text.rstrip().endswith(".") and len(text) < 160


def _is_name(words: str) -> bool:
    """Tell whether the words before a colon in a headline can be a speaker."""
    keys = [lexical_view(word) for word in _WORD.findall(words)]
    return (
        0 < len(keys) <= (8 if any(key.removeprefix("ال") in _listed("roles") for key in keys) else 3)
        and not any(key.isdigit() for key in keys)
        and not keys[0].startswith(("مباشر", "بالفيديو", "شاهد", "تحليل", "راي"))
    )


def _bare(key: str) -> str:
    """Take a leading conjunction off, where what remains is a verb."""
    return key[1:] if key[:1] in "وف" and key not in reporting_verbs() and key[1:] in reporting_verbs() else key


def _reported(text: str, tokens: list[_Token], quotes: list[tuple[int, int]], last_speaker: str) -> Iterator[_Span]:
    starts = sorted([*_verb_places(text, tokens, quotes), *_source_places(text, quotes)], key=lambda place: place[0])
    previous = last_speaker
    for number, (start, content, speaker, verb, stance, whole) in enumerate(starts):
        following = starts[number + 1][0] if number + 1 < len(starts) else len(text)
        end = len(text) if whole and following == len(text) else following
        name = speaker or previous
        previous = name or previous
        begin = 0 if whole and number == 0 and end == len(text) and start > 0 else content
        if span := trim(text, begin, end):
            yield _Span(*span, "attributed", name, verb, stance)


_Place = tuple[int, int, str, str, str, bool]


def _verb_places(text: str, tokens: list[_Token], quotes: list[tuple[int, int]]) -> Iterator[_Place]:
    verbs = reporting_verbs()
    for number, token in enumerate(tokens):
        key = _bare(token.key)
        if key not in verbs or any(a < token.start < b for a, b in quotes):
            continue
        object_verb = _SAID_OBJECT.match(token.key) is not None
        speaker, after = _speaker(text, tokens, number + 1)
        if not speaker and number and not object_verb:
            speaker = _speaker_before(text, tokens, number)
        if not _really_says(text, tokens, number, after, key):
            continue
        if number > 1 and key in _listed("takes_object") and token.key != key:
            speaker = ""  # "and accused the West": the name is whom, not who
        elif number > 1 and not speaker_can_follow(text, tokens, number, speaker):
            continue
        led = number > 0 and tokens[number - 1].key in _listed("leads")
        start = tokens[number - 1].start if led else token.start
        content = tokens[after].start if after < len(tokens) else token.end
        written = text[token.start + (token.key != key) : token.end]
        yield start, content, speaker, written, verbs[key], False


def speaker_can_follow(text: str, tokens: list[_Token], number: int, speaker: str) -> bool:
    """Tell whether a verb inside a sentence opens a clause of its own (behind a comma, `و`, "while", a negation)."""
    token, before = tokens[number], tokens[number - 1]
    gap = text[before.end : token.start]
    opens = token.key[:1] in "وف" or before.key in _listed("leads") or any(mark in gap for mark in "،,.؛:»”\"'-–(")
    relative = token.key not in reporting_verbs() and not speaker  # "it shows ... and points to ..."
    named_before = speaker != "" and text.find(speaker, 0, token.start) >= 0
    return (opens or named_before or _SAID_OBJECT.match(token.key) is not None) and not relative


def _really_says(text: str, tokens: list[_Token], number: int, after: int, key: str) -> bool:
    """Tell a verb of saying from its homographs: a clause, a quotation or a colon must follow."""
    ahead = [token.key for token in tokens[number + 1 : after + 2]]
    tail = text[tokens[number].end : tokens[after].start if after < len(tokens) else len(text)]
    has_clause = any(word in _listed("complement") for word in ahead) or any(mark in tail for mark in ":\"«“'")
    if key in _listed("homographs") or key in ("عبرت", "بينت"):
        return (
            any(word in ("ان", "بان", "انه", "انها", "عن", "بانه", "بانها") for word in ahead[:MAX_SPEAKER_WORDS])
            or ":" in tail
        )
    return has_clause or number == 0 or len(ahead) > 1


def _speaker(text: str, tokens: list[_Token], first: int) -> tuple[str, int]:
    """Read the speaker behind a verb; give it and the number of the token where the content begins."""
    while first < len(tokens) and tokens[first].key in _listed("addressed"):
        first += 1
    place = first
    while place < len(tokens) and place - first < MAX_SPEAKER_WORDS and not _ends_speaker(text, tokens, first, place):
        place += 1
    name = text[tokens[first].start : tokens[place - 1].end] if place > first else ""
    content = place
    for ahead in range(place, min(place + 6, len(tokens))):
        gap = text[tokens[ahead - 1].end : tokens[ahead].start]
        if tokens[ahead].key in _listed("complement") or any(mark in gap for mark in ":\"«“'"):
            content = ahead
            break
    return name.strip(), content


def _ends_speaker(text: str, tokens: list[_Token], first: int, place: int) -> bool:
    key = tokens[place].key
    gap = text[tokens[place - 1].end : tokens[place].start]
    named = place > first and tokens[place - 1].key in _listed("named_things")
    if any(mark in gap for mark in ":\"«“”»'،,.؛؟-–(/"):
        return not named
    if key == "في" and place > first and place + 1 < len(tokens):
        inside = tokens[place + 1].key
        return not (
            inside in _listed("institutions") or (inside.startswith("ال") and inside not in _listed("circumstance"))
        )
    return key in _listed("complement") or key in _listed("circumstance")


def _speaker_before(text: str, tokens: list[_Token], number: int) -> str:
    """Read a speaker written before its verb at the head of the sentence ("The minister said ...")."""
    clause = max(
        (i + 1 for i in range(number) if tokens[i].key in _listed("complement") | _listed("auxiliaries")), default=0
    )
    words = tokens[clause : number - (tokens[number - 1].key == "قد")]
    if not 0 < len(words) <= 5 or any(mark in text[words[0].start : tokens[number].start] for mark in '،,.:؛"«“'):
        return ""
    if words[-1].key in _listed("pronouns") or any(_bare(word.key) in reporting_verbs() for word in words):
        return ""
    if words[0].key in _listed("circumstance") | _listed("complement") | {"وقد", "قد", "فقد", "لم", "ولم", "لن", "ولن"}:
        return ""
    return text[words[0].start : words[-1].end]


@lru_cache(maxsize=1024)
def _view_with_offsets(text: str) -> tuple[str, tuple[int, ...]]:
    view, places = [], []
    for place, letter in enumerate(text):
        for folded in lexical_view(letter):
            view.append(folded)
            places.append(place)
    return "".join(view), (*places, len(text))


def _source_places(text: str, quotes: list[tuple[int, int]]) -> Iterator[_Place]:
    view, places = _view_with_offsets(text)
    for match in _SOURCES.finditer(view):
        start, name_start = places[match.start()], places[match.end()]
        if any(a < start < b for a, b in quotes):
            continue
        stop = _SOURCE_STOP.search(text, name_start)
        end = stop.start() if stop else len(text)
        words = list(_WORD.finditer(text, name_start, end))[:MAX_SPEAKER_WORDS]
        cut = next(
            (
                i
                for i, w in enumerate(words)
                if i and lexical_view(w.group()) in _listed("circumstance") | _listed("complement")
            ),
            len(words),
        )
        if not words or not cut:
            continue
        name = text[words[0].start() : words[cut - 1].end()]
        stance = "distancing" if _DISTANCING.match(view, match.start()) or "زعم" in match.group() else "neutral"
        content = next((m.start() for m in _WORD.finditer(text, words[cut - 1].end())), len(text))
        yield start, content, name, text[start:name_start].strip(), stance, True


def _quoted(text: str, quotes: list[tuple[int, int]], reported: list[_Span], last_speaker: str) -> list[_Span]:
    spans = []
    for start, end in quotes:
        # "...", said the deputy: the verb right behind the quotation owns it.
        behind = [
            s
            for s in reported
            if end <= s.start and not _WORD.search(text, end, s.start - len(s.verb) - len(s.speaker) - 2)
        ]
        around = (
            behind[:1]
            or [s for s in reported if s.start <= end and s.end >= start]
            or [s for s in reported if s.end <= start][-1:]
        )
        owner = around[-1] if around else None
        opens = not _WORD.search(text, 0, start)
        speaker = owner.speaker if owner else (last_speaker if opens else "")
        spans.append(_Span(start, end, "quoted", speaker, owner.verb if owner else "", owner.stance if owner else ""))
    return spans


def _without_overlap(spans: list[_Span]) -> Iterator[_Span]:
    """Cut quotations out of the reported clauses that hold them: a character has one voice."""
    quoted = [span for span in spans if span.voice == "quoted"]
    yield from quoted
    for span in spans:
        if span.voice == "quoted":
            continue
        start = span.start
        for quote in sorted(quoted, key=lambda q: q.start):
            if quote.end <= start or quote.start >= span.end:
                continue
            if quote.start > start:
                yield _Span(start, quote.start, span.voice, span.speaker, span.verb, span.stance)
            start = quote.end
        if start < span.end:
            yield _Span(start, span.end, span.voice, span.speaker, span.verb, span.stance)


def _with_own(text: str, spans: list[_Span]) -> Iterator[_Span]:
    """Drop pieces without a real word, trim the rest, and give the outlet what nobody else says."""
    kept = []
    for span in spans:
        edges = trim(text, span.start, span.end)
        if edges and len(_WORD.findall(text, *edges)) >= 2:
            kept.append(_Span(*edges, span.voice, span.speaker, span.verb, span.stance))
    covered = sum(span.end - span.start for span in kept)
    if not kept:
        edges = trim(text, 0, len(text)) or (0, len(text))
        yield _Span(*edges, "own")
        return
    first = kept[0]
    # What stands before the first clause is the outlet's where it is more than "and X said that".
    head = trim(text, 0, first.start)
    if head and len(_WORD.findall(text, *head)) > MAX_SPEAKER_WORDS + 3 and covered < len(text):
        yield _Span(*head, "own")
    yield from kept
