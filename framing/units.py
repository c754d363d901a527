"""Units of analysis: sentences, paragraphs or articles, with offsets into the original.

Lines that are not the article (site headers, captions, links to other articles,
repeated titles) are found by rule and kept out of the units; the original stays
as it is, and every such line is listed with its rule.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

import pandas as pd

from framing.arabic import arabic_share, lexical_view
from framing.lexicon import load
from framing.sentences import count_words, line_spans, sentence_spans, trim

UnitKind = Literal["row", "sentence", "paragraph", "article"]
UNIT_COLUMNS = ["unit_id", "article_id", "n", "part", "text", "start", "end"]
BOILERPLATE_COLUMNS = ["article_id", "part", "start", "end", "rule", "text"]
LEAD_WORDS = 60
# A line this often in one outlet's articles is the outlet's furniture, not news.
REPEATED_LINES = 3


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
    `Units`; the lead is the first paragraph, or its sentences up to 60 words.

    Raises
    ------
    ValueError : a column is missing, or `unit` is not one of the four.
    """
    missing = {"article_id", "text"} - set(articles.columns)
    if missing:
        raise ValueError(f"articles lack the columns {sorted(missing)}; they have {list(articles.columns)}")
    if unit not in ("row", "sentence", "paragraph", "article"):
        raise ValueError(f"unit is {unit!r}; write 'sentence', 'paragraph', 'article' or 'row'")
    repeated = _repeated_lines(articles)
    passages = _off_story(off_story)
    rows: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    titles = articles["title"] if "title" in articles else pd.Series("", index=articles.index)
    outlets = articles["outlet"] if "outlet" in articles else pd.Series("", index=articles.index)
    for article_id, title, text, outlet in zip(articles["article_id"], titles, articles["text"], outlets, strict=True):
        draft = _Draft(str(article_id), _plain(title), _plain(text), repeated.get(_plain(outlet), frozenset()))
        draft.off_story = passages.get(str(article_id), [])
        spans = draft.units(unit)
        rows += [(f"{article_id}#{n}", article_id, n, *span) for n, span in enumerate(spans)]
        lines += draft.removed
    table = pd.DataFrame(rows, columns=UNIT_COLUMNS).astype({"n": "int64", "start": "int64", "end": "int64"})
    removed = pd.DataFrame(lines, columns=BOILERPLATE_COLUMNS).astype({"start": "int64", "end": "int64"})
    return Units(table, removed, {"unit": unit, "lead_words": LEAD_WORDS})


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else ""


