import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.sentences import count_words
from framing.units import BOILERPLATE_COLUMNS, UNIT_COLUMNS, find_headlines, split_units

SENTENCE = "أعلنت البلدية أن الأعمال في الموقع تبدأ يوم الأحد المقبل."
LONG = "وقال متحدث باسم البلدية إن الأعمال تستمر عامين كاملين، " * 3 + "بلا توقف."
PIECES = st.one_of(
    st.text(max_size=10),
    st.sampled_from([SENTENCE, LONG, "\n", "نشر\n", "جسر - CNN Arabic", "«", "»", '"', "\u200f", "\r\n", "؟", " "]),
)
ANY_TEXT = st.lists(PIECES, max_size=15).map("".join)


def articles(text: str, title: str = "", outlet: str = "ألف", n: int = 1) -> pd.DataFrame:
    return pd.DataFrame([{"article_id": f"a{i}", "outlet": outlet, "title": title, "text": text} for i in range(n)])


def rules(text: str, **options) -> list[str]:
    return list(split_units(articles(text, **options)).boilerplate["rule"])


@settings(max_examples=120, deadline=None)
@given(text=ANY_TEXT, title=ANY_TEXT, unit=st.sampled_from(["sentence", "paragraph", "article", "row"]))
def test_offsets_point_at_the_unit_in_the_original(text, title, unit):
    found = split_units(articles(text, title), unit=unit)
    fields = {"title": title, "lead": text, "body": text}
    rows = found.table.itertuples(index=False)
    assert all(fields[row.part][row.start : row.end] == row.text != "" for row in rows)
    kept_out = found.boilerplate.itertuples(index=False)
    assert all((title if row.part == "title" else text)[row.start : row.end] == row.text for row in kept_out)


def test_offsets_are_exact_in_the_small_corpus(small_corpus):
    found = split_units(small_corpus)
    fields = small_corpus.set_index("article_id")
    for row in found.table.itertuples(index=False):
        field = fields.loc[row.article_id, "title" if row.part == "title" else "text"]
        assert field[row.start : row.end] == row.text
    assert list(found.table.columns) == UNIT_COLUMNS
    assert found.table["unit_id"].is_unique


def test_ids_count_from_the_title_in_reading_order():
    table = split_units(articles(f"{SENTENCE}\n{SENTENCE} {LONG}", "عنوان الخبر هنا")).table
    assert list(table["unit_id"]) == [f"a0#{n}" for n in range(len(table))]
    assert list(table["part"])[:2] == ["title", "lead"]


def test_lead_is_the_first_paragraph_up_to_sixty_words():
    table = split_units(articles(f"{SENTENCE} {SENTENCE}\n{LONG}", "عنوان")).table
    assert list(table["part"]) == ["title", "lead", "lead", "body"]
    long = split_units(articles(f"{SENTENCE} {LONG} {LONG}\n{SENTENCE}", "عنوان")).table
    words = long.loc[long["part"] == "lead", "text"].str.split().str.len()
    assert 0 < words.sum() <= 60


def test_lead_is_two_sentences_where_paragraphs_are_lost():
    assert list(split_units(articles(f"{SENTENCE} " * 5)).table["part"]) == ["lead", "lead", "body", "body", "body"]


def test_over_sixty_words_become_several_units():
    table = split_units(articles("قال الوزير إن " + "العمل مستمر هنا، " * 40 + "انتهى")).table
    assert len(table) > 1
    assert table["text"].str.split().str.len().max() <= 61


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("الجسر القديم (أرشيف)", "caption"),
        ("آخر تحديث: 12:30", "header"),
        ("اقرأ أيضا: الحديقة تفتح أبوابها", "related"),
    ],
)
def test_line_of_furniture_is_kept_out_and_listed(line, rule):
    found = split_units(articles(f"{SENTENCE}\n{line}\n{LONG}", "عنوان"))
    assert line not in set(found.table["text"])
    assert list(found.boilerplate["rule"]) == [rule]
    assert list(found.boilerplate.columns) == BOILERPLATE_COLUMNS


def test_title_tail_of_a_known_outlet_is_kept_out_and_listed():
    found = split_units(articles(SENTENCE, "الجسر يفتح غدا - BBC News عربي"))
    assert found.table["text"][0] == "الجسر يفتح غدا"
    assert list(found.boilerplate["rule"]) == ["title_tail"]


def test_title_repeated_in_the_text_is_one_unit():
    title = "الجسر القديم يغلق أمام الشاحنات"
    assert rules(f"{title}\n{SENTENCE}", title=title) == ["repeated_title"]


def test_line_repeated_in_an_article_is_kept_once():
    assert rules(f"{SENTENCE}\n{LONG}\n{SENTENCE}", title="عنوان") == ["repeated_in_article"]


