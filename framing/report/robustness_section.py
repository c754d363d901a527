"""The section on robustness: what became of each difference when one choice was changed.

It names outlets only in its tables, where every difference stands beside n and an interval; its
sentences name none. A page without a robustness check has no such section.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from framing import plots
from framing.html import NOTHING, showable
from framing.lexicon import load
from framing.report.figures import inline
from framing.report.language import Texts, ltr
from framing.report.tables import Cell, Row, Table, named, number
from framing.robustness_plot import claim_ranges, value_name
from framing.robustness_tables import said_of

HERE = Path(__file__).parent


def robustness_html(
    tables: Mapping[str, pd.DataFrame],
    t: Texts,
    *,
    settings: Mapping[str, Any] | None = None,
    frames: Sequence[str] | None = None,
    synthetic: bool = False,
) -> Markup:
    """Give the section as markup; empty without tables.

    Parameters
    ----------
    tables : as `robustness_tables.read_robustness` gives them.
    settings : of the check (`robustness/settings.json`): how many draws were made.
    frames : the frames whose differences may be stated; None takes all.
    """
    if not tables:
        return Markup("")
    claims = tables["claims"]
    claims = claims if frames is None else claims[claims["frame"].isin(list(frames))]
    said = words_of(t)
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=lambda v: v if isinstance(v, Markup) or hasattr(v, "__html__") else showable(v),
    )  # fmt: skip
    parents, children = (claims[claims["family"] == family] for family in ("frames", "positions"))
    page = environment.get_template("robustness.html.j2").render(
        t=t,
        words=said,
        synthetic=synthetic,
        sentences=sentences({**tables, "claims": claims}, settings or {}, t),
        warn_any=(tables["runs"]["article_rule"] == "any").any(),
        figure=_figure(parents, t, synthetic),
        claims=claims_table(parents, t, said["caption_claims"]),
        positions=claims_table(children, t, said["caption_positions"]),
        choices=choices_table(tables["choices"], t),
        topics=topics_table(tables["topics"], t),
        skipped=skipped_table(tables["skipped"], t),
        not_claimed=not_claimed_table(tables["not_claimed"], t),
    )
    return Markup(page)  # noqa: S704 - rendered with escaping on


def words_of(t: Texts) -> Mapping[str, str]:
    """Give the section's words in the page's language."""
    found: Mapping[str, str] = load("robustness")[t.language]["report"]
    return found


def sentences(tables: Mapping[str, pd.DataFrame], settings: Mapping[str, Any], t: Texts) -> list[Markup]:
    """Say what was varied and what held; names no outlet."""
    words: Mapping[str, str] = load("robustness")[t.language]["sentences"]
    return [
        Markup(str(escape(words[key]))).format(**{name: ltr(value) for name, value in values.items()})  # noqa: S704 - our own words, escaped; values isolated
        for key, values in said_of(tables, settings)
    ]


def _figure(claims: pd.DataFrame, t: Texts, synthetic: bool) -> Markup:
    if claims.empty:
        return Markup("")
    named_outlets = claims.assign(outlet_a=claims["outlet_a"].map(t.outlet), outlet_b=claims["outlet_b"].map(t.outlet))
    names = {frame: t.frame(frame) for frame in claims["frame"].unique()}
    drawn = claim_ranges(named_outlets, language=t.language, synthetic=synthetic, names=names)
    said = words_of(t)
    return inline(
        plots.svg(drawn), prefix=f"{t.language}-robustness", title=said["figure"], description=said["figure_alt"]
    )


def claims_table(claims: pd.DataFrame, t: Texts, caption: str) -> Table:
    """Differences with median and range, the study's own with its interval, and how often they hold."""
    said = words_of(t)
    rows = [
        Row(
            named(t.frame(row["frame"])),
            [
                Cell(t.outlet(row["outlet_a"]), "pair", t.outlet(row["outlet_b"])),
                number(f"{t.number(row['n_a'])}, {t.number(row['n_b'])}"),
                _points(row, "median_points", "min_points", "max_points", t),
                _points(row, "base_points", "base_low", "base_high", t),
                number(_part(row["share_significant"], row["n_runs"])),
                number(f"{t.number(row['n_sign_changes'])} / {t.number(row['n_runs'])}"),
                _points(row, "curve_median", "curve_min", "curve_max", t),
            ],
        )
        for row in claims.to_dict("records")
    ]
    keys = ("pair", "n_pair", "median_range", "own", "significant", "turned", "curve")
    heads = [Cell(t.word("frame")), *(Cell(said[key], "text" if key == "pair" else "number") for key in keys)]
    return Table(caption, heads, rows, [said["note_claims"]] if rows else [])


