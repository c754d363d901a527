"""From a reader's records to drafts of articles: fields found, encodings repaired, dates read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from framing.dates import DateOrder, DateProblem, ParsedDate, parse_date, printed_order
from framing.errors import ArticleError
from framing.files import sha256_text
from framing.readers import PAGES, Record, Rejection, Source, kind_of, read_source
from framing.readers.columns import FIELDS, Mapper
from framing.readers.encoding import repair_text
from framing.readers.indexed import read_index
from framing.readers.outlets import UNKNOWN, join_spellings, name_outlet, unlisted_outlets
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
    """Everything a person must be told of a reading: (outlet, rejection) pairs, warnings, and texts an index led to."""

    rejected: list[tuple[str, Rejection]] = field(default_factory=list)
    warnings: list[Rejection] = field(default_factory=list)
    texts: list[Source] = field(default_factory=list)

    def reject(self, draft: Draft, field_name: str, value: str, reason: str, reason_ar: str) -> None:
        """Reject a draft, remembering its outlet."""
        self.rejected.append((draft.outlet, Rejection(draft.file, draft.row, field_name, value, reason, reason_ar)))


def read_drafts(
    account: Account,
    sources: Iterable[Source],
    mapper: Mapper,
    *,
    aliases: Mapping[str, str],
    outlet: str | None = None,
    through: Callable[[Read], Read] | None = None,
) -> Iterator[Draft]:
    """Read every source into drafts, one at a time.

    A document that cannot be read is rejected; a faulty table is an error.

    Parameters
    ----------
    account : takes the rejections.
    sources, mapper : what to read, and which column is which field.
    aliases : outlets' other spellings -> names.
    outlet : the outlet of all rows, whatever the source says.
    through : what records pass through before they are drafts, such as a join with pages.
    """
    for source in sources:
        try:
            items = read_source(source)
            items = through(items) if through else read_index(items, source, mapper, account.warnings, account.texts)
            yield from _drafts(account, items, source, mapper, aliases, outlet)
        except ArticleError as error:
            if kind_of(source.path) not in PAGES:
                raise
            account.rejected.append(("", Rejection(source.name, 0, "file", "", str(error), error.ar)))


def read_frame(
    account: Account,
    table: pd.DataFrame,
    mapper: Mapper,
    *,
    aliases: Mapping[str, str],
    outlet: str | None = None,
    through: Callable[[Read], Read] | None = None,
) -> Iterator[Draft]:
    """Read a table in memory as if it were a file called `table`."""
    items: Read = frame_records(table)
    return _drafts(account, through(items) if through else items, None, mapper, aliases, outlet)


def frame_records(table: pd.DataFrame) -> Iterator[Record]:
    """Give the rows of a table in memory as records."""
    names = [str(name) for name in table.columns]
    for row, cells in enumerate(table.itertuples(index=False, name=None), 1):
        yield Record({n: _cell_text(v) for n, v in zip(names, cells, strict=True)}, "table", row, encoding="memory")


def _cell_text(value: Any) -> str:
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return ""
    return value_as_text(value.item() if hasattr(value, "item") and not isinstance(value, pd.Timestamp) else value)


def _drafts(
    account: Account,
    items: Iterable[Record | Rejection],
    source: Source | None,
    mapper: Mapper,
    aliases: Mapping[str, str],
    outlet: str | None,
) -> Iterator[Draft]:
    by_file = source is not None and kind_of(source.path) in PAGES
    mapping: dict[str, str] = {}
    known: set[str] = set()
    for item in items:
        if isinstance(item, Rejection):
            account.rejected.append((outlet or item.outlet or (source.outlet if source else ""), item))
            continue
        account.warnings += item.notes
        if by_file:
            mapping = {name: name for name in item.cells if name in FIELDS}
        elif not known >= item.cells.keys():  # JSON rows may bring new columns
            known |= item.cells.keys()
            mapping = mapper.match(sorted(known) if len(known) > len(item.cells) else item.cells, item.file)
        draft = read_draft(item, mapping, aliases, outlet)
        if draft.fields["text"].strip():
            yield draft
        else:
            account.reject(
                draft, "text", "", "the text is empty. Fill it in at the source, or leave the row out",
                "النص فارغ. املأه في المصدر أو احذف الصف",
            )  # fmt: skip


def read_draft(item: Record, mapping: Mapping[str, str], aliases: Mapping[str, str], outlet: str | None) -> Draft:
    """Name the fields of one record, and repair them.

    Parameters
    ----------
    mapping : field -> column. aliases, outlet : as `read_drafts` takes them.
    """
    values, repairs = {}, list(item.repairs)
    for name in FIELDS:
        value, done = repair_text(item.cells.get(mapping.get(name, ""), ""))
        values[name] = value if name == "text" else value.strip()
        repairs += [f"{name}: {what}" for what in done]
    named = name_outlet(outlet or values["outlet"], values["url"], values["title"], aliases)
    return Draft(values, named, item.file, item.row, item.start, item.title_start, item.encoding, tuple(repairs))


@dataclass(frozen=True)
class Survey:
    """What must be known of all drafts before the first of them is finished.

    `orders` : (file, outlet) -> order of day and month, where at least ten of its dates leave only one and none
    another; `ids` : the source's own ids; `outlets` : every outlet's name; `spellings` : other
    spelling -> the name of the outlet it is counted under.
    """

    orders: Mapping[tuple[str, str], DateOrder]
    evidence: Mapping[str, str]
    ids: frozenset[str]
    outlets: frozenset[str]
    spellings: Mapping[str, str] = field(default_factory=dict)


def survey(drafts: Iterable[Draft], account: Account, *, order: DateOrder | None = None) -> Survey:
    """Look at all drafts once, keeping none of them; outlets' spellings that were joined are noted in the account.

    Raises
    ------
    ArticleError : the source repeats an id; up to ten are listed with their rows.
    """
    votes: dict[tuple[str, str], Counter[DateOrder]] = defaultdict(Counter)
    ids: set[str] = set()
    repeated: dict[str, list[str]] = {}
    places: dict[str, tuple[str, int]] = {}
    outlets: Counter[str] = Counter()
    for draft in drafts:
        outlets[draft.outlet] += 1
        if order is None and (seen := printed_order(draft.fields["published"])) is not None:
            votes[draft.file, draft.outlet][seen] += 1
        if own := draft.fields["article_id"]:
            if own in ids:
                repeated.setdefault(own, ["{}, row {}".format(*places[own])]).append(f"{draft.file}, row {draft.row}")
            else:
                ids.add(own)
                places[own] = (draft.file, draft.row)
    if repeated:
        raise _repeated(repeated)
    orders, evidence = _orders(votes)
    spellings, notes = join_spellings(outlets)
    names = Counter({spellings.get(name, name): n for name, n in outlets.items()})
    # A source that names no outlet at all is no oversight: there is nothing to compare.
    account.warnings += notes + (unlisted_outlets(names) if set(names) - {UNKNOWN} else [])
    return Survey(orders, evidence, frozenset(ids), frozenset(spellings.get(name, name) for name in outlets), spellings)


def date_draft(
    draft: Draft, account: Account, known: Survey, *, order: DateOrder | None, timezone: str
) -> Draft | None:
    """Read a draft's date; None where its row is rejected.

    A day that no calendar has rejects its row; what is not read as a date leaves it undated, with a
    warning. Where no order is set, it is the one the survey found for the outlet in its file.

    Raises
    ------
    ArticleError : day and month of a date could change places, and nothing says which is which.
    """
    raw = draft.fields["published"]
    if not raw:
        return draft
    found = parse_date(raw, order=order or known.orders.get((draft.file, draft.outlet)), timezone=timezone)
    if not isinstance(found, DateProblem):
        return replace(draft, date=found)
    if found.kind == "ambiguous":
        raise _ambiguous(draft, found)
    if found.kind == "impossible":
        account.reject(draft, "published", raw, f"date is '{raw[:60]}', {found.reason}", found.reason_ar)
        return None
    account.warnings.append(Rejection(draft.file, draft.row, "published", raw, found.reason, found.reason_ar))
    return draft


def _orders(
    votes: Mapping[tuple[str, str], Counter[DateOrder]],
) -> tuple[dict[tuple[str, str], DateOrder], dict[str, str]]:
    """Give the order of day and month by file and outlet, where its dates leave only one."""
    found: dict[tuple[str, str], DateOrder] = {}
    evidence: dict[str, str] = {}
    for (file, outlet), counts in votes.items():
        if len(counts) == 1 and (n_dates := counts.total()) >= MIN_EVIDENCE:
            found[file, outlet] = order = next(iter(counts))
            evidence[f"{file}: {outlet}"] = f"{order} ({n_dates} dates allow no other)"
    return found, evidence


def _ambiguous(draft: Draft, problem: DateProblem) -> ArticleError:
    raw = draft.fields["published"][:60]
    return ArticleError(
        f"{draft.file}, row {draft.row}: date is '{raw}'; {problem.reason} (in the study: dates: {{order: dmy}}).",
        ar=f"{draft.file}، الصف {draft.row}: التاريخ هو '{raw}'؛ {problem.reason_ar}.",
    )


def _repeated(repeated: Mapping[str, Sequence[str]]) -> ArticleError:
    shown = "; ".join(f"'{own}' ({', '.join(where[:3])})" for own, where in list(repeated.items())[:10])
    return ArticleError(
        f"{len(repeated)} article ids are not unique: {shown}. Give each article its own id,"
        " or write columns: {article_id: ''} to have ids made.",
        ar=f"{len(repeated)} من معرّفات المواد مكرّرة: {shown}. أعطِ كل مادة معرّفًا خاصًا،"
        " أو اكتب columns: {article_id: ''} لتوليد المعرّفات.",
    )


class Names:
    """Gives each draft its id: the source's own, else a hash of outlet, url and text; identical rows get `-2`, `-3`.

    Parameters
    ----------
    taken : the source's own ids, which no made id may take.
    """

    def __init__(self, taken: frozenset[str]) -> None:
        self._taken = taken
        self._counts: Counter[str] = Counter()

    def name(self, draft: Draft) -> str:
        """Give the id of the next draft."""
        if own := draft.fields["article_id"]:
            return own
        digest = sha256_text("\x1f".join((draft.outlet, draft.fields["url"], draft.fields["text"])))[:12]
        while True:
            self._counts[digest] += 1
            count = self._counts[digest]
            found = digest if count == 1 else f"{digest}-{count}"
            if found not in self._taken:
                return found
