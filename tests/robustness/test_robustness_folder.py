"""A check written into a folder: alone, and beside the run it belongs to."""

from dataclasses import replace

import pytest

from framing.errors import ResultsError
from framing.folder import read_manifest, verify
from framing.pipeline import run_study
from framing.robustness import RobustnessGrid
from framing.robustness_folder import check_robustness
from framing.robustness_tables import FILES, read_robustness

GRID = RobustnessGrid(
    encoders=(), example_draws=0, topic_seeds=0, curve=False, relevance=False, period=False, copies=(),
    article_rules=("title_or_lead", "any"), thresholds=(),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _no_clusters(monkeypatch):
    monkeypatch.setattr("framing.topics.MIN_UNITS", 10**6)


def test_a_folder_of_its_own_gets_tables_figures_and_a_manifest(tmp_path, study):
    found = check_robustness(study, out=tmp_path / "out", grid=GRID)
    folder = tmp_path / "out"
    assert {path.stem for path in (folder / "robustness").glob("*.csv")} == set(FILES)
    assert {path.name for path in (folder / "robustness").glob("*.svg")} == {"robustness-ar.svg", "robustness-en.svg"}
    manifest = read_manifest(folder)
    assert manifest["kind"] == "robustness"
    assert manifest["robustness"]["settings"]["n_perm"] == 400
    assert verify(folder) == []
    assert len(read_robustness(folder)["claims"]) == len(found.claims)
    assert (folder / "robustness" / "claims.csv").read_text(encoding="utf-8-sig").splitlines()[1].endswith("True")


def test_beside_its_run_it_is_listed_in_the_runs_manifest_and_a_new_run_takes_it_away(tmp_path, study):
    run_study(study, out=tmp_path)
    before = read_manifest(tmp_path)
    check_robustness(study, out=tmp_path, grid=GRID)
    manifest = read_manifest(tmp_path)
    assert manifest["counts"] == before["counts"]
    assert "robustness/claims.csv" in {output["path"] for output in manifest["outputs"]}
    assert verify(tmp_path) == []
    run_study(study, out=tmp_path)
    assert read_robustness(tmp_path) == {}


def test_a_run_with_other_settings_is_refused_before_anything_is_computed(tmp_path, study):
    run_study(study, out=tmp_path)
    with pytest.raises(ResultsError, match=r"another seed.*--out"):
        check_robustness(replace(study, seed=8), out=tmp_path, grid=GRID)


def test_manifest_names_no_folder_of_the_machine(tmp_path, study):
    check_robustness(study, out=tmp_path / "out", grid=GRID)
    assert str(tmp_path) not in (tmp_path / "out" / "manifest.json").read_text(encoding="utf-8")
