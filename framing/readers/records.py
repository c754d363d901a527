"""What every reader takes and gives: a source, records of text, rejections with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["MAX_CELL", "Read", "Reader", "Record", "Rejection", "Source"]

# Characters of one cell or line; a longer one is rejected, never cut.
MAX_CELL = 64_000_000


@dataclass(frozen=True)
class Source:
    """One file to read.

    Parameters
    ----------
    path : where it is.
    name : what messages and tables call it; never an absolute path.
    outlet : the outlet its place says (a sub-folder), or empty.
    split_at : 1-based lines at which a new article begins in a text file.
    """

    path: Path
    name: str
    outlet: str = ""
    split_at: tuple[int, ...] = ()


@dataclass(frozen=True)
class Record:
    """One row as found: every value text, a missing one empty.

    `row` is what a person sees: the line in a spreadsheet (its header is row 1), the line of a
    JSONL file, else the 1-based number of the item. `start` and `title_start` are the places of
    `cells["text"]` and `cells["title"]` in a text file as decoded, in characters. `encoding` and
    `repairs` say how bytes became text; `notes` are what a person should know about a row that is kept.
    """

    cells: dict[str, str]
    file: str
    row: int
    start: int = 0
    title_start: int = 0
    encoding: str = "utf-8"
    repairs: tuple[str, ...] = field(default=())
    notes: tuple[Rejection, ...] = field(default=())


@dataclass(frozen=True)
class Rejection:
    """One row, or one file (`row` 0), that could not be read, and what to do about it.

    `outlet` where it is known. A note on a record that was read has the same fields.
    """

    file: str
    row: int
    field: str
    value: str
    reason: str
    reason_ar: str = ""
    outlet: str = ""


Read = Iterator[Record | Rejection]
Reader = Callable[[Source], Read]
