"""The index of a new study: an Excel sheet with a row for each article of a folder, grown without losing what is typed.

A room of its own: `readers/indexed.py` reads the sheet back, this writes it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from framing.errors import ArticleError
from framing.files import guard_formula, unguard_formula, write_bytes
from framing.optional import require
from framing.readers.columns import Mapper, index_columns
from framing.readers.compressed import check_zip
from framing.readers.indexed import plain_path
from framing.readers.parquet import value_as_text

Language = Literal["ar", "en"]
# Field -> the column's name in Arabic and in English, its width, and what to write there.
COLUMNS: dict[str, tuple[str, str, int, str, str]] = {
    "file": (
        "الملف", "file", 38,
        "مسار الملف نسبة إلى هذا الفهرس. لا تغيّره.",
        "The file's path from this index. Leave it as it is.",
    ),
    "n": (
        "ترتيب المادة", "n", 13,
        "رقم المادة إن كان في الملف أكثر من مادة يفصلها سطر ===؛ وإلا فاتركه فارغًا.",
        "Which article of the file, where a line of === parts several; else empty.",
    ),
    "outlet": (
        "الوسيلة", "outlet", 24,
        "اسم الوسيلة الإعلامية، مكتوبًا بصورة واحدة في كل الصفوف.",
        "The outlet's name, spelt the same in every row.",
    ),
    "date": (
        "التاريخ", "date", 16,
        "يوم النشر كما طُبع، والأفضل بالصيغة 2024-10-23.",
        "The day of publication as printed, best as 2024-10-23.",
    ),
    "title": (
        "العنوان", "title", 60,
        "عنوان المادة. إن تُرك فارغًا أُخذ من الملف.",
        "The article's title. Where it is empty the file's own is taken.",
    ),
    "url": ("الرابط", "url", 40, "رابط المادة إن عُرف.", "The article's address, if it is known."),
    "author": ("الكاتب", "author", 24, "اسم الكاتب إن ذُكر.", "The author, if one is named."),
}  # fmt: skip
NOTES = (
    (
        "صف لكل مادة. احذف صف الملف الذي لا تريده وأخرج الملف من المجلد، وإلا عاد الصف عند إعادة framing new.",
        "A row for each article. To leave one out, delete its row and move its file out of the folder; else"
        " `framing new` adds the row again.",
    ),
    (
        "ملفات جديدة في المجلد: أعد تشغيل framing new؛ تُضاف صفوفها ويبقى كل ما كتبته.",
        "New files in the folder: run `framing new` again; their rows are added and all you typed stays.",
    ),
    (
        "يمكن إضافة أعمدة: القسم، النوع، الوكالة. كل ما يُكتب في الجدول يُقدَّم على ما في الملف.",
        "Columns may be added: section, genre, agency. What stands in the sheet wins over what a file says.",
    ),
)


@dataclass(frozen=True)
class IndexRow:
    """One article of a folder; `part` is its number in a file of several, else 0; `values` by field of `COLUMNS`."""

    file: str
    part: int
    values: Mapping[str, str]


def write_index(path: Path, rows: Sequence[IndexRow], *, language: Language) -> list[IndexRow]:
    """Write an index, or add to the one that is there the rows it does not have.

    Nothing that stands in an index is changed. Where no row is new the file is not touched.

    Parameters
    ----------
    path : of the workbook.
    rows : every article of the folder.
    language : of a new index's column names.

    Returns
    -------
    The rows that were added.

    Raises
    ------
    ArticleError : a file of that name is there and is no index.
    """
    if not path.exists():
        write_bytes(path, _new_book(rows, language))
        return list(rows)
    book = _open(path)
    sheet, header_row, header = _header(book, path)
    columns = _columns(header, path)
    there, last = _there(sheet, header_row, columns)
    by_part = "n" in columns
    added = [row for row in rows if not _is_there(row, there, by_part=by_part)]
    for number, row in enumerate(added, last + 1):
        _put(sheet, number, row, columns)
    if added:
        write_bytes(path, _bytes(book))
    return added


def _new_book(rows: Sequence[IndexRow], language: Language) -> bytes:
    library = require("openpyxl", why="to write index.xlsx")
    styles = require("openpyxl.styles", why="to write index.xlsx")
    book = library.Workbook()
    sheet = book.active
    sheet.title = "الفهرس" if language == "ar" else "index"
    names = [arabic if language == "ar" else english for arabic, english, *_ in COLUMNS.values()]
    _head(sheet, names, [column[2] for column in COLUMNS.values()], styles)
    for number, row in enumerate(rows, 2):
        _put(sheet, number, row, {field: place for place, field in enumerate(COLUMNS, 1)})
    about = book.create_sheet("شرح الأعمدة" if language == "ar" else "columns")
    _head(about, ["العمود | column", "ما يُكتب فيه", "What to write"], [26, 70, 70], styles)
    for arabic, english, _, said_ar, said_en in COLUMNS.values():
        about.append([f"{arabic} | {english}", said_ar, said_en])
    for said_ar, said_en in NOTES:
        about.append(["", said_ar, said_en])
    for line in about.iter_rows(min_row=2):
        for cell in line:
            cell.alignment = styles.Alignment(wrap_text=True, vertical="top")
    return _bytes(book)


def _head(sheet: Any, names: Sequence[str], widths: Sequence[int], styles: Any) -> None:
    """Name a sheet's columns: right to left, the names in sight, wide enough to read."""
    sheet.sheet_view.rightToLeft = True
    sheet.freeze_panes = "A2"
    sheet.append(list(names))
    for cell, width in zip(sheet[1], widths, strict=True):
        cell.font = styles.Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = width


