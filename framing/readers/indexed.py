"""An index: a table without texts, each row of which names a text file beside it (`index.xlsx` of a new study)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from framing.errors import ArticleError
from framing.readers import PAGES, TABLES, Record, Rejection, Source, kind_of, read_source
from framing.readers.columns import FIELDS, Mapper, fill_cells, index_columns
from framing.readers.records import Read

# What a results folder has: its report.html is no article.
RESULTS_MARK = "manifest.json"


def read_index(items: Read, source: Source, mapper: Mapper, warnings: list[Rejection], texts: list[Source]) -> Read:
    """Give an index's rows with the texts of their files; a table that is no index passes as it is.

    A table is an index where no column is its text and one is called `file` (or `الملف`). What a row
    says (outlet, title, date ...) wins over what its file says. A file of several articles has a row
    for each, with its number in the column `n`. Files are looked for in the index's folder and below,
    never outside it.

    Parameters
    ----------
    items, source : the table's rows, and the table.
    mapper : which of its columns is which field.
    warnings : takes the files of the folder, and the articles in them, that no row names.
    texts : takes the files that were read.
    """
    items = iter(items)
    before: list[Record | Rejection] = []
    if kind_of(source.path) in TABLES:
        for item in items:
            before.append(item)
            if isinstance(item, Record):
                break
    first = before[-1] if before else None
    if not isinstance(first, Record) or not is_index(first.cells, mapper, source.name):
        yield from chain(before, items)
        return
    index = _Index(source, mapper, texts)
    for item in chain(before, items):
        yield index.row(item) if isinstance(item, Record) else item
    warnings += index.unnamed()


def is_index(names: Iterable[str], mapper: Mapper, file: str) -> bool:
    """Tell whether a table with these columns is an index of text files."""
    names = list(names)
    return "file" in index_columns(names) and "text" not in mapper.match(names, file, with_text=False)


def texts_in(folder: Path) -> dict[str, Path]:
    """Give the texts and pages of a folder and below by path, composed (NFC); hidden files and results are left out."""
    results = {path.parent for path in folder.rglob(RESULTS_MARK)} - {folder}
    found = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        hidden = any(part.startswith((".", "~$")) for part in inside.parts)
        if kind_of(path) in PAGES and not hidden and path.is_file() and results.isdisjoint(path.parents):
            found[plain_path(inside.as_posix())] = path
    return found


def plain_path(name: str) -> str:
    """Give a path as an index writes it: slashes, no `./`, letters composed as one (macOS takes them apart)."""
    return unicodedata.normalize("NFC", name.strip()).replace("\\", "/").removeprefix("./")


@dataclass
class _Index:
    """The rows of one index and the files of its folder."""

    source: Source
    mapper: Mapper
    texts: list[Source]
    files: dict[str, Path] = field(init=False)
    rows: dict[tuple[str, int], int] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)
    held: tuple[str, list[Record | Rejection]] = ("", [])

    def __post_init__(self) -> None:
        self.files = texts_in(self.source.path.parent)

    def row(self, row: Record) -> Record | Rejection:
        """Give a row with the text of its file, or say why it has none."""
        columns = index_columns(row.cells)
        given = row.cells.get(columns["file"], "")
        name, part = plain_path(given), row.cells.get(columns.get("part", ""), "").strip()
        mapping = self.mapper.match(row.cells, row.file, with_text=False)

        def reject(about: str, value: str, said: tuple[str, str]) -> Rejection:
            outlet = row.cells.get(mapping.get("outlet", ""), "").strip()
            return Rejection(row.file, row.row, about, value, *said, outlet)

        if said := self._fault(name):
            return reject("file", given, said)
        articles = self._read(name)
        number = _number(part, len(articles))
        if number is None:
            return reject("n", part or given, _no_part(name, part, len(articles)))
        if (name, number) in self.rows:
            return reject("file", given, _twice(name, self.rows[name, number]))
        self.rows[name, number] = row.row
        found = articles[number - 1]
        if isinstance(found, Rejection):
            return reject("file", given, (f"{name}: {found.reason}", f"{name}: {found.reason_ar}"))
        cells = fill_cells(row.cells, mapping, {key: value for key, value in found.cells.items() if key in FIELDS})
        return replace(row, cells=cells, encoding=found.encoding, repairs=row.repairs + found.repairs)

    def _fault(self, name: str) -> tuple[str, str] | None:
        """Say why a name is no text of this folder, or nothing."""
        folder = self.source.path.parent.resolve()
        if not name:
            return _unnamed()
        if name.startswith(("/", "~")) or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
            return _outside(name)
        if name not in self.files:
            return _not_there(name)
        return None if self.files[name].resolve().is_relative_to(folder) else _outside(name)

    def _read(self, name: str) -> list[Record | Rejection]:
        """Read a text file; rows of one file mostly follow each other, so the last one is held."""
        if self.held[0] != name:
            folder = self.source.name.rpartition("/")[0]
            text = Source(self.files[name], f"{folder}/{name}".removeprefix("/"))
            if name not in self.parts:
                self.texts.append(text)
            self.held = (name, articles_of(text))
            self.parts[name] = len(self.held[1])
        return self.held[1]

    def unnamed(self) -> list[Rejection]:
        """Give a warning for each file, and each article in a file, that no row names."""
        unread = [name for name in self.files if name not in self.parts]
        found = [Rejection(name, 0, "file", name, *_not_in(self.source.name)) for name in unread]
        for name, n_parts in self.parts.items():
            missing = [str(part) for part in range(1, n_parts + 1) if (name, part) not in self.rows]
            if missing:
                found.append(Rejection(name, 0, "n", ", ".join(missing), *_parts_not_in(missing, self.source.name)))
        return found


def articles_of(source: Source) -> list[Record | Rejection]:
    """Give every article of a text file; a file that cannot be read is one rejection."""
    try:
        return list(read_source(source))
    except ArticleError as error:
        return [Rejection(source.name, 0, "file", "", str(error), error.ar)]


def _number(part: str, n_parts: int) -> int | None:
    """Give which article of a file a row means; the only one needs no number."""
    if not part:
        return 1 if n_parts == 1 else None
    plain = part.removesuffix(".0")  # as pandas writes a whole number beside an empty cell
    number = int(plain) if plain.isdecimal() and len(plain) < 7 else 0
    return number if 1 <= number <= n_parts else None


def _unnamed() -> tuple[str, str]:
    return (
        "no text file is named. Write its path as it stands beside the index, or leave the row out",
        "لم يُذكر ملف. اكتب مساره كما هو بجانب الفهرس، أو احذف الصف",
    )


def _outside(name: str) -> tuple[str, str]:
    return (
        f"'{name}' is not inside the index's folder. Put the file there and write its path from there",
        f"الملف '{name}' ليس داخل مجلد الفهرس. انقله إليه واكتب مساره نسبة إلى ذلك المجلد",
    )


def _not_there(name: str) -> tuple[str, str]:
    kinds = ", ".join(PAGES)
    return (
        f"no text file '{name}' is in the index's folder ({kinds} are read). Correct the name, or put the file there",
        f"لا ملف باسم '{name}' في مجلد الفهرس (تُقرأ {kinds}). صحّح الاسم أو ضع الملف هناك",
    )


def _no_part(name: str, part: str, n_parts: int) -> tuple[str, str]:
    if not part:
        return (
            f"{name} holds {n_parts} articles. Write a row for each, with its number (1 to {n_parts}) in the column n",
            f"مواد الملف {name} عددها {n_parts}. اكتب صفًا لكل مادة ورقمها (1 إلى {n_parts}) في عمود ترتيب المادة",
        )
    return (
        f"'{part}' is no article of {name}, which holds {n_parts}. Write a whole number from 1 to {n_parts}",
        f"لا مادة رقمها '{part}' في الملف {name}، وعدد مواده {n_parts}. اكتب رقمًا من 1 إلى {n_parts}",
    )


def _twice(name: str, row: int) -> tuple[str, str]:
    return (
        f"row {row} names the same article of {name}. Keep one of the two rows",
        f"الصف {row} يذكر المادة نفسها من الملف {name}. أبقِ أحد الصفين",
    )


def _not_in(index: str) -> tuple[str, str]:
    return (
        f"this text is in no row of {index} and was not read. Run `framing new` on the folder again to add it",
        f"هذا النص ليس في الفهرس {index} ولم يُقرأ. أعد تشغيل framing new على المجلد لإضافته، أو اتركه",
    )


def _parts_not_in(missing: Sequence[str], index: str) -> tuple[str, str]:
    return (
        f"articles {', '.join(missing[:20])} of this file are in no row of {index} and were not read. Run `framing new`"
        " on the folder again to add them, or leave them",
        f"المواد {', '.join(missing[:20])} من هذا الملف ليست في الفهرس {index} ولم تُقرأ. أعد تشغيل framing new على"
        " المجلد لإضافتها، أو اتركها",
    )
