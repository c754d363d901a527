"""Articles: read from any source, checked, named, dated; nothing lost without a reason."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any

import pandas as pd

from framing.arabic import n_words
from framing.dates import DEFAULT_TIMEZONE, DateOrder
from framing.errors import ArticleError
from framing.files import sha256_file, sha256_text
from framing.html import block
from framing.html import table as html_table
from framing.readers import Rejection, Source, read_source
from framing.readers.agencies import find_agency
from framing.readers.columns import Mapper
from framing.readers.drafts import Account, Draft, frame_records, give_ids, read_dates, read_drafts, read_frame
from framing.readers.genres import find_genre
from framing.readers.joined import Joins, join_pages
from framing.readers.languages import find_language
from framing.readers.outlets import UNKNOWN, fold_name
from framing.readers.records import Read
from framing.readers.sources import PathLike, find_sources

logger = logging.getLogger(__name__)

COLUMNS = (
    "article_id", "outlet", "title", "text", "published", "published_date", "published_raw", "url", "author",
    "section", "genre", "agency", "language", "on_story", "source_file", "source_row",
)  # fmt: skip
REJECTED_COLUMNS = ("file", "row", "article_id", "field", "value", "reason", "reason_ar")
SET_ASIDE_COLUMNS = ("article_id", "outlet", "reason", "language", "n_words", "file", "row")
FLOW_STEPS = ("found", "readable", "arabic", "long_enough", "selected")
MAX_VALUE = 200


@dataclass(frozen=True)
class ReadSettings:
    """How articles were read; `read_articles` describes each."""

    columns: Mapping[str, str] = field(default_factory=dict)
    preset: str | None = None
    outlet_aliases: Mapping[str, str] = field(default_factory=dict)
    date_order: DateOrder | None = None
    timezone: str = DEFAULT_TIMEZONE
    min_words: int = 20
    select_from: dt.date | None = None
    select_to: dt.date | None = None
    select_outlets: tuple[str, ...] | None = None
    outlet: str | None = None
    agencies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Articles:
    """Articles that can be analysed, and an account of all others.

    Parameters
    ----------
    table : one row per accepted article, the columns of `COLUMNS`. Text columns are pandas `str`;
        `article_id, outlet, title, text, genre, language, source_file` are never null (no title
        is an empty one), the others are null where the source has nothing. `published` is a UTC
        timestamp, null where no time of day is printed; `published_date` is 'YYYY-MM-DD', the day
        as printed; `on_story` is null until relevance is judged.
    rejected : rows that could not be read: file, row, article_id, field, value (at most 200
        characters), reason, reason_ar.
    set_aside : readable rows kept out: article_id, outlet, reason (`not_arabic`, `too_short`,
        `outside_selection`; an undated article is outside any period), language, n_words, file, row.
    warnings : columns as `rejected`; rows that were kept, with something to know about them.
    files : per file: file, encoding, n_found, n_accepted, n_set_aside, n_rejected, sha256.
    places : article_id, file, row, start, title_start: where an article's text and title begin in a
        text file as decoded.
    steps : counts per outlet at each step, as `flow` gives them.
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
    paths : CSV, TSV, JSONL, JSON, Parquet, XLSX (each may be `.gz`), `.txt`, `.html`, folders of these
        two, globs; or a table with a column of texts.
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
    mapper = Mapper(preset, settings.columns)
    sources: list[Source] = []
    unread: list[Rejection] = []
    if isinstance(paths, pd.DataFrame):
        lists: list[Callable[[], Read]] = [partial(frame_records, paths)]
    else:
        sources, unread = find_sources(paths, root=root, split_at=split_at)
        lists = [partial(read_source, source) for source in sources]
    aliases = settings.outlet_aliases
    join = None if pages is None else join_pages(lists, pages, mapper, aliases=aliases, outlet=outlet)
    through = join.records if join else None
    if isinstance(paths, pd.DataFrame):
        account = read_frame(paths, mapper, aliases=aliases, outlet=outlet, through=through)
    else:
        account = read_drafts(sources, mapper, aliases=aliases, outlet=outlet, through=through)
    account.rejected += [(item.outlet, item) for item in [*unread, *(join.rest() if join else [])]]
    # What a preset warns of is the table's own texts, which pages replace.
    if join is None and (warning := mapper.warning()):
        account.warnings.append(Rejection("", 0, "preset", preset or "", warning["en"], warning["ar"]))
    read = [*sources, *account.texts, *(join.sources if join else ())]
    articles = _assemble(account, settings, {source.name: sha256_file(source.path) for source in read})
    return replace(articles, joins=join.result()) if join else articles


def _assemble(account: Account, settings: ReadSettings, hashes: Mapping[str, str]) -> Articles:
    """Turn drafts into the tables of `Articles`."""
    read_dates(account, order=settings.date_order, timezone=settings.timezone)
    drafts = account.drafts
    digests = [sha256_text("\x1f".join((d.outlet, d.fields["url"], d.fields["text"])))[:12] for d in drafts]
    ids = give_ids(drafts, digests)
    _check_selected(settings, drafts)
    judged = [_judge(article_id, draft, settings) for article_id, draft in zip(ids, drafts, strict=True)]
    accepted = [(i, d, j["language"]) for i, d, j in zip(ids, drafts, judged, strict=True) if not j["reason"]]
    warnings = account.warnings + [
        Rejection(d.file, d.row, "encoding", d.fields["text"], "; ".join(d.repairs), "أُصلح ترميز النص")
        for d in drafts
        if d.repairs
    ]
    for kind, items in (("rejected", [item for _, item in account.rejected]), ("with a warning", warnings)):
        for item in items[:1]:
            logger.warning("%d rows %s; the first: %s, row %d: %s", len(items), kind, item.file, item.row, item.reason)
    own = {(d.file, d.row): article_id for article_id, d in zip(ids, drafts, strict=True)}
    return Articles(
        table=_table(accepted, settings.agencies),
        rejected=_report([rejection for _, rejection in account.rejected], own),
        set_aside=pd.DataFrame([j for j in judged if j["reason"]], columns=list(SET_ASIDE_COLUMNS)),
        warnings=_report(warnings, own),
        files=_files(account, judged, hashes),
        places=pd.DataFrame(
            [(i, d.file, d.row, d.start, d.title_start) for i, d, _ in accepted],
            columns=["article_id", "file", "row", "start", "title_start"],
        ),
        steps=_steps(account, judged),
        settings=asdict(settings) | {"date_orders": dict(account.date_orders)},
    )


