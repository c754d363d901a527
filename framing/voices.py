"""Who speaks in a unit: the outlet itself, a source reported, a source quoted; and with which verb.

Content and voice are coded apart: a unit carries its frame whoever says it, and
this table tells whose words they are. Rules, not a model, so that every row can
be traced to a mark or a verb in the text.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from framing.attributions import find_places
from framing.headlines import headline_speaker, line_speaker
from framing.html import Language, block
from framing.html import table as html_table
from framing.phrases import phrase_text, read_phrase
from framing.quotes import MIN_QUOTED_WORDS, is_free_name, real_quotes, unit_quotes
from framing.sentences import trim
from framing.speakers import is_feminine, speaks_here
from framing.speech_words import WORD, Place, Token, tokens_of
from framing.subjects import subject_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

VOICE_COLUMNS = ["unit_id", "start", "end", "voice", "speaker", "verb", "stance"]
# How many words before a reported clause are a statement of the outlet's own.
MIN_OWN_WORDS = 5
# A speaker is shown from this many units of a frame.
MIN_SPEAKER_UNITS = 5
# How far a speaker is looked for behind a verb, in characters.
NEAR = 400
# How far into a text the colon of a line's speaker may stand, in characters.
MAX_HEAD = 90
_THESE = ("بهذه", "بهذا", "بهاتين", "بتلك", "بمثل")
# How many speakers named before are remembered for "and he added".
MEMORY = 4


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

    def by_frame(self, frames: pd.DataFrame, *, units: pd.DataFrame, min_n: int = MIN_SPEAKER_UNITS) -> pd.DataFrame:
        """Give who carries each frame: see `framing.voice_tables.frame_speakers`."""
        from framing.voice_tables import frame_speakers  # statistics come late

        return frame_speakers(self.table, frames, units, min_n=min_n)

    def verbs(
        self, units: pd.DataFrame, *, articles: pd.DataFrame, by: Literal["verb", "stance"] = "verb"
    ) -> pd.DataFrame:
        """Give each outlet's verbs against its base rate: see `framing.voice_tables.verb_rates`."""
        from framing.voice_tables import verb_rates  # statistics come late

        return verb_rates(self.table, units, articles, by=by)

    def plot(
        self,
        frames: pd.DataFrame,
        *,
        units: pd.DataFrame,
        language: Language = "ar",
        synthetic: bool = False,
        names: Mapping[str, str] | None = None,
    ) -> Figure:
        """Draw `by_frame` as a grid: see `framing.plots.speaker_grid`."""
        from framing.plots import speaker_grid

        return speaker_grid(self.by_frame(frames, units=units), language=language, synthetic=synthetic, names=names)

    def _repr_html_(self) -> str:
        return block(html_table(self.table, caption=self.summary(), limit=50), language="en")


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    voice: str
    speaker: str = ""
    verb: str = ""
    stance: str = ""


def find_voices(units: pd.DataFrame) -> Voices:
    """Find whose words each unit holds.

    Parameters
    ----------
    units : table with `unit_id, article_id, n, part, text, start` in reading order.

    Returns
    -------
    `Voices`: every unit has at least one row. `own` spans have no speaker; a verb
    without a named speaker ("and he added") takes the subject of its sentence, or the last one named in its
    article whose gender the verb allows. A quotation that runs over several units is quoted in each.

    References
    ----------
    Reported speech as a layer of its own: van Dijk (1988), News as Discourse, ch. 2.
    """
    rows: list[tuple[Any, ...]] = []
    for article in _articles(units):
        quotes = _article_quotes(article)
        known: list[str] = []
        for (unit_id, part, text, offset), marks in zip(article, quotes, strict=True):
            title = part == "title" or _looks_like_title(text)
            spans, named = _read_unit(text, marks, title=title, known=known)
            known = [*named[::-1], *(name for name in known if name not in named)][:MEMORY]
            rows += [(unit_id, offset + s.start, offset + s.end, s.voice, s.speaker, s.verb, s.stance) for s in spans]
    table = pd.DataFrame(rows, columns=VOICE_COLUMNS).astype({"start": "int64", "end": "int64"})
    return Voices(table, {"min_quoted_words": MIN_QUOTED_WORDS})


_Unit = tuple[str, str, str, int]


def _articles(units: pd.DataFrame) -> Iterator[list[_Unit]]:
    """Give the units article by article."""
    block: list[_Unit] = []
    last = None
    columns = (units[name] for name in ("article_id", "unit_id", "part", "text", "start"))
    for article, unit_id, part, text, start in zip(*columns, strict=True):
        if article != last and block:
            yield block
            block = []
        last = article
        block.append((unit_id, part, text, start))
    if block:
        yield block


