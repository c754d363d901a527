"""Comparison: small corpora whose shares can be counted by hand, and what must hold."""

import numpy as np
import pandas as pd
import pytest

from framing.comparison import compare_outlets
from framing.counts import REST, unit_voices


def corpus(carrying, *, n=12, part="title"):
    """Articles of two units (title, body) per outlet; the first `carrying[outlet]` carry escalation in `part`."""
    articles, units, frames = [], [], []
    for outlet, n_carrying in carrying.items():
        for number in range(n):
            article = f"{outlet}{number}"
            articles.append((article, outlet))
            for position, here in enumerate(("title", "body")):
                unit = f"{article}#{position}"
                units.append((unit, article, position, here, "نص الوحدة", 0, 9))
                state = "carried" if here == part and number < n_carrying else "none"
                frames.append((unit, "escalation.by_west", 0.9, state))
                frames.append((unit, "sovereignty", 0.1, "none"))
    return (
        pd.DataFrame(frames, columns=["unit_id", "frame", "score", "state"]),
        pd.DataFrame(units, columns=["unit_id", "article_id", "n", "part", "text", "start", "end"]),
        pd.DataFrame(articles, columns=["article_id", "outlet"]),
    )


def share(result, outlet, frame="escalation", estimand="article_share"):
    table = result.shares.set_index(["estimand", "outlet", "frame"])
    return table.loc[(estimand, outlet, frame)]


FAST = {"n_boot": 100, "n_perm": 200}


def test_article_share_counts_articles_with_the_frame_in_title_or_lead():
    result = compare_outlets(*corpus({"ب": 3, "أ": 6}), **FAST)
    found = share(result, "أ")
    assert (found["carried"], found["n"], found["share"]) == (6, 12, 0.5)
    assert 0.2 < found["low"] < 0.5 < found["high"] < 0.8
    assert share(result, "ب", estimand="unit_share")["share"] == pytest.approx(3 / 24)


def test_a_frame_in_the_body_counts_under_any_and_share_but_not_title_or_lead():
    tables = corpus({"أ": 6, "ب": 3}, part="body")
    assert share(compare_outlets(*tables, **FAST), "أ")["share"] == 0
    assert share(compare_outlets(*tables, article_rule="any", **FAST), "أ")["share"] == 0.5
    assert share(compare_outlets(*tables, article_rule="share>=0.5", **FAST), "أ")["share"] == 0.5
    assert share(compare_outlets(*tables, article_rule="share>=0.6", **FAST), "أ")["share"] == 0


def test_a_parent_is_carried_where_a_child_is_and_both_stand_in_the_tables():
    result = compare_outlets(*corpus({"أ": 6, "ب": 3}), **FAST)
    assert list(result.shares["frame"].unique()) == ["escalation", "escalation.by_west", "sovereignty"]
    assert share(result, "أ", "escalation")["share"] == share(result, "أ", "escalation.by_west")["share"]


def test_outlets_stand_in_alphabetical_order_whatever_their_shares():
    result = compare_outlets(*corpus({"ج": 12, "أ": 1, "ب": 6}), **FAST)
    assert list(result.shares["outlet"].unique()) == ["أ", "ب", "ج"]
    assert list(zip(result.differences["outlet_a"], result.differences["outlet_b"], strict=True))[::3] == [
        ("أ", "ب"), ("أ", "ج"), ("ب", "ج"),
    ]  # fmt: skip


def test_a_clear_difference_is_found_and_holm_never_lowers_p():
    result = compare_outlets(*corpus({"أ": 11, "ب": 0}), n_boot=100, n_perm=2000)
    row = result.differences.set_index("frame").loc["escalation"]
    assert row["difference"] == pytest.approx(11 / 12)
    assert row["tested"]
    assert row["p"] < 0.01
    tested = result.differences[result.differences["tested"]]
    assert (tested["p_holm"] >= tested["p"]).all()
    assert result.omnibus.set_index("frame").loc["escalation", "p"] < 0.01


def test_a_frame_hardly_present_is_not_tested_and_says_why():
    result = compare_outlets(*corpus({"أ": 2, "ب": 1}), **FAST)
    assert set(result.differences["reason"]) == {"rare_frame"}
    assert not result.differences["tested"].any()
    assert result.differences["p"].isna().all()
    assert set(result.omnibus["reason"]) == {"rare_frame"}


def test_small_outlets_are_shown_and_not_tested():
    result = compare_outlets(*corpus({"أ": 4, "ب": 4}, n=8), **FAST)
    assert set(result.shares["flag"]) == {"few_articles"}
    assert set(result.differences["reason"]) == {"few_articles"}
    assert set(result.differences["method"]) == {"none"}


