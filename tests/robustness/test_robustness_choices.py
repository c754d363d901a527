"""What each choice makes of a study, and when it says that it cannot be varied."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from framing.codebook import load_codebook
from framing.errors import EncoderError
from framing.robustness import _base
from framing.robustness_choices import RobustnessGrid, move_threshold, planned, replace_examples
from framing.study import Relevance


@pytest.fixture(scope="module")
def base(study, shared_encoder):
    return _base(study, shared_encoder, False)


def by_value(base, **options):
    grid = RobustnessGrid(encoders=(), example_draws=0, curve=False, **options)
    return {run.value: run for run in planned(base, grid, seed=1)}


def test_a_bootstrap_keeps_every_group_of_frame_and_style_at_its_size(data):
    codebook = load_codebook(data / "codebook.yaml")
    drawn = replace_examples(codebook, [7, 1])

    def sizes(book):
        return book.to_frame().groupby(["frames", "contested", "style"]).size().to_dict()

    assert sizes(drawn) == sizes(codebook)
    assert drawn.sha256 != codebook.sha256
    assert drawn.examples != codebook.examples
    assert drawn.examples == replace_examples(codebook, [7, 1]).examples


def assignment(rows):
    table = pd.DataFrame(rows, columns=["unit_id", "frame", "score", "state"])
    codebook = SimpleNamespace(parents=[SimpleNamespace(frame_id="f")])
    return SimpleNamespace(frames=table, codebook=codebook, settings={"thresholds": {"f": 0.5}})


def states(table):
    return {(row.unit_id, row.frame): row.state for row in table.itertuples()}


ROWS = [
    ("u1", "f", 0.45, "none"), ("u1", "f.a", 0.10, "none"), ("u1", "f.b", 0.35, "none"),
    ("u2", "f", 0.55, "carried"), ("u2", "f.a", 0.50, "carried"), ("u2", "f.b", 0.05, "none"),
    ("u3", "f", 0.80, "contested"), ("u3", "f.a", 0.70, "contested"), ("u3", "f.b", 0.10, "none"),
]  # fmt: skip


def test_a_lower_threshold_adds_units_and_the_likeliest_child_follows():
    found = states(move_threshold(assignment(ROWS), -0.1))
    assert found["u1", "f"] == "carried"
    assert (found["u1", "f.a"], found["u1", "f.b"]) == ("none", "carried")
    assert found["u2", "f.a"] == "carried"


def test_a_higher_threshold_takes_units_and_their_children_away():
    found = states(move_threshold(assignment(ROWS), 0.1))
    assert (found["u2", "f"], found["u2", "f.a"]) == ("none", "none")


def test_a_threshold_leaves_contested_units_and_its_input_alone():
    given = assignment(ROWS)
    for delta in (-0.4, 0.4):
        found = states(move_threshold(given, delta))
        assert (found["u3", "f"], found["u3", "f.a"]) == ("contested", "contested")
    assert states(given.frames)["u1", "f"] == "none"


def test_copy_question_changes_weights_alone(base):
    own, kept = base.version(copies="own"), base.version()
    assert own.frames is kept.frames
    assert own.articles is kept.articles
    assert own.label["copies"] == "own"


def test_halves_of_the_period_share_no_day_and_hold_every_article(base):
    runs = by_value(base)
    first, second = (runs[name].make().articles for name in ("first_half", "second_half"))
    assert first["published_date"].max() < second["published_date"].min()
    assert len(first) + len(second) == len(base.corpus.analysed)
    trimmed = runs["trimmed_3_days"].make()
    assert trimmed.articles["published_date"].min() == "2031-03-04"
    assert set(trimmed.units["article_id"]) <= set(trimmed.articles["article_id"])
    assert set(trimmed.voices["unit_id"]) <= set(trimmed.units["unit_id"])


def test_a_short_period_and_a_study_without_a_query_say_so(base):
    early = base.corpus.analysed[base.corpus.analysed["published_date"] < "2031-03-08"]
    short = replace(base, corpus=replace(base.corpus, analysed=early), study=replace(base.study, relevance=Relevance()))
    reasons = {run.choice: run.reason for run in planned(short, RobustnessGrid(encoders=(), curve=False), seed=1)}
    assert reasons["period"] == "short_period"
    assert reasons["relevance"] == "no_query"


def test_a_wider_cut_brings_articles_in_and_judges_their_units(base):
    relevance = base.corpus.relevance
    seen = relevance.table.assign(on_story=relevance.table["article_id"] != "0-5", n_hits=2)
    left = base.corpus.analysed[base.corpus.analysed["article_id"] != "0-5"]
    narrow = replace(base, corpus=replace(base.corpus, analysed=left, relevance=replace(relevance, table=seen)))
    version = by_value(narrow, period=False)["hits>=1"].make()
    assert "0-5" in set(version.articles["article_id"])
    assert set(version.frames["unit_id"]) == set(version.units["unit_id"])


def test_a_similarity_cut_is_moved_where_the_study_has_one(base):
    cut = replace(base, study=replace(base.study, relevance=Relevance(("جسر",), 0.2, ("الشارع",))))
    runs = by_value(cut, period=False)
    assert {"score>=0.15", "score>=0.25", "broader_query"} <= set(runs)
    kept = runs["score>=0.25"]
    assert kept.make is None or len(kept.make().articles) <= len(base.corpus.analysed)


def test_an_article_as_one_unit_has_no_rule_to_vary(base):
    whole = replace(base, study=replace(base.study, unit="article", article_rule="any"))
    runs = planned(whole, RobustnessGrid(encoders=(), relevance=False, period=False), seed=1)
    assert [run.reason for run in runs if run.choice == "article_rule"] == ["one_unit_per_article"]
    assert {run.make().rule for run in runs if run.make and run.kind == "curve"} == {"any"}


def test_an_encoder_asked_for_by_name_must_be_there(base):
    with pytest.raises(EncoderError):
        planned(base, RobustnessGrid(encoders=("no-such-encoder",)), seed=1)


def test_the_studys_own_encoder_is_no_other_choice(base, shared_encoder):
    grid = RobustnessGrid(encoders=(shared_encoder,), curve=False)
    (run,) = [run for run in planned(base, grid, seed=1) if run.choice == "encoder"]
    assert run.reason == "same_encoder"


def test_the_default_alternative_needs_no_download(base):
    own = replace(base, study=replace(base.study, encoder="e5-small"))
    (run,) = [run for run in planned(own, RobustnessGrid(curve=False), seed=1) if run.choice == "encoder"]
    assert run.value == "lexical"
    assert np.isin(run.make().frames["state"].unique(), ["carried", "contested", "none"]).all()


def test_a_quick_grid_is_smaller():
    quick, whole = RobustnessGrid.quick(), RobustnessGrid()
    assert quick.example_draws < whole.example_draws
    assert not quick.curve
