import pandas as pd
import pytest

from framing.unit_statistics import STATISTICS_COLUMNS, measure_units
from framing.units import split_units

SENTENCE = "أعلنت البلدية أن الأعمال في الموقع تبدأ يوم الأحد المقبل."
ARTICLES = pd.DataFrame(
    [
        {
            "article_id": "a",
            "outlet": "ألف",
            "title": "الجسر يفتح غدا",
            "text": f"{SENTENCE}\nنشر\n{SENTENCE[:-1]} أيضا.",
        },
        {"article_id": "b", "outlet": "باء", "title": "", "text": "كلمة " * 61 + "وقف"},
        {"article_id": "c", "outlet": "جيم", "title": "", "text": ""},
    ]
)


def measured(articles: pd.DataFrame = ARTICLES):
    return measure_units(split_units(articles), articles)


def test_each_outlet_has_a_row_with_parts_and_lengths():
    table = measured().to_frame()
    assert list(table.columns) == STATISTICS_COLUMNS
    first = table.set_index("outlet").loc["ألف"]
    assert list(first[["n_articles", "n_units", "title", "lead", "body", "n_removed"]]) == [1, 3, 1, 1, 1, 1]
    assert first["median_words"] == 10.5
    assert first["max_words"] == 11


def test_outlet_without_text_has_zeros_and_no_length():
    last = measured().to_frame().set_index("outlet").loc["جيم"]
    assert last["n_units"] == 0
    assert pd.isna(last["median_words"])


def test_total_is_that_of_all_units():
    found = measured()
    assert found.total["n_units"] == found.to_frame()["n_units"].sum() == len(found.words)
    assert found.total["n_articles"] == 3


def test_units_over_sixty_words_and_removed_lines_can_be_shown():
    articles = ARTICLES.iloc[[1]]
    long = measure_units(split_units(articles, unit="article"), articles)
    assert list(long.explain()["unit_id"]) == ["b#0"]
    assert long.total["share_over_60"] == 1
    assert list(measured().explain("header")["text"]) == ["نشر"]
    with pytest.raises(
        ValueError, match=r"no line was kept out by a rule called 'x'; write 'over_60' or one of \['header'\]"
    ):
        measured().explain("x")


def test_summary_names_lengths_and_rules():
    text = measured().summary()
    assert "5 units (sentence) of 3 articles" in text
    assert "Lines kept out: header 1." in text


def test_corpus_without_a_unit_says_so():
    found = measured(ARTICLES.iloc[[2]])
    assert found.summary() == "No unit was found: there is no text, or every line of it is boilerplate."
    assert found.plot() is not None


def test_units_of_other_articles_are_refused():
    with pytest.raises(ValueError, match="a unit of article 'a' is given, but no such article"):
        measure_units(split_units(ARTICLES), ARTICLES.iloc[[1]])


def test_figure_counts_every_unit_but_titles():
    found = measured()
    assert found._bands()["n_units"].sum() == found.total["n_units"] - found.total["title"]
    assert found.plot(language="en").axes


def test_notebook_shows_the_table_and_its_summary():
    shown = measured()._repr_html_()
    assert "ألف" in shown
    assert "Words per unit" in shown
