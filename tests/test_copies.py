import time
from pathlib import Path

import pandas as pd
import pytest

from framing.articles import read_articles
from framing.copies import AGENCIES_ROW, COLUMNS, copy_weights, group_copies

DATA = Path(__file__).parents[2] / "shared" / "data"


def story(seed: int, first: int = 0, last: int = 120) -> str:
    return " ".join(f"كلمة{chr(0x628 + seed)}{chr(0x628 + n % 18)}{chr(0x628 + n // 18)}" for n in range(first, last))


def articles(*rows: tuple[str, str], days: list[str] | None = None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "article_id": [f"a{n}" for n in range(len(rows))],
            "outlet": [outlet for outlet, _ in rows],
            "text": [text for _, text in rows],
            "published_date": days or ["2024-10-23"] * len(rows),
        }
    )


def roles(found) -> dict[str, tuple[str, str]]:
    return {row.article_id: (row.copy_group, row.copy_role) for row in found.table.itertuples()}


def test_article_in_no_group_has_no_row():
    found = group_copies(articles(("ألف", story(0)), ("باء", story(1))))
    assert tuple(found.table.columns) == COLUMNS
    assert found.table.empty
    assert found.summary() == "No two articles share their text."


@pytest.mark.parametrize(
    ("changed", "role"),
    [
        (story(0), "copy"),
        (story(5, 0, 30) + " " + story(0, 30), "edited"),
        (story(0, 0, 84), "edited"),
        (story(0) + " " + story(1), "edited"),
    ],
    ids=["same text", "new lead", "tail cut by 30 %", "two articles joined"],
)
def test_reprint_is_found(changed, role):
    found = group_copies(articles(("ألف", story(0)), ("باء", changed)))
    assert roles(found) == {"a0": ("c0001", "original"), "a1": ("c0001", role)}
    assert found.table["similarity"].iloc[0] == 1


def test_article_made_of_two_stories_does_not_glue_them():
    table = articles(
        ("ألف", story(0)), ("باء", story(0)), ("جيم", story(0) + " " + story(1)), ("دال", story(1)), ("هاء", story(1))
    )
    groups = {article_id: group for article_id, (group, _) in roles(group_copies(table)).items()}
    assert groups["a0"] == groups["a1"]
    assert groups["a3"] == groups["a4"]
    assert groups["a0"] != groups["a3"]


def test_chain_of_edits_does_not_join_its_ends():
    table = articles(*((name, story(0, 20 * n, 20 * n + 60)) for n, name in enumerate("ابجدهوزح")))
    found = group_copies(table).table
    assert found.groupby("copy_group").size().tolist() == [2, 2, 2, 2]


def test_original_is_the_earliest_printed():
    found = group_copies(articles(("ألف", story(0)), ("باء", story(0)), days=["2024-10-24", "2024-10-23"]))
    assert roles(found)["a1"] == ("c0001", "original")


def test_original_at_equal_times_is_the_agency_itself():
    text = f"{story(0)} (رويترز)"
    found = group_copies(articles(("ألف", text), ("رويترز", text)))
    assert roles(found)["a1"][1] == "original"
    assert found.table["agency"].tolist() == ["رويترز", "رويترز"]


def test_undated_article_is_never_before_a_dated_one():
    table = articles(("ألف", story(0)), ("باء", story(0)))
    table["published_date"] = pd.Series([None, "2024-10-23"], dtype="str")
    assert roles(group_copies(table))["a1"][1] == "original"


def test_repetition_in_one_outlet_is_self():
    found = group_copies(articles(("ألف", story(0)), ("باء", story(0)), ("باء", story(0, 0, 110)), ("ألف", story(0))))
    assert [role for _, role in roles(found).values()] == ["original", "copy", "self", "self"]


def test_all_copies_of_one_text_are_one_group():
    found = group_copies(articles(*((f"و{n}", story(0)) for n in range(60))))
    assert set(found.table["copy_group"]) == {"c0001"}
    assert len(found.table) == 60


def test_relay_needs_agency_day_and_words():
    words = story(0).split()
    other = " ".join(words[::-1])  # the same words, none in a row
    credited = [f"(رويترز) {story(0)}", f"(رويترز) {other}"]
    found = group_copies(articles(("ألف", credited[0]), ("باء", credited[1])))
    assert roles(found) == {"a0": ("c0001", "original"), "a1": ("c0001", "relay")}
    assert group_copies(articles(("ألف", story(0)), ("باء", other))).table.empty
    apart = articles(("ألف", credited[0]), ("باء", credited[1]), days=["2024-10-20", "2024-10-23"])
    assert group_copies(apart).table.empty


