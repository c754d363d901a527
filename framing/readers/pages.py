"""Saved web pages (.html), their article taken out by trafilatura."""

from __future__ import annotations

import re

from framing.optional import require
from framing.readers.compressed import read_all
from framing.readers.encoding import decode
from framing.readers.records import Read, Record, Rejection, Source

MAX_PAGE_BYTES = 20_000_000
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{3,20})", re.IGNORECASE)


def read_page(source: Source) -> Read:
    """Read the one article of a saved page: title, text, author, day and address where the page says them."""
    library = require("trafilatura", why="to read saved web pages")
    data = read_all(source.path, max_bytes=MAX_PAGE_BYTES)
    page, encoding = decode_page(data)
    found = library.bare_extraction(
        page, with_metadata=True, include_comments=False, include_tables=False, favor_precision=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )  # fmt: skip
    text = (found.text or "") if found is not None else ""
    if not text.strip():
        yield Rejection(
            source.name, 1, "text", "",
            "no article found in this page. Save the article's own page, or copy its text into a .txt file.",
            "لم يُعثر على مادة في هذه الصفحة. احفظ صفحة المادة نفسها أو انسخ نصها في ملف txt.",
        )  # fmt: skip
        return
    names = {"title": "title", "author": "author", "url": "url", "published": "date"}
    values = {field: str(getattr(found, name) or "") for field, name in names.items()}
    values |= {"text": text, "outlet": source.outlet, "section": ", ".join(found.categories or [])}
    yield Record(values, source.name, 1, encoding=encoding)


def decode_page(data: bytes) -> tuple[str, str]:
    """Decode a page: strict UTF-8 first, then what it declares, then what its bytes look like."""
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    if declared := _CHARSET.search(data[:4000]):
        name = declared[1].decode("ascii").lower()
        if name not in ("utf-8", "utf8"):  # it is not, or the line above had read it
            try:
                return data.decode(name), f"{name} (declared)"
            except (UnicodeDecodeError, LookupError):
                pass
    text, encoding = decode(data)
    return text, encoding.found
