import gzip
import io

import pytest

from framing.errors import ArticleError
from framing.readers import Record, Rejection, Source, read_source

pytest.importorskip("trafilatura")
pytest.importorskip("warcio")

PARAGRAPHS = "".join(f"<p>{'هذه جملة طويلة من نص الخبر المخترع رقم ' * 6}{n}.</p>" for n in range(5))
DAY = '<meta property="article:published_time" content="2024-10-22T09:00:00+03:00">'
CANONICAL = '<link rel="canonical" href="https://example.org/canonical">'


def page(head=""):
    body = f"<article><h1>عنوان</h1>{PARAGRAPHS}</article>"
    return f'<html lang="ar"><head><title>ع</title>{head}</head><body>{body}</body></html>'


def archive(entries, *, packed=False):
    """Build a WARC of (kind, address, status, headers, bytes)."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed)
    writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "test"}))
    for kind, url, status, headers, body in entries:
        http = StatusAndHeaders(status, list(headers.items()), protocol="HTTP/1.1") if status else None
        record = writer.create_warc_record(
            url, kind, payload=io.BytesIO(body), http_headers=http, warc_content_type=headers.get("Content-Type", ""),
            warc_headers_dict={"WARC-Date": "2024-10-24T23:30:00Z"},
        )  # fmt: skip
        writer.write_record(record)
    return out.getvalue()


def html(path, head="", *, charset="utf-8", body=None, status="200 OK", **headers):
    data = page(head).encode(charset) if body is None else body
    return (
        "response",
        f"https://example.org/{path}",
        status,
        {"Content-Type": f"text/html; charset={charset}", **headers},
        data,
    )


def read(path, data, **source):
    path.write_bytes(data)
    return list(read_source(Source(path, path.name, **source)))


OTHERS = [
    ("response", "https://example.org/i.png", "200 OK", {"Content-Type": "image/png"}, b"x"),
    ("response", "https://example.org/j.png", "200 OK", {"Content-Type": "image/png"}, b"y"),
    html("gone", status="404 Not Found"),
    ("request", "https://example.org/1", None, {"Content-Type": "application/http"}, b"GET / HTTP/1.1\r\n\r\n"),
]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_pages_are_read_and_the_rest_is_counted_by_kind(tmp_path, name):
    data = archive([html("1", DAY), *OTHERS, html("2", charset="windows-1256")], packed=name.endswith("gz"))
    found = read(tmp_path / name, data, outlet="ألف")
    records = [item for item in found if isinstance(item, Record)]
    assert [(r.row, r.cells["url"], r.cells["outlet"]) for r in records] == [
        (2, "https://example.org/1", "ألف"), (7, "https://example.org/2", "ألف"),
    ]  # fmt: skip
    assert records[1].encoding == "windows-1256 (declared)"
    assert "نص الخبر المخترع" in records[1].cells["text"]
    rejected = [(item.row, item.value, item.reason[:9]) for item in found if isinstance(item, Rejection)]
    assert rejected == [(3, "image/png", "2 records"), (5, "HTTP status 404", "1 records")]


def test_archive_packed_as_one_piece_is_read_too(tmp_path):
    found = read(tmp_path / "a.warc.gz", gzip.compress(archive([html("1"), html("2")])))
    assert [item.row for item in found] == [2, 3]


def test_day_of_collection_stands_in_only_where_the_page_says_none(tmp_path):
    dated, undated = read(tmp_path / "a.warc", archive([html("1", DAY), html("2")]))
    assert (dated.cells["published"], dated.notes) == ("2024-10-22T09:00:00+03:00", ())
    assert undated.cells["published"] == "2024-10-24"
    assert undated.cells["collected"] == "2024-10-24T23:30:00Z"
    assert "the day on which it was collected stands in" in undated.notes[0].reason
    assert undated.notes[0].row == undated.row


def test_address_is_where_it_was_collected_and_the_page_own_one_is_kept(tmp_path):
    (found,) = read(tmp_path / "a.warc", archive([html("amp/1", CANONICAL)]))
    assert found.cells["url"] == "https://example.org/amp/1"
    assert found.cells["canonical_url"] == "https://example.org/canonical"


def test_packed_and_empty_pages(tmp_path):
    packed = html("1", body=gzip.compress(page().encode()), **{"Content-Encoding": "gzip"})
    brotli = html("2", body=b"x", **{"Content-Encoding": "br"})
    first, second, third = read(tmp_path / "a.warc", archive([packed, brotli, html("3", body=b"")]))
    assert "نص الخبر المخترع" in first.cells["text"]
    assert "packed with 'br'" in second.reason
    assert "no article found" in third.reason
    assert third.value == "https://example.org/3"


@pytest.mark.parametrize("packed", [True, False])
def test_archive_cut_anywhere_keeps_what_stood_before_and_says_so(tmp_path, packed):
    first = len(archive([html("1")], packed=packed))
    whole = archive([html("1"), OTHERS[0], html("2")], packed=packed)
    for cut in range(first + 5, len(whole) - 5, max(1, (len(whole) - first) // 25)):
        found = read(tmp_path / ("a.warc.gz" if packed else "a.warc"), whole[:cut])
        assert isinstance(found[0], Record)
        says = any("damaged" in item.reason for item in found if isinstance(item, Rejection))
        # Between two records nothing shows that more should follow.
        between = whole[cut:].lstrip(b"\r\n").startswith(b"\x1f\x8b" if packed else b"WARC/1.")
        assert says or between, cut


def test_what_is_no_archive_is_said_so(tmp_path):
    for data in (b"not an archive\r\n\r\n", b"\x00" * 300_000, "نص\n".encode() * 50):
        with pytest.raises(ArticleError, match="not a WARC file, or a damaged one"):
            read(tmp_path / "a.warc", data)


def test_page_beyond_the_cap_is_rejected_and_the_next_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("framing.readers.warc.MAX_PAGE_BYTES", 10_000)
    big, small = read(tmp_path / "a.warc", archive([html("1", body=b"a" * 20_000), html("2")]))
    assert "a page of more than 10,000 bytes" in big.reason
    assert isinstance(small, Record)


def test_record_with_a_false_length_is_told(tmp_path):
    whole = archive([html("1"), html("2")])
    place = whole.rindex(b"Content-Length: ")
    line_end = whole.index(b"\r\n", place)
    length = int(whole[place + 16 : line_end])
    found = read(tmp_path / "a.warc", whole[: place + 16] + str(length - 40).encode() + whole[line_end:])
    assert any("longer or shorter than they say" in item.reason for item in found if isinstance(item, Rejection))
