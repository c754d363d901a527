"""Dates as Arab outlets print them: a calendar day that is never shifted, and the moment where a time is given."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from framing.arabic import lexical_view
from framing.errors import ArticleError
from framing.lexicon import load
from framing.optional import require

DateOrder = Literal["dmy", "mdy", "ymd"]
DEFAULT_TIMEZONE = "Asia/Riyadh"
MAX_LENGTH = 200
# Years of the solar Hijri calendar in which there were news pages; the lunar ones of these numbers are 1959 to 1990.
SOLAR_YEARS = range(1379, 1411)


@dataclass(frozen=True)
class ParsedDate:
    """`day` as printed; `moment` in UTC, or None where no time of day (or an unknown zone) is given."""

    day: dt.date
    moment: dt.datetime | None = None


@dataclass(frozen=True)
class DateProblem:
    """Why a date could not be read.

    `kind`: `ambiguous` (day and month could change places), `impossible` (no such calendar
    day), `relative` (counted from another day), or `unreadable`. `reason` and `reason_ar` say it
    in words, without the value.
    """

    kind: Literal["ambiguous", "impossible", "relative", "unreadable"]
    reason: str
    reason_ar: str


_AMBIGUOUS = DateProblem(
    "ambiguous",
    "day and month could change places. Set dates.order to dmy, mdy or ymd",
    "يمكن أن يتبادل اليوم والشهر موضعيهما. حدّد dates.order بالقيمة dmy أو mdy أو ymd",
)
_IMPOSSIBLE = DateProblem(
    "impossible",
    "not a calendar day. Write dates as YYYY-MM-DD",
    "ليس يومًا في التقويم. اكتب التواريخ بالصيغة YYYY-MM-DD",
)
_UNREADABLE = DateProblem(
    "unreadable", "not read as a date. Write dates as YYYY-MM-DD", "لم يُقرأ تاريخًا. اكتب التواريخ بالصيغة YYYY-MM-DD"
)
_OTHER_ORDER = DateProblem(
    "unreadable",
    "not a day in the order that dates.order says. Correct dates.order, or this date",
    "لا يوافق الترتيب المحدّد في dates.order. صحّح الترتيب أو التاريخ",
)
_RELATIVE = DateProblem(
    "relative",
    "counted from the day the page was read, not a date. Write the day as YYYY-MM-DD; the page's own code often has it",
    "محسوب من يوم قراءة الصفحة وليس تاريخًا. اكتب اليوم بالصيغة YYYY-MM-DD؛ وكثيرًا ما يكون في شفرة الصفحة",
)
_TWO_CALENDARS = DateProblem(
    "unreadable",
    "a year that the lunar and the solar Hijri calendars both have. Write the day as YYYY-MM-DD",
    "سنة يصح أن تكون هجرية قمرية أو شمسية. اكتب اليوم الميلادي بالصيغة YYYY-MM-DD",
)


def parse_date(
    raw: str, *, order: DateOrder | None = None, timezone: str = DEFAULT_TIMEZONE
) -> ParsedDate | DateProblem:
    """Read a printed date.

    ISO, numbers, month names (Levantine, Egyptian, Maghrebi, doubled, English, French), Hijri days,
    epoch seconds and Arabic-Indic digits. A weekday in the text decides the order of day and month
    where only one order falls on it, whatever `order` says. Where a page prints when it was changed
    and when it was published, the second is read. Years of two digits are 1969 to 2068.

    Parameters
    ----------
    raw : the date as the source gives it.
    order : of day, month and year where all three are numbers; None never guesses.
    timezone : IANA name, for a time of day without a zone of its own.

    Returns
    -------
    The day and moment, or the problem. The day is the printed one whatever the zone.

    Raises
    ------
    ArticleError : `timezone` is not known.
    """
    return _parse(raw[: 4 * MAX_LENGTH], order, timezone)  # cut first: the cache keeps what it is given


@lru_cache(maxsize=65_536)
def _parse(raw: str, order: DateOrder | None, timezone: str) -> ParsedDate | DateProblem:
    zone = find_zone(timezone)
    text = _plain(raw)
    if not text or len(text) > MAX_LENGTH:
        return _UNREADABLE
    epoch = re.fullmatch(r"(1\d{9})(?:\d{3})?(?:\.\d{1,9})?", text)
    if epoch:
        moment = dt.datetime.fromtimestamp(int(epoch[1]), dt.UTC)
        return ParsedDate(moment.astimezone(zone).date(), moment)
    published = _PUBLISHED.search(text)
    for part in (text[published.end() :], text) if published else (text,):
        for read in (_iso_day, _named_day, _number_day):
            found = read(part, order)
            if isinstance(found, DateProblem):
                return found
            if found is not None:
                return ParsedDate(found, _moment(part, found, zone))
    return _by_library(raw, text, order, zone)


# In the folded spelling of `_plain`.
_PUBLISHED = re.compile(r"(?<!\w)(?:نشر|النشر|published|publie)(?!\w)")


def find_zone(name: str) -> ZoneInfo:
    """Give a time zone by its IANA name.

    Raises
    ------
    ArticleError : there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ArticleError(
            f"dates.timezone is '{name}', not a time zone. Write an IANA name such as Asia/Riyadh or Africa/Cairo.",
            ar=f"المنطقة الزمنية '{name}' غير معروفة. اكتب اسمًا مثل Asia/Riyadh أو Africa/Cairo.",
        ) from error


