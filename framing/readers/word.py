"""Word-processor files: .docx through python-docx, .odt, .rtf through striprtf; the words only."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from framing.errors import ArticleError
from framing.optional import require
from framing.readers.compressed import check_zip, open_seekable, read_all
from framing.readers.documents import HEADING, TITLE, Line, read_lines
from framing.readers.records import Read, Source

MAX_DOCUMENT_BYTES = 200_000_000
# Of the part with the text; a tree of it takes ten times as much memory.
MAX_XML_BYTES = 60_000_000
MAX_RTF_BYTES = 50_000_000
_OLD_WORD = b"\xd0\xcf\x11\xe0"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
# Text that is deleted, moved away, or the same text once more for old readers.
_NOT_SHOWN = frozenset((f"{_W}del", f"{_W}moveFrom", _FALLBACK))
_SIGNS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_CODE_PAGE = re.compile(r"\\ansicpg(\d{1,5})")
_FIELD_CODE = re.compile(r"(?:\\\*)?\\fldinst(?![a-z])")
_FONT = re.compile(r"\\f(\d{1,6})")
_CHARSET = re.compile(r"\\fcharset(\d{1,3})")
_DEFAULT_FONT = re.compile(r"\\deff(\d{1,6})")
_BRACE = re.compile(r"[{}]")


def read_docx(source: Source) -> Read:
    """Read a .docx: paragraphs in order, those of tables and text boxes too; no headers, footers, notes or comments."""
    library = require("docx", why="to read .docx files")
    with open_seekable(source.path) as stream:
        try:
            _check(stream, source, "word/document.xml")
            lines = list(_docx_lines(library.Document(stream)))
        except ArticleError:
            raise
        except Exception as error:  # python-docx lets those of lxml, zipfile and its own through
            raise _no_document(source, ".docx", error) from error
    yield from read_lines(source, lines, encoding="docx")


def _check(stream: Any, source: Source, main_part: str) -> None:
    """Stop at what is no zip, and at one that is too large in whole or in the part with the text."""
    if stream.read(4) == _OLD_WORD:
        raise ArticleError(
            f"{source.name}: an old Word document, or one with a password, under a newer name. Open it in Word and save"
            " it as .docx without a password.",
            ar=f"{source.name}: مستند Word قديم أو محمي بكلمة مرور. افتحه في Word واحفظه بصيغة docx بلا كلمة مرور.",
        )
    stream.seek(0)
    check_zip(stream, source.name, max_bytes=MAX_DOCUMENT_BYTES)
    size = zipfile.ZipFile(stream).getinfo(main_part).file_size
    stream.seek(0)
    if size > MAX_XML_BYTES:
        raise ArticleError(
            f"{source.name}: a text of {size:,} bytes, {MAX_XML_BYTES:,} are read. Part it into several documents.",
            ar=f"{source.name}: نص المستند أكبر من أن يُقرأ ({size:,} بايت). قسّمه إلى عدة مستندات.",
        )


def _no_document(source: Source, kind: str, error: Exception) -> ArticleError:
    return ArticleError(
        f"{source.name}: not a {kind} document, or a damaged one ({str(error)[:200]}). Open it in its program and save"
        " it again, or copy its text into a .txt file.",
        ar=f"{source.name}: ليس مستند {kind} أو أنه تالف. افتحه في برنامجه واحفظه من جديد، أو انسخ نصه في ملف txt.",
    )


def _docx_lines(document: Any) -> Iterator[Line]:
    levels = {style.style_id: _level(style.name or "") for style in document.styles}
    paragraphs: dict[Any, list[str]] = {}
    for element in document.element.body.iter():
        if element.tag == f"{_W}p":
            paragraphs[element] = []
        elif element.tag == f"{_W}t" or (element.tag in _SIGNS and element.getparent().tag == f"{_W}r"):
            above = list(element.iterancestors())
            owner = next((parent for parent in above if parent.tag == f"{_W}p"), None)
            if owner is not None and not any(parent.tag in _NOT_SHOWN for parent in above):
                paragraphs[owner].append(_SIGNS.get(element.tag) or element.text or "")
    section = False
    for paragraph, parts in paragraphs.items():
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        level = levels.get(style.get(f"{_W}val"), 0) if style is not None else 0
        text = "".join(parts)
        yield Line(text, level, bool(text.strip()) and _is_bold(paragraph), section)
        section = _ends_section(paragraph) or (section and not text.strip())


def _level(style: str) -> int:
    """Give the level of a paragraph style; the names of Word's own are English in every language."""
    name = style.strip().lower()
    if name == "title":
        return TITLE
    number = name.removeprefix("heading ")
    return HEADING - 1 + int(number) if name.startswith("heading ") and number.isascii() and number.isdigit() else 0


def _is_bold(paragraph: Any) -> bool:
    runs = [run for run in paragraph.iter(f"{_W}r") if any((t.text or "").strip() for t in run.iter(f"{_W}t"))]
    return bool(runs) and all(
        any(mark.get(f"{_W}val") not in ("0", "false", "off") for mark in run.iter(f"{_W}b", f"{_W}bCs"))
        for run in runs
    )


def _ends_section(paragraph: Any) -> bool:
    section = paragraph.find(f"{_W}pPr/{_W}sectPr")
    kind = section.find(f"{_W}type") if section is not None else None
    return section is not None and (kind is None or kind.get(f"{_W}val") != "continuous")


