import pytest

from framing.readers.outlets import cut_title_tail, domain_of, name_of_address, name_outlet, title_outlet


def test_given_name_is_kept_as_it_is():
    assert name_outlet("NA", "https://www.bbc.com/arabic/1", "", {}) == "NA"


def test_alias_is_found_in_other_spellings():
    aliases = {"سكاي نيوز": "سكاي نيوز عربية"}
    assert name_outlet("سكاى  نيوز", "", "", aliases) == "سكاي نيوز عربية"
    assert name_outlet("A", "", "", {"A": "one"}) == "one"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.bbc.com/arabic/middleeast-1", "BBC News عربي"),
        ("https://www.bbc.com/news/1", "BBC"),
        ("http://doc.aljazeera.net/x", "الجزيرة نت"),
        ("https://m.unlisted.example/1", "unlisted.example"),
        ("not an address", ""),
        ("http://[::1", ""),
        ("", ""),
    ],
)
def test_address_names_the_outlet(url, name):
    assert name_of_address(url) == name


def test_domain_is_bare():
    assert domain_of("www.skynewsarabia.com/world/1?x=2") == "skynewsarabia.com"


def test_title_tail_names_the_outlet_by_a_known_list():
    assert title_outlet("كوريا الشمالية: نحو 800 ألف | سكاي نيوز عربية") == "سكاي نيوز عربية"
    assert title_outlet("اتفاق روسي - كوري") == ""


def test_known_tail_is_cut_and_a_dash_inside_is_not():
    assert cut_title_tail("إليك ما نعرفه  - CNN Arabic").strip() == "إليك ما نعرفه"
    assert cut_title_tail("اتفاق روسي - كوري جديد") == "اتفاق روسي - كوري جديد"
    long = "كلمة " * 40 + "- BBC News عربي"
    assert cut_title_tail(long).strip() == ("كلمة " * 40).strip()


def test_nothing_known_is_unknown():
    assert name_outlet("", "", "عنوان", {}) == "unknown"
