"""Text files: one article each, or several apart by a line of `===` or `---`, each with or without front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from framing.arabic import n_words
from framing.readers.compressed import read_all
from framing.readers.encoding import decode
from framing.readers.front_matter import FrontMatter, find_front_matter
from framing.readers.records import Read, Record, Rejection, Source

MAX_TEXT_BYTES = 200_000_000
MAX_TITLE_WORDS = 25
_RULE = re.compile(r"^[ \t]*(?:={3,}|-{3,})[ \t]*(?:\r?\n|\Z)", re.MULTILINE)


def read_text(source: Source) -> Read:
    """Read a text file, unchanged: `[start:]` of the file as decoded is where a record's text begins.

    Front matter gives title, outlet (before the folder's), date, url, author, section and the other fields.
    Without a title there, the first line is it only where it is short and an empty line follows it.
    """
    whole, encoding = decode(read_all(source.path, max_bytes=MAX_TEXT_BYTES))
    for row, (start, end) in enumerate(split_articles(whole, split_at=source.split_at), 1):
        front = find_front_matter(whole, start, end)
        if front is not None and front.fault:
            yield _broken(source, row, whole[start:end], front.fault)
        else:
            yield _article(source, row, whole, (start, end), front, encoding.found)


def _article(
    source: Source, row: int, whole: str, place: tuple[int, int], front: FrontMatter | None, encoding: str
) -> Record:
    start, end = (place[0] if front is None else front.end), place[1]
    values = {} if front is None else {name: value for name, value in front.values.items() if name != "text"}
    body = whole[start:end]
    if values.get("title"):
        # The text begins with its first line, so that an empty line after the front matter is not part of it.
        text_start = len(body) - len(body.lstrip())
        title_start = front.places.get("title", start) if front else start
    else:
        values["title"], text_start = find_title(body)
        title_start = start + len(body) - len(body.lstrip())
    values |= {"text": body[text_start:], "outlet": values.get("outlet") or source.outlet}
    return Record(values, source.name, row, start=start + text_start, title_start=title_start, encoding=encoding)


def split_articles(text: str, *, split_at: Sequence[int] = ()) -> list[tuple[int, int]]:
    """Give the places of the articles in a text, in characters; the lines of `---` around front matter part nothing.

    Parameters
    ----------
    text : a file as decoded.
    split_at : 1-based lines at which a new article begins, beside the lines of `===` or `---`.
    """
    line_starts = [0] + [match.end() for match in re.finditer("\n", text)] if split_at else []
    cuts = [(line_starts[line - 1],) * 2 for line in split_at if 1 < line <= len(line_starts)]
    cuts += _rules(text)
    places, start = [], 0
    for cut_start, cut_end in [*sorted(cuts), (len(text), len(text))]:
        places.append((start, cut_start))
        start = cut_end
    return [place for place in places if text[slice(*place)].strip()] or [(0, len(text))]


def _rules(text: str) -> Iterator[tuple[int, int]]:
    """Give the rules that part articles; a rule that opens front matter parts before itself."""
    front = find_front_matter(text)
    inside = front.end if front else 0
    for match in _RULE.finditer(text):
        if match.start() < inside:
            continue
        opened = find_front_matter(text, match.start())
        front = opened or find_front_matter(text, match.end())
        inside = front.end if front else inside
        yield match.start(), match.start() if opened else match.end()


def find_title(text: str) -> tuple[str, int]:
    """Give the title of a text and where the rest begins; no title is `("", 0)`."""
    start = len(text) - len(text.lstrip())
    line_end = text.find("\n", start)
    title = text[start:line_end].rstrip()
    gap = text[line_end + 1 :]
    rest = gap.lstrip()
    blank = gap[: len(gap) - len(rest)]
    if line_end < 0 or not rest or "\n" not in blank or n_words(title[:2000]) > MAX_TITLE_WORDS:
        return "", 0
    return title, len(text) - len(rest)


def line_of(text: str, place: int) -> int:
    """Give the 1-based line on which a character stands."""
    return text.count("\n", 0, place) + 1


def _broken(source: Source, row: int, text: str, line: int) -> Rejection:
    return Rejection(
        source.name, row, "front matter", text[:400],
        f"line {line} of the front matter is no 'name: value'. Write one pair per line between the two lines of ---.",
        f"السطر {line} من بيانات المادة ليس على صورة «اسم: قيمة». اكتب زوجًا واحدًا في كل سطر بين سطري ---.",
    )  # fmt: skip
