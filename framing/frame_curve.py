"""From a margin to a score: a curve per frame, learned on styles the machine had not seen.

Beside the margin stand two signals that need no examples: how close a unit lies to the
frame's own description, and whether it holds one of the frame's words. With few examples
their weights stay near those that simulated cold starts gave; with many they are learned.

References
----------
Platt (1999), Probabilistic outputs for support vector machines. King & Zeng (2001), Logistic
regression in rare events data, Political Analysis 9:137-163 (prior correction, eq. 7).
Lipton, Elkan & Narayanaswamy (2014), Optimal thresholding of classifiers to maximize F1
measure, ECML PKDD 8725:225-239 (the threshold).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Margin, description, a word, bias: where a curve starts, and how much trust each has. Learned from simulated cold
# starts on the shipped codebook (five styles held out as the corpus, a tenth of it in each frame). Words and bias are
# trusted most: examples that carry no frame are chosen for being hard, and hold more of its words than a corpus does.
START, TRUST = np.array([5.5, 0.5, 2.4, 0.0]), np.array([5.0, 5.0, 20.0, 20.0])
# The same where units of the corpus teach, too: closeness then says more.
SEEDED, SEEDED_TRUST = np.array([4.5, 0.75, 2.0, 0.2]), np.array([10.0, 100.0, 20.0, 5.0])
# From so many examples of a frame on, trust in the start falls as they grow.
WEARS_OFF = 50.0
# Without examples: description and a word, what they must outweigh, and the shift of the score.
TOLD, TOLD_BIAS, TOLD_SHIFT = np.array([0.0, 1.3, 2.4]), -2.2, -0.8
# What is thought of a frame that has no examples: its share of units, how often a unit with one of its words carries
# it, and how many units usually hold one. Where words find many, fewer of the other units can carry it. Chosen on
# simulated cold starts (shares of .04 to .16, short lists of words to long ones), flat around.
TOLD_SHARE, WORD_PRECISION, USUAL_WORDS = 0.10, 0.6, 0.04
# So many examples of a frame weigh as much as what is told without any, where units of the corpus teach: a curve
# fitted to five examples knows them, not the corpus. Chosen on the same and on an invented story of 188 units that a
# language model wrote and coded for development alone; a higher number helps that story and hurts the simulations.
TOLD_COUNTS = 5.0
# The share of units that carry a frame, before anything is known of a corpus; and how many coded units it is worth.
PREVALENCE, PREVALENCE_WEIGHT = 0.15, 20
N_SIGNALS = 3
# The share of units that carry no frame; and how often an example of none may count.
NONE_SHARE, MOST_WEIGHT = 0.6, 10.0
# The chance, among examples so weighed, from which a unit carries a frame: near half the F1 that can be had, where F1
# is highest (Lipton, Elkan & Narayanaswamy 2014). Chosen with `NONE_SHARE` by leave-one-style-out; flat from .35 to .5.
CARRIED = 0.45


@dataclass(frozen=True)
class Curve:
    """Score = logistic(weights . signals + bias + shift).

    `weights` : of margin, description and word, each 0 or more: no signal may count against its own frame.
    `shift` : takes the score from the examples' share of the frame to the corpus's. `threshold` : the score that a
    chance of `CARRIED` among the examples has after the shift; from there on the frame is carried.
    """

    weights: np.ndarray
    bias: float
    shift: float = 0.0

    @property
    def threshold(self) -> float:
        """The score from which the frame is carried, 0 to 1."""
        return float(1.0 / (1.0 + np.exp(-_log_odds(CARRIED) - self.shift)))

    def drawn_to(self, told: Curve, n_examples: int) -> Curve:
        """Give the curve between this one, fitted to `n_examples` that carry the frame, and the one without any."""
        share = TOLD_COUNTS / (TOLD_COUNTS + n_examples)
        return Curve(
            share * told.weights + (1.0 - share) * self.weights,
            share * told.bias + (1.0 - share) * self.bias,
            share * told.shift + (1.0 - share) * self.shift,
        )

    def score(self, signals: np.ndarray) -> np.ndarray:
        """Give scores 0 to 1 for signals `(n, 3)`."""
        odds = signals @ self.weights + self.bias + self.shift
        return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def told_curve(with_words: float = USUAL_WORDS) -> Curve:
    """Give the curve of a frame that has a description and words but no examples.

    Parameters
    ----------
    with_words : share of the corpus's units that hold one of its words, 0 to 1.
    """
    fewer = _left_without_words(with_words) - _left_without_words(USUAL_WORDS)
    return Curve(TOLD - fewer * np.array([0.0, 0.0, 1.0]), TOLD_BIAS + fewer, TOLD_SHIFT)


def _left_without_words(share: float) -> float:
    """Give the log of the share that carries a frame among the units that hold none of its words."""
    left = max(TOLD_SHARE - WORD_PRECISION * share, 0.1 * TOLD_SHARE)
    return float(np.log(left / max(1.0 - share, 0.1)))


def fit_curve(
    signals: np.ndarray,
    wanted: np.ndarray,
    *,
    none: np.ndarray | None = None,
    prevalence: float = PREVALENCE,
    seeded: bool = False,
) -> Curve:
    """Fit a curve to signals `(n, 3)` of examples that the machine had not seen.

    Parameters
    ----------
    wanted : bool `(n,)`, the examples that carry the frame.
    prevalence : share of units in the corpus that are thought to carry it, 0 to 1.
    none : bool `(n,)`, the examples that carry no frame at all; they are weighed up to `NONE_SHARE`, as most units of
        a corpus carry none. Without it every example weighs the same.
    seeded : units of the corpus help to describe the frame.
    """
    from scipy.optimize import minimize

    table = np.column_stack([signals, np.ones(len(signals))])
    start, trust = (SEEDED, SEEDED_TRUST) if seeded else (START, TRUST)
    trust = trust * WEARS_OFF / max(WEARS_OFF, float(wanted.sum()))
    sign = np.where(wanted, 1.0, -1.0)
    weigh = _example_weights(none, len(wanted))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (table @ weights)
        away = weights - start
        slope = -(table.T @ (weigh * sign / (1.0 + np.exp(np.minimum(margin, 500.0))))) + trust * away
        return float(weigh @ np.logaddexp(0.0, -margin) + 0.5 * (trust * away**2).sum()), slope

    limits = [(0.0, None)] * N_SIGNALS + [(None, None)]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=limits).x
    share = (weigh @ wanted + 0.5) / (weigh.sum() + 1.0)
    return Curve(found[:-1], float(found[-1]), _log_odds(prevalence) - _log_odds(share))


def _example_weights(none: np.ndarray | None, n: int) -> np.ndarray:
    """Weigh examples so that those of no frame are `NONE_SHARE` of all; the weights add up to their number."""
    if none is None or not none.any() or none.all():
        return np.ones(n)
    ratio = NONE_SHARE / (1.0 - NONE_SHARE) * (~none).sum() / none.sum()
    weigh = np.where(none, np.clip(ratio, 1.0, MOST_WEIGHT), 1.0)
    return np.asarray(weigh * n / weigh.sum())


def coded_prevalence(carried: np.ndarray) -> float:
    """Give the share of coded units that carry a frame, drawn towards `PREVALENCE` where few are coded."""
    return float((carried.sum() + PREVALENCE * PREVALENCE_WEIGHT) / (len(carried) + PREVALENCE_WEIGHT))


def _log_odds(share: float) -> float:
    return float(np.log(share / (1.0 - share)))
