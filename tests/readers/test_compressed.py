import gzip
import io
import subprocess
import sys
import zipfile

import pytest

from framing.errors import ArticleError
from framing.readers import Source, read_source
from framing.readers.compressed import check_zip, open_bytes, read_all


def test_gzip_bomb_is_stopped(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"0" * 100_000_000))
    with pytest.raises(ArticleError, match="no text does"):
        list(read_source(Source(tmp_path / "a.csv.gz", "a.csv.gz")))


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc; that of getrusage is inherited")
def test_gzip_bomb_uses_little_memory(tmp_path):
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(b"0" * 100_000_000))
    code = (
        "import sys; from pathlib import Path; from framing.readers.compressed import read_all\n"
        "from framing.errors import ArticleError\n"
        "peak = lambda: int(Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0])\n"
        "before = peak()\n"
        "try: read_all(Path(sys.argv[1]), max_bytes=10**9)\n"
        "except ArticleError: print(peak() - before)"
    )
    grown = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert int(grown.stdout) * 1024 < 60_000_000


def test_file_beyond_the_cap_is_an_error(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"12345")
    with pytest.raises(ArticleError, match="more than 4 bytes"):
        read_all(tmp_path / "a.txt", max_bytes=4)


def test_well_packed_real_text_passes(tmp_path):
    text = ("أعلنت الوزارة اليوم أن المحادثات ستبدأ غدا. " * 40).encode()
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(text))
    with open_bytes(tmp_path / "a.txt.gz") as stream:
        assert stream.read() == text


@pytest.mark.parametrize(
    ("members", "max_bytes"),
    [({"a": b"0" * 20_000_000}, 10**9), ({"a": b"12345"}, 4), ({str(n): b"" for n in range(3000)}, 9)],
)
def test_zip_beyond_a_cap_is_stopped_before_it_is_unpacked(members, max_bytes):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    with pytest.raises(ArticleError, match=r"unpacks to .* which no real workbook or document does"):
        check_zip(stream, "a.docx", max_bytes=max_bytes)
