"""The genre of an article, as far as its source, section, address or title tell."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

from framing.arabic import lexical_view
from framing.lexicon import load

GENRES = ("news", "opinion", "live", "explainer", "video", "unknown")


def find_genre(given: str, section: str, url: str, title: str) -> str:
    """Give one of `GENRES`; the first of source, title, address and section that tells wins, else `unknown`."""
    return (
        _listed("given", given[:300])
        or _in_title(title)
        or _in_address(url)
        or _listed("section", section[:300])
        or "unknown"
    )


def _fold(text: str) -> str:
    return " ".join(lexical_view(text).casefold().split())


@lru_cache(maxsize=1024)
def _listed(kind: str, value: str) -> str:
    parts = {_fold(value), *(_fold(part) for part in re.split(r"[,،|/>]", value))}
    for genre, names in load("genres")[kind].items():
        if parts & {_fold(name) for name in names}:
            return str(genre)
    return ""


def _in_address(url: str) -> str:
    """Look for pieces in an address's host and path; what follows `?` or `#` tells nothing."""
    address = re.split("[?#]", url[:2000].partition("//")[2])[0]
    folded = f"{_fold(unquote(address)).removeprefix('www.')}/"
    return next((genre for genre, pieces in _pieces() if any(piece in folded for piece in pieces)), "")


@lru_cache(maxsize=1)
def _pieces() -> list[tuple[str, tuple[str, ...]]]:
    """Give pieces of addresses by genre, each closed with `/`: whole parts of a path."""
    return [
        (str(genre), tuple(f"{_fold(piece).rstrip('/')}/" for piece in pieces))
        for genre, pieces in load("genres")["url"].items()
    ]


def _in_title(title: str) -> str:
    folded = _fold(title[:300])
    for genre, patterns in _title_patterns():
        if any(pattern.search(folded) for pattern in patterns):
            return genre
    return ""


@lru_cache(maxsize=1)
def _title_patterns() -> list[tuple[str, list[re.Pattern[str]]]]:
    return [(str(genre), [re.compile(p) for p in patterns]) for genre, patterns in load("genres")["title"].items()]
