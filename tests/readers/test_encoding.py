import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.readers.encoding import decode, repair_text

TEXT = "أعلنت وزارة الخارجية اليوم أن المحادثات ستبدأ غدا في العاصمة، وأن الوفد وصل بالفعل.\n" * 8


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8 (mark)"),
        (TEXT.encode("utf-16"), "utf-16 (mark)"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16 (mark)"),
        (TEXT.encode("utf-16-le"), "utf-16-le (detected)"),
        (TEXT.encode("utf-16-be"), "utf-16-be (detected)"),
        (TEXT.encode("cp1256"), "windows-1256 (detected)"),
    ],
)
def test_encoding_is_found_and_said(data, found):
    text, encoding = decode(data)
    assert text == TEXT
    assert encoding.found == found


def test_french_in_a_western_encoding_is_not_taken_for_arabic():
    french = "Le ministère des Affaires étrangères a annoncé que les négociations débuteront à Genève. " * 8
    assert decode(french.encode("cp1252"))[0] == french


def test_a_few_broken_bytes_leave_utf8():
    text, encoding = decode(TEXT.encode() + b"\xff" + TEXT.encode())
    assert encoding.found == "utf-8, with broken bytes"
    assert text.replace("\udcff", "") == TEXT * 2


def test_empty_file_is_utf8():
    assert decode(b"")[0] == ""


@pytest.mark.parametrize(
    ("codec", "wrong"), [("cp1256", "cp1252"), ("utf-8", "cp1256"), ("utf-8", "latin-1"), ("cp1256", "latin-1")]
)
def test_double_encoding_is_repaired_and_said(codec, wrong):
    line = "أعلنت وزارة الخارجية اليوم أن المحادثات ستبدأ غدا في العاصمة"
    repaired, done = repair_text(line.encode(codec).decode(wrong))
    assert repaired == line
    assert "repaired" in done[0]


@pytest.mark.parametrize(
    "text", [TEXT, "طظ طظ حظوظ الحفاظ", "café à Genève, naïve", "", "Ø§ في نص عربي طويل عن الترميز"]
)
def test_good_text_is_left_alone(text):
    assert repair_text(text) == (text, ())


def test_lone_surrogates_become_replacement_marks_one_for_one():
    repaired, done = repair_text("نص\ud800 و\udfff")
    assert repaired == "نص\ufffd و\ufffd"
    assert done == ("2 lone surrogates replaced by U+FFFD",)


@given(st.text(st.characters(), max_size=200))
def test_repair_never_raises_and_gives_text_that_can_be_saved(text):
    repair_text(text)[0].encode("utf-8")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_utf8_is_decoded_or_kept_apart(text):
    plain = text.removeprefix("\ufeff")
    found, encoding = decode(plain.encode())
    assert found == plain or encoding.found.startswith("utf-16")
