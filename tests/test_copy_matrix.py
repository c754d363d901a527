import pandas as pd
import pytest

from framing.copies import group_copies
from framing.copy_matrix import OUTLET_COLUMNS, copy_matrix


def story(seed: int, first: int = 0, last: int = 120) -> str:
    return " ".join(f"كلمة{chr(0x628 + seed)}{chr(0x628 + n % 18)}{chr(0x628 + n // 18)}" for n in range(first, last))


@pytest.fixture
def copies():
    rows = [
        ("ألف", f"(رويترز) {story(0)}", "2024-10-23", "2024-10-23T06:00:00Z"),
        ("باء", story(0), "2024-10-23", "2024-10-23T09:00:00Z"),
        ("باء", story(0, 0, 118), "2024-10-24", None),
        ("ألف", story(1), "2024-10-23", None),
        ("جيم", story(1), "2024-10-23", None),
        ("جيم", story(2), "2024-10-22", None),
        ("باء", story(2, 0, 84), "2024-10-25", None),
        ("جيم", f"(واس) {story(3)}", "2024-10-22", None),
    ]
    table = pd.DataFrame(rows, columns=["outlet", "text", "published_date", "published"])
    return group_copies(table.assign(article_id=[f"a{n}" for n in range(len(rows))]))


def test_agency_matrix_has_every_outlet_and_agency_with_its_roles(copies):
    table = copies.matrix("agency").to_frame().set_index(["outlet", "agency"])
    assert len(table) == 3 * 3  # three outlets; Reuters, SPA, none
    reuters = table.loc[("باء", "رويترز")]
    assert reuters[["original", "copy", "edited", "self", "n", "credited", "n_articles"]].tolist() == [
        0,
        1,
        0,
        1,
        2,
        0,
        3,
    ]
    assert reuters["share"] == pytest.approx(2 / 3)
    assert table.loc[("جيم", "واس"), ["n", "credited"]].tolist() == [0, 1]  # credited, but shared with no one
    assert table.loc[("جيم", ""), "n"] == 2


def test_outlet_matrix_says_who_printed_first_and_where_it_is_unknown(copies):
    table = copies.matrix("outlet").to_frame()
    assert tuple(table.columns) == OUTLET_COLUMNS
    assert table.to_numpy().tolist() == [
        ["ألف", "باء", 1, 0, 1, 0, 0],
        ["ألف", "جيم", 1, 0, 0, 0, 1],
        ["باء", "جيم", 1, 0, 0, 1, 0],
    ]


def test_order_is_unknown_where_a_date_is_missing_or_the_moments_are_equal(copies):
    for members in (
        copies.members.assign(published_date=None),
        copies.members.assign(published_date="2024-10-23", published="2024-10-23T06:00:00Z"),
    ):
        table = copy_matrix(copies.table, members, copies.credits, by="outlet").table
        assert table["unknown"].tolist() == table["n_shared"].tolist()


def test_summary_says_what_first_printed_does_not_mean(copies):
    assert "7 of 8 articles" in copies.matrix().summary()
    assert "unknown for 1 of them. First printed is not copied from" in copies.matrix("outlet").summary()


def test_cell_is_explained_by_its_articles(copies):
    assert copies.matrix().explain("باء", "رويترز")["article_id"].tolist() == ["a1", "a2"]
    assert copies.matrix("outlet").explain("جيم", "باء")["article_id"].tolist() == ["a5", "a6"]
    with pytest.raises(ValueError, match="no outlet is called 'دال'; there are ألف, باء, جيم"):
        copies.matrix().explain("دال", "رويترز")


def test_unknown_kind_of_matrix_is_refused(copies):
    with pytest.raises(ValueError, match="by is 'story'; write agency or outlet"):
        copies.matrix("story")


def test_outlets_stand_in_alphabetical_order_whatever_their_counts(copies):
    assert copies.matrix().to_frame()["outlet"].drop_duplicates().tolist() == ["ألف", "باء", "جيم"]


@pytest.mark.parametrize("by", ["agency", "outlet"])
@pytest.mark.parametrize("language", ["ar", "en"])
def test_figure_has_every_outlet_and_fits(copies, by, language):
    figure = copies.plot(by, language=language)
    axes = figure.axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert [name.split(" ")[0] for name in names] == ["ألف", "باء", "جيم"]
    assert axes.xaxis_inverted() == (language == "ar")
    figure.draw_without_rendering()
    bounds = figure.get_tightbbox()
    assert bounds.x0 >= -0.01
    assert bounds.x1 <= figure.get_figwidth() + 0.01


def test_no_copies_at_all_give_empty_counts_and_a_figure():
    table = pd.DataFrame({"article_id": ["a"], "outlet": ["ألف"], "text": [story(0)], "published_date": ["2024-10-23"]})
    alone = group_copies(table)
    assert alone.matrix("outlet").table.empty
    assert alone.matrix().table["n"].tolist() == [0]
    assert "لا بيانات" in alone.plot("outlet").texts[0].get_text()
    assert alone.plot("agency").texts


def test_notebook_shows_the_counts(copies):
    assert "credited to an agency" in copies.matrix()._repr_html_()
