"""One function per figure, from plain tables; each returns a matplotlib figure and shows nothing.

matplotlib 3.11 shapes and orders Arabic itself. Outlets share one colour and stand in the order of
their table: a colour or an order by value would be a ranking. In Arabic the axis starts at the right.
"""

from __future__ import annotations

import io
import math
import re
import textwrap
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from framing.figures import (
    INK,
    LINE,
    MARK,
    SOFT,
    STYLE,
    bars,
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
from framing.optional import require

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
VOICE_MARKERS = {"own": "o", "attributed": "^", "quoted": "s"}


def frame_shares(
    shares: pd.DataFrame,
    *,
    language: Language = "ar",
    synthetic: bool = False,
    names: Mapping[str, str] | None = None,
) -> Figure:
    """Draw one dot and interval per outlet; a row of panels per frame, its children beside it.

    Parameters
    ----------
    shares : `outlet, frame, share, low, high, n, flag`, shares 0 to 1; frames and outlets are drawn
        in the order of the table. A hollow dot is an outlet with few articles.
    synthetic : writes into the figure that its data are invented.
    names : what to call frames; ids are shown without it.
    """
    frames = list(dict.fromkeys(shares["frame"]))
    outlets = list(dict.fromkeys(shares["outlet"]))
    if not frames:
        return empty_figure(language, synthetic)
    figure, panels = _grid(frames, len(outlets) * n_lines(outlets), language)
    limit = _limit(shares["high"])
    by_frame = dict(list(shares.groupby("frame", sort=False)))
    for frame, axes in panels.items():
        part = by_frame[frame].set_index("outlet").reindex(outlets)
        few = part["flag"].fillna("").ne("").tolist() if "flag" in part else [False] * len(part)
        y = np.arange(len(outlets))
        axes.hlines(y, part["low"].to_numpy(float), part["high"].to_numpy(float), color=MARK, linewidth=1.6)
        face = ["white" if hollow else MARK for hollow in few]
        axes.scatter(part["share"].to_numpy(float), y, s=36, facecolors=face, edgecolors=MARK, zorder=3)
        _title(axes, (names or {}).get(frame, frame), child="." in frame)
        _scale(axes, limit, language)
        axes.set_ylim(len(outlets) - 0.4, -0.6)
    for axes in _first_column(panels, frames):
        label_rows(axes, outlets, language)
    note = f" ({words(language)['few']})" if "flag" in shares and shares["flag"].ne("").any() else ""
    figure.supxlabel(words(language)["share"] + note, fontsize=10)
    return marked(figure, synthetic)


def voice_split(
    by_voice: pd.DataFrame,
    *,
    language: Language = "ar",
    synthetic: bool = False,
    names: Mapping[str, str] | None = None,
) -> Figure:
    """Draw article shares by the voice that carries the frame; voices overlap, so they are not stacked.

    Parameters
    ----------
    by_voice : `outlet, frame, voice, share, low, high`, shares 0 to 1.
    names : what to call frames.
    """
    frames = list(dict.fromkeys(by_voice["frame"]))
    outlets = list(dict.fromkeys(by_voice["outlet"]))
    if not frames:
        return empty_figure(language, synthetic)
    figure, panels = _grid(frames, len(outlets) * max(1.6, n_lines(outlets)), language)
    limit = _limit(by_voice["high"])
    by_frame = dict(list(by_voice.groupby("frame", sort=False)))
    for frame, axes in panels.items():
        for offset, (voice, marker) in zip((-0.26, 0.0, 0.26), VOICE_MARKERS.items(), strict=True):
            part = by_frame[frame]
            part = part[part["voice"] == voice].set_index("outlet").reindex(outlets)
            y = np.arange(len(outlets)) + offset
            axes.hlines(y, part["low"], part["high"], color=LINE, linewidth=1.4)
            face = MARK if voice == "own" else "white"
            axes.plot(part["share"], y, marker, color=MARK, markerfacecolor=face, label=words(language)[voice])
        _title(axes, (names or {}).get(frame, frame), child="." in frame)
        _scale(axes, limit, language)
        axes.set_ylim(len(outlets) - 0.4, -0.6)
    for axes in _first_column(panels, frames):
        label_rows(axes, outlets, language)
    handles, labels = next(iter(panels.values())).get_legend_handles_labels()
    if language == "ar":
        handles, labels = handles[::-1], labels[::-1]
    first = language != "ar"
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, markerfirst=first)
    return marked(figure, synthetic)


