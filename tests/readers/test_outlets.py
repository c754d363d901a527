import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.readers.outlets import (
    cut_title_tail,
    domain_of,
    join_spellings,
    name_of_address,
    name_outlet,
    title_outlet,
    unlisted_outlets,
)


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


@pytest.mark.parametrize(
    ("given", "url", "name"),
    [
        ("bbc.com", "https://www.bbc.com/arabic/1", "BBC News عربي"),
        ("bbc.com", "", "BBC"),
        ("www.aljazeera.net", "", "الجزيرة نت"),
        ("aljazeera.net", "https://other.example/1", "الجزيرة نت"),
        ("unlisted.example", "https://www.bbc.com/arabic/1", "unlisted.example"),
        ("العربية.نت", "", "العربية.نت"),
    ],
)
def test_domain_in_the_column_of_names_is_named_where_it_is_listed(given, url, name):
    assert name_outlet(given, url, "", {}) == name


def test_alias_of_a_domain_is_stronger_than_the_list():
    assert name_outlet("bbc.com", "https://www.bbc.com/arabic/1", "", {"bbc.com": "BBC"}) == "BBC"


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://WWW.Example.COM:8080/x", "example.com"),
        ("https://m.www.example.com./x", "example.com"),
        ("https://user:pass@amp.example.com", "example.com"),
        ("m.com", "m.com"),
        ("https://موقع.مثال/خبر", "موقع.مثال"),
    ],
)
def test_host_is_given_without_port_user_and_mobile_marks(url, domain):
    assert domain_of(url) == domain


def test_name_that_is_a_word_is_cut_after_a_bar_or_where_it_is_the_outlet():
    assert cut_title_tail("مباراة الليلة: الهلال - الاتحاد") == "مباراة الليلة: الهلال - الاتحاد"
    assert cut_title_tail("فيضانات تضرب المدينة - الاتحاد", "صحيفة الاتحاد") == "فيضانات تضرب المدينة"
    assert cut_title_tail("فيضانات تضرب المدينة | الاتحاد") == "فيضانات تضرب المدينة"
    assert title_outlet("مباراة الليلة: الهلال - الاتحاد") == ""
    assert title_outlet("فيضانات تضرب المدينة | الاتحاد") == "الاتحاد"


def test_tail_of_the_article_s_own_outlet_is_cut_though_no_list_has_it():
    assert cut_title_tail("وصول القوات - صحيفة ألف", "صحيفة ألف") == "وصول القوات"
    assert cut_title_tail("وصول القوات - صحيفة باء", "صحيفة ألف") == "وصول القوات - صحيفة باء"


def test_date_after_the_name_goes_with_it():
    assert cut_title_tail("الصدمة وردود الفعل | DW | 05.08.2020") == "الصدمة وردود الفعل"


def test_names_that_sound_alike_are_told_apart_in_tails():
    assert title_outlet("وصول القوات | الرأي") == "الرأي"
    assert title_outlet("وصول القوات | الراي") == "الراي"


def test_spellings_of_one_outlet_are_joined_to_the_commonest():
    names = ["BBC", "bbc", "BBC", "سكاى نيوز", "سكاي  نيوز", "سكاي نيوز", "سكاي نيوز", "موقع «هاء»", "موقع هاء", "آخر"]
    mapping, notes = join_spellings(names)
    assert mapping == {
        "bbc": "BBC", "سكاى نيوز": "سكاي نيوز", "سكاي  نيوز": "سكاي نيوز", "موقع هاء": "موقع «هاء»",
    }  # fmt: skip
    assert len(notes) == 3
    assert notes[0].field == "outlet"
    assert "also written 'bbc' (1): counted as one outlet" in notes[0].reason
    assert "outlets.aliases" in notes[0].reason_ar


def test_labels_of_a_letter_or_two_stay_apart():
    assert join_spellings(["A", "a", "B1", "b1"]) == ({}, [])


def test_two_listed_outlets_are_never_joined():
    mapping, notes = join_spellings(["الرأي", "الراي", "الراي"])
    assert mapping == {}
    assert "kept apart" in notes[0].reason


def test_nothing_is_joined_where_names_differ_by_a_letter():
    names = ["الشروق", "الشرق", "العربي", "العربية", "CNN", "CNN Arabic", "", "..", "=1+1", "-1+1"]
    assert join_spellings(names)[0] == {}


@given(st.lists(st.text(max_size=8), max_size=20))
def test_joined_names_are_names_that_were_given(names):
    mapping, notes = join_spellings(names)
    assert set(mapping) | set(mapping.values()) <= set(names)
    assert not set(mapping) & set(mapping.values())
    assert join_spellings(mapping.get(name, name) for name in names)[0] == {}
    assert len(notes) <= len(mapping) + len(names)


def test_outlets_without_a_name_are_listed_with_how_to_name_them():
    notes = unlisted_outlets(["unlisted.example", "unlisted.example", "unknown", "قناة جيم", "العربية.نت خبر", "Mr. X"])
    assert [note.value for note in notes] == ["unknown", "unlisted.example"]
    assert notes[1].reason.startswith("2 articles of an outlet without a name")


@pytest.mark.parametrize("piece", ["- ", " | ", "ا", " -", "1/", "."])
def test_hostile_names_and_titles_take_no_time(piece, growth):
    def read(text: str) -> None:
        cut_title_tail(text)
        name_outlet(text, text, text, {"x": "y"})
        join_spellings([text, text + "x"])

    assert growth(read, piece * (500_000 // len(piece))) < 3
