import time

import pytest

from framing.readers.labels import field_of_label, read_label


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("العنوان: عنوان", ("title", "عنوان")), ("Date : 2024-10-23", ("published", "2024-10-23")),
        ("الرابط: https://example.org/1", ("url", "https://example.org/1")), ("النص：", ("text", "")),
        ("موسكو: لا تعليق", ("", "")), ("https://example.org", ("", "")), ("لا علامة", ("", "")), ("", ("", "")),
    ],
)  # fmt: skip
def test_label_and_value(line, found):
    assert read_label(line) == found


def test_label_is_known_without_regard_to_case_and_spaces():
    assert field_of_label("Publish Date") == field_of_label("publish_date") == "published"


@pytest.mark.parametrize("piece", [" ", "a", ":", "a ", " :"])
def test_hostile_line_takes_linear_time(piece):
    start = time.perf_counter()
    read_label(piece * 500_000)
    assert time.perf_counter() - start < 1
