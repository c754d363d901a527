import datetime as dt
import gzip
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.errors import ArticleError
from framing.files import unguard_formula
from framing.readers import Source, read_source


def workbook(path, rows, number_format=None):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    if number_format:
        sheet["A2"].number_format = number_format
    book.save(path)


def read(path):
    return list(read_source(Source(path, path.name)))


def test_cells_are_text_and_rows_are_excel_numbers(tmp_path):
    day = dt.datetime(2024, 10, 23)
    workbook(tmp_path / "a.xlsx", [["id", "date", "text"], ["001", day, "نص"], [], [2, None, "آخر"]])
    found = read(tmp_path / "a.xlsx")
    assert [(item.row, item.cells) for item in found] == [
        (2, {"id": "001", "date": "2024-10-23", "text": "نص"}),
        (4, {"id": "2", "date": "", "text": "آخر"}),
    ]


def test_zeros_shown_by_the_format_are_kept(tmp_path):
    workbook(tmp_path / "a.xlsx", [["id", "text"], [7, "نص"]], number_format="000")
    assert read(tmp_path / "a.xlsx")[0].cells["id"] == "007"


def test_merged_title_above_the_header_is_passed_over(tmp_path):
    book = openpyxl.Workbook()
    for row in (["تقرير الرصد", "", ""], [], ["id", "date", "text"], ["001", "2024-10-24", "نص"]):
        book.active.append(row)
    book.active.merge_cells("A1:C1")
    book.save(tmp_path / "a.xlsx")
    [record] = read(tmp_path / "a.xlsx")
    assert (record.row, record.cells) == (4, {"id": "001", "date": "2024-10-24", "text": "نص"})


def test_sheet_of_one_column_keeps_its_first_row_as_header(tmp_path):
    workbook(tmp_path / "a.xlsx", [["text"], ["نص"], ["آخر"]])
    assert [item.cells for item in read(tmp_path / "a.xlsx")] == [{"text": "نص"}, {"text": "آخر"}]


@pytest.mark.parametrize(
    "epoch", [openpyxl.utils.datetime.CALENDAR_WINDOWS_1900, openpyxl.utils.datetime.CALENDAR_MAC_1904]
)
def test_days_kept_as_numbers_are_days_in_both_calendars(tmp_path, epoch):
    book = openpyxl.Workbook()
    book.epoch = epoch
    book.active.append(["date", "text"])
    book.active.append([dt.datetime(2024, 10, 24), "نص"])
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx")[0].cells["date"] == "2024-10-24"


def test_cells_beyond_a_wrong_dimension_are_read(tmp_path):
    workbook(tmp_path / "a.xlsx", [["id", "text"], ["x", "نص"]])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for item in old.infolist():
            new.writestr(item, old.read(item).replace(b'ref="A1:B2"', b'ref="A1"'))
    assert read(tmp_path / "b.xlsx")[0].cells == {"id": "x", "text": "نص"}


cells = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=20
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=5))
def test_what_a_workbook_holds_is_read_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("xlsx") / "a.xlsx"
    book = openpyxl.Workbook()
    for values in [("one", "two"), *rows]:
        book.active.append(["", ""])
        for cell, value in zip(book.active[book.active.max_row], values, strict=True):
            cell.value, cell.data_type = value, "s"
    book.save(path)
    assert [tuple(item.cells.values()) for item in read(path)] == [tuple(map(unguard_formula, row)) for row in rows]


def test_gzipped_workbook_is_read(tmp_path):
    workbook(tmp_path / "a.xlsx", [["id", "text"], ["x", "نص"]])
    (tmp_path / "b.xlsx.gz").write_bytes(gzip.compress((tmp_path / "a.xlsx").read_bytes()))
    assert read(tmp_path / "b.xlsx.gz")[0].cells == {"id": "x", "text": "نص"}


def test_zip_bomb_is_stopped_before_unpacking(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    with pytest.raises(ArticleError, match="no real workbook"):
        read(tmp_path / "a.xlsx")


def test_entities_in_the_xml_are_refused(tmp_path):
    workbook(tmp_path / "a.xlsx", [["id", "text"], ["x", "نص"]])
    bomb = b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "ha">]><worksheet>&a;</worksheet>'
    with zipfile.ZipFile(tmp_path / "a.xlsx") as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for item in old.infolist():
            new.writestr(item, bomb if "sheet1" in item.filename else old.read(item))
    with pytest.raises(ArticleError, match=r"b\.xlsx: not an \.xlsx workbook"):
        read(tmp_path / "b.xlsx")


def test_file_that_is_no_workbook_is_an_error(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"id,text")
    with pytest.raises(ArticleError, match="Open it in Excel and save it again"):
        read(tmp_path / "a.xlsx")
