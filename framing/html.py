"""Text made safe for a page, right-to-left tables, and units shown as cards in a notebook."""

from __future__ import annotations

import html as _html
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from framing.study import SYNTHETIC_AR, SYNTHETIC_EN

Language = Literal["ar", "en"]
DIRECTIONS: Mapping[str, str] = {"ar": "rtl", "en": "ltr"}
NOTHING = "—"

# Lone surrogates cannot be written as UTF-8; NUL and other controls are not allowed in a page.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# An embedding or override in one name would turn the text around it; <bdi> already isolates.
_STEERING = re.compile("[\u202a-\u202e\u2066-\u2069]")

_WORDS: Mapping[str, Mapping[str, str]] = {
    "ar": {
        "own": "بصوت الوسيلة", "attributed": "منسوب إلى مصدر", "quoted": "اقتباس مباشر",
        "title": "العنوان", "lead": "المقدمة", "body": "المتن",
        "contested": "إطار مُعترَض عليه", "no_frame": "بلا إطار", "empty": "لا وحدات للعرض.",
    },
    "en": {
        "own": "own voice", "attributed": "attributed", "quoted": "quoted",
        "title": "title", "lead": "lead", "body": "body",
        "contested": "contested", "no_frame": "no frame", "empty": "No units to show.",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Block:
    """A piece of a page that a notebook displays."""

    html: str

    def _repr_html_(self) -> str:
        return self.html

    def __str__(self) -> str:
        return self.html


def showable(value: Any) -> str:
    """Give a value as text a page can hold: nothing for a missing one, no control characters."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return ""
    return _STEERING.sub("", _UNSHOWABLE.sub("\ufffd", str(value)))


def escape(value: Any) -> str:
    """Give a value as text that no browser reads as markup, in content and in quoted attributes."""
    return _html.escape(showable(value), quote=True)


def bdi(value: Any, direction: Literal["ltr", "rtl", "auto"] = "auto") -> str:
    """Wrap a name, range or number so that it does not reorder the text around it."""
    return f'<bdi dir="{direction}">{escape(value)}</bdi>'


def theme() -> str:
    """Give the style sheet that every page and notebook block shares; each rule is under `.framing`."""
    return (Path(__file__).parent / "theme.css").read_text(encoding="utf-8")


def banner() -> str:
    """Give the notice that data are invented, in both languages."""
    return (
        f'<div class="synthetic" role="note"><span lang="ar" dir="rtl">{escape(SYNTHETIC_AR)}</span>'
        f'<span lang="en" dir="ltr">{escape(SYNTHETIC_EN)}</span></div>'
    )


def block(inner: str, *, language: Language = "ar", synthetic: bool = False) -> str:
    """Wrap markup of ours for a notebook, in its language and direction, with the theme."""
    notice = banner() if synthetic else ""
    direction = DIRECTIONS[language]
    return f'<style>{theme()}</style><div class="framing" lang="{language}" dir="{direction}">{notice}{inner}</div>'


def table(
    frame: pd.DataFrame, *, caption: str = "", headings: Mapping[str, str] | None = None, limit: int | None = None
) -> str:
    """Write a table as markup that follows the direction of the block around it.

    Parameters
    ----------
    headings : what to call columns. limit : most rows to write; a last line says how many are left out.
    """
    names = headings or {}
    numeric = [pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind) for kind in frame.dtypes]
    head = "".join(
        f'<th scope="col"{" class=n" if number else ""}>{bdi(names.get(str(column), column))}</th>'
        for column, number in zip(frame.columns, numeric, strict=True)
    )
    shown = frame if limit is None else frame.head(limit)
    rows = "".join(
        "<tr>" + "".join(_cell(value, number) for value, number in zip(row, numeric, strict=True)) + "</tr>"
        for row in shown.itertuples(index=False, name=None)
    )
    left = len(frame) - len(shown)
    more = f'<tr><td colspan="{frame.shape[1]}">{bdi(f"+ {left}", "ltr")}</td></tr>' if left else ""
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f'<div class="scroll"><table>{title}<thead><tr>{head}</tr></thead><tbody>{rows}{more}</tbody></table></div>'


def _cell(value: Any, number: bool) -> str:
    if not number:
        return f"<td>{bdi(value) if showable(value) else NOTHING}</td>"
    missing = pd.isna(value)
    text = NOTHING if missing else f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value}"
    return f'<td class="n">{bdi(text, "ltr")}</td>'


def display_units(
    units: pd.DataFrame,
    frames: pd.DataFrame | Any | None = None,
    *,
    voices: pd.DataFrame | None = None,
    names: Mapping[str, str] | None = None,
    language: Language = "ar",
    limit: int = 50,
    synthetic: bool = False,
) -> Block:
    """Show units as right-to-left cards with their frames and voices.

    Parameters
    ----------
    units : `unit_id, text`; `outlet`, `part` and `voice` are shown where the table has them.
    frames : `unit_id, frame, state`, or an object with such a table as `.frames`.
    voices : spans; the voices that occur in a unit are named.
    names : what to call frames; ids are shown without it.
    """
    words = _WORDS[language]
    chosen = units.head(limit)
    tags = _tags(chosen, getattr(frames, "frames", frames), names or {}, words)
    spoken: dict[str, list[str]] = {}
    if voices is not None:
        spoken = {str(unit): list(dict.fromkeys(part)) for unit, part in voices.groupby("unit_id")["voice"]}
    cards = [_card(row, tags, spoken, words) for row in chosen.to_dict("records")]
    inner = "".join(cards) or f"<p>{words['empty']}</p>"
    if len(units) > len(chosen):
        inner += f"<p>{bdi(f'+ {len(units) - len(chosen)}', 'ltr')}</p>"
    return Block(block(inner, language=language, synthetic=synthetic))


def _tags(
    units: pd.DataFrame, frames: pd.DataFrame | None, names: Mapping[str, str], words: Mapping[str, str]
) -> dict[str, str] | None:
    """Give each unit's frames as markup; a parent is left out where one of its children says it."""
    if frames is None:
        return None
    stated = frames[frames["unit_id"].isin(units["unit_id"]) & frames["state"].isin(["carried", "contested"])]
    found: dict[str, str] = {}
    for unit, part in stated.groupby("unit_id", sort=False):
        pairs = list(zip(part["frame"].astype(str), part["state"], strict=True))
        parents = {frame.partition(".")[0] for frame, _ in pairs if "." in frame}
        found[str(unit)] = "".join(
            f'<span class="tag {state}">{bdi(names.get(frame, frame))}'
            + (f" ({words['contested']})" if state == "contested" else "")
            + "</span>"
            for frame, state in pairs
            if frame not in parents
        )
    return found


def _card(
    row: Mapping[Any, Any], tags: dict[str, str] | None, spoken: Mapping[str, list[str]], words: Mapping[str, str]
) -> str:
    unit = str(row["unit_id"])
    voices = spoken.get(unit) or ([str(row["voice"])] if row.get("voice") else [])
    about = [bdi(row["outlet"])] if row.get("outlet") else []
    about += [words.get(str(row["part"]), escape(row["part"]))] if row.get("part") else []
    about += ["، ".join(words.get(voice, escape(voice)) for voice in voices)] if voices else []
    about.append(bdi(unit, "ltr"))
    tagged = "" if tags is None else f"<div>{tags.get(unit) or words['no_frame']}</div>"
    return (
        f'<div class="unit"><p dir="auto">{escape(row["text"])}</p>{tagged}'
        f'<div class="about">{" · ".join(about)}</div></div>'
    )
