"""The learned part of the frame model: signals per frame, weighed on styles they have not seen.

Three signals answer "does this unit carry the frame?": meaning (an RBF support vector
machine on centred vectors), letters (logistic regression on character n-grams of the
lexical view) and neighbours (the vote of the nearest examples). A logistic curve over
the three, and over the frame's own words, gives the score. It is fitted on predictions
for styles the signals were not taught with, because that is what they meet in a corpus.
A room of its own: `frames.py` decides what a score means, this module learns it.

References
----------
Platt (1999), Probabilistic outputs for support vector machines. Wolpert (1992), Stacked
generalization, Neural Networks 5:241-259. King & Zeng (2001), Logistic regression in rare
events data, Political Analysis 9:137-163 (class weights).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from framing.arabic import lexical_view, model_view

# Chosen by leave-one-style-out on the shipped codebook's examples, never on coded corpora.
SVC_C, SVC_GAMMA, NGRAM_C = 3.0, 1.0, 20.0
NEIGHBOURS, NEIGHBOUR_SCALE = 8, 0.15
N_SIGNALS = 3
ROWS_AT_ONCE = 4096
MIN_POSITIVE = 4
FOLDS = 5


@dataclass(frozen=True)
class Examples:
    """What the heads learn from: texts, vectors `(n, d)`, labels `(n, k)` bool, style and "denies" per row."""

    texts: list[str]
    vectors: np.ndarray
    labels: np.ndarray
    styles: list[str]
    contested: np.ndarray

    def part(self, keep: np.ndarray) -> Examples:
        """Give the rows where `keep` is true."""
        texts = [text for text, kept in zip(self.texts, keep, strict=True) if kept]
        styles = [style for style, kept in zip(self.styles, keep, strict=True) if kept]
        return Examples(texts, self.vectors[keep], self.labels[keep], styles, self.contested[keep])


class LetterView:
    """Character n-grams of the lexical view, fitted once on the examples."""

    def __init__(self, texts: Sequence[str]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        min_df = 2 if len(texts) >= 100 else 1
        self._vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=min_df)
        self.matrix = self._vectorizer.fit_transform([letters(text) for text in texts])

    def transform(self, texts: Sequence[str]) -> Any:
        """Give the sparse matrix of other texts."""
        return self._vectorizer.transform([letters(text) for text in texts])


def letters(text: str) -> str:
    """Give what the letter head sees."""
    return lexical_view(model_view(text))


def centred(vectors: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Take the examples' mean off and scale to length 1: E5 vectors share one strong direction."""
    rows = vectors.astype(np.float64) - mean
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(norms == 0, 1.0, norms))


