"""Runs summed up by hand: medians, ranges, shares of significant runs, and runs that do not count."""

import pandas as pd
import pytest

from framing.errors import ResultsError
from framing.files import write_csv
from framing.robustness_tables import (
    CLAIMS,
    FILES,
    RUNS,
    choice_table,
    claim_table,
    claims_of,
    read_robustness,
    said_of,
)


def run(number, kind, choice, points, *, significant=False, reason="", in_curve=False):
    return {
        "run": number, "kind": kind, "choice": choice, "value": "v", "threshold": "base", "copies": "keep",
        "article_rule": "any", "in_curve": in_curve, "frame": "f", "family": "frames", "outlet_a": "أ",
        "outlet_b": "ب", "n_a": 20, "n_b": 30, "points": points, "low": points - 5, "high": points + 5, "p": 0.01,
        "p_adjusted": 0.02, "tested": reason == "", "significant": significant, "reason": reason,
    }  # fmt: skip


@pytest.fixture
def runs():
    return pd.DataFrame([
        run(0, "base", "base", 20.0, significant=True, in_curve=True),
        run(1, "one", "threshold", 10.0, significant=True, in_curve=True),
        run(2, "one", "encoder", -4.0, significant=True),
        run(3, "one", "copies", 30.0, in_curve=True),
        run(4, "one", "period", 90.0, reason="few_articles"),
        run(5, "curve", "threshold+copies+article_rule", 50.0, in_curve=True),
    ])[RUNS]  # fmt: skip


@pytest.fixture
def claims():
    return pd.DataFrame([{"claim": "c01", "frame": "f", "family": "frames", "outlet_a": "أ", "outlet_b": "ب"}])


def test_median_and_range_count_the_base_and_every_single_change(runs, claims):
    row = claim_table(runs, claims).iloc[0]
    assert (row["median_points"], row["min_points"], row["max_points"], row["n_runs"]) == (15.0, -4.0, 30.0, 4)


def test_a_significant_run_of_the_other_sign_does_not_support_the_claim(runs, claims):
    row = claim_table(runs, claims).iloc[0]
    assert row["share_significant"] == pytest.approx(2 / 4)
    assert (row["n_opposite"], row["n_sign_changes"]) == (1, 1)


def test_runs_with_too_few_articles_are_listed_and_not_counted(runs, claims):
    row = claim_table(runs, claims).iloc[0]
    assert row["n_left_out"] == 1
    assert row["max_points"] < 90


def test_full_grid_is_summed_up_apart(runs, claims):
    row = claim_table(runs, claims).iloc[0]
    assert (row["curve_median"], row["curve_min"], row["curve_max"], row["n_curve"]) == (25.0, 10.0, 50.0, 4)


def test_choices_are_measured_from_the_base_in_their_fixed_order(runs, claims):
    table = choice_table(runs, claim_table(runs, claims))
    assert table["choice"].tolist() == ["encoder", "threshold", "copies", "period"]
    by_name = table.set_index("choice")
    assert by_name.loc["encoder", "median_shift"] == 24.0
    assert by_name.loc["encoder", "share_significant"] == 0.0
    assert by_name.loc["threshold", "share_significant"] == 1.0
    assert by_name.loc["period", "n_left_out"] == 1


def test_untested_pairs_are_kept_with_their_reason():
    base = pd.DataFrame({
        "frame": ["f", "f"], "outlet_a": ["أ", "أ"], "outlet_b": ["ب", "ج"], "n_a": [20, 20], "n_b": [20, 4],
        "tested": [True, False], "reason": ["", "few_articles"],
    })  # fmt: skip
    claims, left = claims_of(base)
    assert claims["claim"].tolist() == ["c01"]
    assert left[["outlet_b", "reason"]].to_numpy().tolist() == [["ج", "few_articles"]]


def test_no_claim_is_a_table_without_rows(runs, claims):
    table = claim_table(runs.head(0), claims.head(0))
    assert table.empty
    assert table.columns.tolist() == CLAIMS


def test_sentences_say_when_nothing_could_be_checked():
    tables = {name: pd.DataFrame(columns=columns) for name, columns in FILES.items()}
    assert said_of(tables, {}) == [("no_claims", {"left": 0})]


def test_tables_come_back_as_they_were_written(tmp_path, runs, claims):
    summed = claim_table(runs, claims)
    tables = {name: pd.DataFrame(columns=columns) for name, columns in FILES.items()}
    tables |= {"runs": runs, "claims": summed, "choices": choice_table(runs, summed)}
    for name, table in tables.items():
        write_csv(tmp_path / "robustness" / f"{name}.csv", table)
    back = read_robustness(tmp_path)
    pd.testing.assert_frame_equal(back["claims"], summed, check_dtype=False)
    pd.testing.assert_frame_equal(back["runs"], runs, check_dtype=False)


def test_no_check_gives_no_tables(tmp_path):
    assert read_robustness(tmp_path) == {}


def test_a_torn_table_is_told_with_what_to_do(tmp_path, runs, claims):
    write_csv(tmp_path / "robustness" / "claims.csv", claims)
    with pytest.raises(ResultsError, match=r"runs\.csv.*framing robustness"):
        read_robustness(tmp_path)