def test_bootstrap_takes_over_from_thirty_clusters_a_side():
    small = compare_outlets(*corpus({"أ": 10, "ب": 15}, n=29), **FAST).differences
    large = compare_outlets(*corpus({"أ": 10, "ب": 15}, n=40), **FAST).differences
    assert small["method"].tolist()[:2] == ["newcombe", "newcombe"]
    assert large["method"].tolist() == ["bootstrap", "bootstrap", "newcombe"]  # nobody carries sovereignty
    assert (large["low"] < large["difference"]).tolist()[:2] == [True, True]


def test_stories_printed_alike_by_both_outlets_show_no_difference_and_narrow_the_bootstrap():
    frames, units, articles = corpus({"أ": 15, "ب": 15}, n=40)
    number = articles["article_id"].str[1:]
    copies = pd.DataFrame({"article_id": articles["article_id"], "copy_group": "g" + number})
    joint = compare_outlets(frames, units, articles, copies=copies, **FAST).differences.iloc[0]
    apart = compare_outlets(frames, units, articles, **FAST).differences.iloc[0]
    assert joint["p"] == 1.0
    assert joint["high"] - joint["low"] == pytest.approx(0)
    assert apart["high"] - apart["low"] > 0.2


def test_a_relay_in_other_words_is_an_article_of_its_own():
    frames, units, articles = corpus({"أ": 6, "ب": 6})
    copies = pd.DataFrame({"article_id": ["أ0", "ب0"], "copy_group": "g", "copy_role": ["original", "relay"]})
    result = compare_outlets(frames, units, articles, copies=copies, **FAST).differences
    apart = compare_outlets(frames, units, articles, **FAST).differences
    pd.testing.assert_frame_equal(result, apart)


def test_weights_leave_articles_out_and_move_shared_text_to_its_own_row():
    frames, units, articles = corpus({"أ": 6, "ب": 6})
    weights = pd.DataFrame(
        {"article_id": articles["article_id"], "weight": 1.0, "outlet_as_counted": articles["outlet"]}
    )
    weights.loc[0, "outlet_as_counted"] = "وكالات"
    weights.loc[1, "weight"] = 0.0
    result = compare_outlets(frames, units, articles, weights=weights, **FAST)
    assert share(result, "أ")["n"] == 10
    assert share(result, "وكالات")["n"] == 1
    assert "وكالات" not in set(result.differences["outlet_a"]) | set(result.differences["outlet_b"])


def test_weights_weigh_the_share():
    frames, units, articles = corpus({"أ": 6, "ب": 6})
    weights = pd.DataFrame({"article_id": articles["article_id"], "outlet_as_counted": articles["outlet"]})
    weights["weight"] = np.where(weights["article_id"].isin([f"أ{i}" for i in range(6)]), 0.5, 1.0)
    assert share(compare_outlets(frames, units, articles, weights=weights, **FAST), "أ")["share"] == pytest.approx(
        1 / 3
    )


def test_articles_off_the_story_are_left_out():
    frames, units, articles = corpus({"أ": 6, "ب": 6})
    articles["on_story"] = articles["article_id"] != "أ0"
    assert share(compare_outlets(frames, units, articles, **FAST), "أ")["n"] == 11


def test_voices_split_the_share_and_may_overlap():
    frames, units, articles = corpus({"أ": 6, "ب": 3})
    spans = [(u, 0, 9, "quoted") for u in ("أ0#0", "أ1#0")] + [("أ2#0", 0, 4, "attributed"), ("أ3#0", 0, 4, "quoted")]
    voices = pd.DataFrame(spans, columns=["unit_id", "start", "end", "voice"])
    table = compare_outlets(frames, units, articles, voices=voices, **FAST).by_voice
    found = table[(table["outlet"] == "أ") & (table["frame"] == "escalation")].set_index("voice")["carried"]
    assert found.to_dict() == {"own": 2, "attributed": 2, "quoted": 2}


def test_a_unit_is_quoted_only_where_quotes_cover_more_than_half():
    units = pd.DataFrame({"unit_id": ["a", "b", "c"], "start": 0, "end": 10})
    voices = pd.DataFrame(
        [("a", 0, 3, "quoted"), ("a", 5, 8, "quoted"), ("b", 0, 5, "quoted"), ("b", 5, 10, "attributed")],
        columns=["unit_id", "start", "end", "voice"],
    )
    assert unit_voices(units, voices).to_dict() == {"a": "quoted", "b": "attributed", "c": "own"}


