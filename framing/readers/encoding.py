"""Which encoding a file is in, and the repair of text that was decoded wrongly before us.

A mark at the beginning decides, else UTF-8 is tried strictly, then detection among the encodings
Arabic files come in: the one in which most of the foreign characters are Arabic words. What was
done is said in words, for the record.
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
# In the order of how common they are; of two that read a file alike, the first is named.
ARABIC = ("cp1256", "iso8859_6", "mac_arabic", "cp720")
OTHERS = ["cp1252", "cp1251", "cp1255", "cp1254"]
# Below this a file holds no Arabic. Measured: .62 to 1 on 150 articles of three corpora; French, German, Spanish,
# Turkish, Russian and Hebrew in their own tables .46 at most.
MIN_FIT = 0.5
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
        if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
            return Encoding("utf-32", "utf-32 (mark)")
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return Encoding("utf-16", "utf-16 (mark)")
        decoder = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
        damaged = other = halves = 0
        piece, sample = head, head
        while piece:
            text = decoder.decode(piece)
            bad = len(_ESCAPED.findall(text))
            if bad and not damaged:
                sample = _around_damage(piece, text)
            damaged += bad
            halves += 3 * len(_HALF_PAIR.findall(text)) if bad else 0
            other += len(text) - len(text.encode("ascii", "ignore")) - bad
            piece = _more(stream)
        damaged += len(_ESCAPED.findall(decoder.decode(b"", final=True)))
    mark = " (mark)" if head.startswith(codecs.BOM_UTF8) else ""
    if not damaged and not _looks_like_utf16(head):
        return Encoding("utf-8-sig", f"utf-8{mark}")
    if damaged and damaged - halves <= MAX_DAMAGE * other:
        return Encoding("utf-8-sig", f"utf-8{mark}, with broken bytes", "surrogateescape")
    return _detect(sample[:SAMPLE_BYTES])


_ESCAPED = re.compile("[\udc80-\udcff]")
# A lone surrogate written as if it were UTF-8: damage of UTF-8, and no other encoding's letters.
_HALF_PAIR = re.compile("\udced[\udca0-\udcbf][\udc80-\udcbf]")


def _around_damage(piece: bytes, text: str) -> bytes:
    """Give a sample that holds the first bytes that are not UTF-8, wherever in a piece they stand."""
    first = _ESCAPED.search(text)
    before = len(text[: first.start()].encode("utf-8", "surrogateescape")) if first else 0
    start = max(0, before - 2000) // 2 * 2  # even: UTF-16 has two bytes to a letter
    return piece[start : start + SAMPLE_BYTES]


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
    sample = b"\n".join(line for line in sample.split(b"\n") if not _is_utf8(line)) or sample
    fits = {name: _arabic_fit(sample.decode(name, "replace")) for name in ARABIC}
    name = max(ARABIC, key=lambda name: fits[name])
    if fits[name] < MIN_FIT:
        library = require("charset_normalizer", why="to find a file's encoding")
        best = library.from_bytes(sample, cp_isolation=OTHERS, threshold=0.4).best()
        name = best.encoding if best is not None else "cp1252"
    return Encoding(name, f"{_PRINTED.get(name, name)} (detected)", "replace")


def _is_utf8(line: bytes) -> bool:
    """Tell UTF-8, of which a file glued together from two encodings has lines."""
    try:
        return bool(line.decode("utf-8"))
    except UnicodeDecodeError:
        return False


_WORD = re.compile("(?<![A-Za-z])[\u0621-\u063a\u0641-\u064a]{2,}(?![A-Za-z])")
_FOREIGN = re.compile("[^\x00-\x7f\xa0\xad]")
_ARTICLE = re.compile("[وبفك]?ال")


def _arabic_fit(text: str) -> float:
    """Tell how well a text reads as Arabic, 0 to 1: foreign characters that are Arabic words, with «ال» among them.

    Read in a wrong table, Arabic gives letters too, but no articles.
    """
    foreign = len(_FOREIGN.findall(text))
    words = _WORD.findall(text)
    share = sum(map(len, words)) / foreign if foreign else 0.0
    with_article = sum(bool(_ARTICLE.match(word)) for word in words)
    return share * (1.0 if with_article > 0.1 * len(words) else 0.75)


_PRINTED = {"cp1256": "windows-1256", "cp1252": "windows-1252", "iso8859_6": "iso-8859-6"}


def open_text(stream: BinaryIO, encoding: Encoding, *, newline: str = "") -> TextIO:
    """Read bytes as text in a found encoding, line ends as they are."""
    return io.TextIOWrapper(stream, encoding=encoding.name, errors=encoding.errors, newline=newline)


def decode(data: bytes, *, declared: str = "") -> tuple[str, Encoding]:
    """Decode a whole file; line ends stay as they are, a byte-order mark goes.

    Parameters
    ----------
    declared : what the file says of itself (`charset=`). It is believed where the bytes are not UTF-8 and can
        be read so, unless another table reads them better as Arabic.
    """
    encoding = find_encoding(lambda: io.BytesIO(data))
    if encoding.found.endswith("(detected)") and (named := _as_declared(data, declared, encoding)):
        encoding = named
    return data.decode(encoding.name, encoding.errors), encoding


def _as_declared(data: bytes, declared: str, detected: Encoding) -> Encoding | None:
    try:
        text = data.decode(declared) if declared else ""
        name = codecs.lookup(declared).name if text else ""
    except (UnicodeDecodeError, LookupError, ValueError):
        return None
    found = _arabic_fit(data.decode(detected.name, detected.errors))
    if not text or (found >= MIN_FIT and _arabic_fit(text) < 0.9 * found):
        return None
    return Encoding(name, f"{declared.lower()} (declared)")


def broken_bytes(text: str) -> int:
    """Count the bytes in a decoded value that are not UTF-8."""
    return len(_ESCAPED.findall(text))


_SURROGATE = re.compile("[\ud800-\udfff]")


def repair_text(text: str) -> tuple[str, tuple[str, ...]]:
    """Undo a wrong decoding that happened before the file reached us, and replace what is no character.

    Undone where the whole text becomes Arabic by it, once or twice over; else line by line. Lone surrogates cannot
    be saved in any file: each becomes U+FFFD, one for one, so places in the text stay. U+FFFD that stands
    there already is a letter lost for good; it is kept and counted. Returns the text and what was done, in
    words; untouched text gives `()`.
    """
    done: list[str] = []
    if lost := text.count("\ufffd"):
        done.append(f"{lost} characters lost before (U+FFFD), kept")
    if _SUSPECT.search(text):
        text, repairs = _repaired(text) or _repaired_lines(text)
        done += repairs
    if lone := len(_SURROGATE.findall(text)):
        text = _SURROGATE.sub("\ufffd", text)
        done.append(f"{lone} lone surrogates replaced by U+FFFD")
    return text, tuple(done)


def _repaired(text: str, *, again: bool = True) -> tuple[str, list[str]] | None:
    for name, undo in _REPAIRS:
        fixed = undo(text)
        if fixed is None or fixed == text:
            continue
        if arabic_share(fixed) > max(0.6, arabic_share(text) - 0.05):
            return fixed, [name]
        if again and _SUSPECT.search(fixed) and (deeper := _repaired(fixed, again=False)):
            return deeper[0], [name, *deeper[1]]
    return None


def _repaired_lines(text: str) -> tuple[str, list[str]]:
    """Repair those lines that can be: a page often takes a part from elsewhere."""
    lines = text.split("\n")
    repaired = {n: fixed for n, line in enumerate(lines) if _SUSPECT.search(line) and (fixed := _repaired(line))}
    if not repaired or len(lines) == 1:
        return text, []
    names = dict.fromkeys(name for _, done in repaired.values() for name in done)
    whole = "\n".join(repaired[n][0] if n in repaired else line for n, line in enumerate(lines))
    return whole, [f"{name} ({len(repaired)} of {len(lines)} lines)" for name in names]


# Latin letters with marks side by side, or ط and ظ before a sign: what mojibake of Arabic looks like.
_SUSPECT = re.compile(r"[À-ÿ]{3}|[ØÙÃ][^\sA-Za-z]|(?:[طظ][^\sء-غف-ي]){2}|(?:[طظ].){4}")


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
        if data is None:
            return None
        try:
            return data.decode(true_codec)
        except UnicodeDecodeError as error:
            # a text cut off in the middle of its last character
            return data[: error.start].decode(true_codec) if error.start >= len(data) - 3 > 0 else None

    return undo


_REPAIRS: tuple[tuple[str, Callable[[str], str | None]], ...] = (
    ("utf-8 once read as windows-1256: repaired", _undo("cp1256", "utf-8")),
    ("utf-8 once read as windows-1252: repaired", _undo("cp1252", "utf-8")),
    ("windows-1256 once read as windows-1252: repaired", _undo("cp1252", "cp1256")),
)
