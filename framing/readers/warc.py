"""Web archives (.warc, .warc.gz): the article of every page in them, streamed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from framing.errors import ArticleError
from framing.optional import require
from framing.readers.compressed import open_bytes
from framing.readers.markup import clean_markup, decode_markup
from framing.readers.pages import MAX_PAGE_BYTES, article_of, no_article
from framing.readers.records import Read, Record, Rejection, Source

MAX_HEADER_LINE = 100_000
# Requests and notes about the crawl: no page, and not counted as rows.
_ABOUT_THE_CRAWL = ("warcinfo", "request", "metadata", "arc_header")
_PAGES = ("text/html", "application/xhtml+xml")
# Unpacked in steps whose size can be told beforehand; Brotli's cannot.
_PACKINGS = ("", "identity", "gzip", "x-gzip", "deflate")


class _Damage(Exception):
    """The archive cannot be read from here on."""


def read_warc(source: Source) -> Read:
    """Read the pages of a web archive; `row` is the number of the record in it.

    `url` is the address the page was collected from, `canonical_url` the one the page names,
    `collected` when it was collected. That day stands in for the day of publication only where the
    page says none, with a note. Images, scripts, redirects and the like are one rejection per kind.
    """
    others: dict[str, list[int]] = {}
    row, record, damage = 0, None, ""
    bomb: ArticleError | None = None
    with open_bytes(source.path) as stream:
        archive = _archive_class()(stream)
        try:
            for row, record in enumerate(archive, 1):
                kind = _kind(record)
                if kind is None:
                    yield _read_record(source, row, record)
                elif kind:
                    others.setdefault(kind, []).append(row)
            damage = "it ends within a record" if record is not None and _n_missing(record) else ""
        except _Damage as error:
            damage = str(error)
        except ArticleError as error:
            bomb = error
    if damage and not row:
        raise ArticleError(
            f"{source.name}: not a WARC file, or a damaged one ({damage}). Copy it again from its source.",
            ar=f"{source.name}: ليس ملف WARC أو أنه تالف. انسخه من مصدره من جديد.",
        )
    yield from _account(source, others)
    yield from _damages(source, row, damage, archive.err_count)
    if bomb is not None:
        raise bomb


def _kind(record: Any) -> str | None:
    """Name what a record is if it is no page; nothing for a note about the crawl, None for a page."""
    if record.rec_type in _ABOUT_THE_CRAWL:
        return ""
    if record.rec_type not in ("response", "resource"):
        return f"{record.rec_type} record"
    status = record.http_headers.get_statuscode() if record.http_headers else "200"
    if status != "200":
        return f"HTTP status {status}"
    kind = _header(record, "Content-Type").partition(";")[0].strip().lower()
    return None if kind in _PAGES else kind[:80] or "record of no stated type"


def _header(record: Any, name: str) -> str:
    if record.http_headers:
        return str(record.http_headers.get_header(name) or "")
    return str(record.rec_headers.get_header(name) or "")


def _read_record(source: Source, row: int, record: Any) -> Record | Rejection:
    url = str(record.rec_headers.get_header("WARC-Target-URI") or "")
    data = _payload(source, row, url, record)
    if isinstance(data, Rejection):
        return data
    page, encoding = decode_markup(data, declared=_header(record, "Content-Type").lower().partition("charset=")[2])
    page, repairs = clean_markup(page)
    values = article_of(page, address=url)
    if values is None:
        return no_article(source, row, url)
    collected = str(record.rec_headers.get_header("WARC-Date") or "")
    notes = []
    if not values["published"] and collected:
        values["published"] = collected[:10]
        notes.append(_no_day(source, row, collected[:10]))
    values |= {"canonical_url": values["url"], "url": url or values["url"], "collected": collected}
    values["outlet"] = source.outlet or ("" if values["url"] else values["site"])
    return Record(values, source.name, row, encoding=encoding, repairs=repairs, notes=tuple(notes))


def _payload(source: Source, row: int, url: str, record: Any) -> bytes | Rejection:
    """Unpack a page, or say why it cannot be had whole."""
    packing = _header(record, "Content-Encoding").strip().lower()
    if packing not in _PACKINGS:
        return _rejected(
            source, row, url, f"the page is packed with '{packing[:40]}', which is not read. Collect it again as gzip.",
            "الصفحة مضغوطة بطريقة لا تُقرأ. اجمعها من جديد.",
        )  # fmt: skip
    data: bytes = record.content_stream().read(MAX_PAGE_BYTES + 1)
    if len(data) > MAX_PAGE_BYTES:
        return _rejected(
            source, row, url, f"a page of more than {MAX_PAGE_BYTES:,} bytes. Leave it out, or copy its text.",
            "الصفحة أكبر من أن تُقرأ. استبعدها أو انسخ نصها.",
        )  # fmt: skip
    while record.raw_stream.read(1 << 16):  # what stands after the page's end
        pass
    if _n_missing(record):
        raise _Damage("it ends within a record")
    return data


def _n_missing(record: Any) -> int:
    """Give how many bytes of a record that was read to its end are not there."""
    return int(getattr(record.raw_stream, "limit", 0))


def _rejected(source: Source, row: int, url: str, reason: str, reason_ar: str) -> Rejection:
    return Rejection(source.name, row, "text", url, reason, reason_ar)


def _no_day(source: Source, row: int, day: str) -> Rejection:
    return Rejection(
        source.name, row, "published", day,
        "the page does not say when it was published; the day on which it was collected stands in for it",
        "لا تذكر الصفحة يوم نشرها، فوُضع مكانه يوم جمعها",
    )  # fmt: skip


def _account(source: Source, others: dict[str, list[int]]) -> Iterator[Rejection]:
    for kind, rows in sorted(others.items(), key=lambda item: item[1][0]):
        yield Rejection(
            source.name, rows[0], "record", kind,
            f"{len(rows)} records are no pages with an article ({kind}), this one the first. Nothing to do, unless an"
            " article was expected there.",
            f"{len(rows)} من سجلات الأرشيف ليست صفحات مواد ({kind}).",
        )  # fmt: skip


def _damages(source: Source, row: int, damage: str, n_misplaced: int) -> Iterator[Rejection]:
    if damage:
        yield Rejection(
            source.name, row + 1, "", "",
            f"the archive is damaged and cannot be read from here on ({damage}). Copy it again from its source.",
            "الأرشيف تالف ولا يُقرأ من هذا الموضع. انسخه من مصدره من جديد.",
        )  # fmt: skip
    if n_misplaced:
        yield Rejection(
            source.name, row + 2, "", "",
            f"{n_misplaced} records are longer or shorter than they say; a page there may be cut. Copy the archive"
            " again from its source.",
            f"أطوال {n_misplaced} من سجلات الأرشيف غير صحيحة، وقد تكون صفحات منها مقطوعة. انسخه من مصدره من جديد.",
        )  # fmt: skip


class _Lines:
    """Bytes of an archive, unpacked by us and counted; a line beyond any header's length is damage."""

    decompressor = None

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.num_read = 0

    def read(self, length: int | None = None) -> bytes:
        return self._taken(self._guard(self._stream.read, -1 if length is None else length))

    def readline(self, length: int | None = None) -> bytes:
        limit = MAX_HEADER_LINE if length is None else min(length, MAX_HEADER_LINE)
        line = self._taken(self._guard(self._stream.readline, limit))
        if len(line) == MAX_HEADER_LINE and not line.endswith(b"\n"):
            raise _Damage(f"a line of more than {MAX_HEADER_LINE:,} bytes where a header should be")
        return line

    def _guard(self, read: Any, length: int) -> bytes:
        try:
            return bytes(read(length))
        except (EOFError, OSError, zlib.error) as error:  # warcio takes EOFError for the end of the file
            raise _Damage(str(error)) from error

    def _taken(self, data: bytes) -> bytes:
        self.num_read += len(data)
        return data

    def tell(self) -> int:
        return self.num_read

    def rem_length(self) -> int:
        return 0

    def close_decompressor(self) -> None:
        """Do nothing: the file is closed where it was opened."""


@lru_cache(maxsize=1)
def _archive_class() -> Any:
    library = require("warcio.archiveiterator", why="to read web archives")
    exceptions = require("warcio.exceptions", why="to read web archives")
    headers = require("warcio.statusandheaders", why="to read web archives")
    faults = (
        exceptions.ArchiveLoadFailed, headers.StatusAndHeadersParserException, AttributeError, ValueError, TypeError,
        IndexError, AssertionError,
    )  # fmt: skip

    class Archive(library.ArchiveIterator):  # type: ignore[misc, name-defined] # its class comes late
        """Records of an archive in which no end within a record passes for the end of the file."""

        INC_RECORD = ""  # warcio prints it; `err_count` says it

        def __init__(self, stream: Any) -> None:
            super().__init__(stream)
            self.reader = _Lines(stream)

        def _next_record(self, next_line: bytes | None) -> Any:
            before = self.reader.num_read
            try:
                return super()._next_record(next_line)
            except EOFError as error:
                if next_line is not None or self.reader.num_read > before:
                    raise _Damage("it ends within a record's header") from error
                raise
            except faults as error:
                raise _Damage(f"a record's header is not valid: {str(error)[:100]}") from error

    return Archive
