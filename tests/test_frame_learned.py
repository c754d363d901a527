"""From margins to states: context, denials, children, and what a codebook of any size gives."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from framing import frame_learned
from framing.arabic import lexical_view
from framing.codebook import load_codebook
from framing.errors import CodebookError
from framing.frame_curve import PREVALENCE, Curve, coded_prevalence, told_curve
from framing.frame_examples import MIN_REFERENCE, Descriptions, codebook_examples, columns_of
from framing.frame_learned import (
    DECIMALS,
    MIN_POSITIVE,
    LearnedFrames,
    Signals,
    best_cut,
    decide,
    find_hits,
    learn_frames,
    rows_before,
    three_signals,
    unlikely_units,
)
from framing.frames import FrameModel
from framing.vectors import embed

DATA = Path(__file__).parent / "data"
NOTHING = "جرى ذلك أمس في الساعة الثالثة."
DANGER = "حذر مهندس من خطر انهيار السقف على المصلين."
DENIAL = "نفى مدير المشروع وجود أي خطر على العابرين في الممر."


@pytest.fixture(scope="module")
def book():
    return load_codebook(DATA / "codebook.yaml")


@pytest.fixture(scope="module")
def model(book, shared_encoder):
    return FrameModel(book, encoder=shared_encoder).fit()


def make_article(*texts, article="a", first=0):
    rows = [(f"{article}#{n}", article, n, text) for n, text in enumerate(texts, first)]
    return pd.DataFrame(rows, columns=["unit_id", "article_id", "n", "text"])


@pytest.fixture
def ask(model, shared_encoder):
    """Give a function that gives the scores and states of units, by unit and frame."""

    def found(units):
        return model.predict(units, embed(units, encoder=shared_encoder)).frames.set_index(["unit_id", "frame"])

    return found


def make_book(tmp_path, *frames, none=()):
    path = tmp_path / "codebook.yaml"
    made = {"id": "made", "version": "1", "title": "made", "frames": list(frames), "none_examples": list(none)}
    path.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
    return load_codebook(path)


# The sentence before


def test_sentence_before_lends_its_parents_a_part_of_their_score(ask):
    alone = ask(make_article(NOTHING))["score"]
    behind = ask(make_article(DANGER, NOTHING)).loc["a#1", "score"]
    assert behind["safety"] > alone["a#0", "safety"]
    other = ask(make_article("وصلت الحافلات إلى المحطة في موعدها.", NOTHING)).loc["a#1", "score"]
    assert other["safety"] < behind["safety"]


def test_margin_grows_by_context_times_the_score_of_the_sentence_before(model, book, shared_encoder):
    units = make_article(DANGER, NOTHING)
    matrix = shared_encoder.encode(units["text"].tolist())
    with_context = model.learned.signals(book, units, matrix)
    without = model.learned.signals(book, units[["unit_id", "text"]], matrix)
    lent = model.learned.scores(book, without)[0]
    parents = [model.learned.column(frame.frame_id) for frame in book.parents]
    grown = (with_context.margins - without.margins)[:, parents]
    np.testing.assert_allclose(grown[1], frame_learned.CONTEXT * lent)
    assert (grown[0] == 0.0).all()
    rest = np.setdiff1d(np.arange(with_context.margins.shape[1]), parents)
    np.testing.assert_array_equal(with_context.margins[:, rest], without.margins[:, rest])


def test_first_sentence_has_its_own_score(ask):
    pd.testing.assert_series_equal(
        ask(make_article(DANGER, NOTHING)).loc["a#0", "score"], ask(make_article(DANGER)).loc["a#0", "score"]
    )


@pytest.mark.parametrize("other", [{"article": "b"}, {"first": 2}, {"article": "b", "first": 1}])
def test_sentence_of_another_article_or_further_off_lends_nothing(ask, other):
    units = pd.concat([make_article(DANGER), make_article(NOTHING, **other)], ignore_index=True)
    alone = make_article(NOTHING, **other)
    unit_id = alone["unit_id"].iloc[0]
    pd.testing.assert_series_equal(ask(units).loc[unit_id, "score"], ask(alone).loc[unit_id, "score"])


def test_nothing_runs_down_an_article(ask):
    """The second sentence lends what it holds itself, not what the first lent to it."""
    whole = ask(make_article(DANGER, NOTHING, "ثم عاد الجميع إلى بيوتهم."))
    cut = ask(make_article(NOTHING, "ثم عاد الجميع إلى بيوتهم.", first=1))
    pd.testing.assert_series_equal(whole.loc["a#2", "score"], cut.loc["a#2", "score"])


def test_order_of_rows_does_not_matter(ask):
    units = pd.concat(
        [make_article(DANGER, NOTHING, "الموازنة لا تكفي.", NOTHING), make_article(NOTHING, DENIAL, article="b")],
        ignore_index=True,
    )
    straight = ask(units).sort_index()
    for seed in range(3):
        pd.testing.assert_frame_equal(ask(units.sample(frac=1, random_state=seed)).sort_index(), straight)


def test_rows_before_are_found_by_article_and_number():
    units = pd.concat([make_article("أ.", "ب.", "ج."), make_article("د.", article="b", first=1)], ignore_index=True)
    assert rows_before(units).tolist() == [-1, 0, 1, -1]
    assert rows_before(units[::-1]).tolist() == [-1, 2, 3, -1]
    assert rows_before(units.drop(columns="n")).tolist() == [-1] * 4
    assert rows_before(units[:0]).tolist() == []


def test_heading_has_no_sentence_before_it_and_lends_to_the_one_behind_it():
    units = make_article("قال إن الجسر خطر.", "جسر بطول ميل", 'وأضاف: "الجسر خطر."', "هل سقط؟»", "انتهى", "ثم عاد…")
    assert rows_before(units).tolist() == [-1, -1, 1, 2, -1, 4]


def test_repeated_texts_get_the_score_of_their_place(ask):
    found = ask(make_article(NOTHING, NOTHING, DANGER, NOTHING))["score"]
    assert found["a#3", "safety"] > found["a#1", "safety"] >= found["a#0", "safety"]
    apart = pd.concat([make_article(NOTHING, article=name) for name in "abc"], ignore_index=True)
    assert ask(apart)["score"].groupby("frame").nunique().eq(1).all()


# Denials


def made_up(book, margins, *, texts=None, hits=None, denial=0.0, **changes):
    """Give a fitted model that sees the margins given, and what it sees."""
    n = len(margins)
    columns = columns_of(book)
    table = np.full((n, len(columns)), -1.0)
    for row, said in enumerate(margins):
        for name, value in said.items():
            table[row, columns.index(name)] = value
    k = len(book.parents)
    flat = replace(told_curve(), weights=np.array([4.0, 0.0, 0.0]), bias=0.0)
    learned = LearnedFrames(
        columns, None, {frame.frame_id: flat for frame in book.parents},
        frozenset(book.frame_ids), Descriptions(()), denial, 0, **changes,
    )  # fmt: skip
    views = [lexical_view(text) for text in texts or [""] * n]
    seen = Signals(views, table, np.zeros((n, k)), np.zeros((n, k), dtype=bool) if hits is None else hits)
    units = pd.DataFrame({"unit_id": [f"u{row}" for row in range(n)]})
    return decide(book, learned, units, seen).pivot_table(
        index="unit_id", columns="frame", values="state", aggfunc="first"
    )


def test_denial_by_examples_contests_the_nearest_parent_only(book):
    """Nearest is the parent whose own margin and whose denial's margin add up to most."""
    found = made_up(
        book,
        [
            {"contested": 0.5, "contested:safety": 0.6, "safety": -0.1, "economy": 0.2},
            {"contested": 0.5, "contested:rights": 0.1, "rights": 0.1},
            {"contested": -0.5, "contested:safety": 0.6, "safety": 0.2},
        ],
    )
    parents = ["safety", "economy", "rights", "blame"]
    assert found.loc["u0", parents].tolist() == ["contested", "carried", "none", "none"]
    assert found.loc["u1", parents].tolist() == ["none", "none", "contested", "none"]
    assert found.loc["u2", parents].tolist() == ["carried", "none", "none", "none"]