def read_odt(source: Source) -> Read:
    """Read a LibreOffice .odt: paragraphs in order; no notes, comments or deleted text."""
    xml = require("defusedxml.ElementTree", why="to read .odt files safely")
    with open_seekable(source.path) as stream:
        try:
            _check(stream, source, "content.xml")
            with zipfile.ZipFile(stream) as archive:
                root = xml.fromstring(archive.read("content.xml"), forbid_dtd=True)
        except ArticleError:
            raise
        except Exception as error:  # of zipfile, zlib, expat and defusedxml
            raise _no_document(source, ".odt", error) from error
    yield from read_lines(source, list(_odt_lines(root)), encoding="odt")


def _odt_lines(root: Any) -> Iterator[Line]:
    parents = {
        str(style.get(f"{_STYLE}name")): str(style.get(f"{_STYLE}parent-style-name"))
        for style in root.iter(f"{_STYLE}style")
    }
    body = root.find(f"{_OFFICE}body")
    for element in _shown(body) if body is not None else ():
        if element.tag in (f"{_TEXT}p", f"{_TEXT}h"):
            yield Line("".join(_odt_parts(element)), _odt_level(element, parents))


def _odt_level(element: Any, parents: Mapping[str, str]) -> int:
    style = str(element.get(f"{_TEXT}style-name"))
    if "Title" in (style, parents.get(style)):
        return TITLE
    level = str(element.get(f"{_TEXT}outline-level") or "1")
    return HEADING - 1 + int(level) if element.tag == f"{_TEXT}h" and level.isascii() and level.isdigit() else 0


_ODT_NOT_SHOWN = frozenset((f"{_TEXT}tracked-changes", f"{_TEXT}note", f"{_OFFICE}annotation"))


def _shown(root: Any) -> Iterator[Any]:
    """Walk a tree in order without what is not shown; a stack of our own, for depth costs a stranger nothing."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.tag not in _ODT_NOT_SHOWN:
            yield element
            waiting.extend(reversed(element))


def _odt_parts(paragraph: Any) -> Iterator[str]:
    """Give the text of a paragraph without that of paragraphs inside it, which are lines of their own."""
    waiting: list[tuple[Any, bool]] = [(paragraph, False)]
    while waiting:
        element, is_tail = waiting.pop()
        if is_tail:
            yield element.tail or ""
            continue
        yield from _odt_sign(element)
        for child in reversed(element):
            waiting.append((child, True))
            if child.tag not in _ODT_NOT_SHOWN and child.tag not in (f"{_TEXT}p", f"{_TEXT}h"):
                waiting.append((child, False))


def _odt_sign(element: Any) -> Iterator[str]:
    if element.tag == f"{_TEXT}s":
        count = str(element.get(f"{_TEXT}c") or "1")
        yield " " * min(int(count) if count.isascii() and count.isdigit() else 1, 1000)
    yield {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}.get(element.tag, element.text or "")


def read_rtf(source: Source) -> Read:
    r"""Read an .rtf: Arabic as `\'xx` in the code page of the file or of the font, and as `\uN`."""
    library = require("striprtf.striprtf", why="to read .rtf files")
    data = read_all(source.path, max_bytes=MAX_RTF_BYTES)
    if not data.lstrip().startswith(b"{\\rtf"):
        raise _no_document(source, ".rtf", ValueError("it does not begin with {\\rtf"))
    raw = data.decode("latin-1")
    page = _CODE_PAGE.search(raw[:2000])
    encoding = f"cp{page[1]}" if page and page[1] != "0" else "cp1252"
    try:
        # Field codes out: the library's own pattern for them is quadratic, and it writes addresses into the text.
        raw = _FIELD_CODE.sub(r"\\*\\fldinstx", data.decode(encoding, "replace"))
        text = library.rtf_to_text(_plain_fonts(raw), encoding=encoding, errors="replace")
    except (ValueError, LookupError, RecursionError, OverflowError) as error:
        raise _no_document(source, ".rtf", error) from error
    yield from read_lines(source, list(_rtf_lines(text)), encoding=f"rtf, {encoding}")


def _plain_fonts(raw: str) -> str:
    """Write the table of fonts anew with what decides the encoding: the library's own search in it is cubic."""
    start = raw.find("\\fonttbl")
    if start < 0:
        return raw
    depth, end = 1, len(raw)
    for brace in _BRACE.finditer(raw, start):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            end = brace.start()
            break
    entries = ((_FONT.search(part), _CHARSET.search(part)) for part in raw[start:end].split(";"))
    fonts = "".join(f"{{\\f{font[1]}\\fcharset{charset[1]} x;}}\n" for font, charset in entries if font and charset)
    default = _DEFAULT_FONT.search(raw[:start])  # the library waits for a font to be named in the text
    named = f"\\f{default[1]} " if default else ""
    return f"{raw[:start]}\\fonttbl{fonts}}}{named}{raw[end + 1 :]}"


def _rtf_lines(text: str) -> Iterator[Line]:
    for place, page in enumerate(text.split("\f")):
        for number, line in enumerate(page.split("\n")):
            yield Line(line.rstrip("\r"), begins_section=bool(place) and number == 0)
