"""From paths, globs and folders to the list of files to read."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from pathlib import Path

from framing.errors import ArticleError
from framing.readers import KNOWN_UNREAD, PAGES, TABLES, Rejection, Source, kind_of

PathLike = str | os.PathLike[str]


def find_sources(
    paths: PathLike | Sequence[PathLike], *, root: PathLike | None = None, split_at: Sequence[int] = ()
) -> tuple[list[Source], list[Rejection]]:
    """List the files to read, in a fixed order, each once.

    Parameters
    ----------
    paths : files, folders or globs. A folder is read for its `.txt` and `.html`, sub-folders too;
        the first sub-folder is the outlet. Hidden files are passed over.
    root : what the names in messages are relative to; None: the folder given, or the one that holds them all.
    split_at : lines at which a new article begins; for text files.

    Returns
    -------
    The sources, and a rejection for each document in a folder that cannot be read as it is.

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
        for match in _matches(str(path)):
            roots.append(match if match.is_dir() else match.parent)
            for file, outlet in _files(match, unread) if match.is_dir() else [(match, "")]:
                found.setdefault(file.resolve(), (file, outlet))
    base = _base(roots, root)
    sources = [Source(f, _name(f, base), outlet, tuple(split_at)) for f, outlet in found.values()]
    return sources, [_unread(_name(file, base), file) for file in unread]


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
        if not file.is_file() or any(part.startswith((".", "~$")) for part in inside):
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
            f"{folder}: no .txt or .html file in this folder or below.{hint}",
            ar=f"{folder}: لا ملفات txt أو html في هذا المجلد أو ما تحته. الجداول تُقرأ إذا سُمّيت بأسمائها.",
        )
    return found


def _base(roots: list[Path], root: PathLike | None) -> Path:
    if root is not None:
        return Path(root).resolve()
    try:
        return Path(os.path.commonpath(sorted({str(folder.resolve()) for folder in roots})))
    except ValueError:  # files on two drives
        return Path()


def _name(file: Path, base: Path) -> str:
    whole = file.resolve()
    return whole.relative_to(base).as_posix() if whole.is_relative_to(base) else file.name


def _unread(name: str, file: Path) -> Rejection:
    kind = kind_of(file)
    return Rejection(
        name, 0, "file", "",
        f"{kind} documents are not read. Save it as .txt (UTF-8) or .html.",
        f"ملفات {kind} لا تُقرأ. احفظ الملف بصيغة txt (بترميز UTF-8) أو html.",
    )  # fmt: skip
