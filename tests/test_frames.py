"""Frames of units: who may carry what, what a denial does, and that a score is a unit's own."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from framing.arabic import lexical_view
from framing.articles import read_articles
from framing.codebook import load_codebook
from framing.denials import has_denial, has_term, is_denied
from framing.errors import CodebookError
from framing.frame_learned import FRAME_COLUMNS
from framing.frames import FrameModel
from framing.units import split_units
from framing.vectors import Vectors, embed

DATA = Path(__file__).parent / "data"
TERMS = ("تصعيد", "توسيع الحرب")
RULE_ONLY = {
    "id": "heat",
    "name": "حر",
    "definition": "يُروى الصيف حرًّا.",
    "terms": ["موجة حر", "قيظ"],
    "veto": ["قيظ القلب"],
}


def make_codebook(tmp_path, *frames, none=()):
    path = tmp_path / "codebook.yaml"
    book = {"id": "made", "version": "1", "title": "made", "frames": list(frames), "none_examples": list(none)}
    path.write_text(json.dumps(book, ensure_ascii=False), encoding="utf-8")
    return load_codebook(path)


def make_units(*texts):
    return pd.DataFrame({"unit_id": [f"a#{i}" for i in range(len(texts))], "article_id": "a", "text": list(texts)})


def assign(codebook, encoder, units, **options):
    return FrameModel(codebook, encoder=encoder, **options).fit().predict(units, embed(units, encoder=encoder))


def state(assignment, frame):
    rows = assignment.frames[assignment.frames["frame"] == frame]
    return rows["state"].tolist()


@pytest.fixture(scope="module")
def book():
    return load_codebook(DATA / "codebook.yaml")


@pytest.fixture(scope="module")
def all_units():
    return split_units(read_articles(DATA / "articles.jsonl").table).table


@pytest.fixture
def units(all_units):
    return all_units.copy()


@pytest.fixture(scope="module")
def taught(book, shared_encoder):
    return FrameModel(book, encoder=shared_encoder, seed=7).fit()


@pytest.fixture(scope="module")
def assignment(taught, all_units, shared_encoder):
    return taught.predict(all_units, embed(all_units, encoder=shared_encoder))


@pytest.fixture
def judge(taught, shared_encoder):
    """Give a function that assigns frames to texts."""

    def found(*texts):
        units = make_units(*texts)
        return taught.predict(units, embed(units, encoder=shared_encoder))

    return found


# What an assignment holds


def test_every_unit_has_one_row_per_frame_in_the_codebooks_order(assignment, units, book):
    assert list(assignment.frames.columns) == FRAME_COLUMNS
    assert assignment.frames["frame"].tolist() == list(book.frame_ids) * len(units)
    assert assignment.frames["unit_id"].tolist() == list(units["unit_id"].repeat(len(book.frame_ids)))


def test_scores_lie_between_nought_and_one_and_states_are_the_three(assignment):
    assert assignment.frames["score"].between(0, 1).all()
    assert set(assignment.frames["state"]) <= {"carried", "contested", "none"}


def test_frame_is_carried_from_its_threshold_on(assignment):
    cuts = assignment.settings["thresholds"]
    rows = assignment.frames[assignment.frames["frame"].isin(cuts) & (assignment.frames["state"] != "contested")]
    above = rows["score"] >= rows["frame"].map(cuts)
    assert above.any()
    assert ((rows["state"] == "carried") == above).all()


def test_exactly_one_child_is_carried_where_the_parent_is_and_none_elsewhere(assignment):
    wide = assignment.to_frame()
    children = [column for column in wide if column.startswith("is_blame.")]
    assert wide["is_blame"].any()
    assert not wide["is_blame"].all()
    assert (wide[children].sum(axis=1) == wide["is_blame"].astype(int)).all()


def test_childrens_scores_add_up_to_their_parents(assignment):
    wide = assignment.to_frame()
    total = wide[[column for column in wide if column.startswith("p_blame.")]].sum(axis=1)
    np.testing.assert_allclose(total, wide["p_blame"], atol=2e-4)


def test_wide_table_and_long_table_say_the_same(assignment):
    wide = assignment.to_frame()
    carried = assignment.frames[assignment.frames["state"] == "carried"]
    assert wide["is_safety"].sum() == (carried["frame"] == "safety").sum()
    assert wide["unit_id"].tolist() == assignment.units["unit_id"].tolist()


def test_dominant_frame_is_the_carried_one_with_the_highest_score(assignment):
    carried = assignment.carried()
    best = assignment.dominant()
    assert best.index.tolist() == assignment.units["unit_id"].tolist()
    for unit_id, frame in best[best != ""].items():
        rows = carried[carried["unit_id"] == unit_id]
        assert rows.loc[rows["frame"] == frame, "score"].item() == rows["score"].max()
    assert set(best[best == ""].index) == set(assignment.units["unit_id"]) - set(carried["unit_id"])


def test_carried_leaves_children_out_unless_asked(assignment):
    assert not assignment.carried()["frame"].str.contains(".", regex=False).any()
    assert assignment.carried(parents_only=False)["frame"].str.contains(".", regex=False).any()


def test_summary_counts_every_frame_and_explain_gives_its_units(assignment, book):
    assert all(f"  {frame}: carried" in assignment.summary() for frame in book.frame_ids)
    shown = assignment.explain("safety", n=3)
    assert shown["score"].is_monotonic_decreasing
    assert set(shown["state"]) == {"carried"}
    assert "alif-1#0" in assignment._repr_html_()


def test_model_explains_a_text_by_its_nearest_examples(taught, book):
    shown = taught.explain(book.examples[0].text, n=3).examples
    assert shown["text"].iloc[0] == book.examples[0].text
    assert shown["cosine"].iloc[0] == pytest.approx(1, abs=1e-3)
    assert len(shown) == 3


# A unit's score is its own, and the same each time


def test_same_settings_give_the_same_bytes(book, units, fake_encoder):
    first, again = (assign(book, fake_encoder, units, seed=3).frames for _ in range(2))
    assert first["score"].to_numpy().tobytes() == again["score"].to_numpy().tobytes()
    pd.testing.assert_frame_equal(first, again)


def test_score_of_a_unit_alone_is_its_score_among_units_of_other_articles(taught, units, fake_encoder):
    units = units.drop_duplicates("article_id").reset_index(drop=True)
    together = taught.predict(units, embed(units, encoder=fake_encoder)).frames
    parts = [units.iloc[[i]] for i in range(len(units))]
    alone = pd.concat([taught.predict(part, embed(part, encoder=fake_encoder)).frames for part in parts])
    same = together[together["unit_id"].isin(alone["unit_id"])]
    pd.testing.assert_frame_equal(same.reset_index(drop=True), alone.reset_index(drop=True))


def test_order_of_units_changes_the_order_of_rows_only(taught, assignment, units, fake_encoder):
    straight = assignment.frames
    turned = taught.predict(units[::-1], embed(units[::-1], encoder=fake_encoder)).frames
    assert turned["unit_id"].iloc[0] == units["unit_id"].iloc[-1]
    keys = ["unit_id", "frame"]
    pd.testing.assert_frame_equal(
        straight.sort_values(keys, ignore_index=True), turned.sort_values(keys, ignore_index=True)
    )


def test_units_and_vectors_are_left_as_they_were(book, units, fake_encoder):
    vectors = embed(units, encoder=fake_encoder)
    before, matrix = units.copy(), vectors.matrix.copy()
    FrameModel(book, encoder=fake_encoder).fit(units, vectors).predict(units, vectors)
    pd.testing.assert_frame_equal(units, before)
    assert (vectors.matrix == matrix).all()


def test_table_without_units_gives_a_table_without_rows(judge):
    found = judge()
    assert found.frames.empty
    assert list(found.frames.columns) == FRAME_COLUMNS
    assert found.to_frame().empty
    assert found.dominant().empty


def test_one_unit_is_enough(judge, book):
    found = judge("حذر مهندس من خطر انهيار السقف على المصلين.")
    assert state(found, "safety") == ["carried"]
    assert len(found.frames) == len(book.frame_ids)


def test_units_that_are_all_alike_get_the_same_rows(judge):
    found = judge(*["تجاوزت كلفة السوق الجديدة ضعف ما رصد لها."] * 6)
    assert len(found.frames.drop_duplicates(["frame", "score", "state"])) == len(found.codebook.frame_ids)
    assert state(found, "economy") == ["carried"] * 6


# Codebooks of every size


def test_codebook_with_a_single_frame_is_enough(tmp_path, fake_encoder):
    frame = {
        "id": "danger", "name": "خطر", "definition": "خطر على الناس.",
        "examples": [f"خطر كبير في الحي {letter}" for letter in "ابتثج"],
    }  # fmt: skip
    codebook = make_codebook(tmp_path, frame, none=[f"حفل في الحي {letter}" for letter in "ابتثج"])
    found = assign(codebook, fake_encoder, make_units("خطر قريب من البيوت", "حفل قريب من البيوت"))
    assert state(found, "danger") == ["carried", "none"]


def test_frame_without_examples_goes_by_its_words(tmp_path, fake_encoder):
    codebook = make_codebook(tmp_path, RULE_ONLY)
    found = assign(
        codebook, fake_encoder, make_units("تضرب موجة الحر المدن", "قيظ القلب", "ليس ثمة قيظ هذا العام", "مطر")
    )
    assert state(found, "heat") == ["carried", "none", "contested", "none"]
    assert 0.0 < found.settings["thresholds"]["heat"] < 1.0


def test_frame_without_examples_stands_beside_one_that_has_them(tmp_path, fake_encoder):
    frame = {
        "id": "danger", "name": "خطر", "definition": "خطر على الناس.",
        "examples": [f"خطر كبير في الحي {letter}" for letter in "ابتثج"],
    }  # fmt: skip
    codebook = make_codebook(tmp_path, RULE_ONLY, frame, none=[f"حفل في الحي {letter}" for letter in "ابتثج"])
    found = assign(codebook, fake_encoder, make_units("قيظ لا يحتمل", "خطر قريب من البيوت"))
    assert state(found, "heat") == ["carried", "none"]
    assert state(found, "danger") == ["none", "carried"]


@pytest.mark.parametrize("n_examples", [0, 3])
def test_frame_with_neither_words_nor_enough_examples_is_refused(tmp_path, fake_encoder, n_examples):
    frame = {"id": "bare", "name": "ا", "definition": "ب", "examples": [f"مثال رقم {i}" for i in range(n_examples)]}
    codebook = make_codebook(tmp_path, frame, none=[f"غير ذلك {i}" for i in range(6)])
    with pytest.raises(
        CodebookError, match=rf"frame 'bare': {n_examples} of {6 + n_examples} examples and no terms.*4"
    ):
        FrameModel(codebook, encoder=fake_encoder).fit()


def test_frame_that_every_example_carries_is_refused(tmp_path, fake_encoder):
    frame = {"id": "all", "name": "ا", "definition": "ب", "examples": [f"مثال رقم {i}" for i in range(6)]}
    with pytest.raises(CodebookError, match=r"frame 'all': 6 of 6 examples.*units without it"):
        FrameModel(make_codebook(tmp_path, frame), encoder=fake_encoder).fit()


def test_only_child_of_a_parent_is_carried_with_it(tmp_path, fake_encoder):
    child = {"id": "south", "parent": "heat", "name": "جنوب", "definition": "في الجنوب."}
    found = assign(make_codebook(tmp_path, RULE_ONLY, child), fake_encoder, make_units("قيظ شديد", "مطر"))
    assert state(found, "heat") == state(found, "heat.south") == ["carried", "none"]


# Wrong calls


def test_model_that_is_not_fitted_says_so(book, fake_encoder):
    units = make_units("نص")
    with pytest.raises(ValueError, match=r"not fitted; call \.fit\(\) first"):
        FrameModel(book, encoder=fake_encoder).predict(units, embed(units, encoder=fake_encoder))


def test_vectors_of_other_units_are_refused(taught, units, fake_encoder):
    vectors = embed(units, encoder=fake_encoder)
    with pytest.raises(ValueError, match="other units, or in another order; embed these units"):
        taught.predict(units[::-1], vectors)


def test_vectors_of_another_encoder_are_refused(taught, units, fake_encoder):
    vectors = embed(units, encoder=fake_encoder)
    other = replace(vectors, encoder=vectors.encoder | {"revision": "2"})
    with pytest.raises(ValueError, match=r"by fake \(2\), the model learned with fake \(1\); use one encoder"):
        taught.predict(units, other)


# Coded units teach


def make_codes(units, frame, value="true"):
    return pd.DataFrame({"unit_id": units["unit_id"], "frame": frame, "value": value})


def test_coded_units_teach_what_the_codebook_does_not(judge, book, fake_encoder):
    texts = [f"طيور النهر تعبر قرب الحي {letter}" for letter in "ابتثجحخد"]
    coded, new = make_units(*texts), make_units("طيور البحر تعبر قرب الحي")
    vectors = embed(coded, encoder=fake_encoder)
    before = judge(*new["text"])
    model = FrameModel(book, encoder=fake_encoder).fit(coded, vectors, codes=make_codes(coded, "economy"))
    after = model.predict(new, embed(new, encoder=fake_encoder))
    assert state(before, "economy") == ["none"]
    assert state(after, "economy") == ["carried"]


def test_coded_units_teach_the_child_too(book, fake_encoder):
    texts = [f"طيور النهر سبب التأخير، الحي {letter}" for letter in "ابتثجحخدذر"]
    coded, new = make_units(*texts), make_units("طيور البحر سبب التأخير")
    vectors = embed(coded, encoder=fake_encoder)
    for child in ("blame.by_council", "blame.by_company"):
        model = FrameModel(book, encoder=fake_encoder).fit(coded, vectors, codes=make_codes(coded, child))
        assert state(model.predict(new, embed(new, encoder=fake_encoder)), child) == ["carried"]


def test_units_coded_as_nothing_teach_no_frame(taught, book, fake_encoder):
    coded = make_units(*[f"خطر في اسم الرواية {letter}" for letter in "ابتثجحخدذرزسشصضط"])
    vectors = embed(coded, encoder=fake_encoder)
    codes = make_codes(coded, "safety", "false")
    anew = FrameModel(book, encoder=fake_encoder).fit(coded, vectors, codes=codes).predict(coded, vectors)
    untaught = taught.predict(coded, vectors)
    assert state(untaught, "safety").count("carried") > state(anew, "safety").count("carried")


def test_codes_without_their_units_are_refused(book, fake_encoder):
    with pytest.raises(ValueError, match="codes need the units they belong to and their vectors"):
        FrameModel(book, encoder=fake_encoder).fit(codes=make_codes(make_units("نص"), "safety"))


def test_codes_of_unknown_units_are_refused(book, fake_encoder):
    units = make_units("نص")
    codes = make_codes(units, "safety").assign(unit_id="b#7")
    with pytest.raises(ValueError, match="1 coded units are not among the units, such as b#7"):
        FrameModel(book, encoder=fake_encoder).fit(units, embed(units, encoder=fake_encoder), codes=codes)


def test_model_takes_ready_made_vectors(taught, fake_encoder):
    units = make_units("حذر مهندس من خطر انهيار السقف على المصلين.")
    about = {"name": "fake", "revision": "1", "precision": "fp32", "n_dims": 16}
    vectors = Vectors(("a#0",), fake_encoder.encode(units["text"].tolist()), about)
    found = taught.predict(units, vectors)
    assert state(found, "safety") == ["carried"]


# Words and denials


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("وصفه بأنه تصعيد خطير", True),
        ("والتصعيدُ مستمرّ", True),
        ("وبتصعيدها", True),
        ("خطوة نحو توسيع للحرب", True),
        ("يريدون توسيع الحرب", True),
        ("سافر إلى الصعيد", False),
        ("", False),
    ],
)
def test_term_counts_as_a_whole_word_with_its_clitics(text, expected):
    assert has_term(lexical_view(text), TERMS, ()) is expected


def test_term_inside_a_false_friend_does_not_count():
    assert not has_term(lexical_view("سلامة اللغة أولًا"), ["سلامة"], ["سلامة اللغة"])
    assert has_term(lexical_view("سلامة اللغة وسلامة الناس"), ["سلامة"], ["سلامة اللغة"])


@pytest.mark.parametrize(
    "text",
    [
        "هذا ليس تصعيدًا",
        "نفى المتحدث أن يكون ذلك تصعيدًا",
        "نفت الوزارة أي تصعيد",
        "لا تصعيد في الأفق",
        "لا نرى في الخطوة تصعيدًا",
        "واستبعد خبراء حدوث تصعيد",
        "لم يكن تصعيدًا",
        "ليس تصعيدًا ولا توسيع الحرب",
    ],
)
def test_term_behind_a_denial_is_denied(text):
    view = lexical_view(text)
    assert has_denial(view)
    assert is_denied(view, TERMS)


@pytest.mark.parametrize(
    "text",
    [
        "هذا تصعيد خطير",  # nothing is denied
        "تصعيد ليس بعده تراجع",  # the denial stands behind the word
        "ليس هذا إلا تصعيدًا",  # turned round
        "ليس دفاعًا بل تصعيد",
        "لم يحضر الوزير. هذا تصعيد",  # another sentence
        "لم يحضر الوزير، وهذا تصعيد",  # another clause
        "هذا تصعيد وليس تصعيدًا عابرًا",  # one of them stands free
        "تصعيد غير مسبوق",
        "لا يزال التصعيد قائمًا",  # an idiom
        "لا شك أنه تصعيد",
        "لم ينف الكرملين التصعيد",
        "ليس في النص كلمة من كلماته",  # no term at all
        "",
    ],
)
def test_term_that_stands_free_is_not_denied(text):
    assert is_denied(lexical_view(text), TERMS) is False


def test_denial_reaches_only_so_far():
    near = "لم " + "كلمة " * 3 + "تصعيد"
    far = "لم " + "كلمة " * 4 + "تصعيد"
    assert is_denied(lexical_view(near), TERMS)
    assert not is_denied(lexical_view(far), TERMS)


@pytest.mark.parametrize("unit", ["لا تصعيد ", "لا تصعيد ولا توسيع الحرب، ليس تصعيدًا ", "لم " + "ك" * 50 + " تصعيد "])
def test_time_of_a_denial_grows_with_the_text_and_no_faster(growth, unit):
    text = lexical_view(unit * (20_000 // len(unit)))
    assert is_denied(text, TERMS)
    assert growth(lambda view: is_denied(view, TERMS), text) < 3


@pytest.mark.parametrize("text", ["لا يزال قائمًا", "أم لا", "غير مسبوق", "علامات وملامح", "لاعب يلعب"])
def test_idioms_and_parts_of_words_deny_nothing(text):
    assert has_denial(lexical_view(text)) is False


def test_bare_denial_is_contested_and_does_not_count_as_carried(judge):
    found = judge("نفى مدير المشروع وجود أي خطر على العابرين في الممر.")
    assert state(found, "safety") == ["contested"]
    assert not found.to_frame()["is_safety"].any()
    assert "safety" not in set(found.carried()["frame"])


def test_very_sure_unit_is_carried_even_behind_a_denial(judge, monkeypatch):
    monkeypatch.setattr("framing.frame_learned.SURE", 0.0)
    found = judge("نفى مدير المشروع وجود أي خطر على العابرين في الممر.")
    assert "contested" not in set(found.frames["state"])
