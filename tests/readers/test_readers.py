"""All kinds of files in one folder: everything found is accepted, set aside or rejected."""

import pytest

from framing.articles import read_articles
from framing.errors import MissingLibraryError
from framing.readers import Source, read_source

TEXT = "هذه جملة طويلة من نص الخبر المخترع الذي لا يصف حدثًا حقيقيًا في أي مكان من الأمكنة المعروفة لأحد من الناس كلهم."
PAGE = f"<html><head><title>ع</title></head><body><article><h1>ع</h1>{f'<p>{TEXT}</p>' * 4}</article></body></html>"
FEED = (
    f"<rss version='2.0'><channel><title>ج</title><item><title>أ</title><description>{TEXT}</description></item>"
    "<item><title>بلا نص</title></item></channel></rss>"
)


@pytest.fixture
def folder(tmp_path):
    library = pytest.importorskip("docx")
    for name in ("trafilatura", "feedparser", "striprtf"):
        pytest.importorskip(name)
    document = library.Document()
    for text in (f"{TEXT} أول", "===", f"{TEXT} ثان"):
        document.add_paragraph(text)
    files = tmp_path / "ألف"
    files.mkdir()
    document.save(files / "1.docx")
    (files / "2.txt").write_text(f"---\ntitle: ع\n---\n{TEXT}\n===\n{TEXT} ثالث\n", encoding="utf-8")
    (files / "3.html").write_text(PAGE, encoding="utf-8")
    (files / "4.rss").write_text(FEED, encoding="utf-8")
    (files / "5.rtf").write_bytes(b"{\\rtf1\\ansi\\ansicpg1256 " + TEXT.encode("cp1256") + b"}")
    (files / "6.pdf").write_bytes(b"%PDF-1.4")
    (files / "7.docx").write_bytes(b"no document")
    (files / "8.warc").write_bytes(b"no archive")
    (files / "9.html").write_bytes(b"")
    return tmp_path


def test_rows_found_are_accepted_set_aside_or_rejected(folder):
    articles = read_articles(folder)
    files = articles.files.set_index("file")
    assert (files["n_found"] == files["n_accepted"] + files["n_set_aside"] + files["n_rejected"]).all()
    assert {name.removeprefix("ألف/"): n for name, n in files["n_accepted"].items()} == {
        "1.docx": 2, "2.txt": 2, "3.html": 1, "4.rss": 1, "5.rtf": 1, "6.pdf": 0, "7.docx": 0, "8.warc": 0, "9.html": 0,
    }  # fmt: skip
    assert sorted(articles.rejected["file"].str.removeprefix("ألف/")) == [
        "4.rss",
        "6.pdf",
        "7.docx",
        "8.warc",
        "9.html",
    ]
    assert set(articles.table["outlet"]) == {"ألف"}
    assert not articles.rejected["reason"].eq("").any()


@pytest.mark.parametrize(
    ("name", "data", "library"),
    [
        ("a.warc", b"WARC/1.0\r\n\r\n", "warcio"), ("a.rss", FEED.encode(), "feedparser"), ("a.docx", b"PK", "docx"),
        ("a.rtf", b"{\\rtf1}", "striprtf"), ("a.html", PAGE.encode(), "trafilatura"),
    ],
)  # fmt: skip
def test_library_that_is_not_installed_is_named_with_its_extra(tmp_path, monkeypatch, name, data, library):
    import sys

    for loaded in [part for part in sys.modules if part.partition(".")[0] == library]:
        monkeypatch.delitem(sys.modules, loaded)

    class Hidden:
        def find_spec(self, name, *_):
            if name.partition(".")[0] == library:
                raise ModuleNotFoundError(f"No module named '{name}'", name=name)

    monkeypatch.setattr(sys, "meta_path", [Hidden(), *sys.meta_path])
    from framing.readers import warc

    warc._archive_class.cache_clear()
    (tmp_path / name).write_bytes(data)
    with pytest.raises(MissingLibraryError, match=rf"{library} is needed to read .*arabic-media-framing\[ingest\]"):
        list(read_source(Source(tmp_path / name, name)))
    warc._archive_class.cache_clear()
