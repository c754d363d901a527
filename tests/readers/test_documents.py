import pytest

from framing.readers import Record, Rejection, Source
from framing.readers.documents import HEADING, TITLE, Line, part_document, read_article, read_lines

LONG = "هذه فقرة مخترعة فيها ما يكفي من الكلمات كي لا تُعدّ تعليقًا على صورة بل نص مادة قائمة بذاتها في هذا الملف كله."


def lines(*texts):
    return [Line(text) for text in texts]


def exported(number):
    return lines(
        f"عنوان المادة {number}", "صحيفة ألف (المخترعة)", "October 23, 2024 Wednesday", "Copyright 2024 صحيفة ألف",
        "Section: سياسة", "Length: 345 words", "Byline: سالم المخترع", "Body", "", f"نص المادة {number}.",
        "فقرة ثانية.", "Graphic", "صورة", "Load-Date: October 24, 2024", "End of Document",
    )  # fmt: skip


def read(found, **source):
    return list(read_lines(Source(None, "a.docx", **source), found, encoding="docx"))


def test_articles_of_an_export_are_read_with_what_stands_above_them():
    first, second = read([*exported(1), *lines(""), *exported(2)])
    assert first.cells == {
        "title": "عنوان المادة 1", "outlet": "صحيفة ألف (المخترعة)", "published": "October 23, 2024 Wednesday",
        "author": "سالم المخترع", "section": "سياسة", "text": "نص المادة 1.\nفقرة ثانية.",
    }  # fmt: skip
    assert (second.row, second.cells["title"], second.notes) == (2, "عنوان المادة 2", ())


def test_cover_of_an_export_is_no_article():
    cover = lines(
        "User Name: س", "Date and Time: 24 October 2024", "Job Number: 1", "Documents (2)", "1. عنوان المادة 1",
        "Client/Matter: -None-", "2. عنوان المادة 2",
    )  # fmt: skip
    found = read([*cover, *exported(1), *exported(2)])
    assert [item.cells["title"] for item in found] == ["عنوان المادة 1", "عنوان المادة 2"]


def test_last_article_without_an_end_mark_is_kept():
    assert [item.row for item in read([*exported(1), *exported(2)[:-1]])] == [1, 2]


def test_line_of_equal_signs_parts_articles():
    parts, by = part_document(lines("نص أول.", "====", "نص ثان."))
    assert ([[line.text for line in part] for part in parts], by) == ([["نص أول."], ["نص ثان."]], "marks")


def test_headings_part_articles_and_the_collection_title_is_none():
    found = read(
        [
            Line("مقالات مجموعة", TITLE), Line("عنوان 1", HEADING), Line("المصدر: صحيفة ألف"),
            Line("التاريخ: 23 أكتوبر 2024"), Line("نص."), Line("عنوان فرعي", HEADING + 1), Line("تتمة."),
            Line("عنوان 2", HEADING), Line("نص آخر."),
        ]
    )  # fmt: skip
    assert [(item.cells["title"], item.cells["text"]) for item in found] == [
        ("عنوان 1", "نص.\nعنوان فرعي\nتتمة."), ("عنوان 2", "نص آخر."),
    ]  # fmt: skip
    assert (found[0].cells["outlet"], found[0].cells["published"]) == ("صحيفة ألف", "23 أكتوبر 2024")
    assert "read as 2 articles, one per heading" in found[0].notes[0].reason


def test_one_article_with_one_heading_stays_one():
    parts, by = part_document([Line("عنوان", HEADING), Line("نص."), Line("نص آخر.")])
    assert (len(parts), by) == (1, "")


def test_sections_part_articles_only_where_each_is_long():
    long = [Line(LONG), Line(LONG, begins_section=True)]
    assert part_document(long)[1] == "sections"
    assert part_document([*long, Line("صورة", begins_section=True)])[1] == ""


@pytest.mark.parametrize(
    ("above", "fields"),
    [
        (("العنوان: عنوان", "الصحيفة: ألف"), {"title": "عنوان", "outlet": "ألف"}),
        (("عنوان", "", "بقلم: سالم", "الرابط: https://example.org/1"), {"title": "عنوان", "author": "سالم"}),
        (("Title: عنوان", "Date: 2024-10-23", "النص"), {"title": "عنوان", "published": "2024-10-23"}),
    ],
)
def test_labels_above_a_text_are_read(above, fields):
    values = read_article(lines(*above, "نص المادة."))
    assert values["text"] == "نص المادة."
    assert fields.items() <= values.items()


def test_label_below_a_text_is_no_header():
    values = read_article(lines("فقرة قصيرة.", "المصدر: رويترز"))
    assert (values["text"], values["outlet"]) == ("فقرة قصيرة.\nالمصدر: رويترز", "")


def test_colon_in_a_first_line_is_no_label():
    assert read_article(lines("موسكو: لا تعليق", "نص."))["text"] == "موسكو: لا تعليق\nنص."


@pytest.mark.parametrize("first", [Line("عنوان", HEADING), Line("عنوان", TITLE), Line("عنوان", is_bold=True)])
def test_title_is_known_by_its_style(first):
    values = read_article([first, Line("نص.")])
    assert (values["title"], values["text"]) == ("عنوان", "نص.")


def test_rows_found_are_records_and_rejections():
    found = read([Line("أ", HEADING), Line("نص."), Line("ب", HEADING), Line(" "), Line("ج", HEADING), Line("نص.")])
    assert [type(item) for item in found] == [Record, Rejection, Record]
    assert "no text under this heading" in found[1].reason
    (empty,) = read(lines("", " "))
    assert "the document holds no text" in empty.reason


def test_outlet_of_the_folder_comes_before_the_document():
    assert read(exported(1), outlet="باء")[0].cells["outlet"] == "باء"
