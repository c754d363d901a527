import json

import pytest

from framing.errors import ArticleError
from framing.preview import preview_articles

TEXT = "أعلنت البلدية فتح الجسر الجديد أمام السيارات صباح الأحد."


def write(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_preview_shows_what_each_field_becomes(tmp_path):
    path = write(
        tmp_path / "a.jsonl", [{"الصحيفة": "موقع النخلة", "body": TEXT, "date": "23 أكتوبر/ تشرين الأول 2024"}]
    )
    found = preview_articles(path)
    row = found.table.iloc[0]
    assert (row["outlet"], row["read_as"], row["language"], row["n_words"]) == ("موقع النخلة", "2024-10-23", "ar", 9)
    assert set(zip(found.columns["field"], found.columns["column"], strict=True)) == {
        ("outlet", "الصحيفة"), ("text", "body"), ("published", "date"),
    }  # fmt: skip


def test_ambiguous_date_is_shown_as_such_and_is_no_error(tmp_path):
    path = write(tmp_path / "a.jsonl", [{"text": TEXT, "date": "03/04/2024"}])
    assert "dates.order" in preview_articles(path).table["read_as"][0]
    assert preview_articles(path, date_order="mdy").table["read_as"][0] == "2024-03-04"


def test_preview_stops_after_the_first_rows(tmp_path):
    path = write(tmp_path / "a.jsonl", [{"text": TEXT}] * 50)
    with path.open("a", encoding="utf-8") as file:
        file.write("{broken")
    assert len(preview_articles(path, n_rows=4).table) == 4


def test_list_of_addresses_is_shown_with_the_remedy_first(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(
        "media_name,publish_date,title,url\nموقع النخلة,2024-10-23,عنوان,https://n.example/1\n", encoding="utf-8"
    )
    found = preview_articles(path, preset="mediacloud")
    assert "a Media Cloud list of addresses without texts" in found.notes[0]["en"]
    assert found.table["url"].tolist() == ["https://n.example/1"]
    assert found.summary("ar").startswith("! ")


def test_rows_that_cannot_be_read_are_noted(tmp_path):
    path = write(tmp_path / "a.jsonl", [{"text": ""}, {"text": TEXT}])
    found = preview_articles(path)
    assert "a.jsonl, row 1: the text is empty" in found.notes[0]["en"]
    assert len(found.table) == 1


def test_more_files_than_shown_are_counted(tmp_path):
    for n in range(5):
        write(tmp_path / f"{n}.jsonl", [{"text": TEXT}])
    found = preview_articles([tmp_path / f"{n}.jsonl" for n in range(5)])
    assert found.table["file"].nunique() == 3
    assert "2 more files are not shown" in found.notes[-1]["en"]


def test_missing_file_is_named(tmp_path):
    with pytest.raises(ArticleError, match=r"gone\.csv: is not there"):
        preview_articles(tmp_path / "gone.csv")


def test_notebook_view_escapes_what_strangers_wrote(tmp_path):
    shown = preview_articles(
        write(tmp_path / "a.jsonl", [{"text": TEXT, "title": "<script>alert(1)</script>"}])
    )._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
