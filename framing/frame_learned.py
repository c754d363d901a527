"""What a fitted frame model knows, and the scores and states that follow from it.

Kept apart from `frames.py` so that it can be saved, loaded and looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from framing.arabic import lexical_view
from framing.codebook import Codebook
from framing.denials import has_term, is_denied
from framing.errors import CodebookError
from framing.frame_curve import PREVALENCE, USUAL_WORDS, Curve, coded_prevalence, fit_curve, told_curve
from framing.frame_examples import CONTESTED, Descriptions
from framing.frame_machine import Examples, Machine, learn

FRAME_COLUMNS = ["unit_id", "frame", "score", "state"]
MIN_POSITIVE = 4
# Scores are rounded before anything is decided on them, so that the last bits of a sum decide nothing.
DECIMALS = 4
# A unit this sure carries its frame even where a denial stands before one of its words.
SURE = 0.9
# What the score of the sentence before adds to a margin: "he said so again" has its meaning from there. Chosen on
# 28 articles written and coded for development, not on what is reported; with more, plain facts behind a strong
# sentence are called frames.
CONTEXT = 0.3
# How a sentence ends, with the marks that may close behind it; a line that ends otherwise is a heading.
_SENTENCE_END = re.compile(r"[.!?؟…،؛:][\s\"'»”’)\]]*$")
# A parent's margin is drawn towards that of its likeliest child: each is taught by other examples. Chosen by
# leave-one-style-out on the shipped codebook (flat from .3 to 1).
CHILDREN = 0.6
# A child that too few examples teach counts as this likely among its siblings.
UNTAUGHT = 0.05


@dataclass(frozen=True)
class Signals:
    """What a model sees in units: `margins (n, columns)`, `closeness (n, k)`, `hits (n, k)` for k parents."""

    views: list[str]
    margins: np.ndarray
    closeness: np.ndarray
    hits: np.ndarray


@dataclass(frozen=True)
class LearnedFrames:
    """A fitted model.

    `columns` : the questions of the machine, parents, children and denials. `machine` : None where no frame has
    examples. `curves` : one per parent. `taught` : frames with enough examples. `denial` : the margin of `contested`
    from which a unit denies; infinite where nothing taught it. `unseen` : what the machine sees in its own examples
    when their style is left out; None in a model that was loaded.
    """

    columns: tuple[str, ...]
    machine: Machine | None
    curves: Mapping[str, Curve]
    taught: frozenset[str]
    descriptions: Descriptions
    denial: float
    n_examples: int
    n_coded: int = 0
    unseen: Signals | None = None

    def column(self, name: str) -> int:
        """Give the place of a question among the margins."""
        return self.columns.index(name)

    def signals(self, codebook: Codebook, units: pd.DataFrame, matrix: np.ndarray) -> Signals:
        """Look at units; the sentence before one lends its parents a part of their score."""
        texts = [str(text) for text in units["text"]]
        views = [lexical_view(text) for text in texts]
        margins = np.full((len(texts), len(self.columns)), -1.0)
        if self.machine is not None and texts:
            margins = self.joined(codebook, self.machine.margins(texts, matrix))
        hits = find_hits(codebook, views)
        signals = Signals(views, margins, self.descriptions.measured_on(matrix, hits).closeness(matrix), hits)
        before = rows_before(units)
        if (known := np.flatnonzero(before >= 0)).size:
            parents = [self.column(frame.frame_id) for frame in codebook.parents]
            lent = self.scores(codebook, signals)[before[known]]  # of the sentence alone: nothing runs down an article
            margins[known[:, None], np.array(parents)] += CONTEXT * lent
        return signals

    def joined(self, codebook: Codebook, margins: np.ndarray) -> np.ndarray:
        """Draw each parent's margin towards that of its likeliest child."""
        found = margins.copy()
        for frame in codebook.parents:
            taught = [self.column(c.frame_id) for c in codebook.children(frame.frame_id) if c.frame_id in self.taught]
            if taught:
                column = self.column(frame.frame_id)
                found[:, column] = (margins[:, column] + CHILDREN * margins[:, taught].max(axis=1)) / (1.0 + CHILDREN)
        return found

    def scores(self, codebook: Codebook, signals: Signals) -> np.ndarray:
        """Give the parents' scores, `(n, k)`, rounded."""
        found = np.empty(signals.hits.shape)
        for place, frame in enumerate(codebook.parents):
            table = three_signals(signals, self.column(frame.frame_id), place)
            found[:, place] = self.curves[frame.frame_id].score(table)
        return found.round(DECIMALS)


def three_signals(signals: Signals, column: int, place: int) -> np.ndarray:
    """Give margin, description and word of a parent, `(n, 3)`."""
    return np.column_stack([signals.margins[:, column], signals.closeness[:, place], signals.hits[:, place]])


