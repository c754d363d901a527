import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.files import write_csv
from framing.readers import Record, Rejection, Source, read_source
from framing.readers.delimited import read_delimited, unique_names


def read(path: Path, content: str | bytes) -> list[Record | Rejection]:
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return list(read_source(Source(path, path.name)))


def test_ids_and_outlets_stay_text(tmp_path):
    (first, second) = read(tmp_path / "a.csv", "id,outlet,text\n001,NA,نص\n1e3,null,NaN\n")
    assert first.cells == {"id": "001", "outlet": "NA", "text": "نص"}
    assert second.cells == {"id": "1e3", "outlet": "null", "text": "NaN"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(tmp_path, delimiter):
    rows = [["id", "outlet", "text"], ["1", "ألف", "جملة، وفاصلة; أخرى"], ["2", "باء", "نص, آخر"]]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    found = read(tmp_path / "a.csv", buffer.getvalue())
    assert [list(item.cells.values()) for item in found] == rows[1:]


def test_commas_in_a_single_column_split_nothing(tmp_path):
    found = read(tmp_path / "a.csv", "text\nكلمة, وأخرى; وثالثة\n")
    assert [item.cells for item in found] == [{"text": "كلمة, وأخرى; وثالثة"}]


def test_row_with_too_many_cells_is_rejected_with_its_number(tmp_path):
    found = read(tmp_path / "a.csv", "id,text\n1,نص\n2,نص,زائد\n3,نص\n")
    assert [type(item) for item in found] == [Record, Rejection, Record]
    assert found[1].row == 3
    assert "3 cells, the header names 2" in found[1].reason


def test_missing_last_cells_are_empty(tmp_path):
    (record,) = read(tmp_path / "a.csv", "id,text,url\n1,نص\n")
    assert record.cells["url"] == ""


def test_quote_never_closed_loses_no_row_after_it(tmp_path):
    found = read(tmp_path / "a.csv", 'id,text\n1,نص\n2,"مفتوح\n3,نص\n4,نص\n')
    assert [item.row for item in found] == [2, 3, 4, 5]
    assert isinstance(found[1], Rejection)
    assert "never closed" in found[1].reason
    assert [item.cells["id"] for item in found if isinstance(item, Record)] == ["1", "3", "4"]


def test_line_of_ten_megabytes_is_read_whole(tmp_path):
    (record,) = read(tmp_path / "a.csv", "id,text\n1," + "كلمة " * 1_200_000 + "\n")
    assert len(record.cells["text"]) == 6_000_000
    assert csv.field_size_limit() < 1_000_000  # put back for others


def test_newlines_and_nul_inside_a_cell_are_kept(tmp_path):
    (record,) = read(tmp_path / "a.csv", 'id,text\n1,"سطر\r\nآخر\x00"\n')
    assert record.cells["text"] == "سطر\r\nآخر\x00"


def test_row_with_broken_bytes_is_rejected_and_others_read(tmp_path):
    lines = [f"{n},{'كلمة ' * 20}" for n in range(50)]
    content = ("id,text\n" + "\n".join(lines) + "\n").encode() + b"99,\xff\xfe\xfd\n"
    found = read(tmp_path / "a.csv", content)
    assert sum(isinstance(item, Record) for item in found) == 50
    assert "not UTF-8" in found[-1].reason
    assert found[-1].row == 52


def test_formula_guard_of_our_own_files_is_taken_off(tmp_path):
    import pandas as pd

    titles = ["=1+1", "-نص", "'=x", "＝نص", "نص عادي"]
    write_csv(tmp_path / "a.csv", pd.DataFrame({"title": titles, "text": ["نص"] * 5}))
    found = list(read_source(Source(tmp_path / "a.csv", "a.csv")))
    assert [item.cells["title"] for item in found] == titles


def test_repeated_and_empty_column_names_lose_no_cell():
    assert unique_names(["text", "", "text", "text"]) == ["text", "column_2", "text_2", "text_3"]


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\x00"), max_size=30)


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=8))
def test_what_csv_writes_is_read_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows([("one", "two"), *rows])
    path.write_bytes(buffer.getvalue().encode())
    found = list(read_delimited(Source(path, "a.csv")))
    from framing.files import unguard_formula

    assert [tuple(item.cells.values()) for item in found] == [tuple(map(unguard_formula, row)) for row in rows]


def test_empty_lines_and_the_separator_excel_names_stand_above_the_header(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("\n\nsep=;\nid;text\n1;نص أول\n", encoding="utf-8")
    [record] = read_delimited(Source(path, "a.csv"))
    assert record.cells == {"id": "1", "text": "نص أول"}
    assert record.row == 5
