import datetime as dt
import gzip
import json
import random
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
    "raw",
    ["", "نشرة الأخبار", "منذ البداية", "45589", "12 مايو", "أكتوبر 2024", "12 مايو/ حزيران 2020", "نص", "x" * 5000],
)
def test_what_is_no_date_is_unreadable(raw):
    problem = parse_date(raw)
    assert isinstance(problem, DateProblem)
    assert problem.kind == "unreadable"


@pytest.mark.parametrize(
    "raw",
    [
        "منذ 3 ساعات", "منذ ٣ ساعات", "قبل ساعتين", "منذ يومين", "أمس", "اليوم 14:30", "3 hours ago", "yesterday",
        "il y a 2 jours", "قبل نحو 20 دقيقة", "آخر تحديث منذ 5 دقائق",
    ],
)  # fmt: skip
def test_time_counted_from_another_day_is_told_with_what_to_do(raw):
    problem = parse_date(raw)
    assert isinstance(problem, DateProblem)
    assert problem.kind == "relative"
    assert "counted from the day the page was read" in problem.reason
    assert "YYYY-MM-DD" in problem.reason_ar


def test_day_beside_a_relative_time_is_read():
    assert parse_date("أمس، 24 أكتوبر 2024") == ParsedDate(DAY)


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("24 أكتوبر 2024 12:30 ليلا", utc(2024, 10, 23, 21, 30)),
        ("24 أكتوبر 2024 1:15 ليلاً", utc(2024, 10, 23, 22, 15)),
        ("24 أكتوبر 2024 11:15 ليلاً", utc(2024, 10, 24, 20, 15)),
        ("24 أكتوبر 2024 3:00 بعد الظهر", utc(2024, 10, 24, 12)),
        ("24 أكتوبر 2024 09:30 مساءا", utc(2024, 10, 24, 18, 30)),
        ("24 أكتوبر 2024 3:00 فجراً", utc(2024, 10, 24)),
        ("24 أكتوبر 2024 21:00 (ت.غ)", utc(2024, 10, 24, 21)),
        ("24 أكتوبر 2024 21:00 (GMT+3)", utc(2024, 10, 24, 18)),
        ("24 أكتوبر 2024 على 21:30", utc(2024, 10, 24, 18, 30)),
        ("24 octobre 2024 à 21h30", utc(2024, 10, 24, 18, 30)),
        ("21/4/1446 هـ - الموافق 24/10/2024 م - 20:34 (مكة المكرمة)، 17:34 (غرينتش)", utc(2024, 10, 24, 17, 34)),
        ("Thu, 24 Oct 2024 21:00:00 +0300 (AST)", utc(2024, 10, 24, 18)),
        ("Thu, 24 Oct 24 21:00:00 GMT", utc(2024, 10, 24, 21)),
        ("Thu Oct 24 21:00:00 +0000 2024", utc(2024, 10, 24, 21)),
        ("Thu Oct 24 2024 21:00:00 GMT+0300 (Arabian Standard Time)", utc(2024, 10, 24, 18)),
        ("2024-10-24T21:00+03:00[Asia/Riyadh]", utc(2024, 10, 24, 18)),
        ("1729785600", utc(2024, 10, 24, 16)),
        ("1729785600000", utc(2024, 10, 24, 16)),
        ("1729785600.25", utc(2024, 10, 24, 16)),
        ("آخر تحديث: 25 أكتوبر 2024 09:00 تاريخ النشر: 24 أكتوبر 2024 08:00", utc(2024, 10, 24, 5)),
        ("نشر في 24/10/2024 10:00، تحديث 26/10/2024 11:00", utc(2024, 10, 24, 7)),
    ],
)  # fmt: skip
def test_times_as_pages_and_feeds_print_them(raw, moment):
    assert parse_date(raw) == ParsedDate(DAY, moment)


@pytest.mark.parametrize("raw", ["2024-10-24 21:00 IST", "2024-10-24T09:00:00+25:00", "2024-10-24 21:00 Europe/X"])
def test_zone_nobody_knows_gives_no_moment(raw):
    assert parse_date(raw) == ParsedDate(DAY)


@pytest.mark.parametrize(
    "raw",
    [
        "24 من أكتوبر من عام 2024", "24 تشرين أول 2024", "24 ت1 2024", "24 تشرين الأول أكتوبر 2024", "2024 أكتوبر 24",
        "24-Oct-24", "24 أكتوبر – تشرين الأول 2024", "1446-04-22 الموافق 2024-10-24", "۲۴/۱۰/۲۰۲۴",
        "\u202b24/10/2024\u202c",
    ],
)  # fmt: skip
def test_rarer_shapes_of_a_day_are_read(raw):
    assert parse_date(raw) == ParsedDate(DAY)


