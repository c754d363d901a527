"""Who speaks where a frame is carried, and with which kinds of verbs each outlet reports."""

from __future__ import annotations

from typing import Any

import pandas as pd

from framing.report.language import Texts
from framing.report.results import Results
from framing.report.tables import Cell, Row, Table, named, number
from framing.voice_tables import MIN_SPEAKER_UNITS, frame_speakers, verb_rates

STANCES = ("neutral", "endorsing", "distancing", "act")
# Speakers and verbs with a row of their own, those with most units first.
MOST_SPEAKERS, MOST_VERBS = 20, 15


def speaker_counts(results: Results) -> pd.DataFrame:
    """Count speakers per frame (`framing.voice_tables.frame_speakers`); no row where there are no spans."""
    parents = results["frames"][results["frames"]["frame"].isin(results.parents)]
    return frame_speakers(results["voices"], parents, results["units"])


def speakers_table(results: Results, t: Texts, counts: pd.DataFrame) -> Table:
    """Units of each frame by who speaks in them; a speaker's row names the units, to be looked up."""
    frames, rows = list(results.parents), []
    n_frame = counts.drop_duplicates("frame").set_index("frame")["n_frame"].to_dict()
    for kind, speaker in _in_order(counts):
        part = counts[(counts["kind"] == kind) & (counts["speaker"] == speaker)].set_index("frame")
        # A speaker named for one frame is among the others of a frame with fewer units.
        absent = number(f"<{MIN_SPEAKER_UNITS}" if kind == "speaker" else t.number(0))
        cells = [_count(part.loc[frame], t) if frame in part.index else absent for frame in frames]
        if kind == "speaker":
            units = results["voices"].loc[results["voices"]["speaker"] == speaker, "unit_id"].drop_duplicates()
            rows.append(Row(Cell(speaker, "name", "، ".join(units.head(2)) + ("، …" if len(units) > 2 else "")), cells))
        else:
            n = int(part["n_speakers"].max())
            rows.append(Row(Cell(t.word(f"speakers_{kind}").format(n=n, least=MIN_SPEAKER_UNITS)), cells))
    heads = [Cell(t.frame(frame, short=True), "column", f"n = {t.number(n_frame.get(frame, 0))}") for frame in frames]
    notes = [t.word("speakers_note").format(n=MIN_SPEAKER_UNITS)]
    return Table(t.word("caption_speakers"), [Cell(t.word("speaker")), *heads], rows, notes)


def _in_order(counts: pd.DataFrame) -> list[tuple[str, str]]:
    """Give kinds and speakers: the outlet, speakers by their units, others, the unnamed."""
    named_ones = counts[counts["kind"] == "speaker"].groupby("speaker")["n_units"].sum()
    order = sorted(named_ones.index, key=lambda speaker: (-int(named_ones[speaker]), str(speaker)))[:MOST_SPEAKERS]
    kinds = set(counts["kind"])
    rest = [(kind, "") for kind in ("others", "unnamed") if kind in kinds]
    return [*([("outlet", "")] if "outlet" in kinds else []), *(("speaker", str(name)) for name in order), *rest]


def _count(row: Any, t: Texts) -> Cell:
    share = t.percent(float(row["share"]))
    return number(f"{t.number(int(row['n_units']))} ({share})", t.span(float(row["low"]), float(row["high"])))


def verbs_tables(results: Results, t: Texts) -> list[Table]:
    """How each outlet reports: its verbs by stance, then its commonest verbs, against its own number of verbs."""
    tables = [results[name] for name in ("voices", "units", "articles")]
    if not results["voices"]["verb"].fillna("").ne("").any():
        return []
    return [
        _rates(verb_rates(*tables, by="stance"), "stance", results, t),
        _rates(_commonest(verb_rates(*tables, by="verb")), "verb", results, t),
    ]


def _commonest(rates: pd.DataFrame) -> pd.DataFrame:
    uses = rates.groupby("verb")["n"].sum()
    chosen = sorted(uses.index, key=lambda verb: (-int(uses[verb]), str(verb)))[:MOST_VERBS]
    return rates[rates["verb"].isin(chosen)]


def _rates(rates: pd.DataFrame, what: str, results: Results, t: Texts) -> Table:
    outlets = [outlet for outlet in results.outlets if outlet in set(rates["outlet"])]
    kinds = [s for s in STANCES if s in set(rates[what])] if what == "stance" else sorted(set(rates[what]))
    cells = {(row[what], row["outlet"]): row for row in rates.to_dict("records")}
    rows = []
    for kind in kinds:
        line = [cells[kind, outlet] for outlet in outlets]
        head = Cell(t.word(f"stance_{kind}")) if what == "stance" else named(kind)
        rows.append(Row(head, [number(t.percent(row["rate"]), _times(row, t)) for row in line]))
    first = {row["outlet"]: row for row in rates.to_dict("records")}
    heads = [
        Cell(t.outlet(outlet), "column", t.word("verbs_base").format(
            n=t.number(first[outlet]["n_outlet"]), base=t.number(round(float(first[outlet]["base_per_100_units"])))
        ))
        for outlet in outlets
    ]  # fmt: skip
    return Table(t.word(f"caption_{what}"), [Cell(t.word(what)), *heads], rows, [t.word("verbs_note")])


def _times(row: Any, t: Texts) -> str:
    """Give the ratio to the other outlets' rate with its interval, where there are others."""
    if pd.isna(row["ratio"]):
        return ""
    ratio, low, high = (f"{float(row[key]):.1f}" for key in ("ratio", "ratio_low", "ratio_high"))
    return f"×{ratio} ({low}–{high})"
