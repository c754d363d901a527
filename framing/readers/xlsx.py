"""Excel workbooks (.xlsx): the first sheet that has rows, every cell as text."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from framing.errors import ArticleError
from framing.optional import require
from framing.readers.compressed import check_zip, open_seekable
from framing.readers.delimited import make_record, unique_names
from framing.readers.encoding import Encoding
from framing.readers.parquet import value_as_text
from framing.readers.records import Read, Source

_XLSX = Encoding("utf-8", "xlsx")
# So many rows of a title may stand above the names of the columns.
N_ABOVE = 5
_ZEROS = re.compile(r"0{2,}")


def read_xlsx(source: Source) -> Read:
    """Read the first sheet with rows; its first filled row names the columns, `row` is Excel's number.

    Up to five rows of one cell above the names are a title and passed over.
    Formulas give the value Excel last computed. A number shown with leading zeros (format `000`)
    keeps them. Empty rows are no rows.
    """
    library = require("openpyxl", why="to read Excel workbooks")
    require("defusedxml", why="to read Excel workbooks safely")
    with open_seekable(source.path) as stream:
        try:
            check_zip(stream, source.name)
            book = library.load_workbook(stream, read_only=True, data_only=True)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
            raise ArticleError(
                f"{source.name}: not an .xlsx workbook, or a damaged one ({error}). Open it in Excel and save it again,"
                " or as CSV.",
                ar=f"{source.name}: ليس مصنّف xlsx أو أنه تالف. افتحه في إكسل واحفظه من جديد، أو بصيغة CSV.",
            ) from error
        try:
            yield from _sheet(source, book)
        finally:
            book.close()


def _sheet(source: Source, book: Any) -> Read:
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # other programs write wrong ones, and cells beyond them would be lost
        rows = _rows(sheet)
        top = list(islice(rows, N_ABOVE + 1))
        if not top:
            continue
        place = _header_place([cells for _, cells in top])
        header = unique_names(top[place][1])
        for number, cells in chain(top[place + 1 :], rows):
            yield make_record(source, number, header, cells, _XLSX)
        return


def _header_place(top: Sequence[Sequence[str]]) -> int:
    """Give the first row of more than one filled cell: a report's title stands alone, often merged, above it."""
    filled = [sum(map(bool, cells)) for cells in top]
    return next((place for place, n_cells in enumerate(filled) if n_cells > 1), 0)


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = [_cell_text(cell) for cell in row]
        if any(cells):
            while cells and not cells[-1]:
                cells.pop()
            yield number, cells


def _cell_text(cell: Any) -> str:
    value = cell.value
    text = value_as_text(value)
    if isinstance(value, int) and not isinstance(value, bool) and _ZEROS.fullmatch(cell.number_format or ""):
        return text.zfill(len(cell.number_format))
    # Excel writes a carriage return inside a cell as an escape.
    return text.replace("_x000D_", "") if isinstance(value, str) else text
