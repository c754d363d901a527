"""What every figure shares: the canvas, its style, bars, labels of rows, and the mark of invented data."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from framing.html import Language, showable
from framing.lexicon import load
from framing.optional import require
from framing.study import SYNTHETIC_AR, SYNTHETIC_EN

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, SOFT, LINE, MARK, WARN = "#1d2327", "#57616a", "#d5dade", "#1f5f7a", "#8a5200"
STYLE = {
    "font.family": "DejaVu Sans", "font.size": 10, "text.color": INK, "axes.labelcolor": INK,
    "xtick.color": SOFT, "ytick.color": INK, "svg.fonttype": "path", "svg.hashsalt": "framing",
    "axes.edgecolor": LINE, "axes.grid": False,
}  # fmt: skip
WRAP = 24


def words(language: Language) -> Mapping[str, str]:
    """Give the words of figures in a language."""
    found: Mapping[str, str] = load("figures")[language]
    return found


def new_figure(width: float, height: float) -> Figure:
    """Give an empty canvas, in inches, that a notebook shows as a picture."""
    matplotlib = require("matplotlib", why="to draw figures")
    with matplotlib.rc_context(STYLE):
        drawn: Figure = _figure_class()(figsize=(width, height), layout="constrained", facecolor="white")
    return drawn


@lru_cache(maxsize=1)
def _figure_class() -> Any:
    """Make a figure that a notebook shows by itself: it learns to from pyplot, which is never imported here."""
    figures = require("matplotlib.figure", why="to draw figures")

    class ShownFigure(figures.Figure):  # type: ignore[misc, name-defined] # matplotlib comes late
        def _repr_png_(self) -> bytes:
            buffer = io.BytesIO()
            self.savefig(buffer, format="png", dpi=110, bbox_inches="tight", pad_inches=0.1)
            return buffer.getvalue()

    return ShownFigure


def empty_figure(language: Language, synthetic: bool) -> Figure:
    """Give a figure that says there is nothing to show."""
    figure = new_figure(5, 1.2)
    figure.text(0.5, 0.4, words(language)["nothing"], ha="center", color=SOFT)
    return marked(figure, synthetic)


def marked(figure: Figure, synthetic: bool) -> Figure:
    """Write into the figure that its data are invented, in both languages."""
    if synthetic:
        width = int(figure.get_figwidth() * 12)
        text = "\n".join(line for mark in (SYNTHETIC_AR, SYNTHETIC_EN) for line in textwrap.wrap(mark, width))
        figure.suptitle(text, fontsize=9, color=WARN, fontweight="bold")
    return figure


def bars(
    labels: Sequence[str],
    values: np.ndarray[Any, Any],
    axis: str,
    language: Language,
    synthetic: bool,
    hollow: Sequence[bool] | np.ndarray[Any, Any] | None = None,
    notes: Sequence[str] = (),
) -> Figure:
    """Draw horizontal bars with their number at the end, and a note in small letters under each."""
    broken = [wrapped(label, 34) for label in labels]
    lines = sum(label.count("\n") + 1 for label in broken)
    figure = new_figure(8.5, 1.0 + 0.16 * len(labels) + 0.2 * lines + 0.22 * sum(map(bool, notes)))
    matplotlib = require("matplotlib", why="to draw figures")
    with matplotlib.rc_context(STYLE):
        axes = figure.subplots()
    empty = [False] * len(labels) if hollow is None else list(hollow)
    y = np.arange(len(labels))
    axes.barh(y, values, height=0.62, color=["white" if is_empty else MARK for is_empty in empty], edgecolor=MARK)
    largest = max(float(values.max()), 1.0)
    for position, value in zip(y, values, strict=True):
        side = "right" if language == "ar" else "left"
        axes.text(value + 0.012 * largest, float(position), f"{value:.0f}", va="center", ha=side, fontsize=9)
    for position, note in zip(y, notes, strict=False):
        side = "right" if language == "ar" else "left"
        place = (0.012 * largest, position + 0.36)
        axes.text(*place, note, va="top", ha=side, fontsize=8, color=SOFT, parse_math=False)
    axes.set_xlim((1.12 * largest, 0) if language == "ar" else (0, 1.12 * largest))
    axes.set_xticks([])
    without_frame(axes)
    label_rows(axes, labels, language)
    axes.set_yticks(y, labels=broken, parse_math=False, va="center")
    axes.set_xlabel(axis)
    return marked(figure, synthetic)


def without_frame(axes: Axes) -> None:
    """Take the frame and the tick marks off."""
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)


def label_rows(axes: Axes, labels: Sequence[str], language: Language) -> None:
    """Name rows from the top down, at the side where reading starts."""
    axes.set_yticks(range(len(labels)), labels=[wrapped(label) for label in labels], parse_math=False, va="center")
    axes.set_ylim(len(labels) - 0.4, -0.6)
    if language == "ar":
        axes.yaxis.tick_right()
    axes.tick_params(length=0)


def wrapped(label: Any, width: int = WRAP) -> str:
    """Break a label into lines."""
    return "\n".join(textwrap.wrap(" ".join(showable(label).split()), width)) or "—"


def n_lines(labels: Sequence[str]) -> float:
    """Give the height of a row that the longest wrapped label needs, in rows of one line."""
    return max(1.0, 0.62 * max((wrapped(label).count("\n") + 1 for label in labels), default=1))
