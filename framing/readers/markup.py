"""Markup of pages and feeds: from bytes to text, what no parser may be given, and the words of a fragment."""

from __future__ import annotations

import re

from framing.optional import require
from framing.readers.encoding import MAX_DAMAGE, broken_bytes, decode

# As a page's meta, a feed's first line or a server's header declares it.
_CHARSET = re.compile(
    rb"(?:<meta[^>]{0,200}charset|<\?xml[^>]{0,100}encoding)\s*=\s*[\"']?\s*([\w-]{3,20})", re.IGNORECASE
)
_ARABIC = re.compile("[\u0621-\u064a]")
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
    """Decode a page or feed: strict UTF-8 first, then what is declared, then what its bytes look like.

    Parameters
    ----------
    declared : the charset a server's header names, before the page's own.

    Returns
    -------
    The text, and in words how it was decoded.
    """
    try:
        whole = data.decode("utf-8-sig", "surrogateescape")
        is_utf8 = broken_bytes(whole) <= MAX_DAMAGE * (len(whole) - len(whole.encode("ascii", "ignore")))
    except UnicodeDecodeError:
        is_utf8 = False
    if is_utf8:
        return _found(data)
    named = [name.decode("ascii", "ignore") for name in _CHARSET.findall(data[:4000])]
    for name in [part.lower() for part in (declared, *named[:1]) if part]:
        text = _decode_as(data, name)
        if text is not None:
            found, encoding = _found(data) if len(_ARABIC.findall(text)) < 20 else ("", "")
            # Old Arabic pages declare Latin and are windows-1256: what has the Arabic letters is right.
            if len(_ARABIC.findall(found)) > 20 + 2 * len(_ARABIC.findall(text)):
                return found, f"{encoding}, {name} declared"
            return text, f"{name} (declared)"
    return _found(data)


def _found(data: bytes) -> tuple[str, str]:
    text, encoding = decode(data)
    return text, encoding.found


def _decode_as(data: bytes, name: str) -> str | None:
    if name in ("utf-8", "utf8"):  # it is not, or it had been read as that
        return None
    try:
        return data.decode(name)
    except (UnicodeError, LookupError):  # LookupError: no such charset, or one of Python's that is no charset
        return None


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