class Heads:
    """Learns several yes-or-no questions from the same examples; gives signals, not yet scores.

    `wanted` : bool `(n, k)`; a question with fewer than two examples on either side answers 0.
    """

    def __init__(self, examples: Examples, wanted: np.ndarray, *, seed: int) -> None:
        self._mean = examples.vectors.mean(axis=0, dtype=np.float64)
        self._view = LetterView(examples.texts)
        self._meaning = centred(examples.vectors, self._mean)
        self._wanted = wanted.astype(float)
        self._models = [self._pair(self._meaning, column, seed) for column in wanted.T]

    def _pair(self, meaning: np.ndarray, wanted: np.ndarray, seed: int) -> tuple[Any, Any] | None:
        from sklearn.linear_model import LogisticRegression
        from sklearn.svm import SVC

        if min(wanted.sum(), (~wanted).sum()) < 2:
            return None
        svc = SVC(C=SVC_C, gamma=SVC_GAMMA, class_weight="balanced", random_state=seed).fit(meaning, wanted)
        spelling = LogisticRegression(C=NGRAM_C, class_weight="balanced", max_iter=3000, random_state=seed)
        return svc, spelling.fit(self._view.matrix, wanted)

    def signals(self, texts: Sequence[str], vectors: np.ndarray) -> np.ndarray:
        """Give the signals meaning, letters and neighbours, shape `(n, k, 3)`; each leans to yes as it grows."""
        found = np.zeros((len(texts), len(self._models), N_SIGNALS))
        if not len(texts):
            return found
        spelling = self._view.transform(texts)
        for start in range(0, len(texts), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            # One product serves every machine and the neighbours: rows are of length 1, so the
            # kernel's squared distance is 2 - 2 cos. (libsvm's own loop takes fifty times as long.)
            cosine = centred(vectors[rows], self._mean) @ self._meaning.T
            kernel = np.exp(-SVC_GAMMA * np.maximum(0.0, 2.0 - 2.0 * cosine))
            found[rows, :, 2] = self._vote(cosine)
            for number, pair in enumerate(self._models):
                if pair is not None:
                    svc, letter = pair
                    margin = kernel[:, svc.support_] @ svc.dual_coef_[0] + svc.intercept_[0]
                    found[rows, number, 0] = np.clip(2.0 * margin, -8, 8)
                    found[rows, number, 1] = np.clip(letter.decision_function(spelling[rows]), -8, 8)
        return found

    def _vote(self, cosine: np.ndarray) -> np.ndarray:
        """Weigh the labels of each text's nearest examples by closeness; 0 to 1, shape `(n, k)`."""
        near = np.argsort(-cosine, axis=1, kind="stable")[:, :NEIGHBOURS]
        weight = np.exp((np.take_along_axis(cosine, near, axis=1) - 1.0) / NEIGHBOUR_SCALE)
        votes = (weight[:, :, None] * self._wanted[near]).sum(axis=1)
        return np.asarray(votes / weight.sum(axis=1, keepdims=True))


class CalibratedHeads:
    """Heads whose signals, with the frames' own words beside them, are turned into scores from 0 to 1.

    `hits` : bool `(n, k)`, whether an example holds one of the frame's terms outside its veto words.
    `thresholds` : the score from which a frame counts as carried: the one with the best F1 on
    examples of styles the heads had not seen. `unseen_scores` : the scores they gave those, `(n, k)`.
    """

    def __init__(self, examples: Examples, wanted: np.ndarray, hits: np.ndarray, *, seed: int) -> None:
        self.heads = Heads(examples, wanted, seed=seed)
        unseen = out_of_style(examples, wanted, seed=seed)
        columns = range(wanted.shape[1])
        self.curves = np.array([weigh(unseen[:, k], hits[:, k], wanted[:, k]) for k in columns])
        self.unseen_scores = self.scale(unseen, hits)
        self.thresholds = [best_threshold(self.unseen_scores[:, k], wanted[:, k]) for k in columns]

    def scale(self, signals: np.ndarray, hits: np.ndarray) -> np.ndarray:
        """Turn signals `(n, k, 3)` and term hits `(n, k)` into scores `(n, k)`."""
        odds = (signals * self.curves[:, :N_SIGNALS]).sum(axis=2)
        odds += hits * self.curves[:, N_SIGNALS] + self.curves[:, N_SIGNALS + 1]
        return np.asarray(1.0 / (1.0 + np.exp(-odds)))

    def score(self, texts: Sequence[str], vectors: np.ndarray, hits: np.ndarray) -> np.ndarray:
        """Give scores 0 to 1, shape `(n, k)`."""
        return self.scale(self.heads.signals(texts, vectors), hits)


def out_of_style(examples: Examples, wanted: np.ndarray, *, seed: int) -> np.ndarray:
    """Predict each example by heads that saw no example of its style (or of its fold, with fewer styles)."""
    folds = _folds(examples.styles, np.asarray(examples.labels.any(axis=1)), seed)
    found = np.zeros((*wanted.shape, N_SIGNALS))
    for fold in np.unique(folds):
        test = folds == fold
        heads = Heads(examples.part(~test), wanted[~test], seed=seed)
        unseen = examples.part(test)
        found[test] = heads.signals(unseen.texts, unseen.vectors)
    return found


def _folds(styles: list[str], wanted: np.ndarray, seed: int) -> np.ndarray:
    names = np.array(styles)
    held = [name for name in np.unique(names) if wanted[names == name].any()]
    if len(held) >= 3:
        return np.searchsorted(np.unique(names), names)
    order = np.random.default_rng(seed).permutation(len(wanted))
    folds = np.empty(len(wanted), dtype=int)
    # Positives are dealt out first, so that every fold has its part of them.
    ranked = sorted(order, key=lambda i: not wanted[i])
    folds[ranked] = np.arange(len(wanted)) % FOLDS
    return folds


def weigh(signals: np.ndarray, hits: np.ndarray, wanted: np.ndarray) -> tuple[float, ...]:
    """Fit a logistic curve over signals `(n, 3)` and term hits: a weight each, the bonus of a hit, the shift.

    A signal or hit that would count against its own frame gets weight 0 instead: with few
    examples that is chance, and order must survive.
    """
    from sklearn.linear_model import LogisticRegression

    if min(wanted.sum(), (~wanted).sum()) < 2:
        return (*[1.0] * N_SIGNALS, 0.0, 0.0)
    table = np.column_stack([signals, hits.astype(float)])
    use = np.ones(table.shape[1], dtype=bool)
    while use.any():
        model = LogisticRegression(C=1.0).fit(table[:, use], wanted)
        if (model.coef_[0] >= 0).all():
            weights = np.zeros(table.shape[1])
            weights[use] = model.coef_[0]
            if not weights.any():  # nothing is left to tell units apart by: one score for all would carry all or none
                break
            return (*map(float, weights), float(model.intercept_[0]))
        use[np.flatnonzero(use)[model.coef_[0] < 0]] = False
    return (*[1.0] * N_SIGNALS, 0.0, 0.0)


def best_threshold(scores: np.ndarray, wanted: np.ndarray) -> float:
    """Give the score from .30 to .60 with the best F1, the middle one of those within a hundredth of it."""
    grid = np.round(np.arange(0.30, 0.601, 0.02), 2)
    f1 = []
    for cut in grid:
        said = scores >= cut
        both = (said & wanted).sum()
        f1.append(2 * both / max(1, said.sum() + wanted.sum()))
    near = grid[np.array(f1) >= max(f1) - 0.01]
    return float(near[len(near) // 2])