def test_without_examples_of_denial_nothing_is_denied_by_them(book):
    found = made_up(book, [{"contested": 5.0, "contested:safety": 5.0, "safety": 0.5}], denial=np.inf)
    assert found.loc["u0", "safety"] == "carried"


def test_denial_by_rule_contests_every_parent_whose_words_are_denied(book):
    found = made_up(book, [{}, {}], texts=["ليس ثمة خطر ولا ديون.", "ثمة خطر."], denial=np.inf)
    assert found.loc["u0", ["safety", "economy", "rights"]].tolist() == ["contested", "contested", "none"]
    assert found.loc["u1", "safety"] == "none"


def test_very_sure_unit_is_carried_unless_examples_say_plainly_that_it_denies(book, monkeypatch):
    monkeypatch.setattr(frame_learned, "SURE", 0.9)
    sure = {"safety": 2.0, "contested:safety": 0.5}
    found = made_up(
        book, [sure | {"contested": -0.1}, sure | {"contested": 0.1}, sure],
        texts=["", "", "ليس ثمة خطر."], denial=-0.4,
    )  # fmt: skip
    assert found["safety"].tolist() == ["carried", "contested", "carried"]


def test_likeliest_child_shares_its_parents_state_also_where_it_is_contested(book):
    said = {"contested": 0.5, "contested:blame": 0.6, "blame": 0.2, "blame.by_council": 0.4}
    found = made_up(book, [said, {"blame": 0.5, "blame.by_company": 0.1}, {}])
    children = ["blame", "blame.by_company", "blame.by_council"]
    assert found.loc["u0", children].tolist() == ["contested", "none", "contested"]
    assert found.loc["u1", children].tolist() == ["carried", "carried", "none"]
    assert found.loc["u2", children].tolist() == ["none", "none", "none"]


