import time

import pytest

from framing.readers.front_matter import MAX_FRONT_MATTER, find_front_matter


def test_values_by_field_with_their_places():
    text = "---\ntitle: عنوان\nالصحيفة: صحيفة ألف\ndate: 2024-10-23\nرابط: https://example.org/1\n---\nنص"
    front = find_front_matter(text)
    assert front.values == {
        "title": "عنوان", "outlet": "صحيفة ألف", "published": "2024-10-23", "url": "https://example.org/1",
    }  # fmt: skip
    assert text[front.end :] == "نص"
    assert all(text[place:].startswith(front.values[name]) for name, place in front.places.items())
    assert set(front.places) == set(front.values)


@pytest.mark.parametrize(
    ("block", "values"),
    [
        ("title: موسكو: لا تعليق", {"title": "موسكو: لا تعليق"}),
        ('title: "عنوان: مقتبس"', {"title": "عنوان: مقتبس"}),
        ("id: 001", {"article_id": "001"}),
        ("outlet: NA\nauthor: [أ, ب]", {"outlet": "NA", "author": "أ, ب"}),
        ("title: ع\nunknown: {a: b}\n# comment", {"title": "ع"}),
        ("title:\noutlet: ألف", {"outlet": "ألف"}),
        ("title: >\n  عنوان\n  طويل", {"title": "عنوان طويل"}),
    ],
)
def test_values_stay_text_as_written(block, values):
    front = find_front_matter(f"---\n{block}\n---\n")
    assert (front.values, front.fault) == (values, 0)


@pytest.mark.parametrize(
    "text",
    ["", "نص", "---\nكلام\n---\nنص", "---\nكلام: آخر\n---\nنص", "---\ntitle: بلا نهاية\n", "نص\n---\ntitle: ع\n---\n"],
)
def test_lines_that_are_no_front_matter(text):
    assert find_front_matter(text) is None


def test_fault_names_its_line():
    assert find_front_matter("---\ntitle: ع\n- x\n---\nنص").fault == 2


@pytest.mark.parametrize("value", ["!!python/object/apply:os.system [x]", "!!python/name:os.system"])
def test_tags_build_nothing(value):
    front = find_front_matter(f"---\ntitle: ع\nauthor: {value}\n---\n")
    assert front.values["title"] == "ع"
    assert all(isinstance(part, str) for part in front.values.values())


def test_aliases_are_not_followed_and_long_ones_not_read():
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
    )
    start = time.perf_counter()
    front = find_front_matter(f"---\ntitle: ع\n{bomb}author: *j\n---\n")
    assert time.perf_counter() - start < 0.1
    assert front.values == {"title": "ع", "author": "*j"}
    assert find_front_matter("---\ntitle: ع\n" + "x: y\n" * MAX_FRONT_MATTER + "---\n") is None


@pytest.mark.parametrize("piece", ["---\n", "- ", " ", "[", "{", "a: ", "a:\n", "\n", "&a ", "x" * 50 + " "])
def test_hostile_front_matter_takes_little_time(piece):
    start = time.perf_counter()
    find_front_matter("---\ntitle: ع\n" + piece * 500_000)
    find_front_matter("---\ntitle: ع\n" + (piece * 10_000)[:9_000] + "\n---\n")
    assert time.perf_counter() - start < 1
