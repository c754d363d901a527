"""The kernel machine: its solution, what it would have said of styles it had not seen, and how parts are left out."""

import numpy as np
import pytest

from framing.frame_machine import FOLDS, RIDGE, Examples, centred, folds, kernel, learn
from framing.frame_texts import TextView

STYLES = ("agency", "opinion", "headline", "broadsheet")
WORDS = ("خطر", "كلفة", "حق", "جسر", "طريق", "مدينة", "مجلس", "شركة", "نهر", "سوق")


def make_examples(n=40, k=3, *, styles=STYLES, seed=1, shared=True):
    """Give texts of known words with vectors of no meaning; with `shared`, every third example carries a frame."""
    rng = np.random.default_rng(seed)
    texts = [" ".join(rng.choice(WORDS, 5)) for _ in range(n)]
    vectors = rng.normal(size=(n, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels = rng.random((n, k)) < 0.4
    labels[:, 0] = np.arange(n) % 3 == 0 if shared else False
    names = [styles[row % len(styles)] for row in range(n)]
    return Examples(texts, vectors, labels, names, tuple(f"q{number}" for number in range(k)))


def gram_of(examples):
    mean = examples.vectors.mean(axis=0, dtype=np.float64)
    meaning = centred(examples.vectors, mean).astype(np.float32)
    _, spelled = TextView.learn(examples.texts)
    return kernel(meaning, meaning) + (spelled @ spelled.T).toarray()


def bordered(gram, targets):
    """Solve the system of Suykens & Vandewalle (1999) as it is written: a bias, and duals that add to nought."""
    n = len(gram)
    system = np.zeros((n + 1, n + 1))
    system[0, 1:] = system[1:, 0] = 1.0
    system[1:, 1:] = gram + RIDGE * np.eye(n)
    found = np.linalg.solve(system, np.vstack([np.zeros(targets.shape[1]), targets]))
    return found[1:], found[0]


@pytest.fixture(scope="module")
def examples():
    return make_examples()


def test_solution_is_that_of_the_bordered_system(examples):
    machine, _ = learn(examples, seed=0)
    dual, bias = bordered(gram_of(examples), np.where(examples.labels, 1.0, -1.0))
    np.testing.assert_allclose(machine.dual, dual, atol=1e-9)
    np.testing.assert_allclose(machine.bias, bias, atol=1e-9)
    np.testing.assert_allclose(machine.dual.sum(axis=0), 0.0, atol=1e-9)


def test_margin_of_an_example_misses_its_target_by_the_ridge_times_its_weight(examples):
    machine, _ = learn(examples, seed=0)
    targets = np.where(examples.labels, 1.0, -1.0)
    found = machine.margins(examples.texts, examples.vectors)
    np.testing.assert_allclose(found, targets - RIDGE * machine.dual, atol=1e-5)  # meaning is kept in float32


def test_left_out_margins_are_those_of_a_machine_learned_without_the_part(examples):
    """Exactly so where features, their rarity and the centre stay those of all examples: the kernel is the same."""
    _, unseen = learn(examples, seed=0)
    gram, targets = gram_of(examples), np.where(examples.labels, 1.0, -1.0)
    parts = folds(examples, 0)
    assert len(np.unique(parts)) == len(STYLES)
    for part in np.unique(parts):
        out, rest = np.flatnonzero(parts == part), np.flatnonzero(parts != part)
        dual, bias = bordered(gram[np.ix_(rest, rest)], targets[rest])
        np.testing.assert_allclose(unseen[out], gram[np.ix_(out, rest)] @ dual + bias, atol=1e-9)


def test_no_example_is_judged_by_its_own_style(examples):
    """Turning all labels of a style round changes what is said of others, and nothing of what is said of itself."""
    turned = examples.labels.copy()
    own = np.array(examples.styles) == "opinion"
    turned[own] = ~turned[own]
    _, before = learn(examples, seed=0)
    _, after = learn(Examples(examples.texts, examples.vectors, turned, examples.styles, examples.columns), seed=0)
    np.testing.assert_allclose(after[own], before[own], atol=1e-9)
    assert np.abs(after[~own] - before[~own]).max() > 0.01


def test_example_repeated_in_another_style_is_told_by_its_twin(examples):
    twin = Examples(
        examples.texts + examples.texts[:1], np.vstack([examples.vectors, examples.vectors[:1]]),
        np.vstack([examples.labels, ~examples.labels[:1]]), [*examples.styles, "headline"], examples.columns,
    )  # fmt: skip
    _, alone = learn(examples, seed=0)
    _, contradicted = learn(twin, seed=0)
    said_by_twin = np.where(examples.labels[0], -1.0, 1.0)
    assert (np.abs(contradicted[0] - said_by_twin) < np.abs(alone[0] - said_by_twin)).all()


# Parts


def test_styles_are_the_parts_where_three_of_them_hold_a_frame(examples):
    parts = folds(examples, 0)
    assert {(style, part) for style, part in zip(examples.styles, parts, strict=True)} == set(
        zip(sorted(STYLES), range(4), strict=True)
    )


def test_styles_that_hold_no_frame_do_not_count_towards_three():
    names, labels = ["one", "two", "empty", "more"] * 5, np.ones((20, 1), dtype=bool)
    labels[np.isin(names, ["empty", "more"])] = False
    examples = Examples([str(i) for i in range(20)], np.zeros((20, 2)), labels, names, ("q",))
    assert np.bincount(folds(examples, 0)).tolist() == [4] * FOLDS


def test_five_parts_share_out_those_that_carry_a_frame_evenly():
    names, labels = ["coded"] * 23, np.arange(23)[:, None] < 10
    examples = Examples([str(i) for i in range(23)], np.zeros((23, 2)), labels, names, ("q",))
    parts = folds(examples, 3)
    assert np.bincount(parts[:10]).tolist() == [2] * FOLDS
    assert set(np.bincount(parts)) == {4, 5}


def test_seed_decides_the_five_parts_and_nothing_where_styles_do(examples):
    one_style = make_examples(styles=("coded",))
    assert (folds(one_style, 1) == folds(one_style, 1)).all()
    assert (folds(one_style, 1) != folds(one_style, 2)).any()
    assert (folds(examples, 1) == folds(examples, 2)).all()


def test_nothing_is_said_of_examples_when_none_would_be_left():
    _, unseen = learn(make_examples(n=1), seed=0)
    assert (unseen == 0.0).all()


# Shapes that break sums


def test_question_that_no_example_answers_with_yes_is_answered_no():
    examples = make_examples(shared=False)
    machine, unseen = learn(examples, seed=0)
    np.testing.assert_allclose(machine.margins(["جسر جديد"], examples.vectors[:1])[:, 0], -1.0, atol=1e-9)
    np.testing.assert_allclose(unseen[:, 0], -1.0, atol=1e-9)


def test_examples_that_are_all_alike_give_finite_answers():
    vectors = np.ones((12, 4), dtype=np.float32) / 2
    labels = np.arange(12)[:, None] % 2 == 0
    machine, unseen = learn(Examples(["جسر قديم"] * 12, vectors, labels, list("abcabcabcabc"), ("q",)), seed=0)
    assert np.isfinite(unseen).all()
    np.testing.assert_allclose(machine.margins(["جسر قديم"], vectors[:1]), 0.0, atol=1e-9)


def test_answers_do_not_depend_on_the_other_texts_or_on_how_many_are_asked_at_once(examples, monkeypatch):
    machine, _ = learn(examples, seed=0)
    whole = machine.margins(examples.texts, examples.vectors)
    monkeypatch.setattr("framing.frame_machine.ROWS_AT_ONCE", 7)
    np.testing.assert_allclose(machine.margins(examples.texts, examples.vectors), whole, atol=1e-12)
    assert machine.margins([], examples.vectors[:0]).shape == (0, 3)


@pytest.mark.parametrize("n", [20, 130])
def test_texts_without_a_letter_or_word_teach_by_their_vectors_alone(n):
    """Above a hundred examples, features of one of them are left out: here that leaves none."""
    known = make_examples(n)
    machine, unseen = learn(Examples(["؟"] * n, known.vectors, known.labels, known.styles, known.columns), seed=0)
    assert np.isfinite(unseen).all()
    assert np.isfinite(machine.margins(["جسر", ""], known.vectors[:2])).all()


def test_kernel_is_one_for_a_vector_and_itself_and_falls_with_distance():
    rows = centred(np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]), np.zeros(2))
    found = kernel(rows, rows)
    np.testing.assert_allclose(np.diag(found), 1.0)
    assert 1.0 > found[0, 1] > found[0, 2] > 0.0
    np.testing.assert_allclose(found, found.T)


def test_vector_that_is_the_mean_stays_at_the_centre():
    assert (centred(np.array([[2.0, 3.0]]), np.array([2.0, 3.0])) == 0.0).all()


def test_examples_put_behind_others_keep_their_rows(examples):
    more = make_examples(5, seed=2)
    found = examples.with_more(more)
    assert found.texts[-5:] == more.texts
    assert (found.column("q1")[-5:] == more.labels[:, 1]).all()
    assert len(found.vectors) == len(found.labels) == len(found.styles) == 45
