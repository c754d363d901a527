import codecs
import gzip
import json
from pathlib import Path

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
        (TEXT.encode("iso8859_6"), "iso-8859-6 (detected)"),
        (TEXT.encode("mac_arabic"), "mac_arabic (detected)"),
        (TEXT.encode("cp720", "ignore"), "cp720 (detected)"),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), "utf-32 (mark)"),
    ],
)
def test_encoding_is_found_and_said(data, found):
    text, encoding = decode(data)
    assert text == (TEXT.replace("،", "") if "cp720" in found else TEXT)
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


@pytest.mark.parametrize("codec", ["cp1256", "iso8859_6", "utf-16-be", "utf-16-le"])
def test_foreign_bytes_far_into_a_file_decide_too(codec):
    data = (("plain words and numbers 1, 2\n" * 30_000) + TEXT * 20 + "«»" * (codec != "iso8859_6")).encode(codec)
    assert TEXT in decode(data)[0]


@pytest.mark.parametrize(
    ("language", "codec"),
    [
        ("Die größeren Länder müssen für die Gespräche über Öl früh Maßnahmen erklären. ", "cp1252"),
        ("Министерство сообщило, что переговоры начнутся завтра в столице. ", "cp1251"),
        ("משרד החוץ הודיע כי השיחות יתחילו מחר בבירה. ", "cp1255"),
    ],
)
def test_other_languages_are_not_taken_for_arabic(language, codec):
    assert decode((language * 8).encode(codec))[0] == language * 8


def page(charset: str) -> str:
    return f'<html><meta charset="{charset}"><body><div class="post">{TEXT}</div></body></html>'


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be", "cp1256", "iso8859_6"])
@pytest.mark.parametrize("declared", ["utf-8", "windows-1256", "iso-8859-1", "iso-8859-6", "x-nonsense", ""])
def test_wrong_declaration_is_not_believed(codec, declared):
    found, _ = decode(page(declared).encode(codec), declared=declared)
    assert found == page(declared)


def test_declaration_is_believed_where_nothing_speaks_against_it():
    french = "Le ministère a annoncé l'ouverture d'une enquête à Genève. " * 3
    found, encoding = decode(french.encode("cp1254"), declared="windows-1254")
    assert (found, encoding.found) == (french, "windows-1254 (declared)")


def as_a_browser_reads(data: bytes, codec: str) -> str:
    return "".join(bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in data)


LINE = "أعلنت وزارة الخارجية اليوم أن المحادثات ستبدأ غدا في العاصمة"


def test_text_broken_twice_is_repaired_twice():
    once = as_a_browser_reads(LINE.encode(), "cp1252")
    repaired, done = repair_text(as_a_browser_reads(once.encode(), "cp1252"))
    assert repaired == LINE
    assert len(done) == 2


@pytest.mark.parametrize("wrong", ["cp1252", "cp1256"])
def test_text_cut_in_the_middle_of_a_letter_is_repaired_up_to_it(wrong):
    assert repair_text(as_a_browser_reads(LINE.encode()[:-1], wrong))[0] == LINE[:-1]


def test_broken_lines_among_good_ones_are_repaired():
    broken = as_a_browser_reads(LINE.encode(), "cp1252")
    repaired, done = repair_text(f"{LINE}\n{broken}\n{LINE}")
    assert repaired == f"{LINE}\n{LINE}\n{LINE}"
    assert done == ("utf-8 once read as windows-1252: repaired (1 of 3 lines)",)


def test_letters_lost_before_are_kept_and_counted():
    assert repair_text("نص \ufffd\ufffd آخر") == ("نص \ufffd\ufffd آخر", ("2 characters lost before (U+FFFD), kept",))


def test_file_of_two_encodings_is_read_whole():
    rows = f"{LINE}\n" * 30
    text, encoding = decode(rows.encode("cp1256") + rows.encode())
    assert encoding.found == "windows-1256 (detected)"
    assert repair_text(text)[0] == rows * 2


@pytest.mark.parametrize("piece", ["Ø§", "ط§", "ظ„ط", "Ã™â€", "\ud800", "a\ufffd", "À\n"])
def test_hostile_text_takes_no_time(piece, growth):
    assert growth(repair_text, piece * (500_000 // len(piece))) < 3


@pytest.mark.parametrize("piece", [b"\xc7\xe1", b"\x00\x06", b"\xff", b"\xd8", b"<meta charset="])
def test_hostile_bytes_take_no_time(piece, growth):
    data = piece * (500_000 // len(piece))
    assert growth(lambda part: decode(part.encode("latin-1")), data.decode("latin-1")) < 3


def test_no_real_text_is_changed():
    path = Path(__file__).parents[3] / "shared" / "data" / "saudinewsnet-foreign.jsonl.gz"
    if not path.exists():
        pytest.skip(f"{path.name} is not on this machine")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["content"] for line in lines]
    assert sum(repair_text(text)[0] != text for text in texts) == 0