def test_refrain_of_a_few_words_is_content():
    assert rules(f"{LONG}\nعاد الربيع إلينا\n{SENTENCE}\nعاد الربيع إلينا\n{LONG[:-1]} أبدا.", title="عنوان") == []


def test_item_of_a_list_may_stand_twice():
    item = f"- {SENTENCE}"
    assert rules(f"{LONG}\n{item}\n{LONG[:-1]} أبدا.\n{item}\n{LONG} {LONG}", title="عنوان") == []


def different(footer: str, n: int = 3) -> pd.DataFrame:
    table = articles("", "عنوان", n=n)
    places = ["الميناء", "السوق", "المدرسة", "المكتبة"]
    return table.assign(text=[f"{LONG.replace('الموقع', place)} {place} مغلق.\n{footer}" for place in places[:n]])


def test_line_that_an_outlet_repeats_is_kept_out():
    table = different("تابعوا أخبار ألف كل مساء")
    assert set(split_units(table).boilerplate["rule"]) == {"repeated_in_outlet"}
    assert split_units(table.head(2)).boilerplate.empty


def test_wire_story_published_three_times_loses_no_line():
    table = articles(f"{SENTENCE[:-1]}\n{LONG}\nولم يذكر المتحدث موعدا", "عنوان", n=3)
    assert split_units(table).boilerplate.empty


def test_removed_lines_are_counted_by_outlet_and_rule():
    table = pd.concat([articles(f"نشر\n{SENTENCE}\nنشر", n=2), articles(SENTENCE, outlet="باء").assign(article_id="b")])
    counted = split_units(table).removed()
    assert counted.to_dict("records") == [{"outlet": "ألف", "rule": "header", "n_lines": 4, "n_articles": 2}]


@pytest.mark.parametrize("unit", ["sentence", "paragraph"])
@pytest.mark.parametrize(
    "head", ["بيروت - رويترز: ", "بيروت - رويترز\n", "البندر 25 شوال 1460 هـ الموافق 10 أغسطس 2039 م واس\n"]
)
def test_lead_begins_behind_the_dateline(unit, head):
    found = split_units(articles(f"{head}{SENTENCE}\n{LONG}", "عنوان"), unit=unit)
    lead = found.table[found.table["part"] == "lead"]
    assert list(lead["text"]) == [SENTENCE]
    assert list(found.boilerplate["rule"]) in (["dateline"], ["header"])


@pytest.mark.parametrize("unit", ["sentence", "paragraph"])
@pytest.mark.parametrize("n_words", [59, 60, 61, 62, 63, 70, 200])
def test_lead_is_never_over_sixty_words(unit, n_words):
    for text in ("كلمة " * n_words, "كلمة " * n_words + f"\n{LONG}", f"{'كلمة ' * n_words}. نعم.\n{LONG}"):
        lead = split_units(articles(text, "عنوان"), unit=unit).table.query("part == 'lead'")
        assert 50 < sum(count_words(unit) for unit in lead["text"]) <= 60


def test_paragraph_unit_ends_where_the_lead_ends():
    table = split_units(articles(f"{LONG} {LONG} {LONG}\n{SENTENCE}", "عنوان"), unit="paragraph").table
    assert list(table["part"]) == ["title", "lead", "body", "body"]


def test_lead_of_a_lost_paragraph_is_two_sentences_as_a_paragraph_unit_too():
    table = split_units(articles(f"{SENTENCE} " * 5), unit="paragraph").table
    assert list(table["part"]) == ["lead", "body"]
    assert table["text"][0] == f"{SENTENCE} {SENTENCE}"


def test_article_unit_holds_what_was_removed_inside_and_says_so():
    text = f"نشر\n{SENTENCE}\nاقرأ أيضا: الحديقة\n{LONG}\n// انتهى //"
    found = split_units(articles(text), unit="article")
    unit = found.table.iloc[0]
    assert unit["text"] == text[unit["start"] : unit["end"]]
    assert unit["text"].startswith(SENTENCE)
    assert unit["text"].endswith("بلا توقف.")
    assert list(found.boilerplate["rule"]) == ["header", "related", "separator"]
    assert found.settings["removed_inside"] == 1


def test_name_at_the_end_and_label_at_the_head_are_kept_out():
    paragraph = f"{LONG} {SENTENCE}"
    assert rules(f"مدير الميناء\n{paragraph}\nسالم المدني", title="عنوان") == ["head_line", "signature"]
    assert rules(f"مدير الميناء\n{paragraph}") != ["head_line"]


def test_line_with_an_arabic_sentence_and_code_behind_it_is_kept():
    code = " ".join(f"vote_form_{n} background color" for n in range(20))
    assert rules(f"{LONG}\n{SENTENCE} {SENTENCE} {code}", title="عنوان") == []


