import gzip
import json
import re
import time
import unicodedata
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.readers.addresses import MAX_ADDRESS, canonical_address, host_of

SLUG = "انهيار-جسر-الوادي"
LOWER = quote(SLUG).lower()
ARTICLE = f"example.com/news/{SLUG}"

SAME = [
    f"https://example.com/news/{SLUG}",
    f"http://www.example.com/news/{SLUG}/",
    f"HTTPS://M.Example.COM/news/{quote(SLUG)}",
    f"//example.com:443/news/{LOWER}",
    f"http://example.com.:80/news//{LOWER}#comments",
    f"example.com/news/{SLUG}?utm_source=feed&UTM_Medium=x&fbclid=1&gclid=2",
    f"https://amp.example.com/news/{SLUG}",
    f"https://example.com/news/{SLUG}/amp",
    f"https://example.com/news/{SLUG}/amp/",
    f"https://example.com/amp/news/{SLUG}",
    f"https://example.com/news/{SLUG}.amp",
    f"https://example.com/news/{SLUG}?amp",
    f"https://example.com/news/{SLUG}?amp=1&outputType=amp",
    f"https://example-com.cdn.ampproject.org/c/s/www.example.com/news/{quote(SLUG)}/amp?amp_js_v=0.1",
    f"https://cdn.ampproject.org/v/s/example.com/news/{SLUG}?usqp=mq331",
    f"https://www.google.com/amp/s/www.example.com/news/{SLUG}/amp",
    f"https://web.archive.org/web/20241023120000id_/https://www.example.com/news/{SLUG}",
    f"https://reader:word@example.com/news/{SLUG}?ref=homepage",
    f"  https://example.com/news/{SLUG}\u200f\n",
    f"https://example.com/news/{SLUG}/index.html",
    f"https://example.com/news/{SLUG};jsessionid=1A2B",
]


@pytest.mark.parametrize("url", SAME)
def test_one_article_has_one_address(url):
    assert canonical_address(url) == ARTICLE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.com/?id=123", "https://example.com/?id=124"),
        ("https://example.com/a?p=1", "https://example.com/a"),
        ("https://example.com/News/a", "https://example.com/news/a"),
        ("https://example.com:8080/a", "https://example.com/a"),
        ("https://ar.example.com/a", "https://example.com/a"),
        ("https://example.com/a%2Fb", "https://example.com/a/b"),
        ("https://example.com/a%3Fid=1", "https://example.com/a?id=1"),
        ("https://example.com/view?ref=1234", "https://example.com/view?ref=1235"),
        ("https://example.com/واد", "https://example.com/وادي"),
        ("https://example.com/x.aspx?m=12", "https://example.com/x.aspx"),
        ("https://example.com/amp-ضعف-التيار", "https://example.com/ضعف-التيار"),
    ],
)
def test_two_articles_keep_two_addresses(one, other):
    assert canonical_address(one) != canonical_address(other)


def test_parameters_are_sorted_and_only_trackers_leave():
    assert (
        canonical_address("https://example.com/v?b=2&utm_id=9&a=%d8%AE+%2b&amp;c=3")
        == "example.com/v?a=خ%20%2B&b=2&c=3"
    )
    assert canonical_address("https://example.com/v?id=7?utm_source=x") == "example.com/v?id=7"


def test_percent_sign_that_escapes_nothing_is_one_of_its_own():
    assert canonical_address("https://example.com/100%-ماء") == canonical_address("https://example.com/100%25-ماء")


def test_slug_is_composed_whatever_way_it_was_typed():
    assert canonical_address("https://example.com/ا\u0654خبار") == canonical_address("https://example.com/أخبار")


def test_host_of_arabic_letters_meets_its_punycode():
    assert canonical_address("https://صحيفة-ألف.example/a") == canonical_address(
        "https://xn----rmcqp3b8ddx3c.example/a"
    )
    assert canonical_address("https://صحيفة-ألف.example/a").startswith("xn--")


def test_bytes_of_an_old_encoding_stay_as_they_are():
    assert canonical_address("https://example.com/%ce%C8%d1") == "example.com/%CE%C8%D1"


