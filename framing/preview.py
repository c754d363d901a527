"""The first rows of files as they would be read: which column is which field, and what each row becomes.

A room of its own beside `ingest.py`: it shows a list of addresses too, which reading refuses without its pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import pandas as pd

from framing.dates import DEFAULT_TIMEZONE, DateOrder, DateProblem, parse_date
from framing.errors import ArticleError
from framing.html import Language, block
from framing.html import table as html_table
from framing.intake import in_words
from framing.readers import Record, Rejection, Source, read_source
from framing.readers.columns import FIELDS, Mapper
from framing.readers.drafts import Account, Draft, read_draft, read_drafts
from framing.readers.genres import find_genre
from framing.readers.languages import find_language
from framing.readers.sources import PathLike, find_sources

N_ROWS = 5
N_FILES = 3
MAX_SHOWN = 100
COLUMNS = ("file", "row", "outlet", "title", "published", "read_as", "language", "genre", "n_words", "url", "text")


@dataclass(frozen=True)
class Preview:
    """What the first rows would become.

    Parameters
    ----------
    table : one row per row of the source: file, row, outlet, title, published (as printed), read_as (the day, or why it
        is none), language, genre, n_words, url, text (its first 100 characters).
    columns : file, field, column: which column is taken for which field.
    notes : what to know first, in English and Arabic: a list without texts, a source of cut texts, rows not read.
    """

    table: pd.DataFrame
    columns: pd.DataFrame
    notes: tuple[Mapping[str, str], ...]

    def to_frame(self) -> pd.DataFrame:
        """Give the rows as a table of their own."""
        return self.table.copy()

    def summary(self, language: Language = "en") -> str:
        """Write the notes, the columns and the rows, one field per line."""
        lines = [f"! {note[language]}" for note in self.notes]
        for file, fields in self.columns.groupby("file", sort=False):
            pairs = ", ".join(
                f"{field} <- {column}" for field, column in zip(fields["field"], fields["column"], strict=True)
            )
            lines.append(f"{file}: {pairs}")
        for row in self.table.to_dict("records"):
            lines.append(f"\n{row.pop('file')}, row {row.pop('row')}")
            lines += [f"  {name:10} {value}" for name, value in row.items() if str(value)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return block(html_table(self.columns) + html_table(self.table, caption=self.summary("en").split("\n\n")[0]))


def preview_articles(
    paths: PathLike | Sequence[PathLike],
    *,
    columns: Mapping[str, str] | None = None,
    preset: str | None = None,
    outlet: str | None = None,
    date_order: DateOrder | None = None,
    timezone: str = DEFAULT_TIMEZONE,
    n_rows: int = N_ROWS,
) -> Preview:
    """Show the first rows of the first three files as they would be read; nothing is written, no file read whole.

    Parameters
    ----------
    paths, columns, preset, outlet, date_order, timezone : as `framing.articles.read_articles` takes them.
    n_rows : rows of each file.

    Raises
    ------
    ArticleError : a path, preset or named column is not there.
    """
    mapper = Mapper(preset, dict(columns or {}))
    sources, _ = find_sources(paths)
    notes: list[Mapping[str, str]] = [warning] if (warning := mapper.warning()) else []
    rows, fields = [], []
    for source in sources[:N_FILES]:
        drafts, mapping = _first(source, mapper, outlet, n_rows, notes)
        fields += [(source.name, field, column) for field, column in mapping.items()]
        rows += [_row(draft, date_order, timezone) for draft in drafts]
    if len(sources) > N_FILES:
        more = len(sources) - N_FILES
        notes.append({"en": f"{more} more files are not shown.", "ar": f"لم يُعرض {more} من الملفات."})
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return Preview(table, pd.DataFrame(fields, columns=["file", "field", "column"]), tuple(notes))


def _first(
    source: Source, mapper: Mapper, outlet: str | None, n_rows: int, notes: list[Mapping[str, str]]
) -> tuple[list[Draft], Mapping[str, str]]:
    """Give the first drafts of a file and the columns they came from; a list without texts gives what it has."""
    account = Account()
    try:
        drafts = list(islice(read_drafts(account, [source], mapper, aliases={}, outlet=outlet), n_rows))
    except ArticleError as error:
        records = [item for item in islice(read_source(source), n_rows) if isinstance(item, Record)]
        notes.insert(0, {"en": str(error), "ar": error.ar or str(error)})  # said first
        if not records:
            return [], {}
        mapping = mapper.match(records[0].cells, source.name, with_text=False)
        return [read_draft(record, mapping, {}, outlet) for record in records], mapping
    notes += [in_words(rejection) for _, rejection in account.rejected[:3]]
    first = next((item for item in read_source(source) if not isinstance(item, Rejection)), None)
    known = {} if first is None else _columns_of(first, mapper)
    return drafts, known


def _columns_of(record: Record, mapper: Mapper) -> Mapping[str, str]:
    try:
        return mapper.match(record.cells, record.file, with_text=False)
    except ArticleError:
        return {name: name for name in record.cells if name in FIELDS}


def _row(draft: Draft, order: DateOrder | None, timezone: str) -> tuple[object, ...]:
    values = draft.fields
    raw, text = values["published"], values["text"]
    found = parse_date(raw, order=order, timezone=timezone) if raw else None
    day = "" if found is None else found.reason if isinstance(found, DateProblem) else found.day.isoformat()
    genre = find_genre(values["genre"], values["section"], values["url"], values["title"])
    shown = " ".join(text[: 2 * MAX_SHOWN].split())[:MAX_SHOWN]
    return (
        draft.file, draft.row, draft.outlet, values["title"][:MAX_SHOWN], raw[:MAX_SHOWN], day,
        find_language(text) if text else "", genre, len(text.split()), values["url"][:MAX_SHOWN], shown,
    )  # fmt: skip
