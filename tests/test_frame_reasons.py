"""Why a text gets its scores, also where the text is hostile."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from framing.arabic import lexical_view
from framing.codebook import load_codebook
from framing.frame_reasons import LEAST_WEIGHT
from framing.frames import FrameModel
from framing.vectors import embed

DATA = Path(__file__).parent / "data"
TEXT = "حذّر مهندسٌ من خطر الانهيار على المدرسةِ، وقالت اللجنة إن كلفة السوق تجاوزت ضعف ما رُصد لها."
HOSTILE = {
    "empty": "",
    "spaces": " \u00a0\n",
    "signs": "؟!... — «»()[]{}*%#",
    "direction": "\u202e\u200f\u2066خطر\u2069",
    "surrogate": "\ud800 خطر \udfff",
    "surrogates": "\ud83d" * 50,
    "markup": "<script>alert(1)</script> خطر &amp;lt;b&gt;",
    "entity": "&#" + "9" * 5000 + ";",
    "nul": "خطر\x00كلفة",
    "ligatures": "\ufdfa" * 300,
    "marks": "خ" + "\u0651" * 3000 + "طر",
    "emoji": "😀" * 500,
    "latin": "The bridge IS dangerous 2024",
}
# A hundred thousand characters, and a tenth of them where seconds count.
LONG = {
    "one sentence": "خطر على الجسر " * 7200,
    "one word": "خ" * 100_000,
    "denials": "لا خطر ولا كلفة، ليس خطر " * 4000,
    "denials without a stop": "لا خطر " * 14_000,
    "all different": " ".join(f"كلمة{number}" for number in range(10_000)),
}


@pytest.fixture(scope="module")
def book():
    return load_codebook(DATA / "codebook.yaml")


@pytest.fixture(scope="module")
def model(book, shared_encoder):
    return FrameModel(book, encoder=shared_encoder).fit()


@pytest.fixture(scope="module")
def explained(model):
    return model.explain(TEXT)


def test_explanation_gives_the_scores_of_the_prediction(model, explained, shared_encoder):
    units = pd.DataFrame({"unit_id": ["u"], "text": [TEXT]})
    found = model.predict(units, embed(units, encoder=shared_encoder)).frames
    columns = ["frame", "score", "state"]
    pd.testing.assert_frame_equal(explained.scores[columns], found[columns])


def test_three_signals_bias_and_shift_add_up_to_the_odds_of_the_score(model, explained, book):
    rows = explained.scores.set_index("frame")
    for frame in book.parents:
        curve = model.learned.curves[frame.frame_id]
        added = rows.loc[frame.frame_id, ["margin", "description", "word"]].astype(float).sum()
        score = 1 / (1 + np.exp(-(added + curve.bias + curve.shift)))
        assert score == pytest.approx(rows.loc[frame.frame_id, "score"], abs=1e-3)
        assert rows.loc[frame.frame_id, "threshold"] == model.thresholds[frame.frame_id]
    assert rows.loc["blame.by_council", ["threshold", "margin", "description", "word"]].isna().all()


def test_words_and_what_is_too_small_to_list_add_up_to_the_spelled_part(model, explained, book):
    for frame in book.parents:
        weights = model.learned.machine.spelled[:, model.learned.column(frame.frame_id)]
        whole = (model.learned.machine.view.rows([TEXT]) @ weights).item()
        listed = explained.words[(explained.words["frame"] == frame.frame_id) & (explained.words["kind"] == "word")]
        n_words = len(TEXT.split())
        assert abs(whole - listed["weight"].sum()) <= n_words * (LEAST_WEIGHT + 0.0005)
        assert (listed["weight"].abs() >= LEAST_WEIGHT - 0.0005).all()


def test_words_are_shown_as_they_are_written(explained):
    shown = set(explained.words.loc[explained.words["kind"] == "word", "word"])
    assert shown
    assert all(word in TEXT for word in shown), sorted(word for word in shown if word not in TEXT)
    assert {"المدرسةِ", "مهندسٌ"} & shown


def test_words_of_each_frame_stand_together_terms_first_and_largest_first(explained, book):
    assert list(dict.fromkeys(explained.words["frame"])) == [
        frame.frame_id for frame in book.parents if frame.frame_id in set(explained.words["frame"])
    ]
    for _, rows in explained.words.groupby("frame", sort=False):
        weights = rows["weight"].abs()
        assert weights.isna().to_numpy().argsort(kind="stable")[::-1].size == len(rows)
        assert weights.dropna().is_monotonic_decreasing
        first = rows["weight"].isna().to_numpy()
        assert (first == sorted(first, reverse=True)).all()


def test_terms_and_veto_words_that_the_text_holds_are_named(model):
    words = model.explain("سلامة اللغة، وخسائر بشرية، وخطر.").words
    found = set(words.loc[words["kind"] != "word", ["frame", "word", "kind"]].itertuples(index=False, name=None))
    assert {("safety", "سلامة اللغة", "veto"), ("safety", "خطر", "term"), ("economy", "خسائر بشرية", "veto")} <= found
    assert words.loc[words["kind"] != "word", "weight"].isna().all()


def test_nearest_examples_come_first_and_are_the_codebooks_own(explained, book):
    assert explained.examples["cosine"].is_monotonic_decreasing
    assert len(explained.examples) == 5
    assert set(explained.examples["text"]) <= {example.text for example in book.examples}
    assert explained.examples["cosine"].between(-1, 1).all()


@pytest.mark.parametrize(("n", "expected"), [(0, 0), (3, 3), (10_000, None)])
def test_number_of_examples_is_as_asked(model, book, n, expected):
    assert len(model.explain(TEXT, n=n).examples) == (len(book.examples) if expected is None else expected)


def test_summary_names_every_frame_with_words_that_weigh(explained, book):
    said = explained.summary()
    assert TEXT in said
    assert all(f"  {frame}: " in said for frame in book.frame_ids)
    assert "nan" not in said


def test_page_shows_words_of_every_parent_and_frames_by_name(explained, book):
    page = explained._repr_html_()
    for frame in book.parents:
        assert page.count(f">{frame.frame_id}<") >= 2, "once with its score, and once with a word"
    assert "(&#x27;" not in page
    assert "('" not in page


def test_plot_draws_the_words_of_the_frame_with_the_highest_score(explained):
    pytest.importorskip("matplotlib")
    axes = explained.plot().axes[0]
    parents = explained.scores[explained.scores["threshold"].notna()]
    frame = parents.loc[parents["score"].idxmax(), "frame"]
    assert axes.get_title() == frame
    rows = explained.words[(explained.words["frame"] == frame) & (explained.words["kind"] == "word")]
    assert axes.get_yticklabels()[0].get_text() == rows["word"].iloc[0]


def test_explanation_gives_its_scores_as_a_table(explained):
    table = explained.to_frame()
    table["score"] = 0.0
    assert explained.scores["score"].any()


# Hostile texts


def hostile_texts():
    """Give every hostile text by its name; whole long ones are slow."""
    yield from (pytest.param(text, id=name) for name, text in HOSTILE.items())
    for name, text in LONG.items():
        yield pytest.param(text[:10_000], id=name)
        yield pytest.param(text, id=f"{name}, long", marks=pytest.mark.slow)


@pytest.mark.parametrize("text", list(hostile_texts()))
def test_hostile_text_is_scored_and_explained(model, book, shared_encoder, text):
    units = pd.DataFrame({"unit_id": ["a#0", "a#1"], "article_id": "a", "n": [0, 1]})
    units["text"] = pd.Series([text, text], dtype=object)
    found = model.predict(units, embed(units, encoder=shared_encoder))
    assert found.frames["score"].between(0, 1).all()
    assert len(found.frames) == 2 * len(book.frame_ids)
    reasons = model.explain(text)
    assert len(reasons.scores) == len(book.frame_ids)
    assert reasons.words.loc[reasons.words["kind"] == "word", "weight"].notna().all()
    assert "" not in set(reasons.words["word"])
    assert "<script" not in reasons._repr_html_()
    assert reasons.summary()


def test_text_that_says_nothing_carries_nothing_and_no_word_weighs(model):
    for name in ("empty", "spaces", "surrogates"):
        reasons = model.explain(HOSTILE[name])
        assert set(reasons.scores["state"]) == {"none"}
        assert reasons.words.empty


def test_marks_that_steer_direction_change_no_score(model):
    one, two = model.explain("\u202e\u200fخطر\u2069").scores, model.explain("خطر").scores
    words = ["frame", "margin", "word", "score"]
    assert lexical_view("خطر") == "خطر"
    np.testing.assert_allclose(one[words[1:3]].to_numpy(float)[0], two[words[1:3]].to_numpy(float)[0], atol=0.6)
