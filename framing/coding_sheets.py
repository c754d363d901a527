"""Coding sheets for people: written as .xlsx or .csv, read back with every value checked."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from framing.arabic import lexical_view
from framing.coding import CODE_COLUMNS, SHOWN, CodingSample, Question, load_sample, save_sample
from framing.errors import CodingError
from framing.files import guard_formula, write_bytes, write_csv
from framing.html import showable
from framing.optional import require
from framing.readers import Rejection, Source, kind_of, read_source

Language = Literal["ar", "en"]
HEADINGS: Mapping[str, Mapping[str, str]] = {
    "unit_id": {"ar": "المعرّف", "en": "unit_id"},
    "outlet": {"ar": "الوسيلة الإعلامية", "en": "outlet"},
    "date": {"ar": "التاريخ", "en": "date"},
    "title": {"ar": "العنوان", "en": "title"},
    "lead": {"ar": "بداية المتن", "en": "beginning"},
    "snippet": {"ar": "السياق", "en": "context"},
    "url": {"ar": "الرابط", "en": "url"},
    "value": {"ar": "الترميز", "en": "code"},
    "note": {"ar": "ملاحظة", "en": "note"},
    "coder": {"ar": "المُرمِّز", "en": "coder"},
}
NEEDED = ("unit_id", "value")
WIDTHS = {"unit_id": 14, "outlet": 16, "date": 12, "title": 34, "lead": 60, "snippet": 60, "url": 24, "value": 14}
MAX_CELL = 4000
MAX_FAULTS = 50
INSTRUCTIONS: Mapping[str, tuple[str, ...]] = {
    "ar": (
        "اقرأ العنوان وبداية المتن والسياق، وافتح الرابط إن لم تكفِ، ثم اختر لكل مادة إجابة من قائمة عمود الترميز.",
        "«نعم»: الموضوع هو محور المادة أو محور فقرة من فقراتها إن كانت نشرة موجزة أو تغطية مباشرة.",
        "«لا»: ورد ذكر الموضوع عرضًا، أو كانت المادة عن شأن آخر.",
        "«غير متأكد»: لا يكفي النص للحكم. تُحسب هذه الإجابات وحدها ولا تُعدّ نعم ولا لا.",
        "رُتّبت المواد عشوائيًا: رمّزها من الأعلى إلى الأسفل، ولا تغيّر عمود المعرّف. لا تتشاور مع مُرمِّز آخر أثناء الترميز.",
        "اكتب اسمًا مستعارًا في عمود المُرمِّز إن كان فارغًا. الكلمة بين [ ] في عمود السياق هي ما وجده البحث.",
    ),
    "en": (
        "Read the title, the beginning and the context, open the address if they are not enough, then choose one answer"
        " for each article from the list in the column 'code'.",
        "yes: the story is what the article, or a passage of a roundup or live page, is about.",
        "no: the story is mentioned in passing, or the article is about something else.",
        "unsure: the text is not enough to decide. These are counted apart, as neither yes nor no.",
        "The order is random: code from the top down, and leave the column 'unit_id' as it is. Do not consult another"
        " coder while coding.",
        "Write a pseudonym in the column 'coder' if it is empty. The words in [ ] in the context are what was found.",
    ),
}


def sample_path(sheet: Path) -> Path:
    """Give where the sample of a sheet is kept: beside it."""
    return sheet.with_name(f"{sheet.stem}.sample.json")


def write_sheet(sample: CodingSample, path: Path, *, coder: str = "", language: Language = "ar") -> Path:
    """Write a sheet for one coder, and its sample beside it; give the sheet's path.

    An .xlsx has right-to-left sheets, a drop-down in the column of codes and instructions in Arabic
    and English; a .csv has the same columns. Neither shows the stratum, so that the coder does not
    know which query found an article, and no cell runs as a formula.

    Parameters
    ----------
    coder : a pseudonym to fill in for every row. language : of the headings and of the drop-down.

    Raises
    ------
    CodingError : `path` ends in neither .xlsx nor .csv, or the sample holds no text to show.
    """
    path = Path(path)
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise CodingError(
            f"{path.name}: a coding sheet is written as .xlsx or .csv. Change the ending.",
            ar=f"{path.name}: تُكتب استمارة الترميز بصيغة xlsx أو csv. غيّر امتداد الملف.",
        )
    missing = [column for column in SHOWN if column not in sample.table]
    if missing:
        raise CodingError(
            "this sample was read from its file, which holds no text. Draw it again from the articles.",
            ar="قُرئت هذه العيّنة من ملفها وهو بلا نصوص. اسحبها من المواد من جديد لكتابة الاستمارة.",
        )
    shown = sample.table[["unit_id", "outlet", *SHOWN]].map(lambda cell: showable(cell)[:MAX_CELL])
    shown = shown.assign(value="", note="", coder=coder)
    table = shown.rename(columns={name: HEADINGS[name][language] for name in shown.columns})
    if path.suffix.lower() == ".csv":
        write_csv(path, table)
    else:
        write_bytes(path, _workbook(table, list(shown.columns), sample, language))
    save_sample(sample, sample_path(path))
    return path


def read_sheet(
    path: Path,
    *,
    sample: CodingSample | None = None,
    coder: str = "",
    coder_kind: Literal["person", "model"] = "person",
    round_: str = "production",
) -> pd.DataFrame:
    """Read a coded sheet (.xlsx or .csv, as saved by any spreadsheet) into codes.

    Parameters
    ----------
    sample : what the sheet was written from; by default the file beside it.
    coder : for rows whose column `coder` is empty; the sheet's file name if this is empty too.
    round_ : training, pilot, reliability or production.

    Returns
    -------
    One row per coded unit, the columns of `CODE_COLUMNS`; rows without a code are not coded yet and
    have none. `codebook_sha256` is the sample's hash, `coded_at` the time the file was saved (UTC).

    Raises
    ------
    CodingError : one line per fault with file, row, what stands there and what to write.
    """
    path = Path(path)
    sample = sample or load_sample(sample_path(path))
    sheet = _read(path, sample)
    if sheet.faults:
        more = len(sheet.faults) - MAX_FAULTS
        rest = [f"{path.name}: {more} more faults"] if more > 0 else []
        raise CodingError(
            "\n".join([*(fault for fault, _ in sheet.faults[:MAX_FAULTS]), *rest]),
            ar="\n".join(fault for _, fault in sheet.faults[:MAX_FAULTS]),
        )
    saved = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC).isoformat(timespec="seconds")
    probability = dict(zip(sample.table["unit_id"], sample.table["probability"], strict=True))
    rows = [
        (unit, who or coder or path.stem, coder_kind, sample.question.name, value, round_,
         probability[unit], sample.purpose, sample.sha256, saved)
        for unit, value, who in sheet.rows
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(CODE_COLUMNS)).astype({"probability": float})


@dataclass(frozen=True)
class _Sheet:
    """Rows as (unit, value, coder), and each fault in English and Arabic."""

    rows: list[tuple[str, str, str]]
    faults: list[tuple[str, str]]


def _read(path: Path, sample: CodingSample) -> _Sheet:
    if not path.is_file() or kind_of(path) not in (".xlsx", ".csv", ".tsv"):
        raise CodingError(
            f"{path}: no coding sheet (.xlsx or .csv) is there. Check the path.",
            ar=f"{path.name}: لا توجد استمارة ترميز (xlsx أو csv) بهذا الاسم. تحقّق من المسار.",
        )
    known = set(sample.table["unit_id"])
    spoken = _spoken(sample.question)
    rows: list[tuple[str, str, str]] = []
    faults: list[tuple[str, str]] = []
    seen: dict[tuple[str, str], int] = {}
    for number, cells in _records(path, faults):
        unit, written, who = cells.get("unit_id", ""), cells.get("value", ""), cells.get("coder", "").strip()
        first = seen.setdefault((unit, who), number)
        what: tuple[str, str, str, str] | None = None
        if unit not in known:
            what = ("unit_id", unit, "is not in this sheet's sample", "ليس من عيّنة هذه الاستمارة")
        elif first != number:
            what = ("unit_id", unit, f"stands in row {first} too", f"مكرّر، ورد في الصف {first}")
        elif written.strip() and _fold(written) not in spoken:
            what = ("code", written, *_asked(sample.question))
        elif written.strip():
            rows.append((unit, spoken[_fold(written)], who))
        if what is not None:
            faults.append(_fault(path, number, *what))
    return _Sheet(rows, faults)


def _asked(question: Question) -> tuple[str, str]:
    labels = question.answers.values()
    english, arabic = ", ".join(label["en"] for label in labels), "، ".join(label["ar"] for label in labels)
    return f"is not a code; write one of {english}", f"ليس ترميزًا؛ اكتب أحد هذه: {arabic}"


def _records(path: Path, faults: list[tuple[str, str]]) -> Iterator[tuple[int, dict[str, str]]]:
    """Give each row's number and its cells under our names; a row that cannot be read is a fault."""
    ours = {_fold(label): name for name, labels in HEADINGS.items() for label in (*labels.values(), name)}
    checked = False
    for record in read_source(Source(path, path.name)):
        if isinstance(record, Rejection):
            faults.append(
                (
                    f"{path.name}, row {record.row}: {record.reason}",
                    f"{path.name}، الصف {record.row}: {record.reason_ar}",
                )
            )
            continue
        cells = {ours[_fold(name)]: cell for name, cell in record.cells.items() if _fold(name) in ours}
        if not checked and (missing := [name for name in NEEDED if name not in cells]):
            asked = ", ".join(f"'{HEADINGS[name]['en']}'" for name in missing)
            raise CodingError(
                f"{path.name}: the column {asked} is missing; found {', '.join(map(repr, record.cells))}. Keep the"
                " first row of the sheet as it was written.",
                ar=f"{path.name}: ينقص عمود {'، '.join(HEADINGS[n]['ar'] for n in missing)}. أبقِ الصف الأول كما كُتب.",
            )
        checked = True
        yield record.row, cells


