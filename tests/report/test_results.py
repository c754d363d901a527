"""Reading a results folder."""

import pandas as pd
import pytest

from framing.errors import ResultsError
from framing.report.results import read_results


def test_tables_come_back_with_numbers_and_truth_values(build_folder):
    results = read_results(build_folder(14))
    assert pd.api.types.is_float_dtype(results["shares"]["share"])
    assert results["differences"]["tested"].dtype == bool
    assert results.frames == [
        "escalation", "escalation.by_west", "sovereignty", "sovereignty.claimed", "european_concern",
    ]  # fmt: skip


def test_a_setting_falls_back_to_the_study_and_then_to_the_default(build_folder):
    folder = build_folder()
    (folder / "settings.json").unlink()
    results = read_results(folder, manifest={"study": {"copies": "own"}})
    assert results.setting("copies") == "own"
    assert results.setting("compare", "level", default=0.95) == 0.95


def test_an_outlet_called_na_stays_a_name(build_folder):
    assert "NA" in read_results(build_folder(outlets=("NA", "ب", "ج"))).outlets


@pytest.mark.parametrize("name", ["settings.json", "units.parquet", "codebook.yaml"])
def test_a_damaged_file_is_named(build_folder, name):
    folder = build_folder()
    (folder / name).write_bytes(b"{ broken")
    with pytest.raises(ResultsError, match=name.replace(".", r"\.")):
        read_results(folder)
