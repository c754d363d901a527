"""The section on robustness: right numbers in both languages, no outlet in a sentence, nothing unescaped."""

import re

import pandas as pd
import pytest

from framing.lexicon import load
from framing.report.language import Texts
from framing.report.robustness_section import robustness_html, sentences
from framing.robustness_tables import FILES

OUTLET = "قناة <b>جيم</b>"


@pytest.fixture
def tables():
    claim = {
        "claim": "c01", "frame": "escalation", "family": "frames", "outlet_a": "صحيفة ألف", "outlet_b": OUTLET,
        "n_a": 16, "n_b": 17, "median_points": -12.4, "min_points": -30.2, "max_points": 4.0, "base_points": -15.0,
        "base_low": -28.0, "base_high": -2.0, "base_p_adjusted": 0.01, "base_significant": True, "n_runs": 15,
        "share_significant": 0.6, "n_sign_changes": 2, "n_opposite": 0, "n_left_out": 1, "curve_median": -11.0,
        "curve_min": -20.0, "curve_max": 1.0, "curve_share_significant": 0.5, "n_curve": 27,
    }  # fmt: skip
    found = {name: pd.DataFrame(columns=columns) for name, columns in FILES.items()}
    found["claims"] = pd.DataFrame([claim])
    found["runs"] = pd.DataFrame({"run": [0, 1], "kind": ["base", "one"], "article_rule": ["title_or_lead", "any"]})
    found["choices"] = pd.DataFrame([("threshold", 2, 3.25, 12.0, 1, 0.5, 0)], columns=FILES["choices"])
    found["topics"] = pd.DataFrame(
        [(7, True, 5, 0.2, 1.0, 1.0, 1.0, 5, ""), (8, False, 6, 0.25, 0.61, 0.8, 0.55, 5, "")],
        columns=FILES["topics"],
    )  # fmt: skip
    found["skipped"] = pd.DataFrame([("relevance", "hits>=1", "nothing_changes")], columns=FILES["skipped"])
    found["not_claimed"] = pd.DataFrame([("escalation", "أ", "ب", 3, 17, "few_articles")], columns=FILES["not_claimed"])
    return found


@pytest.mark.parametrize("language", ["ar", "en"])
def test_section_gives_median_range_and_interval(tables, language):
    page = str(robustness_html(tables, Texts(language), settings={"n_boot": 2000, "n_perm": 4300}))
    for shown in ("−12", "[−30, +4]", "−15", "[−28, −2]", "9 / 15", "2 / 15", "16, 17", "4300", "0.61"):
        assert shown in page, shown
    assert f'id="{language}-robustness"' in page
    assert load("robustness")[language]["report"]["any"] in page.replace("&#34;", '"')


def test_names_are_escaped(tables):
    page = str(robustness_html(tables, Texts("ar")))
    assert "<b>جيم" not in page
    assert "&lt;b&gt;" in page


def test_sentences_name_no_outlet_and_judge_none(tables):
    for language in ("ar", "en"):
        said = " ".join(str(s) for s in sentences(tables, {}, Texts(language)))
        assert "جيم" not in said
        assert not re.search(r"bias|منحاز|متحيّ?ز|propagand", said)


def test_frames_that_may_not_be_spoken_of_are_left_out(tables):
    page = str(robustness_html(tables, Texts("en"), frames=[]))
    assert "−12" not in page


def test_without_a_check_there_is_no_section():
    assert str(robustness_html({}, Texts("en"))) == ""


def test_invented_data_are_marked_in_the_tables_and_the_figure(tables):
    t = Texts("en")
    page = str(robustness_html(tables, t, synthetic=True))
    assert t.word("synthetic_column") in page


def test_a_check_without_claims_says_so(tables):
    tables["claims"] = tables["claims"].head(0)
    page = str(robustness_html(tables, Texts("en")))
    assert "No difference between two outlets" in page


def test_both_languages_have_the_same_words():
    def keys(value, path=""):
        return {
            p for k, v in value.items() for p in (keys(v, f"{path}/{k}") if isinstance(v, dict) else {f"{path}/{k}"})
        }

    words = load("robustness")
    assert keys(words["ar"]) == keys(words["en"])


def test_every_choice_and_reason_has_a_name():
    from framing.robustness_tables import CHOICES, TOO_FEW

    for language in ("ar", "en"):
        assert set(CHOICES) <= set(load("robustness")[language]["choices"])
        assert {*TOO_FEW, "rare_frame"} <= set(load("robustness")[language]["reasons"])
