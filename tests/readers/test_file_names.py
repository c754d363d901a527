import time

import pytest

from framing.errors import StudyError
from framing.readers.file_names import day_in_name, name_reader, readable_day


@pytest.mark.parametrize(
    ("pattern", "name", "found"),
    [
        ("{outlet}_{date}_{n}", "صحيفة النهر_2024-10-23_7.txt",
         {"outlet": "صحيفة النهر", "date": "2024-10-23", "n": "7"}),
        ("{outlet}_{date}_{n}", "2024/قناة_الساحة_20241023_07.txt.gz",
         {"outlet": "قناة_الساحة", "date": "2024-10-23", "n": "07"}),
        ("{date} {outlet} - {title}", "23-10-2024 النهر - جسر - جديد.html",
         {"date": "2024-10-23", "outlet": "النهر", "title": "جسر - جديد"}),
        ("{outlet}/{date}", "النهر/٢٠٢٤-١٠-٢٣.txt", {"outlet": "النهر", "date": "2024-10-23"}),
        ("{outlet}_{date}", "النهر_01-02-2024.txt", {"outlet": "النهر", "date": ""}),
        ("{outlet}.{n}", "النهر.7.txt", {"outlet": "النهر", "n": "7"}),
        ("{outlet}_{date}_{n}", "النهر.txt", None),
        ("{outlet}", "ن" * 400 + ".txt", None),
    ],
)  # fmt: skip
def test_pattern_reads_what_a_name_says(pattern, name, found):
    assert name_reader(pattern, [])(name) == found


def test_sub_folders_are_outlets_but_not_years():
    read = name_reader("auto", ["النهر/1.txt", "2.txt"])
    assert read("النهر/2024/1.txt") == {"outlet": "النهر"}
    assert read("2024/1.txt") == read("1.txt") == {}
    assert name_reader("auto", ["1.txt"])("النهر/1.txt") == {}
    assert name_reader("fill", ["النهر/1.txt"])("النهر/1.txt") == {}


@pytest.mark.parametrize("pattern", ["{outlet}_{day}", "{outlet}_{outlet}", "{", "{outlet", "outlet}{n}", "{}"])
def test_pattern_of_unknown_parts_names_the_known_ones(pattern):
    with pytest.raises(StudyError, match=r"its parts are \{outlet\} \{title\} \{author\} \{date\} \{n\}") as caught:
        name_reader(pattern if "{" in pattern else "{" + pattern, [])
    assert caught.value.ar


def test_only_days_that_can_be_read_are_given():
    assert readable_day("الخميس 24 أكتوبر 2024") == "2024-10-24"
    assert readable_day("01/02/2024") == readable_day("") == readable_day("31/02/2024") == ""
    assert day_in_name("2023-01-01/تقرير 2024_10_23.txt") == "2024-10-23"
    assert day_in_name("12024102.txt") == day_in_name("2024-13-40.txt") == ""


def test_hostile_name_takes_no_time():
    start = time.process_time()
    assert name_reader("{outlet}_{title}_{author}_{n}", [])("_" * 299 + ".txt") is None
    assert time.process_time() - start < 5
