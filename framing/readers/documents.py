"""Documents of a word processor: lines with their style, parted into articles, each with what stands above its text.

A document is one article, or several as archives export them (Nexis: "End of Document" after each,
"Body" above each text) or as people keep them (a line of `===`, a heading or a section for each).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from framing.arabic import n_words
from framing.dates import ParsedDate, parse_date
from framing.readers.labels import read_label
from framing.readers.plain_text import MAX_TITLE_WORDS, find_title
from framing.readers.records import Read, Record, Rejection, Source

TITLE, HEADING = 1, 2
MIN_SECTION_WORDS = 20
MAX_HEADER_LINES = 60
MAX_LABEL_LINES = 12
_END = re.compile(r"\s*(?:End of Document|نهاية (?:الوثيقة|المستند))\s*", re.IGNORECASE)
_RULE = re.compile(r"\s*={3,}\s*")
_COVER = re.compile(r"\s*(?:User Name|Date and Time|Job Number|Documents? \(\d+\))\s*:?", re.IGNORECASE)
_LISTED = re.compile(r"\s*1\.\s+(\S.*)")
_BODY = re.compile(r"\s*Body\s*[:：]?\s*", re.IGNORECASE)
_BODY_AR = re.compile(r"\s*(?:المتن|النص|نص الخبر)\s*")
# What Nexis writes below a text.
_BELOW = re.compile(r"\s*(?:Load-Date\s*:.*|Classification\s*|Graphic\s*)", re.IGNORECASE)
_NEXIS_LABEL = re.compile(r"\s*(Byline|Section|Length|Dateline|Highlight|Copyright)\b\s*:?\s*(.*)", re.IGNORECASE)

Parted = Literal["", "marks", "headings", "sections"]


@dataclass(frozen=True)
class Line:
    """A paragraph: `level` 0 is text, 1 a title, 2 a first heading, 3 one below it; it may begin a section."""

    text: str
    level: int = 0
    is_bold: bool = False
    begins_section: bool = False


def read_lines(source: Source, lines: Sequence[Line], *, encoding: str) -> Read:
    """Give the articles of a document; `row` is the number of the article in it."""
    parts, parted = part_document(lines)
    for row, part in enumerate(parts, 1):
        values = read_article(part)
        if not values["text"].strip():
            yield Rejection(
                source.name, row, "text", values["title"],
                "no text under this heading. Add it, or take the heading out.",
                "لا نص تحت هذا العنوان. أضفه أو احذف العنوان.",
            )  # fmt: skip
            continue
        values["outlet"] = source.outlet or values["outlet"]
        notes = (_guessed(source, row, len(parts), parted),) if row == 1 and parted in ("headings", "sections") else ()
        yield Record(values, source.name, row, encoding=encoding, notes=notes)
    if not parts:
        yield Rejection(
            source.name, 1, "text", "", "the document holds no text. If it holds pictures of text, type it out.",
            "لا نص في هذا المستند. إن كان فيه صور لنصوص فاكتبها.",
        )  # fmt: skip


def _guessed(source: Source, row: int, n_parts: int, parted: Parted) -> Rejection:
    per = {"headings": "heading", "sections": "section"}[parted]
    return Rejection(
        source.name, row, "text", "",
        f"read as {n_parts} articles, one per {per}. If it is one article, save it as .txt, or give the parts in it a"
        " lower heading",
        f"قُرئ المستند على أنه {n_parts} مواد، واحدة لكل عنوان أو قسم. إن كان مادة واحدة فاحفظه بصيغة txt",
    )  # fmt: skip


def part_document(lines: Sequence[Line]) -> tuple[list[list[Line]], Parted]:
    """Part a document into articles, and say by what: marks, else headings, else sections, else not at all.

    Headings part at the highest level of which two or more, and most, have a text below; sections
    where each is longer than a caption. The cover that Nexis puts first is left out.
    """
    lines = _without_cover(lines)
    for mark in (_END, _RULE):
        if any(mark.fullmatch(line.text) for line in lines):
            return _filled(
                _cut(lines, [i for i, line in enumerate(lines) if mark.fullmatch(line.text)], drop=1)
            ), "marks"
    for level in sorted({line.level for line in lines if line.level}):
        cuts = [i for i, line in enumerate(lines) if line.level == level]
        parts = _filled(_cut(lines, cuts))
        n_texts = sum(any(not line.level and line.text.strip() for line in part) for part in _cut(lines, cuts)[1:])
        if n_texts > 1 and 2 * n_texts > len(cuts):
            return _without_collection_title(parts, level), "headings"
    parts = _filled(_cut(lines, [i for i, line in enumerate(lines) if line.begins_section]))
    if len(parts) > 1 and all(sum(n_words(line.text) for line in part) >= MIN_SECTION_WORDS for part in parts):
        return parts, "sections"
    return _filled([list(lines)]), ""


def _cut(lines: Sequence[Line], cuts: Sequence[int], *, drop: int = 0) -> list[list[Line]]:
    starts = [0, *(cut + drop for cut in cuts)]
    return [list(lines[start:end]) for start, end in zip(starts, [*cuts, len(lines)], strict=True)]


def _filled(parts: Sequence[list[Line]]) -> list[list[Line]]:
    return [part for part in parts if any(line.text.strip() for line in part)]


def _without_collection_title(parts: list[list[Line]], level: int) -> list[list[Line]]:
    """Leave out what stands above the first heading where it is only the name of the collection."""
    above = parts[0]
    is_name = above[0].level != level and sum(n_words(line.text) for line in above) <= MAX_TITLE_WORDS
    return parts[1:] if is_name else parts


def _without_cover(lines: Sequence[Line]) -> Sequence[Line]:
    """Leave out the cover of an export: who made it, when, and the list of its documents."""
    first = [i for i, line in enumerate(lines) if line.text.strip()][:10]
    if sum(bool(_COVER.match(lines[i].text)) for i in first) < 2:
        return lines
    listed = next((m[1].strip() for line in lines if (m := _LISTED.fullmatch(line.text))), None)
    last = first[-1] if not listed else next(i for i, line in enumerate(lines) if _LISTED.fullmatch(line.text))
    for i in range(last + 1, len(lines)):
        if lines[i].text.strip() == listed or lines[i].level or (lines[i].begins_section and lines[i].text.strip()):
            return lines[i:]
    return lines


def read_article(lines: Sequence[Line]) -> dict[str, str]:
    """Give title, outlet, day, author, section and text of one article's lines."""
    values = dict.fromkeys(("title", "outlet", "published", "author", "section", "text"), "")
    texts = [line.text for line in lines]
    body = next((i for i, text in enumerate(texts[:MAX_HEADER_LINES]) if i and _BODY.fullmatch(text)), None)
    if body is not None and any(text.strip() for text in texts[:body]):
        return values | _exported(texts[:body], texts[body + 1 :])
    labelled, start = _labelled(lines)
    labelled["text"] = labelled.get("text", "") + "\n".join(texts[start:]).strip("\n")
    if start and labelled["text"].strip():  # a label below a text, as a credit is, is no header
        return values | labelled
    title, start = _styled_title(lines)
    if title:
        return values | {"title": title, "text": "\n".join(texts[start:]).strip("\n")}
    whole = "\n".join(texts).strip("\n")
    title, place = find_title(whole)
    return values | {"title": title, "text": whole[place:]}


