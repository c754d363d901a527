"""Outlets held against each other: intervals of differences, permutation tests, what could be seen at all."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from framing.counts import REST, Bools, FrameCounts
from framing.statistics import (
    Floats,
    Ints,
    RatioEstimate,
    cluster_bootstrap,
    cramers_v,
    holm,
    minimum_detectable_difference,
    newcombe_difference,
    permutation_test,
    sum_by,
    wilson_interval,
)
from framing.study import Compare

# METHODS section 3: below these a bootstrap, an interval, or a test promises more than it holds.
BOOTSTRAP_CLUSTERS, BOOTSTRAP_CARRYING, FEWEST_CLUSTERS, FEWEST_CARRYING = 30, 5, 10, 5

DIFFERENCES = [
    "frame", "family", "outlet_a", "outlet_b", "n_a", "n_b", "difference", "low", "high", "method",
    "p", "p_holm", "tested", "reason",
]  # fmt: skip
OMNIBUS = ["frame", "family", "n_outlets", "statistic", "p", "p_holm", "cramers_v", "tested", "reason"]
MDD = ["frame", "family", "outlet_a", "outlet_b", "base", "mdd", "mdd_family"]


def share_limits(estimate: RatioEstimate, level: float) -> tuple[Floats, Floats]:
    """Give the Wilson limits of an estimate on its effective n, with a t quantile over clusters."""
    return wilson_interval(estimate.share, estimate.n, deff=estimate.deff, level=level, df=estimate.n_clusters - 1)


def _pairs(counts: FrameCounts, options: Compare) -> list[tuple[str, str]]:
    if options.family == "vs_rest":
        return [(outlet, REST) for outlet in counts.compared] if len(counts.compared) > 1 else []
    if options.family == "vs_reference":
        if options.reference not in counts.compared:
            known = ", ".join(counts.compared)
            raise ValueError(f"reference is {options.reference!r}; write one of the outlets: {known}.")
        return [(outlet, options.reference) for outlet in counts.compared if outlet != options.reference]
    return list(combinations(counts.compared, 2))


@dataclass(frozen=True)
class _Side:
    """One side of a pair: its articles, its shares with limits, and bootstrap draws where there are enough clusters."""

    name: str
    rows: Bools
    estimate: RatioEstimate
    carrying: Ints  # clusters that carry, per frame
    low: Floats
    high: Floats
    draws: Floats | None


def _sides(
    counts: FrameCounts, pairs: list[tuple[str, str]], options: Compare, seed: int
) -> dict[tuple[str, str], _Side]:
    """Give each side of each pair once; keys are (name, left out of the rest)."""
    keys = list(dict.fromkeys(key for a, b in pairs for key in ((a, ""), _key(a, b))))
    masks = {key: counts.rows(key[0], against=key[1]) for key in keys}
    estimates = {key: counts.estimate(masks[key]) for key in keys}
    large = [key for key in keys if estimates[key].n_clusters >= BOOTSTRAP_CLUSTERS]
    draws = _bootstrap(counts, [masks[key] for key in large], options.n_boot, seed)
    found = {}
    for key in keys:
        estimate, rows = estimates[key], masks[key]
        low, high = share_limits(estimate, options.level)
        carrying = np.array([len(np.unique(counts.cluster[rows & (y > 0)])) for y in counts.carries.T], dtype=np.intp)
        drawn = draws[large.index(key)] if key in large else None
        found[key] = _Side(key[0], rows, estimate, carrying, low, high, drawn)
    return found


def _key(a: str, b: str) -> tuple[str, str]:
    return (b, a if b == REST else "")


def _bootstrap(counts: FrameCounts, masks: list[Bools], n_boot: int, seed: int) -> list[Floats]:
    """Draw the shares of several sides from the same resampled clusters."""
    if not masks:
        return []
    columns = np.hstack([counts.carries * counts.weight[:, None], counts.weight[:, None]])
    sums = sum_by(np.hstack([columns * mask[:, None] for mask in masks]), counts.cluster)
    drawn = cluster_bootstrap(sums, n_boot=n_boot, seed=[seed, 0])
    width = columns.shape[1]
    pieces = [drawn[:, start : start + width] for start in range(0, drawn.shape[1], width)]
    return [piece[:, :-1] / np.maximum(piece[:, -1:], 1e-300) for piece in pieces]


def pair_differences(counts: FrameCounts, options: Compare, *, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Give the differences, the detectable differences, and how many permutations were drawn."""
    pairs = _pairs(counts, options)
    sides = _sides(counts, pairs, options, seed)
    chosen = [(sides[a, ""], sides[_key(a, b)]) for a, b in pairs]
    table = pd.DataFrame([row for a, b in chosen for row in _pair_rows(counts, a, b, options)], columns=DIFFERENCES)
    tested = table["tested"].astype(bool)
    sizes = {str(name): int(size) for name, size in table.loc[tested, "family"].value_counts().items()}
    n_perm = options.n_perm or max(2000, 100 * max(sizes.values(), default=0))
    for number, (a, b) in enumerate(chosen):
        part = slice(number * len(counts.frames), (number + 1) * len(counts.frames))
        if tested[part].any():
            p = _pair_p(counts, a, b, n_perm, [seed, 1, number])
            table.loc[table.index[part], "p"] = np.where(tested[part], p, np.nan)
    for name in sizes:
        rows = tested & (table["family"] == name)
        table.loc[rows, "p_holm"] = holm(table.loc[rows, "p"].to_numpy(float))
    mdd = [row for a, b in chosen for row in _detectable(counts, a, b, sizes, options)]
    return table, pd.DataFrame(mdd, columns=MDD), n_perm


