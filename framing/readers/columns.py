"""Which column of a source is which field of an article: presets, a study's mapping, or known names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from framing.errors import ArticleError

FIELDS = (
    "article_id", "outlet", "title", "text", "published", "url", "author", "section", "genre", "agency", "language",
)  # fmt: skip


@lru_cache(maxsize=1)
def preset_file() -> Any:
    """Give the content of `presets.yaml`. It is shared: do not change it."""
    return yaml.safe_load((Path(__file__).parent / "presets.yaml").read_text(encoding="utf-8"))


def preset_names() -> list[str]:
    """Give the names a study may write under `preset`."""
    return sorted(preset_file()["presets"])


@dataclass(frozen=True)
class Mapper:
    """Turns a source's columns into fields.

    Parameters
    ----------
    preset : a name of `preset_names()`, or None.
    columns : field -> column, before the preset and the known names; an empty column
        means "this source has no such field".
    """

    preset: str | None = None
    columns: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if self.preset is not None and self.preset not in preset_names():
            raise ArticleError(
                f"preset '{self.preset}' is not known. Write one of: {', '.join(preset_names())};"
                " or name the columns under 'columns'.",
                ar=f"القالب '{self.preset}' غير معروف. المتاح: {', '.join(preset_names())}.",
            )
        for name in self.columns or {}:
            field_of(name)

    def warning(self) -> dict[str, str] | None:
        """Give what a user of this preset must know, in {en, ar}, or None."""
        return preset_file()["presets"][self.preset].get("warn") if self.preset else None

    def match(self, found: Iterable[str], file: str, *, with_text: bool = True) -> dict[str, str]:
        """Give field -> column for a file with the columns `found`.

        Parameters
        ----------
        with_text : the file must have a column of texts; a list of addresses has none.

        Raises
        ------
        ArticleError : a named column is not there, or no column holds text; the message lists the columns.
        """
        names = list(found)
        mapping = {field: column for field, column in self._known(names).items() if column}
        for name, column in (self.columns or {}).items():
            if column and column not in names:
                raise _not_there(file, name, column, names)
            mapping[field_of(name)] = column
        mapping = {field: column for field, column in mapping.items() if column}
        if with_text and "text" not in mapping:
            raise self._no_text(file, names, mapping)
        return mapping

    def _known(self, names: list[str]) -> dict[str, str]:
        """Take the preset's columns where they are there, else the first known name that no field has taken."""
        wanted = preset_file()["presets"][self.preset]["columns"] if self.preset else {}
        mapping = {field: column for field, column in wanted.items() if column in names}
        by_key = {_key(name): name for name in reversed(names)}
        taken = set(mapping.values()) | set((self.columns or {}).values())
        for field in FIELDS:
            for known in () if field in mapping else preset_file()["recognised"][field]:
                column = by_key.get(_key(known))
                if column is not None and column not in taken:
                    mapping[field] = column
                    taken.add(column)
                    break
        return mapping

    def _no_text(self, file: str, names: list[str], mapping: Mapping[str, str]) -> ArticleError:
        shown = ", ".join(names[:20]) or "none"
        maker = preset_file()["presets"][self.preset].get("without_text") if self.preset else None
        for name, marks in preset_file()["url_lists"].items():
            if maker is None and {_key(mark) for mark in marks} <= {_key(name) for name in names}:
                maker = name
        if maker or "url" in mapping:
            whose, whose_ar = (f"a {maker} list", f"قائمة روابط من {maker}") if maker else ("a list", "قائمة روابط")
            return ArticleError(
                f"{file}: {whose} of addresses without texts. Save each page as .html or .txt in a folder per outlet,"
                " or with wget, and name that folder: --pages FOLDER (in a study: pages: FOLDER). If a column holds the"
                f" texts, name it: columns: {{text: ...}}. Columns there: {shown}.",
                ar=f"{file}: {whose_ar} بلا نصوص. احفظ كل صفحة بصيغة html أو txt في مجلد لكل وسيلة، أو ببرنامج wget،"
                " ثم سمِّ المجلد: --pages FOLDER (وفي ملف الدراسة: pages: FOLDER). وإن كان في الجدول عمود للنصوص فسمِّه:"
                " columns: {text: ...}.",
            )
        return ArticleError(
            f"{file}: no column holds the text. Columns there: {shown}. Name it in the study: columns: {{text: ...}}.",
            ar=f"{file}: لا عمود للنص. الأعمدة الموجودة: {shown}. سمِّ عمود النص في ملف الدراسة: columns: {{text: ...}}.",
        )


def index_columns(names: Iterable[str]) -> dict[str, str]:
    """Give the columns of an index that name the file (`file`) and which of its articles (`part`), where they are."""
    by_key = {_key(name): name for name in reversed(list(names))}
    return {
        what: by_key[key]
        for what, known in preset_file()["index"].items()
        if (key := next((_key(name) for name in known if _key(name) in by_key), None))
    }


def fill_cells(cells: Mapping[str, str], mapping: Mapping[str, str], found: Mapping[str, str]) -> dict[str, str]:
    """Give a row's cells with an article's text put in, and its blank cells filled from what was found with the text.

    Parameters
    ----------
    cells : of a list or an index; what stands there wins over `found`, but for the text.
    mapping : field -> column of the row.
    found : field -> value, of the page or file that holds the text.
    """
    filled = dict(cells)
    for field in FIELDS:
        column, value = mapping.get(field), found.get(field, "")
        if field == "text":
            filled[column or "text"] = value
        elif column is None and field not in ("article_id", "url"):
            filled.setdefault(field, value)  # a column of that name that is no field here is left alone
        elif column is not None and not filled.get(column, "").strip():
            filled[column] = value
    return filled


def field_of(name: str) -> str:
    """Give the field that a key of `columns` means.

    Raises
    ------
    ArticleError : it means none.
    """
    field = preset_file()["fields"].get(name, name)
    if field not in FIELDS:
        near = get_close_matches(name, FIELDS, 1)
        hint = f"Did you mean '{near[0]}'?" if near else f"Fields: {', '.join(FIELDS)}."
        raise ArticleError(
            f"columns: '{name}' is not a field of an article. {hint}", ar=f"columns: الحقل '{name}' غير معروف. {hint}"
        )
    return str(field)


def _key(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", name).casefold()


def _not_there(file: str, field: str, column: str, names: list[str]) -> ArticleError:
    near = get_close_matches(column, names, 1)
    hint = f"Did you mean '{near[0]}'?" if near else f"Columns there: {', '.join(names[:20])}."
    return ArticleError(
        f"{file}: columns.{field} is '{column}', and no column has that name. {hint}",
        ar=f"{file}: لا عمود اسمه '{column}' للحقل {field}. {hint}",
    )