def _check_selected(settings: ReadSettings, drafts: Sequence[Draft]) -> None:
    outlets = sorted({draft.outlet for draft in drafts})
    missing = [name for name in settings.select_outlets or () if name not in outlets]
    if missing and drafts:
        raise ArticleError(
            f"select.outlets names '{missing[0]}', which no article has. Outlets there: {', '.join(outlets[:30])}.",
            ar=f"الوسيلة '{missing[0]}' في select.outlets غير موجودة. الموجود: {', '.join(outlets[:30])}.",
        )


def _judge(article_id: str, draft: Draft, settings: ReadSettings) -> dict[str, Any]:
    """Say why an article is set aside (the first reason that holds), or an empty reason."""
    language = find_language(draft.fields["text"])
    if language == "und":
        language = fold_name(draft.fields["language"])[:2] or language
    count = n_words(draft.fields["text"])
    reason = ""
    if language not in ("ar", "und"):
        reason = "not_arabic"
    elif count < settings.min_words or (language == "und" and settings.min_words):
        reason = "too_short"
    elif not _selected(draft, settings):
        reason = "outside_selection"
    return {
        "article_id": article_id, "outlet": draft.outlet, "reason": reason, "language": language, "n_words": count,
        "file": draft.file, "row": draft.row,
    }  # fmt: skip


def _selected(draft: Draft, settings: ReadSettings) -> bool:
    if settings.select_outlets and draft.outlet not in settings.select_outlets:
        return False
    if settings.select_from is None and settings.select_to is None:
        return True
    if draft.date is None:
        return False
    return (settings.select_from or dt.date.min) <= draft.date.day <= (settings.select_to or dt.date.max)


def _table(accepted: Sequence[tuple[str, Draft, str]], agencies: Sequence[str]) -> pd.DataFrame:
    rows = [_row(*article, agencies) for article in accepted]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    kinds = dict.fromkeys(COLUMNS, "str") | {
        "published": "datetime64[us, UTC]", "on_story": "boolean", "source_row": "int64",
    }  # fmt: skip
    return table.astype(kinds)


def _row(article_id: str, draft: Draft, language: str, agencies: Sequence[str]) -> tuple[Any, ...]:
    values, date = draft.fields, draft.date
    genre = find_genre(values["genre"], values["section"], values["url"], values["title"])
    given = {name: values[name] or None for name in ("published", "url", "author", "section")}
    agency = values["agency"] or find_agency(values["text"], author=values["author"], known=agencies) or None
    return (
        article_id, draft.outlet, values["title"], values["text"], date.moment if date else None,
        date.day.isoformat() if date else None, given["published"], given["url"], given["author"],
        given["section"], genre, agency, language, None, draft.file, draft.row,
    )  # fmt: skip


def _report(items: Sequence[Rejection], ids: Mapping[tuple[str, int], str]) -> pd.DataFrame:
    rows = [
        (i.file, i.row, ids.get((i.file, i.row), ""), i.field, i.value[:MAX_VALUE], i.reason, i.reason_ar)
        for i in items
    ]
    return pd.DataFrame(rows, columns=list(REJECTED_COLUMNS)).astype({"row": "int64"})


def _files(account: Account, judged: Sequence[Mapping[str, Any]], hashes: Mapping[str, str]) -> pd.DataFrame:
    """Count rows per file; a file in which nothing was found has its row too."""
    accepted = Counter(j["file"] for j in judged if not j["reason"])
    aside = Counter(j["file"] for j in judged if j["reason"])
    rejected = Counter(rejection.file for _, rejection in account.rejected)
    encodings = {draft.file: draft.encoding for draft in reversed(account.drafts)}
    names = sorted({*hashes, *accepted, *aside, *rejected})
    rows = [
        (
            n,
            encodings.get(n, ""),
            accepted[n] + aside[n] + rejected[n],
            accepted[n],
            aside[n],
            rejected[n],
            hashes.get(n, ""),
        )
        for n in names
    ]
    columns = ["file", "encoding", "n_found", "n_accepted", "n_set_aside", "n_rejected", "sha256"]
    return pd.DataFrame(rows, columns=columns)


def _steps(account: Account, judged: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Count articles per outlet that pass each step; rows without an outlet stand under `unknown`."""
    passed = {"not_arabic": 2, "too_short": 3, "outside_selection": 4, "": 5}
    counts: dict[str, Counter[str]] = {}
    ends = [(j["outlet"], passed[j["reason"]]) for j in judged]
    ends += [(outlet or UNKNOWN, 1) for outlet, _ in account.rejected]
    for outlet, n_steps in ends:
        counts.setdefault(outlet, Counter()).update(FLOW_STEPS[:n_steps])
    rows = [(outlet, *(counts[outlet][step] for step in FLOW_STEPS)) for outlet in sorted(counts)]
    return pd.DataFrame(rows, columns=["outlet", *FLOW_STEPS])
