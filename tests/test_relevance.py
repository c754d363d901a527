import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from framing.articles import read_articles
from framing.errors import StudyError
from framing.relevance import judge_relevance, off_story_spans
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


LIVE = """08:10
انهار جزء من جسر المرفأ فجر اليوم وسقطت شاحنتان في الماء من دون ضحايا.

08:50
فرق الإنقاذ تنتشل الشاحنة الأولى، والغواصون يبحثون عن صندوق أدوات ثقيل في القاع.

09:30
في الملاعب يستعد فريق السهل لمباراة نصف النهائي وسط غياب ثلاثة لاعبين بسبب الإصابة.

10:15
مهندسة من البلدية تقول إن جسر المرفأ كان على قائمة الصيانة منذ عامين كاملين."""
BRIEFS = """* معرض الزهور يفتتح أبوابه
* الوادي: فتح معرض الزهور السنوي أبوابه أمس بمشاركة سبعين مشتلا، ويستمر المعرض ثلاثة أسابيع متتالية بدخول مجاني للأطفال.

* إصلاح جسر المرفأ يبدأ الأحد
* الساحل: تبدأ شركة المقاولات يوم الأحد إصلاح جسر المرفأ الذي أغلق الشهر الماضي، وتستغرق الأعمال أربعة أشهر.

* حصاد القمح يتأخر
* السهل: قال مزارعون إن حصاد القمح سيتأخر أسبوعين هذا العام بسبب الأمطار التي هطلت في غير موعدها على الحقول."""


def pages():
    return articles(
        ("مباشر: جسر المرفأ ينهار", LIVE), ("موجز أخبار", BRIEFS), ("شأن آخر", FILLER), ("موجز أخبار", FILLER)
    )


def test_roundup_is_on_the_story_by_its_passage():
    found = judge_relevance(pages(), query=["جسر المرفأ"])
    assert found.table["on_story"].tolist() == [True, True, False, False]
    assert found.explain("a1")[["kind", "on_story", "reason"]].to_numpy().tolist() == [
        ["roundup", False, "no_hit"],
        ["roundup", True, "query"],
        ["roundup", False, "no_hit"],
    ]
    assert "2 roundups and live pages were cut into 7 passages, 3 of them off the story" in found.summary()


def test_entry_of_a_live_page_stays_where_its_words_tie_it_to_the_story():
    found = judge_relevance(pages(), query=["جسر المرفأ"])
    assert found.explain("a0")["reason"].tolist() == ["query", "shared_words", "no_hit", "query"]


def test_entry_that_begins_by_leaving_the_story_leaves():
    text = LIVE.replace("فرق الإنقاذ", "في سياق آخر، فرق الإنقاذ")
    found = judge_relevance(articles(("مباشر: جسر المرفأ ينهار", text)), query=["جسر المرفأ"])
    assert found.passages["reason"].tolist() == ["query", "digression", "no_hit", "query"]


def test_spans_off_the_story_hold_the_passages_that_leave():
    table = pages()
    spans = off_story_spans(table, judge_relevance(table, query=["جسر المرفأ"]))
    texts = dict(zip(table["article_id"], table["text"], strict=True))
    assert spans["rule"].unique().tolist() == ["off_story_passage"]
    cut = [texts[row.article_id][row.start : row.end] for row in spans.itertuples()]
    assert [text.split()[1] for text in cut] == ["في", "معرض", "حصاد"]
    assert off_story_spans(table.head(1), judge_relevance(table, query=["جسر المرفأ"]))["article_id"].tolist() == ["a0"]


def test_article_off_the_story_has_no_spans():
    table = articles(("موجز أخبار", BRIEFS))
    assert judge_relevance(table, query=["زلزال"]).passages.empty
    assert off_story_spans(table, judge_relevance(table, query=["زلزال"])).empty


def test_empty_query_cuts_nothing():
    assert judge_relevance(pages(), query=[]).passages.empty


def two_sides(texts):
    """Vectors of two dimensions: what speaks of the harbour, and all else."""
    near = ["مرفأ" in text or "شاحنة" in text for text in texts]
    return np.array([[1, 0] if one else [0, 1] for one in near], dtype=np.float32)


def test_similarity_decides_about_entries_that_name_the_story_nowhere():
    many = articles(*[("جسر المرفأ", FILLER)] * 10, *[("شأن", FILLER)] * 10)
    table = pd.concat([many, pages().assign(article_id=["p0", "p1", "p2", "p3"])], ignore_index=True)
    found = judge_relevance(table, query=["جسر المرفأ"], encode=two_sides)
    assert found.explain("p0")["reason"].tolist() == ["query", "similar", "not_similar", "query"]


def test_few_articles_of_a_side_say_nothing_about_similarity():
    found = judge_relevance(pages(), query=["جسر المرفأ"], encode=two_sides)
    assert "shared_words" in set(found.explain("a0")["reason"])


def test_least_score_cuts_passages_and_a_page_has_its_best_passages_score():
    table = pages()
    vectors = two_sides(table["title"])
    found = judge_relevance(table, query=["جسر المرفأ"], min_score=0.5, vectors=vectors, encode=two_sides)
    assert found.table["on_story"].tolist() == [True, True, False, False]
    assert found.table["score"][1] == found.explain("a1")["score"].max()
    strict = judge_relevance(
        table, query=["جسر المرفأ"], min_score=0.5, vectors=vectors, encode=lambda t: -two_sides(t)
    )
    assert "low_score" in set(strict.passages["reason"])
    assert not strict.table["on_story"].any()


def test_long_texts_take_linear_time(growth):
    text = "الجسر والمرفأ في كورسك، وبيونغ يانغ بعيدة عن أوروبا. " * 2000
    query = ["كورسك", "بيونغ يانغ", "أوروبا", "جسر + مرفأ"]
    assert growth(lambda t: judge_relevance(articles(("عنوان", t)), query=query), text) < 3


def test_hostile_query_is_text_in_a_notebook():
    page = judge_relevance(articles(("س", "س")), query=["<img src=x>"])._repr_html_()
    assert "<img" not in page