class _Draft:
    """One article on its way into units."""

    def __init__(self, article_id: str, title: str, text: str, repeated: frozenset[str]) -> None:
        self.article_id = article_id
        self.title = title
        self.text = text
        self.repeated = repeated
        self.removed: list[tuple[Any, ...]] = []
        self.off_story: list[tuple[int, int, str]] = []

    def units(self, unit: UnitKind) -> list[tuple[str, str, int, int]]:
        if unit == "row":
            return [("body", self.text, 0, len(self.text))] if self.text else []
        found = list(self._title())
        paragraphs = self._paragraphs()
        if unit == "article":
            return found + [("body", self.text[start:end], start, end) for start, end in self._runs(paragraphs)]
        lead_left = LEAD_WORDS
        lead_line = next((i for i, (a, b) in enumerate(paragraphs) if count_words(self.text, a, b) >= 8), 0)
        lost = len(paragraphs) == 1
        for number, (first, last) in enumerate(paragraphs):
            pieces = [(first, last)] if unit == "paragraph" else sentence_spans(self.text, first, last)
            for order, (start, end) in enumerate(self._keep(pieces)):
                n_words = count_words(self.text, start, end)
                lead = number == lead_line and (order == 0 or (lead_left >= n_words and not (lost and order >= 2)))
                lead_left -= n_words if number == lead_line else 0
                found.append(("lead" if lead else "body", self.text[start:end], start, end))
        return found

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
        lines = list(line_spans(self.text))
        headline = headline_line(self.text, lines) if not self.title.strip() else None
        n_header = 0 if headline is None else _first_paragraph(self.text, lines) or 0
        title_key, seen, kept = _key(self.title), set[str](), []
        for number, (start, end) in enumerate(lines):
            line = self.text[start:end]
            key = _key(line)
            rule = line_rule(line)
            if rule is None and title_key and key == title_key:
                rule = "repeated_title"
            if rule is None and key in seen:
                rule = "repeated_in_article"
            if rule is None and key in self.repeated:
                rule = "repeated_in_outlet"
            if rule is None and number < n_header and number != headline:
                rule = "header"
            if rule is None and arabic_share(line) < 0.3:
                rule = "not_arabic"
            if rule is None:
                rule = next((r for a, b, r in self.off_story if a <= start and end <= b), None)
            seen.add(key)
            if rule is None:
                kept.append((start, end))
            else:
                self._remove("body", start, end, rule, self.text)
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

    def _keep(self, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
        kept = []
        for start, end in pieces:
            if count_words(self.text, start, end) < 2:
                self._remove("body", start, end, "fragment", self.text)
            else:
                kept.append((start, end))
        return kept

    def _remove(self, part: str, start: int, end: int, rule: str, source: str) -> None:
        self.removed.append((self.article_id, part, start, end, rule, source[start:end]))


def _off_story(spans: pd.DataFrame | None) -> dict[str, list[tuple[int, int, str]]]:
    """Give the passages to keep out, by article."""
    found: dict[str, list[tuple[int, int, str]]] = {}
    for row in [] if spans is None else spans.to_dict("records"):
        found.setdefault(str(row["article_id"]), []).append((int(row["start"]), int(row["end"]), str(row["rule"])))
    return found


@lru_cache(maxsize=1)
def _rules() -> list[tuple[str, re.Pattern[str]]]:
    return [(rule, re.compile(pattern)) for rule, patterns in load("boilerplate").items() for pattern in patterns]


@lru_cache(maxsize=1)
def _tails() -> tuple[str, ...]:
    names = load("title_tails")
    flat = names if isinstance(names, list) else [name for group in names.values() for name in group]
    return tuple(sorted((_key(str(name)) for name in flat), key=len, reverse=True))


_TAIL = re.compile(r"\s[-–—|]\s*([^-–—|]{2,40})\s*$")


def title_tail(line: str) -> int | None:
    """Give where an outlet's name begins at the end of a line (`... - BBC News عربي`), or None.

    Only names on the known list count: a dash inside a headline is no tail.
    """
    match = _TAIL.search(line[-60:])
    if match is None or _key(match.group(1)) not in _tails():
        return None
    return max(0, len(line) - 60) + match.start()


def line_rule(line: str) -> str | None:
    """Name the rule by which a whole line is boilerplate, or None."""
    if len(line) > 300:
        return None
    view = lexical_view(line).strip().lower()
    if title_tail(line) is not None:
        return "caption"
    for rule, pattern in _rules():
        if pattern.fullmatch(view) and (rule != "credit" or count_words(view) <= 8):
            return rule
    return None


def _key(line: str) -> str:
    return " ".join(re.findall(r"\w+", lexical_view(line))).lower()


def _repeated_lines(articles: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Find short lines that stand in three or more articles of an outlet."""
    if "outlet" not in articles:
        return {}
    counts: dict[str, Counter[str]] = {}
    for outlet, text in zip(articles["outlet"], articles["text"], strict=True):
        source = _plain(text)
        # A set: a line repeated inside one article is that article's own matter.
        keys = {_key(source[a:b]) for a, b in line_spans(source) if b - a <= 120}
        counts.setdefault(_plain(outlet), Counter()).update(keys)
    return {o: frozenset(k for k, n in c.items() if k and n >= REPEATED_LINES) for o, c in counts.items()}


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
    return next((i for i, (a, b) in enumerate(lines) if count_words(text, a, b) >= 20), None)


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