def _put(sheet: Any, number: int, row: IndexRow, columns: Mapping[str, int]) -> None:
    values = {"file": row.file, "n": str(row.part or "")} | dict(row.values)
    for field, place in columns.items():
        cell = sheet.cell(number, place)
        cell.number_format = "@"  # text: Excel must not turn 01/02/2024 round, nor 001 into 1
        if value := _writable(values.get(field, "")):
            cell.value = guard_formula(value)
            cell.data_type = "s"


def _writable(value: str) -> str:
    """Give a text that a workbook can hold: no control characters, no half characters, no more than fits."""
    plain = value.encode("utf-8", "replace").decode("utf-8")
    return "".join(letter for letter in plain if letter in "\t\n" or letter >= " ")[:32_000]


def _bytes(book: Any) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _open(path: Path) -> Any:
    library = require("openpyxl", why="to write index.xlsx")
    require("defusedxml", why="to read Excel workbooks safely")
    try:
        with path.open("rb") as stream:
            check_zip(stream, path.name)
            return library.load_workbook(stream)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise ArticleError(
            f"{path.name}: there already, and no workbook that can be read ({error}). Rename or move it, then run"
            " `framing new` again.",
            ar=f"{path.name}: موجود ولا يُقرأ مصنّفًا. غيّر اسمه أو انقله ثم أعد تشغيل framing new.",
        ) from error


def _header(book: Any, path: Path) -> tuple[Any, int, dict[str, int]]:
    """Find the sheet and the row that names the columns, as the reader does: the first that is filled."""
    for sheet in book.worksheets:
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            if any(cell not in (None, "") for cell in row):
                names = {str(name).strip(): place for place, name in enumerate(row, 1) if name not in (None, "")}
                return sheet, number, names
    raise _no_index(path)


def _columns(header: Mapping[str, int], path: Path) -> dict[str, int]:
    """Give the places of our fields among a person's columns; a column that was taken out stays out."""
    named = index_columns(header)
    if "file" not in named:
        raise _no_index(path)
    mapping = Mapper().match(header, path.name, with_text=False)
    names = {"file": named["file"], "n": named.get("part", "")}
    names |= {
        field: mapping.get("published" if field == "date" else field, "") for field in COLUMNS if field not in names
    }
    return {field: header[name] for field, name in names.items() if name}


def _there(sheet: Any, header_row: int, columns: Mapping[str, int]) -> tuple[dict[str, set[str]], int]:
    """Give the articles that rows name, by file, and the last row that is filled."""
    there: dict[str, set[str]] = {}
    last = header_row
    for number, cells in enumerate(sheet.iter_rows(min_row=header_row + 1, values_only=True), header_row + 1):
        if any(cell not in (None, "") for cell in cells):
            last = number
            name = plain_path(unguard_formula(str(cells[columns["file"] - 1] or "")))
            part = cells[columns["n"] - 1] if "n" in columns else None
            there.setdefault(name, set()).add(value_as_text(part).strip())
    return there, last


def _is_there(row: IndexRow, there: Mapping[str, set[str]], *, by_part: bool) -> bool:
    parts = there.get(plain_path(_writable(row.file)))
    return parts is not None and (not row.part or not by_part or str(row.part) in parts)


def _no_index(path: Path) -> ArticleError:
    return ArticleError(
        f"{path.name}: there already, and no index: no column is called 'file' or 'الملف'. Rename or move it, then"
        " run `framing new` again.",
        ar=f"{path.name}: موجود وليس فهرسًا، فلا عمود فيه باسم «الملف» أو file."
        " غيّر اسمه أو انقله ثم أعد تشغيل framing new.",
    )
