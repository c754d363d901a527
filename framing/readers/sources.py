"""From paths, globs and folders to the list of files to read."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from pathlib import Path

from framing.errors import ArticleError
from framing.readers import KNOWN_UNREAD, PAGES, TABLES, Rejection, Source, kind_of
from framing.readers.unread import unread_document

PathLike = str | os.PathLike[str]


def find_sources(
    paths: PathLike | Sequence[PathLike], *, root: PathLike | None = None, split_at: Sequence[int] = ()
) -> tuple[list[Source], list[Rejection]]:
    """List the files to read, in a fixed order, each once.

    Parameters
    ----------
    paths : files, folders or globs. A folder is read for its texts, pages, feeds and documents (the
        kinds of `PAGES`), sub-folders too; the first sub-folder is the outlet. Hidden files are passed
        over, and the folder of pictures and frames that a browser puts beside a saved page.
    root : what the names in messages are relative to; None: the folder given, or the one that holds them all.
    split_at : lines at which a new article begins; for text files.

    Returns
    -------
    The sources, and a rejection for each document in a folder or glob that cannot be read as it is.

    Raises
    ------
    ArticleError : a path or glob matches nothing, or a folder holds no text.
    """
    given = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    if not given:
        raise ArticleError("no path of articles is given. Name a file, a folder or a glob.", ar="لم يُعطَ مسار للمواد.")
    found: dict[Path, tuple[Path, str]] = {}
    unread: list[Path] = []
    roots: list[Path] = []
    for path in given:
        is_named = Path(path).expanduser().exists()
        for match in _matches(str(path)):
            roots.append(match if match.is_dir() else match.parent)
            if not is_named and kind_of(match) in KNOWN_UNREAD and match.is_file():
                unread.append(match)
                continue
            for file, outlet in _files(match, unread) if match.is_dir() else [(match, "")]:
                found.setdefault(file.resolve(), (file, outlet))
    base = _base(roots, root)
    sources = [Source(f, _name(f, base), outlet, tuple(split_at)) for f, outlet in found.values()]
    return sources, [unread_document(_name(file, base), kind_of(file)) for file in unread]


def _matches(path: str) -> list[Path]:
    plain = Path(path).expanduser()
    if plain.exists():
        return [plain]
    # Path.glob takes no absolute pattern
    matches = sorted(glob.glob(str(plain), recursive=True)) if glob.has_magic(path) else []  # noqa: PTH207
    if not matches:
        what = "matches no file" if glob.has_magic(path) else "is not there"
        raise ArticleError(
            f"{path}: {what}. Check the path; in a study it is relative to the study file.",
            ar=f"{path}: لا يوجد ملف بهذا المسار. تحقّق منه؛ المسارات في ملف الدراسة نسبة إلى مكانه.",
        )
    return [Path(match) for match in matches]


def _files(folder: Path, unread: list[Path]) -> list[tuple[Path, str]]:
    """List a folder's texts and pages with their outlets; documents we cannot read go to `unread`."""
    found, tables = [], []
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder).parts
        if not file.is_file() or any(part.startswith((".", "~$")) for part in inside) or _is_beside_page(file, folder):
            continue
        kind = kind_of(file)
        if kind in PAGES:
            found.append((file, inside[0] if len(inside) > 1 else ""))
        elif kind in KNOWN_UNREAD:
            unread.append(file)
        elif kind in TABLES:
            tables.append(file.name)
    if not found and not unread:
        hint = f" Its tables ({', '.join(tables[:5])}) are read when you name them." if tables else ""
        raise ArticleError(
            f"{folder}: no text, page, feed or document ({', '.join(PAGES)}) in this folder or below.{hint}",
            ar=f"{folder}: لا نصوص ولا صفحات ولا مستندات في هذا المجلد أو ما تحته. الجداول تُقرأ إذا سُمّيت بأسمائها.",
        )
    return found


def _base(roots: list[Path], root: PathLike | None) -> Path:
    if root is not None:
        return Path(root).resolve()
    try:
        return Path(os.path.commonpath(sorted({str(folder.resolve()) for folder in roots})))
    except ValueError:  # files on two drives
        return Path()


_SAVED = (".html", ".htm", ".xhtml")


def _is_beside_page(file: Path, folder: Path) -> bool:
    """Tell what a browser saves beside a page: `X_files/` next to `X.html`; Arabic browsers write `X_ملفات`."""
    for parent in file.relative_to(folder).parents:
        stem, _, end = parent.name.rpartition("_")
        if end.lower() in ("files", "ملفات") and any((folder / parent).with_name(stem + e).is_file() for e in _SAVED):
            return True
    return False


def _name(file: Path, base: Path) -> str:
    whole = file.resolve()
    name = whole.relative_to(base).as_posix() if whole.is_relative_to(base) else file.name
    # A name whose bytes are not UTF-8 can be opened but not saved in a table: those bytes are written out.
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
