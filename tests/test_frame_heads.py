"""What the frame model learns: signals, weights and thresholds."""

from dataclasses import replace

import numpy as np
import pytest

from framing import frame_heads
from framing.frame_heads import CalibratedHeads, Examples, Heads, best_threshold, centred, out_of_style, weigh

STYLES = ("agency", "opinion", "headline", "broadsheet")


def make_examples(n=24, *, styles=STYLES, n_dims=6) -> Examples:
    """Give examples of which every second one carries the only frame; their vectors say so plainly."""
    rng = np.random.default_rng(1)
    wanted = np.arange(n) % 2 == 0
    vectors = rng.normal(0, 0.2, (n, n_dims)) + np.where(wanted, 1.0, -1.0)[:, None]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    letter = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
    texts = [f"{'خطر الانهيار' if carries else 'حفل المدرسة'} رقم {letter[i]}" for i, carries in enumerate(wanted)]
    names = [styles[(i // 2) % len(styles)] for i in range(n)]
    return Examples(texts, vectors.astype(np.float32), wanted[:, None], names, np.zeros(n, dtype=bool))


def test_part_keeps_texts_styles_and_rows_together():
    examples = make_examples()
    keep = np.array([style == "opinion" for style in examples.styles])
    part = examples.part(keep)
    assert set(part.styles) == {"opinion"}
    assert part.texts == [text for text, kept in zip(examples.texts, keep, strict=True) if kept]
    assert len(part.vectors) == len(part.labels) == len(part.contested) == keep.sum()


def test_centred_vectors_have_length_one_and_the_mean_itself_stays_zero():
    mean = np.array([0.5, 0.5])
    rows = centred(np.array([[1.0, 0.5], [0.5, 0.5]]), mean)
    assert np.linalg.norm(rows, axis=1).tolist() == [1.0, 0.0]


def test_signals_lean_to_yes_for_what_resembles_the_examples():
    examples = make_examples()
    heads = Heads(examples, examples.labels, seed=0)
    found = heads.signals(["خطر الانهيار قريب", "حفل المدرسة جميل"], examples.vectors[:2])
    assert (found[0, 0] > found[1, 0]).all()


def test_signals_of_no_text_are_an_empty_array():
    examples = make_examples()
    found = Heads(examples, examples.labels, seed=0).signals([], examples.vectors[:0])
    assert found.shape == (0, 1, frame_heads.N_SIGNALS)


def test_question_with_one_example_on_a_side_answers_nought():
    examples = make_examples()
    wanted = np.arange(len(examples.texts)) == 0
    found = Heads(examples, wanted[:, None], seed=0).signals(examples.texts, examples.vectors)
    assert (found[:, 0, :2] == 0).all()


def test_signals_of_a_text_do_not_depend_on_the_others():
    examples = make_examples()
    heads = Heads(examples, examples.labels, seed=0)
    together = heads.signals(examples.texts, examples.vectors)
    alone = np.vstack([heads.signals([t], examples.vectors[i : i + 1]) for i, t in enumerate(examples.texts)])
    np.testing.assert_allclose(alone, together, atol=1e-12)


class SpyHeads(Heads):
    """Remembers what it was taught with and what it was asked."""

    pairs: list[tuple[set[str], set[str]]] = []  # noqa: RUF012 - one list for all, emptied by the fixture

    def __init__(self, examples, wanted, *, seed):
        super().__init__(examples, wanted, seed=seed)
        self.known = set(examples.texts)

    def signals(self, texts, vectors):
        type(self).pairs.append((self.known, set(texts)))
        return super().signals(texts, vectors)


@pytest.fixture
def spy(monkeypatch):
    monkeypatch.setattr(frame_heads, "Heads", SpyHeads)
    monkeypatch.setattr(SpyHeads, "pairs", [])
    return SpyHeads


def test_no_example_is_judged_by_heads_that_saw_its_style(spy):
    examples = make_examples()
    style = dict(zip(examples.texts, examples.styles, strict=True))
    out_of_style(examples, examples.labels, seed=0)
    for known, asked in spy.pairs:
        assert not {style[text] for text in known} & {style[text] for text in asked}
    assert set().union(*(asked for _, asked in spy.pairs)) == set(examples.texts)


@pytest.mark.parametrize("styles", [("agency",), ("agency", "opinion"), ("",)])
def test_with_few_styles_no_example_is_judged_by_heads_that_saw_it(spy, styles):
    examples = make_examples(styles=styles)
    out_of_style(examples, examples.labels, seed=0)
    assert len(spy.pairs) == frame_heads.FOLDS
    for known, asked in spy.pairs:
        assert known
        assert not known & asked


def test_thresholds_come_from_predictions_for_unseen_styles(spy):
    examples = make_examples()
    heads = CalibratedHeads(examples, examples.labels, examples.labels, seed=0)
    assert heads.unseen_scores.shape == examples.labels.shape
    assert heads.thresholds == [best_threshold(heads.unseen_scores[:, 0], examples.labels[:, 0])]


def test_calibrated_scores_stay_within_nought_and_one_and_repeat():
    examples = make_examples()
    hits = np.zeros_like(examples.labels)
    first, again = (
        CalibratedHeads(examples, examples.labels, hits, seed=3).score(examples.texts, examples.vectors, hits)
        for _ in range(2)
    )
    assert ((first >= 0) & (first <= 1)).all()
    assert first.tobytes() == again.tobytes()


def test_calibrated_scores_tell_the_frame_from_the_rest():
    examples = make_examples()
    hits = np.zeros_like(examples.labels)
    score = CalibratedHeads(examples, examples.labels, hits, seed=0).score(examples.texts, examples.vectors, hits)
    assert score[examples.labels].min() > score[~examples.labels].max()


def test_weights_are_never_negative():
    rng = np.random.default_rng(5)
    wanted = np.arange(60) % 3 == 0
    signals = rng.normal(size=(60, 3))
    signals[:, 0] += 2 * wanted
    signals[:, 1] -= 2 * wanted  # speaks against its own frame
    weights = weigh(signals, ~wanted, wanted)
    assert weights[0] > 0
    assert weights[1] == 0.0
    assert weights[3] == 0.0
    assert min(weights[:4]) >= 0


def test_signals_that_all_speak_against_the_frame_count_alike():
    wanted = np.arange(40) % 2 == 0
    against = np.where(wanted, -1.0, 1.0)[:, None].repeat(3, axis=1)
    assert weigh(against, np.zeros(40, dtype=bool), wanted) == (1.0, 1.0, 1.0, 0.0, 0.0)


@pytest.mark.parametrize("n_yes", [0, 1, 9, 10])
def test_one_sided_examples_get_plain_weights(n_yes):
    wanted = np.arange(10) < n_yes
    assert weigh(np.ones((10, 3)), wanted, wanted) == (1.0, 1.0, 1.0, 0.0, 0.0)


def test_best_threshold_parts_what_can_be_parted():
    wanted = np.arange(20) < 8
    scores = np.where(wanted, 0.9, 0.1)
    # Every cut is as good, so the middle one is taken.
    assert best_threshold(scores, wanted) == pytest.approx(0.46)


def test_best_threshold_is_the_cut_with_the_best_f1():
    wanted = np.array([True] * 5 + [False] * 5)
    scores = np.array([0.57, 0.58, 0.59, 0.7, 0.8, 0.55, 0.55, 0.55, 0.1, 0.1])
    assert best_threshold(scores, wanted) == pytest.approx(0.56)


def test_best_threshold_stays_in_its_range_without_positives():
    assert 0.3 <= best_threshold(np.full(6, 0.99), np.zeros(6, dtype=bool)) <= 0.6
    assert 0.3 <= best_threshold(np.zeros(6), np.ones(6, dtype=bool)) <= 0.6


def test_examples_that_are_all_alike_give_one_score():
    examples = make_examples()
    same = replace(examples, texts=["نص واحد"] * 24, vectors=np.tile(examples.vectors[0], (24, 1)))
    hits = np.zeros_like(examples.labels)
    score = CalibratedHeads(same, same.labels, hits, seed=0).score(same.texts, same.vectors, hits)
    assert np.isfinite(score).all()
    assert len(np.unique(score.round(6))) == 1
