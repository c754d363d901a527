import gzip
import json

import pytest

from framing.errors import ArticleError
from framing.readers import Record, Rejection, Source, read_source


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
