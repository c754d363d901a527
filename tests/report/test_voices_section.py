"""Speakers and verbs of the page: who has a row, what is pooled, and when nothing of it is shown."""

from dataclasses import replace

import pandas as pd
import pytest

from framing.report import render
from framing.report.language import Texts
from framing.report.results import read_results
from framing.report.voices_section import speaker_counts, speakers_table, verbs_tables

SPEAKER = "متحدث باسم الكرملين"


@pytest.fixture
def results(build_folder):
    """Give results in which every unit that carries sovereignty is one speaker's, told with one verb."""
    found = read_results(build_folder(14))
    frames = found["frames"]
    ids = frames.loc[(frames["frame"] == "sovereignty") & (frames["state"] == "carried"), "unit_id"]
    units = found["units"].set_index("unit_id")["text"]
    rows = [(u, 0, len(units[u]), "attributed", SPEAKER, "قال", "neutral") for u in ids]
    rows += [(u, 0, len(units[u]), "own", "", "", "") for u in units.index if u not in set(ids)]
    spans = pd.DataFrame(rows, columns=["unit_id", "start", "end", "voice", "speaker", "verb", "stance"])
    return replace(found, tables={**found.tables, "voices": spans})


def texts(results, language="en"):
    return Texts(language, codebook=results.codebook)


def test_speaker_has_a_row_with_the_ids_of_its_units(results):
    table = speakers_table(results, texts(results), speaker_counts(results))
    row = next(row for row in table.rows if row.head.text == SPEAKER)
    ids = results["voices"].loc[results["voices"]["speaker"] == SPEAKER, "unit_id"]
    assert row.head.more == "، ".join([*ids[:2], "…"])
    cells = dict(zip((head.text for head in table.heads[1:]), row.cells, strict=True))
    assert cells["Sovereignty and legality"].text == f"{len(ids)} (100%)"
    assert cells["European concern"].text == "<5"


def test_outlets_own_words_stand_first(results):
    assert speakers_table(results, texts(results), speaker_counts(results)).rows[0].head.text == (
        "the outlet's own voice alone"
    )


def test_verbs_are_told_against_the_outlets_own_number_of_verbs(results):
    stance, verb = verbs_tables(results, texts(results))
    assert [row.head.text for row in stance.rows] == ["neutral (said, mentioned)"]
    assert [row.head.text for row in verb.rows] == ["قال"]
    assert {cell.text for cell in verb.rows[0].cells} == {"100%"}
    assert all(head.more.startswith("n = ") and head.more.endswith("/100") for head in verb.heads[1:])


def test_no_verbs_give_no_tables(results):
    silent = replace(results, tables={**results.tables, "voices": results["voices"].assign(verb="")})
    assert verbs_tables(silent, texts(silent)) == []


@pytest.mark.parametrize(("text", "shown"), [("none", False), ("snippet", True)])
def test_page_without_texts_names_no_speaker(results, text, shown):
    page = render(results, ("ar",), text=text)
    assert (f">{SPEAKER}</" in page) == shown
    assert "figure_speakers" not in page
    assert ("speakers-title" in page) == shown
