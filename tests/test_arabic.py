import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.arabic import arabic_share, find_terms, lexical_view, model_view, n_words, term_core, term_pattern, words

# Markup, entities, marks and letters that the view treats apart, mixed with anything else.
PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["&amp;", "amp;", "&lt;", "&gt;", "<b>", "</b>", "<", ">", "&#60;", "&#x3c;", "\u200f", "\u202e", "\x00", "ﷺ",
         "ک", "ی", "ﻻ", "\ud800", " ", "\n", "\u0301", "＜", "＆", "̸", "&#8203;", "كلمة"]
    ),
)  # fmt: skip
HOSTILE = st.lists(PIECES, max_size=30).map("".join)


@settings(max_examples=300, deadline=None)
@given(HOSTILE)
def test_model_view_is_idempotent_and_bounded_on_any_text(text):
    once = model_view(text)
    assert model_view(once) == once
    # Seventeen letters is the longest that NFKC makes of one character, once the praises are shortened.
    assert len(once) <= 17 * len(text)


@settings(max_examples=100, deadline=None)
@given(HOSTILE)
def test_model_view_leaves_only_what_an_encoder_survives(text):
    once = model_view(text)
    once.encode("utf-8")
    assert not set(once) & set("\x00\n\r\u202e\u200f\ufeff\ufdfa")


@pytest.mark.parametrize("depth", [1, 3, 4, 50, 5000])
def test_model_view_reaches_a_fixed_point_on_entities_inside_entities(depth):
    once = model_view("&" + "amp;" * depth + "lt;script&gt; نص")
    assert model_view(once) == once
    assert once.endswith("نص")


def test_model_view_survives_a_character_number_without_end():
    assert model_view("قبل &#" + "9" * 100_000 + "; بعد") == "قبل ; بعد"


def test_model_view_removes_a_tag_that_only_blanks_make_long():
    once = model_view("نص <a" + " " * 3000 + "> آخر")
    assert model_view(once) == once


def test_model_view_maps_persian_letters_and_presentation_forms():
    assert model_view("ﻻ يزال المکتب فى الکویت") == "لا يزال المكتب فى الكويت"


def test_model_view_keeps_a_comparison_that_looks_like_markup():
    assert model_view("3 < 5 ثم 2 > 1") == "3 < 5 ثم 2 > 1"


def test_model_view_removes_markup_and_bidi_marks():
    assert model_view("<p class='x'>خبر\u200f عاجل</p>&nbsp;\x00اليوم") == "خبر عاجل اليوم"


def test_model_view_keeps_diacritics_and_foreign_letters():
    assert model_view("صوّت پوتين ڤيينا") == "صوّت پوتين ڤيينا"


def test_model_view_of_nothing_is_nothing():
    assert model_view(" \n\u200f ") == ""


def test_model_view_refuses_what_is_no_text():
    with pytest.raises(TypeError):
        model_view(None)