def _article_quotes(block: Sequence[_Unit]) -> list[list[tuple[int, int]]]:
    """Find quotations; a headline's never run on into the text."""
    titles = [number for number, unit in enumerate(block) if unit[1] == "title"]
    if not titles:
        return unit_quotes([unit[2] for unit in block])
    body = iter(unit_quotes([unit[2] for unit in block if unit[1] != "title"]))
    return [unit_quotes([unit[2]])[0] if unit[1] == "title" else next(body) for unit in block]


def unit_spans(text: str, *, title: bool = False, last_speaker: str = "") -> list[_Span]:
    """Find the spans of one text; offsets are into it."""
    return _read_unit(text, unit_quotes([text])[0], title=title, known=[last_speaker] if last_speaker else [])[0]


def _read_unit(
    text: str, marks: Sequence[tuple[int, int]], *, title: bool, known: Sequence[str]
) -> tuple[list[_Span], list[str]]:
    """Give the spans of a unit and the speakers it names, in order."""
    tokens = tokens_of(text)
    quotes = real_quotes(text, marks)
    places = find_places(text, tokens, quotes)
    places = _with_speakers(text, tokens, places, known)
    reported = list(_reported(text, places))
    read_head = headline_speaker if title else line_speaker
    headline = read_head(text, tokens) if ":" in text[:MAX_HEAD] and (title or not places) else None
    if headline and (not places or places[0].start > headline[1]):
        speaker, begin = headline
        reported = [_Span(begin, len(text), "attributed", speaker)]
        places = [Place(0, begin, speaker, "", "", "headline")]
    quoted = _quoted(text, tokens, quotes, places, known)
    spans = sorted(_without_overlap([*quoted, *reported]), key=lambda span: span.start)
    named = [place.speaker for place in places if place.speaker]
    return list(_with_own(text, spans, places)), list(
        dict.fromkeys([*named, *(q.speaker for q in quoted if q.speaker)])
    )


def _looks_like_title(text: str) -> bool:
    return ":" in text[:60] and not text.rstrip().endswith(".") and len(text) < 160


def _with_speakers(text: str, tokens: Sequence[Token], places: Sequence[Place], known: Sequence[str]) -> list[Place]:
    """Name the speaker of each place that has none written beside it."""
    found: list[Place] = []
    named: list[str] = []
    subject: str | None = None
    for place in places:
        name = place.speaker
        if not name:
            if subject is None:
                subject = "" if named else subject_of(text, tokens, place.start)
            name = _allowed([*named, *([subject] if subject else []), *known], place)
            apart = name not in named or is_feminine(name) not in (None, place.feminine)
            if place.kind == "participle" and named and apart and place.feminine is not None:
                # The person of the clause before, rather than somebody of another sentence.
                name = _clause_subject(text, tokens, found[-1], place) or named[0]
        found.append(place if name == place.speaker else replace(place, speaker=name))
        named = [name, *(other for other in named if other != name)][:MEMORY] if name else named
    return found


def _clause_subject(text: str, tokens: Sequence[Token], before: Place, place: Place) -> str:
    """Give the subject of the clause that was reported last, where the gender of a participle behind it allows."""
    number = bisect_left(tokens, before.content or before.start, key=lambda token: token.start) + 1
    if number >= len(tokens) or not speaks_here(tokens, number):
        return ""
    name = phrase_text(text, tokens, number, read_phrase(text, tokens, number, strict=True))
    return name if is_feminine(name) == place.feminine else ""


def _allowed(names: Sequence[str], place: Place) -> str:
    """Give the first name whose gender the verb allows; the first of all where none does."""
    for name in names:
        gender = is_feminine(name)
        if gender is None or place.feminine is None or gender == place.feminine:
            return name
    return names[0] if names else ""


def _reported(text: str, places: Sequence[Place]) -> Iterator[_Span]:
    """Give the reported spans: from each place to the next, and what stands before a source at the end."""
    done, earlier = 0, False
    head = _head(text, places[0].start) if len(places) > 1 else None
    for number, place in enumerate(places):
        following = places[number + 1].start if number + 1 < len(places) else len(text)
        if place.back is not None and not earlier and (span := trim(text, done, place.start)):
            yield _Span(*span, "attributed", place.speaker, place.verb, place.stance)
            done = place.start
        elif place.kind == "source" and place.back is not None and number and head:
            # The outlet's opening words, before somebody else is reported, are the source's too.
            yield _Span(*head, "attributed", place.speaker, place.verb, place.stance)
            head = None
        if place.content is not None and (span := trim(text, max(place.content, done), following)):
            yield _Span(*span, "attributed", place.speaker, place.verb, place.stance)
            done = following
        earlier = earlier or place.content is not None