def test_printed_weekday_settles_a_hijri_month_begun_a_day_later():
    assert parse_date("الخميس 21 ربيع الآخر 1446 هـ") == ParsedDate(DAY)
    assert parse_date("الخميس 20 ربيع الآخر 1446 هـ") == ParsedDate(DAY)
    assert parse_date("20 ربيع الآخر 1446 هـ") == ParsedDate(DAY - dt.timedelta(days=1))


@pytest.mark.parametrize("raw", ["1403/08/03", "۱۴۰۳/۰۸/۰۳", "3/8/1403"])
def test_solar_hijri_year_is_not_taken_for_a_lunar_one(raw):
    problem = parse_date(raw)
    assert isinstance(problem, DateProblem)
    assert "lunar and the solar Hijri" in problem.reason
    assert isinstance(parse_date(f"{raw} هـ"), ParsedDate)


def test_two_digits_of_a_year_reach_from_1969_to_2068():
    assert parse_date("12/05/98", order="dmy") == ParsedDate(dt.date(1998, 5, 12))
    assert parse_date("12/05/24", order="dmy") == ParsedDate(dt.date(2024, 5, 12))


def test_printed_weekday_is_stronger_than_the_set_order():
    assert parse_date("خميس, 09/10/2020", order="dmy") == ParsedDate(dt.date(2020, 9, 10))


def test_known_days_of_the_umm_al_qura_calendar():
    days = {"1 رمضان 1445": (2024, 3, 11), "10 ذو الحجة 1445هـ": (2024, 6, 16), "1 محرّم 1446": (2024, 7, 7)}
    assert {raw: parse_date(raw) for raw in days} == {raw: ParsedDate(dt.date(*day)) for raw, day in days.items()}


def test_long_text_is_not_kept_in_the_cache():
    from framing.dates import _parse

    _parse.cache_clear()
    assert parse_date("2024-10-24" + " " * 10_000_000) == parse_date("2024-10-24" + " " * 790)
    assert _parse.cache_info().currsize == 1


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


