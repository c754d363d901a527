"""Units of analysis: sentences, paragraphs or articles, with offsets into the original.

Lines that are not the article (site headers, captions, links to other articles,
repeated titles) are found by rule and kept out of the units; the original stays
as it is, and every such line is listed with its rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any, Literal

import pandas as pd

from framing.arabic import arabic_share, lexical_view
from framing.boilerplate import (
    PARAGRAPH_WORDS,
    Furniture,
    dateline_end,
    find_furniture,
    is_byline,
    is_head_line,
    is_repeated,
    is_signature,
    line_key,
    line_rule,
    tail_start,
    title_tail,
)
from framing.sentences import count_words, cut_at_blank, line_spans, sentence_spans, trim

UnitKind = Literal["row", "sentence", "paragraph", "article"]
UNIT_COLUMNS = ["unit_id", "article_id", "n", "part", "text", "start", "end"]
BOILERPLATE_COLUMNS = ["article_id", "outlet", "part", "start", "end", "rule", "text"]
LEAD_WORDS = 60


@dataclass(frozen=True)
class Units:
    """Units with offsets, and every line that was kept out of them.

    `table` : columns of `UNIT_COLUMNS`; `[start:end]` of the field that `part` names
    (`title` -> the article's title, else its text) equals `text`.
    `boilerplate` : columns of `BOILERPLATE_COLUMNS`.
    """

    table: pd.DataFrame
    boilerplate: pd.DataFrame
    settings: dict[str, Any] = field(default_factory=dict)

    def to_frame(self) -> pd.DataFrame:
        """Give the units as a table."""
        return self.table.copy()

    def summary(self) -> str:
        """Count units by part, and lines kept out by rule."""
        parts = ", ".join(f"{part} {n}" for part, n in self.table["part"].value_counts().items())
        rules = ", ".join(f"{rule} {n}" for rule, n in self.boilerplate["rule"].value_counts().items()) or "none"
        return f"{len(self.table)} units ({parts}); lines kept out: {rules}"

    def explain(self, article_id: str) -> pd.DataFrame:
        """List the lines of one article that were kept out, with the rule of each."""
        return self.boilerplate[self.boilerplate["article_id"] == article_id].reset_index(drop=True)

    def removed(self) -> pd.DataFrame:
        """Count what was kept out: columns `outlet, rule, n_lines, n_articles`, most lines first within an outlet."""
        found = self.boilerplate.groupby(["outlet", "rule"], sort=True)["article_id"]
        table = found.agg(n_lines="size", n_articles="nunique").reset_index()
        return table.sort_values(["outlet", "n_lines"], ascending=[True, False], kind="stable").reset_index(drop=True)

    def _repr_html_(self) -> str:
        from framing.html import display_units

        return str(display_units(self.table.head(20)))


def split_units(articles: pd.DataFrame, *, unit: UnitKind = "sentence", off_story: pd.DataFrame | None = None) -> Units:
    """Split articles into units of analysis.

    Parameters
    ----------
    articles : table with `article_id`, `title`, `text` and `outlet` (DESIGN section 3).
    unit : `sentence`, `paragraph` (a line), `article` (the title, and the text as one), or
        `row` (the text as it is, nothing kept out).
    off_story : article_id, start, end, rule: passages of roundups whose lines are kept out, as
        `relevance.off_story_spans` gives them; an article unit then ends where one begins.

    Returns
    -------
    `Units`. The lead is the first paragraph of eight words or more behind the dateline, or its first
    sentences where it is longer than 60 words; two sentences at most where the text is one line. A
    paragraph unit ends where the lead ends. An article unit reaches from the first to the last line
    that is kept: its offsets hold, so lines removed in between are still in its text; they are
    listed in `boilerplate` and counted in `settings["removed_inside"]`.

    Raises
    ------
    ValueError : a column is missing, or `unit` is not one of the four.
    """
    missing = {"article_id", "text"} - set(articles.columns)
    if missing:
        raise ValueError(f"articles lack the columns {sorted(missing)}; they have {list(articles.columns)}")
    if unit not in ("row", "sentence", "paragraph", "article"):
        raise ValueError(f"unit is {unit!r}; write 'sentence', 'paragraph', 'article' or 'row'")
    rows: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    fields = [
        (articles[name] if name in articles else pd.Series("", index=articles.index)).map(_plain)
        for name in ("outlet", "title", "text")
    ]
    passages = _off_story(off_story)
    furniture = find_furniture(fields[0], fields[2]) if unit != "row" else {}
    for article_id, outlet, title, text in zip(articles["article_id"], *fields, strict=True):
        draft = _Draft(str(article_id), outlet, title, text, furniture.get(outlet, Furniture()))
        draft.off_story = passages.get(str(article_id), [])
        spans = draft.units(unit)
        rows += [(f"{article_id}#{n}", article_id, n, *span) for n, span in enumerate(spans)]
        lines += draft.removed
    table = pd.DataFrame(rows, columns=UNIT_COLUMNS).astype({"n": "int64", "start": "int64", "end": "int64"})
    removed = pd.DataFrame(lines, columns=BOILERPLATE_COLUMNS).astype({"start": "int64", "end": "int64"})
    settings = {"unit": unit, "lead_words": LEAD_WORDS, "removed_inside": _removed_inside(table, removed)}
    return Units(table, removed, settings)


def _removed_inside(table: pd.DataFrame, removed: pd.DataFrame) -> int:
    """Count removed lines that lie within a unit's span; only article units can hold any."""
    body = table[table["part"] != "title"].groupby("article_id").agg(first=("start", "min"), last=("end", "max"))
    inside = removed[removed["part"] != "title"].join(body, on="article_id")
    wide = len(table[table["part"] != "title"]) == len(body)
    return int(((inside["start"] > inside["first"]) & (inside["end"] < inside["last"])).sum()) if wide else 0


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _off_story(spans: pd.DataFrame | None) -> dict[str, list[tuple[int, int, str]]]:
    """Give the passages to keep out, by article."""
    found: dict[str, list[tuple[int, int, str]]] = {}
    for row in [] if spans is None else spans.to_dict("records"):
        found.setdefault(str(row["article_id"]), []).append((int(row["start"]), int(row["end"]), str(row["rule"])))
    return found


class _Draft:
    """One article on its way into units."""

    def __init__(self, article_id: str, outlet: str, title: str, text: str, furniture: Furniture) -> None:
        self.article_id = article_id
        self.outlet = outlet
        self.title = title
        self.text = text
        self.furniture = furniture
        self.removed: list[tuple[Any, ...]] = []
        self.off_story: list[tuple[int, int, str]] = []

    def units(self, unit: UnitKind) -> list[tuple[str, str, int, int]]:
        if unit == "row":
            return [("body", self.text, 0, len(self.text))] if self.text else []
        found = list(self._title())
        paragraphs = self._paragraphs()
        if unit == "article":  # what was removed between two paragraphs stays in: the span must be the original's
            spans = [("body", start, end) for start, end in self._runs(paragraphs)]
        else:
            spans = list(self._parts(paragraphs, unit))
        return found + [(part, self.text[start:end], start, end) for part, start, end in spans]

    def _parts(self, paragraphs: list[tuple[int, int]], unit: UnitKind) -> Iterator[tuple[str, int, int]]:
        """Give the units of a text with their part; the lead is cut off the paragraph that holds it."""
        lead = lead_paragraph(self.text, paragraphs)
        for number, paragraph in enumerate(paragraphs):
            split = unit == "sentence" or number == lead
            pieces = list(self._without_fragments(sentence_spans(self.text, *paragraph) if split else [paragraph]))
            pieces = self._shortened(pieces) if number == lead else pieces
            n_lead = self._lead_length(pieces, lost=len(paragraphs) == 1) if number == lead else 0
            if unit == "sentence":
                yield from (("lead" if n < n_lead else "body", *piece) for n, piece in enumerate(pieces))
            else:
                groups = (("lead", pieces[:n_lead]), ("body", pieces[n_lead:]))
                yield from ((part, group[0][0], group[-1][1]) for part, group in groups if group)

    def _shortened(self, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Cut a first sentence that the splitter left a word or two over the limit, so that the lead never is."""
        words = [match.start() for match in re.finditer(r"\w+", self.text[slice(*pieces[0])])] if pieces else []
        if len(words) <= LEAD_WORDS:
            return pieces
        start, end = pieces[0]
        cut = cut_at_blank(self.text[start:end], words, min(LEAD_WORDS, len(words) - 3))
        halves = [trim(self.text, start, start + cut), trim(self.text, start + cut, end)] if cut else [(start, end)]
        return [half for half in halves if half is not None] + pieces[1:]

    def _lead_length(self, sentences: list[tuple[int, int]], *, lost: bool) -> int:
        """Count the sentences of the lead: up to `LEAD_WORDS` words, and two at most where paragraphs are lost."""
        n_words = accumulate(count_words(self.text, *span) for span in sentences)
        fitting = sum(1 for total in n_words if total <= LEAD_WORDS)
        return min(max(1, fitting), 2 if lost else len(sentences))

    def _title(self) -> Iterator[tuple[str, str, int, int]]:
        span = trim(self.title, 0, len(self.title))
        if span is None:
            return
        start, end = span
        tail = title_tail(self.title)
        if tail is not None:
            self._remove("title", tail, end, "title_tail", self.title)
            span = trim(self.title, start, tail)
        if span is not None:
            yield "title", self.title[span[0] : span[1]], *span

    def _paragraphs(self) -> list[tuple[int, int]]:
        """Give the lines that are the article, without what is glued to its first and last one."""
        lines = list(line_spans(self.text))
        headline = headline_line(self.text, lines) if not self.title.strip() else None
        n_header = 0 if headline is None else _first_paragraph(self.text, lines) or 0
        seen, kept = set[str](), []
        for number, (start, end) in enumerate(lines):
            line = self.text[start:end]
            header = number < n_header and number != headline
            rule = self._rule(line, seen, last=number == len(lines) - 1) or ("header" if header else None)
            if rule is None and _is_foreign(line):
                rule = "not_arabic"
            if rule is None:
                rule = next((r for a, b, r in self.off_story if a <= start and end <= b), None)
            seen.add(line_key(line))
            if rule is None:
                kept.append((start, end))
            else:
                self._remove("body", start, end, rule, self.text)
        return self._without_tail(self._without_head(kept))

    def _rule(self, line: str, seen: set[str], *, last: bool) -> str | None:
        if is_byline(line, self.furniture):
            return "dateline"
        if rule := line_rule(line, last=last):
            return rule
        key = line_key(line)
        if key and key == line_key(self.title):
            return "repeated_title"
        if key in seen and count_words(line) >= 8 and not line[0].isdigit() and line[0] not in "-–*•":
            return "repeated_in_article"  # a caption or a pulled quotation; a refrain or an item of a list is content
        return "repeated_in_outlet" if is_repeated(line, self.furniture) else None

    def _without_head(self, kept: list[tuple[int, int]]) -> list[tuple[int, int]]:
        while self.title and len(kept) > 1 and is_head_line(*(self.text[slice(*span)] for span in kept[:2])):
            self._remove("body", *kept.pop(0), "head_line", self.text)
        if not kept:
            return kept
        start, end = kept[0]
        cut = dateline_end(self.text, start, end, self.furniture)
        span = None if cut is None else trim(self.text, cut, end)
        if cut is None or span is None:
            return kept
        self._remove("body", start, cut, "dateline", self.text)
        return [span, *kept[1:]]

    def _without_tail(self, kept: list[tuple[int, int]]) -> list[tuple[int, int]]:
        while len(kept) > 1 and is_signature(self.text[slice(*kept[-1])], self.text[slice(*kept[-2])]):
            self._remove("body", *kept.pop(), "signature", self.text)
        while kept and (found := tail_start(self.text, *kept[-1])) is not None:
            start, end = kept.pop()
            self._remove("body", found[0], end, found[1], self.text)
            if span := trim(self.text, start, found[0]):
                kept.append(span)
        return kept

    def _runs(self, paragraphs: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Join paragraphs into one span, or into several where a passage off the story lies between."""
        inside = paragraphs[:1]
        for before, line in pairwise(paragraphs):
            if any(before[1] <= a and b <= line[0] for a, b, _ in self.off_story):
                yield inside[0][0], before[1]
                inside = [line]
        if inside:
            yield inside[0][0], paragraphs[-1][1]

    def _without_fragments(self, pieces: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        for start, end in pieces:
            if count_words(self.text, start, end) < 2:
                self._remove("body", start, end, "fragment", self.text)
            else:
                yield start, end

    def _remove(self, part: str, start: int, end: int, rule: str, source: str) -> None:
        span = trim(source, start, end) or (start, end)
        self.removed.append((self.article_id, self.outlet, part, *span, rule, source[slice(*span)]))


_ARABIC = re.compile("[\u0621-\u064a]")
_OTHER_SCRIPT = re.compile(r"[^\W\d_\u0600-\u06ff\ufb50-\ufeff]")


def _is_foreign(line: str) -> bool:
    """Tell a line with hardly an Arabic letter; one with a whole Arabic sentence in it is kept."""
    if _ARABIC.search(line) and not _OTHER_SCRIPT.search(line):
        return False  # the usual line, told without counting letters
    return arabic_share(line) < 0.3 and len(_ARABIC.findall(line)) < 60


def lead_paragraph(text: str, paragraphs: list[tuple[int, int]]) -> int:
    """Give the number of the paragraph that holds the lead: the first of eight words or more, else the first."""
    return next((i for i, span in enumerate(paragraphs) if count_words(text, *span) >= 8), 0)


def headline_line(text: str, lines: list[tuple[int, int]]) -> int | None:
    """Find the headline of a pasted text: the last line of 5 to 25 words before the first paragraph."""
    first = _first_paragraph(text, lines)
    if first is None:
        return None
    fitting = [
        i for i in range(first) if 5 <= count_words(text, *lines[i]) <= 25 and line_rule(text[slice(*lines[i])]) is None
    ]
    return fitting[-1] if fitting else None


def _first_paragraph(text: str, lines: list[tuple[int, int]]) -> int | None:
    return next((i for i, (a, b) in enumerate(lines) if count_words(text, a, b) >= PARAGRAPH_WORDS), None)


_TODAY = re.compile(
    r"(اليوم|امس|مساء اليوم|صباح اليوم)،? *[(/]? *(السبت|الاحد|الاثنين|الثلاثاء|الاربعاء|الخميس|الجمعه)"
)


def find_headlines(text: str) -> list[tuple[int, str]]:
    """Find where articles begin in a text that may hold several, pasted one after the other.

    The first is the headline above the first paragraph. A later one is a short line
    without a full stop, followed by a paragraph that dates itself ("today, Friday").

    Returns
    -------
    (line number counted from 1, headline); a text with one article gives one pair.
    """
    lines = list(line_spans(text))
    first = headline_line(text, lines)
    found = [] if first is None else [first]
    for number, (start, end) in enumerate(lines[:-1]):
        if found and number <= found[-1]:
            continue
        line = text[start:end]
        following = text[slice(*lines[number + 1])]
        short = 5 <= count_words(line) <= 16 and not re.search(r"[^.]\.$|[،:]$", line) and line_rule(line) is None
        if short and count_words(following) >= 20 and _TODAY.search(lexical_view(following[:160])):
            found.append(number)
    return [(text.count("\n", 0, lines[i][0]) + 1, text[slice(*lines[i])]) for i in found]
