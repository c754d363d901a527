"""The figure of a text's words: what each adds to a frame or takes from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from framing.figures import (
    INK,
    LINE,
    MARK,
    STYLE,
    empty_figure,
    label_rows,
    marked,
    new_figure,
    without_frame,
    words,
    wrapped,
)
from framing.html import Language
from framing.optional import require

if TYPE_CHECKING:
    from matplotlib.figure import Figure
MOST_WORDS = 15


def word_weights(
    rows: pd.DataFrame, *, title: str = "", language: Language = "ar", synthetic: bool = False, n: int = MOST_WORDS
) -> Figure:
    """Draw what each word of a text adds to a frame or takes from it, largest first; hollow bars take.

    Parameters
    ----------
    rows : `word, weight`; rows without a weight are left out.
    title : the frame.
    n : how many words to draw, 1 or more; the figure says how many are left.
    """
    known = rows[rows["weight"].notna()]
    known = known.iloc[np.argsort(-known["weight"].abs().to_numpy(float), kind="stable")]
    if known.empty:
        return empty_figure(language, synthetic)
    said, shown = words(language), known.head(n)
    values = shown["weight"].to_numpy(float)
    labels = [wrapped(word, 34) for word in shown["word"]]
    figure = new_figure(7, 1.3 + 0.32 * sum(label.count("\n") + 1 for label in labels))
    matplotlib = require("matplotlib", why="to draw figures")
    with matplotlib.rc_context(STYLE):
        axes = figure.subplots()
    axes.barh(range(len(values)), values, height=0.62, color=np.where(values > 0, MARK, "white"), edgecolor=MARK)
    largest = float(np.abs(values).max()) or 1.0
    for y, value in enumerate(values):
        before = (value > 0) == (language == "ar")
        place = (value + 0.02 * largest * (1 if value > 0 else -1), y)
        axes.text(*place, f"{value:+.2f}", va="center", ha="right" if before else "left", fontsize=9)
    low, high = (1.25 * largest if (sign * values > 0).any() else 0.05 * largest for sign in (-1, 1))
    axes.set_xlim((high, -low) if language == "ar" else (-low, high))
    axes.axvline(0, color=LINE, linewidth=0.9)
    axes.set_xticks([])
    without_frame(axes)
    label_rows(axes, labels, language)
    axes.set_yticks(range(len(labels)), labels=labels, parse_math=False, va="center")
    axes.set_title(wrapped(title, 60) if title else "", fontsize=10, fontweight="bold", color=INK, parse_math=False)
    more = f"\n{said['more_words'].format(n=len(known) - len(shown))}" if len(known) > len(shown) else ""
    axes.set_xlabel(said["word_weight"] + more)
    return marked(figure, synthetic)
