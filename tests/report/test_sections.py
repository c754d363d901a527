"""What the sections count and pick."""

from dataclasses import replace

import pandas as pd

from framing.report.language import Texts
from framing.report.results import read_results
from framing.report.sections import Quotes, cluster_views, judge_presence, layers_table, limits, list_of, summary


def test_presence_counts_articles_over_all_outlets(build_folder):
    presence = judge_presence(read_results(build_folder(14)))
    assert presence.n_articles == 42
    assert presence.rare == ()
    assert presence.carrying["sovereignty"] > 5


def test_a_frame_under_five_articles_is_rare_and_its_children_are_not_spoken_of(build_folder):
    presence = judge_presence(read_results(build_folder(4)))
    assert set(presence.rare) == {name for name, n in presence.carrying.items() if n < 5}
    assert all(frame.partition(".")[0] not in presence.rare for frame in presence.spoken(["escalation.by_west"]))


def test_both_layers_add_up_to_all_units(build_folder):
    results = read_results(build_folder(14))
    table = layers_table(results, Texts("en"))
    counts = [int(row.cells[0].text) for row in table.rows]
    assert sum(counts[:3]) == sum(counts[3:]) == len(results["units"])


def test_outliers_come_last_and_carry_no_quotes(build_folder):
    results = read_results(build_folder(14))
    views = cluster_views(results, Quotes(results, text="snippet"), Texts("en", codebook=results.codebook))
    assert [view.topic for view in views] == [0, 1, 2, -1]
    assert views[-1].outside
    assert views[-1].quotes == ()
    assert views[2].label == "unlabelled cluster"
    assert views[1].label == "matches the frame: Escalation"


def test_full_text_is_shown_only_where_the_study_says_so(build_folder):
    results = read_results(build_folder(14))
    unit = results["units"].loc[results["units"]["text"].str.split().str.len().idxmax(), "unit_id"]
    assert Quotes(results, text="snippet").pick([unit], limit=1)[0].text.endswith("…")
    assert not Quotes(results, text="full").pick([unit], limit=1)[0].text.endswith("…")


def test_lists_are_read_from_lists_and_from_text():
    assert list_of("روسيا، حرب, جنود") == ["روسيا", "حرب", "جنود"]
    assert list_of(pd.Series(["a", "b"]).to_numpy()) == ["a", "b"]
    assert list_of(None) == []


def test_codebook_of_another_story_is_named_first_and_no_difference_is_stated(build_folder):
    results = read_results(build_folder(14))
    counts = {**(results.manifest.get("counts") or {}), "on_codebook_story": 0}
    foreign = replace(results, manifest={**results.manifest, "counts": counts})
    presence = judge_presence(foreign)
    said = " ".join(map(str, limits(foreign, presence, Texts("en"))))
    assert presence.foreign
    assert presence.spoken(foreign.frames) == []
    assert "belongs to another story" in said
    assert len(summary(foreign, presence, Texts("en"))) == 1
