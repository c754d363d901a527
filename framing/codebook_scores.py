"""How well a codebook teaches: F1 per frame on styles left out, and which frames the encoder confuses.

A room of its own above `codebook_check.py`: what is learned from the examples, measured on the examples.

References
----------
Efron & Tibshirani (1993), An Introduction to the Bootstrap, section 13.3 (percentile interval of F1, drawing
examples). Wilson (1927), JASA 22:209-212 (interval of the share confused). van Rijsbergen (1979), Information
Retrieval, chapter 7 (F).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from framing.codebook_examples import Taught
from framing.codebook_findings import Finding
from framing.frame_curve import fit_curve
from framing.frame_learned import MIN_POSITIVE
from framing.frame_machine import FOLDS, Examples, learn
from framing.statistics import wilson_interval

F1_COLUMNS = [
    "frame", "n_examples", "n_styles", "f1", "low", "high", "precision", "recall", "n_without_terms",
    "f1_without_terms",
]  # fmt: skip
CONFUSION_COLUMNS = ["frame", "other", "n", "n_wrong", "share", "low", "high"]
# Above the first, two frames are often confused; where the interval reaches the second, chance is not ruled out.
OFTEN, CHANCE = 0.25, 0.5
LOW_F1 = 0.6
MIN_STYLES = 3
NAN = float("nan")


@dataclass(frozen=True)
class Scores:
    """What the examples teach.

    `f1` : one row per frame; `low, high` by bootstrap over examples. Children are judged among examples of
        their parent alone. `confusion` : pairs of frames of one level; of the `n` examples that carry one of the two,
        the share for which the other has the higher score. `folds` : what was held out, `style` or `random fifth`.
    """

    f1: pd.DataFrame
    confusion: pd.DataFrame
    folds: str


@dataclass(frozen=True)
class _Family:
    """Frames of one level that are told apart among the same examples."""

    frames: list[str]
    labels: np.ndarray
    scores: np.ndarray
    said: np.ndarray
    hits: np.ndarray
    styles: list[str]


def score_examples(taught: Taught, vectors: np.ndarray, *, seed: int, n_boot: int, level: float) -> Scores:
    """Score each example by a machine that saw none of its style (or of its fifth, with fewer than three styles)."""
    rows: list[tuple[object, ...]] = []
    pairs: list[tuple[object, ...]] = []
    everything = np.ones(len(taught.examples), dtype=bool)
    families = [(taught.parents, everything)]
    for parent in taught.parents:
        children = [frame.frame_id for frame in taught.codebook.children(parent)]
        families.append((children, np.any([taught.carries(child) for child in children], axis=0) & everything))
    # One thread, as in the frame model: sums in one order give the same bytes each time.
    with threadpool_limits(1):
        for frames, chosen in families:
            found = _learn(taught, vectors, frames, chosen, seed)
            learned = {} if found is None else dict.fromkeys(found.frames, found)
            rows += [_f1_row(taught, frame, learned.get(frame), seed, n_boot, level) for frame in frames]
            pairs += [] if found is None else _pairs(found, level)
    any_frame = np.asarray(taught.labels.any(axis=1)).tolist()
    styles = {style for style, carries in zip(taught.styles, any_frame, strict=True) if carries}
    order = {frame: place for place, frame in enumerate(taught.codebook.frame_ids)}
    return Scores(
        pd.DataFrame(sorted(rows, key=lambda row: order[str(row[0])]), columns=F1_COLUMNS),
        pd.DataFrame(pairs, columns=CONFUSION_COLUMNS),
        "style" if len(styles) >= MIN_STYLES else f"random part of {FOLDS}",
    )


def _learn(taught: Taught, vectors: np.ndarray, frames: list[str], chosen: np.ndarray, seed: int) -> _Family | None:
    """Teach the frames of one level that have examples enough; None where there is nothing to tell apart."""
    rows = np.flatnonzero(chosen)
    labels = {frame: taught.carries(frame)[rows] for frame in frames}
    learned = [f for f, yes in labels.items() if MIN_POSITIVE <= yes.sum() <= len(rows) - MIN_POSITIVE]
    if not learned:
        return None
    wanted = np.column_stack([labels[frame] for frame in learned])
    # Words belong to the parents; among the children of one they tell nothing, as in the frame model.
    hits = np.zeros(wanted.shape, dtype=bool)
    if frames == taught.parents:
        hits = taught.hits[:, [taught.parents.index(frame) for frame in learned]]
    styles = [taught.styles[row] for row in rows]
    texts = [taught.examples[row].text for row in rows]
    _, margins = learn(Examples(texts, vectors[rows], wanted, styles, tuple(learned)), seed=seed)
    signals = [np.column_stack([margins[:, k], np.zeros(len(rows)), hits[:, k]]) for k in range(len(learned))]
    curves = [fit_curve(table, wanted[:, k]) for k, table in enumerate(signals)]
    scores = np.column_stack([curve.score(table) for curve, table in zip(curves, signals, strict=True)])
    said = scores >= np.array([curve.threshold for curve in curves])
    return _Family(learned, wanted, scores, said, hits, styles)


def _f1_row(
    taught: Taught, frame: str, family: _Family | None, seed: int, n_boot: int, level: float
) -> tuple[object, ...]:
    carried = taught.carries(frame)
    styles = len({style for style, yes in zip(taught.styles, carried, strict=True) if yes})
    if family is None:
        return (frame, int(carried.sum()), styles, *[NAN] * 5, 0, NAN)
    k = family.frames.index(frame)
    truth, said = family.labels[:, k], family.said[:, k]
    both, n_said, n_true = int((truth & said).sum()), int(said.sum()), int(truth.sum())
    counts = np.array([both, n_said - both, n_true - both, (~truth & ~said).sum()])
    drawn = np.random.default_rng(seed).multinomial(len(truth), counts / len(truth), size=n_boot)
    low, high = np.quantile([_f1(*row[:3]) for row in drawn], [(1 - level) / 2, (1 + level) / 2])
    free = ~family.hits[:, k]
    n_free = int(truth[free].sum()) if "." not in frame else 0
    f1_free = _f1(*_counts(truth[free], said[free])) if n_free else NAN
    f1 = _f1(*counts[:3])
    precision, recall = both / n_said if n_said else NAN, both / n_true
    return (frame, int(carried.sum()), styles, f1, float(low), float(high), precision, recall, n_free, f1_free)


def _counts(truth: np.ndarray, said: np.ndarray) -> tuple[int, int, int]:
    return int((truth & said).sum()), int((~truth & said).sum()), int((truth & ~said).sum())


def _f1(both: int, false: int, missed: int) -> float:
    return 2 * float(both) / max(1.0, float(2 * both + false + missed))


def _pairs(family: _Family, level: float) -> Iterator[tuple[object, ...]]:
    for a, b in combinations(range(len(family.frames)), 2):
        one, two = family.labels[:, a], family.labels[:, b]
        rows = one ^ two
        wrong = np.where(one, family.scores[:, b] >= family.scores[:, a], family.scores[:, a] >= family.scores[:, b])
        n, n_wrong = int(rows.sum()), int(wrong[rows].sum())
        if n:
            low, high = wilson_interval(n_wrong / n, n, level=level)
            yield (family.frames[a], family.frames[b], n, n_wrong, n_wrong / n, float(low), float(high))


def check_scores(scores: Scores) -> Iterator[Finding]:
    """Look at what is learned."""
    for row in scores.confusion.to_dict("records"):
        if row["high"] >= CHANCE or row["share"] >= OFTEN:
            yield _confused(row)
    for row in scores.f1.to_dict("records"):
        if row["f1"] < LOW_F1:
            interval = f"{row['low']:.2f}-{row['high']:.2f}"
            yield Finding(
                "warning",
                str(row["frame"]),
                "low_f1",
                f"F1 on examples of unseen styles is {row['f1']:.2f} ({interval}, {row['n_examples']} examples)",
                "add examples in every style, and hard ones of no frame; sharpen include and exclude",
                f"مقياس F1 على أساليب لم تُتعلَّم {row['f1']:.2f} ({interval}، والأمثلة {row['n_examples']})",
                "أضف أمثلة بكل الأساليب وأمثلة صعبة بلا إطار، ودقّق قواعد الإدخال والاستبعاد",
            )
    if scores.folds != "style" and scores.f1["f1"].notna().any():
        yield Finding(
            "note",
            "",
            "few_styles",
            f"fewer than {MIN_STYLES} styles: F1 is on a {scores.folds}, which is easier than a style left out",
            "give each example its style: agency, broadsheet, headline, opinion, broadcaster",
            f"الأساليب أقل من {MIN_STYLES}: حُسب F1 على أجزاء عشوائية ({FOLDS})، وهذا أسهل من أسلوب لم يُتعلَّم",
            "اكتب style لكل مثال: agency أو broadsheet أو headline أو opinion أو broadcaster",
        )


def _confused(pair: Mapping[Any, Any]) -> Finding:
    interval = f"{pair['low']:.0%}-{pair['high']:.0%}"
    is_chance = pair["high"] >= CHANCE
    return Finding(
        "warning" if is_chance else "note",
        str(pair["frame"]),
        "confused",
        f"of {pair['n']} examples of it or of '{pair['other']}', {pair['share']:.0%} ({interval}) score higher on the"
        " wrong one" + ("; the encoder may not tell them apart at all" if is_chance else ""),
        "write examples that differ in this point alone, sharpen the definitions, or join the two",
        f"من {pair['n']} مثالًا له أو للإطار '{pair['other']}' نال {pair['share']:.0%} ({interval}) درجة أعلى في الإطار"
        " الآخر" + ("؛ وقد لا يميّز بينهما النموذج أصلًا" if is_chance else ""),
        "اكتب أمثلة لا تختلف إلا في هذا، أو دقّق التعريفين، أو ادمج الإطارين",
    )
