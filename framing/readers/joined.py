"""A list of addresses (Media Cloud, GDELT, any table with a url column) joined with saved pages.

The rows found are those of the lists, and the pages that no row was joined with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

import pandas as pd

from framing.errors import ArticleError
from framing.html import block
from framing.html import table as html_table
from framing.readers import PAGES, Record, Rejection, Source, kind_of, read_source
from framing.readers.addresses import addresses_of_file, canonical_address, host_of
from framing.readers.columns import FIELDS, Mapper, fill_cells
from framing.readers.outlets import domain_of, name_outlet
from framing.readers.records import Read
from framing.readers.sources import PathLike, find_sources

COUNTS = ("listed", "repeated", "no_address", "matched", "page_missing", "page_not_listed", "page_spare")
MISSING_COLUMNS = ("outlet", "url", "title", "published")
PAGE_COLUMNS = ("file", "row", "outlet", "url", "outcome", "list_file", "list_row")


@dataclass(frozen=True)
class Joins:
    """What became of a list's addresses and of the pages saved for it.

    Parameters
    ----------
    by_outlet : outlet, then counts. Of rows: `n_listed` (addresses, each once) = `n_matched` +
        `n_page_missing`; `n_repeated` and `n_no_address` are the other rows. Of pages: `n_page_not_listed`
        (no row has their address) and `n_page_spare` (another page of the same address has the longer text).
    missing : outlet, url, title, published of the addresses without a page, as the list prints them.
    pages : file, row, outlet, url, outcome (`matched`, `not_listed`, `spare`), list_file, list_row of every page.
    """

    by_outlet: pd.DataFrame
    missing: pd.DataFrame
    pages: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give the counts per outlet as a table of their own."""
        return self.by_outlet.copy()

    def summary(self) -> str:
        """Say in one line how many addresses met a page."""
        n = {name: int(self.by_outlet[f"n_{name}"].sum()) for name in COUNTS}
        return (
            f"{n['listed']} addresses listed: {n['matched']} matched, {n['page_missing']} without a page"
            f" ({n['repeated']} repeated rows, {n['no_address']} without an address);"
            f" {n['page_not_listed']} pages not listed, {n['page_spare']} spare."
        )

    def _repr_html_(self) -> str:
        return block(html_table(self.by_outlet, caption=self.summary()), language="en")


@dataclass
class _Shelf:
    """Pages by address, and what lies beside them."""

    pages: dict[str, Record] = field(default_factory=dict)
    unused: list[tuple[str, Rejection]] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)
    rejected: list[Rejection] = field(default_factory=list)