def find_hits(codebook: Codebook, views: list[str]) -> np.ndarray:
    """Tell which texts (lexical view) hold a term of each parent, `(n, k)`."""
    words = [codebook.terms_of(frame.frame_id) for frame in codebook.parents]
    rows = [[has_term(view, terms, veto) for terms, veto in words] for view in views]
    return np.array(rows, dtype=bool).reshape(len(views), len(words))


def rows_before(units: pd.DataFrame) -> np.ndarray:
    """Give the row of the unit before each, in its article; -1 where the table does not hold it.

    A line that ends as no sentence does is a heading: what it is about is new, so nothing stands before it.
    """
    if not {"article_id", "n"} <= set(units.columns):
        return np.full(len(units), -1)
    keys = list(zip(units["article_id"], units["n"], strict=True))
    place = {key: row for row, key in enumerate(keys)}
    before = [place.get((article, n - 1), -1) for article, n in keys]
    continues = [_SENTENCE_END.search(str(text)) is not None for text in units["text"]]
    return np.where(continues, before, -1).astype(np.intp)


def learn_frames(
    codebook: Codebook,
    examples: Examples,
    descriptions: Descriptions,
    *,
    coded: Examples | None,
    seed: int,
    unlikely: Examples | None = None,
    with_words: np.ndarray | None = None,
) -> LearnedFrames:
    """Fit the machine and a curve per parent.

    `with_words` : per parent, the share of the corpus's units that hold one of its words. `unlikely` : units that are
    taken to carry nothing; the machine learns from them, the curves do not.

    Raises
    ------
    CodebookError : a frame has neither enough examples nor terms.
    """
    n = len(examples.texts)
    counts = dict(zip(examples.columns, examples.labels.sum(axis=0).tolist(), strict=True))
    taught = frozenset(name for name, yes in counts.items() if MIN_POSITIVE <= yes <= n - MIN_POSITIVE)
    for frame in codebook.parents:
        if frame.frame_id not in taught and not codebook.terms_of(frame.frame_id)[0]:
            raise _nothing_to_go_by(frame.frame_id, counts[frame.frame_id], n)
    shares = np.full(len(codebook.parents), USUAL_WORDS) if with_words is None else with_words
    curves = {f.frame_id: told_curve(float(share)) for f, share in zip(codebook.parents, shares, strict=True)}
    n_coded = 0 if coded is None else len(coded.texts)
    if not any(frame.frame_id in taught for frame in codebook.parents):
        return LearnedFrames(examples.columns, None, curves, taught, descriptions, np.inf, n, n_coded)
    machine, unseen = learn(examples if unlikely is None else examples.with_more(unlikely), seed=seed)
    unseen = unseen[:n]
    untuned = LearnedFrames(examples.columns, machine, curves, taught, descriptions, np.inf, n, n_coded)
    views = [lexical_view(text) for text in examples.texts]
    closeness = descriptions.closeness(examples.vectors)
    signals = Signals(views, untuned.joined(codebook, unseen), closeness, find_hits(codebook, views))
    none = ~np.asarray(examples.labels[:, : len(codebook.frame_ids)].any(axis=1))
    for place, frame in enumerate(codebook.parents):
        if frame.frame_id in taught:
            table = three_signals(signals, untuned.column(frame.frame_id), place)
            expected = PREVALENCE if coded is None else coded_prevalence(coded.column(frame.frame_id))
            wanted, seeded = examples.column(frame.frame_id), descriptions.seeds is not None
            fitted = fit_curve(table, wanted, none=none, prevalence=expected, seeded=seeded)
            told = curves[frame.frame_id]
            curves[frame.frame_id] = fitted.drawn_to(told, int(wanted.sum())) if seeded else fitted
    denial = np.inf
    if CONTESTED in taught:
        denial = best_cut(unseen[:, untuned.column(CONTESTED)], examples.column(CONTESTED))
    return replace(untuned, curves=curves, denial=denial, unseen=signals)


