import pandas as pd
import pytest

from framing.flow import STEPS, CorpusFlow, reason_in_words, step_reasons
from framing.lexicon import load


@pytest.fixture
def flow():
    counts = {"صحيفة التلة": [9, 8, 6, 6, 5, 4, 3, 3], "موقع الضفة": [4, 4, 4, 4, 4, 4, 4, 4]}
    table = pd.DataFrame(
        [(step, outlet, n) for i, step in enumerate(STEPS) for outlet, row in counts.items() for n in [row[i]]],
        columns=["step", "outlet", "n"],
    )
    lost = [("readable", "no_text"), ("arabic", "language_fr"), ("selected", "undated"), ("on_story", "off_story")]
    rows = [(step, "صحيفة التلة", reason, 1 + (step == "arabic")) for step, reason in lost]
    reasons = pd.DataFrame(
        [*rows, ("not_self_reprint", "صحيفة التلة", "self_reprint", 1)], columns=["step", "outlet", "reason", "n"]
    )
    return CorpusFlow(table, reasons, {"min_words": 20, "n_units": 88, "n_lines": 7})


def test_sentence_names_every_step_that_left_something_out_with_its_reason(flow):
    assert flow.summary() == (
        "13 rows were found, 12 of them could be read (left out: no text 1), 10 were in Arabic (left out: in French 2),"
        " 9 fell within the period and outlets chosen (left out: without a date 1), 8 were on the story (left out: no"
        " entry of the query 1), 7 were left once reprints within an outlet count as one (left out: reprints 1), 7"
        " articles of 2 outlets were analysed. They gave 88 units of analysis; 7 lines were kept out of them as"
        " boilerplate or off the story."
    )


def test_sentence_is_written_in_arabic_too(flow):
    said = flow.sentence("ar")
    assert said.startswith("عدد الصفوف التي عُثر عليها 13، المقروء منها 12 (استُبعد: بلا نص 1)")
    assert "وعدد المواد التي دخلت التحليل 7 وعدد وسائلها 2" in said


def test_reasons_of_an_outlet_add_up_to_what_it_lost(flow):
    lost = flow.explain("صحيفة التلة")
    wide = flow.to_frame().set_index("outlet").loc["صحيفة التلة"]
    assert lost["n"].sum() == wide["found"] - wide["analysed"] == 6
    assert flow.explain("موقع الضفة").empty


def test_last_row_sums_all_outlets(flow):
    last = flow.to_frame("ar").iloc[-1].tolist()
    assert last == ["كل الوسائل", 13, 12, 10, 10, 9, 8, 7, 7]


def test_unknown_step_and_outlet_are_named(flow):
    with pytest.raises(ValueError, match="step is 'kept'; the steps are found, readable"):
        flow.total("kept")
    with pytest.raises(ValueError, match="no article of outlet 'دار الميناء'; outlets are صحيفة التلة, موقع الضفة"):
        flow.explain("دار الميناء")


def test_reasons_are_counted_over_outlets_the_commonest_first(flow):
    more = pd.concat(
        [flow.reasons, pd.DataFrame([("arabic", "موقع الضفة", "language_en", 3)], columns=flow.reasons.columns)]
    )
    assert list(step_reasons(more, "arabic", "en").items()) == [
        ("in English", 3),
        ("in French", 2),
    ]


def test_every_word_stands_in_both_languages():
    words = load("flow")
    for part in ("names", "sentences"):
        assert words["ar"][part].keys() == words["en"][part].keys()
    assert reason_in_words("something_new", "ar") == "something_new"
    assert reason_in_words("language_ku", "en") == "in another language (ku)"


def test_notebook_view_is_right_to_left_and_escapes_names(flow):
    hostile = CorpusFlow(flow.table.replace("موقع الضفة", "<img src=x onerror=alert(1)>"), flow.reasons, flow.settings)
    shown = hostile._repr_html_()
    assert 'dir="rtl"' in shown
    assert "<img" not in shown
    assert "&lt;img" in shown


@pytest.mark.parametrize("language", ["ar", "en"])
def test_figure_tells_why_articles_were_left_out(flow, language):
    texts = [text.get_text() for text in flow.plot(language=language).axes[0].texts]
    assert any(reason_in_words("self_reprint", language) in text for text in texts)
    assert any(reason_in_words("language_fr", language) in text for text in texts)


def test_empty_corpus_has_a_flow_all_the_same():
    empty = CorpusFlow(
        pd.DataFrame(columns=["step", "outlet", "n"]), pd.DataFrame(columns=["step", "outlet", "reason", "n"])
    )
    assert empty.summary().startswith("0 rows were found")
    assert empty.plot() is not None
