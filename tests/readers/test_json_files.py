import contextlib
import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import ArticleError
from framing.readers import Record, Rejection, Source, read_source
from framing.readers.json_files import _DECODER, as_text


def read(path, content):
    path.write_text(content, encoding="utf-8")
    return list(read_source(Source(path, path.name)))


def test_numbers_stay_as_written(tmp_path):
    (record,) = read(tmp_path / "a.jsonl", '{"id": 1e3, "n": 1.50, "big": 12345678901234567890, "text": "نص"}\n')
    assert record.cells == {"id": "1e3", "n": "1.50", "big": "12345678901234567890", "text": "نص"}


def test_null_and_not_a_number_are_empty(tmp_path):
    (record,) = read(tmp_path / "a.jsonl", '{"a": null, "b": NaN, "c": "null", "d": true}\n')
    assert record.cells == {"a": "", "b": "", "c": "null", "d": "true"}


def test_broken_line_is_rejected_and_reading_goes_on(tmp_path):
    found = read(tmp_path / "a.jsonl", '{"text": "a"}\n{"text": \n\n[1]\n{"text": "b"}\n')
    assert [(type(item), item.row) for item in found] == [(Record, 1), (Rejection, 2), (Rejection, 4), (Record, 5)]
    assert "not valid JSON" in found[1].reason


def test_unicode_line_separators_do_not_split_a_row(tmp_path):
    found = read(tmp_path / "a.jsonl", '{"text": "سطر\u2028آخر\x85"}\n')
    assert len(found) == 1
    assert found[0].cells["text"] == "سطر\u2028آخر\x85"


@pytest.mark.parametrize(
    "content",
    [
        '[{"text": "a"}, {"text": "b"}]',
        '{"status": "ok", "articles": [{"text": "a"}, {"text": "b"}]}',
        '{"text": "a"}\n{"text": "b"}\n',
    ],
)
def test_lists_of_articles_are_found(tmp_path, content):
    assert [item.cells["text"] for item in read(tmp_path / "a.json", content)] == ["a", "b"]


def test_object_inside_is_named_with_a_dot(tmp_path):
    (record,) = read(tmp_path / "a.json", json.dumps([{"source": {"id": None, "name": "قناة"}, "tags": ["x", "y"]}]))
    assert record.cells == {"source.id": "", "source.name": "قناة", "tags": "x\ny"}


def test_broken_json_says_what_to_do(tmp_path):
    with pytest.raises(ArticleError, match=r"a\.json: not valid JSON.*JSONL or CSV"):
        read(tmp_path / "a.json", '[\n{"text": "a"},\n')


def test_deep_nesting_is_rejected_not_a_crash(tmp_path):
    (found,) = read(tmp_path / "a.jsonl", '{"text": ' + "[" * 200_000 + "\n")
    assert isinstance(found, Rejection)


def test_truncated_gzip_keeps_what_stood_before(tmp_path):
    lines = "".join(json.dumps({"text": f"{n} " + "نص مختلف " * (n % 50)}) + "\n" for n in range(20_000))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines.encode())[:-30_000])
    found = list(read_source(Source(tmp_path / "a.jsonl.gz", "a.jsonl.gz")))
    assert sum(isinstance(item, Record) for item in found) > 100
    assert "damaged" in found[-1].reason