def _fault(path: Path, row: int, column: str, value: str, what: str, what_ar: str) -> tuple[str, str]:
    shown = showable(value)[:60]
    return f"{path.name}, row {row}: {column} '{shown}' {what}.", f"{path.name}، الصف {row}: «{shown}» {what_ar}."


def _fold(value: str) -> str:
    return " ".join(lexical_view(showable(value)).split()).casefold()


def _spoken(question: Question) -> dict[str, str]:
    """Give every way a value may be written, folded."""
    return {
        _fold(name): value for value, labels in question.answers.items() for name in (value, *dict(labels).values())
    }


def _workbook(table: pd.DataFrame, names: Sequence[str], sample: CodingSample, language: Language) -> bytes:
    library = require("openpyxl", why="to write a coding sheet")
    book = library.Workbook()
    sheet = book.active
    sheet.title = {"ar": "الترميز", "en": "coding"}[language]
    _fill(sheet, [list(table.columns), *table.to_numpy().tolist()])
    sheet.freeze_panes = "B2"
    for letter, name in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", names, strict=False):
        sheet.column_dimensions[letter].width = WIDTHS.get(name, 18)
    column = names.index("value") + 1
    _drop_down(sheet, column, len(table) + 1, [labels[language] for labels in sample.question.answers.values()])
    about = book.create_sheet({"ar": "التعليمات", "en": "instructions"}[language])
    _fill(about, [[line] for line in _instructions(sample)])
    about.column_dimensions["A"].width = 110
    for page in (sheet, about):
        page.sheet_view.rightToLeft = language == "ar"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(sheet: Any, rows: Sequence[Sequence[Any]]) -> None:
    """Write cells as text: nothing in them is a formula, a number or a link."""
    from openpyxl.styles import Alignment, Font

    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row, 1):
            cell = sheet.cell(number, place)
            cell.value = guard_formula(showable(value))
            cell.data_type = "s"
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top", readingOrder=0)
            if number == 1:
                cell.font = Font(bold=True)


def _drop_down(sheet: Any, column: int, last: int, labels: Sequence[str]) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    asked = DataValidation(type="list", formula1='"' + ",".join(labels) + '"', allow_blank=True)
    asked.showErrorMessage = True
    asked.error = " / ".join(labels)
    letter = get_column_letter(column)
    asked.add(f"{letter}2:{letter}{last}")
    sheet.add_data_validation(asked)


def _instructions(sample: CodingSample) -> list[str]:
    story = sample.settings.get("story") or {}
    lines: list[str] = []
    for language, name in (("ar", "الموضوع"), ("en", "The story")):
        lines += [sample.question.text[language]]
        lines += [f"{name}: {story[language]}"] if story.get(language) else []
        lines += [*INSTRUCTIONS[language], ""]
    return lines