def _head(text: str, first: int) -> tuple[int, int] | None:
    """Give the words before the first attribution, where they are a statement."""
    return trim(text, 0, first) if len(WORD.findall(text, 0, first)) >= MIN_OWN_WORDS else None


def _quoted(
    text: str,
    tokens: Sequence[Token],
    quotes: Sequence[tuple[int, int]],
    places: Sequence[Place],
    known: Sequence[str],
) -> list[_Span]:
    """Give each quotation its owner: the verb right behind it, else the one before it, else its clause's subject."""
    spans = []
    starts = [place.start for place in places]
    for start, end in quotes:
        owner = _owner(text, start, end, places, starts)
        if owner:
            spans.append(_Span(start, end, "quoted", owner.speaker, owner.verb, owner.stance))
            continue
        if not places and is_free_name(text, (start, end)):
            continue
        opens = WORD.search(text, 0, start) is None
        speaker = "" if opens else subject_of(text, tokens, start)
        with_these = _with_these_words(text, tokens, end) if opens else ""
        spans.append(_Span(start, end, "quoted", with_these or speaker or (known[0] if known and opens else "")))
    return spans


def _with_these_words(text: str, tokens: Sequence[Token], end: int) -> str:
    """Name who acts behind a quotation and "with these words" ("... ": in these words an official received us)."""
    number = bisect_left(tokens, end, key=lambda token: token.start)
    if number + 3 >= len(tokens) or tokens[number].key not in _THESE or tokens[number + 1].gap.strip():
        return ""
    first = number + 3
    if not speaks_here(tokens, first):
        return ""
    return phrase_text(text, tokens, first, read_phrase(text, tokens, first, strict=True))


def _owner(text: str, start: int, end: int, places: Sequence[Place], starts: Sequence[int]) -> Place | None:
    """Give the attribution a quotation belongs to."""
    first = bisect_left(starts, end)
    behind = places[first] if first < len(places) else None
    last = bisect_left(starts, start) - 1
    before = places[last] if last >= 0 else None
    if behind and WORD.search(text, end, behind.start) is None and behind.kind != "participle":
        directly = before is not None and before.content is not None and before.content <= start
        if not directly or before is None or ":" not in text[max(before.start, start - NEAR) : start]:
            return behind
    if before:
        return before
    return behind if behind and behind.back is not None else None


def _without_overlap(spans: Sequence[_Span]) -> Iterator[_Span]:
    """Cut quotations out of the reported clauses that hold them: a character has one voice."""
    quoted = sorted((span for span in spans if span.voice == "quoted"), key=lambda span: span.start)
    ends = [span.end for span in quoted]
    yield from quoted
    for span in spans:
        if span.voice == "quoted":
            continue
        start = span.start
        for quote in quoted[bisect_right(ends, start) :]:
            if quote.start >= span.end:
                break
            if quote.start > start:
                yield replace(span, start=start, end=quote.start)
            start = quote.end
        if start < span.end:
            yield replace(span, start=start)


def _with_own(text: str, spans: Sequence[_Span], places: Sequence[Place]) -> Iterator[_Span]:
    """Drop pieces without a real word, trim the rest, and give the outlet what nobody else says."""
    kept: list[_Span] = []
    for span in spans:
        edges = trim(text, span.start, span.end)
        if edges and len(WORD.findall(text, *edges)) >= 2 and (not kept or edges[0] >= kept[-1].end):
            kept.append(replace(span, start=edges[0], end=edges[1]))
    if not kept:
        edges = trim(text, 0, len(text)) or (0, len(text))
        yield _Span(*edges, "own")
        return
    # What stands before the first attribution is the outlet's where it is more than "on Tuesday".
    first = min([kept[0].start, *(place.start for place in places)])
    if head := _head(text, first):
        yield _Span(*head, "own")
    yield from kept
    last = max([kept[-1].end, *(_place_end(text, place) for place in places)])
    tail = trim(text, last, len(text))
    if tail and len(WORD.findall(text, *tail)) >= MIN_OWN_WORDS:
        yield _Span(*tail, "own")


def _place_end(text: str, place: Place) -> int:
    """Give where an attribution's own words end, as far as its speaker is written in it."""
    at = text.find(place.speaker, place.start, place.start + NEAR) if place.speaker else -1
    return at + len(place.speaker) if at >= 0 else place.start + len(place.verb)
