"""Intervals, bootstrap, permutation tests and distances, all over clusters of articles.

Units of one article are not independent, and copies of one wire story are one event:
every function here counts in clusters (an article, or a group of copies). `numerators`
hold what carries a frame, `denominators` what could; a share is a ratio of their sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats
from scipy.spatial.distance import jensenshannon

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Labels = npt.NDArray[np.signedinteger[Any]]

# Draws are made in blocks of about this many cells, so that memory stays flat.
BLOCK_CELLS = 4_000_000
# Permutations in smaller ones, which stay in the processor's cache.
BLOCK_DRAWN = 200_000


@dataclass(frozen=True)
class RatioEstimate:
    """A share with its design effect, per frame.

    `share` and `deff` have shape (n_frames,); `n` counts what could carry the frame,
    `n_clusters` the clusters. `deff` is never below 1: a corpus gives no more than its n.
    """

    share: Floats
    deff: Floats
    n: float
    n_clusters: int


@dataclass(frozen=True)
class PermutationTest:
    """Observed statistic and p per frame, from `n_perm` draws."""

    statistic: Floats
    p: Floats
    n_perm: int


def critical_value(level: float, df: float | None = None) -> float:
    """Give the two-sided quantile at `level` (0 to 1): Student's t with `df`, or normal without."""
    tail = 0.5 + level / 2
    return float(stats.norm.ppf(tail) if df is None else stats.t.ppf(tail, max(df, 1)))


def wilson_interval(
    share: float | Floats, n: float, *, deff: float | Floats = 1.0, level: float = 0.95, df: float | None = None
) -> tuple[Floats, Floats]:
    """Give the score interval of a share on its effective sample size.

    Parameters
    ----------
    share : 0 to 1, one or many. n : sample size before clustering is counted.
    deff : design effect; `n / deff` is the effective n.
    df : clusters minus one, for a t quantile (after Korn & Graubard 1998); None takes the normal one.

    Returns
    -------
    Lower and upper limits, 0 to 1; not a number where `n` is 0.

    References
    ----------
    Wilson (1927), JASA 22:209-212. Effective n for clustered samples: Korn & Graubard (1998).
    """
    share = np.asarray(share, dtype=float)
    if n <= 0:
        nothing = np.full_like(share, np.nan)
        return nothing, nothing.copy()
    z2_n = critical_value(level, df) ** 2 * np.asarray(deff, dtype=float) / n
    centre = (share + z2_n / 2) / (1 + z2_n)
    half = np.sqrt(z2_n * (share * (1 - share) + z2_n / 4)) / (1 + z2_n)
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def newcombe_difference(
    share_a: float | Floats,
    interval_a: tuple[float | Floats, float | Floats],
    share_b: float | Floats,
    interval_b: tuple[float | Floats, float | Floats],
) -> tuple[Floats, Floats]:
    """Give the hybrid score interval of `share_a - share_b` from the two Wilson intervals.

    Two outlets that printed the same wire stories are positively related; leaving that
    out, as here, makes the interval wider, never narrower.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17:873-890, method 10.
    """
    a, b = np.asarray(share_a, dtype=float), np.asarray(share_b, dtype=float)
    low = a - b - np.sqrt((a - interval_a[0]) ** 2 + (interval_b[1] - b) ** 2)
    high = a - b + np.sqrt((interval_a[1] - a) ** 2 + (b - interval_b[0]) ** 2)
    return np.asarray(low), np.asarray(high)


def ratio_estimate(numerators: Floats, denominators: Floats, clusters: Ints, *, n: float) -> RatioEstimate:
    """Estimate shares as ratios of sums, with the variance linearised over clusters.

    Parameters
    ----------
    numerators : (n_articles, n_frames), weighted. denominators : (n_articles,), weighted.
    clusters : (n_articles,) cluster numbers from 0. n : unweighted count that `deff` refers to.

    A share of exactly 0 or 1 has no variance to linearise; its effective n is then
    the number of clusters, the least it can be.

    References
    ----------
    Cochran (1977), Sampling Techniques, 3rd ed., ch. 6 and 9A (ratio, clusters).
    """
    keep = denominators > 0
    numerators, denominators, clusters = numerators[keep], denominators[keep], clusters[keep]
    n_clusters = len(np.unique(clusters))
    total = denominators.sum()
    if not n_clusters:
        nothing = np.full(numerators.shape[1], np.nan)
        return RatioEstimate(share=nothing, deff=nothing.copy(), n=0, n_clusters=0)
    share = numerators.sum(axis=0) / total
    residuals = sum_by((numerators - denominators[:, None] * share) / total, clusters)
    variance = (residuals**2).sum(axis=0) * n_clusters / max(n_clusters - 1, 1)
    simple = share * (1 - share) / max(n - 1, 1)
    fallback = n / n_clusters
    sure = (simple <= 1e-12) | (variance <= 1e-15)
    deff = np.where(sure, fallback, variance / np.where(sure, 1, simple))
    return RatioEstimate(share=share, deff=np.maximum(deff, 1.0), n=n, n_clusters=n_clusters)


