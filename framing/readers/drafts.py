"""From a reader's records to drafts of articles: fields found, encodings repaired, dates read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from framing.dates import DateOrder, DateProblem, ParsedDate, parse_date, printed_order
from framing.errors import ArticleError
from framing.readers import PAGES, Record, Rejection, Source, kind_of, read_source
from framing.readers.columns import FIELDS, Mapper
from framing.readers.encoding import repair_text
from framing.readers.indexed import read_index
from framing.readers.outlets import name_outlet
from framing.readers.parquet import value_as_text
from framing.readers.records import Read

# So many dates of one outlet in one file must leave only one order before it is taken for the others.
MIN_EVIDENCE = 10


@dataclass(frozen=True)
class Draft:
    """One row with its fields named; `fields` has every field of `FIELDS`, empty where there is none."""

    fields: Mapping[str, str]
    outlet: str
    file: str
    row: int
    start: int = 0
    title_start: int = 0
    encoding: str = ""
    repairs: tuple[str, ...] = ()
    date: ParsedDate | None = None


@dataclass
class Account:
    """What reading gave: drafts, and everything a person must be told; `texts`: the files an index led to."""

    drafts: list[Draft] = field(default_factory=list)
    rejected: list[tuple[str, Rejection]] = field(default_factory=list)
    warnings: list[Rejection] = field(default_factory=list)
    texts: list[Source] = field(default_factory=list)
    date_orders: dict[str, str] = field(default_factory=dict)

    def reject(self, draft: Draft, field_name: str, value: str, reason: str, reason_ar: str) -> None:
        """Reject a draft, remembering its outlet."""
        self.rejected.append((draft.outlet, Rejection(draft.file, draft.row, field_name, value, reason, reason_ar)))


def read_drafts(
    sources: Iterable[Source],
    mapper: Mapper,
    *,
    aliases: Mapping[str, str],
    outlet: str | None = None,
    through: Callable[[Read], Read] | None = None,
) -> Account:
    """Read every source into drafts; a document that cannot be read is rejected, a faulty table is an error.

    Parameters
    ----------
    sources, mapper : what to read, and which column is which field.
    aliases : outlets' other spellings -> names.
    outlet : the outlet of all rows, whatever the source says.
    through : what records pass through before they are drafts, such as a join with pages.
    """
    account = Account()
    for source in sources:
        try:
            items = read_source(source)
            items = through(items) if through else read_index(items, source, mapper, account.warnings, account.texts)
            _add(account, items, source, mapper, aliases, outlet)
        except ArticleError as error:
            if kind_of(source.path) not in PAGES:
                raise
            account.rejected.append(("", Rejection(source.name, 0, "file", "", str(error), error.ar)))
    return account


def read_frame(
    table: pd.DataFrame,
    mapper: Mapper,
    *,
    aliases: Mapping[str, str],
    outlet: str | None = None,
    through: Callable[[Read], Read] | None = None,
) -> Account:
    """Read a table in memory as if it were a file called `table`."""
    account = Account()
    items: Read = frame_records(table)
    _add(account, through(items) if through else items, None, mapper, aliases, outlet)
    return account


def frame_records(table: pd.DataFrame) -> Iterator[Record]:
    """Give the rows of a table in memory as records."""
    names = [str(name) for name in table.columns]
    for row, cells in enumerate(table.itertuples(index=False, name=None), 1):
        yield Record({n: _cell_text(v) for n, v in zip(names, cells, strict=True)}, "table", row, encoding="memory")


def _cell_text(value: Any) -> str:
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return ""
    return value_as_text(value.item() if hasattr(value, "item") and not isinstance(value, pd.Timestamp) else value)


def _add(
    account: Account,
    items: Iterable[Record | Rejection],
    source: Source | None,
    mapper: Mapper,
    aliases: Mapping[str, str],
    outlet: str | None,
) -> None:
    by_file = source is not None and kind_of(source.path) in PAGES
    mapping: dict[str, str] = {}
    known: set[str] = set()
    for item in items:
        if isinstance(item, Rejection):
            account.rejected.append((outlet or item.outlet or (source.outlet if source else ""), item))
            continue
        if by_file:
            mapping = {name: name for name in item.cells if name in FIELDS}
        elif not known >= item.cells.keys():  # JSON rows may bring new columns
            known |= item.cells.keys()
            mapping = mapper.match(sorted(known) if len(known) > len(item.cells) else item.cells, item.file)
        draft = _draft(item, mapping, aliases, outlet)
        if draft.fields["text"].strip():
            account.drafts.append(draft)
        else:
            account.reject(
                draft, "text", "", "the text is empty. Fill it in at the source, or leave the row out",
                "النص فارغ. املأه في المصدر أو احذف الصف",
            )  # fmt: skip


def _draft(item: Record, mapping: Mapping[str, str], aliases: Mapping[str, str], outlet: str | None) -> Draft:
    values, repairs = {}, list(item.repairs)
    for name in FIELDS:
        value, done = repair_text(item.cells.get(mapping.get(name, ""), ""))
        values[name] = value if name == "text" else value.strip()
        repairs += [f"{name}: {what}" for what in done]
    named = name_outlet(outlet or values["outlet"], values["url"], values["title"], aliases)
    return Draft(values, named, item.file, item.row, item.start, item.title_start, item.encoding, tuple(repairs))


def read_dates(account: Account, *, order: DateOrder | None, timezone: str) -> None:
    """Read the dates of all drafts.

    A day that no calendar has rejects its row; what is not read as a date leaves it undated, with a
    warning. Where no order is set, it is taken from the same outlet's other dates in the same file,
    if at least ten of them leave only one order and none another; this is a warning too.

    Raises
    ------
    ArticleError : day and month of a date could change places, and nothing says which is which.
    """
    orders = {} if order else _orders(account)
    kept = []
    for draft in account.drafts:
        raw = draft.fields["published"]
        found = (
            parse_date(raw, order=order or orders.get((draft.file, draft.outlet)), timezone=timezone) if raw else None
        )
        if isinstance(found, DateProblem):
            if found.kind == "ambiguous":
                raise _ambiguous(draft, found)
            if found.kind == "impossible":
                account.reject(draft, "published", raw, f"date is '{raw[:60]}', {found.reason}", found.reason_ar)
                continue
            account.warnings.append(Rejection(draft.file, draft.row, "published", raw, found.reason, found.reason_ar))
            found = None
        kept.append(replace(draft, date=found))
    account.drafts[:] = kept


def _orders(account: Account) -> dict[tuple[str, str], DateOrder]:
    """Give the order of day and month by file and outlet, where its dates leave only one."""
    votes: dict[tuple[str, str], Counter[DateOrder]] = defaultdict(Counter)
    for draft in account.drafts:
        seen = printed_order(draft.fields["published"])
        if seen is not None:
            votes[draft.file, draft.outlet][seen] += 1
    found: dict[tuple[str, str], DateOrder] = {}
    for (file, outlet), counts in votes.items():
        if len(counts) == 1 and (n_dates := counts.total()) >= MIN_EVIDENCE:
            found[file, outlet] = order = next(iter(counts))
            account.date_orders[f"{file}: {outlet}"] = f"{order} ({n_dates} dates allow no other)"
    return found


def _ambiguous(draft: Draft, problem: DateProblem) -> ArticleError:
    raw = draft.fields["published"][:60]
    return ArticleError(
        f"{draft.file}, row {draft.row}: date is '{raw}'; {problem.reason} (in the study: dates: {{order: dmy}}).",
        ar=f"{draft.file}، الصف {draft.row}: التاريخ هو '{raw}'؛ {problem.reason_ar}.",
    )


def give_ids(drafts: Sequence[Draft], hashed: Sequence[str]) -> list[str]:
    """Give each draft its id: the source's own, else its hash; identical rows get `-2`, `-3`.

    Raises
    ------
    ArticleError : the source repeats an id; up to ten are listed with their rows.
    """
    places: dict[str, list[str]] = defaultdict(list)
    for draft in drafts:
        if own := draft.fields["article_id"]:
            places[own].append(f"{draft.file}, row {draft.row}")
    repeated = {own: where for own, where in places.items() if len(where) > 1}
    if repeated:
        shown = "; ".join(f"'{own}' ({', '.join(where[:3])})" for own, where in list(repeated.items())[:10])
        raise ArticleError(
            f"{len(repeated)} article ids are not unique: {shown}. Give each article its own id,"
            " or write columns: {article_id: ''} to have ids made.",
            ar=f"{len(repeated)} من معرّفات المواد مكرّرة: {shown}. أعطِ كل مادة معرّفًا خاصًا،"
            " أو اكتب columns: {article_id: ''} لتوليد المعرّفات.",
        )
    taken, ids = set(places), []
    counts: Counter[str] = Counter()
    for draft, digest in zip(drafts, hashed, strict=True):
        found = draft.fields["article_id"]
        while not found or (not draft.fields["article_id"] and found in taken):
            counts[digest] += 1
            found = digest if counts[digest] == 1 else f"{digest}-{counts[digest]}"
        taken.add(found)
        ids.append(found)
    return ids
