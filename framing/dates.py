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


@dataclass(frozen=True)
class ParsedDate:
    """`day` as printed; `moment` in UTC, or None where no time of day (or an unknown zone) is given."""

    day: dt.date
    moment: dt.datetime | None = None


@dataclass(frozen=True)
class DateProblem:
    """Why a date could not be read.

    `kind`: `ambiguous` (day and month could change places), `impossible` (no such calendar
    day), or `unreadable`. `reason` and `reason_ar` say it in words, without the value.
    """

    kind: Literal["ambiguous", "impossible", "unreadable"]
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


@lru_cache(maxsize=65_536)
def parse_date(
    raw: str, *, order: DateOrder | None = None, timezone: str = DEFAULT_TIMEZONE
) -> ParsedDate | DateProblem:
    """Read a printed date.

    ISO, numbers, month names (Levantine, Egyptian, Maghrebi, doubled, English, French), Hijri days
    and Arabic-Indic digits. A weekday in the text decides the order of day and month where only
    one order falls on it.

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
    zone = find_zone(timezone)
    text = _plain(raw)
    if not text or len(text) > MAX_LENGTH:
        return _UNREADABLE
    epoch = re.fullmatch(r"(1\d{9}|1\d{12})", text)
    if epoch:
        moment = dt.datetime.fromtimestamp(int(epoch[1][:10]), dt.UTC)
        return ParsedDate(moment.astimezone(zone).date(), moment)
    for read in (_iso_day, _named_day, _number_day):
        found = read(text, order)
        if isinstance(found, DateProblem):
            return found
        if found is not None:
            return ParsedDate(found, _moment(text, found, zone))
    return _by_library(raw, text, order, zone)


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
    match = _ISO.search(text) or _COMPACT.fullmatch(text)
    if not match:
        return None
    year, month, day = (int(part) for part in match.groups()[:3])
    if year < 1700 and (gregorian := _named_day(text, order) or _number_day(text, order)):
        return gregorian  # a Hijri day beside the Gregorian one
    return _hijri_day(year, month, day) if 1300 <= year <= 1500 else _calendar_day(year, month, day)


def _calendar_day(year: int, month: int, day: int) -> dt.date | DateProblem:
    try:
        found = dt.date(year, month, day)
    except ValueError:
        return _IMPOSSIBLE
    return found if 1800 <= year <= 2100 else _UNREADABLE


def _hijri_day(year: int, month: int, day: int) -> dt.date | DateProblem:
    library = require("hijridate", why="to read Hijri dates")
    try:
        found = library.Hijri(year, month, day).to_gregorian()
    except (ValueError, OverflowError):
        return _IMPOSSIBLE
    return dt.date(found.year, found.month, found.day)


def _number_day(text: str, order: DateOrder | None) -> dt.date | DateProblem | None:
    """Read a day of three numbers; a Hijri year is taken only where no other stands."""
    hijri: dt.date | DateProblem | None = None
    for match in _NUMBERS.finditer(text):
        first, second, last = (int(part) for part in match.groups())
        if 1300 <= last <= 1500:
            hijri = _hijri_day(last, second, first)
            continue
        readings = _readings(first, second, last)
        if order is not None:
            chosen = readings.get(order) or (readings.get("dmy") if order == "ymd" and len(readings) == 1 else None)
            return chosen or (_OTHER_ORDER if readings else _IMPOSSIBLE)
        by_weekday = {day for day in readings.values() if day.weekday() in _weekdays(text)}
        days = by_weekday if len(by_weekday) == 1 else set(readings.values())
        return days.pop() if len(days) == 1 else _AMBIGUOUS if days else _IMPOSSIBLE
    return hijri


def _readings(first: int, second: int, last: int) -> dict[DateOrder, dt.date]:
    """Give every calendar day that three numbers can mean, by order."""
    orders: dict[DateOrder, tuple[int, int, int]] = {"dmy": (last, second, first), "mdy": (last, first, second)}
    if last < 100:
        orders = {name: (2000 + year, month, day) for name, (year, month, day) in orders.items()}
        orders["ymd"] = (2000 + first, second, last)
    days = {name: _calendar_day(*parts) for name, parts in orders.items()}
    return {name: day for name, day in days.items() if isinstance(day, dt.date)}


def _weekdays(text: str) -> set[int]:
    return {day for name, day in _names("weekdays").items() if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)}


@lru_cache(maxsize=8)
def _names(kind: str) -> dict[str, int]:
    """Give folded name -> number for `gregorian`, `hijri` or `weekdays`."""
    return {lexical_view(name).lower(): number for number, names in load("months")[kind].items() for name in names}


@lru_cache(maxsize=4)
def _name_patterns(kind: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Compile `12 MONTH 2020` (also doubled, `MONTH/ MONTH`) and `MONTH 12, 2020`."""
    names = "|".join(re.escape(name) for name in sorted(_names(kind), key=len, reverse=True))
    month = rf"(?P<month>{names})(?!\w)\.?(?:\s?[/|(-]\s?(?P<also>{names})(?!\w)\)?)?"
    year = r"(?P<year>\d{4})(?!\d)"
    day = r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?"
    return (
        re.compile(
            rf"{day}(?![\d:])[\s,\-/]{{0,3}}(?:من |of )?(?:شهر )?(?<!\w){month}[\s,./\-]{{0,3}}(?:عام |سنه )?{year}"
        ),
        re.compile(rf"(?<!\w){month}\s{{0,2}}{day}(?![\d:])[\s,]{{1,3}}{year}"),
    )