def corpus_flow(
    flow: pd.DataFrame,
    *,
    reasons: Mapping[str, Mapping[str, int]] | None = None,
    language: Language = "ar",
    synthetic: bool = False,
) -> Figure:
    """Draw how many articles are left after each step, over all outlets.

    Parameters
    ----------
    flow : `step, outlet, n`, steps in order.
    reasons : step -> reason in words -> how many articles it kept out at that step; written under the step's bar.
    """
    totals = flow.groupby("step", sort=False)["n"].sum()
    if not len(totals):
        return empty_figure(language, synthetic)
    labels = [words(language).get(str(step), str(step)) for step in totals.index]
    comma = "، " if language == "ar" else ", "
    notes = [
        comma.join(f"{why}: {n}" for why, n in (reasons or {}).get(str(step), {}).items()) for step in totals.index
    ]
    notes = [f"{words(language)['left_out']} {note}" if note else "" for note in notes]
    return bars(labels, totals.to_numpy(float), words(language)["articles"], language, synthetic, notes=notes)


def clusters(
    topics: pd.DataFrame, *, language: Language = "ar", synthetic: bool = False, labels: Sequence[str] | None = None
) -> Figure:
    """Draw how many units each cluster holds; units outside clusters come last and hollow.

    Parameters
    ----------
    topics : `topic, n_units`; topic -1 holds the outliers.
    labels : what to call each row; cluster numbers are shown without it.
    """
    if not len(topics):
        return empty_figure(language, synthetic)
    named = list(labels) if labels is not None else [str(topic) for topic in topics["topic"]]
    outside = (topics["topic"] == -1).to_numpy(bool)
    order = np.argsort(outside, kind="stable")
    text = [words(language)["outliers"] if outside[i] else named[i] for i in order]
    values = topics["n_units"].to_numpy(float)[order]
    return bars(text, values, words(language)["units"], language, synthetic, hollow=outside[order])


def unit_lengths(bands: pd.DataFrame, *, language: Language = "ar", synthetic: bool = False) -> Figure:
    """Draw how many units of analysis there are of each length.

    Parameters
    ----------
    bands : `words` (a band such as 11-15), `n_units`, short ones first.
    """
    if not bands["n_units"].sum():
        return empty_figure(language, synthetic)
    labels = [words(language)["words"].format(band=band) for band in bands["words"]]
    return bars(labels, bands["n_units"].to_numpy(float), words(language)["units"], language, synthetic)


def copy_matrix(
    cells: pd.DataFrame,
    *,
    by: Literal["agency", "outlet"],
    unknown: int = 0,
    language: Language = "ar",
    synthetic: bool = False,
) -> Figure:
    """Draw counts of copies as a shaded grid: outlets by agencies, or outlets by outlets that printed later.

    Parameters
    ----------
    cells : `row, column, n, shade, size`: every row has every column, in the order to be drawn; `shade` 0 to 1, missing
        where the cell stays blank; `size` is the number of the row's articles; an empty column name is no agency.
    by : what the columns are.
    unknown : items whose order in time is not known; written below a grid of outlets.
    """
    said = words(language)
    if not len(cells):
        return empty_figure(language, synthetic)
    grid = cells.pivot_table(index="row", columns="column", values=["n", "shade"], sort=False, dropna=False)
    n, shade = grid["n"].to_numpy(int), grid["shade"].to_numpy(float)
    sizes = cells.drop_duplicates("row")["size"]
    columns = [name or said["no_agency"] for name in grid["n"].columns]
    rows = [f"{name} ({size})" if by == "agency" else name for name, size in zip(grid.index, sizes, strict=True)]
    figure = _shaded_grid(n, shade, rows, columns, language)
    axes = figure.axes[0]
    axes.set_xlabel(said["agency" if by == "agency" else "later"])
    axes.set_ylabel("" if by == "agency" else said["earlier"])
    figure.supxlabel("\n".join(textwrap.wrap(said[f"of_{by}"].format(n=unknown), 60)), fontsize=9, color=SOFT)
    return marked(figure, synthetic)