def test_contested_is_taught_by_examples(book, fake_encoder):
    """Said so, a frame is denied without any of its words and without a word of denial."""
    texts = [f"الحديث عن هلاك العابرين مبالغ فيه، قال شاهد من الحي {letter}" for letter in "ابتثجحخد"]
    rows = [
        {"text": text, "contested": "safety", "style": style} for text, style in zip(texts, "xyz" * 3, strict=False)
    ]
    taught = FrameModel(book.add_examples(rows), encoder=fake_encoder).fit()
    assert np.isfinite(taught.learned.denial)
    units = make_article("الحديث عن هلاك العابرين مبالغ فيه، قال موظف.")
    states = taught.predict(units, embed(units, encoder=fake_encoder)).to_frame()
    assert states["state_safety"].item() == "contested"
    assert not states["is_safety"].item()


def test_too_few_denials_teach_none(model):
    assert "contested" not in model.learned.taught
    assert model.learned.denial == np.inf


def test_cut_of_denials_is_where_f1_is_best():
    wanted = np.arange(40) < 10
    margins = np.where(wanted, 0.1, -0.6)
    cut = best_cut(margins, wanted)
    assert -0.6 < cut <= 0.1
    assert best_cut(np.where(wanted, -0.3, -0.7), wanted) < 0.0
    assert np.isfinite(best_cut(np.zeros(5), np.zeros(5, dtype=bool)))


# Parents and children


def test_parents_margin_moves_towards_its_likeliest_child_and_no_other_margin_moves(model, book):
    columns = model.learned.columns
    margins = np.zeros((2, len(columns)))
    margins[:, columns.index("blame.by_council")] = [1.0, -1.0]
    margins[:, columns.index("blame.by_company")] = [-1.0, -1.0]
    found = model.learned.joined(book, margins)
    place = columns.index("blame")
    assert 0.0 < found[0, place] < 1.0
    assert -1.0 < found[1, place] < 0.0
    np.testing.assert_array_equal(np.delete(found, place, axis=1), np.delete(margins, place, axis=1))
    assert (margins[:, place] == 0.0).all(), "the margins given stay as they were"


def test_child_without_examples_is_less_likely_than_any_taught_one_that_is_half_sure(book):
    found = made_up(book, [{"blame": 1.0, "blame.by_council": 0.0, "blame.by_company": 5.0}])
    assert found.loc["u0", "blame.by_company"] == "carried"
    columns = columns_of(book)
    margins = np.full((1, len(columns)), -1.0)
    margins[0, [columns.index("blame"), columns.index("blame.by_council")]] = [1.0, 0.0]
    learned = LearnedFrames(
        columns, None, {frame.frame_id: told_curve() for frame in book.parents},
        frozenset({"blame", "blame.by_council"}), Descriptions(()), np.inf, 0,
    )  # fmt: skip
    seen = Signals([""], margins, np.zeros((1, 4)), np.zeros((1, 4), dtype=bool))
    scores = decide(book, learned, pd.DataFrame({"unit_id": ["u"]}), seen).set_index("frame")["score"]
    assert 0.0 < scores["blame.by_company"] < scores["blame.by_council"]
    assert scores["blame.by_company"] + scores["blame.by_council"] == pytest.approx(scores["blame"], abs=2e-4)


