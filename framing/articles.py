"""Articles: read from any source, checked, named, dated; nothing lost without a reason."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from framing.dates import DEFAULT_TIMEZONE, DateOrder
from framing.files import sha256_file
from framing.html import block
from framing.html import table as html_table
from framing.intake import COLUMNS, FLOW_STEPS, Intake, ReadSettings
from framing.readers import Rejection, Source, read_source
from framing.readers.columns import Mapper
from framing.readers.drafts import Account, frame_records, read_drafts, read_frame, survey
from framing.readers.joined import Join, Joins, join_pages
from framing.readers.records import Read
from framing.readers.sources import PathLike, find_sources

__all__ = ["COLUMNS", "FLOW_STEPS", "Articles", "read_articles"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Articles:
    """Articles that can be analysed, and an account of all others.

    Parameters
    ----------
    table : one row per accepted article, the columns of `COLUMNS`. Text columns are pandas `str`;
        `article_id, outlet, title, text, genre, language, source_file` are never null (no title
        is an empty one), the others are null where the source has nothing. `published` is a UTC
        timestamp, null where no time of day is printed; `published_date` is 'YYYY-MM-DD', the day
        as printed; `on_story` is null until relevance is judged; `encoding` says how bytes became text, and
        what was repaired.
    rejected : rows that could not be read: file, row, article_id, field, value (at most 200
        characters), reason, reason_ar.
    set_aside : readable rows kept out: article_id, outlet, reason (`not_arabic`, `too_short`, `other_outlet`,
        `undated`, `outside_period`; an undated article is in no period), language, n_words, file, row.
    warnings : columns as `rejected`; rows that were kept, with something to know about them.
    files : per file: file, encoding, n_found, n_accepted, n_set_aside, n_rejected, sha256.
    places : article_id, file, row, start, title_start: where an article's text and title begin in a
        text file as decoded.
    steps : counts per outlet at each step, as `flow` gives them.
    left_out : step, outlet, reason, n: why rows are not in a step, as `framing.flow.CorpusFlow` names it.
    settings : what was asked for, and the orders of day and month that were found.
    joins : what became of addresses and pages where a list was joined with pages; else None.
    """

    table: pd.DataFrame
    rejected: pd.DataFrame
    set_aside: pd.DataFrame
    warnings: pd.DataFrame
    files: pd.DataFrame
    places: pd.DataFrame
    steps: pd.DataFrame
    left_out: pd.DataFrame
    settings: Mapping[str, Any]
    joins: Joins | None = None

    def flow(self) -> pd.DataFrame:
        """Give counts per outlet: found, readable, arabic, long_enough, selected; each is part of the one before."""
        return self.steps.copy()

    def to_frame(self) -> pd.DataFrame:
        """Give the accepted articles as a table of their own."""
        return self.table.copy()

    def summary(self) -> str:
        """Say in one line per fact how many rows were found, accepted, set aside and rejected."""
        n_found = int(self.files["n_found"].sum())
        lines = [
            f"{n_found} rows found in {len(self.files)} files: {len(self.table)} articles from "
            f"{self.table['outlet'].nunique()} outlets, {len(self.set_aside)} set aside, {len(self.rejected)} rejected."
        ]
        reasons = self.set_aside["reason"].value_counts()
        if len(reasons):
            lines.append("Set aside: " + ", ".join(f"{reason} {n}" for reason, n in reasons.items()) + ".")
        if self.joins is not None:
            lines.append(self.joins.summary())
        if len(self.warnings):
            lines.append(f"{len(self.warnings)} warnings: see `warnings`.")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return block(html_table(self.steps, caption=self.summary()), language="en")


def read_articles(
    paths: PathLike | Sequence[PathLike] | pd.DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    preset: str | None = None,
    outlet_aliases: Mapping[str, str] | None = None,
    date_order: DateOrder | None = None,
    timezone: str = DEFAULT_TIMEZONE,
    min_words: int = 20,
    select_from: dt.date | None = None,
    select_to: dt.date | None = None,
    select_outlets: Sequence[str] | None = None,
    outlet: str | None = None,
    agencies: Sequence[str] = (),
    split_at: Sequence[int] = (),
    root: PathLike | None = None,
    pages: PathLike | Sequence[PathLike] | None = None,
) -> Articles:
    """Read articles from files, folders, globs or a table in memory.

    Parameters
    ----------
    paths : CSV, TSV, JSONL, JSON, Parquet, XLSX (each may be `.gz`); `.txt`, `.html`, `.warc`, feeds (`.xml .rss
        .atom`), `.docx`, `.odt`, `.rtf`, and folders of these; globs; or a table with a column of texts.
    columns : field -> column of the source; fields are those of `framing.readers.columns.FIELDS`. An
        empty column means the source has no such field. Unnamed ones are recognised by common names.
    preset : a known source: ant, armpro, gdelt, mediacloud, newsapi, saudinewsnet.
    outlet_aliases : other spelling -> name of an outlet.
    date_order : of day, month and year where all are numbers; None never guesses.
    timezone : IANA name, for times of day printed without one.
    min_words : articles with fewer words are set aside; 0 keeps short ones.
    select_from, select_to : first and last day, both included.
    select_outlets : names to keep, after aliases.
    outlet : the outlet of all rows, whatever the source says.
    agencies : news agencies of this study beside the known ones; a credited one fills `agency`.
    split_at : lines of a text file at which a new article begins.
    root : what `source_file` is relative to; None: the folder that holds all files.
    pages : saved pages (folders, files, globs) that hold the texts of the addresses listed in `paths`.

    Raises
    ------
    ArticleError : a path, column, preset or selected outlet is not there; ids are repeated; day and
        month of a date could change places; a table is not what its name says.
    """
    settings = ReadSettings(
        dict(columns or {}), preset, dict(outlet_aliases or {}), date_order, timezone, min_words, select_from,
        select_to, tuple(select_outlets) if select_outlets else None, outlet, tuple(agencies),
    )  # fmt: skip
    mapper, account = Mapper(preset, settings.columns), Account()
    sources: list[Source] = []
    lists: list[Callable[[], Read]] = []
    if isinstance(paths, pd.DataFrame):
        lists.append(partial(frame_records, paths))
    else:
        sources, unread = find_sources(paths, root=root, split_at=split_at)
        lists += [partial(read_source, source) for source in sources]
        account.rejected += [("", rejection) for rejection in unread]
    aliases = settings.outlet_aliases
    join = None if pages is None else join_pages(lists, pages, mapper, aliases=aliases, outlet=outlet)
    through = join.records if join else None
    if isinstance(paths, pd.DataFrame):
        drafts = list(read_frame(account, paths, mapper, aliases=aliases, outlet=outlet, through=through))
    else:
        drafts = list(read_drafts(account, sources, mapper, aliases=aliases, outlet=outlet, through=through))
    note_reading(account, mapper, join)
    intake = Intake(settings, survey(drafts, account, order=date_order), account)
    table, places = intake.take(drafts)
    log_account(account)
    hashes = hashes_of(sources, account, join)
    return Articles(
        table=table, rejected=intake.rejected(), set_aside=intake.set_aside(), warnings=intake.warnings(),
        files=intake.files(hashes), places=places, steps=intake.steps(), left_out=intake.left_out(),
        settings=intake.in_force(), joins=join.result() if join else None,
    )  # fmt: skip


def note_reading(account: Account, mapper: Mapper, join: Join | None) -> None:
    """Note the pages that no row was joined with, or else what a user of the preset must know of its texts."""
    if join is not None:
        account.rejected += [(item.outlet, item) for item in join.rest()]
    elif warning := mapper.warning():
        account.warnings.append(Rejection("", 0, "preset", mapper.preset or "", warning["en"], warning["ar"]))


def hashes_of(sources: Sequence[Source], account: Account, join: Join | None) -> dict[str, str]:
    """Give the SHA-256 of every file that was read: tables and texts, those an index led to, pages."""
    read = [*sources, *account.texts, *(join.sources if join else ())]
    return {source.name: sha256_file(source.path) for source in read}


def log_account(account: Account) -> None:
    """Say how many rows were rejected or kept with a warning, and quote the first of each."""
    for kind, items in (("rejected", [item for _, item in account.rejected]), ("with a warning", account.warnings)):
        for item in items[:1]:
            logger.warning("%d rows %s; the first: %s, row %d: %s", len(items), kind, item.file, item.row, item.reason)
