import time

import pytest

from framing.errors import ArticleError
from framing.readers import Record, Rejection, Source, read_source

pytest.importorskip("feedparser")
pytest.importorskip("lxml")

FULL = (
    "<description>ملخص</description><content:encoded><![CDATA[<p>نص أول.</p><p>نص <b>ثان</b>.</p>]]></content:encoded>"
)
SUMMARY = "<description>ملخص فقط للمادة المخترعة.</description>"
BOMB = '<!DOCTYPE r [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY a{n} "{("&a" + (str(n - 1) if n else "") + ";") * 10}">' for n in range(10)
) + "]>"  # fmt: skip


def item(number, inside, *, link=True):
    address = f"<link>https://example.org/{number}</link><guid>{number}</guid>" if link else ""
    return (
        f"<item><title>خبر &amp; {number}</title>{address}<pubDate>Wed, 23 Oct 2024 21:00:00 +0300</pubDate>"
        f"<category>سياسة</category><dc:creator>سالم المخترع</dc:creator>{inside}</item>"
    )


def rss(*items, doctype="", charset="utf-8"):
    return (
        f'<?xml version="1.0" encoding="{charset}"?>{doctype}<rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>صحيفة ألف</title><link>https://example.org</link>{''.join(items)}</channel></rss>"
    )


def read(tmp_path, data, name="a.xml", **source):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(read_source(Source(path, path.name, **source)))


def test_entry_with_its_text_is_an_article(tmp_path):
    (found,) = read(tmp_path, rss(item(1, FULL)))
    assert found.cells == {
        "title": "خبر & 1", "text": "نص أول.\nنص ثان.", "url": "https://example.org/1", "author": "سالم المخترع",
        "published": "Wed, 23 Oct 2024 21:00:00 +0300", "section": "سياسة", "outlet": "",
    }  # fmt: skip
    assert found.notes == ()


def test_entry_with_a_summary_only_says_so(tmp_path):
    (found,) = read(tmp_path, rss(item(1, SUMMARY)))
    assert found.cells["text"] == "ملخص فقط للمادة المخترعة."
    assert "only a summary of this article (4 words)" in found.notes[0].reason


@pytest.mark.parametrize("end", ["[…]", "…", "[...]", "اقرأ المزيد"])
def test_text_that_the_feed_broke_off_is_a_summary(tmp_path, end):
    (found,) = read(tmp_path, rss(item(1, f"<content:encoded>نص طويل {end}</content:encoded>")))
    assert "only a summary" in found.notes[0].reason


def test_entry_without_text_is_counted_with_its_reason(tmp_path):
    first, second = read(tmp_path, rss(item(1, ""), item(2, FULL)))
    assert isinstance(first, Rejection)
    assert (first.row, first.value) == (1, "https://example.org/1")
    assert "no text. Save the article's page" in first.reason
    assert second.row == 2


def test_atom_is_read(tmp_path):
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>صحيفة ألف</title><entry><title>خبر</title>'
        '<link href="https://example.org/1"/><updated>2024-10-23T21:00:00+03:00</updated>'
        '<content type="html">&lt;p&gt;نص.&lt;/p&gt;</content></entry></feed>'
    )
    (found,) = read(tmp_path, feed, name="a.atom")
    assert (found.cells["text"], found.cells["published"]) == ("نص.", "2024-10-23T21:00:00+03:00")


def test_outlet_is_the_folder_or_the_feed_where_no_address_says_it(tmp_path):
    assert read(tmp_path, rss(item(1, FULL)), outlet="باء")[0].cells["outlet"] == "باء"
    assert read(tmp_path, rss(item(1, FULL, link=False)))[0].cells["outlet"] == "صحيفة ألف"
    relayed = FULL + '<source url="https://example.net">صحيفة جيم</source>'
    assert read(tmp_path, rss(item(1, relayed)))[0].cells["outlet"] == "صحيفة جيم"


@pytest.mark.parametrize("declared", ["windows-1256", "utf-8"])
def test_feed_in_an_old_encoding_is_read(tmp_path, declared):
    (found,) = read(tmp_path, rss(item(1, FULL), charset=declared).encode("cp1256"))
    assert found.cells["text"] == "نص أول.\nنص ثان."
    assert "1256" in found.encoding


def test_feed_that_is_not_well_formed_keeps_all_its_entries(tmp_path):
    found = read(tmp_path, rss(item(1, FULL), item(2, "<description>أ &نص; < ب</description>"), item(3, FULL)))
    assert [type(part) for part in found] == [Record] * 3


def test_feed_cut_off_keeps_what_stood_before(tmp_path):
    whole = rss(*(item(n, FULL) for n in range(1, 6)))
    found = read(tmp_path, whole[: len(whole) // 2])
    assert isinstance(found[0], Record)
    assert found[0].cells["text"] == "نص أول.\nنص ثان."


def test_every_entry_is_a_record_or_a_rejection(tmp_path):
    found = read(tmp_path, rss(*(item(n, (FULL, SUMMARY, "")[n % 3]) for n in range(30))))
    assert [part.row for part in found] == list(range(1, 31))


def test_feed_without_entries_is_counted(tmp_path):
    (found,) = read(tmp_path, rss())
    assert "the feed has no entries" in found.reason


@pytest.mark.parametrize("data", ["<urlset><url><loc>https://example.org</loc></url></urlset>", "كلام", ""])
def test_what_is_no_feed_is_said_so(tmp_path, data):
    with pytest.raises(ArticleError, match=r"no RSS or Atom feed\. Save the articles as"):
        read(tmp_path, data)


@pytest.mark.parametrize("doctype", [BOMB, '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>'])
def test_feed_with_entities_of_its_own_is_not_opened(tmp_path, doctype):
    start = time.perf_counter()
    with pytest.raises(ArticleError, match="declares XML entities of its own"):
        read(tmp_path, rss(item(1, "<description>&a9;&x;</description>"), doctype=doctype))
    assert time.perf_counter() - start < 2


def test_name_of_a_file_inside_a_feed_is_not_opened(tmp_path):
    with pytest.raises(ArticleError, match="no RSS or Atom feed"):
        read(tmp_path, "/etc/hostname")


@pytest.mark.parametrize("piece", ["<b>", "<a ", "<!-- ", "<![CDATA[", "&", "<", "<?x ", "<b>x</b>"])
@pytest.mark.slow
def test_hostile_feed_takes_linear_time(tmp_path, piece):
    def seconds(n):
        start = time.perf_counter()
        read(tmp_path, rss(item(1, f"<description><![CDATA[{piece * n}]]></description>")))
        read(tmp_path, rss(item(1, f"<description>a & b &x; < {piece * n}</description>")))
        return time.perf_counter() - start

    seconds(100)
    assert seconds(60_000) < 3 * max(seconds(30_000), 0.1)