class Join:
    """Joins the rows of lists with their pages: one object for one pass over the lists.

    Parameters
    ----------
    shelf : the pages, as `join_pages` finds them.
    mapper : which column of a list is which field.
    aliases, outlet : as `framing.readers.outlets.name_outlet` takes them; the outlet of all rows.
    sources : the files that hold the pages.
    """

    def __init__(
        self,
        shelf: _Shelf,
        mapper: Mapper,
        *,
        aliases: Mapping[str, str],
        outlet: str | None,
        sources: Sequence[Source],
    ) -> None:
        self._shelf, self._mapper, self._aliases, self._outlet = shelf, mapper, aliases, outlet
        self.sources = tuple(sources)
        self._places: dict[str, tuple[str, int]] = {}
        self._counts: dict[str, Counter[str]] = {}
        self._missing: list[tuple[str, ...]] = []
        self._hosts: dict[str, set[str]] = {}

    def again(self) -> Join:
        """Give a join of the same pages for another pass over the lists."""
        return Join(self._shelf, self._mapper, aliases=self._aliases, outlet=self._outlet, sources=self.sources)

    def records(self, items: Read) -> Read:
        """Give each row of a list with the text of its page, or say why it has none."""
        for item, mapping in _mapped(items, self._mapper):
            yield item if isinstance(item, Rejection) else self._join(item, mapping)

    def _join(self, row: Record, mapping: Mapping[str, str]) -> Record | Rejection:
        url = row.cells[mapping["url"]].strip()
        address = canonical_address(url)
        page = self._shelf.pages.get(address)
        cells = fill_cells(row.cells, mapping, _found(page))
        given = {name: cells.get(mapping.get(name, name), "").strip() for name in ("outlet", "title", "published")}
        outlet = name_outlet(self._outlet or given["outlet"], url, given["title"], self._aliases)
        if not address:
            return self._turn_away(row, outlet, "no_address", url, *_no_address())
        if address in self._places:
            return self._turn_away(row, outlet, "repeated", url, *_repeated(*self._places[address]))
        self._places[address] = (row.file, row.row)
        self._hosts.setdefault(host_of(address), set()).add(outlet)
        self._count(outlet, "listed")
        if page is None:
            self._missing.append((outlet, url, given["title"], given["published"]))
            said = _no_page(self._shelf.unreadable.get(address))
            return self._turn_away(row, outlet, "page_missing", url, *said)
        self._count(outlet, "matched")
        return replace(row, cells=cells, encoding=page.encoding, repairs=row.repairs + page.repairs)

    def _turn_away(self, row: Record, outlet: str, what: str, url: str, reason: str, reason_ar: str) -> Rejection:
        self._count(outlet, what)
        return Rejection(row.file, row.row, "url", url, reason, reason_ar, outlet)

    def _count(self, outlet: str, what: str) -> None:
        self._counts.setdefault(outlet, Counter())[what] += 1

    def rest(self) -> list[Rejection]:
        """Give the pages that no row was joined with, and the files that hold no page that can be read."""
        named = [replace(item, outlet=self._page_outlet(item.outlet, item.value)) for _, item in self._shelf.unused]
        return [*(replace(item, outlet=self._outlet or "") for item in self._shelf.rejected), *named]

    def _page_outlet(self, given: str, url: str) -> str:
        """Name an unlisted page's outlet: the one that the list has for its host, else as for any page."""
        listed = self._hosts.get(host_of(canonical_address(url)), set())
        if len(listed) == 1:
            return next(iter(listed))
        whole = url if "//" in url or not url else f"https://{url}"
        return name_outlet(self._outlet or given, whole, "", self._aliases)

    def result(self) -> Joins:
        """Give the account; call it after the last list was read."""
        counts = {outlet: Counter(found) for outlet, found in self._counts.items()}
        pages = []
        for outcome, item in self._shelf.unused:
            outlet = self._page_outlet(item.outlet, item.value)
            counts.setdefault(outlet, Counter())[f"page_{outcome}"] += 1
            pages.append((item.file, item.row, outlet, item.value, outcome, "", 0))
        for address, page in self._shelf.pages.items():
            file, row = self._places.get(address, ("", 0))
            outlet = self._page_outlet(page.cells["outlet"], address)
            pages.append((page.file, page.row, outlet, page.cells["url"] or address, "matched", file, row))
        by_outlet = [(outlet, *(counts[outlet][name] for name in COUNTS)) for outlet in sorted(counts)]
        return Joins(
            by_outlet=pd.DataFrame(by_outlet, columns=["outlet", *(f"n_{name}" for name in COUNTS)]),
            missing=pd.DataFrame(self._missing, columns=list(MISSING_COLUMNS)),
            pages=pd.DataFrame(sorted(pages), columns=list(PAGE_COLUMNS)),
        )


def join_pages(
    lists: Iterable[Callable[[], Read]],
    pages: PathLike | Sequence[PathLike],
    mapper: Mapper,
    *,
    aliases: Mapping[str, str] | None = None,
    outlet: str | None = None,
) -> Join:
    """Read the pages saved for lists of addresses; the lists are looked at once, for their addresses.

    A page's address is the one it gives of itself, else the one its path says. Of several pages of one
    address the one with the longest text is taken. Texts of pages that no list names are not held.

    Parameters
    ----------
    lists : each gives the rows of one list when it is called.
    pages : folders of .html and .txt, single files, tables with a column of addresses and one of texts.
    mapper, aliases, outlet : as `Join` takes them.

    Raises
    ------
    ArticleError : a path is not there, or a list has no column of addresses.
    """
    listed = {
        address
        for give in lists
        for item, mapping in _mapped(give(), mapper)
        if isinstance(item, Record) and (address := canonical_address(item.cells[mapping["url"]].strip()))
    }
    sources, unread = find_sources(pages)
    shelf = _Shelf(rejected=list(unread))
    for source in sources:
        for item in _pages(source):
            _put(shelf, item, listed)
    return Join(shelf, mapper, aliases=aliases or {}, outlet=outlet, sources=sources)


def _mapped(items: Read, mapper: Mapper) -> Iterator[tuple[Record | Rejection, Mapping[str, str]]]:
    """Give a list's rows with the columns of their fields."""
    names: tuple[str, ...] = ()
    mapping: Mapping[str, str] = {}
    for item in items:
        if isinstance(item, Record) and tuple(item.cells) != names:
            names = tuple(item.cells)
            mapping = mapper.match(names, item.file, with_text=False)
            if "url" not in mapping:
                raise ArticleError(
                    f"{item.file}: no column holds addresses, which pages are joined on. Columns there:"
                    f" {', '.join(names[:20])}. Name it: columns: {{url: ...}}; or read the file without --pages.",
                    ar=f"{item.file}: لا عمود للروابط التي تُربط بها الصفحات. الأعمدة الموجودة: {', '.join(names[:20])}."
                    " سمِّه: columns: {url: ...}، أو اقرأ الملف بلا --pages.",
                )
        yield item, mapping


