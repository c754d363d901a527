"""Readers: one module per source format; each yields records of text, or rejections with a reason."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

from framing.errors import ArticleError
from framing.readers.delimited import read_delimited
from framing.readers.feeds import read_feed
from framing.readers.json_files import read_json, read_jsonl
from framing.readers.pages import read_page
from framing.readers.parquet import read_parquet
from framing.readers.plain_text import read_text
from framing.readers.records import Read, Reader, Record, Rejection, Source
from framing.readers.unread import UNREAD, unread_document
from framing.readers.warc import read_warc
from framing.readers.word import read_docx, read_odt, read_rtf
from framing.readers.xlsx import read_xlsx

__all__ = ["READERS", "TABLES", "Record", "Rejection", "Source", "kind_of", "read_source"]

TABLES: dict[str, Reader] = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".tab": read_delimited,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".json": read_json,
    ".parquet": read_parquet,
    ".xlsx": read_xlsx,
}
# Files of texts: one article or several each, with names and outlets from their folders.
PAGES: dict[str, Reader] = {
    ".txt": read_text,
    ".html": read_page,
    ".htm": read_page,
    ".xhtml": read_page,
    ".warc": read_warc,
    ".xml": read_feed,
    ".rss": read_feed,
    ".atom": read_feed,
    ".docx": read_docx,
    ".odt": read_odt,
    ".rtf": read_rtf,
}
READERS: dict[str, Reader] = TABLES | PAGES
# Formats people have articles in that cannot be read rightly as they are.
KNOWN_UNREAD = tuple(UNREAD)


def kind_of(path: Path) -> str:
    """Give the ending that decides the reader, in lower case, `.gz` left aside."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    if suffixes and suffixes[-1] == ".gz":
        return suffixes[-2] if len(suffixes) == 2 else ".gz"
    return suffixes[-1] if suffixes else ""


def read_source(source: Source) -> Read:
    """Read one file. Damage in its middle ends it with a rejection; what stood before is kept.

    Raises
    ------
    ArticleError : the file as a whole is not what its name says.
    """
    kind = kind_of(source.path)
    reader = READERS.get(kind)
    if kind in UNREAD:
        unread = unread_document(source.name, kind)
        raise ArticleError(f"{source.name}: {unread.reason}", ar=f"{source.name}: {unread.reason_ar}")
    if reader is None:
        raise ArticleError(
            f"{source.name}: files of this kind are not read. Give CSV, TSV, JSONL, JSON, Parquet, XLSX, or .txt,"
            " .html, .docx, .odt, .rtf, .xml, .rss, .atom, .warc (each may end in .gz); save others as one of these.",
            ar=f"{source.name}: لا يُقرأ هذا النوع من الملفات. استعمل CSV أو TSV أو JSONL أو JSON أو Parquet أو XLSX"
            " أو ملفات txt أو html أو docx أو odt أو rtf أو xml أو rss أو atom أو warc.",
        )
    return _guarded(source, reader)


def _guarded(source: Source, reader: Reader) -> Iterator[Record | Rejection]:
    row = 0
    try:
        for item in reader(source):
            row = item.row
            yield item
    except (EOFError, OSError, zlib.error, UnicodeDecodeError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        yield Rejection(
            source.name, row + 1, "", "",
            f"the file is damaged or cannot be read from here on ({detail}). Copy it again from its source.",
            "الملف تالف أو لا يُقرأ من هذا الموضع. انسخه من مصدره من جديد.",
        )  # fmt: skip