def printed_order(raw: str) -> DateOrder | None:
    """Give the one order in which a date of three numbers is a day, or None where it does not tell."""
    text = _plain(raw)[:MAX_LENGTH]
    match = _NUMBERS.search(text)
    if not match or _ISO.match(text):
        return None
    days = _readings(*(int(part) for part in match.groups()))
    return next(iter(days)) if len(days) == 1 and int(match[1]) != int(match[2]) else None


_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "0123456789" * 2)
_MARKS = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff]")


def _plain(raw: str) -> str:
    """Fold spelling, digits and invisible marks; a printed date reads the same."""
    text = lexical_view(_MARKS.sub("", raw[: 4 * MAX_LENGTH])).translate(_DIGITS).lower()
    return re.sub(r"\s+", " ", text.replace("،", ",")).strip(" .,;|-")


_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:t?(\d\d)(\d\d)(\d\d)?z?)?")
_NUMBERS = re.compile(r"(?<![\d:+])(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?(\d{4}|\d{2})(?![\d:])")


def _iso_day(text: str, order: DateOrder | None) -> dt.date | DateProblem | None:
    matches = list(_ISO.finditer(text)) or [match for match in [_COMPACT.fullmatch(text)] if match]
    if not matches:
        return None
    year, month, day = max(([int(part) for part in m.groups()[:3]] for m in matches), key=lambda m: m[0] >= 1700)
    if year < 1700 and (gregorian := _named_day(text, order) or _number_day(text, order)):
        return gregorian  # a Hijri day beside the Gregorian one
    return _hijri_day(year, month, day, text) if 1300 <= year <= 1500 else _calendar_day(year, month, day)


def _calendar_day(year: int, month: int, day: int) -> dt.date | DateProblem:
    try:
        found = dt.date(year, month, day)
    except ValueError:
        return _IMPOSSIBLE
    return found if 1800 <= year <= 2100 else _UNREADABLE


def _hijri_day(year: int, month: int, day: int, text: str) -> dt.date | DateProblem:
    """Give the day of a date in the Umm al-Qura calendar, one day off where the printed weekday says so.

    Months begin by the sighted moon in some countries, a day before or after the calculated one.
    """
    if year in SOLAR_YEARS and not re.search(r"\d ?ه(?!\w)", text) and not _name_patterns("hijri")[0].search(text):
        return _TWO_CALENDARS
    library = require("hijridate", why="to read Hijri dates")
    try:
        found = library.Hijri(year, month, day).to_gregorian()
    except (ValueError, OverflowError):
        return _IMPOSSIBLE if year >= 1343 else _UNREADABLE  # where the calendar's table begins
    near = [dt.date(found.year, found.month, found.day) + dt.timedelta(days) for days in (0, -1, 1)]
    weekdays = _weekdays(text)
    return next((day for day in near if day.weekday() in weekdays), near[0]) if len(weekdays) == 1 else near[0]


def _number_day(text: str, order: DateOrder | None) -> dt.date | DateProblem | None:
    """Read a day of three numbers; a Hijri year is taken only where no other stands."""
    hijri: dt.date | DateProblem | None = None
    for match in _NUMBERS.finditer(text):
        first, second, last = (int(part) for part in match.groups())
        if 1300 <= last <= 1500:
            hijri = _hijri_day(last, second, first, text)
            continue
        return _chosen(_readings(first, second, last), _weekdays(text), order)
    return hijri


def _chosen(
    readings: dict[DateOrder, dt.date], weekdays: frozenset[int], order: DateOrder | None
) -> dt.date | DateProblem:
    by_weekday = {day for day in readings.values() if day.weekday() in weekdays}
    if len(by_weekday) == 1:
        return by_weekday.pop()
    if order is not None:
        chosen = readings.get(order) or (readings.get("dmy") if order == "ymd" and len(readings) == 1 else None)
        return chosen or (_OTHER_ORDER if readings else _IMPOSSIBLE)
    days = set(readings.values())
    return days.pop() if len(days) == 1 else _AMBIGUOUS if days else _IMPOSSIBLE


