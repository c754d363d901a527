import time

import pandas as pd
import pytest

from framing.quotes import is_free_name, real_quotes, unit_quotes
from framing.voices import find_voices, unit_spans


def cut(texts: list[str]) -> list[list[str]]:
    return [[text[a:b] for a, b in spans] for text, spans in zip(texts, unit_quotes(texts), strict=True)]


@pytest.mark.parametrize(("opening", "closing"), ["«»", "“”", '""'])
def test_quotation_over_units_covers_all_between(opening, closing):
    texts = [f"قال العمدة: {opening}بدأ العمل.", "سننهي الجسر قريبا.", f"هذا وعدنا{closing}، ثم غادر.", "انتهى اللقاء."]
    found = cut(texts)
    assert found == [[f"{opening}بدأ العمل."], ["سننهي الجسر قريبا."], [f"هذا وعدنا{closing}"], []]


def test_unclosed_quotation_ends_with_its_unit():
    assert cut(["قال العمدة: «بدأ العمل منذ أيام.", "وصلت الشاحنات إلى الموقع."]) == [["«بدأ العمل منذ أيام."], []]


def test_nested_quotation_is_one():
    assert cut(["قال: «سمعت كلمة «مستحيل» مرارا» وضحك."]) == [["«سمعت كلمة «مستحيل» مرارا»"]]


def test_next_opening_mark_shows_that_the_first_was_never_closed():
    assert cut(["قال: «بدأ العمل.", "وأضاف: «لن نتوقف أبدا».", "ثم صمت."]) == [["«بدأ العمل."], ["«لن نتوقف أبدا»"], []]


def test_opening_mark_meant_to_close_closes():
    assert cut(["فاز فريق «النهر الكبير « بهدفين أمس."]) == [["«النهر الكبير «"]]


@pytest.mark.parametrize(
    "text",
    ["نفذ مشروع «الجسر الجديد للمدينة» شركة.", "قال «النادي الأهلي للمدينة» إن اللقاء تأجل.", "قرأ «كلمتين فقط»."],
)
def test_names_in_marks_are_nobodys_words(text):
    assert real_quotes(text, unit_quotes([text])[0]) == []


def test_few_words_inside_a_sentence_that_nobody_says_are_a_name():
    text = "زار الوفد معرض الزهور «ألوان الربيع في المدينة» ثم عاد."
    quote = unit_quotes([text])[0][0]
    assert is_free_name(text, quote)
    assert [span.voice for span in unit_spans(text)] == ["own"]


def test_speaker_of_a_long_quotation_is_kept_in_each_unit():
    texts = ["قالت المهندسة: «بدأ العمل.", "سننهي الجسر قريبا.", "هذا وعدنا»."]
    units = pd.DataFrame({"unit_id": list("abc"), "article_id": "1", "n": range(3), "part": "body", "text": texts})
    found = find_voices(units.assign(start=0)).table
    assert list(found["voice"]) == ["quoted"] * 3
    assert list(found["speaker"]) == ["المهندسة"] * 3


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "« ",
        '" ',
        "قال ",
        "بحسب ",
        "«كلمة عن شيء» قال ",
        "وقال الوزير إن ",
        "، وأضاف أن ",
        "ا",
        ": ",
        "في ",
        "الوزير في ",
        "قال: ",
    ],
)
def test_time_grows_with_the_length_of_hostile_text(piece):
    def seconds(n: int) -> float:
        text = piece * (n // len(piece))
        begin = time.process_time()  # not the wall's: another program may hold the machine
        unit_spans(text)
        return time.process_time() - begin

    seconds(2_000)
    short, long = (min(seconds(n) for _ in range(3)) for n in (20_000, 80_000))
    assert long < 8 * max(short, 0.05)
