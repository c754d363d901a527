import numpy as np
import pandas as pd
import pytest

from framing.coding import CODE_COLUMNS, RELEVANCE, CodingSample
from framing.errors import CodingError
from framing.relevance_check import _recall, measure_relevance


def sample(n_hit=100, n_remainder=50, *, hits=400, remainder=1000) -> CodingSample:
    units = [("hit", n, n_hit / hits) for n in range(n_hit)]
    units += [("remainder", n, n_remainder / max(1, remainder)) for n in range(n_remainder)]
    table = pd.DataFrame(
        [(f"{s}{n}", f"{s}{n}", "ألف" if n % 2 else "باء", s, p) for s, n, p in units],
        columns=["unit_id", "article_id", "outlet", "stratum", "probability"],
    )
    strata = pd.DataFrame(
        [("hit", hits, n_hit), ("remainder", remainder, n_remainder)], columns=["stratum", "n_population", "n_sampled"]
    )
    outlets = pd.DataFrame(
        [("ألف", "hit", hits // 2), ("باء", "hit", hits - hits // 2), ("باء", "remainder", remainder)],
        columns=["outlet", "stratum", "n_population"],
    )
    settings = {"query": ["أ"], "broader": ["ب"], "min_score": None, "n_articles": 5000}
    return CodingSample(table, strata, outlets, RELEVANCE, "relevance", settings)


def codes(of: CodingSample, values: dict[str, str], coder="أ", kind="person") -> pd.DataFrame:
    probability = dict(zip(of.table["unit_id"], of.table["probability"], strict=True))
    rows = [
        (unit, coder, kind, "on_story", value, "production", probability[unit], "relevance", of.sha256, "")
        for unit, value in values.items()
    ]
    return pd.DataFrame(rows, columns=list(CODE_COLUMNS))


def coded(of: CodingSample, n_yes: int, n_yes_remainder: int, *, n_unsure: int = 0, **options) -> pd.DataFrame:
    values = {}
    for stratum, yes, unsure in (("hit", n_yes, n_unsure), ("remainder", n_yes_remainder, 0)):
        units = of.table[of.table["stratum"] == stratum]["unit_id"]
        values |= {u: "yes" if n < yes else "unsure" if n < yes + unsure else "no" for n, u in enumerate(units)}
    return codes(of, values, **options)


def test_precision_and_recall_are_those_of_the_formula():
    drawn = sample()
    found = measure_relevance(coded(drawn, 80, 2), drawn)
    # Worked by hand: 400 x .80 = 320 found; 1000 x 2/50 = 40 missed.
    assert found.precision.share == pytest.approx(0.80)
    assert found.recall.share == pytest.approx(320 / 360)
    assert found.recall.low < 320 / 360 < found.recall.high


def test_precision_has_a_wilson_interval():
    drawn = sample()
    found = measure_relevance(coded(drawn, 80, 2), drawn).precision
    # Wilson (1927) for 80 of 100 at 95 %: .7112 to .8666.
    assert (found.low, found.high) == (pytest.approx(0.7112, abs=1e-4), pytest.approx(0.8666, abs=1e-4))


def test_unsure_is_counted_apart_and_shown_as_no_beside():
    drawn = sample()
    found = measure_relevance(coded(drawn, 60, 0, n_unsure=20), drawn)
    assert found.precision.share == pytest.approx(60 / 80)
    assert found.precision_unsure_no.share == pytest.approx(60 / 100)
    assert found.strata.set_index("stratum").loc["hit", ["n_yes", "n_no", "n_unsure"]].tolist() == [60, 20, 20]
    assert not found.warnings


def test_weights_are_one_over_the_probability():
    drawn = sample()
    uneven = drawn.table["probability"].where(
        drawn.table.index >= 20, 0.05
    )  # the first 20 hits stand for 5 times as many
    drawn = CodingSample(
        drawn.table.assign(probability=uneven), drawn.strata, drawn.outlets, RELEVANCE, "relevance", drawn.settings
    )
    found = measure_relevance(coded(drawn, 20, 0), drawn)
    assert found.precision.share == pytest.approx(20 * 20 / (20 * 20 + 80 * 4))
    # Kish: n_effective = (sum w)^2 / sum w^2
    expected = (20 * 20 + 80 * 4) ** 2 / (20 * 400 + 80 * 16)
    assert found.strata["n_effective"][0] == pytest.approx(expected)


def test_nothing_relevant_in_the_remainder_leaves_recall_uncertain():
    drawn = sample()
    found = measure_relevance(coded(drawn, 80, 0), drawn).recall
    assert found.share == found.high == 1
    assert 0.8 < found.low < 1


@pytest.mark.parametrize(("precision", "missed"), [(0.8, 0.04), (0.95, 0.005), (0.6, 0.15), (0.9, 0.0)])
def test_interval_of_recall_covers_the_truth(precision, missed):
    truth = 400 * precision / (400 * precision + 1000 * missed)
    rng = np.random.default_rng(7)
    inside = []
    for draw in range(200):
        n_yes = {"hit": rng.binomial(100, precision), "remainder": rng.binomial(100, missed)}
        hit, remainder = (
            {"n_population": n, "n_yes": n_yes[name], "n_no": 100 - n_yes[name], "share": n_yes[name] / 100,
             "n_effective": 100.0}
            for name, n in (("hit", 400), ("remainder", 1000))
        )  # fmt: skip
        found = _recall(hit, remainder, 0.95, draw)
        inside.append(found.low <= truth <= found.high)
    assert np.mean(inside) >= 0.91  # .95 wanted; 200 draws have a standard error of .015


def test_coders_who_disagree_are_unsure_together():
    drawn = sample()
    one, two = coded(drawn, 80, 0), coded(drawn, 70, 0, coder="ب")
    found = measure_relevance(pd.concat([one, two]), drawn)
    assert found.settings["n_disagreed"] == 10
    assert found.strata.set_index("stratum").loc["hit", ["n_yes", "n_no", "n_unsure"]].tolist() == [70, 20, 10]
    three = pd.concat([one, two, coded(drawn, 80, 0, coder="ج")])
    assert measure_relevance(three, drawn).precision.share == pytest.approx(0.8)


def test_outlets_are_counted_apart():
    drawn = sample()
    found = measure_relevance(coded(drawn, 80, 2), drawn).outlets.set_index(["outlet", "stratum"])
    assert found.loc[("ألف", "hit"), ["n_population", "n_coded", "n_yes"]].tolist() == [200, 50, 40]
    assert found.loc[("باء", "remainder"), "n_coded"] == 25


def test_broader_query_that_finds_no_more_gives_no_recall():
    drawn = sample(n_remainder=0, remainder=0)
    found = measure_relevance(coded(drawn, 80, 0), drawn)
    assert np.isnan(found.recall.share)
    assert "recall cannot be estimated. Widen relevance.broader" in found.summary()


def test_half_coded_sheet_is_measured_and_warned_about():
    drawn = sample()
    found = measure_relevance(coded(drawn, 80, 2).head(40), drawn)
    assert found.precision.share == 1
    assert np.isnan(found.recall.share)
    assert "Only 40 of the articles found are coded; code at least 100." in found.summary()
    assert {"en", "ar"} == set(found.warnings[0])


def test_codes_of_another_sample_are_refused():
    drawn, other = sample(), sample(hits=500)
    with pytest.raises(CodingError, match="these codes belong to another sample"):
        measure_relevance(coded(drawn, 80, 2), other)


def test_sheet_without_a_decided_hit_is_refused():
    drawn = sample()
    with pytest.raises(CodingError, match="none of the 100 articles the query found is coded"):
        measure_relevance(coded(drawn, 0, 0, n_unsure=100), drawn)
    with pytest.raises(CodingError, match="none of the 100 articles"):
        measure_relevance(coded(drawn, 80, 2).head(0), drawn)


def test_sentence_says_n_interval_and_who_coded_in_both_languages():
    drawn = sample()
    found = measure_relevance(coded(drawn, 80, 2, kind="model"), drawn)
    english, arabic = found.sentence("en"), found.sentence("ar")
    for part in ("400 of 5000", "100 of them, coded by a language model, 80%", "71-87%", "89%", "Stryker et al. 2006"):
        assert part in english
    for part in ("400", "5000", "نموذج لغوي", "80%", "الإحكام", "الاستدعاء", "71-87%", "89%"):
        assert part in arabic
    assert "coded by 1 coder," in measure_relevance(coded(drawn, 80, 2), drawn).sentence()


def test_result_is_a_table_and_text_in_a_notebook():
    drawn = sample()
    found = measure_relevance(coded(drawn, 80, 2), drawn)
    assert found.to_frame()["measure"].tolist() == ["precision", "precision_unsure_no", "recall"]
    assert "<table" in found._repr_html_()
