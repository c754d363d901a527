import datetime as dt
import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.dates import DateProblem, ParsedDate, parse_date, printed_order
from framing.errors import ArticleError

DATA = Path(__file__).parents[2] / "shared" / "data"
DAY = dt.date(2024, 10, 24)


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "raw",
    [
        "2024-10-24", "2024/10/24", "24 أكتوبر 2024", "24 أكتوبر/ تشرين الأول 2024", "٢٤ أكتوبر ٢٠٢٤", "24.10.2024",
        "24 تشرين الأول / أكتوبر، 2024", "الخميس، 24 تشرين الأول 2024", "أكتوبر 24, 2024", "24 octobre 2024",
        "October 24th, 2024", "21 ربيع الآخر 1446 هـ", "1446/04/21", "21/04/1446 هـ - 24/10/2024", "20241024",
        "الخميس 21 ربيع الآخر 1446هـ الموافق 24 أكتوبر 2024م", "24 أكتوبر\u200f 2024", "آخر تحديث: 24 أُكتوبر 2024",
    ],
)  # fmt: skip
def test_every_shape_of_a_day_is_read(raw):
    assert parse_date(raw) == ParsedDate(DAY)


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("جانفي", 1), ("فيفري", 2), ("آذار", 3), ("نيسان", 4), ("أفريل", 4), ("ماي", 5), ("حزيران", 6), ("جوان", 6),
        ("جويلية", 7), ("يوليوز", 7), ("غشت", 8), ("أوت", 8), ("آب", 8), ("شتنبر", 9), ("أيلول", 9), ("نونبر", 11),
        ("تشرين الثاني", 11), ("دجنبر", 12), ("كانون الأول", 12), ("كانون الثاني", 1), ("شباط", 2),
    ],
)  # fmt: skip
def test_levantine_and_maghrebi_months_are_read(name, month):
    assert parse_date(f"7 {name} 2017") == ParsedDate(dt.date(2017, month, 7))


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("الخميس 24 أكتوبر 2024 - 9:00 م بتوقيت القاهرة", utc(2024, 10, 24, 18)),
        ("24 أكتوبر 2024 - 9:00 ص", utc(2024, 10, 24, 6)),
        ("24 أكتوبر 2024 الساعة 9 مساء", utc(2024, 10, 24, 18)),
        ("24 أكتوبر 2024. 12:30 صباحاً", utc(2024, 10, 23, 21, 30)),
        ("2024-10-24T23:12:51.000Z", utc(2024, 10, 24, 23, 12, 51)),
        ("2024-10-24T00:30:00+0300", utc(2024, 10, 23, 21, 30)),
        ("2024-10-24 21:00:00-05:00", utc(2024, 10, 25, 2)),
        ("2024-10-24 21:00 بتوقيت غرينتش", utc(2024, 10, 24, 21)),
        ("Thu, 24 Oct 2024 21:00:00 GMT", utc(2024, 10, 24, 21)),
        ("October 24, 2024 at 10:49am PDT", utc(2024, 10, 24, 17, 49)),
        ("20241024T120000Z", utc(2024, 10, 24, 12)),
    ],
)
def test_moment_is_utc_and_the_printed_day_is_never_shifted(raw, moment):
    assert parse_date(raw) == ParsedDate(DAY, moment)


def test_unknown_city_leaves_the_day_without_a_moment():
    assert parse_date("24 أكتوبر 2024 - 9:00 م بتوقيت أطلانتس") == ParsedDate(DAY)


@pytest.mark.parametrize("raw", ["01/02/2024", "1-2-2024", "06 -05- 2020 19:07:40"])
def test_day_and_month_that_could_change_places_are_not_guessed(raw):
    problem = parse_date(raw)
    assert isinstance(problem, DateProblem)
    assert problem.kind == "ambiguous"
    assert "dates.order" in problem.reason


def test_order_reads_what_it_says():
    assert parse_date("01/02/2024", order="dmy") == ParsedDate(dt.date(2024, 2, 1))
    assert parse_date("01/02/2024", order="mdy") == ParsedDate(dt.date(2024, 1, 2))
    assert parse_date("24/10/24", order="dmy") == ParsedDate(DAY)


def test_weekday_decides_the_order():
    assert parse_date("خميس, 09/10/2020") == ParsedDate(dt.date(2020, 9, 10))


@pytest.mark.parametrize("raw", ["31/02/2023", "30 فبراير 2023", "2023-02-31", "2023-13-45", "13/14/2020"])
def test_day_no_calendar_has_is_impossible(raw):
    problem = parse_date(raw)
    assert isinstance(problem, DateProblem)
    assert problem.kind == "impossible"
    assert "not a calendar day" in problem.reason
    assert problem.reason_ar


@pytest.mark.parametrize(
    "raw", ["", "أمس", "منذ 3 ساعات", "45589", "12 مايو", "أكتوبر 2024", "12 مايو/ حزيران 2020", "نص", "x" * 5000]
)
def test_what_is_no_date_is_unreadable(raw):
    problem = parse_date(raw)
    assert isinstance(problem, DateProblem)
    assert problem.kind == "unreadable"


def test_date_against_the_set_order_is_unreadable_not_turned_round():
    problem = parse_date("02/15/2021", order="dmy")
    assert isinstance(problem, DateProblem)
    assert "in the order that dates.order says" in problem.reason


def test_printed_order_is_told_only_where_one_is_left():
    assert [printed_order(raw) for raw in ("21/03/2017", "03/21/2017", "03/04/2017", "2017-03-21")] == [
        "dmy", "mdy", None, None,
    ]  # fmt: skip


def test_unknown_zone_is_an_error():
    with pytest.raises(ArticleError, match=r"dates\.timezone is 'Riyadh'.*Asia/Riyadh"):
        parse_date("2024-10-24", timezone="Riyadh")


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)), st.sampled_from(["Asia/Riyadh", "America/New_York"]))
def test_day_survives_every_zone(day, timezone):
    for raw in (day.isoformat(), f"{day.isoformat()}T23:59:59Z", f"{day.day}/{day.month}/{day.year}"):
        found = parse_date(raw, order="dmy" if "/" in raw else None, timezone=timezone)
        assert isinstance(found, ParsedDate)
        assert found.day == day


@given(st.text(max_size=300))
def test_any_text_gives_a_date_or_a_reason(raw):
    assert isinstance(parse_date(raw), ParsedDate | DateProblem)


@pytest.mark.parametrize("piece", ["1", "1/", "1 ", "مايو ", "12:", "ب"])
def test_hostile_text_takes_no_time(piece):
    import time

    start = time.perf_counter()
    parse_date(piece * 500_000)
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(("name", "field", "least"), [("armpro-dev", "page_date", 672), ("ant", "time", 1398)])
def test_real_dates_parse_once_the_order_is_set(name, field, least):
    path = DATA / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip(f"{path.name} is not on this machine")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        raws = [str(json.loads(line)[field]) for line in lines]
    found = [parse_date(raw, order="dmy") for raw in raws]
    n_parsed = sum(isinstance(item, ParsedDate) for item in found)
    assert n_parsed >= least - 1, f"{n_parsed} of {len(raws)} parsed"
