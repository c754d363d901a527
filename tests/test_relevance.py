import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from framing.articles import read_articles
from framing.errors import StudyError
from framing.queries import spellings
from framing.relevance import judge_relevance
from framing.study import load_study

FILLER = "جملة عن شأن آخر لا صلة له. " * 20


def articles(*rows: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "article_id": [f"a{n}" for n in range(len(rows))],
            "outlet": ["ألف", "باء"] * (len(rows) // 2) + ["ألف"] * (len(rows) % 2),
            "title": [title for title, _ in rows],
            "text": [text for _, text in rows],
        }
    )


def decided(query: list[str], *rows: tuple[str, str]) -> list[bool]:
    return judge_relevance(articles(*rows), query=query).table["on_story"].tolist()


def test_term_counts_in_title_lead_or_twice_in_the_text():
    late = f"{FILLER} وصلت القوات إلى كورسك."
    rows = [("كورسك", FILLER), ("عنوان", f"في كورسك. {FILLER}"), ("عنوان", late), ("عنوان", f"{late} وبكورسك جنود.")]
    assert decided(["كورسك"], *rows) == [True, True, False, True]


def test_other_spellings_are_found_and_counted_once():
    found = judge_relevance(articles(("اتفاق بيونجيانج", FILLER)), query=["بيونغ يانغ"])
    assert found.table[["on_story", "matched", "n_hits"]].to_numpy().tolist() == [[True, "بيونغ يانغ", 1]]


def test_alias_inside_a_longer_term_is_replaced():
    assert "قوات بيونجيانج" in spellings("قوات بيونغ يانغ")
    assert spellings("كلمة") == ["كلمة"]


def test_word_inside_a_word_is_no_hit():
    assert decided(["روسيا", "روسي"], ("العروسين والفروسية", FILLER)) == [False]


def test_conjunction_asks_for_all_parts():
    rows = [
        ("كوريا وروسيا", FILLER),
        ("كوريا", FILLER),
        ("كوريا", f"{FILLER} مع روسيا"),
        ("س", f"{FILLER} كوريا وروسيا"),
    ]
    assert decided(["كوريا + روسيا"], *rows) == [True, False, True, False]


def test_two_entries_far_back_are_two_hits():
    text = f"{FILLER} كوريا وروسيا. كورسك."
    assert decided(["كوريا + روسيا", "كورسك"], ("س", text), ("س", f"{FILLER} كورسك.")) == [True, False]


def test_outlets_name_at_the_end_of_a_title_is_no_hit():
    assert decided(["روسيا"], ("فوز الفريق - روسيا اليوم", FILLER)) == [False]


def test_empty_query_takes_everything():
    assert decided([], ("", FILLER), ("س", "")) == [True, True]


def test_counts_are_per_outlet():
    found = judge_relevance(articles(("كورسك", "نص"), ("س", "نص"), ("س", "نص")), query=["كورسك"])
    assert found.counts.to_numpy().tolist() == [["ألف", 2, 1, 0.5], ["باء", 1, 0, 0.0]]
    assert "1 of 3 articles are on the story. Query: كورسك." in found.summary()


def test_score_cuts_what_the_words_found():
    table = articles(("كورسك", "س"), ("كورسك", "س"), ("كورسك", "س"), ("س", "س"))
    vectors = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], dtype=np.float32)
    found = judge_relevance(table, query=["كورسك"], min_score=0.5, vectors=vectors)
    assert found.table["on_story"].tolist() == [True, True, False, False]
    assert found.table["score"].between(0, 1).all()


def test_min_score_without_vectors_is_an_error():
    with pytest.raises(StudyError, match=r"relevance\.min_score is set, and no vectors"):
        judge_relevance(articles(("س", "س")), query=["س"], min_score=0.5)


def test_entry_without_letters_is_an_error():
    with pytest.raises(StudyError, match=r"relevance\.query: 'كوريا \+' has a part without letters"):
        judge_relevance(articles(("س", "س")), query=["كوريا +"])


def test_no_article_gives_no_row():
    assert judge_relevance(articles(), query=["كورسك"]).table.empty


def test_demo_agrees_with_its_plan():
    folder = Path(__file__).parents[1] / "data" / "demo"
    study = load_study(folder / "study.yaml")
    plan = yaml.safe_load((folder / "plan.yaml").read_text(encoding="utf-8"))["articles"]
    found = read_articles([folder / path for path in study.articles], outlet_aliases=study.outlet_aliases)
    table = judge_relevance(found.table, query=study.relevance.query).table
    truth = np.array([bool(plan[article_id]["on_story"]) for article_id in table["article_id"]])
    decision = table["on_story"].to_numpy()
    f1 = 2 * (truth & decision).sum() / (truth.sum() + decision.sum())
    assert f1 >= 0.95, json.dumps({"f1": float(f1)})


def test_hostile_query_is_text_in_a_notebook():
    page = judge_relevance(articles(("س", "س")), query=["<img src=x>"])._repr_html_()
    assert "<img" not in page
