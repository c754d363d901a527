import unicodedata

import openpyxl
import pandas as pd
import pytest

from framing.articles import read_articles
from framing.errors import ArticleError
from framing.readers.indexed import texts_in

TEXT = (
    "افتتحت بلدية الوادي اليوم الجسر الجديد بعد أعمال دامت ثلاث سنوات، وقال مهندس المشروع "
    "إن الأعمدة فُحصت مرتين قبل أن تعبرها الحافلات الأولى صباحا."
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "study" / "النهر").mkdir(parents=True)
    (tmp_path / "study" / "النهر" / "1.txt").write_text(f"عنوان في الملف\n\n{TEXT}", encoding="utf-8")
    (tmp_path / "study" / "2.txt").write_text(f"{TEXT} أولى\n===\n{TEXT} ثانية\n", encoding="utf-8")
    (tmp_path / "outside.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path / "study"


def index(folder, rows, name="index.csv"):
    pd.DataFrame(rows).to_csv(folder / name, index=False)
    return folder / name


def account(articles):
    n_rows = len(articles.table) + len(articles.set_aside) + len(articles.rejected)
    assert int(articles.files["n_found"].sum()) == n_rows
    return n_rows


def test_rows_are_joined_with_the_texts_they_name(folder):
    rows = [
        {"file": "النهر/1.txt", "outlet": "صحيفة النهر", "date": "2024-10-23", "title": "", "author": "كاتبة"},
        {"file": "2.txt", "n": 2, "outlet": "قناة الساحة", "date": "2024-10-24", "title": "عنوان مكتوب"},
    ]
    articles = read_articles(index(folder, rows))
    found = articles.table[["outlet", "title", "published_date", "author", "source_file", "source_row"]]
    assert found.astype(object).where(found.notna(), None).to_numpy().tolist() == [
        ["صحيفة النهر", "عنوان في الملف", "2024-10-23", "كاتبة", "index.csv", 2],
        ["قناة الساحة", "عنوان مكتوب", "2024-10-24", None, "index.csv", 3],
    ]
    assert articles.table["text"].str.strip().tolist() == [TEXT, f"{TEXT} ثانية"]
    assert account(articles) == 2


def test_arabic_column_names_make_an_index_too(folder):
    book = openpyxl.Workbook()
    for row in (["الملف", "الوسيلة", "التاريخ"], [".\\النهر\\1.txt", "صحيفة النهر", "2024-10-23"]):
        book.active.append(row)
    book.save(folder / "فهرس.xlsx")
    assert read_articles(folder / "فهرس.xlsx").table["outlet"].tolist() == ["صحيفة النهر"]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"file": "3.txt"}, r"no text file '3\.txt' is in the index's folder"),
        ({"file": ""}, "no text file is named. Write its path"),
        ({"file": "../outside.txt"}, r"'\.\./outside\.txt' is not inside the index's folder"),
        ({"file": "النهر/../../outside.txt"}, "is not inside the index's folder"),
        ({"file": "{folder}/النهر/1.txt"}, "is not inside the index's folder"),
        ({"file": "C:\\texts\\1.txt"}, "is not inside the index's folder"),
        ({"file": "link.txt"}, r"'link\.txt' is not inside the index's folder"),
        ({"file": "index.csv"}, r"no text file 'index\.csv'"),
        ({"file": "2.txt"}, r"2\.txt holds 2 articles. Write a row for each"),
        ({"file": "2.txt", "n": "3"}, r"'3' is no article of 2\.txt, which holds 2"),
        ({"file": "2.txt", "n": "-1"}, "'-1' is no article"),
        ({"file": "a\0b.txt"}, "no text file"),
    ],
)
def test_row_without_a_text_is_rejected_with_what_to_do(folder, cells, reason):
    (folder / "link.txt").symlink_to(folder.parent / "outside.txt")
    cells = cells | {"outlet": "قناة الساحة", "file": cells["file"].replace("{folder}", str(folder))}
    rows = [{"file": "النهر/1.txt", "n": "", "outlet": "النهر"}, {"n": ""} | cells]
    articles = read_articles(index(folder, rows))
    (rejected,) = articles.rejected.to_dict("records")
    assert pd.Series([rejected["reason"]]).str.contains(reason).all()
    assert (rejected["file"], rejected["row"]) == ("index.csv", 3)
    assert rejected["reason_ar"]
    assert account(articles) == 2
    assert articles.flow().set_index("outlet")["found"].to_dict() == {"النهر": 1, "قناة الساحة": 1}


def test_text_named_twice_is_read_once(folder):
    articles = read_articles(index(folder, [{"file": "النهر/1.txt"}, {"file": "./النهر/1.txt"}]))
    assert "row 2 names the same article" in articles.rejected["reason"].iloc[0]
    assert account(articles) == 2


def test_texts_that_no_row_names_are_warnings(folder):
    (folder / "3.txt").write_text(TEXT, encoding="utf-8")
    warnings = read_articles(index(folder, [{"file": "2.txt", "n": "1"}])).warnings.set_index("file")["reason"]
    assert "this text is in no row of index.csv" in warnings["3.txt"]
    assert "this text is in no row of index.csv" in warnings["النهر/1.txt"]
    assert "articles 2 of this file are in no row of index.csv" in warnings["2.txt"]


def test_text_that_cannot_be_read_rejects_its_row(folder):
    (folder / "4.html").write_text("<html></html>", encoding="utf-8")
    pytest.importorskip("trafilatura")
    articles = read_articles(index(folder, [{"file": "4.html"}, {"file": "النهر/1.txt"}]))
    assert "4.html: no article found in this page" in articles.rejected["reason"].iloc[0]


def test_hashes_of_the_texts_are_kept(folder):
    files = read_articles(index(folder, [{"file": "النهر/1.txt"}])).files.set_index("file")
    assert files.index.tolist() == ["index.csv", "النهر/1.txt"]
    assert files["sha256"].str.len().tolist() == [64, 64]


def test_name_in_another_unicode_form_is_found(folder):
    name = unicodedata.normalize("NFD", "أخبار.txt")
    (folder / name).write_text(TEXT, encoding="utf-8")
    assert len(read_articles(index(folder, [{"file": unicodedata.normalize("NFC", name)}])).table) == 1


def test_name_that_looks_like_a_formula_survives(folder):
    (folder / "=1+2.txt").write_text(TEXT, encoding="utf-8")
    assert len(read_articles(index(folder, [{"file": "'=1+2.txt"}])).table) == 1


def test_results_of_a_run_are_no_texts(folder):
    (folder / "reports").mkdir()
    (folder / "reports" / "manifest.json").write_text("{}", encoding="utf-8")
    (folder / "reports" / "report.html").write_text("<html></html>", encoding="utf-8")
    assert sorted(texts_in(folder)) == ["2.txt", "النهر/1.txt"]


def test_table_with_texts_is_no_index_whatever_its_columns(folder):
    articles = read_articles(index(folder, [{"file": "النهر/1.txt", "text": f"{TEXT} من الجدول"}]))
    assert articles.table["text"].tolist() == [f"{TEXT} من الجدول"]
    assert articles.warnings.empty


def test_columns_setting_holds_in_an_index(folder):
    path = index(folder, [{"file": "النهر/1.txt", "journal": "صحيفة النهر"}])
    assert read_articles(path, columns={"outlet": "journal"}).table["outlet"].tolist() == ["صحيفة النهر"]
    with pytest.raises(ArticleError, match=r"columns\.outlet is 'jurnal'.*Did you mean 'journal'"):
        read_articles(path, columns={"outlet": "jurnal"})
