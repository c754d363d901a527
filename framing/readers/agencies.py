"""The news agency an article credits: in its byline, its first lines or its last."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from framing.arabic import lexical_view
from framing.lexicon import load
from framing.readers.outlets import fold_name

HEAD, TAIL = 300, 200
SEVERAL = "وكالات"
Writer = Callable[[str], str]
# For each agency: a pattern, letters of which one run must stand in the text (looked for first: it is fast), its name.
Table = tuple[tuple[re.Pattern[str], tuple[str, ...], str], ...]
_PREFIX = r"(?<!\w)[وفبلك]{0,2}(?:ال)?"
# What comes before a name when it is credited, not spoken about.
_CREDIT = r"(?:(?<!\w)ل?(?:ال)?وكال(?:ه|ات)|نقلا عن|نقلته?ا?|بحسب|حسب|وفقا? ?ل?|المصدر ?:?)\s+[\"«“(]?\s*"
# «وكالة X للأنباء», «وكالة أنباء X»: an agency that no list has.
_UNLISTED = re.compile(r"وكاله (?:[\"«“]?(\w{3,20})[\"»”]? (?:للانباء|الاخباريه)|انباء [\"«“]?(\w{3,20}))")
_EDGES = (
    r"(?:(?<=[(/\[])\s*{name}\s*(?=[)/\]])|^\s*{name}\s*(?=[-–—:،,/]|$)|[-–—/،]\s*{name}\s*[.)]?\s*:?\s*$"
    # «10 اغسطس 2015 م واس»: the agency's own dateline
    r"|\d ?م\s+{name}(?!\w))"
)


def find_agency(text: str, *, author: str = "", known: Iterable[str] = ()) -> str:
    """Give the agency an article credits, or empty.

    A byline counts first, then the first 300 and the last 200 characters of the text. Names with
    another meaning (تاس، واس، الفرنسية) count only beside a credit word, in brackets, or alone at an edge.

    Parameters
    ----------
    text, author : of the article, as printed.
    known : further agencies of the study, by the name they are credited with.
    """
    extra = tuple(sorted(set(known)))
    if author and (found := _first(lexical_view(author[:HEAD]), _plain(extra), _bylines())):
        return found
    for part in (text[:HEAD], text[-TAIL:]):
        view = lexical_view(part).strip()
        if found := _first(view, _plain(extra), _credits()):
            return found
    unlisted = _UNLISTED.search(lexical_view(text[:HEAD]))
    name = (unlisted[1] or unlisted[2]) if unlisted else ""
    # «وكالة أنباء رسمية» describes an agency; a name it is not. Adjectives of agencies are feminine.
    return "" if name.endswith("ه") else name


def is_agency(outlet: str, agency: str) -> bool:
    """Tell whether an outlet is the agency itself, by any of its names."""
    entry = load("agencies").get(agency) or {}
    names = [agency, *entry.get("plain", ()), *entry.get("credit", ()), *_CODES.get(agency, ())]
    return fold_name(outlet) in {fold_name(name) for name in names}


def agency_of_outlet(outlet: str, known: Iterable[str] = ()) -> str:
    """Give the agency that an outlet is, or empty."""
    return _agency_of(outlet, tuple(known))


@lru_cache(maxsize=4096)
def _agency_of(outlet: str, known: tuple[str, ...]) -> str:
    own = (name for name in known if fold_name(name) == fold_name(outlet))
    return next(own, "") or next((name for name in load("agencies") if name != SEVERAL and is_agency(outlet, name)), "")


# What data sets call agencies in a column of outlets.
_CODES = {"واس": ("was", "spa.gov.sa"), "الأناضول": ("aa.com.tr", "anadolu"), "رويترز": ("reuters.com",)}


def _first(view: str, *tables: Table) -> str:
    """Give the agency that stands first in a text; «agencies» in general only where none is named."""
    likely = [
        (pattern, name) for table in tables for pattern, letters, name in table if any(run in view for run in letters)
    ]
    found = [(match.start(), name) for pattern, name in likely if (match := pattern.search(view))]
    named = [pair for pair in found if pair[1] != SEVERAL]
    return min(named or found, default=(0, ""))[1]


@lru_cache(maxsize=8)
def _plain(extra: tuple[str, ...]) -> Table:
    pairs = [(name, entry.get("plain", ())) for name, entry in load("agencies").items()]
    return _compiled([*pairs, *((name, (name,)) for name in extra)], lambda name: rf"{_PREFIX}{name}(?!\w)")


@lru_cache(maxsize=1)
def _credits() -> Table:
    return _ambiguous(
        lambda name: rf"{_CREDIT}(?:ال)?(?:انباء )?[\"«“]?{name}(?!\w)|{_EDGES.format(name=rf'(?:ال)?{name}')}"
    )


@lru_cache(maxsize=1)
def _bylines() -> Table:
    return _ambiguous(lambda name: rf"(?<!\w)(?:ال)?{name}(?!\w)")


def _ambiguous(write: Writer) -> Table:
    return _compiled([(name, entry.get("credit", ())) for name, entry in load("agencies").items()], write)


def _compiled(pairs: Iterable[tuple[str, Iterable[str]]], write: Writer) -> Table:
    found = []
    for agency, names in pairs:
        letters = tuple(lexical_view(name) for name in names)
        if letters:
            folded = "|".join(map(re.escape, letters))
            found.append((re.compile(write(f"(?:{folded})")), letters, agency))
    return tuple(found)
