import time

import pytest

from framing.readers.markup import clean_markup, decode_markup, text_of

pytest.importorskip("lxml")

WORDS = "هذا نص عربي مخترع طويل بما يكفي لمعرفة ترميزه. " * 5


def page(charset):
    return f'<html><head><meta charset="{charset}"></head><body><p>{WORDS}</p></body></html>'


@pytest.mark.parametrize(
    ("codec", "declared"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-8", "windows-1256"), ("utf-16", "utf-16"),
        ("cp1256", "windows-1256"), ("cp1256", "utf-8"), ("cp1256", "iso-8859-1"), ("cp1256", "windows-1252"),
        ("cp1256", "no-such-charset"), ("cp1256", "hex"), ("iso8859_6", "iso-8859-6"),
    ],
)  # fmt: skip
def test_page_is_decoded_whatever_it_declares(codec, declared):
    text, how = decode_markup(page(declared).encode(codec))
    assert text == page(declared)
    assert how


def test_charset_of_the_server_comes_before_that_of_the_page():
    text, how = decode_markup(page("iso-8859-6").encode("cp1256"), declared="windows-1256")
    assert (text, how) == (page("iso-8859-6"), "windows-1256 (declared)")


def test_encoding_of_a_feed_is_taken_from_its_first_line():
    feed = f'<?xml version="1.0" encoding="windows-1256"?><rss>{WORDS}</rss>'
    assert decode_markup(feed.encode("cp1256")) == (feed, "windows-1256 (declared)")


def test_what_is_no_character_is_replaced_one_for_one_and_counted():
    text, done = clean_markup("أ\x00ب\udc81ج\x0bد\tه\n")
    assert text == "أ\ufffdب\ufffdج\ufffdد\tه\n"
    assert done[0].startswith("3 control characters or broken bytes")
    assert clean_markup("أ\u200f") == ("أ\u200f", ())


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("<p>أول</p><p>نص <b>ثان</b> معه</p>", "أول\nنص ثان معه"),
        ("نص &amp; آخر<br/>سطر", "نص & آخر\nسطر"),
        ("<script>x()</script><style>y</style>نص<!-- ز -->ه", "نصه"),
        ("سطر\nيليه", "سطر\nيليه"),
        ("<div>سطر\nيليه</div>", "سطر يليه"),
        ("", ""),
    ],
)
def test_words_of_a_fragment_one_line_per_block(fragment, text):
    assert text_of(fragment) == text


@pytest.mark.parametrize("piece", ["<div>", "<", "&", "<b>x</b>", "<!-- ", "<![CDATA[", "كلمة ", "<p "])
def test_hostile_markup_takes_linear_time(piece):
    start = time.perf_counter()
    text_of("<p>" + piece * (1_000_000 // len(piece)))
    clean_markup(piece * (1_000_000 // len(piece)))
    assert time.perf_counter() - start < 3