@pytest.mark.parametrize(
    "text",
    ["", " ", "نص", "mailto:a@example.com", "javascript:alert(1)", "ftp://example.com/a", "file:///etc/hosts", "http://",
     "http://[::1]/a", "http://localhost/a", "http://example.com:port/a", "http://a..b/c",
     "http://" + "a" * 300 + ".com", "http://example.com/" + "a" * MAX_ADDRESS, "http://exa mple.com/", "\ud800", "http://\ud800.com/"],
)  # fmt: skip
def test_what_is_no_address_is_empty(text):
    assert canonical_address(text) == ""


def test_host_is_read_from_an_address():
    assert host_of(canonical_address("http://www.example.com:8080?id=1")) == "example.com"


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            ["http://", "https://", "//", "/", "?", "&", "=", "#", "%", "%2", "%25", "%d8", "%AE", "%D8%AE",
             "%E2%80%8E", "%ED%A0%80", "خ", "\u0654", "\u0338", "\u037e", "\u200f", "\u212a", "\ud800", "amp", "/amp",
             ".amp", ".amp.html", "www.", "m.", "amp.", "example.com", "مثال.com", "cdn.ampproject.org/c/s/", "%3B",
             "google.com/amp/s/", "web.archive.org/web/2024/", "index.html", ";jsessionid=", "utm_source=",
             "ref=", "&amp;", "+", ":80", "@",
             " ", "\t", "\\", '"', "."]
        ),
        st.text(max_size=4),
    ),
    max_size=14,
).map("".join)  # fmt: skip


@given(PIECES)
@settings(max_examples=800, deadline=None)
def test_any_text_has_an_address_that_stays_the_same(text):
    for url in (text, f"https://example.com/{text}", f"https://example.com/a?{text}"):
        found = canonical_address(url)
        assert canonical_address(found) == found
        assert len(found) <= MAX_ADDRESS
        assert "#" not in found


@given(st.text(alphabet=st.characters(categories=["L", "Nd"]), min_size=1, max_size=30))
@settings(max_examples=500, deadline=None)
def test_raw_and_percent_encoded_slugs_meet(slug):
    raw = canonical_address(f"https://example.com/{slug}/x")
    assert canonical_address(f"http://example.com/{quote(slug)}/x") == raw
    lower = re.sub("%..", lambda match: match[0].lower(), quote(slug))
    assert canonical_address(f"http://example.com/{lower}/x") == raw


@pytest.mark.parametrize(
    "piece", ["%d8%ae", "/amp", "&a=1", "www.", "cdn.ampproject.org/c/", "a.", "\u0654", "%25", "&amp;"]
)
def test_time_stays_linear_up_to_the_longest_address(piece, growth):
    half = piece * (MAX_ADDRESS // 2 // len(piece))
    ratio = growth(
        lambda text: [canonical_address(f"https://example.com/{text}"[:MAX_ADDRESS]) for _ in range(20)], half
    )
    assert ratio < 3


def test_longer_texts_cost_nothing():
    start = time.process_time()
    assert canonical_address("https://example.com/" + "%d8" * 1_000_000) == ""
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    ("name", "column"),
    [("saudinewsnet-foreign", "url"), ("saudinewsnet-other", "url"), ("ant", "url"), ("armpro-dev", "page_url")],
)
def test_real_addresses_meet_their_variants_and_no_two_fall_together(name, column):
    path = Path(__file__).parents[3] / "shared" / "data" / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip("the shared data are not here")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        urls = {json.loads(line).get(column) or "" for line in lines} - {""}
    decoded = {unicodedata.normalize("NFC", unquote(url)) for url in urls}
    assert len({canonical_address(url) for url in urls}) == len(decoded)
    for url in urls:
        host, _, path_part = url.partition("//")[2].partition("/")
        variant = f"https://m.{host.removeprefix('www.')}/{quote(unquote(path_part), safe='/?&=').lower()}"
        assert canonical_address(url)
        assert canonical_address(f"{url}{'&' if '?' in url else '?'}utm_source=x#top") == canonical_address(url)
        if path_part.lower() == path_part:
            assert canonical_address(variant) == canonical_address(url)
