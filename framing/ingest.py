"""Read articles into a file, batch by batch: a file of any size is checked and written in little memory.

`read_articles` holds what it reads; this does not. Every source is read twice: once to learn what must be
known of all rows (orders of day and month, repeated ids), once to write them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from framing.articles import hashes_of, log_account, note_reading
from framing.dates import DEFAULT_TIMEZONE, DateOrder
from framing.errors import ArticleError
from framing.files import atomic_path, csv_text
from framing.html import block
from framing.html import table as html_table
from framing.intake import Intake, ReadSettings
from framing.optional import require
from framing.readers import Source, read_source
from framing.readers.columns import Mapper
from framing.readers.drafts import Account, Draft, read_drafts, survey
from framing.readers.joined import Join, Joins, join_pages
from framing.readers.sources import PathLike, find_sources

ENDINGS = (".parquet", ".csv", ".jsonl")
# Articles held at once; news texts are 2 to 10 KB, so a batch is some 10 MB.
BATCH = 1000


@dataclass(frozen=True)
class Ingested:
    """What became of every row of the files that were read.

    Parameters
    ----------
    path : the table that was written, with the columns of `framing.intake.COLUMNS`.
    n_articles : its rows.
    files, rejected, set_aside, warnings, steps, settings, joins : as in `framing.articles.Articles`.
    """

    path: Path
    n_articles: int
    files: pd.DataFrame
    rejected: pd.DataFrame
    set_aside: pd.DataFrame
    warnings: pd.DataFrame
    steps: pd.DataFrame
    settings: Mapping[str, Any]
    joins: Joins | None = None

    def to_frame(self) -> pd.DataFrame:
        """Give the account per file."""
        return self.files.copy()

    def flow(self) -> pd.DataFrame:
        """Give counts per outlet: found, readable, arabic, long_enough, selected; each is part of the one before."""
        return self.steps.copy()

    def summary(self) -> str:
        """Say how many rows were found, accepted, set aside and rejected."""
        lines = [account_line(self.files, self.n_articles), *([self.joins.summary()] if self.joins else [])]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return block(html_table(self.files, caption=self.summary()), language="en")


def account_line(files: pd.DataFrame, n_articles: int) -> str:
    """Say in one line what became of the rows of some files."""
    n_found, n_aside, n_rejected = (int(files[name].sum()) for name in ("n_found", "n_set_aside", "n_rejected"))
    return (
        f"{n_found} rows found in {len(files)} files = {n_articles} articles"
        f" + {n_aside} set aside + {n_rejected} rejected."
    )


def ingest_articles(
    paths: PathLike | Sequence[PathLike],
    *,
    out: PathLike,
    columns: Mapping[str, str] | None = None,
    preset: str | None = None,
    date_order: DateOrder | None = None,
    timezone: str = DEFAULT_TIMEZONE,
    outlet: str | None = None,
    pages: PathLike | Sequence[PathLike] | None = None,
    batch: int = BATCH,
) -> Ingested:
    """Read and check articles, and write those accepted as one table.

    Memory does not grow with the files' texts: only ids, counts and what was kept out are held; and, with `pages`,
    the texts of the pages that are listed.

    Parameters
    ----------
    paths, columns, preset, date_order, timezone, outlet, pages : as `framing.articles.read_articles` takes them.
    out : the table to write, .parquet, .csv or .jsonl; whole, or not at all.
    batch : articles held at once.

    Raises
    ------
    ArticleError : another ending, or anything `read_articles` raises.
    """
    target = Path(out)
    settings = ReadSettings(
        columns=dict(columns or {}), preset=preset, date_order=date_order, timezone=timezone, outlet=outlet
    )
    mapper, account = Mapper(preset, settings.columns), Account()
    sources, unread = find_sources(paths)
    _check_target(target, sources)

    lists = [partial(read_source, source) for source in sources]
    join = None if pages is None else join_pages(lists, pages, mapper, outlet=outlet)

    def drafts(taking: Account, joining: Join | None) -> Iterator[Draft]:
        through = joining.records if joining else None
        return read_drafts(taking, sources, mapper, aliases={}, outlet=outlet, through=through)

    # The first pass's rejections are met again in the second.
    intake = Intake(
        settings, survey(drafts(Account(), join.again() if join else None), account, order=date_order), account
    )
    with open_table(target) as table:
        for held in _batches(drafts(account, join), batch):
            accepted, _ = intake.take(held)
            table.write(accepted)
    account.rejected += [("", rejection) for rejection in unread]
    note_reading(account, mapper, join)
    log_account(account)
    return Ingested(
        target, intake.n_accepted, intake.files(hashes_of(sources, account, join)), intake.rejected(),
        intake.set_aside(), intake.warnings(), intake.steps(), intake.in_force(), join.result() if join else None,
    )  # fmt: skip


def _check_target(target: Path, sources: Sequence[Source]) -> None:
    """Stop before anything is read where the result could not be written, or would replace what is read."""
    _check_ending(target)
    if target.resolve() in {source.path.resolve() for source in sources}:
        raise ArticleError(
            f"{target}: --out names a file that is read. Give the result another name.",
            ar=f"{target.name}: ملف النتيجة هو نفسه ملف المواد. اختر اسمًا آخر.",
        )


def _check_ending(path: Path) -> None:
    if path.suffix not in ENDINGS:
        raise ArticleError(
            f"{path}: a table is written as .parquet, .csv or .jsonl; got '{path.suffix}'.",
            ar=f"{path.name}: يُكتب الجدول بصيغة parquet أو csv أو jsonl.",
        )


def _batches(drafts: Iterator[Draft], size: int) -> Iterator[list[Draft]]:
    """Give drafts in lists; the last may be empty, so that a table without rows has its columns."""
    while True:
        held = list(islice(drafts, size))
        yield held
        if len(held) < size:
            return


class TableFile(Protocol):
    """A table on disk that grows by batches of the same columns."""

    def write(self, table: pd.DataFrame) -> None:
        """Write more rows."""

    def close(self) -> None:
        """End the file."""


@contextmanager
def open_table(path: Path) -> Iterator[TableFile]:
    """Give a table to write to; the file is in its place, whole, when the block ends well."""
    _check_ending(path)
    kinds: dict[str, Callable[[Path], TableFile]] = {".parquet": _Parquet, ".csv": _Csv, ".jsonl": _Jsonl}
    with atomic_path(path) as part:
        table = kinds[path.suffix](part)
        try:
            yield table
        finally:
            table.close()


def write_articles(tables: Iterable[pd.DataFrame], path: Path) -> None:
    """Write tables of the same columns one below the other, in the format that the file's name says."""
    with open_table(path) as target:
        for table in tables:
            target.write(table)


class _Parquet:
    """Row groups, one per batch."""

    def __init__(self, path: Path) -> None:
        self._library = require("pyarrow", why="to write Parquet")
        self._parquet = require("pyarrow.parquet", why="to write Parquet")
        self._path = path
        self._writer: Any = None

    def write(self, table: pd.DataFrame) -> None:
        rows = self._library.Table.from_pandas(table, preserve_index=False)
        if self._writer is None:
            self._writer = self._parquet.ParquetWriter(self._path, rows.schema, compression="zstd")
        self._writer.write_table(rows.cast(self._writer.schema))

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


class _Csv:
    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._begun = False

    def write(self, table: pd.DataFrame) -> None:
        text = csv_text(table, header=not self._begun)
        self._file.write((b"" if self._begun else b"\xef\xbb\xbf") + text.encode("utf-8"))
        self._begun = True

    def close(self) -> None:
        self._file.close()


class _Jsonl:
    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")

    def write(self, table: pd.DataFrame) -> None:
        for row in table.astype(object).where(table.notna(), None).to_dict("records"):
            self._file.write((json.dumps(row, ensure_ascii=False, default=str) + "\n").encode("utf-8"))

    def close(self) -> None:
        self._file.close()
