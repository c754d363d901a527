"""Words and numbers of the page."""

import string

import pytest

from framing.report.language import Texts, translations


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_words_with_the_same_values():
    arabic, english = translations("ar"), translations("en")
    assert set(arabic) == set(english)
    differing = [key for key in arabic if fields(arabic[key]) != fields(english[key])]
    assert differing == []


def test_arabic_keeps_to_the_terms_of_the_field():
    words = " ".join(translations("ar").values())
    for avoided in ("كتاب الرموز", "المنفذ", "المبرمج", "المشفّر", "انتشار", "مصداقية", "شاذة"):
        assert avoided not in words
    for wanted in ("دليل الترميز", "فترة الثقة", "الوسيلة الإعلامية", "عنقود غير مسمّى", "نقطة مئوية", "دالّ إحصائيًا"):
        assert wanted in words


def test_values_in_a_sentence_are_escaped_and_isolated():
    found = Texts("en")("limit_rare", frames="<b>x</b>")
    assert '<bdi dir="auto">&lt;b&gt;x&lt;/b&gt;</bdi>' in found


def test_a_value_with_braces_is_not_read_as_a_place():
    assert "{0.__class__}" in Texts("en")("limit_rare", frames="{0.__class__}")


@pytest.mark.parametrize(
    ("method", "values", "written"),
    [
        ("percent", (0.314,), "31%"), ("percent", (0.004,), "0.4%"), ("percent", (0.0,), "0%"),
        ("percent", (float("nan"),), "—"), ("span", (0.24, 0.39), "24–39%"), ("points", (-0.12,), "−12"),
        ("points", (0.05,), "+5"), ("points", (0.001,), "0"), ("points", (-0.001,), "0"), ("p", (0.0004,), "<0.001"),
        ("p", (0.0412,), "0.041"), ("number", (1234,), "1,234"), ("number", (0.256,), "0.26"),
        ("points_span", (-0.05, 0.21), "[−5, +21]"),
    ],
)  # fmt: skip
def test_numbers_are_written_one_way(method, values, written):
    assert getattr(Texts("ar"), method)(*values) == written