@pytest.mark.parametrize("piece", ["<a", "&#", "&amp;", "ﷺ", "<", "a\u0301", "&#9"])
def test_model_view_grows_linearly_on_hostile_runs(growth, piece):
    assert growth(model_view, piece * (100_000 // len(piece))) < 3


def test_lexical_view_folds_marks_alef_ya_and_ta_marbuta():
    assert lexical_view("أُسْـرَةٌ فى إيطاليا") == "اسره في ايطاليا"


@settings(max_examples=100, deadline=None)
@given(HOSTILE)
def test_lexical_view_and_words_never_raise(text):
    assert all(word == word.lower() and word for word in words(lexical_view(text)))


def test_words_are_not_broken_at_diacritics():
    assert words("صَوَّتَ المجلسُ 12 مرة NATO") == ["صوت", "المجلس", "12", "مره", "nato"]
    assert n_words("صَوَّتَ المجلسُ") == 2


@pytest.mark.parametrize(("text", "share"), [("خبر", 1.0), ("news", 0.0), ("خبرnew", 0.5), ("12 !", 0.0), ("", 0.0)])
def test_arabic_share_counts_letters_alone(text, share):
    assert arabic_share(text) == share


@pytest.mark.parametrize("text", ["للقلق", "بالقلق", "والقلق", "قلقه", "قلقها", "قَلَق"])
def test_term_is_found_with_its_clitics(text):
    assert find_terms(f"كلام {text} كلام", ["قلق"]) == ["قلق"]


@pytest.mark.parametrize("text", ["العروسين", "الفروسية", "بوروسيا", "فيروسي"])
def test_term_inside_another_word_is_not_found(text):
    assert find_terms(text, ["روسي", "روسيا"]) == []


def test_ta_marbuta_opens_before_a_suffix():
    assert term_pattern("سيادة").search(lexical_view("دفاعا عن سيادتها"))


def test_term_of_several_words_stands_side_by_side():
    assert find_terms("قرار مجلس الأمن", ["مجلس أمن"]) == ["مجلس أمن"]
    assert find_terms("مجلس شؤون الأمن", ["مجلس أمن"]) == []


@pytest.mark.parametrize("term", ["إيران", "إيراني"])
@pytest.mark.parametrize("text", ["الإيرانيين", "الإيرانيون", "للإيرانيين", "إيرانية"])
def test_term_is_found_in_the_people_it_names(term, text):
    assert find_terms(f"كلام {text} كلام", [term]) == [term]


@pytest.mark.parametrize("text", ["إيرانيتان", "الإيرانيتين", "إيرانيات"])
def test_adjective_is_found_in_every_number(text):
    assert find_terms(text, ["إيراني"]) == ["إيراني"]
    assert find_terms(text, ["إيرانية"]) == ["إيرانية"]


@pytest.mark.parametrize("text", ["الكوريين الشماليين", "كورية شمالية", "والكوريون الشماليون", "كوري شمالي"])
def test_adjectives_of_a_longer_term_agree(text):
    assert find_terms(text, ["كوري شمالي"]) == ["كوري شمالي"]


def test_adjective_inside_a_longer_term_is_not_the_country():
    assert find_terms("كوريا الشمالية", ["كوري شمالي"]) == []


@pytest.mark.parametrize(("term", "text"), [("لقمة", "القمة"), ("لقمة", "والقمة"), ("ألمان", "مان"), ("لسان", "السان")])
def test_article_is_no_part_of_another_word(term, text):
    assert find_terms(text, [term]) == []


@pytest.mark.parametrize(
    ("term", "text"),
    [("لقمة", "اللقمة"), ("لقمة", "للقمة"), ("التزام", "الالتزام"), ("التزام", "وبالالتزامات"), ("التزام", "لالتزامها"),
     ("ألمان", "الألمان"), ("ألمانيا", "لألمانيا"), ("القمة", "قمة"), ("صعّد", "أصعّد")],
)  # fmt: skip
def test_article_goes_before_words_that_look_as_if_they_had_one(term, text):
    assert find_terms(f"قال إن {text} كذا", [term]) == [term]


def test_term_is_looked_for_in_linear_time(growth):
    pattern = term_pattern("كوري شمالي")
    for text in ("ال" * 20_000, "كوري " * 8_000, "وكوريي" * 8_000, " " * 40_000, "كوريه " + " " * 40_000):
        assert growth(lambda view: pattern.findall(view), text) < 3


def test_stem_takes_any_ending():
    assert find_terms("أوروبيون", ["أوروب*"]) == ["أوروب*"]


def test_term_without_letters_is_refused():
    with pytest.raises(ValueError, match="at least one letter"):
        term_pattern(" ")


TERMS = ["السيادة", "سيادة", "إيران", "كوري شمالي", "ألمان", "التزام", "خط أحمر", "تصعيد*", "مجلس الأمن"]
TEXTS = [
    "وبسيادتها والسيادات", "الإيرانيين وإيرانية", "الكوريين الشماليين", "للألمان", "الالتزامات",
    "خطوط حمراء وخط أحمر", "تصعيدية", "ومجلس الأمن", "سيادة",
]  # fmt: skip


@pytest.mark.parametrize("term", TERMS)
@pytest.mark.parametrize("text", TEXTS)
def test_what_a_term_matches_holds_its_core(term, text):
    view = lexical_view(text)
    for match in term_pattern(term).finditer(view):
        assert term_core(term) in match.group()
