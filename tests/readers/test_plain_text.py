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


SEVERAL = (
    "---\ntitle: عنوان أول\noutlet: صحيفة ألف\ndate: 2024-10-23\n---\n\nنص أول.\nسطر.\n===\n"
    "---\ntitle: عنوان ثان\n---\nنص ثان.\n---\nعنوان ثالث\n\nنص ثالث.\n---\ntitle: عنوان رابع\n---\nنص رابع.\n"
)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_front_matter_of_each_article_is_read_and_offsets_hold(tmp_path, line_end):
    whole = SEVERAL.replace("\n", line_end)
    found = read(tmp_path / "a.txt", whole)
    assert [item.cells["title"] for item in found] == ["عنوان أول", "عنوان ثان", "عنوان ثالث", "عنوان رابع"]
    assert [item.cells["text"].split()[1] for item in found] == ["أول.", "ثان.", "ثالث.", "رابع."]
    assert (found[0].cells["outlet"], found[0].cells["published"]) == ("صحيفة ألف", "2024-10-23")
    assert all(whole[item.start :].startswith(item.cells["text"]) for item in found)
    assert all(whole[item.title_start :].startswith(item.cells["title"]) for item in found)


def test_outlet_in_front_matter_comes_before_the_folder(tmp_path):
    first, second = read(tmp_path / "a.txt", "---\noutlet: باء\n---\nنص.\n===\nنص آخر.\n", outlet="ألف")
    assert (first.cells["outlet"], second.cells["outlet"]) == ("باء", "ألف")


def test_broken_front_matter_rejects_its_article_only(tmp_path):
    first, second = read(tmp_path / "a.txt", "---\ntitle: ع\n- x\n---\nنص.\n===\nنص آخر.\n")
    assert "line 2 of the front matter is no 'name: value'" in first.reason
    assert (second.row, second.cells["text"]) == (2, "نص آخر.\n")


def test_line_given_to_split_at_and_front_matter_go_together(tmp_path):
    found = read(tmp_path / "a.txt", "---\ntitle: ع\n---\nنص.\nنص آخر.\n", split_at=(5,))
    assert [(item.cells["title"], item.cells["text"]) for item in found] == [("ع", "نص.\n"), ("", "نص آخر.\n")]


@pytest.mark.parametrize("piece", ["---\na: b\n", "---\ntitle: x\n", "---\ntitle: x\n---\n", "===\n---\n"])
def test_many_rules_take_linear_time(tmp_path, piece):
    start = time.perf_counter()
    split_articles(piece * (60_000 // len(piece)))
    middle = time.perf_counter()
    split_articles(piece * (120_000 // len(piece)))
    assert time.perf_counter() - middle < 3 * max(middle - start, 0.2)
