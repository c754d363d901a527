import pytest

from framing.readers import Rejection, Source, read_source
from framing.readers.markup import decode_markup

PARAGRAPHS = "".join(f"<p>{'هذه جملة طويلة من نص الخبر المخترع رقم ' * 6}{n}.</p>" for n in range(5))
PAGE = f"""<html lang="ar"><head><meta charset="utf-8"><title>عنوان الصفحة - موقع</title>
<meta property="og:title" content="عنوان الخبر"><link rel="canonical" href="https://example.org/news/1">
<meta property="article:published_time" content="2024-10-23T21:00:00+03:00"></head>
<body><nav>الرئيسية | أخبار</nav><article><h1>عنوان الخبر</h1>{PARAGRAPHS}</article>
<footer>حقوق</footer></body></html>"""

pytest.importorskip("trafilatura")


def read(path, data):
    path.write_bytes(data)
    return list(read_source(Source(path, path.name, outlet="ألف")))


def test_article_is_taken_out_of_the_page(tmp_path):
    (record,) = read(tmp_path / "a.html", PAGE.encode())
    assert "نص الخبر المخترع" in record.cells["text"]
    assert "حقوق" not in record.cells["text"]
    assert record.cells["title"] == "عنوان الخبر"
    assert record.cells["published"] == "2024-10-23"
    assert record.cells["outlet"] == "ألف"


def test_page_without_an_article_is_rejected(tmp_path):
    (found,) = read(tmp_path / "a.html", b"<html><body></body></html>")
    assert isinstance(found, Rejection)
    assert "no article found" in found.reason


@pytest.mark.parametrize(
    ("codec", "declared"), [("cp1256", "windows-1256"), ("cp1256", "utf-8"), ("utf-8", "windows-1256")]
)
def test_wrong_declared_charset_does_not_break_the_text(codec, declared):
    page = PAGE.replace('charset="utf-8"', f'charset="{declared}"')
    assert decode_markup(page.encode(codec))[0] == page