def _points(row: Mapping[Any, Any], middle: str, low: str, high: str, t: Texts) -> Cell:
    value, least, most = (None if pd.isna(row[key]) else row[key] / 100 for key in (middle, low, high))
    return number(t.points(value), t.points_span(least, most))


def _part(share: Any, n: Any) -> str:
    return NOTHING if pd.isna(share) else f"{round(float(share) * float(n))} / {int(n)}"


def choices_table(choices: pd.DataFrame, t: Texts) -> Table:
    """How far each choice moves the differences, in points, in the order in which choices are made."""
    said, names = words_of(t), load("robustness")[t.language]["choices"]
    rows = [
        Row(
            Cell(names.get(row["choice"], row["choice"])),
            [
                number(t.number(row["n_runs"])),
                number(f"{row['median_shift']:.1f}"),
                number(f"{row['largest_shift']:.1f}"),
                number(t.percent(row["share_significant"])),
                number(t.number(row["n_sign_changes"])),
                number(t.number(row["n_left_out"])),
            ],
        )
        for row in choices.to_dict("records")
    ]
    keys = ("n_runs", "shift", "largest", "kept", "turned", "left_out")
    heads = [Cell(said["choice"]), *(Cell(said[key], "number") for key in keys)]
    return Table(said["caption_choices"], heads, rows)


def topics_table(topics: pd.DataFrame, t: Texts) -> Table:
    """Clusters of each seed, held against the study's own."""
    said = words_of(t)
    rows = []
    for row in topics.to_dict("records"):
        seed = ltr(int(row["seed"]))
        head = Markup(str(escape(said["base_seed"]))).format(seed=seed) if row["is_base"] else seed  # noqa: S704 - our own words
        measured = [number(_decimals(row[key])) for key in ("ari", "ari_inside", "words_jaccard")]
        cells = [number(t.number(row["n_topics"])), number(t.percent(row["outlier_share"])), *measured]
        rows.append(Row(Cell(head), [*cells, Cell(str(row["reason"] or ""))]))
    keys = ("n_topics", "outside", "ari", "ari_inside", "words")
    heads = [Cell(said["seed"]), *(Cell(said[key], "number") for key in keys), Cell(t.word("note"))]
    return Table(said["caption_topics"], heads, rows)


def _decimals(value: Any) -> str:
    return NOTHING if pd.isna(value) else f"{float(value):.2f}"


def skipped_table(skipped: pd.DataFrame, t: Texts) -> Table:
    """Choices that were not varied, and why."""
    said, all_words = words_of(t), load("robustness")[t.language]
    rows = [
        Row(
            Cell(all_words["choices"].get(row["choice"], row["choice"])),
            [named(value_name(row["value"], t.language)), Cell(all_words["reasons"].get(row["reason"], row["reason"]))],
        )
        for row in skipped.to_dict("records")
    ]
    return Table(said["caption_skipped"], [Cell(said[key]) for key in ("choice", "value", "reason")], rows)


def not_claimed_table(table: pd.DataFrame, t: Texts) -> Table:
    """Pairs that bear no claim, counted by frame and reason."""
    said, reasons = words_of(t), load("robustness")[t.language]["reasons"]
    counts = table.groupby(["frame", "reason"], sort=False).size().rename("n").reset_index()
    rows = [
        Row(named(t.frame(row["frame"])), [Cell(reasons.get(row["reason"], row["reason"])), number(t.number(row["n"]))])
        for row in counts.to_dict("records")
    ]
    return Table(
        said["caption_not_claimed"], [Cell(t.word("frame")), Cell(said["reason"]), Cell(said["n"], "number")], rows
    )
