import time

import pytest

from framing.readers import Source, read_source
from framing.readers.plain_text import find_title, line_of, split_articles


def read(path, content, **source):
    path.write_bytes(content.encode("utf-8"))
    return list(read_source(Source(path, path.name, **source)))


def test_short_first_line_before_an_empty_one_is_the_title(tmp_path):
    (record,) = read(tmp_path / "a.txt", "\nعنوان الخبر\n\nنص الخبر الأول.\nسطر ثان.\n", outlet="ألف")
    assert record.cells == {"title": "عنوان الخبر", "text": "نص الخبر الأول.\nسطر ثان.\n", "outlet": "ألف"}


@pytest.mark.parametrize("content", ["سطر أول\nسطر ثان\n\nفقرة", "كلمة " * 40 + "\n\nفقرة", "سطر واحد\n", "سطر\n\n\n"])
def test_no_title_where_the_first_line_is_text(content):
    assert find_title(content) == ("", 0)


@pytest.mark.parametrize("rule", ["===", "---", "  ==========  "])
def test_articles_split_at_a_rule_line(tmp_path, rule):
    whole = f"خبر أول.\nسطر.\n{rule}\nعنوان\n\nخبر ثان.\n"
    found = read(tmp_path / "a.txt", whole)
    assert [(item.row, item.cells["title"]) for item in found] == [(1, ""), (2, "عنوان")]
    assert all(whole[item.start :].startswith(item.cells["text"]) for item in found)


def test_articles_split_at_a_given_line():
    text = "أول\nسطر\nثان\nسطر\n"
    assert [text[start:end] for start, end in split_articles(text, split_at=(3,))] == ["أول\nسطر\n", "ثان\nسطر\n"]


def test_a_dash_inside_a_line_is_no_rule():
    assert len(split_articles("خبر --- خبر\n-- \nنص")) == 1


def test_windows_line_ends_stay_and_offsets_hold(tmp_path):
    whole = "عنوان\r\n\r\nنص أول.\r\n===\r\nنص ثان.\r\n"
    found = read(tmp_path / "a.txt", whole)
    assert found[0].cells["title"] == "عنوان"
    assert all(whole[item.start :].startswith(item.cells["text"]) for item in found)
    assert line_of(whole, found[1].start) == 5


@pytest.mark.parametrize("piece", [" ", "-", "\n", "x", " \n"])
def test_hostile_text_takes_linear_time(piece):
    def seconds(n: int) -> float:
        start = time.perf_counter()
        split_articles(piece * n)
        find_title(piece * n)
        return time.perf_counter() - start

    seconds(1000)
    assert seconds(1_000_000) < 1
