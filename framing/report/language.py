"""The page's words in one language, and how it writes names, numbers and ranges."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from framing.codebook import Codebook
from framing.counts import REST
from framing.files import read_yaml
from framing.html import DIRECTIONS, NOTHING, Language, bdi, showable


@lru_cache(maxsize=4)
def translations(language: Language) -> Mapping[str, str]:
    """Read the words of a language, once."""
    path = Path(__file__).parent / "translations" / f"{language}.yaml"
    return {str(key): str(value).strip() for key, value in read_yaml(path).items()}


class Texts:
    """Words in one language; every value put into a sentence is escaped and isolated.

    Parameters
    ----------
    codebook : names the frames; without it their ids are shown.
    """

    def __init__(self, language: Language, *, codebook: Codebook | None = None) -> None:
        self.language = language
        self.direction = DIRECTIONS[language]
        self.words = translations(language)
        self._codebook = codebook

    def __call__(self, key: str, **values: Any) -> Markup:
        """Give a sentence with its values put in."""
        return Markup(str(escape(self.words[key]))).format(**{name: self._isolated(v) for name, v in values.items()})  # noqa: S704 - our own words, escaped; values isolated

    def _isolated(self, value: Any) -> Markup:
        if isinstance(value, Markup):
            return value
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return ltr(self.number(value)) if number else name(value)

    def word(self, key: str, default: str | None = None) -> str:
        """Give a word by key; what is not in the list is shown as it is."""
        return self.words.get(key, key if default is None else default)

    def frame(self, frame: str, *, short: bool = False) -> str:
        """Give the name of a frame; `short` leaves the parent's name off a child."""
        if self._codebook is None or frame not in self._codebook.frame_ids:
            return frame
        return self._codebook[frame].name_in(self.language) if short else self._codebook.name_of(frame, self.language)

    def outlet(self, outlet: str) -> str:
        """Give an outlet's name; the pooled others are named in the page's language."""
        return self.words["rest"] if outlet == REST else self.words.get(f"outlet_{outlet}", outlet)

    def names(self, values: list[str]) -> Markup:
        """Join names, each isolated."""
        return Markup("، " if self.language == "ar" else ", ").join(name(value) for value in values)  # noqa: S704 - a comma

    def number(self, value: Any) -> str:
        """Write a count or a plain number."""
        if _missing(value):
            return NOTHING
        return f"{int(value):,}" if float(value).is_integer() else f"{float(value):.2f}"

    def percent(self, share: Any) -> str:
        """Write a share in per cent: a whole number, one decimal below one."""
        if _missing(share):
            return NOTHING
        points = 100 * float(share)
        return f"{points:.1f}%" if 0 < points < 1 else f"{points:.0f}%"

    def span(self, low: Any, high: Any) -> str:
        """Write a range of shares."""
        if _missing(low) or _missing(high):
            return NOTHING
        return f"{100 * float(low):.0f}–{100 * float(high):.0f}%"

    def points(self, value: Any) -> str:
        """Write a difference in percentage points, with its sign."""
        if _missing(value):
            return NOTHING
        whole = round(100 * float(value))
        return f"{whole:+d}".replace("-", "−") if whole else "0"

    def points_span(self, low: Any, high: Any) -> str:
        """Write the limits of a difference."""
        if _missing(low) or _missing(high):
            return NOTHING
        return f"[{self.points(low)}, {self.points(high)}]"

    def p(self, value: Any) -> str:
        """Write a p value; never 0."""
        if _missing(value):
            return NOTHING
        return "<0.001" if float(value) < 0.001 else f"{float(value):.3f}"


def ltr(value: Any) -> Markup:
    """Isolate a number or range, left to right."""
    return Markup(bdi(value, "ltr"))  # noqa: S704 - `bdi` escapes


def name(value: Any) -> Markup:
    """Isolate a name, in its own direction."""
    return Markup(bdi(showable(value)))  # noqa: S704 - `bdi` escapes


def _missing(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))