def test_lines_around_a_pasted_headline_are_header():
    found = split_units(articles(f"المدينة الآن\nالجسر القديم يغلق أمام الشاحنات غدا\nالأخبار\n{LONG}"))
    assert list(found.boilerplate["text"]) == ["المدينة الآن", "الأخبار"]
    assert list(found.boilerplate["rule"]) == ["header", "header"]


def test_latin_line_is_not_arabic():
    assert rules(f"{SENTENCE}\nCopyright 2031 all rights reserved\n{LONG}", title="عنوان") == ["not_arabic"]


def test_every_removed_line_can_be_explained():
    found = split_units(articles(f"نشر\n{SENTENCE}", "عنوان", n=2))
    assert list(found.explain("a1")["text"]) == ["نشر"]
    assert "lines kept out: header 2" in found.summary()


@pytest.mark.parametrize(("unit", "n"), [("sentence", 4), ("paragraph", 3), ("article", 2), ("row", 1)])
def test_kind_of_unit_decides_their_number(unit, n):
    assert len(split_units(articles(f"{SENTENCE} {SENTENCE}\n{LONG}", "عنوان"), unit=unit).table) == n


def test_row_is_kept_as_it_is():
    text = f" نشر\n{SENTENCE} "
    found = split_units(articles(text), unit="row")
    assert list(found.table["text"]) == [text]
    assert found.boilerplate.empty


def test_missing_column_is_named():
    with pytest.raises(ValueError, match=r"articles lack the columns \['article_id'\]"):
        split_units(pd.DataFrame({"text": ["x"]}))


def test_unknown_kind_of_unit_is_refused():
    with pytest.raises(ValueError, match="unit is 'word'; write 'sentence'"):
        split_units(articles(SENTENCE), unit="word")


def test_missing_title_and_text_give_no_unit():
    table = pd.DataFrame([{"article_id": "a", "outlet": "ألف", "title": None, "text": float("nan")}])
    assert split_units(table).table.empty


def test_one_article_has_one_headline():
    text = f"الجسر القديم يغلق أمام الشاحنات غدا\n\n{LONG}\n{SENTENCE}"
    assert find_headlines(text) == [(1, "الجسر القديم يغلق أمام الشاحنات غدا")]


def test_second_article_is_found_by_its_headline_and_its_day():
    second = "قال الوزير، اليوم الجمعة، إن " + "العمل مستمر في الموقع " * 6
    text = f"الجسر القديم يغلق أمام الشاحنات غدا\n\n{LONG}\n{SENTENCE}\n\nالوزير: لا تأخير في فتح الطريق\n{second}"
    assert find_headlines(text) == [(1, "الجسر القديم يغلق أمام الشاحنات غدا"), (6, "الوزير: لا تأخير في فتح الطريق")]


def test_text_without_a_paragraph_has_no_headline():
    assert find_headlines("كلمة\nكلمتان هنا") == []


def test_thousands_of_short_lines_above_a_paragraph_are_quick():
    lines = "\n".join(f"سطر قصير رقم {n} هنا" for n in range(5000))
    assert len(split_units(articles(f"{lines}\n{LONG}")).boilerplate) >= 4999


THREE = f"08:10\n{SENTENCE}\n08:40\n{LONG}\n09:00\nختام الأعمال المسائية في موقع الجسر القديم."


def middle_off_the_story() -> pd.DataFrame:
    start = THREE.index("08:40")
    return pd.DataFrame(
        [{"article_id": "a0", "start": start, "end": THREE.index("\n09:00"), "rule": "off_story_passage"}]
    )


@pytest.mark.parametrize("unit", ["sentence", "paragraph", "article"])
def test_passage_off_the_story_is_in_no_unit_and_listed(unit):
    found = split_units(articles(THREE), unit=unit, off_story=middle_off_the_story())
    assert not [text for text in found.table["text"] if "متحدث" in text]
    assert all(THREE[row.start : row.end] == row.text for row in found.table.itertuples())
    assert found.explain("a0")["rule"].tolist() == ["header", "header", "off_story_passage", "header"]
    assert found.explain("a0")["text"][2] == LONG


def test_article_units_stop_where_a_passage_leaves():
    found = split_units(articles(THREE), unit="article", off_story=middle_off_the_story()).table
    assert [text.split()[0] for text in found["text"]] == ["أعلنت", "ختام"]
    assert len(split_units(articles(THREE), unit="article").table) == 1


def test_spans_of_other_articles_change_nothing():
    other = middle_off_the_story().assign(article_id="zzz")
    pd.testing.assert_frame_equal(
        split_units(articles(THREE), off_story=other).table, split_units(articles(THREE)).table
    )
