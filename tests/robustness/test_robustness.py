"""A robustness check as a whole: what it varies, that it repeats, and that it names no outlet where it must not."""

from dataclasses import replace

import pandas as pd
import pytest

from framing.comparison import compare_outlets
from framing.corpus import build_corpus
from framing.robustness import RobustnessGrid, run_robustness
from framing.robustness_tables import CHOICES, KEY
from framing.study import Compare, load_study


def test_every_choice_is_varied_or_says_why_not(found):
    assert set(found.choices["choice"]) | set(found.skipped["choice"]) >= set(CHOICES)
    assert (found.skipped["reason"] != "").all()


def test_base_run_is_the_studys_own_comparison(found, study, shared_encoder):
    from framing.codebook import load_codebook
    from framing.frames import FrameModel
    from framing.units import split_units
    from framing.vectors import embed
    from framing.voices import find_voices

    corpus = build_corpus(study, encoder=shared_encoder)
    units = split_units(corpus.analysed, off_story=corpus.off_story()).table
    codebook = load_codebook(study.codebook, folder=study.folder)
    vectors = embed(units, encoder=shared_encoder)
    assigned = FrameModel(codebook, encoder=shared_encoder, seed=study.seed).fit(units, vectors).predict(units, vectors)
    own = compare_outlets(
        assigned.frames, units, corpus.analysed, voices=find_voices(units).table, weights=corpus.weights,
        copies=corpus.copies.table, n_boot=100, n_perm=400, seed=study.seed, frames_order=codebook.frame_ids,
    ).differences  # fmt: skip
    own = own[own["tested"].astype(bool)].reset_index(drop=True)
    base = found.runs[found.runs["kind"] == "base"].reset_index(drop=True)
    pd.testing.assert_frame_equal(base[KEY], own[KEY])
    assert base["points"].to_numpy() == pytest.approx(100 * own["difference"].to_numpy(float), abs=1e-3)
    assert base["p_adjusted"].to_numpy() == pytest.approx(own["p_holm"].to_numpy(float))


def test_one_run_has_a_row_for_every_claim(found):
    assert (found.runs.groupby("run").size() == len(found.claims)).all()
    assert len(found.claims) > 5


@pytest.mark.slow
def test_two_checks_are_the_same(found, study, shared_encoder, small_grid):
    again = run_robustness(study, grid=small_grid, encoder=shared_encoder)
    for name, table in found.tables().items():
        pd.testing.assert_frame_equal(table, again.tables()[name], obj=name)
    assert found.settings == again.settings


@pytest.mark.slow
def test_another_seed_draws_other_examples_and_leaves_the_base(found, study, shared_encoder, small_grid):
    grid = replace(small_grid, encoders=(), curve=False, relevance=False, period=False, copies=(), article_rules=())
    other = run_robustness(study, grid=grid, encoder=shared_encoder, seed=99)
    base = [result.runs[result.runs["kind"] == "base"].drop(columns="in_curve") for result in (found, other)]
    pd.testing.assert_frame_equal(*base)
    assert other.settings["seed"] == 99


def test_full_grid_holds_every_combination_once(found):
    curve = found.runs[found.runs["in_curve"].astype(bool)].drop_duplicates("run")
    combined = curve[["threshold", "copies", "article_rule"]]
    assert len(combined) == 3 * 2 * 2
    assert not combined.duplicated().any()


def test_summary_names_no_outlet_in_either_language(found):
    for language in ("ar", "en"):
        said = found.summary(language)
        assert not any(outlet in said for outlet in {*found.claims["outlet_a"], *found.claims["outlet_b"]})
        assert "100" in said
        assert "400" in said


def test_pairs_stand_in_alphabetical_order(found):
    assert (found.claims["outlet_a"] < found.claims["outlet_b"]).all()


def test_explain_gives_the_runs_of_a_claim_with_their_shift(found):
    runs = found.explain("c01")
    assert runs.loc[runs["kind"] == "base", "shift"].tolist() == [0.0]
    assert len(runs) == found.runs["run"].nunique()


def test_unknown_claim_is_refused_with_an_example(found):
    with pytest.raises(ValueError, match=r"'c999'.*such as c01"):
        found.explain("c999")


def test_small_outlets_bear_no_claim(study, shared_encoder):
    few = replace(study, compare=Compare(n_boot=100, n_perm=100, min_articles=30))
    grid = RobustnessGrid(encoders=(), example_draws=0, topic_seeds=0, curve=False)
    result = run_robustness(few, grid=grid, encoder=shared_encoder)
    assert result.claims.empty
    assert set(result.not_claimed["reason"]) == {"few_articles"}
    assert "no difference" in result.summary("en").lower()
    assert result.plot() is not None
    assert "<table" in result._repr_html_()


@pytest.mark.slow
def test_too_few_permutations_for_holm_are_told(study, shared_encoder):
    grid = RobustnessGrid(
        encoders=(), example_draws=0, topic_seeds=0, curve=False, relevance=False, period=False, n_perm=100
    )
    result = run_robustness(study, grid=grid, encoder=shared_encoder)
    assert result.settings["n_perm_needed"] > 100
    assert "too few" in result.summary("en")


def test_plot_of_one_claim_needs_the_full_grid(found, study, shared_encoder):
    assert found.plot("c01", language="en") is not None
    grid = RobustnessGrid(
        encoders=(), example_draws=0, topic_seeds=0, curve=False, relevance=False, period=False, copies=()
    )
    with pytest.raises(ValueError, match="curve=True"):
        run_robustness(study, grid=grid, encoder=shared_encoder).plot("c01")


def test_progress_is_a_bar_on_stderr(study, shared_encoder, capsys):
    grid = RobustnessGrid(encoders=(), example_draws=0, topic_seeds=0, curve=False, relevance=False, period=False)
    run_robustness(study, grid=grid, encoder=shared_encoder, progress=True)
    said = capsys.readouterr()
    assert "robustness" in said.err
    assert said.out == ""


@pytest.mark.slow
def test_against_a_reference_claims_are_about_it_alone(study_file, shared_encoder):
    chosen = load_study(study_file)
    options = replace(chosen.compare, family="vs_reference", reference="موقع باء")
    grid = RobustnessGrid(encoders=(), example_draws=0, topic_seeds=0, curve=False)
    result = run_robustness(replace(chosen, compare=options), grid=grid, encoder=shared_encoder)
    assert set(result.claims["outlet_b"]) == {"موقع باء"}


@pytest.mark.slow
def test_topic_layer_stands_apart_with_its_seeds(study, shared_encoder):
    grid = RobustnessGrid(
        encoders=(), example_draws=0, topic_seeds=2, curve=False, relevance=False, period=False, copies=(),
        article_rules=(), thresholds=(),
    )  # fmt: skip
    topics = run_robustness(study, grid=grid, encoder=shared_encoder).topics
    assert topics["seed"].tolist() == [7, 8, 9]
    assert topics.loc[0, "ari"] == pytest.approx(1.0)
    assert topics["words_jaccard"].between(0, 1).all()
