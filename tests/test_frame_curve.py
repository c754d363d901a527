"""Curves from margins to scores: signs, the shift of prevalence, the threshold, and how far few examples may lead."""

import numpy as np
import pytest

from framing.frame_curve import (
    CARRIED,
    NONE_SHARE,
    PREVALENCE,
    START,
    TOLD_COUNTS,
    USUAL_WORDS,
    Curve,
    coded_prevalence,
    fit_curve,
    told_curve,
)


def make_signals(n, *, share=0.4, seed=1, noise=0.5):
    """Give signals whose margin tells, and the answers."""
    rng = np.random.default_rng(seed)
    wanted = np.arange(n) < round(n * share)
    margin = np.where(wanted, 0.5, -0.7) + noise * rng.normal(size=n)
    word = rng.random(n) < np.where(wanted, 0.6, 0.1)
    return np.column_stack([margin, rng.normal(size=n), word]), wanted


def log_odds(share):
    return np.log(share / (1 - share))


def test_curve_is_the_logistic_of_what_its_signals_add_up_to():
    curve = Curve(np.array([2.0, 1.0, 0.5]), -1.0, 0.25)
    found = curve.score(np.array([[1.0, -1.0, 1.0], [0.0, 0.0, 0.0]]))
    np.testing.assert_allclose(found, [1 / (1 + np.exp(-0.75)), 1 / (1 + np.exp(0.75))])


def test_no_signal_counts_against_its_own_frame():
    signals, wanted = make_signals(400)
    signals[:, 1] = np.where(wanted, -2.0, 2.0)
    signals[:, 2] = ~wanted
    curve = fit_curve(signals, wanted)
    assert (curve.weights >= 0.0).all()
    assert curve.weights[1] == curve.weights[2] == 0.0


def test_scores_rise_with_every_signal():
    curve = fit_curve(*make_signals(200))
    base = np.zeros((1, 3))
    for signal in range(3):
        assert curve.score(base + np.eye(3)[[signal]]) >= curve.score(base)


def test_few_examples_stay_near_the_start_and_many_leave_it():
    """The examples say that the margin's sign is all: a weight far above the start."""
    away = []
    for n in (8, 4000):
        signals, wanted = make_signals(n, noise=0.0)
        signals = signals * np.array([0.1, 1.0, 1.0])
        away.append(np.abs(fit_curve(signals, wanted).weights - START[:3])[0])
    assert away[0] < 0.3 * START[0]
    assert away[1] > 2 * away[0]


def test_without_any_example_the_curve_is_the_start():
    curve = fit_curve(np.zeros((0, 3)), np.zeros(0, dtype=bool))
    np.testing.assert_allclose(curve.weights, START[:3], atol=1e-6)
    assert curve.bias == pytest.approx(START[3], abs=1e-6)


@pytest.mark.parametrize("answer", [True, False])
def test_examples_of_one_class_give_a_finite_curve(answer):
    signals, _ = make_signals(30)
    curve = fit_curve(signals, np.full(30, answer))
    assert np.isfinite([*curve.weights, curve.bias, curve.shift]).all()
    assert 0.0 < curve.threshold < 1.0


def test_margins_without_bound_give_finite_scores():
    signals, wanted = make_signals(60)
    curve = fit_curve(signals * 1e3, wanted)
    with np.errstate(over="ignore"):
        found = curve.score(signals * 1e6)
    assert np.isfinite(found).all()


# Prevalence


def test_shift_is_the_prior_correction_of_king_and_zeng():
    """Their eq. 7 takes ln[((1 - tau) / tau) (ybar / (1 - ybar))] off the constant; here tau .1 and ybar 1/2."""
    signals, wanted = make_signals(100, share=0.5)
    curve = fit_curve(signals, wanted, prevalence=0.1)
    tau, ybar = 0.1, 0.5
    assert curve.shift == pytest.approx(-np.log((1 - tau) / tau * ybar / (1 - ybar)))
    assert curve.shift == pytest.approx(-np.log(9.0))
    # A unit on which the examples are even has the corpus's own share as its score.
    even = -curve.bias / curve.weights[0]
    assert curve.score(np.array([[even, 0.0, 0.0]]))[0] == pytest.approx(0.1)
    even = Curve(np.zeros(3), 0.0, curve.shift).score(np.zeros((1, 3)))
    assert even[0] == pytest.approx(0.1)


def test_prevalence_moves_scores_and_threshold_but_not_what_is_carried():
    signals, wanted = make_signals(120)
    rare, common = (fit_curve(signals, wanted, prevalence=share) for share in (0.05, 0.6))
    np.testing.assert_allclose(rare.weights, common.weights)
    assert (rare.score(signals) < common.score(signals)).all()
    assert ((rare.score(signals) >= rare.threshold) == (common.score(signals) >= common.threshold)).all()


