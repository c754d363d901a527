import pytest

from framing.readers import Record, Rejection, Source, read_source
from framing.readers.markup import decode_markup
from framing.readers.pages import article_of, page_address

trafilatura = pytest.importorskip("trafilatura")

PARAGRAPHS = "".join(f"<p>{'هذه جملة طويلة من نص الخبر المخترع رقم ' * 6}{n}.</p>" for n in range(5))
PAGE = f"""<html lang="ar"><head><meta charset="utf-8"><title>عنوان الصفحة - موقع</title>
<meta property="og:title" content="عنوان الخبر"><link rel="canonical" href="https://example.org/news/1">
<meta property="article:published_time" content="2024-10-23T21:00:00+03:00"></head>
<body><nav>الرئيسية | أخبار</nav><article><h1>عنوان الخبر</h1>{PARAGRAPHS}</article>
<footer>حقوق</footer></body></html>"""
CANONICAL = '<link rel="canonical" href="https://example.org/canonical">'
OG = '<meta property="og:url" content="https://example.org/og">'
SAVED = "<!-- saved from url=(0025)https://example.org/saved -->"
SINGLE = "<!--\n Page saved with SingleFile \n url: https://example.org/single \n saved date: x\n-->"


def read(path, data):
    path.write_bytes(data)
    return list(read_source(Source(path, path.name, outlet="ألف")))


def page(head="", *, above="", before="", after_title=""):
    return (
        f'{above}<html lang="ar"><head><meta charset="utf-8"><title>ع</title>{head}</head><body>{before}'
        f"<article><h1>عنوان الخبر</h1>{after_title}{PARAGRAPHS}</article></body></html>"
    )


def test_article_is_taken_out_of_the_page(tmp_path):
    (record,) = read(tmp_path / "a.html", PAGE.encode())
    assert "نص الخبر المخترع" in record.cells["text"]
    assert "حقوق" not in record.cells["text"]
    assert record.cells["title"] == "عنوان الخبر"
    assert record.cells["published"] == "2024-10-23T21:00:00+03:00"
    assert record.cells["url"] == "https://example.org/news/1"
    assert record.cells["outlet"] == "ألف"


def test_page_without_an_article_is_rejected(tmp_path):
    for data in (b"<html><body></body></html>", b"", b"\x00" * 100):
        (found,) = read(tmp_path / "a.html", data)
        assert isinstance(found, Rejection)
        assert "no article found" in found.reason


@pytest.mark.parametrize(
    ("codec", "declared"), [("cp1256", "windows-1256"), ("cp1256", "utf-8"), ("utf-8", "windows-1256")]
)
def test_wrong_declared_charset_does_not_break_the_text(codec, declared):
    page = PAGE.replace('charset="utf-8"', f'charset="{declared}"')
    assert decode_markup(page.encode(codec))[0] == page


@pytest.mark.parametrize(
    ("head", "above", "address"),
    [
        (CANONICAL + OG, SAVED, "canonical"),
        (OG, SAVED, "og"),
        ("", "<!DOCTYPE html>" + SAVED, "saved"),
        ("", SINGLE, "single"),
        ('<link rel="canonical" href="/path">' + OG, "", "path"),
        ('<link rel="canonical" href="https://example.org/">' + OG, "", "og"),
        ('<link rel="Canonical" href="javascript:alert(1)">' + OG, "", "og"),
        ('<link rel="canonical" href="http://[broken">' + OG, "", "og"),
    ],
)
def test_address_is_what_the_page_calls_itself(head, above, address):
    assert article_of(page(head, above=above))["url"] == f"https://example.org/{address}"


def test_page_that_names_no_address_has_the_one_it_was_collected_from():
    assert (
        page_address(trafilatura.load_html(page()), page(), address="https://example.org/w") == "https://example.org/w"
    )
    assert page_address(trafilatura.load_html(page()), page()) == ""


def test_author_section_and_moment_are_taken_from_the_page():
    data = (
        '<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"ع",'
        '"datePublished":"2024-10-23T23:30:00+03:00","author":{"@type":"Person","name":"سالم المخترع"},'
        '"articleSection":"سياسة"}</script>'
    )
    found = article_of(page(data))
    assert (found["author"], found["section"]) == ("سالم المخترع", "سياسة")
    assert found["published"] == "2024-10-23T23:30:00+03:00"


def test_printed_date_is_read_below_the_headline_and_not_above_it():
    today = '<div class="date">الثلاثاء 24 نوفمبر 2026</div>'
    assert article_of(page(before=today))["published"] == ""
    printed = '<span class="post-date">23 أكتوبر/ تشرين الأول 2024</span>'
    assert article_of(page(before=today, after_title=printed))["published"] == "23 أكتوبر/ تشرين الأول 2024"


@pytest.mark.parametrize("odd", ["\x00", "\udc81", "\x01"])
def test_odd_characters_neither_cut_the_text_nor_go_uncounted(tmp_path, odd):
    data = page().replace("الخبر المخترع رقم 2", f"الخبر{odd} المخترع رقم 2").encode("utf-8", "surrogateescape")
    (record,) = read(tmp_path / "a.html", data)
    assert record.cells["text"].rstrip(".").endswith("4")
    assert record.cells["text"].count("\ufffd") == 1
    assert "1 control characters or broken bytes" in record.repairs[0]


def test_page_that_breaks_the_parser_is_rejected_and_the_next_is_read(tmp_path, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("a fault of the library")

    with monkeypatch.context() as patch:
        patch.setattr(trafilatura, "bare_extraction", broken)
        assert isinstance(read(tmp_path / "a.html", PAGE.encode())[0], Rejection)
    assert isinstance(read(tmp_path / "a.html", PAGE.encode())[0], Record)