def sum_by(values: Floats, groups: Ints) -> Floats:
    """Sum the rows of `values` by group number; gives (largest number + 1, columns)."""
    sums = np.zeros((int(groups.max(initial=-1)) + 1, values.shape[1]))
    np.add.at(sums, groups, values)
    return sums


def cluster_bootstrap(sums: Floats, *, n_boot: int, seed: int | list[int]) -> Floats:
    """Draw clusters with replacement over the whole corpus and sum each draw.

    Parameters
    ----------
    sums : (n_clusters, n_columns); a row holds everything one cluster adds, in all outlets
        at once, so a group of copies that spans outlets is drawn jointly.

    Returns
    -------
    (n_boot, n_columns) sums; shares are ratios of its columns.

    References
    ----------
    Davison & Hinkley (1997), Bootstrap Methods and their Application, section 3.8.
    """
    n_clusters = len(sums)
    rng = np.random.default_rng(seed)
    drawn = np.empty((n_boot, sums.shape[1]))
    step = max(1, BLOCK_CELLS // max(n_clusters, 1))
    for start in range(0, n_boot, step):
        size = min(step, n_boot - start)
        picks = rng.integers(0, n_clusters, (size, n_clusters)) + np.arange(size)[:, None] * n_clusters
        times = np.bincount(picks.ravel(), minlength=size * n_clusters).reshape(size, n_clusters)
        drawn[start : start + size] = times @ sums
    return drawn


def permutation_test(
    numerators: Floats,
    denominators: Floats,
    labels: Ints,
    clusters: Ints,
    *,
    n_perm: int,
    seed: int | list[int],
) -> PermutationTest:
    """Test whether shares differ between outlets, permuting labels over clusters.

    With two labels the statistic is the studentised difference (label 0 minus label 1);
    with more, the sum of squared studentised distances from the common share. A cluster that
    spans outlets is permuted within itself. p = (b + 1) / (n_perm + 1).

    Parameters
    ----------
    numerators : (n_articles, n_frames), weighted. denominators : (n_articles,), weighted.
    labels : (n_articles,) outlet numbers from 0. clusters : (n_articles,) cluster numbers.

    References
    ----------
    Chung & Romano (2013), Annals of Statistics 41:484-507, doi 10.1214/13-AOS1090: without
    studentising, unequal variances break the test. Phipson & Smyth (2010), SAGMB 9:39, for p.
    """
    cells = _Cells.from_articles(numerators, denominators, labels, clusters)
    observed = cells.statistic(cells.observed)[0]
    rng = np.random.default_rng(seed)
    exceeding = np.zeros(numerators.shape[1])
    step = max(1, BLOCK_DRAWN // cells.n_drawn)
    for start in range(0, n_perm, step):
        drawn = cells.statistic(cells.permuted(min(step, n_perm - start), rng))
        # Equal values must count as equal: sums in another order differ in the last digits.
        exceeding += (np.abs(drawn) >= np.abs(observed) - 1e-9).sum(axis=0)
    return PermutationTest(statistic=observed, p=(exceeding + 1) / (n_perm + 1), n_perm=n_perm)


@dataclass(frozen=True)
class _Draws:
    """Drawn labels: how many clusters of each kind a label has, and the label of each part of a spanning cluster."""

    counts: Ints  # (n_labels, n_draws, n_kinds)
    parts: Labels  # (n_draws, n_parts)


@dataclass(frozen=True)
class _Cells:
    """What clusters add to outlets, as far as labels can be exchanged.

    Clusters of one outlet that add the same are one `kind`: to shuffle labels over them is to draw, without
    replacement, how many of each kind a label gets. That takes as long for 100 clusters as for 100,000.
    A cluster that several outlets printed stands apart, a `part` for each outlet, its parts in a row.
    """

    kinds: Floats  # (n_kinds, n_frames + 1), the last column the denominator
    parts: Floats  # (n_parts, n_frames + 1)
    spanning: list[Ints]  # parts of each spanning cluster
    observed: _Draws

    @classmethod
    def from_articles(cls, numerators: Floats, denominators: Floats, labels: Ints, clusters: Ints) -> _Cells:
        keep = denominators > 0
        pairs = np.column_stack([clusters[keep], labels[keep]])
        unique, position = np.unique(pairs, axis=0, return_inverse=True)
        sums = sum_by(np.column_stack([numerators[keep], denominators[keep]]), position.ravel())
        _, sizes = np.unique(unique[:, 0], return_counts=True)
        spans = np.repeat(sizes > 1, sizes)
        kinds, kind = np.unique(sums[~spans], axis=0, return_inverse=True)
        n_labels = int(labels.max(initial=0)) + 1
        cells = np.bincount(unique[~spans, 1] * len(kinds) + kind.ravel(), minlength=n_labels * len(kinds))
        counts = cells.reshape(n_labels, 1, len(kinds))
        ends = np.cumsum(sizes[sizes > 1])
        spanning = [np.arange(end - size, end) for end, size in zip(ends, sizes[sizes > 1], strict=True)]
        return cls(kinds, sums[spans], spanning, _Draws(counts, unique[None, spans, 1]))

    @property
    def n_drawn(self) -> int:
        """Numbers that one draw takes."""
        return max(1, self.observed.counts.size + len(self.parts))

    def permuted(self, n_draws: int, rng: np.random.Generator) -> _Draws:
        """Draw labels: over all clusters of one outlet together, within each spanning cluster apart."""
        parts = np.tile(self.observed.parts, (n_draws, 1))
        for columns in self.spanning:
            parts[:, columns] = rng.permuted(parts[:, columns], axis=1)
        remaining = np.tile(self.observed.counts.sum(axis=0), (n_draws, 1))
        counts = np.empty((len(self.observed.counts), *remaining.shape), dtype=np.intp)
        for label, size in enumerate(self.observed.counts.sum(axis=(1, 2))[:-1]):
            left, others = np.full(n_draws, size), remaining.sum(axis=1)
            for kind in range(remaining.shape[1]):
                others -= remaining[:, kind]
                counts[label, :, kind] = rng.hypergeometric(remaining[:, kind], others, left)
                left -= counts[label, :, kind]
            remaining -= counts[label]
        counts[-1] = remaining
        return _Draws(counts, parts)

    def statistic(self, draws: _Draws) -> Floats:
        """Give the statistic of each draw, (n_draws, n_frames)."""
        shares, variances, totals = self.moments(draws)
        if len(shares) == 2:
            variance = variances[0] + variances[1] - 2 * self.covariance(draws, shares, totals)
            return _studentised(shares[0] - shares[1], variance)
        precision = 1 / np.where(variances > 0, variances, np.inf)
        common = (shares * precision).sum(axis=0) / np.maximum(precision.sum(axis=0), 1e-300)
        return np.asarray(((shares - common) ** 2 * precision).sum(axis=0), dtype=float)

    def moments(self, draws: _Draws) -> tuple[Floats, Floats, Floats]:
        """Share, linearised variance and total per label: (n_labels, n_draws, n_frames or 1)."""
        n_frames = self.kinds.shape[1] - 1
        of_kinds, of_parts = _columns(self.kinds), _columns(self.parts)
        whole = draws.counts[:, 0].sum(axis=0) @ of_kinds + of_parts.sum(axis=0)
        pooled = whole[:n_frames] / whole[-3]
        shares, variances, totals = [], [], []
        for label, counts in enumerate(draws.counts):
            sums = counts @ of_kinds + (draws.parts == label).astype(float) @ of_parts
            total, squares, count = sums[:, -3:-2], sums[:, -2:-1], np.maximum(sums[:, -1:], 1)
            share = sums[:, :n_frames] / np.maximum(total, 1e-300)
            spread = sums[:, n_frames : 2 * n_frames] - 2 * share * sums[:, 2 * n_frames : 3 * n_frames]
            variance = np.maximum(spread + share**2 * squares, 0) / np.maximum(total, 1e-300) ** 2
            # An outlet at exactly 0 has no spread of its own; a term of order 1/n^2 keeps the ratio finite.
            variances.append(variance + pooled * (1 - pooled) / count**2)
            shares.append(share)
            totals.append(total)
        return np.stack(shares), np.stack(variances), np.stack(totals)

    def covariance(self, draws: _Draws, shares: Floats, totals: Floats) -> Floats:
        """Covariance of two shares through the clusters both outlets printed."""
        pairs = np.array(self.spanning, dtype=np.intp).reshape(-1, 2)
        straight = (draws.parts[:, pairs[:, 0]] == 0).astype(float)
        product = np.zeros_like(shares[0])
        for weight, a, b in ((straight, pairs[:, 0], pairs[:, 1]), (1 - straight, pairs[:, 1], pairs[:, 0])):
            y_a, y_b = self.parts[a, :-1], self.parts[b, :-1]
            m_a, m_b = self.parts[a, -1:], self.parts[b, -1:]
            product += weight @ (y_a * y_b) - shares[1] * (weight @ (y_a * m_b))
            product += shares[0] * shares[1] * (weight @ (m_a * m_b)) - shares[0] * (weight @ (y_b * m_a))
        return np.asarray(product / np.maximum(totals[0] * totals[1], 1e-300), dtype=float)


def _columns(rows: Floats) -> Floats:
    """Give what is summed of each row: y, y squared, y times m, m, m squared, and 1."""
    y, m = rows[:, :-1], rows[:, -1:]
    return np.hstack([y, y**2, y * m, m, m**2, np.ones_like(m)])


def _studentised(difference: Floats, variance: Floats) -> Floats:
    flat = variance <= 1e-15
    ratio = difference / np.sqrt(np.where(flat, 1, variance))
    return np.where(flat & (np.abs(difference) <= 1e-12), 0.0, ratio)


def holm(p: Floats) -> Floats:
    """Adjust a family of p values by Holm's step-down method (Holm 1979, Scand. J. Statist. 6:65-70).

    The tests hold it against `statsmodels.stats.multitest.multipletests`, which collects all garbage of the process
    in every call: half the time of a comparison once the libraries for clusters are loaded.
    """
    p = np.asarray(p, dtype=float)
    order = np.argsort(p)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1)
    return adjusted


def benjamini_hochberg(p: Floats) -> Floats:
    """Adjust p values for the false discovery rate (Benjamini & Hochberg 1995, JRSS B 57:289-300)."""
    from statsmodels.stats.multitest import fdrcorrection

    return np.asarray(fdrcorrection(p)[1], dtype=float) if len(p) else np.empty(0)


def cramers_v(table: Floats) -> float:
    """Give the bias-corrected Cramer's V of a table of counts, 0 to 1; 0 where a margin is degenerate.

    References
    ----------
    Bergsma (2013), Journal of the Korean Statistical Society 42:323-328.
    """
    table = np.asarray(table, dtype=float)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    n = table.sum()
    rows, columns = table.shape
    if min(rows, columns) < 2 or n <= 1:
        return 0.0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    phi2 = float(((table - expected) ** 2 / expected).sum()) / n
    corrected = max(0.0, phi2 - (rows - 1) * (columns - 1) / (n - 1))
    rows_corrected = rows - (rows - 1) ** 2 / (n - 1)
    columns_corrected = columns - (columns - 1) ** 2 / (n - 1)
    smaller = min(rows_corrected, columns_corrected) - 1
    return float(np.sqrt(corrected / smaller)) if smaller > 0 else 0.0


def js_distance(profile_a: Floats, profile_b: Floats) -> float:
    """Give the Jensen-Shannon distance of two profiles, base 2: 0 equal, 1 disjoint.

    Small samples push it up even where the outlets do not differ.

    References
    ----------
    Lin (1991), IEEE Trans. Inf. Theory 37:145-151; its square root (Endres & Schindelin 2003).
    """
    a, b = np.asarray(profile_a, dtype=float), np.asarray(profile_b, dtype=float)
    if a.sum() <= 0 or b.sum() <= 0:
        return float("nan")
    return float(jensenshannon(a, b, base=2))


def minimum_detectable_difference(
    share: float, n_a: float, n_b: float, *, alpha: float = 0.05, power: float = 0.8
) -> float:
    """Give the smallest difference in shares that a two-sided test at `alpha` sees with `power`.

    Parameters
    ----------
    share : the common share, 0 to 1; taken into .05 to .95, where the normal formula holds.
    n_a, n_b : effective sample sizes.

    References
    ----------
    Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, ch. 4, equal variances.
    """
    if min(n_a, n_b) <= 0:
        return float("nan")
    share = min(max(share, 0.05), 0.95)
    quantiles = float(stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power))
    return min(1.0, quantiles * float(np.sqrt(share * (1 - share) * (1 / n_a + 1 / n_b))))
