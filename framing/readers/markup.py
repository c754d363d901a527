"""Markup of pages and feeds: from bytes to text, what no parser may be given, and the words of a fragment."""

from __future__ import annotations

import re

from framing.optional import require
from framing.readers.encoding import decode

# As a page's meta, a feed's first line or a server's header declares it.
_CHARSET = re.compile(
    rb"(?:<meta[^>]{0,200}charset|<\?xml[^>]{0,100}encoding)\s*=\s*[\"']?\s*([\w-]{3,20})", re.IGNORECASE
)
# C0 controls but tab and line ends, and lone surrogates: lxml drops the first and stops at the second.
_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff]")
# fmt: off
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure",
    "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
    "section", "table", "td", "th", "tr", "ul",
))
# fmt: on
_UNREAD = frozenset(("script", "style", "template", "noscript"))


def decode_markup(data: bytes, *, declared: str = "") -> tuple[str, str]:
    """Decode a page or feed: strict UTF-8 first; a declared charset is believed unless another reads better as Arabic.

    Parameters
    ----------
    declared : the charset a server's header names, before the page's own.

    Returns
    -------
    The text, and in words how it was decoded.
    """
    named = _CHARSET.search(data[:4000])
    name = declared or (named[1].decode("ascii", "ignore") if named else "")
    text, encoding = decode(data, declared=name)
    return text, encoding.found


def clean_markup(text: str) -> tuple[str, tuple[str, ...]]:
    """Replace what is no character by U+FFFD, one for one; give the text and what was done, in words."""
    cleaned, count = _NO_CHARACTER.subn("\ufffd", text)
    return cleaned, (f"{count} control characters or broken bytes of the page replaced by U+FFFD",) if count else ()


def text_of(fragment: str) -> str:
    """Give the words of a piece of HTML: one line per block, no scripts, white space as a browser shows it."""
    if "<" not in fragment and "&" not in fragment:
        return "\n".join(filter(None, (" ".join(line.split()) for line in fragment.split("\n"))))
    etree = require("lxml.etree", why="to read HTML inside feeds")
    library = require("lxml.html", why="to read HTML inside feeds")
    tree = library.document_fromstring(f"<html><body><div>{clean_markup(fragment)[0]}</div></body></html>")
    parts: list[str] = []
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _BLOCKS:
            parts.append("\n")
        if event == "start":
            parts.append("" if tag in _UNREAD else _one_line(element.text))
        else:
            parts.append(_one_line(element.tail))
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _one_line(text: str | None) -> str:
    return (text or "").replace("\n", " ").replace("\r", " ")
