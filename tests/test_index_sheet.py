import os

import openpyxl
import pytest

from framing.errors import ArticleError
from framing.index_sheet import COLUMNS, IndexRow, write_index
from framing.readers import Source, read_source


def row(file, part=0, **values):
    return IndexRow(file, part, values)


def cells(path):
    return [item.cells for item in read_source(Source(path, path.name))]


def test_sheet_reads_from_the_right_with_its_head_in_sight(tmp_path):
    path = tmp_path / "index.xlsx"
    write_index(path, [row("1.txt", outlet="صحيفة النهر")], language="ar")
    book = openpyxl.load_workbook(path)
    sheet, about = book.worksheets
    assert all(one.sheet_view.rightToLeft and one.freeze_panes == "A2" for one in (sheet, about))
    assert [cell.value for cell in sheet[1]] == [column[0] for column in COLUMNS.values()]
    assert min(sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]) >= 13
    explained = [about.cell(number, 1).value or "" for number in range(2, about.max_row + 1)]
    assert all(any(column[0] in said and column[1] in said for said in explained) for column in COLUMNS.values())
    assert sheet["D2"].number_format == "@"


def test_what_was_written_is_read_back(tmp_path):
    path = tmp_path / "index.xlsx"
    given = {
        "outlet": "001",
        "date": "2024-10-23",
        "title": '=LINK("http://x.example")',
        "url": "+1",
        "author": "-",
    }
    write_index(path, [row("=a.txt", **given), row("b.txt", 2, title="@ عنوان\tله فاصل")], language="en")
    first, second = cells(path)
    assert first == {"file": "=a.txt", "n": ""} | given
    assert (second["n"], second["title"]) == ("2", "@ عنوان\tله فاصل")


def test_no_cell_is_a_formula(tmp_path):
    path = tmp_path / "index.xlsx"
    hostile = ["=1+1", "+1", "-1", "@x", "\tx", "＝1", "'=1"]
    write_index(path, [row(f"{value}.txt", outlet=value, title=value) for value in hostile], language="ar")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    values = [cell for line in sheet.iter_rows(min_row=2) for cell in line if cell.value]
    assert {cell.data_type for cell in values} == {"s"}
    assert not [cell.value for cell in values if cell.value.startswith(("=", "+", "-", "@", "\t", "＝"))]
    assert [one["الوسيلة"] for one in cells(path)] == hostile


def test_second_run_adds_new_rows_and_keeps_what_was_typed(tmp_path):
    path = tmp_path / "index.xlsx"
    write_index(path, [row("1.txt"), row("2.txt", 1), row("2.txt", 2)], language="ar")
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet["C2"], sheet["H1"], sheet["H2"] = "صحيفة النهر", "القسم", "محلي"
    sheet.column_dimensions["C"].width = 51
    book.save(path)
    added = write_index(
        path, [row("0.txt", outlet="النهر"), row("1.txt"), *(row("2.txt", n) for n in (1, 2, 3))], language="en"
    )
    assert [(one.file, one.part) for one in added] == [("0.txt", 0), ("2.txt", 3)]
    read = cells(path)
    assert [(one["الملف"], one["ترتيب المادة"]) for one in read] == [
        ("1.txt", ""), ("2.txt", "1"), ("2.txt", "2"), ("0.txt", ""), ("2.txt", "3"),
    ]  # fmt: skip
    assert (read[0]["الوسيلة"], read[0]["القسم"], read[3]["الوسيلة"]) == ("صحيفة النهر", "محلي", "النهر")
    assert openpyxl.load_workbook(path).worksheets[0].column_dimensions["C"].width == 51


def test_run_without_new_texts_leaves_the_file_alone(tmp_path):
    path = tmp_path / "index.xlsx"
    write_index(path, [row("1.txt"), row("=2.txt")], language="ar")
    os.utime(path, (1, 1))
    assert write_index(path, [row("1.txt"), row("=2.txt")], language="ar") == []
    assert path.stat().st_mtime == 1


def test_index_without_the_column_of_numbers_does_not_grow_for_ever(tmp_path):
    path = tmp_path / "index.xlsx"
    write_index(path, [row("2.txt", 1), row("2.txt", 2)], language="ar")
    book = openpyxl.load_workbook(path)
    book.worksheets[0].delete_cols(2)
    book.save(path)
    assert write_index(path, [row("2.txt", 1), row("2.txt", 2)], language="ar") == []


@pytest.mark.parametrize("content", ["table", "nothing", "bytes"])
def test_file_that_is_no_index_is_never_overwritten(tmp_path, content):
    path = tmp_path / "index.xlsx"
    book = openpyxl.Workbook()
    if content == "table":
        book.active.append(["اسم", "عدد"])
    book.save(path)
    if content == "bytes":
        path.write_bytes(b"PK not a workbook")
    before = path.read_bytes()
    with pytest.raises(ArticleError, match=r"index\.xlsx: there already, and no .*Rename or move it") as caught:
        write_index(path, [row("1.txt")], language="ar")
    assert path.read_bytes() == before
    assert caught.value.ar


def test_name_that_no_sheet_can_hold_does_not_stop_the_others(tmp_path):
    path = tmp_path / "index.xlsx"
    write_index(path, [row("a\x01.txt"), row("b\ud800.txt"), row("c.txt", title="ع" * 40_000)], language="ar")
    assert [one["الملف"] for one in cells(path)] == ["a.txt", "b?.txt", "c.txt"]
    assert write_index(path, [row("a\x01.txt"), row("b\ud800.txt")], language="ar") == []
