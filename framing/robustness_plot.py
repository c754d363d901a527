"""Figures of a robustness check, from its plain tables: ranges of all claims, and one claim's specification curve.

Outlets stand in alphabetical order and share one colour. In Arabic the axis starts at the right.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from framing.figures import (
    INK,
    LINE,
    MARK,
    SOFT,
    STYLE,
    empty_figure,
    label_rows,
    marked,
    n_lines,
    new_figure,
    without_frame,
    words,
    wrapped,
)
from framing.html import Language
from framing.lexicon import load
from framing.optional import require
from framing.robustness_tables import CURVE_CHOICES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_PAIRS, MOST_COLUMNS = 60, 3
REST = "(rest)"  # as `framing.counts` names the pooled others; that room lies below this one
# The order in which the values of the full grid are drawn.
ORDER = ("lowered", "base", "raised", "keep", "own", "weight", "title_or_lead", "any", "share")


def claim_ranges(
    claims: pd.DataFrame,
    *,
    language: Language = "ar",
    synthetic: bool = False,
    names: Mapping[str, str] | None = None,
) -> Figure:
    """Draw the median and range of each claim's difference, beside the study's own with its interval.

    Parameters
    ----------
    claims : columns of `robustness_tables.CLAIMS`, differences in percentage points; a panel per frame
        and a row per pair of outlets, in the order of the table. Of more than 60 pairs the first are drawn.
    names : what to call frames.
    """
    if claims.empty:
        return empty_figure(language, synthetic)
    frames = list(dict.fromkeys(claims["frame"]))
    pairs = sorted(dict.fromkeys(zip(claims["outlet_a"], claims["outlet_b"], strict=True)))
    shown = pairs[:MOST_PAIRS]
    labels = [pair_label(*pair, language) for pair in shown]
    figure, panels = _panels(len(frames), len(shown) * n_lines(labels), language)
    kept = claims.set_index(["outlet_a", "outlet_b"])
    reach = _reach(claims[["min_points", "max_points", "base_low", "base_high"]].to_numpy(float))
    for number, (frame, axes) in enumerate(zip(frames, panels, strict=True)):
        part = kept[kept["frame"] == frame].reindex(pd.MultiIndex.from_tuples(shown))
        _draw_ranges(axes, part)
        axes.set_title(wrapped((names or {}).get(frame, frame)), fontsize=10, fontweight="bold", parse_math=False)
        _scale(axes, reach, language)
        if number % MOST_COLUMNS == 0:
            label_rows(axes, labels, language)
        else:
            axes.set_yticks([])
        axes.set_ylim(len(shown) - 0.4, -0.6)
    more = f" (+{len(pairs) - len(shown)})" if len(pairs) > len(shown) else ""
    _legend(figure, panels[0], language, words(language)["points"] + more)
    return marked(figure, synthetic)


def pair_label(outlet_a: str, outlet_b: str, language: Language) -> str:
    """Name a pair: the first less the second."""
    return f"{outlet_a} − {words(language)['rest'] if outlet_b == REST else outlet_b}"


def _draw_ranges(axes: Axes, part: pd.DataFrame) -> None:
    y = np.arange(len(part))
    low, high, own = (part[name].to_numpy(float) for name in ("base_low", "base_high", "base_points"))
    axes.hlines(y + 0.17, low, high, color=SOFT, linewidth=0.8, linestyles=":")
    axes.hlines(y - 0.12, part["min_points"].to_numpy(float), part["max_points"].to_numpy(float), color=MARK,
                linewidth=2.4)  # fmt: skip
    axes.plot(part["median_points"].to_numpy(float), y - 0.12, "o", color=MARK, markersize=6, label="median")
    axes.plot(own, y + 0.17, "D", color=SOFT, markerfacecolor="white", markersize=4.5, label="own")
    axes.axvline(0, color=INK, linewidth=0.8)


def _legend(figure: Figure, axes: Axes, language: Language, title: str) -> None:
    """Explain the marks below the panels, under what the axes measure."""
    said = words(language)
    handles, _ = axes.get_legend_handles_labels()
    labels = [said["median_and_range"], said["own_and_interval"]]
    if language == "ar":
        handles, labels = handles[::-1], labels[::-1]
    first = language != "ar"
    figure.legend(
        handles, labels, loc="outside lower center", ncols=2, frameon=False, fontsize=9, title=title,
        title_fontsize=10, markerfirst=first,
    )  # fmt: skip


def specification_curve(
    runs: pd.DataFrame,
    *,
    language: Language = "ar",
    synthetic: bool = False,
    names: Mapping[str, str] | None = None,
) -> Figure:
    """Draw one claim over the full grid: differences with their intervals, smallest first, and what each run chose.

    Parameters
    ----------
    runs : rows of one claim, columns of `robustness_tables.RUNS`, differences in percentage points.
    names : what to call frames.

    References
    ----------
    Simonsohn, Simmons & Nelson (2020), Nature Human Behaviour 4:1208-1214 (cited from memory, not checked).
    """
    runs = runs.dropna(subset=["points"]).sort_values(["points", "run"], kind="stable").reset_index(drop=True)
    if runs.empty:
        return empty_figure(language, synthetic)
    rows = [(choice, value) for choice in CURVE_CHOICES for value in _values(runs[choice])]
    height = 3.0 + 0.27 * len(rows)
    figure = new_figure(8.5, height)
    matplotlib = require("matplotlib", why="to draw figures")
    with matplotlib.rc_context(STYLE):
        top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=[2.2, 0.27 * len(rows)])
    _draw_curve(top, runs, language)
    _draw_choices(bottom, runs, rows, language)
    first = runs.iloc[0]
    pair = pair_label(str(first["outlet_a"]), str(first["outlet_b"]), language)
    frame = (names or {}).get(str(first["frame"]), str(first["frame"]))
    top.set_title(f"{frame}\n{wrapped(pair, 70)}", fontsize=10, fontweight="bold", parse_math=False)
    return marked(figure, synthetic)


def _draw_curve(axes: Axes, runs: pd.DataFrame, language: Language) -> None:
    x = np.arange(len(runs))
    axes.vlines(x, runs["low"].to_numpy(float), runs["high"].to_numpy(float), color=LINE, linewidth=2)
    faces = [MARK if found else "white" for found in runs["significant"]]
    axes.scatter(x, runs["points"].to_numpy(float), s=30, facecolors=faces, edgecolors=MARK, zorder=3)
    own = runs["kind"].to_numpy() == "base"
    axes.scatter(x[own], runs.loc[own, "points"], s=110, marker="D", facecolors="none", edgecolors=INK, zorder=4)
    axes.axhline(0, color=INK, linewidth=0.8)
    without_frame(axes)
    axes.yaxis.grid(True, color=LINE, linewidth=0.6)
    axes.set_ylabel("\n".join(textwrap.wrap(words(language)["points_short"], 26)), fontsize=9)
    axes.tick_params(bottom=False, labelbottom=False)
    axes.set_xlim((len(runs) - 0.4, -0.6) if language == "ar" else (-0.6, len(runs) - 0.4))
    if language == "ar":
        axes.yaxis.tick_right()
        axes.yaxis.set_label_position("right")
    axes.tick_params(length=0)


def _draw_choices(axes: Axes, runs: pd.DataFrame, rows: Sequence[tuple[str, str]], language: Language) -> None:
    """Mark, under each run, the value it has of each choice."""
    for y, (choice, value) in enumerate(rows):
        has = (runs[choice] == value).to_numpy()
        x = np.arange(len(runs))
        axes.scatter(x, np.full(len(x), y), s=14, color=[MARK if found else LINE for found in has])
    label_rows(axes, [value_name(value, language) for _, value in rows], language)
    axes.set_yticks(range(len(rows)), labels=[wrapped(value_name(v, language), 40) for _, v in rows], fontsize=9)
    without_frame(axes)
    axes.spines["bottom"].set_visible(False)
    axes.set_xticks([])
    axes.set_xlabel("\n".join(textwrap.wrap(words(language)["curve_note"], 90)), fontsize=9, color=SOFT)


def _values(column: pd.Series) -> list[str]:
    found = [str(value) for value in column.unique()]
    place = {name: number for number, name in enumerate(ORDER)}
    return sorted(found, key=lambda value: (place.get(_kind(value)[0], len(place)), value))


def value_name(value: str, language: Language) -> str:
    """Say a choice's value in words; an encoder's name stays as it is."""
    said: Mapping[str, str] = load("robustness")[language]["values"]
    kind, x = _kind(value)
    return said[kind].format(x=x) if kind in said else value


def _kind(value: str) -> tuple[str, str]:
    """Split a value into its kind and its number: `share>=0.2` is `share`, `0.2`."""
    if ">=" in value:
        kind, _, x = value.partition(">=")
        return kind.strip(), f"{100 * float(x):g}%" if kind.strip() == "share" else x.strip()
    parts = value.split("_")
    if parts[0] in ("lowered", "raised", "draw", "trimmed") and len(parts) > 1:
        return parts[0], parts[1]
    return value, ""


def _panels(n: int, n_rows: float, language: Language) -> tuple[Figure, list[Axes]]:
    columns = min(n, MOST_COLUMNS)
    lines = -(-n // MOST_COLUMNS)
    figure = new_figure(2.8 + 2.3 * max(columns, 2), min((0.9 + 0.34 * max(n_rows, 2)) * lines + 0.9, 60))
    matplotlib = require("matplotlib", why="to draw figures")
    with matplotlib.rc_context(STYLE):
        grid = figure.subplots(lines, columns, squeeze=False)
    found = []
    for number in range(lines * columns):
        y, x = divmod(number, columns)
        axes = grid[y][columns - 1 - x if language == "ar" else x]
        if number < n:
            found.append(axes)
        else:
            axes.set_visible(False)
    return figure, found


def _reach(values: np.ndarray) -> float:
    """Give where the axis ends on both sides: the next twenty points beyond what is drawn, so that half is round."""
    largest = float(np.nanmax(np.abs(values))) if np.isfinite(values).any() else 0.0
    return min(100.0, max(20.0, 20 * math.ceil(largest / 20 - 1e-9)))


def _scale(axes: Axes, reach: float, language: Language) -> None:
    ticks = np.array([-reach / 2, 0, reach / 2])  # the ends would meet those of the next panel
    axes.set_xticks(ticks, labels=[f"{tick:+.0f}".replace("-", "−") if tick else "0" for tick in ticks], fontsize=9)
    axes.set_xlim((1.05 * reach, -1.05 * reach) if language == "ar" else (-1.05 * reach, 1.05 * reach))
    axes.xaxis.grid(True, color=LINE, linewidth=0.6)
    without_frame(axes)
