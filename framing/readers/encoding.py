"""Which encoding a file is in, and the repair of text that was decoded wrongly before us.

UTF-8 is tried strictly first, then a UTF-16 mark, then detection among the encodings Arabic
files come in. What was done is said in words, for the record.
"""

from __future__ import annotations

import codecs
import io
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, TextIO

from framing.arabic import arabic_share
from framing.optional import require

SAMPLE_BYTES = 200_000
# In the order of how common they are in Arabic files.
CANDIDATES = ["cp1256", "iso8859_6", "cp720", "mac_arabic", "cp1252", "utf_16_le", "utf_16_be"]
# Bytes that are not UTF-8, among characters that are not ASCII: under this share they are damage, not an encoding.
MAX_DAMAGE = 0.02


@dataclass(frozen=True)
class Encoding:
    """`name` for `codecs`, `errors` to decode with, and in words how it was found."""

    name: str
    found: str
    errors: str = "strict"


def find_encoding(open_stream: Callable[[], BinaryIO]) -> Encoding:
    """Find the encoding of a file, reading it once in pieces and holding little of it.

    Parameters
    ----------
    open_stream : opens the file's bytes from the beginning.
    """
    with open_stream() as stream:
        head = stream.read(SAMPLE_BYTES)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return Encoding("utf-16", "utf-16 (mark)")
        decoder = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
        damaged = other = 0
        piece, sample = head, head
        while piece:
            text = decoder.decode(piece)
            bad = len(_ESCAPED.findall(text))
            if bad and not damaged:
                sample = piece
            damaged += bad
            other += len(text) - len(text.encode("ascii", "ignore")) - bad
            piece = _more(stream)
        damaged += len(_ESCAPED.findall(decoder.decode(b"", final=True)))
    mark = " (mark)" if head.startswith(codecs.BOM_UTF8) else ""
    if not damaged and not _looks_like_utf16(head):
        return Encoding("utf-8-sig", f"utf-8{mark}")
    if damaged and damaged <= MAX_DAMAGE * other:
        return Encoding("utf-8-sig", f"utf-8{mark}, with broken bytes", "surrogateescape")
    return _detect(sample[:SAMPLE_BYTES])


_ESCAPED = re.compile("[\udc80-\udcff]")


def _more(stream: BinaryIO) -> bytes:
    """Read on; where a packed file is cut off, what was seen decides, and reading its rows says the rest."""
    try:
        return stream.read(1 << 20)
    except (EOFError, OSError, zlib.error):
        return b""


def _looks_like_utf16(head: bytes) -> bool:
    """Tell UTF-16 without a mark: valid UTF-8 by accident, but every other byte is 0 or 6."""
    return len(head) > 20 and max(_high_bytes(head[0::2]), _high_bytes(head[1::2])) > 0.8


def _high_bytes(half: bytes) -> float:
    return (half.count(0) + half.count(6)) / max(1, len(half))


def _detect(sample: bytes) -> Encoding:
    if _looks_like_utf16(sample):
        even = _high_bytes(sample[0::2]) > _high_bytes(sample[1::2])
        name = "utf-16-be" if even else "utf-16-le"
        return Encoding(name, f"{name} (detected)")
    library = require("charset_normalizer", why="to find a file's encoding")
    best = library.from_bytes(sample, cp_isolation=CANDIDATES, threshold=0.4).best()
    name = best.encoding if best is not None else ""
    # Detection weighs letters of any language; where reading as windows-1256 gives Arabic, it is that.
    arabic = sample.decode("cp1256", "replace")
    if arabic_share(arabic) > 0.5 and arabic_share(sample.decode(name or "cp1252", "replace")) <= arabic_share(arabic):
        name = "cp1256"
    name = name or "cp1252"
    return Encoding(name, f"{_PRINTED.get(name, name)} (detected)", "replace")


_PRINTED = {"cp1256": "windows-1256", "cp1252": "windows-1252", "iso8859_6": "iso-8859-6"}


def open_text(stream: BinaryIO, encoding: Encoding, *, newline: str = "") -> TextIO:
    """Read bytes as text in a found encoding, line ends as they are."""
    return io.TextIOWrapper(stream, encoding=encoding.name, errors=encoding.errors, newline=newline)


def decode(data: bytes) -> tuple[str, Encoding]:
    """Decode a whole file; line ends stay as they are, a byte-order mark goes."""
    encoding = find_encoding(lambda: io.BytesIO(data))
    return data.decode(encoding.name, encoding.errors), encoding


def broken_bytes(text: str) -> int:
    """Count the bytes in a decoded value that are not UTF-8."""
    return len(_ESCAPED.findall(text))


_SURROGATE = re.compile("[\ud800-\udfff]")


def repair_text(text: str) -> tuple[str, tuple[str, ...]]:
    """Undo a wrong decoding that happened before the file reached us, and replace what is no character.

    Lone surrogates cannot be saved in any file: each becomes U+FFFD, one for one, so places in
    the text stay. Returns the text and what was done, in words; untouched text gives `()`.
    """
    done = []
    if _SUSPECT.search(text):
        for name, undo in _REPAIRS:
            fixed = undo(text)
            if fixed is not None and arabic_share(fixed) > max(0.6, arabic_share(text) - 0.05):
                text, done = fixed, [name]
                break
    if lone := len(_SURROGATE.findall(text)):
        text = _SURROGATE.sub("\ufffd", text)
        done.append(f"{lone} lone surrogates replaced by U+FFFD")
    return text, tuple(done)


# Latin letters with marks side by side, or ط and ظ before a sign: what mojibake of Arabic looks like.
_SUSPECT = re.compile(r"[À-ÿ]{3}|[ØÙ][^\sA-Za-z]|(?:[طظ][^\sء-غف-ي]){2}|(?:[طظ].){4}")


def _to_bytes(text: str, codec: str) -> bytes | None:
    """Encode, giving the codec's undefined places the byte of the same number, as browsers do."""
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        pass
    try:
        return b"".join(bytes([ord(char)]) if "\x80" <= char <= "\x9f" else char.encode(codec) for char in text)
    except UnicodeEncodeError:
        return None


def _undo(codec: str, true_codec: str) -> Callable[[str], str | None]:
    def undo(text: str) -> str | None:
        data = _to_bytes(text, codec)
        try:
            return None if data is None else data.decode(true_codec)
        except UnicodeDecodeError:
            return None

    return undo


_REPAIRS: tuple[tuple[str, Callable[[str], str | None]], ...] = (
    ("utf-8 once read as windows-1256: repaired", _undo("cp1256", "utf-8")),
    ("utf-8 once read as windows-1252: repaired", _undo("cp1252", "utf-8")),
    ("windows-1256 once read as windows-1252: repaired", _undo("cp1252", "cp1256")),
)
