import importlib.util
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.sentences import (
    HIDDEN,
    MAX_WORDS,
    count_words,
    line_spans,
    quote_spans,
    reporting_verbs,
    sentence_spans,
    trim,
)

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "sentences.py"
NEWS = Path(__file__).parents[2] / "shared" / "data" / "saudinewsnet-foreign.jsonl.gz"
PIECES = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            *[".", "؟", "!", "..", "…", "«", "»", '"', "'", "، وقال ", " كلمة", "\n", " ", "10.5", "أ. ", "\u200f"],
            *["(", ")", "   ", " - ", "* ", "بي.بي.سي", "ـ. ـ", "مرحبًا.", "كلمة " * 30],
        ]
    ),
)
ANY_TEXT = st.lists(PIECES, max_size=60).map("".join)


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT)
def test_spans_are_in_order_trimmed_and_lose_no_visible_character(text):
    spans = sentence_spans(text)
    flat = [place for span in spans for place in span]
    assert flat == sorted(flat)
    assert all(trim(text, start, end) == (start, end) for start, end in spans)
    kept = "".join(text[start:end] for start, end in spans)
    hidden = str.maketrans("", "", HIDDEN)
    assert "".join(kept.translate(hidden).split()) == "".join(text.translate(hidden).split())


def test_split_keeps_quoted_full_stop():
    assert split("قال الوزير: «انتهى العمل. سنعود غدا» ثم غادر القاعة مسرعا. وأغلق الباب خلفه.") == [
        "قال الوزير: «انتهى العمل. سنعود غدا» ثم غادر القاعة مسرعا.",
        "وأغلق الباب خلفه.",
    ]


def test_quotation_that_ends_with_its_own_stop_ends_the_sentence():
    assert split("قال الوزير: «انتهى العمل كله.» ثم غادر القاعة مسرعا.") == [
        "قال الوزير: «انتهى العمل كله.»",
        "ثم غادر القاعة مسرعا.",
    ]


def test_reporter_goes_on_behind_a_quoted_stop_and_a_comma():
    assert len(split("«انتهى العمل كله اليوم.»، هكذا قال الوزير للصحفيين.")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "أفادت وكالة أ. ف. ب بأن الأسعار ارتفعت كثيرا.",
        "نقلت وكالة د. ب. أ عن المتحدث قوله ذلك.",
        "ارتفعت الأسعار 10.5 في المئة هذا العام.",
        "بلغت النسبة ١٠.٥ في المئة هذا العام.",
        "الموقع هو example.org على الشبكة العالمية.",
        "وصل الوفد إلى المدينة؛ ثم غادر بعد ساعة.",
        "انتظر الناس طويلا.. ثم عادوا إلى بيوتهم.",
        "قال د.سالم إن الطريق مغلق اليوم كله.",
        "نقلت شبكة بي.بي.سي عن السكان أن الماء مقطوع.",
        "ونقلت وكالة إن. بي. سي عن السكان أن الماء مقطوع.",
        "اضغط على الرابط example.org/page?a=b ثم أرسل الطلب.",
        "فاز الفريق (!) في الدقيقة الأخيرة من المباراة.",
        "حضر الوزير (وهو من أبناء المدينة. ولد فيها) حفل الافتتاح.",
        "تأخر الـقـ. ـطار ساعة كاملة عن موعده.",
        "1. قدرات الشحن في الهاتف الجديد أكبر من غيرها.",
        "سأل المذيع: هل يفتح الجسر غدا؟، ولم يجبه أحد.",
        "قال المدير: «سنعود غدا!» مشيرا إلى نهاية الأعمال.",
        "قال المدير: «سنعود غدا.» منتقدًا تأخر الشركة في العمل.",
        "«متى يفتح الجسر؟» تساءل سكان الحي كله أمس.",
    ],
)
def test_point_that_ends_nothing_stays_inside(text):
    assert split(text) == [text]