def _pair_rows(counts: FrameCounts, a: _Side, b: _Side, options: Compare) -> list[tuple[Any, ...]]:
    low, high = newcombe_difference(a.estimate.share, (a.low, a.high), b.estimate.share, (b.low, b.high))
    difference = a.estimate.share - b.estimate.share
    fewest = min(a.estimate.n_clusters, b.estimate.n_clusters)
    found = []
    for f, frame in enumerate(counts.frames):
        method, limits = "newcombe", (low[f], high[f])
        if fewest < FEWEST_CLUSTERS:
            method, limits = "none", (np.nan, np.nan)
        elif a.draws is not None and b.draws is not None and min(a.carrying[f], b.carrying[f]) >= BOOTSTRAP_CARRYING:
            tail = (1 - options.level) / 2
            drawn = np.quantile(a.draws[:, f] - b.draws[:, f], [tail, 1 - tail])
            method, limits = "bootstrap", (drawn[0], drawn[1])
        reason = _untested(a, b, f, options)
        found.append((
            frame, counts.families[f], a.name, b.name, int(a.estimate.n), int(b.estimate.n), difference[f], *limits,
            method, np.nan, np.nan, reason == "", reason,
        ))  # fmt: skip
    return found


def _untested(a: _Side, b: _Side, frame: int, options: Compare) -> str:
    """Say why a pair is not tested, or nothing. Only pooled counts of a frame decide: the test stays exact."""
    if min(a.estimate.n, b.estimate.n) < options.min_articles:
        return "few_articles"
    if min(a.estimate.n_clusters, b.estimate.n_clusters) < FEWEST_CLUSTERS:
        return "few_clusters"
    return "rare_frame" if a.carrying[frame] + b.carrying[frame] < FEWEST_CARRYING else ""


def _pair_p(counts: FrameCounts, a: _Side, b: _Side, n_perm: int, seed: list[int]) -> Floats:
    rows = a.rows | b.rows
    weight = counts.weight[rows]
    numerators = counts.carries[rows] * weight[:, None]
    labels = b.rows[rows].astype(np.intp)
    return permutation_test(numerators, weight, labels, counts.cluster[rows], n_perm=n_perm, seed=seed).p


def _detectable(
    counts: FrameCounts, a: _Side, b: _Side, sizes: dict[str, int], options: Compare
) -> list[tuple[Any, ...]]:
    found = []
    n = a.estimate.n + b.estimate.n
    for f, frame in enumerate(counts.frames):
        base = float((a.estimate.share[f] * a.estimate.n + b.estimate.share[f] * b.estimate.n) / n) if n else 0.0
        family, alpha = counts.families[f], 1 - options.level
        n_a, n_b = a.estimate.n / a.estimate.deff[f], b.estimate.n / b.estimate.deff[f]
        alone, first = (
            minimum_detectable_difference(base, n_a, n_b, alpha=alpha / size) for size in (1, sizes.get(family, 1))
        )
        found.append((frame, family, a.name, b.name, base, alone, first))
    return found


def omnibus_tests(counts: FrameCounts, options: Compare, *, seed: int) -> pd.DataFrame:
    """Test each frame over all outlets that are large enough, before any pair is looked at."""
    estimates = {name: counts.estimate(counts.rows(name)) for name in counts.compared}
    chosen = [
        name for name, estimate in estimates.items()
        if estimate.n >= options.min_articles and estimate.n_clusters >= FEWEST_CLUSTERS
    ]  # fmt: skip
    rows = counts.articles["outlet"].isin(chosen).to_numpy(bool)
    carrying = [len(np.unique(counts.cluster[rows & (y > 0)])) for y in counts.carries.T]
    tested = [len(chosen) > 1 and n >= FEWEST_CARRYING for n in carrying]
    reasons = ["" if good else "few_outlets" if len(chosen) < 2 else "rare_frame" for good in tested]
    table = pd.DataFrame({"frame": counts.frames, "family": counts.families, "n_outlets": len(chosen)})
    table["statistic"] = table["p"] = table["p_holm"] = np.nan
    table["cramers_v"] = [_effect(counts, chosen, f) for f in range(len(counts.frames))]
    table["tested"], table["reason"] = tested, reasons
    if any(tested):
        labels = pd.Index(chosen).get_indexer(pd.Index(counts.articles["outlet"][rows]))
        weight = counts.weight[rows]
        result = permutation_test(
            counts.carries[rows] * weight[:, None], weight, labels, counts.cluster[rows],
            n_perm=options.n_perm or max(2000, 100 * len(counts.frames)), seed=[seed, 2],
        )  # fmt: skip
        table["statistic"], table["p"] = np.where(tested, result.statistic, np.nan), np.where(tested, result.p, np.nan)
        for family in set(counts.families):
            part = table["tested"] & (table["family"] == family)
            table.loc[part, "p_holm"] = holm(table.loc[part, "p"].to_numpy(float))
    return table[OMNIBUS]


def _effect(counts: FrameCounts, outlets: list[str], frame: int) -> float:
    carried = [counts.carries[counts.rows(name), frame].sum() for name in outlets]
    sizes = [counts.rows(name).sum() for name in outlets]
    return cramers_v(np.column_stack([carried, np.subtract(sizes, carried)])) if len(outlets) > 1 else float("nan")