def _readings(first: int, second: int, last: int) -> dict[DateOrder, dt.date]:
    """Give every calendar day that three numbers can mean, by order."""
    orders: dict[DateOrder, tuple[int, int, int]] = {"dmy": (last, second, first), "mdy": (last, first, second)}
    if last < 100:
        orders = {name: (_full_year(year), month, day) for name, (year, month, day) in orders.items()}
        orders["ymd"] = (_full_year(first), second, last)
    days = {name: _calendar_day(*parts) for name, parts in orders.items()}
    return {name: day for name, day in days.items() if isinstance(day, dt.date)}


def _full_year(year: int) -> int:
    """Give 1969 to 2068 for two digits, as POSIX does."""
    return year if year > 99 else year + (2000 if year < 69 else 1900)


def _weekdays(text: str) -> frozenset[int]:
    return frozenset(_names("weekdays")[name] for name in _any_name("weekdays").findall(text))


@lru_cache(maxsize=4)
def _any_name(kind: str) -> re.Pattern[str]:
    names = sorted(_names(kind), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")


@lru_cache(maxsize=8)
def _names(kind: str) -> dict[str, int]:
    """Give folded name -> number for `gregorian`, `hijri` or `weekdays`."""
    return {lexical_view(name).lower(): number for number, names in load("months")[kind].items() for name in names}


@lru_cache(maxsize=4)
def _name_patterns(kind: str) -> tuple[re.Pattern[str], ...]:
    """Compile the shapes of a day with a named month; month may be doubled, `MONTH/ MONTH`.

    In order: `12 MONTH 2020`, `MONTH 12, 2020`, `2020 MONTH 12`, `MONTH 12 09:00:00 +0000 2020` (C and
    Twitter), and the two of feeds and databases with a year of two digits.
    """
    names = "|".join(re.escape(name) for name in sorted(_names(kind), key=len, reverse=True))
    month = rf"(?<!\w)(?P<month>{names})(?!\w)\.?(?:\s?[/|(–-]?\s?(?P<also>{names})(?!\w)\)?)?"
    year, day = r"(?<!\d)(?P<year>\d{4})(?!\d)", r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?(?![\d:])"
    before, after = r"[\s,\-/]{0,3}(?:من |of )?(?:شهر )?", r"[\s,./\-]{0,3}(?:من )?(?:عام |العام |سنه |لسنه )?"
    clock = r"\d{1,2}:\d\d(?::\d\d)?\s(?:[+-]\d{4}\s|[a-z]{3,4}\s)?"
    short, time = r"(?P<year>\d\d)(?!\d)", r"\d{1,2}:\d\d"
    shapes = (
        f"{day}{before}{month}{after}{year}",
        rf"{month}\s{{0,2}}{day}[\s,]{{1,3}}{year}",
        rf"{year}[\s,\-/]{{1,3}}{month}[\s,\-/]{{1,3}}{day}",
        rf"{month}\s{{1,2}}{day}\s{clock}{year}",
        rf"{day}\s{month}\s{short}(?=\s{time})",
        f"{day}-{month}-{short}",
    )
    return tuple(re.compile(shape) for shape in shapes)


def _named_day(text: str, order: DateOrder | None) -> dt.date | DateProblem | None:
    del order  # a named month has no order
    for kind in ("gregorian", "hijri"):
        if not _any_name(kind).search(text):
            continue
        for pattern in _name_patterns(kind):
            if match := pattern.search(text):
                month, also = _names(kind)[match["month"]], match["also"]
                if also and _names(kind)[also] != month:
                    return _UNREADABLE
                day, year = int(match["day"]), _full_year(int(match["year"]))
                return _calendar_day(year, month, day) if kind == "gregorian" else _hijri_day(year, month, day, text)
    return None


_CLOCK = re.compile(
    r"(?<![\d+-])(?P<hour>\d{1,2})(?::|\s?[hس]\s?(?=\d))(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?(?!\d)"
    r"(?:\s?(?P<half>[ap]\.?m\b|(?:قبل|بعد) الظهر|[^\W\d_]+))?"
)
_COMPACT_CLOCK = re.compile(r"(?<=\dt)(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?(?P<half>)(?=z|$|[+-])")
_HOUR = re.compile(r"(?:الساعه )(?P<hour>\d{1,2})(?P<minute>)(?P<second>)\s(?P<half>[^\W\d_]+)")
# An offset ends the text, or stands before a remark in brackets or (Twitter) the year; after GMT it stands anywhere.
_OFFSET = re.compile(
    r"(?:(?:gmt|utc)\s?|(?<=\d)|(?<=\s))(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?(?=$|\s?[(\[)\]]|\s\d{4}$)"
)
_ABBREVIATION = re.compile(r"[\s(]*(?:[ap]\.?m\.?)?[\s(]*([a-z]{2,5}|[a-z]+/[a-z_]+)(?![\w/])")
_NO_ZONE = frozenset(("am", "pm", "uhr", "on", "by", "at", "le"))


def _moment(text: str, day: dt.date, zone: ZoneInfo) -> dt.datetime | None:
    """Give the moment in UTC, where a time of day stands in the text and its zone is known."""
    match = _CLOCK.search(text) or _COMPACT_CLOCK.search(text) or _HOUR.search(text)
    if not match:
        return None
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    hour = _full_hour(hour, (match["half"] or "").replace(".", ""))
    stated = _stated_zone(text[match.end("minute") if match["minute"] else match.end() :], zone)
    if stated is None or hour > 23 or minute > 59:
        return None
    local = dt.datetime(day.year, day.month, day.day, hour, minute, min(second, 59), tzinfo=stated)
    return local.astimezone(dt.UTC)


def _full_hour(hour: int, half: str) -> int:
    """Give the hour of 24; at night, 12 to 5 are after midnight."""
    if hour > 12 or half not in _halves("morning") | _halves("evening") | _halves("night"):
        return hour
    if half in _halves("morning") or (half in _halves("night") and (hour == 12 or hour < 6)):
        return hour % 12
    return hour % 12 + 12


@lru_cache(maxsize=4)
def _halves(part: str) -> frozenset[str]:
    return frozenset(lexical_view(word).replace(".", "") for word in load("months")[part])


def _stated_zone(rest: str, default: ZoneInfo) -> dt.tzinfo | None:
    """Give the zone that the words after the clock name; the default where they name none; None where unknown."""
    if offset := _OFFSET.search(rest):
        minutes = int(offset["hours"]) * 60 + int(offset["minutes"] or 0)
        delta = dt.timedelta(minutes=-minutes if offset["sign"] == "-" else minutes)
        return dt.timezone(delta) if minutes <= 14 * 60 else None
    if re.search(r"\d ?z$", rest):
        return dt.UTC
    pattern, zones = _zones()
    if named := pattern.search(rest):
        return zones[named[1]]
    short = _ABBREVIATION.match(re.sub(r"^(?::\d\d)?(?:[.,]\d+)?", "", rest))
    unknown = short and short[1] not in _NO_ZONE | _names("gregorian").keys() | _names("weekdays").keys()
    return None if unknown or ("بتوقيت" in rest and "المحلي" not in rest) else default


@lru_cache(maxsize=1)
def _zones() -> tuple[re.Pattern[str], dict[str, dt.tzinfo]]:
    def zone(value: Any) -> dt.tzinfo:
        if value[0] in "+-":
            return dt.datetime.fromisoformat(f"2000-01-01T00:00:00{value}").tzinfo or dt.UTC
        return ZoneInfo(value)

    folded = {lexical_view(name).lower(): zone(value) for name, value in load("months")["zones"].items()}
    names = "|".join(re.escape(name) for name in sorted(folded, key=len, reverse=True))
    return re.compile(rf"(?<!\w)ب?(?:ال)?({names})(?!\w)"), folded


def _by_library(raw: str, text: str, order: DateOrder | None, zone: ZoneInfo) -> ParsedDate | DateProblem:
    """Ask dateparser, strictly: day, month and year must stand there; nothing relative to today."""
    if not re.search(r"\d{4}", text) or len(re.findall(r"\d+", text)) < 2:
        return _RELATIVE if _is_relative(text) else _UNREADABLE
    library = require("dateparser", why="to read dates")
    settings = {"STRICT_PARSING": True, "PARSERS": ["absolute-time"], "REQUIRE_PARTS": ["day", "month", "year"]}
    if order:
        settings["DATE_ORDER"] = order.upper()
    for candidate in _distinct(raw, text):
        found = library.parse(candidate, languages=["ar", "en", "fr"], settings=settings)
        if found is not None and 1800 <= found.year <= 2100:
            return ParsedDate(found.date(), _moment(text, found.date(), zone))
    return _UNREADABLE


def _is_relative(text: str) -> bool:
    return any(re.search(rf"(?<!\w){pattern}(?!\w)", text) for pattern in load("months")["relative"])


def _distinct(raw: str, text: str) -> Iterator[str]:
    yield raw[:MAX_LENGTH]
    if text != raw:
        yield text
