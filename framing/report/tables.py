"""The page's tables, built from the results as plain rows of cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from framing.html import NOTHING, showable
from framing.report.language import Texts
from framing.report.results import Results

Kind = Literal["text", "name", "number", "pair", "column"]
STEPS = ("found", "readable", "arabic", "long_enough", "selected", "on_story", "not_self_reprint", "analysed")
ROLES = ("original", "copy", "edited", "self", "relay")
VOICES = ("own", "attributed", "quoted")


@dataclass(frozen=True)
class Cell:
    """One cell: a name is isolated, a number runs left to right, a text is the page's own words.

    A pair is one name minus the other; a column is a name that stands over numbers.
    """

    text: str
    kind: Kind = "text"
    more: str = ""  # a second, smaller line of the same kind


@dataclass(frozen=True)
class Row:
    """One row; a child's head is set in under its parent's."""

    head: Cell
    cells: Sequence[Cell]
    child: bool = False


@dataclass(frozen=True)
class Table:
    """A table with its caption, heads of columns, rows, and notes below."""

    caption: str
    heads: Sequence[Cell]
    rows: Sequence[Row]
    notes: Sequence[str] = field(default_factory=tuple)


def number(value: Any, more: str = "") -> Cell:
    """Make a cell that runs left to right."""
    return Cell(str(value), "number", more)


def named(value: Any) -> Cell:
    """Make a cell of somebody's own name or words."""
    return Cell(showable(value) or NOTHING, "name")


def flow_table(results: Results, t: Texts) -> Table:
    """Articles left after each step, by outlet."""
    flow = results["flow"]
    steps = [step for step in dict.fromkeys(flow["step"]) if step]
    steps.sort(key=lambda step: STEPS.index(step) if step in STEPS else len(STEPS))
    wide = flow.pivot_table(index="outlet", columns="step", values="n", aggfunc="sum", fill_value=0)
    rows = [
        Row(named(t.outlet(str(outlet))), [number(t.number(wide.loc[outlet, step])) for step in steps])
        for outlet in sorted(wide.index)
    ]
    rows.append(Row(Cell(t.word("total")), [number(t.number(wide[step].sum())) for step in steps]))
    heads = [Cell(t.word("outlet")), *(Cell(t.word(step), "number") for step in steps)]
    return Table(t.word("flow_caption"), heads, rows if len(wide) else [])


def copies_table(results: Results, t: Texts) -> Table:
    """Articles that share text with others, by outlet and role."""
    copies = results["copies"].merge(results["articles"][["article_id", "outlet"]], on="article_id")
    counts = copies.pivot_table(index="outlet", columns="copy_role", values="article_id", aggfunc="count", fill_value=0)
    roles = [role for role in ROLES if role in counts]
    rows = [
        Row(named(t.outlet(str(outlet))), [number(t.number(counts.loc[outlet, role])) for role in roles])
        for outlet in sorted(counts.index)
    ]
    heads = [Cell(t.word("outlet")), *(Cell(t.word(f"role_{role}"), "number") for role in roles)]
    return Table(t.word("copies_caption"), heads, rows)


def reasons_table(table: pd.DataFrame, caption: str, t: Texts) -> Table:
    """Rows left out, counted by their reason."""
    column = (
        "reason_ar" if t.language == "ar" and "reason_ar" in table and table["reason_ar"].ne("").all() else "reason"
    )
    counts = table[column].astype(str).value_counts().sort_index()
    rows = [Row(named(t.word(f"reason_{why}", str(why))), [number(t.number(n))]) for why, n in counts.items()]
    return Table(caption, [Cell(t.word("reason")), Cell(t.word("n_rows"), "number")], rows[:20])


def shares_table(results: Results, t: Texts, *, estimand: str) -> Table:
    """Frames by outlet: share, interval; n stands in the head of each column."""
    shares = results["shares"]
    shares = shares[shares["estimand"] == estimand]
    return _matrix(results, shares, results.frames, t.word(f"caption_{estimand}"), t)


def voice_table(results: Results, voice: str, t: Texts) -> Table:
    """Shares of articles that carry a frame in one voice."""
    by_voice = results["by_voice"]
    part = by_voice[by_voice["voice"] == voice]
    return _matrix(results, part, results.frames, t.word("caption_voice").format(voice=t.word(voice)), t)


