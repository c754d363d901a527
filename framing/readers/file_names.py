"""What a file's name and folder say of its article: outlet, date, title."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial

from framing.dates import ParsedDate, parse_date
from framing.errors import StudyError

PARTS = {
    "outlet": r".+?",
    "title": r".+?",
    "author": r".+?",
    "date": r"\d{4}[-_.]?\d{1,2}[-_.]?\d{1,2}|\d{1,2}[-_.]\d{1,2}[-_.]\d{4}",
    "n": r"\d+",
}
# Longer names are not looked at: a pattern of three texts takes time by their cube.
MAX_NAME = 300
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)")


def name_reader(outlets: str, names: Iterable[str]) -> Callable[[str], dict[str, str] | None]:
    """Give a function from a file's path to what it says, by part of `PARTS`; None where it does not fit.

    Parameters
    ----------
    outlets : where outlets are named: `folders`, `fill`, `auto` or a pattern such as `{outlet}_{date}_{n}`. A pattern
        with a slash is of the whole path, else of the name; the ending is left out of both.
    names : all paths, by which `auto` is decided.

    Raises
    ------
    StudyError : a pattern with a part that is not known or stands twice.
    """
    if "{" in outlets:
        return partial(_by_pattern, name_pattern(outlets), "/" in outlets)
    if outlets == "folders" or (outlets == "auto" and any("/" in name for name in names)):
        return _by_folder
    return lambda name: {}


def name_pattern(pattern: str) -> re.Pattern[str]:
    """Turn a pattern of file names such as `{outlet}_{date}_{n}` into what finds its parts.

    Raises
    ------
    StudyError : a part that is not known or stands twice.
    """
    pieces = re.split(r"\{(\w*)\}", pattern)
    parts, between = pieces[1::2], "".join(pieces[::2])
    wrong = [part for part in parts if part not in PARTS or parts.count(part) > 1]
    if wrong or not parts or "{" in between or "}" in between:
        known = " ".join(f"{{{part}}}" for part in PARTS)
        raise StudyError(
            f"pattern '{pattern[:60]}': its parts are {known}, each once. Write it like {{outlet}}_{{date}}_{{n}}.",
            ar=f"النمط «{pattern[:60]}»: أجزاؤه {known}، وكلٌّ منها مرة على الأكثر. اكتبه مثل {{outlet}}_{{date}}_{{n}}.",
        )
    found = [f"(?P<{piece}>{PARTS[piece]})" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces)]
    return re.compile("".join(found))


def readable_day(raw: str) -> str:
    """Give the day of a date that can be read, as YYYY-MM-DD; nothing where it is ambiguous or none."""
    found = parse_date(raw.strip()) if raw.strip() else None
    return found.day.isoformat() if isinstance(found, ParsedDate) else ""


def day_in_name(name: str) -> str:
    """Give the day that a file's name holds as year, month, day; else nothing."""
    match = _DAY.search(name.rpartition("/")[2])
    return readable_day("-".join(match.groups())) if match else ""


def _by_folder(name: str) -> dict[str, str]:
    first, slash, _ = name.partition("/")
    # A folder called 2024 or 2024-10 is a time, not an outlet.
    return {"outlet": first} if slash and any(letter.isalpha() for letter in first) else {}


def _by_pattern(pattern: re.Pattern[str], is_path: bool, name: str) -> dict[str, str] | None:
    path = name.removesuffix(".gz").rpartition(".")[0]
    whole = path if is_path else path.rpartition("/")[2]
    match = pattern.fullmatch(whole) if len(whole) <= MAX_NAME else None
    if match is None:
        return None
    found = match.groupdict()
    return found | ({"date": readable_day(re.sub(r"[_.]", "-", found["date"]))} if "date" in found else {})
