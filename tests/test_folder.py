import json

import pandas as pd
import pytest

from framing.errors import FramingError, ResultsError
from framing.files import write_parquet
from framing.folder import (
    FORMAT,
    ResultsFolder,
    check_whole,
    machine,
    package_versions,
    read_manifest,
    read_table,
    verify,
)

TABLE = pd.DataFrame({"unit_id": ["001", "NA"], "words": [["خطر", "جسر"], []]})


class Counted:
    """A stage that counts how often it is computed."""

    def __init__(self) -> None:
        self.n = 0

    def __call__(self):
        self.n += 1
        return {"units": TABLE}, {"n": 2}


def test_stage_is_computed_once_and_read_back_the_same(tmp_path):
    compute = Counted()
    first, facts = ResultsFolder(tmp_path).stage("units", {"seed": 1}, compute)
    again, kept = ResultsFolder(tmp_path).stage("units", {"seed": 1}, compute)
    assert compute.n == 1
    assert facts == kept == {"n": 2}
    assert again["units"].to_dict("list") == first["units"].to_dict("list")


def test_stage_runs_again_when_what_it_depends_on_changes(tmp_path):
    compute = Counted()
    for seed in (1, 2, 2):
        ResultsFolder(tmp_path).stage("units", {"seed": seed}, compute)
    assert compute.n == 2


@pytest.mark.parametrize("file", ["units.parquet", ".stages/units.json"])
@pytest.mark.parametrize("content", [b"", b"torn", None])
def test_torn_or_missing_file_makes_the_stage_run_again(tmp_path, file, content):
    compute = Counted()
    ResultsFolder(tmp_path).stage("units", {}, compute)
    if content is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_bytes(content)
    tables, _ = ResultsFolder(tmp_path).stage("units", {}, compute)
    assert compute.n == 2
    assert read_table(tmp_path / "units.parquet").to_dict("list") == tables["units"].to_dict("list")


@pytest.mark.parametrize("receipt", ["[]", "null", '{"key": 1}', '{"outputs": []}'])
def test_receipt_of_another_shape_is_no_receipt(tmp_path, receipt):
    compute = Counted()
    ResultsFolder(tmp_path).stage("units", {}, compute)
    (tmp_path / ".stages" / "units.json").write_text(receipt, encoding="utf-8")
    ResultsFolder(tmp_path).stage("units", {}, compute)
    assert compute.n == 2


def test_manifest_lists_every_file_with_its_hash(tmp_path):
    folder = ResultsFolder(tmp_path)
    folder.stage("units", {}, Counted())
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "a.svg").write_text("<svg/>", encoding="utf-8")
    folder.finish({"seed": 1})
    manifest = read_manifest(tmp_path)
    assert manifest["format"] == FORMAT
    assert [output["path"] for output in manifest["outputs"]] == ["figures/a.svg", "units.parquet"]
    assert verify(tmp_path) == []


def test_verify_names_files_that_changed_or_went(tmp_path):
    folder = ResultsFolder(tmp_path)
    for name in ("a.csv", "b.csv", "c.csv"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    folder.finish({})
    (tmp_path / "a.csv").write_text("y", encoding="utf-8")
    (tmp_path / "b.csv").unlink()
    assert verify(tmp_path) == ["a.csv", "b.csv"]


def test_run_that_begins_again_is_unfinished_until_it_ends(tmp_path):
    folder = ResultsFolder(tmp_path)
    folder.finish({})
    folder.begin()
    with pytest.raises(ResultsError, match=r"no manifest\.json, so this is no finished run.*framing run STUDY"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(("content", "message"), [("{", "cannot be read"), ('{"format": "x/9"}', "format is 'x/9'")])
def test_manifest_that_is_not_ours_is_refused(tmp_path, content, message):
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(ResultsError, match=message):
        read_manifest(tmp_path)


def test_folder_that_cannot_be_made_says_choose_another(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(FramingError, match=r"the folder cannot be made.*--out"):
        ResultsFolder(tmp_path / "file" / "out")


def test_lists_come_back_as_lists_and_ids_as_text(tmp_path):
    ResultsFolder(tmp_path).stage("units", {}, Counted())
    found = read_table(tmp_path / "units.parquet")
    assert found["words"].tolist() == [["خطر", "جسر"], []]
    assert found["unit_id"].tolist() == ["001", "NA"]


def test_machine_is_described_without_names(monkeypatch):
    monkeypatch.setenv("USER", "somebody")
    told = json.dumps(machine())
    import getpass
    import socket

    assert "python" in machine()
    assert socket.gethostname() not in told
    assert getpass.getuser() not in told


def test_versions_are_given_for_what_is_installed():
    found = package_versions()
    assert {"numpy", "pandas"} <= set(found)
    assert all(found.values())


def test_results_that_were_changed_after_the_run_are_not_read(tmp_path):
    folder = ResultsFolder(tmp_path)
    write_parquet(tmp_path / "units.parquet", pd.DataFrame({"unit_id": ["a"]}))
    folder.finish({"study": {"articles": ["a.csv"]}})
    check_whole(tmp_path)
    (tmp_path / "units.parquet").write_bytes(b"torn")
    with pytest.raises(ResultsError, match=r"units\.parquet is missing or is not what the run wrote.*--out"):
        check_whole(tmp_path)


def test_results_of_another_study_are_noticed(tmp_path):
    folder = ResultsFolder(tmp_path)
    folder.finish({"study": {"articles": ["a.csv"]}})
    assert folder.other_study({"articles": ["a.csv"]}) is None
    assert folder.other_study({"articles": ["b.csv"]}) == "a.csv"
