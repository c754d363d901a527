"""Which outlet an article is from: its column, a study's alias table, its address, or its title's tail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from framing.arabic import lexical_view
from framing.lexicon import load

UNKNOWN = "unknown"
_TAIL = re.compile(r"\s[-–—|]\s*([^-–—|\n]{2,40})\s*$")


def name_outlet(given: str, url: str, title: str, aliases: Mapping[str, str]) -> str:
    """Name an article's outlet.

    Parameters
    ----------
    given : what the source says, or empty. It is kept as it is where no alias is set for it.
    url, title : looked at only where nothing is given.
    aliases : other spelling -> name; compared exactly first, then without case and spelling variants.

    Returns
    -------
    A name, a domain nobody has named yet, or `unknown`.
    """
    found = given.strip() or name_of_address(url) or title_outlet(title) or UNKNOWN
    return aliases.get(found) or _folded(tuple(aliases.items())).get(fold_name(found)) or found


@lru_cache(maxsize=8)
def _folded(aliases: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {fold_name(variant): name for variant, name in aliases}


def fold_name(name: str) -> str:
    """Fold the spelling of a name for comparison."""
    return " ".join(lexical_view(name).casefold().split())


def domain_of(url: str) -> str:
    """Give the host of an address without `www.`, `m.` or `amp.`, or empty."""
    try:
        host = urlsplit(url.strip() if "//" in url else f"//{url.strip()}").hostname or ""
    except ValueError:
        return ""
    host = re.sub(r"^(?:www\d?|m|amp|mobile)\.", "", host.lower())
    return host if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", host) else ""


def name_of_address(url: str) -> str:
    """Give the known name of an address's outlet, else its domain, else empty."""
    domain = domain_of(url) if url.strip() else ""
    if not domain:
        return ""
    known: Mapping[str, str] = load("outlets")
    first = unquote(url).partition("//")[2].partition("/")[2].split("/")[0].lower()
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        parent = ".".join(labels[start:])
        name = known.get(f"{parent}/{first}") or known.get(parent)
        if name:
            return name
    return domain


def title_outlet(title: str) -> str:
    """Give the outlet that a title's tail names (`... - BBC News عربي`), or empty."""
    match = _TAIL.search(title[-80:])
    return _tails().get(fold_name(match[1]), "") if match else ""


def cut_title_tail(title: str) -> str:
    """Give a title without the outlet's name at its end. Only names of the known list are cut."""
    match = _TAIL.search(title[-80:])
    if match is None or fold_name(match[1]) not in _tails():
        return title
    return title[: max(0, len(title) - 80) + match.start()]


@lru_cache(maxsize=1)
def _tails() -> dict[str, str]:
    return {fold_name(name): name for name in load("title_tails")}