def unlikely_units(
    codebook: Codebook, learned: LearnedFrames, units: pd.DataFrame, matrix: np.ndarray, *, n: int, seed: int
) -> Examples:
    """Draw units from the half that is least likely to carry any frame, as examples of none.

    Examples of none are few and chosen; these are what a corpus mostly holds.

    References
    ----------
    Liu, Dai, Li, Lee & Yu (2003), Building text classifiers using positive and unlabeled examples, ICDM, 179-186
    (reliable negatives, then learning again).
    """
    scores = learned.scores(codebook, learned.signals(codebook, units, matrix)).max(axis=1)
    half = np.argsort(scores, kind="stable")[: len(scores) // 2]
    rows = np.sort(np.random.default_rng(seed).permutation(half)[:n])
    texts = [str(units["text"].iloc[row]) for row in rows]
    labels = np.zeros((len(rows), len(learned.columns)), dtype=bool)
    return Examples(texts, matrix[rows], labels, ["corpus"] * len(rows), learned.columns)


def _nothing_to_go_by(frame_id: str, n_yes: int, n: int) -> CodebookError:
    return CodebookError(
        f"frame '{frame_id}': {n_yes} of {n} examples and no terms; write at least {MIN_POSITIVE} examples"
        f" (and as many units without it), or a few terms.",
        ar=f"الإطار '{frame_id}': لا أمثلة كافية له ولا كلمات دالّة. أضف {MIN_POSITIVE} أمثلة على الأقل أو كلمات دالّة.",
    )


def best_cut(margins: np.ndarray, wanted: np.ndarray) -> float:
    """Give the margin from -.8 to .2 with the best F1, the middle one of those within a hundredth of it."""
    grid = np.round(np.arange(-0.8, 0.201, 0.05), 2)
    said = margins[:, None] >= grid
    both = (said & wanted[:, None]).sum(axis=0)
    f1 = 2 * both / np.maximum(1, said.sum(axis=0) + wanted.sum())
    near = grid[f1 >= f1.max() - 0.01]
    return float(near[len(near) // 2])


def decide(codebook: Codebook, learned: LearnedFrames, units: pd.DataFrame, signals: Signals) -> pd.DataFrame:
    """Give the table of frames: each unit's score and state per frame, in the codebook's order."""
    scores = learned.scores(codebook, signals)
    denied = _denied(codebook, learned, signals, scores)
    found: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for place, frame in enumerate(codebook.parents):
        score = scores[:, place]
        carried = score >= round(learned.curves[frame.frame_id].threshold, DECIMALS)
        state = np.where(denied[:, place], CONTESTED, np.where(carried, "carried", "none"))
        found[frame.frame_id] = (score, state)
        found |= _children(codebook, learned, frame.frame_id, signals.margins, score, state)
    ids = units["unit_id"].to_numpy()
    order = list(codebook.frame_ids)
    return pd.DataFrame(
        {
            "unit_id": np.repeat(ids, len(order)),
            "frame": np.tile(np.array(order, dtype=object), len(ids)),
            "score": np.column_stack([found[frame][0] for frame in order]).ravel(),
            "state": np.column_stack([found[frame][1].astype(object) for frame in order]).ravel(),
        }
    ).astype({"unit_id": "str", "frame": "str", "score": "float64", "state": "str"})[FRAME_COLUMNS]


def _denied(codebook: Codebook, learned: LearnedFrames, signals: Signals, scores: np.ndarray) -> np.ndarray:
    """Tell which units deny which parent: by rule (its every word stands behind a denial), or as examples taught."""
    by_rule = np.zeros(scores.shape, dtype=bool)
    for place, frame in enumerate(codebook.parents):
        terms, _ = codebook.terms_of(frame.frame_id)
        by_rule[:, place] = [is_denied(view, terms) for view in signals.views]
    denies = signals.margins[:, learned.column(CONTESTED)] >= learned.denial
    which = np.zeros(scores.shape, dtype=bool)
    if denies.any():
        parents = [learned.column(frame.frame_id) for frame in codebook.parents]
        denials = [learned.column(f"{CONTESTED}:{frame.frame_id}") for frame in codebook.parents]
        nearest = (signals.margins[:, parents] + signals.margins[:, denials]).argmax(axis=1)
        which[np.flatnonzero(denies), nearest[denies]] = True
    plain = signals.margins[:, [learned.column(CONTESTED)]] >= 0.0
    return np.asarray((by_rule & (scores < SURE)) | (which & ((scores < SURE) | plain)))


def _children(
    codebook: Codebook, learned: LearnedFrames, parent: str, margins: np.ndarray, score: np.ndarray, state: np.ndarray
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Share a parent's score among its children; the likeliest is carried where the parent is."""
    children = [frame.frame_id for frame in codebook.children(parent)]
    if not children:
        return {}
    raw = np.full((len(children), len(score)), UNTAUGHT)
    for number, child in enumerate(children):
        if child in learned.taught:
            raw[number] = 1.0 / (1.0 + np.exp(-4.0 * margins[:, learned.column(child)]))
    share = raw / raw.sum(axis=0, keepdims=True)
    best = share.argmax(axis=0)
    return {
        child: ((score * share[number]).round(DECIMALS), np.where(best == number, state, "none"))
        for number, child in enumerate(children)
    }
