import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.sentences import MAX_WORDS, count_words, quote_spans, reporting_verbs, sentence_spans, trim

PIECES = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [".", "؟", "!", "..", "…", "«", "»", '"', "'", "، وقال ", " كلمة", "\n", " ", "10.5", "أ. ", "\u200f"]
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
    hidden = str.maketrans("", "", "\u200b\u200e\u200f\ufeff")
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
    ],
)
def test_point_that_ends_nothing_stays_inside(text):
    assert split(text) == [text]


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


def test_unclosed_guillemet_reaches_to_the_end():
    assert quote_spans("قال «نعم سنعود") == [(4, 14)]


@pytest.mark.parametrize("piece", ["كلمة ", "كلمة، ", "«كلمة.» ", "نعم! ", "«", '"', "' ", "أ. ", ".", "، وقال "])
def test_one_long_line_takes_linear_time(growth, piece):
    assert growth(sentence_spans, piece * (60_000 // len(piece))) < 3


def test_reporting_verbs_carry_their_stance():
    verbs = reporting_verbs()
    assert [verbs[verb] for verb in ("قال", "اكد", "زعم", "حذر")] == ["neutral", "endorsing", "distancing", "act"]
