import datetime as dt
import gzip
import zipfile

import openpyxl
import pytest

from framing.errors import ArticleError
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
