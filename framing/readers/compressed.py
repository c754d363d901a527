"""Bytes of a file, plain or gzip, with caps against bombs."""

from __future__ import annotations

import gzip
import io
import tempfile
import zipfile
from pathlib import Path
from typing import IO, BinaryIO, cast

from framing.errors import ArticleError

# Arabic news text packs 3 to 6 times; 200 is far beyond any real file.
MAX_RATIO = 200
RATIO_FROM = 10_000_000
MAX_BYTES_OUT = 8_000_000_000
MAX_ZIP_BYTES = 2_000_000_000
MAX_ZIP_MEMBERS = 2_000


def is_gzip(path: Path) -> bool:
    """Tell whether the name says gzip."""
    return path.suffix.lower() == ".gz"


class CappedGzip(io.RawIOBase):
    """Bytes out of a gzip file, stopped when they grow beyond what text can be."""

    def __init__(self, path: Path, *, max_bytes: int = MAX_BYTES_OUT) -> None:
        self._path = path
        self._size = max(1, path.stat().st_size)
        self._max_bytes = max_bytes
        self._given = 0
        self._stream = gzip.open(path, "rb")  # noqa: SIM115 - closed in close()

    def readable(self) -> bool:
        """Say that bytes can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` with unpacked bytes, and stop at a cap."""
        data = self._stream.read1(len(buffer))
        self._given += len(data)
        self._check()
        buffer[: len(data)] = data
        return len(data)

    def _check(self) -> None:
        bomb = self._given > RATIO_FROM and self._given > MAX_RATIO * self._size
        if bomb or self._given > self._max_bytes:
            raise ArticleError(
                f"{self._path.name}: unpacks to more than {self._given:,} bytes from {self._size:,}, which no text"
                " does. Unpack it yourself and look at it, or leave it out.",
                ar=f"{self._path.name}: حجم الملف بعد فك الضغط غير معقول. افحصه قبل استعماله أو استبعده.",
            )

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        super().close()


def open_bytes(path: Path) -> BinaryIO:
    """Open a file for reading bytes, unpacked where its name ends in `.gz`."""
    if is_gzip(path):
        return cast(BinaryIO, io.BufferedReader(CappedGzip(path), buffer_size=1 << 18))
    return path.open("rb")


def open_seekable(path: Path) -> IO[bytes]:
    """Open a file that must be jumped about in (Parquet, XLSX); gzip is unpacked to a temporary file."""
    if not is_gzip(path):
        return path.open("rb")
    unpacked = tempfile.SpooledTemporaryFile(max_size=50_000_000)  # noqa: SIM115 - the caller closes it
    with CappedGzip(path, max_bytes=MAX_ZIP_BYTES) as packed:
        while piece := packed.read(1 << 20):
            unpacked.write(piece)
    unpacked.seek(0)
    return cast(IO[bytes], unpacked)


def read_all(path: Path, *, max_bytes: int) -> bytes:
    """Read a whole file, unpacked; more than `max_bytes` is an `ArticleError`."""
    with open_bytes(path) as stream:
        data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise ArticleError(
            f"{path.name}: more than {max_bytes:,} bytes, too much to read at once. Split it, or save it as JSONL.",
            ar=f"{path.name}: الملف أكبر من أن يُقرأ دفعة واحدة ({max_bytes:,} بايت). قسّمه أو احفظه بصيغة JSONL.",
        )
    return data


def check_zip(stream: IO[bytes], name: str, *, max_bytes: int = MAX_ZIP_BYTES) -> None:
    """Stop at a zip container (XLSX, DOCX, ODT) that would unpack beyond the caps; nothing is unpacked here.

    The sizes in the directory can be trusted: `zipfile` gives no more bytes than they say.
    """
    members = zipfile.ZipFile(stream).infolist()
    total = sum(member.file_size for member in members)
    bomb = any(m.file_size > RATIO_FROM and m.file_size > MAX_RATIO * max(1, m.compress_size) for m in members)
    if bomb or total > max_bytes or len(members) > MAX_ZIP_MEMBERS:
        raise ArticleError(
            f"{name}: unpacks to {total:,} bytes in {len(members)} parts, which no real workbook or document does."
            " Save its sheet as CSV or its text as .txt, or leave it out.",
            ar=f"{name}: حجم الملف بعد فك الضغط غير معقول. احفظ الورقة بصيغة CSV أو النص بصيغة txt، أو استبعد الملف.",
        )
    stream.seek(0)