def contested_table(results: Results, t: Texts) -> Table:
    """Units that dispute a frame, by outlet."""
    cells = results["contested"].set_index(["frame", "outlet"])["n"].to_dict()
    outlets = results.outlets
    rows = [
        Row(named(t.frame(frame)), [number(t.number(cells.get((frame, outlet), 0))) for outlet in outlets])
        for frame in results.parents
    ]
    heads = [Cell(t.word("frame")), *(Cell(t.outlet(outlet), "column") for outlet in outlets)]
    return Table(t.word("caption_contested"), heads, rows)


def _matrix(results: Results, shares: pd.DataFrame, frames: Iterable[str], caption: str, t: Texts) -> Table:
    cells = {(row["outlet"], row["frame"]): row for row in shares.to_dict("records")}
    outlets = [outlet for outlet in results.outlets if any(key[0] == outlet for key in cells)]
    few = [outlet for outlet in outlets if any(k[0] == outlet and row["flag"] for k, row in cells.items())]
    rows = []
    for frame in frames:
        found = [cells.get((outlet, frame), {}) for outlet in outlets]
        line = [number(t.percent(row.get("share")), t.span(row.get("low"), row.get("high"))) for row in found]
        rows.append(Row(named(t.frame(frame, short=True)), line, child="." in frame))
    sizes = {outlet: next(row["n"] for key, row in cells.items() if key[0] == outlet) for outlet in outlets}
    heads = [
        Cell(t.outlet(outlet) + (" *" if outlet in few else ""), "column", f"n = {t.number(sizes[outlet])}")
        for outlet in outlets
    ]
    notes = [t.word("few_note").format(n=results.setting("compare", "min_articles", default=10))] if few else []
    return Table(caption, [Cell(t.word("frame")), *heads], rows if outlets else [], notes)


def omnibus_table(results: Results, t: Texts) -> Table:
    """One test per frame over all outlets."""
    rows = [
        Row(
            named(t.frame(row["frame"], short=True)),
            [number(t.p(row["p"])), number(t.p(row["p_holm"])), number(t.number(row["cramers_v"])),
             Cell(t.word(f"reason_{row['reason']}", "") if row["reason"] else "")],
            child="." in row["frame"],
        )
        for row in results["omnibus"].to_dict("records")
    ]  # fmt: skip
    heads = [Cell(t.word("frame")), *(Cell(t.word(key), "number") for key in ("p", "p_holm", "cramers_v"))]
    return Table(t.word("caption_omnibus"), [*heads, Cell(t.word("note"))], rows)


def differences_table(results: Results, frames: Sequence[str], family: str, t: Texts) -> Table:
    """Pairs of outlets, frame by frame, in the order of their names."""
    table = results["differences"]
    table = table[(table["family"] == family) & table["frame"].isin(frames)]
    level = 1 - float(results.setting("compare", "level", default=0.95))
    rows = []
    order = {frame: position for position, frame in enumerate(frames)}
    table = table.sort_values("frame", key=lambda column: column.map(order), kind="stable")
    for row in table.to_dict("records"):
        found = bool(row["tested"]) and row["p_holm"] < level
        cells = [
            Cell(t.outlet(row["outlet_a"]), "pair", t.outlet(row["outlet_b"])),
            number(f"{t.number(row['n_a'])}, {t.number(row['n_b'])}"),
            number(t.points(row["difference"]), t.points_span(row["low"], row["high"])),
            number(t.p(row["p"])),
            number(t.p(row["p_holm"])),
            Cell(_note(row, found, t)),
        ]
        rows.append(Row(named(t.frame(row["frame"])), cells))
    keys = ("pair", "n_pair", "difference", "p", "p_holm", "note")
    heads = [
        Cell(t.word("frame")),
        *(Cell(t.word(key), "text" if key in ("pair", "note") else "number") for key in keys),
    ]
    return Table(t.word(f"caption_{family}"), heads, rows)


def _note(row: Mapping[Any, Any], found: bool, t: Texts) -> str:
    if row["reason"]:
        return t.word(f"reason_{row['reason']}")
    words = [t.word("significant")] if found else []
    words += [t.word("method_newcombe")] if row["method"] == "newcombe" else []
    return (" ؛ " if t.language == "ar" else "; ").join(words)
