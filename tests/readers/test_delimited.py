import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import ArticleError
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


def test_separator_line_may_be_quoted(tmp_path):
    [record] = read(tmp_path / "a.csv", '"sep=;"\r\nid;text\r\n1;نص\r\n')
    assert record.cells == {"id": "1", "text": "نص"}


def test_no_character_splits_the_only_column(tmp_path):
    assert [item.cells for item in read(tmp_path / "a.csv", "text\nنص\x1fآخر\n")] == [{"text": "نص\x1fآخر"}]


def test_lone_quotes_of_a_tsv_swallow_no_rows(tmp_path):
    found = read(tmp_path / "a.tsv", 'id\ttext\n1\t"قال\n2\tنص\n3\tآخر"\n4\t"نص\nبسطرين"\n')
    assert [(type(item), item.row) for item in found] == [(Rejection, 2), (Record, 3), (Record, 4), (Record, 5)]
    assert found[3].cells["text"] == "نص\nبسطرين"


def test_surrogate_bytes_are_damage_and_no_other_encoding(tmp_path):
    found = read(tmp_path / "a.csv", b"id,text\n1,a\xed\xa0\x80b\n2,ok\n")
    assert [type(item) for item in found] == [Rejection, Record]
    assert "3 bytes are not UTF-8" in found[0].reason


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", "id,text\n", "sep=;\n"])
def test_file_without_rows_is_empty_and_no_error(tmp_path, content):
    assert read(tmp_path / "a.csv", content) == []


@pytest.mark.parametrize(
    "line",
    [
        "7", "7,نص", "7,نص,زائد", "7,نص,,", '7,"نص', '7,"نص" زائد', "7,\x00", "7,\u202eنص\u202c", "7,سطر\u2028آخر\x85",
        '7,"سطر\nآخر"', "7,=1+1", "001,NA", "1e3,null",
    ],
)  # fmt: skip
def test_no_row_is_lost_whatever_one_holds(tmp_path, line):
    found = read(tmp_path / "a.csv", "id,text\n" + "1,نص\n" * 50 + f"{line}\n" + "2,نص\n" * 50)
    assert len(found) == 101
    assert sum(isinstance(item, Record) for item in found) >= 100


@pytest.mark.parametrize("piece", [",", '"', '""', "\n", '"\n', 'a,"b\n', ";", "\t", "\x00", "\r", "sep=\n", "\u202e"])
@pytest.mark.parametrize("head", ["", "id,text\n"])
def test_hostile_tables_take_no_time(tmp_path, growth, head, piece):
    assert growth(lambda content: read(tmp_path / "a.csv", head + content), piece * (500_000 // len(piece))) < 3


def reading_grows_by(path: Path) -> int:
    code = (
        "import resource, sys; from pathlib import Path; from framing.readers import Source, read_source\n"
        "usage = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "path, before = Path(sys.argv[1]), usage()\n"
        "print(sum(1 for _ in read_source(Source(path, path.name))), usage() - before)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    n_rows, grown = map(int, done.stdout.split())
    assert n_rows == 70_000
    return grown * (1 if sys.platform == "darwin" else 1024)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="resource limits are POSIX")
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.json"])
def test_file_of_three_hundred_megabytes_is_not_held(tmp_path, name):
    row = f'{{"id": "1", "text": "{"كلمة أخرى " * 240}"}}' if "json" in name else f"1,{'كلمة أخرى ' * 240}"
    opening, between, end = {
        "a.csv": ("id,text\n", "\n", "\n"),
        "a.jsonl": ("", "\n", "\n"),
        "a.json": ("[", ",", "]"),
    }[name]
    with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
        file.write(opening + row)
        file.writelines(between + row for _ in range(69_999))
        file.write(end)
    assert (tmp_path / name).stat().st_size > 290_000_000
    assert reading_grows_by(tmp_path / name) < 50_000_000


def test_cell_beyond_the_cap_loses_no_row_it_swallowed(tmp_path, monkeypatch):
    monkeypatch.setattr("framing.readers.delimited.MAX_CELL", 100)
    found = read(tmp_path / "a.csv", 'id,text\n1,"open\n' + "2,some words\n" * 50)
    assert [type(item) for item in found] == [Rejection] + [Record] * 50
    assert "a cell of more than 100 characters" in found[0].reason


def test_header_beyond_the_cap_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr("framing.readers.delimited.MAX_CELL", 100)
    with pytest.raises(ArticleError, match=r"a\.csv: the names of the columns.*never closed"):
        read(tmp_path / "a.csv", '"id,text\n' + "2,some words\n" * 50)
