"""The package as it is installed: a wheel with its data, run where no checkout is."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HELD = (
    "framing/py.typed",
    "framing/_data/codebooks/north-korea-russia.yaml",
    "framing/_data/demo/articles.jsonl",
    "framing/_data/demo/study.yaml",
    "framing/_data/demo/gold.csv",
    "framing/_data/demo/plan.yaml",
    "framing/report/templates/page.html.j2",
    "framing/report/translations/ar.yaml",
    "framing/report/report.css",
    "framing/theme.css",
    "framing/readers/presets.yaml",
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel once, with what is installed."""
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--no-build-isolation", "-w", str(target)]
    done = subprocess.run([*command, "-q", "--disable-pip-version-check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("name", HELD)
def test_wheel_holds_what_a_run_needs(names, name):
    assert name in names


@pytest.mark.parametrize("pattern", ["*.py", "lexicon/*.yaml", "report/templates/*", "*.css"])
def test_wheel_holds_every_file_of_the_package(names, pattern):
    files = [path for path in (ROOT / "framing").rglob(pattern) if "__pycache__" not in path.parts]
    assert files
    assert [path.name for path in files if path.relative_to(ROOT).as_posix() not in names] == []


def test_wheel_holds_neither_tests_nor_notebooks(names):
    assert not [name for name in names if name.startswith(("tests/", "notebooks/", "data/", "reports/"))]


def test_demo_runs_from_the_wheel_in_an_empty_folder(wheel, tmp_path):
    place, empty = tmp_path / "site", tmp_path / "empty"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
    empty.mkdir()
    environment = os.environ | {"PYTHONPATH": str(place), "FRAMING_LANG": "en", "PYTHONIOENCODING": "utf-8"}

    def run(*arguments):
        return subprocess.run(
            [sys.executable, *arguments], cwd=empty, env=environment, capture_output=True, encoding="utf-8", check=False
        )

    found = run("-c", "import framing; print(framing.__file__)")
    assert found.stdout.strip() == str(place / "framing" / "__init__.py")
    done = run("-m", "framing.cli", "demo", "--out", "X", "--encoder", "lexical")
    assert done.returncode == 0, done.stderr
    assert "The data are invented" in done.stdout
    assert (empty / "X" / "report.html").stat().st_size > 10_000
    assert [path.name for path in empty.iterdir()] == ["X"]
