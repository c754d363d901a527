"""Statistics: worked examples with their source, second implementations, and what must hold."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from framing.statistics import (
    benjamini_hochberg,
    cluster_bootstrap,
    cramers_v,
    holm,
    js_distance,
    minimum_detectable_difference,
    newcombe_difference,
    permutation_test,
    ratio_estimate,
    wilson_interval,
)

# Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3.
WILSON_EXAMPLES = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
# Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10.
NEWCOMBE_EXAMPLES = [(56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090), (10, 10, 0, 20, 0.6791, 1.0)]


@pytest.mark.parametrize(("k", "n", "low", "high"), WILSON_EXAMPLES)
def test_wilson_gives_the_published_limits(k, n, low, high):
    found = wilson_interval(k / n, n)
    assert np.round([float(x) for x in found], 4).tolist() == pytest.approx([low, high], abs=1e-4)
    assert proportion_confint(k, n, method="wilson") == pytest.approx([float(x) for x in found])


def test_wilson_with_design_effect_equals_wilson_on_the_effective_n():
    assert [*map(float, wilson_interval(0.3, 200, deff=4))] == pytest.approx([*map(float, wilson_interval(0.3, 50))])


def test_wilson_with_few_clusters_is_wider_than_with_many():
    few, many = wilson_interval(0.3, 100, df=5), wilson_interval(0.3, 100, df=500)
    assert few[1] - few[0] > many[1] - many[0]


def test_wilson_of_nothing_is_not_a_number():
    low, high = wilson_interval(np.array([0.0]), 0)
    assert np.isnan(low).all()
    assert np.isnan(high).all()


@pytest.mark.parametrize(("a", "n_a", "b", "n_b", "low", "high"), NEWCOMBE_EXAMPLES)
def test_newcombe_gives_the_published_limits(a, n_a, b, n_b, low, high):
    found = newcombe_difference(a / n_a, wilson_interval(a / n_a, n_a), b / n_b, wilson_interval(b / n_b, n_b))
    assert [*map(float, found)] == pytest.approx([low, high], abs=1e-4)
    second = confint_proportions_2indep(a, n_a, b, n_b, method="newcomb")
    assert [*map(float, found)] == pytest.approx(second, abs=1e-9)


def test_design_effect_is_one_for_articles_that_stand_alone():
    carried = (np.arange(40) % 4 == 0).astype(float)[:, None]
    found = ratio_estimate(carried, np.ones(40), np.arange(40), n=40)
    assert found.share[0] == pytest.approx(0.25)
    assert found.deff[0] == pytest.approx(1.0)
    assert found.n_clusters == 40


def test_design_effect_is_the_cluster_size_where_units_of_an_article_agree():
    """Kish (1965): deff = 1 + (size - 1) * rho, and rho is 1 here."""
    carried = np.array([5.0, 0, 0, 5, 0, 5, 0, 0, 0, 5] * 20)[:, None]
    found = ratio_estimate(carried, np.full(200, 5.0), np.arange(200), n=1000)
    assert found.deff[0] == pytest.approx(5.0, rel=0.01)


def test_a_share_of_zero_counts_clusters_not_units():
    found = ratio_estimate(np.zeros((10, 1)), np.full(10, 8.0), np.arange(10), n=80)
    assert found.n / found.deff[0] == pytest.approx(10)


def test_variance_of_a_ratio_equals_the_jackknife_over_clusters():
    """Linearised and jackknife variances agree in large samples (Cochran 1977)."""
    rng = np.random.default_rng(5)
    size = rng.integers(3, 30, 300).astype(float)
    carried = rng.binomial(size.astype(int), rng.beta(2, 5, 300)).astype(float)
    n = size.sum()
    found = ratio_estimate(carried[:, None], size, np.arange(300), n=n)
    left_out = (carried.sum() - carried) / (n - size)
    jackknife = 299 / 300 * ((left_out - left_out.mean()) ** 2).sum()
    share = found.share[0]
    assert found.deff[0] * share * (1 - share) / (n - 1) == pytest.approx(jackknife, rel=0.02)


def test_bootstrap_keeps_what_a_cluster_adds_to_two_outlets_together():
    sums = np.column_stack([np.arange(50.0), np.arange(50.0) * 3])
    drawn = cluster_bootstrap(sums, n_boot=200, seed=1)
    assert np.allclose(drawn[:, 1], 3 * drawn[:, 0])


def test_bootstrap_is_the_same_with_the_same_seed_and_spreads_as_theory_says():
    carried = (np.arange(400) % 5 == 0).astype(float)
    sums = np.column_stack([carried, np.ones(400)])
    first, again = (cluster_bootstrap(sums, n_boot=2000, seed=7) for _ in range(2))
    assert np.array_equal(first, again)
    assert (first[:, 0] / first[:, 1]).std() == pytest.approx(np.sqrt(0.2 * 0.8 / 400), rel=0.06)


def test_bootstrap_in_blocks_gives_every_draw(monkeypatch):
    monkeypatch.setattr("framing.statistics.BLOCK_CELLS", 64)
    drawn = cluster_bootstrap(np.ones((10, 1)), n_boot=33, seed=3)
    assert drawn.tolist() == [[10.0]] * 33


def test_permutation_p_agrees_with_fisher_in_a_small_table():
    """Equal sizes: the studentised order is the order of the tables, so the exact test is the same."""
    carried = np.array([1] * 9 + [0] * 3 + [1] * 3 + [0] * 9, dtype=float)[:, None]
    labels = np.repeat([0, 1], 12)
    found = permutation_test(carried, np.ones(24), labels, np.arange(24), n_perm=20_000, seed=2)
    assert found.p[0] == pytest.approx(stats.fisher_exact([[9, 3], [3, 9]]).pvalue, abs=0.004)


def test_permutation_p_is_never_zero():
    carried = np.repeat([1.0, 0.0], 20)[:, None]
    found = permutation_test(carried, np.ones(40), np.repeat([0, 1], 20), np.arange(40), n_perm=99, seed=2)
    assert found.p[0] == pytest.approx(1 / 100)


def test_shuffled_outlets_give_uniform_p():
    rng = np.random.default_rng(11)
    p = []
    for seed in range(300):
        carried = (rng.random((60, 1)) < 0.3).astype(float)
        labels = rng.permutation(np.repeat([0, 1], [20, 40]))
        p.append(permutation_test(carried, np.ones(60), labels, np.arange(60), n_perm=199, seed=seed).p[0])
    below = np.mean(np.array(p) <= 0.05)
    assert 0.01 <= below <= 0.09
    assert 0.4 <= np.mean(p) <= 0.65  # ties among few tables push the mean above one half


def test_studentising_holds_the_level_where_article_lengths_differ_between_outlets():
    """The case of Chung & Romano (2013): equal shares, unequal variances, the smaller group the noisier one."""
    rng = np.random.default_rng(3)
    rejected = raw = 0
    for seed in range(200):
        noisy, calm = rng.binomial(1, 0.5, 15) * 10.0, rng.binomial(10, 0.5, 60).astype(float)
        carried = np.concatenate([noisy, calm])[:, None]
        labels = np.repeat([0, 1], [15, 60])
        found = permutation_test(carried, np.full(75, 10.0), labels, np.arange(75), n_perm=199, seed=seed)
        rejected += found.p[0] <= 0.05
        observed = abs(noisy.mean() - calm.mean())
        shuffled = rng.permuted(np.tile(carried.ravel(), (199, 1)), axis=1)
        drawn = np.abs(shuffled[:, :15].mean(axis=1) - shuffled[:, 15:].mean(axis=1))
        raw += (1 + (drawn >= observed).sum()) / 200 <= 0.05
    assert rejected / 200 <= 0.10
    assert raw / 200 > 0.2


def test_drawing_kinds_is_the_same_as_shuffling_labels_one_by_one():
    """Three outlets, articles of two weights: the p of labels shuffled over articles, each statistic computed anew."""
    rng = np.random.default_rng(5)
    labels = np.repeat([0, 1, 2], [8, 12, 20])
    weight = np.where(np.arange(40) % 3 == 0, 0.5, 1.0)
    carried = (rng.random((40, 2)) < np.array([0.2, 0.5])) * weight[:, None]
    carried[:6, 0] = weight[:6]
    found = permutation_test(carried, weight, labels, np.arange(40), n_perm=20_000, seed=6)
    shuffled = np.stack([
        permutation_test(carried, weight, rng.permutation(labels), np.arange(40), n_perm=1, seed=0).statistic
        for _ in range(3000)
    ])  # fmt: skip
    assert found.p == pytest.approx((shuffled >= found.statistic - 1e-9).mean(axis=0), abs=0.025)
    assert found.p[0] < 0.05 < found.p[1]


def test_permutation_in_blocks_draws_as_many_as_it_says(monkeypatch):
    monkeypatch.setattr("framing.statistics.BLOCK_DRAWN", 30)
    carried = np.repeat([1.0, 0.0], 20)[:, None]
    found = permutation_test(carried, np.ones(40), np.repeat([0, 1], 20), np.arange(40), n_perm=99, seed=2)
    assert found.p[0] == pytest.approx(1 / 100)


def test_clusters_that_span_outlets_are_permuted_within_themselves():
    """Every story printed alike by both outlets: no permutation can show a difference."""
    carried = np.tile((np.arange(20) % 2).astype(float), 2)[:, None]
    labels, clusters = np.repeat([0, 1], 20), np.tile(np.arange(20), 2)
    found = permutation_test(carried, np.ones(40), labels, clusters, n_perm=500, seed=4)
    assert found.p[0] == 1.0


def test_paired_stories_give_the_sign_test():
    """12 shared stories, 10 carried by one outlet only and 2 by the other: the exact sign test is 0.0386."""
    a, b = np.array([1.0] * 10 + [0] * 2), np.array([0.0] * 10 + [1] * 2)
    found = permutation_test(
        np.concatenate([a, b])[:, None], np.ones(24), np.repeat([0, 1], 12), np.tile(np.arange(12), 2),
        n_perm=20_000, seed=4,
    )  # fmt: skip
    assert found.p[0] == pytest.approx(stats.binomtest(10, 12).pvalue, abs=0.004)


def test_omnibus_sees_one_outlet_apart_and_nothing_in_equal_ones():
    apart = np.concatenate([np.ones(15), np.tile([1.0, 0, 0, 0, 0], 6)])
    carried = np.column_stack([apart, np.tile([1.0, 0, 0], 15)])
    found = permutation_test(carried, np.ones(45), np.repeat([0, 1, 2], 15), np.arange(45), n_perm=999, seed=4)
    assert found.p[0] < 0.01
    assert found.p[1] > 0.9


def test_holm_and_bh_follow_their_published_steps():
    """Holm: p (0.01, 0.04, 0.03) times 3, 2, 1 with running maximum; BH: running minimum of p m / rank."""
    assert holm(np.array([0.01, 0.04, 0.03])) == pytest.approx([0.03, 0.06, 0.06])
    assert benjamini_hochberg(np.array([0.01, 0.04, 0.03])) == pytest.approx([0.03, 0.04, 0.04])
    assert len(holm(np.empty(0))) == len(benjamini_hochberg(np.empty(0))) == 0


@pytest.mark.parametrize("n", [1, 2, 7, 45, 300])
@pytest.mark.parametrize("decimals", [1, 3, 12])
def test_holm_and_bh_are_those_of_statsmodels(n, decimals):
    """Rounding makes ties, zeros and ones."""
    p = np.random.default_rng(n).random(n).round(decimals)
    assert np.array_equal(holm(p), multipletests(p, method="holm")[1])
    assert np.array_equal(benjamini_hochberg(p), multipletests(p, method="fdr_bh")[1])


def test_a_missing_p_value_stays_missing_and_counts_in_the_family():
    p = np.array([0.02, np.nan, 0.01])
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1], nan_ok=True)


def test_holm_collects_no_garbage(monkeypatch):
    monkeypatch.setattr("gc.collect", lambda *_: pytest.fail("all garbage of the process was collected"))
    assert holm(np.array([0.01])) == [0.01]


def test_cramers_v_is_corrected_for_bias():
    """Bergsma (2013), equations 4 to 6, by hand: phi2 = .16, n = 100, r = c = 2."""
    expected = np.sqrt((0.16 - 1 / 99) / (2 - 1 / 99 - 1))
    assert cramers_v(np.array([[35, 15], [15, 35]])) == pytest.approx(expected)
    assert cramers_v(np.array([[25, 25], [25, 25]])) == 0.0
    assert cramers_v(np.array([[5, 0], [7, 0]])) == 0.0


def test_js_distance_runs_from_zero_to_one():
    assert js_distance(np.array([0.5, 0.5]), np.array([5, 5])) == pytest.approx(0)
    assert js_distance(np.array([1, 0]), np.array([0, 1])) == pytest.approx(1)
    assert np.isnan(js_distance(np.zeros(2), np.ones(2)))


def test_detectable_difference_agrees_with_cohens_h_near_one_half():
    """Cohen (1988), table 2.4: n = 100 a side sees h = .40 with power .80; at one half h is twice the difference."""
    found = minimum_detectable_difference(0.5, 100, 100)
    h = NormalIndPower().solve_power(nobs1=100, alpha=0.05, power=0.8)
    assert found == pytest.approx(0.198, abs=0.001)
    assert found == pytest.approx(np.sin(h / 2), abs=0.003)
    assert minimum_detectable_difference(0.0, 10, 10) == minimum_detectable_difference(0.05, 10, 10)
