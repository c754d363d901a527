import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import FramingError
from framing.files import (
    FORMULA_STARTS,
    MAX_YAML_BYTES,
    atomic_path,
    cache_folder,
    guard_formula,
    package_data,
    read_csv,
    read_yaml,
    safe_name,
    sha256_file,
    sha256_text,
    unguard_formula,
    write_csv,
    write_json,
    write_parquet,
    write_text,
)  # fmt: skip

LAUGHS = "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefghi", "bcdefghij", strict=True)
)


def yaml_file(folder: Path, text: str) -> Path:
    (folder / "x.yaml").write_text(text, encoding="utf-8")
    return folder / "x.yaml"


def test_failed_write_leaves_the_old_file_and_no_leftovers(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "قديم")
    with pytest.raises(TypeError, match="data must be str"), atomic_path(path) as part:
        part.write_text(b"bytes")
    assert path.read_text(encoding="utf-8") == "قديم"
    assert list(tmp_path.iterdir()) == [path]


def test_full_disk_is_one_line_and_the_old_file_stands(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "قديم")
    with pytest.raises(FramingError, match=r"a\.txt: could not be written.*No space.*intact.*--out"), atomic_path(path):
        raise OSError(28, "No space left on device")
    assert path.read_text(encoding="utf-8") == "قديم"
    assert list(tmp_path.iterdir()) == [path]


def test_new_file_is_readable_by_others(tmp_path):
    write_text(tmp_path / "deep" / "a.txt", "نص")
    assert (tmp_path / "deep" / "a.txt").stat().st_mode & 0o444 == 0o444


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_formula_cells_become_text_and_come_back(tmp_path, start):
    table = pd.DataFrame({"text": [f"{start}1+1", f"'{start}x", "'نص", "نص", ""], "n": [1, 2, 3, 4, 5]})
    write_csv(tmp_path / "t.csv", table)
    raw = pd.read_csv(tmp_path / "t.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert not raw["text"].str.startswith(FORMULA_STARTS).any()
    assert read_csv(tmp_path / "t.csv")["text"].tolist() == table["text"].tolist()


def test_formula_in_a_column_name_is_guarded_too(tmp_path):
    write_csv(tmp_path / "t.csv", pd.DataFrame({"=cmd()": ["x"]}))
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbf'=cmd()")
    assert list(read_csv(tmp_path / "t.csv").columns) == ["=cmd()"]


@given(st.text(alphabet=st.sampled_from([*FORMULA_STARTS, "'", "x", "ن"]), max_size=6))
def test_guard_is_undone_exactly(text):
    guarded = guard_formula(text)
    assert not guarded.startswith(FORMULA_STARTS)
    assert unguard_formula(guarded) == text


def test_numbers_stay_numbers_in_a_csv(tmp_path):
    write_csv(tmp_path / "t.csv", pd.DataFrame({"low": [-0.5], "yes": [True]}))
    assert (tmp_path / "t.csv").read_text(encoding="utf-8-sig") == "low,yes\n-0.5,True\n"


def test_same_table_gives_the_same_parquet_bytes(tmp_path):
    for name in ("a", "b"):
        write_parquet(tmp_path / name, pd.DataFrame({"x": ["001", "NA"]}))
    assert sha256_file(tmp_path / "a") == sha256_file(tmp_path / "b")


def test_json_keeps_arabic_readable(tmp_path):
    write_json(tmp_path / "a.json", {"عنوان": "خبر"})
    assert "خبر" in (tmp_path / "a.json").read_text(encoding="utf-8")


BOMBS = {
    "billion laughs": LAUGHS,
    "many aliases": "a: &a x\nb: [" + "*a, " * 200 + "]\n",
    "holds itself": "a: &a [*a]\n",
    "long text repeated": f"a: &a {'x' * 400_000}\nb: [{', '.join(['*a'] * 99)}]\n",
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_yaml_bomb_is_refused_quickly(tmp_path, name):
    path = yaml_file(tmp_path, BOMBS[name])
    start = time.perf_counter()
    with pytest.raises(FramingError, match=r"x\.yaml.*(aliases|nested)"):
        read_yaml(path)
    assert time.perf_counter() - start < 1


def test_yaml_over_the_size_cap_is_refused(tmp_path):
    path = yaml_file(tmp_path, "a" * (MAX_YAML_BYTES + 1))
    with pytest.raises(FramingError, match=f"{MAX_YAML_BYTES + 1} bytes"):
        read_yaml(path)


def test_few_plain_aliases_are_fine(tmp_path):
    assert read_yaml(yaml_file(tmp_path, "a: &a [x, y]\nb: *a\n"))["b"] == ["x", "y"]


@pytest.mark.parametrize("text", ["a: !!python/object/apply:os.system [exit]\n", "a: !!python/name:os.system\n"])
def test_yaml_tags_run_nothing(tmp_path, text):
    with pytest.raises(FramingError, match="line 1: not valid YAML"):
        read_yaml(yaml_file(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "reason"),
    [("a: [1", "not valid YAML"), ("a: 1\na: 2\n", "line 2.*'a' stands twice"), ("a: *b\n", "undefined alias")],
)
def test_yaml_fault_names_file_and_place(tmp_path, text, reason):
    with pytest.raises(FramingError, match=rf"x\.yaml.*{reason}"):
        read_yaml(yaml_file(tmp_path, text))


def test_yaml_that_is_not_utf8_says_so(tmp_path):
    (tmp_path / "x.yaml").write_bytes("عنوان: خبر".encode("cp1256"))
    with pytest.raises(FramingError, match=r"not UTF-8 text \(byte 0\)"):
        read_yaml(tmp_path / "x.yaml")


def test_missing_yaml_says_check_the_path(tmp_path):
    with pytest.raises(FramingError, match=r"none\.yaml: cannot be read.*Check the path"):
        read_yaml(tmp_path / "none.yaml")


NAMES = [
    "../../x",
    "/abs",
    "CON",
    "..",
    "",
    "A",
    "a",
    "\u202eabc",
    "ن" * 300,
    "صحيفة ألف",
    "a/b",
    "a\\b",
    "\ud800",
    ".",
]


def test_any_name_becomes_a_file_inside_the_folder_without_collision(tmp_path):
    made = [safe_name(name) for name in NAMES]
    for name in made:
        write_text(tmp_path / name, "x")
    assert len({name.casefold() for name in made}) == len(NAMES)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(made)


def test_name_stays_readable():
    assert safe_name("صحيفة ألف").startswith("صحيفة-ألف-")


def test_hash_of_a_lone_surrogate_is_given():
    assert sha256_text("\ud800") != sha256_text("")


def test_cache_folder_follows_the_environment_and_is_not_made(monkeypatch, tmp_path):
    monkeypatch.setenv("FRAMING_CACHE", str(tmp_path / "elsewhere"))
    assert cache_folder() == tmp_path / "elsewhere"
    assert not cache_folder().exists()


def test_cache_folder_without_the_setting_is_the_users_own(monkeypatch, tmp_path):
    monkeypatch.delenv("FRAMING_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert cache_folder() == tmp_path / "framing"


def test_shipped_codebook_is_found():
    assert package_data("codebooks", "north-korea-russia.yaml").is_file()