def _named_day(text: str, order: DateOrder | None) -> dt.date | DateProblem | None:
    del order  # a named month has no order
    for kind, make in (("gregorian", _calendar_day), ("hijri", _hijri_day)):
        for pattern in _name_patterns(kind):
            for match in pattern.finditer(text):
                month, also = _names(kind)[match["month"]], match["also"]
                if also and _names(kind)[also] != month:
                    return _UNREADABLE
                return make(int(match["year"]), month, int(match["day"]))
    return None


_CLOCK = re.compile(
    r"(?<![\d+-])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"(?:\s?(?P<half>[ap]\.?m\b|[^\W\d_]+))?"
)
_COMPACT_CLOCK = re.compile(r"(?<=\dt)(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?(?P<half>)(?=z|$|[+-])")
_HOUR = re.compile(r"(?:الساعه )(?P<hour>\d{1,2})(?P<minute>)(?P<second>)\s(?P<half>[^\W\d_]+)")
_OFFSET = re.compile(r"(?:(?<=\d)|\s|gmt|utc)(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?$")


def _moment(text: str, day: dt.date, zone: ZoneInfo) -> dt.datetime | None:
    """Give the moment in UTC, where a time of day stands in the text and its zone is known."""
    match = _CLOCK.search(text) or _COMPACT_CLOCK.search(text) or _HOUR.search(text)
    if not match:
        return None
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    half = (match["half"] or "").replace(".", "")
    if half in _halves("evening") and hour < 12:
        hour += 12
    elif half in _halves("morning") and hour == 12:
        hour = 0
    stated = _stated_zone(text[match.end("minute") if match["minute"] else match.end() :], zone)
    if stated is None or hour > 23 or minute > 59:
        return None
    local = dt.datetime(day.year, day.month, day.day, hour, minute, min(second, 59), tzinfo=stated)
    return local.astimezone(dt.UTC)


@lru_cache(maxsize=2)
def _halves(part: str) -> frozenset[str]:
    return frozenset(lexical_view(word).replace(".", "") for word in load("months")[part])


def _stated_zone(rest: str, default: ZoneInfo) -> dt.tzinfo | None:
    """Give the zone that the words after the clock name; the default where they name none; None where unknown."""
    offset = _OFFSET.search(rest)
    if offset:
        minutes = int(offset["hours"]) * 60 + int(offset["minutes"] or 0)
        return (
            dt.timezone(dt.timedelta(minutes=-minutes if offset["sign"] == "-" else minutes))
            if minutes < 1440
            else None
        )
    if re.search(r"\dz$", rest):
        return dt.UTC
    for name, zone in _zones():
        if re.search(rf"(?<!\w)ب?(?:ال)?{re.escape(name)}(?!\w)", rest):
            return zone
    return None if "بتوقيت" in rest and "المحلي" not in rest else default


@lru_cache(maxsize=1)
def _zones() -> tuple[tuple[str, dt.tzinfo], ...]:
    def zone(value: Any) -> dt.tzinfo:
        if value[0] in "+-":
            return dt.datetime.fromisoformat(f"2000-01-01T00:00:00{value}").tzinfo or dt.UTC
        return ZoneInfo(value)

    folded = ((lexical_view(name).lower(), zone(value)) for name, value in load("months")["zones"].items())
    return tuple(sorted(folded, key=lambda pair: -len(pair[0])))


def _by_library(raw: str, text: str, order: DateOrder | None, zone: ZoneInfo) -> ParsedDate | DateProblem:
    """Ask dateparser, strictly: day, month and year must stand there; nothing relative to today."""
    if not re.search(r"\d{4}", text) or len(re.findall(r"\d+", text)) < 2:
        return _UNREADABLE
    library = require("dateparser", why="to read dates")
    settings = {"STRICT_PARSING": True, "PARSERS": ["absolute-time"], "REQUIRE_PARTS": ["day", "month", "year"]}
    if order:
        settings["DATE_ORDER"] = order.upper()
    for candidate in _distinct(raw, text):
        found = library.parse(candidate, languages=["ar", "en", "fr"], settings=settings)
        if found is not None and 1800 <= found.year <= 2100:
            return ParsedDate(found.date(), _moment(text, found.date(), zone))
    return _UNREADABLE


def _distinct(raw: str, text: str) -> Iterator[str]:
    yield raw[:MAX_LENGTH]
    if text != raw:
        yield text