def speaker_grid(
    speakers: pd.DataFrame,
    *,
    language: Language = "ar",
    synthetic: bool = False,
    names: Mapping[str, str] | None = None,
    limit: int = 20,
) -> Figure:
    """Draw who carries which frame as a shaded grid: speakers by frames, the outlets' own words above.

    Parameters
    ----------
    speakers : `frame, kind, speaker, n_units, n_frame, share`, as `framing.voice_tables.frame_speakers` gives them.
    names : what to call frames.
    limit : most speakers shown; the number left out is written below.
    """
    said = words(language)
    if not len(speakers):
        return empty_figure(language, synthetic)
    frames = list(dict.fromkeys(speakers["frame"]))
    named = speakers[speakers["kind"] == "speaker"].groupby("speaker")["n_units"].sum()
    top = [
        ("speaker", str(name)) for name in named.sort_index().sort_values(ascending=False, kind="stable").index[:limit]
    ]
    kinds = set(speakers["kind"])
    rows = [("outlet", "")] * ("outlet" in kinds) + top
    rows += [(kind, "") for kind in ("others", "unnamed") if kind in kinds]
    cells = speakers.set_index(["kind", "speaker", "frame"])
    keys = [[(*row, frame) for frame in frames] for row in rows]
    n = np.array([[cells["n_units"].get(key, 0) for key in line] for line in keys], dtype=int)
    share = np.array([[cells["share"].get(key, 0.0) for key in line] for line in keys], dtype=float)
    labels = [name or said["own" if kind == "outlet" else kind] for kind, name in rows]
    sizes = speakers.drop_duplicates("frame")["n_frame"]
    columns = [f"{(names or {}).get(frame, frame)} ({size})" for frame, size in zip(frames, sizes, strict=True)]
    figure = _shaded_grid(n, share, labels, columns, language)
    note = [said["of_frame"], *([said["speakers_left"].format(n=len(named) - limit)] if len(named) > limit else [])]
    figure.supxlabel("\n".join(line for text in note for line in textwrap.wrap(text, 60)), fontsize=9, color=SOFT)
    return marked(figure, synthetic)


def _shaded_grid(
    n: np.ndarray[Any, Any],
    shade: np.ndarray[Any, Any],
    rows: Sequence[str],
    columns: Sequence[str],
    language: Language,
) -> Figure:
    """Draw numbers on a shaded grid, rows and columns named; cells whose shade is missing stay blank."""
    longest = max(len(wrapped(name, 16).split("\n")[0]) for name in columns)
    figure = new_figure(2.6 + 0.52 * len(columns), 1.5 + 0.09 * longest + 0.36 * len(rows) * n_lines(rows))
    matplotlib = require("matplotlib", why="to draw figures")
    with matplotlib.rc_context(STYLE):
        axes = figure.subplots()
    shades = require("matplotlib.colors", why="to draw figures").LinearSegmentedColormap.from_list("", ["white", MARK])
    most = max(0.2, float(np.nanmax(shade)))
    axes.imshow(np.ma.masked_invalid(shade), cmap=shades, vmin=0, vmax=most, aspect="auto")
    for y, x in zip(*np.nonzero(n), strict=True):
        color = "white" if shade[y, x] > 0.55 * most else INK
        axes.text(x, y, str(n[y, x]), ha="center", va="center", fontsize=9, color=color)
    label_rows(axes, rows, language)
    _grid_lines(axes, len(rows), len(columns), language)
    labels = [wrapped(name, 16) for name in columns]
    axes.set_xticks(range(len(columns)), labels=labels, rotation=90, parse_math=False, color=INK)
    return figure


def codebook_scores(
    scores: pd.DataFrame, *, language: Language = "ar", synthetic: bool = False, names: Mapping[str, str] | None = None
) -> Figure:
    """Draw F1 and its interval per frame of a codebook, in the order of the table.

    Parameters
    ----------
    scores : `frame, f1, low, high`, each 0 to 1; a frame without F1 has a row and no dot.
    names : what to call frames; ids are shown without it.
    """
    if scores.empty:
        return empty_figure(language, synthetic)
    labels = [(names or {}).get(frame, frame) for frame in scores["frame"]]
    figure = new_figure(7, 1.2 + 0.42 * len(labels) * n_lines(labels))
    matplotlib = require("matplotlib", why="to draw figures")
    with matplotlib.rc_context(STYLE):
        axes = figure.subplots()
    y = np.arange(len(labels))
    axes.hlines(y, scores["low"].to_numpy(float), scores["high"].to_numpy(float), color=MARK, linewidth=1.6)
    axes.scatter(scores["f1"].to_numpy(float), y, s=36, color=MARK, zorder=3)
    axes.set_xlim((1, 0) if language == "ar" else (0, 1))
    without_frame(axes)
    label_rows(axes, labels, language)
    axes.set_xlabel("F1")
    return marked(figure, synthetic)