@pytest.mark.parametrize("word", ["سابقًا", "تقريبًا", "معًا", "غداً", "الحمـ"])
def test_alef_behind_tanwin_is_no_abbreviation(word):
    assert len(split(f"وصل الوفد إلى المدينة {word}. ثم غادر بعد ساعة.")) == 2


def test_missing_blank_behind_a_stop_splits_all_the_same():
    assert len(split("وصل الوفد إلى المدينة.وغادر بعد ساعة واحدة.")) == 2


def test_lost_line_end_leaves_a_run_of_blanks():
    text = "وصل الوفد إلى المدينة.   وغادر بعد ساعة"
    assert [text[a:b] for a, b in line_spans(text)] == ["وصل الوفد إلى المدينة.", "وغادر بعد ساعة"]
    assert len(list(line_spans("وصل الوفد   إلى المدينة"))) == 1
    assert len(list(line_spans("وصل الوفد إلى المدينة      بقلم سالم"))) == 2


def test_list_in_one_line_is_taken_apart_at_its_marks():
    items = ["- الطريق مغلق منذ شهر كامل", "- الماء مقطوع عن الحي", "- المدرسة بلا معلمين", "- السوق خال من الناس"]
    assert split(" ".join(items)) == items
    aside = "- قال المدير - وهو من المدينة - إن العمل انتهى"
    assert split(aside) == [aside]


def test_question_behind_soft_points_begins_anew_at_its_mark():
    assert split("وفيما يلي نص الحوار كاملا..   * متى يفتح الجسر أمام الناس؟") == [
        "وفيما يلي نص الحوار كاملا..",
        "* متى يفتح الجسر أمام الناس؟",
    ]


def test_quotation_without_its_end_protects_nothing():
    assert len(split("قال المدير: «انتهى العمل كله اليوم. وعاد العمال إلى بيوتهم.")) == 2


def test_quotation_over_sixty_words_is_split_at_its_stops():
    quoted = "«" + "عاد العمال إلى بيوتهم مساء ذلك اليوم. " * 10 + "»"
    assert len(split(f"قال المدير: {quoted}")) > 5


@pytest.mark.parametrize("mark", [".", "!", "؟", "?"])
def test_mark_that_ends_a_sentence_splits(mark):
    assert len(split(f"وصل الوفد إلى المدينة{mark} ثم غادر بعد ساعة.")) == 2


def test_newline_always_splits():
    assert len(split("وصل الوفد إلى المدينة\nثم غادر بعد ساعة")) == 2


def test_fragment_joins_its_neighbour_in_the_line():
    assert split("وصل الوفد إلى المدينة اليوم. نعم. ثم غادر بعد ساعة واحدة.") == [
        "وصل الوفد إلى المدينة اليوم. نعم.",
        "ثم غادر بعد ساعة واحدة.",
    ]


def test_chain_over_sixty_words_is_cut_before_a_reporting_verb():
    chain = "قال المسؤول إن " + "العمل مستمر في الموقع " * 10 + "، وأضاف أن " + "الفريق باق هنا أيضا " * 10
    pieces = split(chain.strip())
    assert [piece.startswith("وأضاف") for piece in pieces] == [False, True]
    assert max(map(count_words, pieces)) <= MAX_WORDS


def test_no_cut_inside_a_quotation():
    quoted = "«" + "كلمة " * 20 + "، وأضاف أن " + "كلمة " * 10 + "»"
    pieces = split("قال " + "المسؤول الكبير " * 10 + "، وأكد أن الأمر " + quoted + " انتهى اليوم")
    assert any(quoted in piece for piece in pieces)


def test_words_without_a_comma_are_cut_near_sixty():
    assert [count_words(piece) for piece in split("كلمة " * 150)] == [60, 60, 30]


def test_cut_prefers_a_place_where_a_clause_begins():
    chain = "زار الوفد " + "قرية وبلدة " * 24 + "، حيث استقبله الأهالي في الساحة، التي تقع قرب النهر، " + "وقرية " * 20
    assert split(chain)[1].startswith("حيث")