@pytest.mark.parametrize("piece", ["1", "1/", "1 ", "مايو ", "12:", "ب", "نشر ", "1446/", "\u202b", "منذ 3 "])
def test_hostile_text_takes_no_time(piece, growth):
    from framing.dates import _parse

    def read(text: str) -> None:
        _parse.cache_clear()
        parse_date(text)

    assert growth(read, piece * (500_000 // len(piece))) < 3


MONTHS = {
    "egyptian": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "levantine": "كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول",
    "tunisian": "جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر",
    "moroccan": "يناير فبراير مارس أبريل ماي يونيو يوليوز غشت شتنبر أكتوبر نونبر دجنبر",
    "english": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
}
WEEKDAYS = ["الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"]
ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
EASTERN = str.maketrans("0123456789كي", "۰۱۲۳۴۵۶۷۸۹کی")


def month(kind: str, day: dt.date) -> str:
    return MONTHS[kind].split()[day.month - 1].replace("_", " ")


def weekday(day: dt.date) -> str:
    return WEEKDAYS[day.weekday()]


# Each shape writes a day on its own, by other means than the reader's lists.
SHAPES = {
    "iso": lambda d: d.isoformat(),
    "iso, slashes": lambda d: f"{d:%Y/%m/%d}",
    "iso with zone": lambda d: f"{d}T23:30:00-11:00",
    "iso, UTC": lambda d: f"{d}T00:10:00Z",
    "compact": lambda d: f"{d:%Y%m%d}",
    "egyptian": lambda d: f"{d.day} {month('egyptian', d)} {d.year}",
    "levantine": lambda d: f"{d.day} {month('levantine', d)} {d.year}",
    "tunisian": lambda d: f"{d.day:02} {month('tunisian', d)} {d.year}",
    "moroccan": lambda d: f"{d.day} {month('moroccan', d)}، {d.year}",
    "double": lambda d: f"{d.day} {month('egyptian', d)}/ {month('levantine', d)} {d.year}",
    "double, other way": lambda d: f"{d.day} {month('levantine', d)} / {month('egyptian', d)}، {d.year}",
    "weekday": lambda d: f"{weekday(d)}، {d.day} {month('egyptian', d)} {d.year}",
    "weekday and clock": lambda d: f"{weekday(d)} {d.day} {month('egyptian', d)} {d.year} - 9:00 م بتوقيت القاهرة",
    "month first": lambda d: f"{month('egyptian', d)} {d.day}, {d.year} 01:00",
    "year first": lambda d: f"{d.year} {month('levantine', d)} {d.day}",
    "arabic-indic": lambda d: f"{d.day} {month('egyptian', d)} {d.year}".translate(ARABIC_INDIC),
    "arabic-indic numbers": lambda d: f"{d:%Y/%m/%d}".translate(ARABIC_INDIC),
    "eastern digits": lambda d: f"{d.day} {month('egyptian', d)} {d.year}".translate(EASTERN),
    "marks inside": lambda d: f"\u200f{d.day}\u200f {month('egyptian', d)}\u200e \u202a{d.year}\u202c",
    "diacritics and tatweel": lambda d: f"{d.day} {month('tunisian', d)[:2]}ـ\u064e{month('tunisian', d)[2:]} {d.year}",
    "dmy": lambda d: f"{d.day}/{d.month}/{d.year}",
    "dmy, dots": lambda d: f"{d:%d.%m.%Y} 21:05",
    "dmy, two digits": lambda d: f"{d:%d-%m-%y}",
    "dmy, marks": lambda d: f"\u202b{d:%d}\u200f/{d:%m}\u200f/{d:%Y}\u202c".translate(ARABIC_INDIC),
    "feed": lambda d: f"{d:%a, %d %b %Y} 21:00:00 +0300",
    "old feed": lambda d: f"{d:%a, %d %b %y} 21:00:00 GMT",
    "twitter": lambda d: f"{d:%a %b %d} 21:00:00 +0000 {d.year}",
    "script": lambda d: f"{d:%a %b %d %Y} 21:00:00 GMT+0300 (Arabian Standard Time)",
    "database": lambda d: f"{d.day:02}-{month('english', d)}-{d.year}",
    "american": lambda d: f"{d:%B} {d.day}, {d.year} at 10:49am PDT",
    "both calendars": lambda d: "{2}/{1}/{0} هـ - {3:%d/%m/%Y} م".format(*hijri(d), d),
    "both, named": lambda d: "{4} {5} {3} م، {2}/{1}/{0} هـ".format(*hijri(d), d.year, d.day, month("egyptian", d)),
    "hijri": lambda d: "{2}/{1}/{0}هـ".format(*hijri(d)),
    "hijri, year first": lambda d: "{}/{:02}/{:02}".format(*hijri(d)).translate(ARABIC_INDIC),
    "updated and published": lambda d: f"آخر تحديث: {d + dt.timedelta(9)} تاريخ النشر: {d}",
    "epoch": lambda d: str(int(dt.datetime(d.year, d.month, d.day, 12, tzinfo=dt.UTC).timestamp())),
}  # fmt: skip


def hijri(day: dt.date) -> tuple[int, int, int]:
    from hijridate import Gregorian

    return Gregorian(day.year, day.month, day.day).to_hijri().datetuple()


def misread(shape: str, days: list[dt.date]) -> list[tuple[str, object]]:
    order = "dmy" if "dmy" in shape or shape.startswith("both") else None
    found = [(raw, parse_date(raw, order=order), day) for day in days for raw in [SHAPES[shape](day)]]
    return [(raw, got) for raw, got, day in found if not (isinstance(got, ParsedDate) and got.day == day)]


ALL_DAYS = [dt.date(2000, 1, 1) + dt.timedelta(n) for n in range(11_323)]
# Epoch seconds have ten digits from September 2001 on.
FIRST = {"epoch": dt.date(2001, 9, 10)}


@pytest.mark.parametrize("shape", SHAPES)
def test_days_written_in_a_shape_are_read_back(shape):
    days = [day for day in random.Random(20241023).sample(ALL_DAYS, 200) if day >= FIRST.get(shape, day)]
    assert misread(shape, days) == []


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_every_day_of_thirty_one_years_is_read_back(shape):
    assert misread(shape, [day for day in ALL_DAYS if day >= FIRST.get(shape, day)]) == []


@pytest.mark.parametrize("day", random.Random(7).sample(ALL_DAYS, 100))
def test_numbers_that_could_change_places_never_become_a_day(day):
    found = parse_date(f"{day.day}/{day.month}/{day.year}")
    if day.day <= 12 and day.day != day.month:
        assert isinstance(found, DateProblem)
        assert found.kind == "ambiguous"
    else:
        assert found == ParsedDate(day)


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
