import os

import pandas as pd
import pytest

from framing import stage_cache
from framing.folder import ResultsFolder
from framing.stage_cache import clear_stages, stages_path, stages_size

TABLE = pd.DataFrame({"unit_id": ["001", "NA"], "words": [["خطر", "جسر"], []]})


class Counted:
    """A stage that counts how often it is computed."""

    def __init__(self) -> None:
        self.n = 0

    def __call__(self):
        self.n += 1
        return {"units": TABLE}, {"n": 2}


def stage(path, compute, *, key=None, **options):
    return ResultsFolder(path, shared=True, **options).stage("units", key or {"seed": 1}, compute)


def entries():
    return sorted(stages_path().glob("*"))


def test_stage_of_another_folder_is_taken_with_the_same_bytes(tmp_path):
    compute = Counted()
    _, facts = stage(tmp_path / "one", compute)
    tables, kept = stage(tmp_path / "two", compute)
    assert compute.n == 1
    assert facts == kept == {"n": 2}
    assert tables["units"].to_dict("list") == TABLE.to_dict("list")
    for file in ("units.parquet", ".stages/units.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_stage_that_depends_on_something_else_is_computed(tmp_path):
    compute = Counted()
    for number in range(3):
        stage(tmp_path / str(number), compute, key={"seed": number})
    assert compute.n == 3


def test_two_stages_with_the_same_key_are_two(tmp_path):
    compute = Counted()
    for name in ("frames", "topics"):
        ResultsFolder(tmp_path / name, shared=True).stage(name, {}, compute)
    assert compute.n == 2


def test_fresh_folder_takes_nothing_from_anywhere(tmp_path):
    compute = Counted()
    for name in ("one", "one", "two"):
        stage(tmp_path / name, compute, fresh=True)
    assert compute.n == 3


def test_folder_that_does_not_share_leaves_nothing_in_the_cache(tmp_path):
    ResultsFolder(tmp_path / "one").stage("units", {}, Counted())
    assert not stages_path().exists()


@pytest.mark.parametrize("file", ["units.parquet", "receipt.json"])
@pytest.mark.parametrize("content", [b"", b"torn", b"[]", None])
def test_torn_or_missing_entry_is_no_entry(tmp_path, file, content):
    compute = Counted()
    stage(tmp_path / "one", compute)
    (entry,) = entries()
    if content is None:
        (entry / file).unlink()
    else:
        (entry / file).write_bytes(content)
    stage(tmp_path / "two", compute)
    assert compute.n == 2
    stage(tmp_path / "three", compute)
    assert compute.n == 2


def test_cache_that_cannot_be_used_is_passed_over(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    monkeypatch.setenv("FRAMING_CACHE", str(tmp_path / "file" / "cache"))
    compute = Counted()
    stage(tmp_path / "one", compute)
    stage(tmp_path / "two", compute)
    assert compute.n == 2


def test_entries_used_longest_ago_make_room(tmp_path, monkeypatch):
    compute = Counted()
    for number in range(3):
        stage(tmp_path / str(number), compute, key={"seed": number})
        newest = max(entries(), key=lambda entry: (entry / "receipt.json").stat().st_mtime_ns)
        os.utime(newest / "receipt.json", (number, number))
    stage(tmp_path / "again", compute, key={"seed": 0})  # used just now
    monkeypatch.setattr(stage_cache, "MAX_BYTES", stages_size())
    stage(tmp_path / "new", compute, key={"seed": 9})
    assert compute.n == 4
    for number, n in ((0, 4), (9, 4), (2, 4), (1, 5)):
        stage(tmp_path / f"then {number}", compute, key={"seed": number})
        assert compute.n == n


def test_kept_stages_are_counted_and_cleared(tmp_path):
    assert stages_size() == clear_stages() == 0
    stage(tmp_path / "one", Counted())
    size = stages_size()
    assert size > 0
    assert clear_stages() == size
    assert not entries()