@pytest.mark.parametrize("size", [1, 3, 17, 64, 65_536])
def test_list_is_streamed_whatever_is_cut_where(tmp_path, monkeypatch, size):
    monkeypatch.setattr("framing.readers.json_files.HEAD", size)
    items = [
        {"id": 12345 + n, "text": f'نص \\ "{n}" \ud83d\ude00 [,] ' * (n % 7), "e": 1e3, "t": True} for n in range(60)
    ]
    content = " [ " + " , ".join(json.dumps(item, ensure_ascii=bool(n % 2)) for n, item in enumerate(items)) + " ] \n"
    content = content.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    found = read(tmp_path / "a.json", " " * (size % 5) + content)
    assert [item.row for item in found] == list(range(1, 61))
    assert [item.cells["id"] for item in found] == [str(item["id"]) for item in items]
    assert [len(item.cells["text"].split("[,]")) for item in found] == [n % 7 + 1 for n in range(60)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('[{"text": "a"} {"text": "b"}]', "a comma or ] is expected"),
        ('[{"text": "a"}, {"text": }, {"text": "b"}' + " " * 100 + "]", "item 2"),
        ('[{"text": "a"}] {"text": "b"}', "there is more after the list"),
        ('[{"text": "a"}, {"text": "b', "ends inside item 2"),
        ("[" * 100_000, "nested too deep"),
        ('{"text": "a"', "Expecting"),
    ],
)
def test_broken_list_says_where(tmp_path, content, reason):
    with pytest.raises(ArticleError, match=rf"a\.json: not valid JSON .*{reason}"):
        read(tmp_path / "a.json", content)


@pytest.mark.parametrize("content", ["[]", " [ ] ", '{"articles": []}'])
def test_empty_list_is_no_row(tmp_path, content):
    assert read(tmp_path / "a.json", content) == []


def test_item_of_ten_megabytes_is_read_whole(tmp_path):
    (record,) = read(tmp_path / "a.json", json.dumps([{"text": "كلمة " * 2_000_000}], ensure_ascii=False))
    assert len(record.cells["text"]) == 10_000_000


def test_object_too_large_to_read_at_once_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("framing.readers.json_files.MAX_JSON_BYTES", 100)
    with pytest.raises(ArticleError, match=r"more than 100 bytes.*Split it, or save it as JSONL"):
        read(tmp_path / "a.json", json.dumps({"articles": [{"text": "a" * 200}]}))


def test_row_of_a_list_with_broken_bytes_is_rejected(tmp_path):
    good = json.dumps([{"text": "كلمة " * 100}] * 3, ensure_ascii=False).encode()
    (tmp_path / "a.json").write_bytes(good[:-1] + b', {"text": "\xff"}]')
    found = list(read_source(Source(tmp_path / "a.json", "a.json")))
    assert [type(item) for item in found] == [Record, Record, Record, Rejection]
    assert "not UTF-8" in found[3].reason


@pytest.mark.parametrize("piece", ['{"text": "a"},', "[", '"', "\\", '{"a":', "1", " ", "\n"])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_hostile_json_takes_no_time(tmp_path, growth, piece, name):
    def attempt(content: str) -> None:
        with contextlib.suppress(ArticleError):
            read(tmp_path / name, "[" + content)

    assert growth(attempt, piece * (500_000 // len(piece))) < 3


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=40) | values, max_size=4), max_size=8), st.booleans()
)
def test_what_json_writes_is_read_back(tmp_path_factory, rows, ascii_only):
    folder = tmp_path_factory.mktemp("json")
    expected = [{key: as_text(_DECODER.decode(json.dumps(value))) for key, value in row.items()} for row in rows]
    lines = "".join(json.dumps(row, ensure_ascii=ascii_only) + "\n" for row in rows)
    whole = json.dumps(rows, ensure_ascii=ascii_only)
    for name, content in (("a.jsonl", lines), ("a.json", whole)):
        assert [item.cells for item in read(folder / name, content)] == expected


def test_name_that_stands_twice_in_an_object_loses_no_value(tmp_path):
    (record,) = read(tmp_path / "a.jsonl", '{"id": "1", "id": "2", "a.b": "3", "a": {"b": "4"}}\n')
    assert record.cells == {"id": "1", "id_2": "2", "a.b": "3", "a.b_2": "4"}


def test_lone_surrogates_in_json_are_kept_for_the_repair(tmp_path):
    (record,) = read(tmp_path / "a.jsonl", '{"text": "\\ud800 نص \\udcff"}\n')
    assert record.cells["text"] == "\ud800 نص \udcff"