def _pages(source: Source) -> Iterator[Record | Rejection]:
    """Give the pages of a file, their cells named by field; a page that cannot be read is a rejection."""
    is_page = kind_of(source.path) in PAGES
    mapper = Mapper()
    names: tuple[str, ...] = ()
    mapping: Mapping[str, str] = {}
    try:
        for item in read_source(source):
            if isinstance(item, Rejection):
                yield item
                continue
            if not is_page and tuple(item.cells) != names:
                names = tuple(item.cells)
                mapping = mapper.match(names, item.file)
            columns = {name: name for name in FIELDS} if is_page else mapping
            yield replace(item, cells={name: item.cells.get(columns.get(name, ""), "") for name in FIELDS})
    except ArticleError as error:
        if not is_page:
            raise
        yield Rejection(source.name, 0, "file", "", str(error), error.ar)


def _put(shelf: _Shelf, item: Record | Rejection, listed: Set[str]) -> None:
    """Put a page where its address is listed, else aside."""
    own = canonical_address(item.cells["url"]) if isinstance(item, Record) else ""
    by_path = addresses_of_file(item.file)
    known = [address for address in (own, *by_path) if address in listed]
    if isinstance(item, Rejection):
        shelf.rejected.append(item)
        shelf.unreadable |= dict.fromkeys(known, item.file)
        return
    page = replace(item, cells=item.cells | {"outlet": _outlet_of_folder(item.cells["outlet"])})
    if not known:
        said = _not_listed() if own or by_path else _unnamed()
        shelf.unused.append(("not_listed", _aside(page, item.cells["url"] or next(iter(by_path), ""), *said)))
        return
    held = shelf.pages.setdefault(known[0], page)
    if held is page:
        return
    longer, shorter = sorted((held, page), key=lambda one: -len(one.cells["text"].strip()))
    shelf.pages[known[0]] = longer
    shelf.unused.append(("spare", _aside(shorter, shorter.cells["url"] or known[0], *_spare(longer))))


def _found(page: Record | None) -> Mapping[str, str]:
    return page.cells if page is not None else {}


def _outlet_of_folder(name: str) -> str:
    """Give a folder's name where it is an outlet's; a mirror's host is left to the list of known addresses."""
    return "" if domain_of(name) else name


def _aside(page: Record, url: str, reason: str, reason_ar: str) -> Rejection:
    return Rejection(page.file, page.row, "url", url, reason, reason_ar, page.cells["outlet"])


def _no_address() -> tuple[str, str]:
    return (
        "no address of the web stands here. Write the article's full address (https://...)",
        "لا رابط صالحًا هنا. اكتب رابط المادة كاملًا (https://...)",
    )


def _repeated(file: str, row: int) -> tuple[str, str]:
    return (
        f"the same address as in {file}, row {row}; it is joined once. Nothing to do, unless one of the two is wrong",
        f"الرابط نفسه ورد في {file}، الصف {row}، ويُربط مرة واحدة. لا يلزم شيء إلا إذا كان أحدهما خطأ",
    )


def _no_page(unreadable: str | None) -> tuple[str, str]:
    if unreadable is not None:
        return (
            f"its page {unreadable} gives no article. Save the page again when it has loaded wholly,"
            " or put its text into a .txt file",
            f"لا مادة تُقرأ في صفحته {unreadable}. احفظ الصفحة من جديد بعد اكتمال تحميلها، أو ضع نصها في ملف txt",
        )
    return (
        "no saved page has this address. Save the page into the folder of --pages (wget --adjust-extension keeps"
        " addresses in paths), or leave the row out",
        "لا صفحة محفوظة لهذا الرابط. احفظ الصفحة في مجلد --pages (يُبقي wget --adjust-extension الرابط في المسار)،"
        " أو احذف الصف",
    )


def _not_listed() -> tuple[str, str]:
    return (
        "no list names this page's address. Add a row with it to the list, or leave the page out",
        "رابط هذه الصفحة ليس في القائمة. أضف صفًا له أو استبعد الصفحة",
    )


def _unnamed() -> tuple[str, str]:
    return (
        "the page does not say its address, nor does its path. Name the file by its percent-encoded address, or put it"
        " where wget would (example.com/2024/x.html)",
        "لا تذكر الصفحة رابطها ولا يدل عليه مسارها. سمِّ الملف برابطه مرمّزًا، أو ضعه في مسار مثل example.com/2024/x.html",
    )


def _spare(kept: Record) -> tuple[str, str]:
    return (
        f"another page of the same address has the longer text ({kept.file}, {kept.row}). Nothing to do, unless that"
        " one is wrong: then take it out of the folder",
        f"صفحة أخرى للرابط نفسه نصها أطول ({kept.file}، {kept.row}). لا يلزم شيء إلا إذا كانت خطأ، فأخرجها من المجلد",
    )