# What decides


def test_scores_are_rounded_before_they_are_compared_with_a_rounded_threshold(model, ask):
    scores = ask(make_article(DANGER, NOTHING, DENIAL))["score"]
    assert (scores == scores.round(DECIMALS)).all()
    assert all(cut == round(cut, DECIMALS) for cut in model.thresholds.values())


def test_hits_are_of_the_terms_of_parent_and_children_outside_veto_words(book):
    views = [lexical_view(text) for text in ("خطر", "سلامة اللغة", "الكلفة والقانون", "إهمال", "")]
    assert find_hits(book, views).tolist() == [
        [True, False, False, False],
        [False, False, False, False],
        [False, True, True, False],
        [False, False, False, True],
        [False, False, False, False],
    ]
    assert find_hits(book, []).shape == (0, 4)


def test_three_signals_stand_in_the_order_of_the_weights():
    seen = Signals([""], np.array([[1.0, 2.0]]), np.array([[3.0]]), np.array([[True]]))
    assert three_signals(seen, 1, 0).tolist() == [[2.0, 3.0, 1.0]]


def test_model_without_machine_goes_by_words_and_descriptions(tmp_path, fake_encoder):
    book = make_book(tmp_path, {"id": "heat", "name": "حر", "definition": "حر.", "terms": ["قيظ"]})
    model = FrameModel(book, encoder=fake_encoder).fit()
    assert model.learned.machine is None
    units = make_article("قيظ شديد", "مطر")
    seen = model.learned.signals(book, units, fake_encoder.encode(units["text"].tolist()))
    assert seen.hits.tolist() == [[True], [False]]
    assert (seen.closeness == 0.0).all()


# What is learned


def learn(book, encoder, coded=None):
    examples = codebook_examples(book, encoder=encoder)
    descriptions = Descriptions(tuple(np.zeros((0, 16), dtype=np.float32) for _ in book.parents))
    examples = examples if coded is None else examples.with_more(coded)
    return examples, learn_frames(book, examples, descriptions, coded=coded, seed=0)


def test_frames_are_taught_from_a_least_number_of_examples_on(book, fake_encoder):
    examples, learned = learn(book, fake_encoder)
    for name in examples.columns:
        assert (name in learned.taught) == (examples.column(name).sum() >= MIN_POSITIVE)


def test_what_was_unseen_is_judged_without_its_own_style(book, fake_encoder):
    """Its scores are worse than those of the machine that has seen everything, and better than a guess."""
    examples, learned = learn(book, fake_encoder)
    unseen = learned.scores(book, learned.unseen)
    units = pd.DataFrame({"unit_id": [str(row) for row in range(len(examples.texts))], "text": examples.texts})
    seen = learned.scores(book, learned.signals(book, units, examples.vectors))
    truth = np.column_stack([examples.column(frame.frame_id) for frame in book.parents])
    wrong = [np.abs(scores - truth).mean() for scores in (seen, unseen)]
    assert wrong[0] < wrong[1] < 0.5


def test_coded_units_bring_their_own_prevalence(book, fake_encoder, monkeypatch):
    asked = []
    fit = frame_learned.fit_curve
    monkeypatch.setattr(
        frame_learned, "fit_curve", lambda *args, **said: asked.append(said["prevalence"]) or fit(*args, **said)
    )
    coded = replace(codebook_examples(book, encoder=fake_encoder), styles=["coded"] * len(book.examples))
    _, plain = learn(book, fake_encoder)
    _, taught = learn(book, fake_encoder, coded)
    n = len(book.parents)
    drawn = [coded_prevalence(coded.column(frame.frame_id)) for frame in book.parents]
    assert (asked[:n], asked[n:]) == ([PREVALENCE] * n, drawn)
    assert (plain.n_coded, taught.n_coded) == (0, len(coded.texts))