def _grid_lines(axes: Axes, n_rows: int, n_columns: int, language: Language) -> None:
    """Draw thin lines between cells; names stand above and, in Arabic, at the right, where reading starts."""
    axes.set_ylim(n_rows - 0.5, -0.5)
    axes.set_xlim(*((n_columns - 0.5, -0.5) if language == "ar" else (-0.5, n_columns - 0.5)))
    axes.hlines(np.arange(n_rows + 1) - 0.5, -0.5, n_columns - 0.5, color=LINE, linewidth=0.7)
    axes.vlines(np.arange(n_columns + 1) - 0.5, -0.5, n_rows - 0.5, color=LINE, linewidth=0.7)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.yaxis.set_label_position("right" if language == "ar" else "left")
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)


def svg(figure: Figure) -> str:
    """Write a figure as SVG text: letters as outlines, no date, the same figure gives the same bytes."""
    matplotlib = require("matplotlib", why="to draw figures")
    buffer = io.StringIO()
    with matplotlib.rc_context(STYLE), warnings.catch_warnings():
        # A letter the font lacks is drawn as a box; the table beside the figure has it.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure.savefig(buffer, format="svg", bbox_inches="tight", pad_inches=0.1, metadata={"Date": None})
    text = re.sub(r"<!--.*?-->\s*", "", buffer.getvalue(), flags=re.DOTALL)
    return re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.DOTALL)


def _grid(frames: list[str], n_rows: float, language: Language) -> tuple[Figure, dict[str, Axes]]:
    """Make one row of panels per parent, at most four wide; parents without children share rows."""
    rows = _panel_rows(frames)
    width = max(len(row) for row in rows)
    height = (0.7 + 0.3 * max(n_rows, 2)) * len(rows) + 0.6
    figure = new_figure(2.2 + 2.1 * max(width, 2), min(height, 60))
    matplotlib = require("matplotlib", why="to draw figures")
    with matplotlib.rc_context(STYLE):
        grid = figure.subplots(len(rows), width, squeeze=False)
    panels = {}
    for y, row in enumerate(rows):
        for x in range(width):
            axes = grid[y][width - 1 - x if language == "ar" else x]
            if x < len(row):
                panels[row[x]] = axes
            else:
                axes.set_visible(False)
    return figure, panels


def _panel_rows(frames: Sequence[str]) -> list[list[str]]:
    rows: list[list[str]] = []
    for frame in frames:
        same = rows and rows[-1][0].partition(".")[0] == frame.partition(".")[0]
        childless = rows and all("." not in name for name in (*rows[-1], frame)) and not _has_children(rows[-1], frames)
        if rows and len(rows[-1]) < 4 and (same or (childless and not _has_children([frame], frames))):
            rows[-1].append(frame)
        else:
            rows.append([frame])
    return rows


def _has_children(names: Sequence[str], frames: Sequence[str]) -> bool:
    return any(frame.startswith(f"{name}.") for name in names for frame in frames)


def _first_column(panels: Mapping[str, Axes], frames: Sequence[str]) -> list[Axes]:
    return [panels[row[0]] for row in _panel_rows(frames)]


def _limit(high: pd.Series[Any]) -> float:
    """Give where the axis ends: the next tenth above the largest limit, at least one fifth."""
    largest = float(high.max()) if len(high) and high.notna().any() else 1.0
    return min(1.0, max(0.2, math.ceil(round(largest * 10, 6)) / 10))


def _scale(axes: Axes, limit: float, language: Language) -> None:
    ticks = np.linspace(0, limit, 3)
    axes.set_xticks(ticks, labels=[f"{100 * tick:.0f}%" for tick in ticks], fontsize=9)
    margin = 0.03 * limit
    axes.set_xlim((limit + margin, -margin) if language == "ar" else (-margin, limit + margin))
    axes.xaxis.grid(True, color=LINE, linewidth=0.7)
    without_frame(axes)
    axes.set_yticks([])


def _title(axes: Axes, name: str, *, child: bool) -> None:
    weight = "normal" if child else "bold"
    axes.set_title(wrapped(name), fontsize=10, fontweight=weight, color=SOFT if child else INK, parse_math=False)