def test_explain_gives_the_differing_passages():
    found = group_copies(articles(("ألف", story(0)), ("باء", "مقدمة جديدة تماما " + story(0)), ("جيم", story(0))))
    told = found.explain("c0001").to_frame()
    assert told[["article_id", "only_in", "text"]].to_numpy().tolist() == [
        ["a1", "member", "مقدمة جديدة تماما"],
        ["a2", "", ""],
    ]
    with pytest.raises(ValueError, match="no copy group is called 'c9'"):
        found.explain("c9")


def test_explained_group_is_shown_right_to_left_with_its_passages_marked():
    rows = [("ألف", story(0)), ("باء", f"<b>مقدمة</b> جديدة تماما {story(0)}"), ("جيم", story(0))]
    shown = group_copies(articles(*rows)).explain("c0001")._repr_html_()
    assert 'dir="rtl"' in shown
    assert "<mark>&lt;b&gt;مقدمة&lt;/b&gt; جديدة تماما</mark>" in shown
    assert "في هذه النسخة فقط" in shown
    assert "النصان متطابقان" in shown


def test_agency_is_the_original_on_its_day_though_collected_later():
    table = articles(("عكاظ", f"{story(0)} (واس)"), ("was", story(0)))
    table["published"] = ["2024-10-23T06:00:00Z", "2024-10-23T09:00:00Z"]
    assert roles(group_copies(table))["a1"][1] == "original"
    table["published_date"] = ["2024-10-23", "2024-10-24"]
    assert roles(group_copies(table))["a0"][1] == "original"


def test_outlet_that_printed_the_item_gives_no_relay_of_it():
    words = story(0).split()
    rows = [("ألف", story(0)), ("باء", story(0)), ("باء", " ".join(words[::-1]))]
    found = group_copies(articles(*((outlet, f"(رويترز) {text}") for outlet, text in rows)))
    assert set(roles(found)) == {"a0", "a1"}


def test_second_story_of_a_joined_article_is_no_relay_of_the_first():
    first, second = f"(رويترز) {story(0, 0, 60)}", f"(رويترز) {story(1, 0, 80)}"
    found = group_copies(articles(("ألف", second), ("باء", f"{second} {first}"), ("جيم", first)))
    assert set(roles(found)) == {"a0", "a1"}


@pytest.fixture
def mixed():
    table = articles(
        ("ألف", story(0)), ("باء", story(0)), ("باء", story(0)), ("ألف", story(1)), ("ألف", story(1)), ("جيم", story(2))
    )
    return table, group_copies(table)


def test_keep_counts_every_outlets_copy_and_no_repetition(mixed):
    weights = copy_weights(*mixed, "keep")
    assert weights["weight"].tolist() == [1, 1, 0, 1, 0, 1]
    assert weights["outlet_as_counted"].tolist() == mixed[0]["outlet"].tolist()


def test_own_moves_shared_text_to_its_own_row(mixed):
    weights = copy_weights(*mixed, "own")
    assert weights["weight"].tolist() == [0.5, 0.5, 0, 1, 0, 1]
    assert weights["outlet_as_counted"].tolist() == [AGENCIES_ROW, AGENCIES_ROW, "باء", "ألف", "ألف", "جيم"]


def test_weight_makes_every_group_count_one(mixed):
    weights = copy_weights(*mixed, "weight")
    assert weights["weight"].tolist() == [0.5, 0.5, 0, 1, 0, 1]
    assert weights["outlet_as_counted"].tolist() == mixed[0]["outlet"].tolist()


def test_unknown_policy_is_refused(mixed):
    with pytest.raises(ValueError, match="policy is 'drop'; write keep, own or weight"):
        copy_weights(*mixed, "drop")  # type: ignore[arg-type]


def test_articles_are_not_changed_and_results_repeat(mixed):
    table, found = mixed
    before = table.copy()
    pd.testing.assert_frame_equal(group_copies(table).table, found.table)
    pd.testing.assert_frame_equal(table, before)


def test_no_article_at_all_gives_an_empty_ledger():
    empty = articles()
    assert group_copies(empty).table.empty
    assert copy_weights(empty, group_copies(empty), "own").empty


@pytest.mark.slow
def test_real_corpus_has_its_copies_grouped():
    path = DATA / "saudinewsnet-foreign.jsonl.gz"
    if not path.exists():
        pytest.skip(f"{path.name} is not on this machine")
    table = read_articles(path, preset="saudinewsnet").table
    start = time.perf_counter()
    found = group_copies(table)
    assert time.perf_counter() - start < 60
    assert 100 < found.table["copy_group"].nunique() < 200
    assert found.table.groupby("copy_group").size().max() < 20
    assert {"واس", "رويترز", "فرانس برس"} <= set(found.table["agency"].dropna())


def test_notebook_shows_the_ledger(mixed):
    assert "2 groups of copies" in mixed[1]._repr_html_()