@pytest.mark.parametrize("none", [["حفل في الحي"] * 5, ["حفل", "عرس", "سوق", "مدرسة", "ملعب"]])
def test_examples_of_one_style_that_are_all_alike_teach_without_failing(tmp_path, fake_encoder, none):
    frame = {"id": "one", "name": "ا", "definition": "ب", "examples": [f"خطر {'كبير ' * i}" for i in range(1, 6)]}
    book = make_book(tmp_path, frame, none=list(dict.fromkeys(none)) + [f"حفل {'كبير ' * i}" for i in range(1, 5)])
    units = make_article(*["خطر كبير"] * 3)
    model = FrameModel(book, encoder=fake_encoder).fit()
    found = model.predict(units.drop(columns="n"), embed(units, encoder=fake_encoder)).frames
    assert np.isfinite(found["score"]).all()
    assert (found["score"] == found["score"].iloc[0]).all()
    assert found["state"].eq("carried").all()


def test_frame_that_two_examples_do_not_have_is_told_by_its_words(tmp_path, fake_encoder):
    """All but a few carry it: there is too little to set it apart from."""
    examples = [f"خطر رقم {letter}" for letter in "ابتثجح"]
    frame = {"id": "one", "name": "ا", "definition": "ب", "terms": ["خطر"], "examples": examples}
    book = make_book(tmp_path, frame, none=["حفل", "عرس"])
    model = FrameModel(book, encoder=fake_encoder).fit()
    assert model.learned.machine is None
    assert model.thresholds == {"one": round(told_curve().threshold, 4)}


def test_refusal_says_what_to_write_in_both_languages(tmp_path, fake_encoder):
    book = make_book(tmp_path, {"id": "bare", "name": "ا", "definition": "ب"})
    with pytest.raises(CodebookError, match=r"frame 'bare': 0 of 0 examples and no terms; write at least") as caught:
        FrameModel(book, encoder=fake_encoder).fit()
    assert "'bare'" in caught.value.ar
    assert str(MIN_POSITIVE) in caught.value.ar


# Units that teach


def make_corpus(n):
    texts = [DANGER if number % 5 == 0 else f"{NOTHING} {number}" for number in range(n)]
    return make_article(*texts).assign(article_id=[f"a{number}" for number in range(n)])


def test_unlikely_units_are_of_the_half_that_carries_least_and_of_no_frame(model, shared_encoder):
    units = make_corpus(40)
    matrix = embed(units, encoder=shared_encoder).matrix
    found = unlikely_units(model.codebook, model.learned, units, matrix, n=12, seed=1)
    assert len(found.texts) == len(set(found.texts)) == 12
    assert DANGER not in found.texts
    assert not found.labels.any()


def test_no_more_than_half_of_the_units_are_unlikely(model, shared_encoder):
    units = make_corpus(40)
    matrix = embed(units, encoder=shared_encoder).matrix
    assert len(unlikely_units(model.codebook, model.learned, units, matrix, n=500, seed=1).texts) == 20


def test_few_examples_leave_room_for_the_corpus_and_a_small_corpus_teaches_nothing(model, shared_encoder):
    for n, teaches in ((40, True), (MIN_REFERENCE - 1, False)):
        units = make_corpus(n)
        fitted = FrameModel(model.codebook, encoder=shared_encoder).fit(units, embed(units, encoder=shared_encoder))
        assert (fitted.learned.descriptions.seeds is not None) == teaches
        assert fitted.learned.n_examples == model.learned.n_examples


def test_where_the_corpus_teaches_few_examples_are_drawn_to_what_is_said_without_any(
    model, shared_encoder, monkeypatch
):
    drawn = []
    kept = Curve.drawn_to
    monkeypatch.setattr(Curve, "drawn_to", lambda curve, told, n: drawn.append(n) or kept(curve, told, n))
    for n, teaches in ((40, True), (MIN_REFERENCE - 1, False)):
        drawn.clear()
        units = make_corpus(n)
        FrameModel(model.codebook, encoder=shared_encoder).fit(units, embed(units, encoder=shared_encoder), store=False)
        assert bool(drawn) == teaches
        assert all(n_examples >= MIN_POSITIVE for n_examples in drawn)
