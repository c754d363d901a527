import math

import pandas as pd
import pytest

from framing.voice_tables import frame_speakers, rate_ratio, verb_rates
from framing.voices import VOICE_COLUMNS, Voices, find_voices

UNITS = pd.DataFrame({"unit_id": [f"a#{i}" for i in range(8)], "article_id": ["a"] * 4 + ["b"] * 4})
ARTICLES = pd.DataFrame({"article_id": ["a", "b"], "outlet": ["ألف", "باء"]})
FRAMES = pd.DataFrame({"unit_id": UNITS["unit_id"], "frame": "تصعيد", "state": ["carried"] * 7 + ["contested"]})


def spans(*rows: tuple) -> pd.DataFrame:
    """Rows of (unit, voice, speaker, verb)."""
    full = [(f"a#{unit}", 0, 9, voice, speaker, verb, "neutral") for unit, voice, speaker, verb in rows]
    return pd.DataFrame(full, columns=VOICE_COLUMNS)


TABLE = spans(
    (0, "attributed", "الوزير", "قال"),
    (0, "quoted", "الوزير", "قال"),
    (1, "attributed", "الوزير", "قالت"),
    (2, "attributed", "الخبير", "زعم"),
    (3, "own", "", ""),
    (4, "attributed", "", "أضاف"),
    (5, "own", "", ""),
    (5, "attributed", "العمدة", "قال"),
    (6, "own", "", ""),
    (7, "attributed", "الوزير", "قال"),
)


def test_speakers_under_the_least_number_are_pooled_with_their_number():
    found = frame_speakers(TABLE, FRAMES, UNITS, min_n=2)
    assert found[["kind", "speaker", "n_speakers", "n_units"]].to_numpy().tolist() == [
        ["outlet", "", 0, 2],
        ["speaker", "الوزير", 1, 2],
        ["others", "", 2, 2],
        ["unnamed", "", 0, 1],
    ]
    assert set(found["n_frame"]) == {7}  # the contested unit does not count


def test_speaker_row_counts_units_per_voice_and_their_share():
    row = frame_speakers(TABLE, FRAMES, UNITS, min_n=2).iloc[1]
    assert (row["own"], row["attributed"], row["quoted"]) == (0, 2, 1)
    assert row["share"] == pytest.approx(2 / 7)
    assert row["low"] < row["share"] < row["high"]


def test_units_left_out_do_not_count():
    found = frame_speakers(TABLE, FRAMES, UNITS.head(1), min_n=1)
    assert found[["speaker", "n_units", "n_frame"]].to_numpy().tolist() == [["الوزير", 1, 1]]


def test_least_number_below_one_is_refused():
    with pytest.raises(ValueError, match=r"min_n is 0.*Pass 1 or more"):
        frame_speakers(TABLE, FRAMES, UNITS, min_n=0)


def test_no_carried_frame_gives_an_empty_table():
    assert frame_speakers(TABLE, FRAMES.assign(state="none"), UNITS).empty


def test_forms_of_a_verb_count_as_one_against_the_outlets_base_rate():
    found = verb_rates(TABLE, UNITS, ARTICLES).set_index(["verb", "outlet"])
    assert found.loc[("قال", "ألف"), "n"] == 2  # a quotation beside a reported clause is one use
    assert found.loc[("قال", "ألف"), "rate"] == pytest.approx(2 / 3)
    assert found.loc[("قال", "باء"), "rate"] == pytest.approx(2 / 3)
    assert found.loc[("زعم", "باء"), "n"] == 0
    assert found.loc[("قال", "ألف"), "base_per_100_units"] == pytest.approx(75.0)
    assert found.loc[("قال", "ألف"), "ratio"] == pytest.approx(1.0)


def test_stances_may_be_the_rows():
    found = verb_rates(TABLE.assign(stance=["act", *["neutral"] * 9]), UNITS, ARTICLES, by="stance")
    assert "verb" not in found
    assert found.loc[(found["stance"] == "neutral") & (found["outlet"] == "باء"), "n"].item() == 3


def test_one_outlet_has_no_ratio():
    found = verb_rates(TABLE, UNITS, ARTICLES.assign(outlet="ألف"))
    assert found["ratio"].isna().all()


def test_ratio_of_rates_has_the_interval_of_katz():
    # 20 of 100 against 10 of 100 with halves added: worked by hand.
    ratio, low, high = (float(x[0]) for x in rate_ratio(*(pd.Series([v]).to_numpy(float) for v in (20, 100, 10, 100))))
    spread = math.sqrt(1 / 20.5 - 1 / 100.5 + 1 / 10.5 - 1 / 100.5)
    assert ratio == pytest.approx(20.5 / 10.5)
    assert low == pytest.approx(ratio * math.exp(-1.959964 * spread), rel=1e-5)
    assert high == pytest.approx(ratio * math.exp(1.959964 * spread), rel=1e-5)


def test_result_gives_tables_and_figure(small_corpus):
    from framing.units import split_units

    units = split_units(small_corpus).table
    found = find_voices(units)
    frames = pd.DataFrame({"unit_id": units["unit_id"], "frame": "إطار", "state": "carried"})
    assert list(found.by_frame(frames, units=units)["frame"].unique()) == ["إطار"]
    assert set(found.verbs(units, articles=small_corpus)["outlet"]) <= set(small_corpus["outlet"])
    assert found.plot(frames, units=units).axes
    assert found.plot(frames.head(0), units=units).texts  # says there is nothing to show
    assert "<table" in found._repr_html_()
    assert isinstance(found, Voices)