def test_voice_of_a_unit_is_the_quotation_where_it_covers_over_half():
    units = pd.DataFrame({"unit_id": ["a", "b", "c", "d"], "start": 0, "end": [100] * 4})
    rows = [("a", 0, 51, "quoted"), ("b", 0, 50, "quoted"), ("c", 0, 10, "attributed"), ("d", 0, 100, "own")]
    voices = pd.DataFrame(rows, columns=["unit_id", "start", "end", "voice"])
    assert unit_voices(units, voices).tolist() == ["quoted", "attributed", "attributed", "own"]


def test_unit_without_a_span_speaks_in_its_own_voice():
    units = pd.DataFrame({"unit_id": ["a"], "start": [0], "end": [10]})
    assert unit_voices(units, pd.DataFrame({"unit_id": [], "start": [], "end": [], "voice": []})).tolist() == ["own"]


def test_contested_units_are_counted_apart_and_stay_outside_the_share():
    frames, units, articles = corpus({"أ": 6, "ب": 3})
    frames.loc[frames["state"] == "carried", "state"] = "contested"
    result = compare_outlets(frames, units, articles, **FAST)
    assert share(result, "أ")["carried"] == 0
    assert result.contested.set_index(["outlet", "frame"]).loc[("أ", "escalation"), "n"] == 6


def test_explain_gives_the_units_behind_a_figure():
    result = compare_outlets(*corpus({"أ": 6, "ب": 3}), **FAST)
    assert result.explain("أ", "escalation")["unit_id"].tolist() == [f"أ{i}#0" for i in range(6)]
    with pytest.raises(ValueError, match=r"outlet is 'ه'; compared were: أ, ب"):
        result.explain("ه", "escalation")


def test_families_against_a_reference_and_against_the_rest():
    tables = corpus({"أ": 6, "ب": 3, "ج": 5})
    reference = compare_outlets(*tables, family="vs_reference", reference="ب", **FAST).differences
    assert set(reference["outlet_b"]) == {"ب"}
    rest = compare_outlets(*tables, family="vs_rest", **FAST).differences
    assert set(rest["outlet_b"]) == {REST}
    assert rest.iloc[0]["difference"] == pytest.approx(6 / 12 - 8 / 24)
    with pytest.raises(ValueError, match="reference is 'ه'; write one of the outlets: أ, ب, ج"):
        compare_outlets(*tables, family="vs_reference", reference="ه")


def test_the_number_of_permutations_follows_the_size_of_the_family():
    outlets = {chr(ord("ا") + i): 6 for i in range(8)}
    result = compare_outlets(*corpus(outlets), n_boot=100, frames_order=["escalation"])
    assert result.settings["n_perm"] == 2800
    assert result.settings["family_sizes"] == {"frames": 28}


def test_the_same_seed_gives_the_same_tables():
    tables = corpus({"أ": 12, "ب": 20}, n=35)
    first, again = (compare_outlets(*tables, seed=5, **FAST) for _ in range(2))
    pd.testing.assert_frame_equal(first.differences, again.differences)


def test_one_outlet_or_none_gives_tables_without_pairs():
    one = compare_outlets(*corpus({"أ": 6}), **FAST)
    assert len(one.differences) == 0
    assert share(one, "أ")["share"] == 0.5
    none = compare_outlets(*(table.head(0) for table in corpus({"أ": 6})), **FAST)
    assert len(none.shares) == 0
    assert "0" in none.summary("en")


def test_a_wrong_rule_or_table_says_what_to_write():
    tables = corpus({"أ": 6, "ب": 3})
    with pytest.raises(ValueError, match="article_rule is 'most'; write title_or_lead, any"):
        compare_outlets(*tables, article_rule="most")
    with pytest.raises(ValueError, match=r"got str; pass a pandas table, or an object with one as \.frames"):
        compare_outlets("frames.csv", *tables[1:])


def test_the_summary_names_no_outlet_before_hand_codes_exist():
    result = compare_outlets(*corpus({"وسيلة ألف": 11, "وسيلة باء": 0}), **FAST)
    for language in ("ar", "en"):
        assert "وسيلة" not in result.summary(language).replace("وسيلة الإعلام", "")
    assert "not validated by coding" in result.summary("en")
    assert "استكشافية" in result.summary("ar")


def test_the_notebook_view_is_right_to_left_and_escapes_names():
    shown = compare_outlets(*corpus({"<script>alert(1)</script>": 6, "ب": 3}), **FAST)._repr_html_()
    assert 'dir="rtl"' in shown
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_the_arguments_are_left_as_they_were():
    tables = corpus({"أ": 6, "ب": 3})
    before = [table.copy() for table in tables]
    compare_outlets(*tables, **FAST)
    for table, copy in zip(tables, before, strict=True):
        pd.testing.assert_frame_equal(table, copy)
