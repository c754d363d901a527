"""Saved web pages (.html), their article taken out by trafilatura."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from framing.dates import ParsedDate, parse_date
from framing.optional import require
from framing.readers.compressed import read_all
from framing.readers.markup import clean_markup, decode_markup
from framing.readers.records import Read, Record, Rejection, Source

MAX_PAGE_BYTES = 20_000_000
# What browsers ("save page as") and SingleFile write above a page they save.
_SAVED_FROM = re.compile(r"<!--\s{0,20}saved from url=\(\d{1,6}\)(\S{1,4000})")
_SINGLE_FILE = re.compile(r"Page saved with SingleFile\s{1,20}url:\s{0,20}(\S{1,4000})")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LD_DATE = re.compile(r'"datePublished"\s{0,9}:\s{0,9}"([^"]{10,40})"')
MAX_PRINTED_DATES = 3


def read_page(source: Source) -> Read:
    """Read the one article of a saved page: title, text, author, section, day and address where the page says them.

    Control characters and broken bytes become U+FFFD and are counted; invisible characters (bidi
    and zero-width marks) are dropped by the extraction, as they are for every encoder.
    """
    page, encoding = decode_markup(read_all(source.path, max_bytes=MAX_PAGE_BYTES))
    page, repairs = clean_markup(page)
    values = article_of(page)
    if values is None:
        yield no_article(source, 1, "")
        return
    values["outlet"] = source.outlet or ("" if values["url"] else values["site"])
    yield Record(values, source.name, 1, encoding=encoding, repairs=repairs)


def article_of(page: str, *, address: str = "") -> dict[str, str] | None:
    """Take the article out of a page; None where there is none.

    Parameters
    ----------
    page : cleaned by `clean_markup`.
    address : where the page was collected, if that is known.

    Returns
    -------
    `title, text, author, section, published, site`, and `url`: what the page calls its own address.
    """
    library = require("trafilatura", why="to read saved web pages")
    if "<" not in page:  # no markup at all
        return None
    try:
        tree = library.load_html(page)
        if tree is None:
            return None
        url = page_address(tree, page, address=address)
        dates = list(_dates(tree))
        printed = next(_printed_dates(tree), "")
        found = library.bare_extraction(
            tree, url=address or None, with_metadata=True, include_comments=False, include_tables=False,
            favor_precision=True, date_extraction_params={"extensive_search": False, "original_date": True},
        )  # fmt: skip
    except Exception:  # any page of a stranger's: one that breaks the parser is rejected, the others are read
        return None
    if found is None or not (found.text or "").strip():
        return None
    values = {name: str(getattr(found, name) or "") for name in ("title", "text", "author")}
    return values | {
        "url": url or str(found.url or ""),
        "section": ", ".join(found.categories or []),
        "published": _published(str(found.date or ""), dates) or printed,
        "site": str(found.sitename or ""),
    }


def no_article(source: Source, row: int, url: str) -> Rejection:
    """Say that a page holds no article."""
    return Rejection(
        source.name, row, "text", url,
        "no article found in this page. Save the article's own page, or copy its text into a .txt file.",
        "لم يُعثر على مادة في هذه الصفحة. احفظ صفحة المادة نفسها أو انسخ نصها في ملف txt.",
    )  # fmt: skip


def page_address(tree: Any, page: str, *, address: str = "") -> str:
    """Give what a page calls its own address: `rel=canonical`, `og:url`, else where a browser saved it from.

    An address without a path is passed over where another one has a path: some sites name their
    front page on every page.
    """
    links = [str(link.get("href") or "") for link in tree.iter("link") if _says(link, "rel", "canonical")]
    named = [str(meta.get("content") or "") for meta in tree.iter("meta") if _says(meta, "property", "og:url")]
    head = page[:8000]
    saved = [match[1] for pattern in (_SAVED_FROM, _SINGLE_FILE) if (match := pattern.search(head))]
    given = [part.strip() for part in (*links, *named, *saved, address) if part.strip()]
    base = next((part for part in given if _is_address(part)), "")
    whole = [part for part in (_join(base, part) for part in given) if _is_address(part)]
    with_path = [part for part in whole if urlsplit(part).path.strip("/") or urlsplit(part).query]
    return next(iter([*with_path, *whole]), "")


def _says(element: Any, name: str, value: str) -> bool:
    return value in str(element.get(name) or "").lower().split()


def _is_address(part: str) -> bool:
    try:
        return urlsplit(part).scheme in ("http", "https") and bool(urlsplit(part).netloc)
    except ValueError:
        return False


def _join(base: str, part: str) -> str:
    try:
        return urljoin(base, part)
    except ValueError:
        return ""


def _dates(tree: Any) -> Iterator[str]:
    """Give the moments of publication that a page states for machines, with their time of day."""
    for meta in tree.iter("meta"):
        if any(_says(meta, name, "article:published_time") for name in ("property", "name")):
            yield str(meta.get("content") or "").strip()
    for script in tree.iter("script"):
        if _says(script, "type", "application/ld+json"):
            yield from _LD_DATE.findall(script.text or "")
    for element in tree.iter("meta", "time", "span", "div", "p"):
        if _says(element, "itemprop", "datepublished"):
            yield str(element.get("content") or element.get("datetime") or "").strip()


def _published(day: str, dates: list[str]) -> str:
    """Give the stated moment on the day that was found; without one the day, or the first stated day."""
    stated = [date for date in dates if _ISO_DAY.match(date)]
    return next((date for date in stated if not day or date.startswith(day)), day)


def _printed_dates(tree: Any) -> Iterator[str]:
    """Give dates that stand in words after the headline; above it stands the day on which the page was saved."""
    places = tree.xpath(
        "(//h1)[1]/following::*[self::time or contains(@class, 'date') or contains(@class, 'time')]"
        f"[position() <= {MAX_PRINTED_DATES}]"
    )
    for element in places:
        text = " ".join(element.text_content()[:400].split())
        if len(text) <= 120 and isinstance(parse_date(text), ParsedDate):
            yield text