def test_cut_spares_brackets_and_ranges():
    text = "كلمة " * 45 + "(برنامج المساء - الجزء الثاني من ثلاثة) من 4 - 6 " + "كلمة " * 30
    assert not any(piece.startswith(("الجزء", "6")) for piece in split(text))


def test_chains_are_left_whole_on_request():
    text = "كلمة " * 150
    assert len(sentence_spans(text, cut=False)) == 1


def test_fragment_does_not_make_a_sentence_too_long():
    assert max(count_words(piece) for piece in split("كلمة " * 60 + ". نعم.")) <= MAX_WORDS


def test_sixty_words_stay_whole():
    assert len(split("كلمة " * 60)) == 1


@pytest.mark.parametrize("quote", ["«كلام منقول»", "“كلام منقول”", '"كلام منقول"', "'كلام منقول'"])
def test_quotation_of_each_style_is_found_with_its_marks(quote):
    text = f"قبل {quote} بعد"
    assert [text[a:b] for a, b in quote_spans(text)] == [quote]


def test_quotation_inside_a_quotation_is_one():
    text = "«قال «نعم» ثم سكت»"
    assert quote_spans(text) == [(0, len(text))]


def test_lone_straight_mark_and_apostrophe_are_no_quotation():
    assert quote_spans("شاشة 20\" في Korea's market") == []


def test_straight_marks_are_paired_by_what_stands_beside_them():
    lone = 'أضاف: "انتهى العمل في الموقع. وقال المتحدث: "سنعود غدا".'
    assert [lone[a:b] for a, b in quote_spans(lone)] == ['"سنعود غدا"']
    nested = 'قال: "إن مشروع "الجسر الكبير" مستمر" ثم سكت'
    assert [nested[a:b] for a, b in quote_spans(nested)] == ['"إن مشروع "الجسر الكبير" مستمر"']


def test_unclosed_guillemet_reaches_to_the_end():
    assert quote_spans("قال «نعم سنعود") == [(4, 14)]


HOSTILE = [
    "كلمة ",
    "كلمة، ",
    "«كلمة.» ",
    "نعم! ",
    "«",
    '"',
    "' ",
    "أ. ",
    ".",
    "، وقال ",
    '"a ',
    '"a" ',
    "(.",
    "- ",
    "* ",
]
HOSTILE += [
    "ب.",
    "ـ.",
    "1. ",
    " ",
    "     ",
    ".   ",
    "x",
    "\u200b",
    "“a ",
    "(a",
    "«»",
    "a'b",
    "..",
    "م.ا.",
    "،",
    "؟",
    "\n",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_one_long_line_takes_linear_time(growth, piece):
    assert growth(sentence_spans, piece * (60_000 // len(piece))) < 3


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["كلمة، ", "«كلمة.» ", '"a ', "(.", "- ", ".", "x", "«"])
def test_a_line_of_a_megabyte_takes_linear_time(growth, piece):
    assert growth(sentence_spans, piece * (500_000 // len(piece))) < 3


@pytest.mark.skipif(not NEWS.is_file(), reason="the news the gold was split on is not here: ../shared/data")
def test_hand_split_sentences_of_real_news_stay_found():
    spec = importlib.util.spec_from_file_location("sentences_benchmark", BENCHMARK)
    benchmark = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = benchmark
    spec.loader.exec_module(benchmark)
    gold = benchmark.read_gold()
    assert sum(len(passage.boundaries) + 1 for passage in gold) >= 300
    for part in ("dev", "test"):
        counts = benchmark.score([p for p in gold if p.part == part], benchmark.ours).sum(axis=0)
        assert benchmark.rates(counts[:3])[2] >= 0.97


def test_reporting_verbs_carry_their_stance():
    verbs = reporting_verbs()
    assert [verbs[verb] for verb in ("قال", "اكد", "زعم", "حذر")] == ["neutral", "endorsing", "distancing", "act"]
