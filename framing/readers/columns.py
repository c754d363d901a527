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

    def match(self, found: Iterable[str], file: str) -> dict[str, str]:
        """Give field -> column for a file with the columns `found`.

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
        if "text" not in mapping:
            raise self._no_text(file, names)
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

    def _no_text(self, file: str, names: list[str]) -> ArticleError:
        shown = ", ".join(names[:20]) or "none"
        maker = preset_file()["presets"][self.preset].get("without_text") if self.preset else None
        for name, marks in preset_file()["url_lists"].items():
            if maker is None and {_key(mark) for mark in marks} <= {_key(name) for name in names}:
                maker = name
        if maker:
            return ArticleError(
                f"{file}: a {maker} list of addresses without texts. Save each page as .html or .txt in a folder per"
                " outlet and give that folder, or add a column 'text' with each article's text.",
                ar=f"{file}: قائمة روابط من {maker} بلا نصوص. احفظ كل صفحة بصيغة html أو txt في مجلد لكل وسيلة"
                " وأعطِ ذلك المجلد، أو أضف عمود text فيه نص كل مادة.",
            )
        return ArticleError(
            f"{file}: no column holds the text. Columns there: {shown}. Name it in the study: columns: {{text: ...}}.",
            ar=f"{file}: لا عمود للنص. الأعمدة الموجودة: {shown}. سمِّ عمود النص في ملف الدراسة: columns: {{text: ...}}.",
        )


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
