"""Text files: one article each, or several apart by a line of `===` or `---`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from framing.arabic import n_words
from framing.readers.compressed import read_all
from framing.readers.encoding import decode
from framing.readers.records import Read, Record, Source

MAX_TEXT_BYTES = 200_000_000
MAX_TITLE_WORDS = 25
_RULE = re.compile(r"^[ \t]*(?:={3,}|-{3,})[ \t]*(?:\r?\n|\Z)", re.MULTILINE)


def read_text(source: Source) -> Read:
    """Read a text file, unchanged: `[start:]` of the file as decoded is where a record's text begins.

    The first line is the title only where it is short and an empty line follows it.
    """
    whole, encoding = decode(read_all(source.path, max_bytes=MAX_TEXT_BYTES))
    for row, (start, end) in enumerate(split_articles(whole, split_at=source.split_at), 1):
        title, text_start = find_title(whole[start:end])
        values = {"title": title, "text": whole[start + text_start : end], "outlet": source.outlet}
        lead = len(whole[start:end]) - len(whole[start:end].lstrip())
        yield Record(
            values, source.name, row, start=start + text_start, title_start=start + lead, encoding=encoding.found
        )


def split_articles(text: str, *, split_at: Sequence[int] = ()) -> list[tuple[int, int]]:
    """Give the places of the articles in a text, in characters.

    Parameters
    ----------
    text : a file as decoded.
    split_at : 1-based lines at which a new article begins, beside the lines of `===` or `---`.
    """
    cuts = [(match.start(), match.end()) for match in _RULE.finditer(text)]
    line_starts = [0] + [match.end() for match in re.finditer("\n", text)]
    cuts += [(line_starts[line - 1],) * 2 for line in split_at if 1 < line <= len(line_starts)]
    places, start = [], 0
    for cut_start, cut_end in [*sorted(cuts), (len(text), len(text))]:
        places.append((start, cut_start))
        start = cut_end
    return [place for place in places if text[slice(*place)].strip()] or [(0, len(text))]


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
