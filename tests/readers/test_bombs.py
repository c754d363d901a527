"""Small files that unpack to much: what each reader takes of memory, in a process of its own."""

import gzip
import io
import subprocess
import sys
import zipfile

import pytest

from framing.readers import PAGES, TABLES

ZEROS = 100_000_000
MAX_GROWTH = 150_000_000
CODE = """
import sys, time
from pathlib import Path
from framing.errors import ArticleError
from framing.readers import Source, read_source
import trafilatura, warcio, feedparser, docx, lxml.html, openpyxl, pyarrow.parquet, charset_normalizer
path = Path(sys.argv[1])
# Not getrusage: its peak is inherited from the process that started this one.
peak = lambda: int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
before, start = peak(), time.perf_counter()
try:
    found = sum("cells" in dir(item) for item in read_source(Source(path, path.name)))
except ArticleError:
    found = 0
print(found, peak() - before, time.perf_counter() - start)
"""


def zipped(part):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, b"\0" * ZEROS)
    return out.getvalue()


def warc(body, *, packing=""):
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{packing}\r\n".encode()
    block = head + body
    about = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/1\r\n"
        "WARC-Date: 2024-10-24T00:00:00Z\r\n"
        "WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000000>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return about.encode() + block + b"\r\n\r\n"


BOMBS = {f"a{kind}.gz": lambda: gzip.compress(b"\0" * ZEROS) for kind in (*TABLES, *PAGES)} | {
    "page.warc.gz": lambda: gzip.compress(warc(b"\0" * ZEROS)),
    "packed.warc": lambda: warc(gzip.compress(b"\0" * ZEROS), packing="Content-Encoding: gzip\r\n"),
    "document.docx": lambda: zipped("word/document.xml"),
    "document.odt": lambda: zipped("content.xml"),
    "book.xlsx": lambda: zipped("xl/workbook.xml"),
}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
@pytest.mark.parametrize("name", BOMBS)
def test_bomb_takes_little_memory_and_gives_no_article(tmp_path, name):
    for library in ("trafilatura", "warcio", "feedparser", "docx"):
        pytest.importorskip(library)
    path = tmp_path / name
    path.write_bytes(BOMBS[name]())
    assert path.stat().st_size < 200_000
    done = subprocess.run([sys.executable, "-c", CODE, str(path)], capture_output=True, text=True, check=True)
    n_found, grown, seconds = (float(part) for part in done.stdout.split())
    assert n_found == 0
    assert grown * 1024 < MAX_GROWTH, f"{grown / 1024:.0f} MB"
    assert seconds < 30
    sys.stdout.write(f"{name}: {grown / 1024:.0f} MB, {seconds:.1f} s\n")
