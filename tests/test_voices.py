import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.units import split_units
from framing.voices import VOICE_COLUMNS, find_voices, unit_spans

WORDS = "القرار يخص بلادنا وحدها ولا شأن لأحد به"
PIECES = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            *'«»".:',
            "قال ",
            "وأضاف ",
            "إن ",
            "بحسب ",
            "نقلا عن ",
            "، ",
            "المتحدث ",
            "كلمة ",
            "لكنه ",
            "ـ ",
            "\u064b ",
            "في ",
        ]
    ),
)


def spans(text: str, **options) -> list[tuple[str, str, str]]:
    return [(s.voice, s.speaker, text[s.start : s.end]) for s in unit_spans(text, **options)]


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join), st.booleans())
def test_spans_never_overlap_and_stay_inside_the_text(text, title):
    found = unit_spans(text, title=title, last_speaker="المتحدث")
    flat = [place for span in found for place in (span.start, span.end)]
    assert found
    assert flat == sorted(flat)
    assert 0 <= flat[0] <= flat[-1] <= len(text)
    assert {span.voice for span in found} <= {"own", "attributed", "quoted"}


@pytest.mark.parametrize("quote", [f"«{WORDS}»", f"“{WORDS}”", f'"{WORDS}"', f"'{WORDS}'"])
def test_quotation_of_each_style_has_its_speaker(quote):
    assert ("quoted", "المتحدث", quote) in spans(f"قال المتحدث: {quote}.")


def test_words_round_a_quotation_are_reported():
    found = spans(f"قال المتحدث إن «{WORDS}»، مضيفا أن الأعمدة فقدت جزءا من حديدها.")
    assert [voice for voice, _, _ in found] == ["quoted", "attributed"]
    assert {speaker for _, speaker, _ in found} == {"المتحدث"}


def test_two_quoted_words_are_a_name_not_a_quotation():
    assert spans("يسمى المعبر «جسر الوادي» منذ زمن.") == [("own", "", "يسمى المعبر «جسر الوادي» منذ زمن.")]


def test_named_project_in_marks_is_nobodys_words():
    assert [voice for voice, _, _ in spans('أطلق مشروع "أريد أن أعيش هنا" في المدينة.')] == ["own"]


def test_plain_report_is_the_outlets_own():
    text = "انخفضت أسعار القمح في الأسواق المحلية."
    assert spans(text) == [("own", "", text)]


def test_reported_clause_begins_behind_the_speaker():
    assert spans("قال متحدث باسم الوزارة إن الاتفاق نشر كاملا أمس.") == [
        ("attributed", "متحدث باسم الوزارة", "إن الاتفاق نشر كاملا أمس.")
    ]


def test_speaker_may_stand_before_the_verb():
    assert spans("وزير الأشغال قال إن الاتفاق نشر كاملا.")[0][:2] == ("attributed", "وزير الأشغال")


def test_title_with_a_colon_belongs_to_its_speaker():
    text = "وزير الأشغال: الجسر شأن داخلي لا يخص أحدا"
    assert spans(text, title=True) == [("attributed", "وزير الأشغال", "الجسر شأن داخلي لا يخص أحدا")]


@pytest.mark.parametrize("head", ["مباشر", "بالفيديو", "تحليل", "عام 2031"])
def test_title_with_a_label_before_the_colon_is_own(head):
    assert [voice for voice, _, _ in spans(f"{head}: تطورات الجسر الجديد في المدينة", title=True)] == ["own"]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("وصلت السفن إلى الميناء فجرا، وفق مسؤول محلي.", "مسؤول محلي"),
        ("وصلت السفن إلى الميناء فجرا، وفقا لوزارة النقل.", "وزارة النقل"),
        ("وصلت السفن إلى الميناء فجرا، على حد قول الشركة.", "الشركة"),
    ],
)
def test_source_at_the_end_covers_the_sentence(text, speaker):
    assert spans(text) == [("attributed", speaker, "وصلت السفن إلى الميناء فجرا،")]


@pytest.mark.parametrize("words", ["بحسب وثيقة رسمية", "وفق وثيقة رسمية", "نقلا عن وثيقة رسمية"])
def test_source_at_the_head_covers_what_follows_its_comma(words):
    assert spans(f"{words}، ارتفع عدد العمال إلى ألفي عامل.") == [
        ("attributed", "وثيقة رسمية", "ارتفع عدد العمال إلى ألفي عامل.")
    ]


def test_verb_without_a_name_takes_the_last_speaker():
    assert spans("وأضاف أن الأعمال ستبدأ قريبا.", last_speaker="الوزير")[0][:2] == ("attributed", "الوزير")
    assert spans("لكنه قال إن الأعمال ستبدأ قريبا.", last_speaker="الوزير")[0][:2] == ("attributed", "الوزير")


def test_object_pronoun_on_the_verb_names_the_speaker_behind_it():
    found = unit_spans("وهي خطوة وصفها الخبراء بأنها تصعيد كبير.")
    assert [(s.voice, s.speaker, s.verb) for s in found] == [("attributed", "الخبراء", "وصفها")]


def test_accused_party_is_not_the_speaker():
    found = unit_spans("قال الرئيس إن الأمر متروك لبلاده في كل حال واتهم الغرب بتصعيد الحرب.")
    assert [(s.speaker, s.verb) for s in found] == [("الرئيس", "قال"), ("الرئيس", "اتهم")]


def test_three_speakers_in_a_sentence_have_three_rows():
    text = "حذر الخبير من انهيار الجسر، وأكد المهندس أن الجسر سليم، بينما ذكر العمدة أن الفحص مستمر."
    assert [(s.speaker, s.stance) for s in unit_spans(text)] == [
        ("الخبير", "act"),
        ("المهندس", "endorsing"),
        ("العمدة", "neutral"),
    ]


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("زعم مسؤول محلي أن الجسر آمن تماما.", "distancing"),
        ("أكد مسؤول محلي أن الجسر آمن تماما.", "endorsing"),
        ("نفى مسؤول محلي أن الجسر يتصدع.", "act"),
        ("المصنع لا يلوث النهر، على حد زعم الشركة.", "distancing"),
    ],
)
def test_verb_carries_its_stance(text, stance):
    assert [span.stance for span in unit_spans(text)] == [stance]


def test_homograph_of_a_verb_says_nothing():
    assert [voice for voice, _, _ in spans("عبر الجسر ألف شاحنة بين المدينتين أمس.")] == ["own"]


def test_speaker_is_carried_to_the_next_unit_of_the_article_alone():
    text = "قال الوزير إن العمل يبدأ غدا.\nوأضاف أن العمل ينتهي بعد عامين كاملين."
    table = pd.DataFrame([{"article_id": i, "outlet": "ألف", "title": "", "text": text} for i in ("a", "b")])
    table.loc[1, "text"] = "وأضاف أن العمل ينتهي بعد عامين كاملين من اليوم."
    found = find_voices(split_units(table).table)
    assert list(found.table["speaker"]) == ["الوزير", "الوزير", ""]
    assert found.summary() == "attributed 3"


def test_every_unit_has_a_voice_and_offsets_into_its_field(small_corpus):
    units = split_units(small_corpus).table
    table = find_voices(units).to_frame()
    assert list(table.columns) == VOICE_COLUMNS
    assert set(table["unit_id"]) == set(units["unit_id"])
    place = units.set_index("unit_id")
    start, end = table["unit_id"].map(place["start"]), table["unit_id"].map(place["end"])
    assert ((start <= table["start"]) & (table["start"] < table["end"]) & (table["end"] <= end)).all()
    assert set(table["voice"]) == {"own", "attributed", "quoted"}
