import json

import pandas as pd
import pytest

from framing.coding import KEYS, load_sample, sample_for_coding, save_sample, snippet
from framing.errors import CodingError
from framing.queries import compile_query
from framing.relevance import judge_relevance

FILLER = "جملة عن شأن آخر لا صلة له بما نبحث عنه اليوم. " * 12


def corpus(n_hits: int = 30, n_passing: int = 10, n_broader: int = 20, n_off: int = 15) -> pd.DataFrame:
    """Give hits in the title, single hits far back, hits of the broader query only, and none."""
    rows = [("الجسر يعود", FILLER)] * n_hits + [("شأن", f"{FILLER} ثم الجسر.")] * n_passing
    rows += [("شأن", f"{FILLER} في المرفأ.")] * n_broader + [("شأن", FILLER)] * n_off
    return pd.DataFrame(
        {
            "article_id": [f"a{n:03}" for n in range(len(rows))],
            "outlet": ["ألف" if n % 3 else "باء" for n in range(len(rows))],
            "title": [title for title, _ in rows],
            "text": [text for _, text in rows],
            "published_date": "2024-10-24",
            "url": None,
        }
    )


def draw(articles: pd.DataFrame, **options):
    return sample_for_coding(articles, judge_relevance(articles, query=["الجسر"]), broader=["المرفأ"], **options)


def test_strata_are_the_hits_and_what_the_broader_query_reaches_besides():
    found = draw(corpus(), n=12)
    assert found.strata.to_numpy().tolist() == [["hit", 30, 12], ["remainder", 30, 12]]
    assert found.outlets.groupby("stratum")["n_population"].sum().to_dict() == {"hit": 30, "remainder": 30}
    assert found.table.groupby("stratum")["probability"].unique().map(list).to_dict() == {
        "hit": [0.4],
        "remainder": [0.4],
    }
    assert "24 units to code for relevance, in random order (hit: 12 of 30; remainder: 12 of 30)" in found.summary()


def test_small_stratum_is_taken_whole():
    found = draw(corpus(n_hits=5), n=12)
    assert found.strata.to_numpy().tolist() == [["hit", 5, 5], ["remainder", 30, 12]]
    assert set(found.table[found.table["stratum"] == "hit"]["probability"]) == {1.0}


def test_every_unit_is_drawn_as_often_as_its_probability_says():
    articles = corpus(n_hits=8, n_passing=0, n_broader=4, n_off=0)
    counts = pd.Series(0, index=articles["article_id"])
    for seed in range(100):
        counts[draw(articles, n=2, seed=seed).table["unit_id"]] += 1
    assert counts[:8].between(8, 42).all()  # 25 of 100 expected, standard deviation 4.3
    assert counts[8:].between(30, 70).all()  # 50 expected, standard deviation 5


def test_order_of_rows_does_not_change_the_sample():
    one, two = draw(corpus(), n=7), draw(corpus().iloc[::-1].reset_index(drop=True), n=7)
    pd.testing.assert_frame_equal(one.table, two.table)
    assert one.sha256 == two.sha256
    assert one.sha256 != draw(corpus(), n=7, seed=1).sha256


def test_strata_are_mixed_in_the_order_of_the_sheet():
    order = draw(corpus(), n=20).table["stratum"].tolist()
    assert order != sorted(order)
    assert order != sorted(order, reverse=True)


def test_without_a_broader_query_the_remainder_is_the_query_further_back():
    articles = corpus()
    found = sample_for_coding(articles, judge_relevance(articles, query=["الجسر"]), n=50)
    assert found.strata["n_population"].tolist() == [30, 10]


def test_sample_is_kept_without_text(tmp_path):
    found = draw(corpus(), n=3, story={"ar": "عودة الجسر", "en": "The bridge returns"})
    save_sample(found, tmp_path / "s.sample.json")
    written = (tmp_path / "s.sample.json").read_text(encoding="utf-8")
    assert "شأن" not in written
    again = load_sample(tmp_path / "s.sample.json")
    assert again.sha256 == found.sha256
    pd.testing.assert_frame_equal(again.table, found.table[list(KEYS)], check_dtype=False)


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"units": 7})])
def test_file_that_is_no_sample_is_an_error(tmp_path, text):
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    with pytest.raises(CodingError, match=r"x\.json: not the file of a sample.*draw the sample again"):
        load_sample(tmp_path / "x.json")
    with pytest.raises(CodingError, match="not the file of a sample"):
        load_sample(tmp_path / "missing.json")


def test_query_that_finds_nothing_leaves_nothing_to_code():
    articles = corpus()
    with pytest.raises(CodingError, match="the query found none of 75 articles"):
        sample_for_coding(articles, judge_relevance(articles, query=["زلزال"]), n=3)


@pytest.mark.parametrize(("options", "message"), [({"n": 0}, "n is 0"), ({"purpose": "fun"}, "purpose is 'fun'")])
def test_wrong_call_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        draw(corpus(), **options)


def test_snippet_shows_the_hit_in_its_place():
    text = f"{FILLER} ثم عاد الجسر أخيرا. {FILLER}"
    found = snippet(text, compile_query(["الجسر"]))
    assert "ثم عاد [الجسر] أخيرا." in found
    assert found.startswith("… ")
    assert found.endswith(" …")
    assert snippet(FILLER, compile_query(["الجسر"])) == ""


def test_sample_shows_itself_as_text_in_a_notebook():
    articles = corpus().assign(outlet="<img src=x>")
    page = draw(articles, n=3)._repr_html_()
    assert "<img" not in page
