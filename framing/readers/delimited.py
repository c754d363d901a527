"""CSV and TSV, delimiter and encoding found, every cell as text."""

from __future__ import annotations

import contextlib
import csv
from collections import deque
from collections.abc import Iterator, Sequence

from framing.errors import ArticleError
from framing.files import unguard_formula
from framing.readers.compressed import open_bytes
from framing.readers.encoding import Encoding, broken_bytes, find_encoding, open_text
from framing.readers.records import MAX_CELL, Read, Record, Rejection, Source

DELIMITERS = ",;\t|"
# Of a file with one column: a character that stands in hardly any text, and is put back where it does.
NO_DELIMITER = "\x1f"


def read_delimited(source: Source) -> Read:
    """Read a CSV or TSV. The first row names the columns; `row` counts as a spreadsheet shows it.

    A row with more cells than the header, a cell beyond `MAX_CELL`, or a quote that is opened and
    never closed is rejected, and reading goes on after it. Missing cells at a row's end are empty.
    The apostrophe that our own files put before a formula is taken off.
    """
    encoding = find_encoding(lambda: open_bytes(source.path))
    old_limit = csv.field_size_limit(MAX_CELL)
    try:
        with open_text(open_bytes(source.path), encoding) as stream:
            lines = _Lines(stream)
            n_above, named = _skip_to_header(lines)
            delimiter = named or find_delimiter(lines.peek(20))
            yield from _records(source, lines, delimiter, encoding, n_above=n_above)
    finally:
        csv.field_size_limit(old_limit)


def _skip_to_header(lines: _Lines) -> tuple[int, str]:
    """Pass over empty lines and Excel's `sep=;` above the header; give how many, and the delimiter named."""
    n_above, named = 0, ""
    while first := lines.peek(1):
        line = first[0].lstrip("\ufeff").strip("\"' \r\n")
        if line.strip() and not line.lower().startswith("sep="):
            break
        named = line[4:5] or named
        next(lines)
        n_above += 1
    return n_above, named


def find_delimiter(lines: Sequence[str]) -> str:
    """Give the delimiter that splits the header, and the lines after it, most evenly."""
    if not any(delimiter in line for line in lines[:1] for delimiter in DELIMITERS):
        return NO_DELIMITER

    def evenness(delimiter: str) -> tuple[int, int]:
        rows: list[list[str]] = []
        with contextlib.suppress(csv.Error):  # a cell beyond the cap; its row is rejected when it is read
            rows.extend(row for row in csv.reader(lines, delimiter=delimiter) if row)
        width = len(rows[0]) if rows else 0
        return (sum(len(row) == width for row in rows) if width > 1 else 0, width)

    return max(DELIMITERS, key=evenness)


class _Lines:
    """Lines of a file that remembers which ones the current row took, and can take them back."""

    def __init__(self, stream: Iterator[str]) -> None:
        self._stream = stream
        self._waiting: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else next(self._stream)
        self.taken.append(line)
        return line

    def peek(self, n_lines: int) -> list[str]:
        while len(self._waiting) < n_lines and (line := next(self._stream, None)) is not None:
            self._waiting.append(line)
        return list(self._waiting)

    def give_back_all_but_first(self) -> None:
        self._waiting.extendleft(reversed(self.taken[1:]))

    def has_ended(self) -> bool:
        return not self.peek(1)


