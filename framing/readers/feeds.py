"""Saved feeds (RSS, Atom: .xml, .rss, .atom): one article per entry, said where it is only a summary."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from framing.arabic import n_words
from framing.errors import ArticleError
from framing.optional import require
from framing.readers.compressed import read_all
from framing.readers.markup import clean_markup, decode_markup, text_of
from framing.readers.records import Read, Record, Rejection, Source

MAX_FEED_BYTES = 50_000_000
_DECLARATION = re.compile(r"^\s{0,100}<\?xml[^>]{0,200}\?>")
_ENTRY = re.compile(r"<(?:item|entry)[\s>]", re.IGNORECASE)
# How a feed shows that it broke a text off.
_BROKEN_OFF = re.compile(
    r"(?:\[\s?(?:…|\.{3}|&#8230;)\s?\]|…|\.{3}|(?:اقرأ المزيد|للمزيد|Read more)\W{0,5})\s*\Z", re.IGNORECASE
)


def read_feed(source: Source) -> Read:
    """Read the entries of a feed; `row` is the number of the entry.

    A feed's full text (`content:encoded`, Atom's `content`) is the text; where there is only a
    summary, that is the text, with a note. The feed's own ids are left: one saved on two days repeats them.
    """
    library = require("feedparser", why="to read RSS and Atom files")
    page, encoding = decode_markup(read_all(source.path, max_bytes=MAX_FEED_BYTES))
    page, repairs = clean_markup(page)
    if "<!entity" in page.lower():
        raise _entities(source)
    data = _DECLARATION.sub("", page).encode("utf-8")
    # A stream, not a name: feedparser opens names and addresses. Cleaning is ours, its own is quadratic.
    feed = library.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    if not feed.get("version") and not feed.entries:
        raise _no_feed(source)
    for row, entry in enumerate(feed.entries, 1):
        yield _from_entry(source, row, entry, feed.feed, encoding=encoding, repairs=repairs)
    yield from _missing(source, len(feed.entries), len(_ENTRY.findall(page)))


def _from_entry(
    source: Source, row: int, entry: Any, feed: Any, *, encoding: str, repairs: tuple[str, ...]
) -> Record | Rejection:
    whole = max((text_of(str(part.get("value") or "")) for part in entry.get("content", ())), key=len, default="")
    text = whole or text_of(str(entry.get("summary") or ""))
    title, url = text_of(str(entry.get("title") or "")).replace("\n", " "), str(entry.get("link") or "")
    if not text:
        return Rejection(
            source.name, row, "text", url or title,
            "this entry has a title and an address but no text. Save the article's page, and give the pages.",
            "في هذا العنصر عنوان ورابط بلا نص. احفظ صفحة المادة وأعطِ الصفحات.",
        )  # fmt: skip
    values = {
        "title": title, "text": text, "url": url, "author": text_of(str(entry.get("author") or "")),
        "published": str(entry.get("published") or entry.get("updated") or "").strip(),
        "section": ", ".join(str(tag.get("term") or "") for tag in entry.get("tags", ()) if tag.get("term")),
        "outlet": source.outlet or _outlet(entry, feed, url),
    }  # fmt: skip
    notes = () if whole and not _BROKEN_OFF.search(whole[-200:]) else (_only_summary(source, row, text),)
    return Record(values, source.name, row, encoding=encoding, repairs=repairs, notes=notes)


def _outlet(entry: Any, feed: Any, url: str) -> str:
    """Give the outlet an entry is taken from; where it has an address, that says the rest."""
    return str((entry.get("source") or {}).get("title") or ("" if url else feed.get("title") or ""))


def _only_summary(source: Source, row: int, text: str) -> Rejection:
    return Rejection(
        source.name, row, "text", text,
        f"the feed has only a summary of this article ({n_words(text)} words), not its text. Save the article's page"
        " for the whole text; shares of sentences need it",
        "في الملف ملخص هذه المادة لا نصها الكامل. احفظ صفحة المادة للنص الكامل",
    )  # fmt: skip


def _missing(source: Source, n_read: int, n_opened: int) -> Iterator[Rejection]:
    if n_read == 0 or n_read < n_opened:
        yield Rejection(
            source.name, n_read + 1, "", "",
            f"{n_opened - n_read} of {n_opened} entries cannot be read. Save the feed again, unchanged."
            if n_opened else "the feed has no entries. Save it again, or leave it out.",
            "في الملف عناصر لا تُقرأ أو لا عناصر فيه. احفظه من جديد كما هو.",
        )  # fmt: skip


def _entities(source: Source) -> ArticleError:
    return ArticleError(
        f"{source.name}: declares XML entities of its own, which no feed needs and some files abuse. Save the feed"
        " again from its source, or leave it out.",
        ar=f"{source.name}: يعرّف الملف كيانات XML خاصة به، ولا حاجة إليها في ملف تغذية. احفظه من مصدره من جديد"
        " أو استبعده.",
    )


def _no_feed(source: Source) -> ArticleError:
    return ArticleError(
        f"{source.name}: XML, but no RSS or Atom feed. Save the articles as CSV or JSON, or each one as .html or .txt.",
        ar=f"{source.name}: ملف XML لكنه ليس تغذية RSS أو Atom. احفظ المواد بصيغة CSV أو JSON، أو كل مادة بصيغة html"
        " أو txt.",
    )