def test_threshold_rises_with_prevalence_and_falls_with_the_share_of_examples():
    signals, wanted = make_signals(100)
    cuts = [fit_curve(signals, wanted, prevalence=share).threshold for share in (0.01, 0.1, 0.3, 0.7)]
    assert cuts == sorted(cuts)
    assert len(set(cuts)) == 4
    by_share = [fit_curve(*make_signals(100, share=share)).threshold for share in (0.1, 0.3, 0.6)]
    assert by_share == sorted(by_share, reverse=True)


def test_without_a_shift_the_threshold_is_the_chance_from_which_a_frame_counts():
    assert Curve(START[:3], 0.0).threshold == pytest.approx(CARRIED)


def test_prevalence_of_coded_units_is_drawn_to_the_usual_one_where_few_are_coded():
    assert coded_prevalence(np.zeros(0, dtype=bool)) == pytest.approx(PREVALENCE)
    few, many = (coded_prevalence(np.ones(n, dtype=bool)) for n in (5, 5000))
    assert PREVALENCE < few < many
    assert many > 0.95
    none = [coded_prevalence(np.zeros(n, dtype=bool)) for n in (1, 50, 5000)]
    assert none == sorted(none, reverse=True)
    assert none[-1] > 0.0


# Frames without examples


def test_told_curve_needs_a_word_and_a_close_description_helps():
    curve = told_curve()
    nothing, word, close, margin = (
        curve.score(np.array([signals]))[0] for signals in ([0, 0, 0], [0, 0, 1], [0, 4, 0], [9, 0, 0])
    )
    assert nothing < curve.threshold <= word
    assert close > nothing
    assert margin == nothing, "without examples there is no machine to have a margin"
    assert 0.0 < curve.threshold < 0.5


def test_examples_of_none_are_weighed_up_to_their_share_of_a_corpus():
    """Twenty examples of none among a hundred count as sixty."""
    signals, wanted = make_signals(100, share=0.4)
    none = np.arange(100) >= 80
    weighed = fit_curve(signals, wanted, none=none)
    times = NONE_SHARE / (1 - NONE_SHARE) * 80 / 20
    n = 80 + 20 * times
    weigh = np.where(none, times, 1.0) * 100 / n
    assert weigh[none].sum() / weigh.sum() == pytest.approx(NONE_SHARE)
    expected = (weigh @ wanted + 0.5) / 101.0
    prior = np.log(PREVALENCE / (1 - PREVALENCE)) - np.log(expected / (1 - expected))
    assert weighed.shift == pytest.approx(prior)
    assert weighed.bias < fit_curve(signals, wanted).bias


def test_examples_of_none_are_never_weighed_down():
    signals, wanted = make_signals(100, share=0.2)
    plain = fit_curve(signals, wanted)
    same = fit_curve(signals, wanted, none=~wanted)
    np.testing.assert_allclose(same.weights, plain.weights)
    assert same.shift == pytest.approx(plain.shift)


def test_words_of_few_examples_say_less_than_the_start_and_those_of_many_are_believed():
    """Trust wears off: here a word tells nothing."""
    weights = []
    for n in (40, 8000):
        signals, wanted = make_signals(n)
        signals[:, 2] = np.arange(n) % 2
        weights.append(fit_curve(signals, wanted).weights[2])
    assert weights[0] > 0.5 * START[2]
    assert weights[1] < 0.5 * weights[0]


def test_curves_of_a_corpus_that_teaches_start_elsewhere():
    nothing = np.zeros((0, 3)), np.zeros(0, dtype=bool)
    plain, seeded = fit_curve(*nothing), fit_curve(*nothing, seeded=True)
    assert seeded.weights[1] > plain.weights[1]
    assert seeded.weights[0] < plain.weights[0]


def test_told_curve_trusts_units_without_a_word_less_where_words_find_many():
    signals = np.array([[0.0, 2.0, 0.0], [0.0, 2.0, 1.0]])
    few, usual, many = (told_curve(share).score(signals) for share in (0.01, USUAL_WORDS, 0.2))
    assert few[0] > usual[0] > many[0]
    assert few[1] == pytest.approx(usual[1]) == pytest.approx(many[1])
    np.testing.assert_array_equal(usual, told_curve().score(signals))
    assert np.isfinite(told_curve(1.0).score(signals)).all()


def test_curve_of_few_examples_is_drawn_to_the_one_without_any_and_that_of_many_stays():
    fitted, told = fit_curve(*make_signals(60), seeded=True), told_curve(0.1)
    none, few, many = (fitted.drawn_to(told, n) for n in (0, int(TOLD_COUNTS), 10**9))
    signals = make_signals(50)[0]
    for curve, same in ((none, told), (many, fitted)):
        np.testing.assert_allclose(curve.score(signals), same.score(signals), atol=1e-6)
        assert curve.threshold == pytest.approx(same.threshold)
    between = (log_odds(told.score(signals)) + log_odds(fitted.score(signals))) / 2
    np.testing.assert_allclose(log_odds(few.score(signals)), between, atol=1e-9)
    assert log_odds(few.threshold) == pytest.approx((log_odds(told.threshold) + log_odds(fitted.threshold)) / 2)
