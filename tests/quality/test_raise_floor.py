"""The floor rises, and falls only with a reason that stays in the file."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

PATH = Path(__file__).parent / "raise_floor.py"
FLOOR = {
    "note": "A note.", "gold": "gold.csv", "gold_sha256": "a" * 64, "macro_f1": 0.7, "f1": {"one": 0.6, "two": 0.8},
}  # fmt: skip
SAME = {"one": 0.62, "two": 0.82, "macro": 0.72}


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("raise_floor", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def raised(script):
    def found(measured, **options):
        return script.raised(FLOOR, measured, **{"gold_sha256": "a" * 64} | options)

    return found


@pytest.fixture
def runs(script, tmp_path, monkeypatch):
    """Give a function that runs the script on a floor and codes of its own, with what is measured given."""
    path, gold = tmp_path / "floor.json", tmp_path / "gold.csv"
    gold.write_text("unit_id,agreed\n", encoding="utf-8")
    floor = FLOOR | {"gold_sha256": script.sha256_file(gold)}
    path.write_text(json.dumps(floor), encoding="utf-8")
    monkeypatch.setattr(script, "ROOT", tmp_path)
    monkeypatch.setattr(script, "FLOOR", path)

    def run(measured, *arguments):
        monkeypatch.setattr(script, "measure", lambda gold: measured)
        return script.main(list(arguments)), json.loads(path.read_text(encoding="utf-8"))

    return run


def test_what_was_measured_less_the_slack_is_the_new_floor(raised, script):
    found = raised({"one": 0.9, "two": 0.9, "macro": 0.9})
    assert found["f1"] == {"one": pytest.approx(0.9 - script.SLACK), "two": pytest.approx(0.9 - script.SLACK)}
    assert found["macro_f1"] == pytest.approx(0.9 - script.SLACK)
    assert found["note"] == "A note."
    assert found["measured"] == {"one": 0.9, "two": 0.9, "macro": 0.9}


def test_measured_within_the_slack_changes_nothing(raised):
    assert raised(SAME) == FLOOR
    assert raised({"one": 0.605, "two": 0.805, "macro": 0.705}) == FLOOR


def test_one_number_rises_while_another_stays(raised):
    found = raised(SAME | {"one": 0.75})
    assert found["f1"] == {"one": 0.73, "two": 0.8}


@pytest.mark.parametrize("name", ["one", "two", "macro"])
def test_floor_that_would_fall_is_refused(raised, script, name):
    with pytest.raises(script.FloorError, match=rf"{name}: measured 0\.500, the floor is 0\.\d+.*--lower"):
        raised({"one": 0.9, "two": 0.9, "macro": 0.9} | {name: 0.5})


def test_floor_falls_with_a_reason_that_the_note_keeps(raised):
    found = raised(SAME | {"two": 0.7}, lower="the codes of twelve units were mended.")
    assert found["f1"] == {"one": 0.6, "two": 0.68}
    assert found["note"] == "A note. Lowered (two 0.800 to 0.680): the codes of twelve units were mended."


def test_reason_without_words_is_none(raised, script):
    with pytest.raises(script.FloorError, match="the reason is empty"):
        raised(SAME | {"two": 0.7}, lower="  ")


def test_other_codes_are_refused_without_a_reason(raised, script):
    with pytest.raises(script.FloorError, match=r"the codes changed \(a{12} to b{12}\)"):
        raised(SAME, gold_sha256="b" * 64)
    found = raised(SAME, gold_sha256="b" * 64, lower="new codes")
    assert found["gold_sha256"] == "b" * 64
    assert found["note"] == "A note. Set anew: new codes."


def test_other_frames_are_refused_without_a_reason(raised, script):
    with pytest.raises(script.FloorError, match="frames were macro, one, two, are macro, one, three"):
        raised({"one": 0.9, "three": 0.9, "macro": 0.9})
    assert set(raised({"one": 0.9, "three": 0.9, "macro": 0.9}, lower="other frames")["f1"]) == {"one", "three"}


def test_script_writes_a_floor_that_rose(runs, capsys):
    code, floor = runs({"one": 0.9, "two": 0.9, "macro": 0.9})
    assert (code, floor["macro_f1"]) == (0, 0.88)
    assert "measured: one 0.900" in capsys.readouterr().out


def test_script_refuses_and_writes_nothing(runs, capsys):
    code, floor = runs({"one": 0.5, "two": 0.95, "macro": 0.72})
    assert code == 1
    assert floor["f1"] == FLOOR["f1"]
    assert "one: measured 0.500, the floor is 0.600" in capsys.readouterr().err


def test_script_lowers_with_a_reason(runs):
    code, floor = runs(SAME | {"one": 0.5}, "--lower", "other codes")
    assert (code, floor["f1"]["one"]) == (0, 0.48)
    assert floor["note"].endswith("Lowered (one 0.600 to 0.480): other codes.")


def test_dry_run_writes_nothing(runs):
    code, floor = runs({"one": 0.9, "two": 0.9, "macro": 0.9}, "--dry-run")
    assert (code, floor["f1"]) == (0, FLOOR["f1"])


def test_codes_are_read_as_the_floor_reads_them(script):
    assert script.parents_of("one.child; two ; contested:three;") == {"one", "two"}
    assert script.parents_of("") == set()
    assert script.f1([True, True, False], [True, False, False]) == pytest.approx(2 / 3)
    assert script.f1([False], [False]) == 0.0


def test_script_measures_with_what_the_note_of_the_floor_says(script):
    note = json.loads((PATH.parent / "floor.json").read_text(encoding="utf-8"))["note"]
    assert all(str(said) in note for said in (script.CODEBOOK, script.ENCODER, script.SEED))
    assert f"less {script.SLACK:.2f}".replace("0.", ".") in note


def test_help_says_how_to_lower(script, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["raise_floor.py", "--help"])
    with pytest.raises(SystemExit):
        script.main()
    assert "--lower REASON" in capsys.readouterr().out