def _exported(header: Sequence[str], body: Sequence[str]) -> dict[str, str]:
    """Read a header as Nexis writes it: title, outlet and day one under the other, then labels."""
    end = next((i for i, text in enumerate(body) if _BELOW.fullmatch(text)), len(body))
    values = {"text": "\n".join(body[:end]).strip("\n")}
    plain: list[str] = []
    for text in (part.strip() for part in header if part.strip()):
        label = _NEXIS_LABEL.fullmatch(text)
        if label and plain:
            field = {"byline": "author", "section": "section"}.get(label[1].lower())
            values |= {field: label[2].strip()} if field else {}
        else:
            plain.append(text)
    day = next((i for i, text in enumerate(plain) if i and isinstance(parse_date(text[:120]), ParsedDate)), None)
    values["title"] = plain[0] if plain else ""
    if day is not None:
        values |= {"published": plain[day], "outlet": plain[day - 1] if day > 1 else ""}
    elif len(plain) > 1:
        values["outlet"] = plain[1]
    return values


def _labelled(lines: Sequence[Line]) -> tuple[dict[str, str], int]:
    """Read lines `label: value` above a text, an unlabelled title among them; give them and where the text begins."""
    values: dict[str, str] = {}
    title, start, n_seen = "", 0, 0
    for i, line in enumerate(lines):
        if not line.text.strip():
            continue
        n_seen += 1
        field, value = read_label(line.text)
        if field and field not in values and n_seen <= MAX_LABEL_LINES:
            values[field], start = value, i + 1
            if field == "text":
                values[field] = value and value + "\n"
                break
        elif values and _BODY_AR.fullmatch(line.text):
            start = i + 1
            break
        elif not title and not values and n_words(line.text) <= MAX_TITLE_WORDS:
            title = line.text.strip()
        else:
            break
    if values and title:
        values.setdefault("title", title)
    return values, start


def _styled_title(lines: Sequence[Line]) -> tuple[str, int]:
    """Take the first line for the title where its style says so, or bold letters and a text that follows."""
    filled: Iterator[int] = (i for i, line in enumerate(lines) if line.text.strip())
    first, second = next(filled, None), next(filled, None)
    if first is None:
        return "", 0
    line = lines[first]
    stands_out = line.level or (line.is_bold and second is not None and not lines[second].is_bold)
    if stands_out and n_words(line.text) <= MAX_TITLE_WORDS:
        return line.text.strip(), first + 1
    return "", 0