def _records(source: Source, lines: _Lines, delimiter: str, encoding: Encoding, *, n_above: int = 0) -> Read:
    rows = csv.reader(lines, delimiter=delimiter)
    try:
        header = unique_names([unguard_formula(name) for name in next(rows, [])])
    except csv.Error as error:
        raise ArticleError(
            f"{source.name}: the names of the columns are longer than {MAX_CELL:,} characters. Look for a quote that is"
            " never closed in the first row.",
            ar=f"{source.name}: أسماء الأعمدة أطول من {MAX_CELL:,} حرف. ابحث عن علامة اقتباس لم تُغلق في الصف الأول.",
        ) from error
    row = 1 + n_above
    while not lines.has_ended():
        lines.taken.clear()
        try:
            cells = next(rows, [])
        except csv.Error:
            lines.give_back_all_but_first()
            yield _too_long(source, row + 1, lines.taken[0])
            rows, row = csv.reader(lines, delimiter=delimiter), row + 1
            continue
        if not cells:
            continue  # an empty line is not a row
        row += 1
        if _swallows_rows(lines, len(header), delimiter):
            lines.give_back_all_but_first()
            yield _never_closed(source, row, lines.taken)
            rows = csv.reader(lines, delimiter=delimiter)
            continue
        if delimiter == NO_DELIMITER:
            cells = [NO_DELIMITER.join(cells)]
        yield make_record(source, row, header, cells, encoding)


def make_record(
    source: Source, row: int, header: Sequence[str], cells: Sequence[str], encoding: Encoding
) -> Record | Rejection:
    """Pair a row's cells with the header, or say why they do not fit."""
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        return Rejection(
            source.name, row, "", " | ".join(cells)[:400],
            f"{len(cells)} cells, the header names {len(header)}. Put quotes around cells that hold the delimiter.",
            f"في الصف {len(cells)} خلية وفي العناوين {len(header)}. ضع الخلايا التي تحوي الفاصلة بين علامتي اقتباس.",
        )  # fmt: skip
    values = {name: unguard_formula(cell) for name, cell in zip(header, cells, strict=False)}
    values |= dict.fromkeys(header[len(cells) :], "")
    if encoding.errors == "surrogateescape":
        for name, value in values.items():
            if bad := broken_bytes(value):
                return Rejection(
                    source.name, row, name, value.encode("utf-8", "replace").decode("utf-8")[:400],
                    f"{bad} bytes are not UTF-8. Save the file again as UTF-8 from the program that made it.",
                    "في القيمة بايتات ليست UTF-8. احفظ الملف من جديد بترميز UTF-8.",
                )  # fmt: skip
    return Record(values, source.name, row, encoding=encoding.found)


def unique_names(names: Sequence[str]) -> list[str]:
    """Name nameless columns by place and repeated ones by number: no cell is lost."""
    found: dict[str, None] = {}
    last: dict[str, int] = {}  # where counting of a name goes on: thousands of equal names take no longer
    for place, raw in enumerate(names, 1):
        base = raw.strip()
        name = base or f"column_{place}"
        while name in found:
            last[base] = last.get(base, 1) + 1
            name = f"{base or 'column'}_{last[base]}"
        found[name] = None
    return list(found)


def _swallows_rows(lines: _Lines, width: int, delimiter: str) -> bool:
    """Tell whether a cell of many lines holds rows: its quote is never closed, or every line is a whole row of tabs."""
    taken = lines.taken
    if len(taken) == 1:
        return False
    if delimiter == "\t" and width > 1 and all(line.count("\t") == width - 1 for line in taken):
        return True
    return lines.has_ended() and _is_open(taken, delimiter)


def _is_open(lines: Sequence[str], delimiter: str) -> bool:
    try:
        for _ in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "end of data" in str(error)
    return False


def _never_closed(source: Source, row: int, lines: Sequence[str]) -> Rejection:
    return Rejection(
        source.name, row, "", lines[0].strip()[:400],
        "a quote is opened here and never closed. Close it, or double the quotes inside the cell.",
        "فُتحت هنا علامة اقتباس ولم تُغلق. أغلقها أو ضاعِف علامات الاقتباس داخل الخلية.",
    )  # fmt: skip


def _too_long(source: Source, row: int, line: str) -> Rejection:
    return Rejection(
        source.name, row, "", line[:400],
        f"a cell of more than {MAX_CELL:,} characters. Look for a quote that is never closed.",
        f"خلية تزيد على {MAX_CELL:,} حرف. ابحث عن علامة اقتباس لم تُغلق.",
    )  # fmt: skip
