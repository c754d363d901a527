"""Escaping, isolation and right-to-left blocks."""

import pandas as pd
import pytest

from framing.html import banner, bdi, block, display_units, escape, showable, table

PAYLOADS = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</style><script>", "&lt;script&gt;"]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_is_text_in_every_sink(payload):
    units = pd.DataFrame({"unit_id": [payload], "text": [payload], "outlet": [payload], "part": [payload]})
    frames = pd.DataFrame({"unit_id": [payload], "frame": [payload], "state": ["carried"]})
    shown = [
        escape(payload), bdi(payload), table(pd.DataFrame({payload: [payload]}), caption=payload),
        display_units(units, frames, names={payload: payload}).html,
    ]  # fmt: skip
    for text in shown:
        body = text.rpartition("</style>")[2]
        assert payload not in body
        assert escape(payload) in body


def test_characters_no_page_can_hold_are_replaced_and_direction_marks_taken_off():
    assert showable("a\x00b\ud800c") == "a\ufffdb\ufffdc"
    assert showable("\u202eabc\u2066") == "abc"
    assert showable(float("nan")) == showable(None) == showable(pd.NA) == ""
    assert escape("a\ud800").encode("utf-8")


def test_a_table_writes_numbers_left_to_right_and_missing_ones_as_a_dash():
    text = table(pd.DataFrame({"outlet": ["NA", None], "share": [0.25, float("nan")]}), headings={"share": "نسبة"})
    assert '<td class="n"><bdi dir="ltr">0.25</bdi></td>' in text
    assert '<bdi dir="auto">NA</bdi>' in text
    assert "نسبة" in text
    assert "nan" not in text
    assert text.count("—") == 2


def test_a_long_table_says_how_many_rows_are_left_out():
    assert "+ 7" in table(pd.DataFrame({"x": range(10)}), limit=3)


def test_a_block_has_language_direction_and_the_notice_of_invented_data():
    assert 'lang="ar" dir="rtl"' in block("x")
    assert 'lang="en" dir="ltr"' in block("x", language="en")
    assert banner() in block("x", synthetic=True)
    assert banner() not in block("x")


def test_units_are_shown_with_their_frames_and_voices():
    units = pd.DataFrame({"unit_id": ["a#0", "a#1"], "text": ["جملة أولى", "جملة ثانية"], "part": ["title", "body"]})
    frames = pd.DataFrame(
        {
            "unit_id": ["a#0", "a#0", "a#0"],
            "frame": ["escalation", "escalation.by_west", "sovereignty"],
            "state": ["carried", "carried", "contested"],
        }
    )
    voices = pd.DataFrame({"unit_id": ["a#0"], "voice": ["quoted"]})
    text = display_units(units, frames, voices=voices, names={"escalation.by_west": "تصعيد غربي"})._repr_html_()
    first, second = text.split('<div class="unit">')[1:]
    assert "تصعيد غربي" in first
    assert 'dir="auto">escalation<' not in first
    assert "إطار مُعترَض عليه" in first
    assert "اقتباس مباشر" in first
    assert "العنوان" in first
    assert "بلا إطار" in second


def test_an_assignment_can_stand_in_for_its_table():
    class Assignment:
        frames = pd.DataFrame({"unit_id": ["a"], "frame": ["f"], "state": ["carried"]})

    units = pd.DataFrame({"unit_id": ["a"], "text": ["نص"]})
    assert '<bdi dir="auto">f</bdi>' in display_units(units, Assignment(), language="en").html


def test_the_number_of_cards_is_limited_and_said():
    units = pd.DataFrame({"unit_id": [str(i) for i in range(5)], "text": "نص"})
    text = display_units(units, limit=2).html
    assert text.count('<div class="unit">') == 2
    assert "+ 3" in text
