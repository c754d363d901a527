"""What the READMEs tell people to type and to open exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

import framing
from framing.cli import RUNS, build_parser
from framing.encoders import encoder_names
from framing.study import load_study

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.ar.md")
PAGES = (*READMES, "data/README.md", "reports/README.md", "notebooks/README.md")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
# Commands of other programs that the READMEs may name.
OTHERS = ("pip", "conda")


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return [body for found, body in FENCE.findall(read(page)) if found == language]


def commands(page: str) -> list[str]:
    lines = "\n".join(blocks(page, "bash")).splitlines()
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def commands_of(program: str) -> list[str]:
    return sorted({line for page in READMES for line in commands(page) if line.split()[0] == program})


def inline_commands(page: str) -> list[str]:
    """Commands between single backticks, such as `make help`."""
    return re.findall(r"`((?:make|framing) [a-z][^`]*)`", FENCE.sub("", read(page)))


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", read("Makefile"), re.MULTILINE))


def links(page: str) -> list[str]:
    found = [first or second for first, second in LINK.findall(FENCE.sub("", read(page)))]
    return sorted({link.partition("#")[0] for link in found if not re.match(r"[a-z]+:|#", link)})


@pytest.mark.parametrize("page", READMES)
def test_readme_gives_commands_of_known_programs_only(page):
    programs = {line.split()[0] for line in commands(page)}
    assert {"framing", "make"} <= programs <= {"framing", "make", *OTHERS}


@pytest.mark.parametrize("line", commands_of("framing"))
def test_framing_command_of_the_readme_parses(line):
    options = build_parser().parse_args(shlex.split(line)[1:])
    assert callable(RUNS[options.run])


@pytest.mark.parametrize("line", commands_of("framing"))
def test_encoder_and_codebook_named_in_a_command_exist(line):
    options = build_parser().parse_args(shlex.split(line)[1:])
    assert (getattr(options, "encoder", None) or "e5-small") in encoder_names()
    if getattr(options, "codebook", None):
        assert (ROOT / "data" / "codebooks" / f"{options.codebook}.yaml").is_file()


@pytest.mark.parametrize("line", commands_of("make"))
def test_make_command_of_the_readme_has_a_target(line):
    assert set(line.split()[1:]) <= make_targets()


@pytest.mark.parametrize("page", PAGES)
def test_command_named_in_running_text_exists(page):
    known = build_parser().format_help()
    unknown = [
        line
        for line in inline_commands(page)
        if line.split()[1] not in (make_targets() if line.startswith("make") else re.findall(r"[a-z]+", known))
    ]
    assert unknown == []


def test_arabic_readme_gives_the_same_commands_as_the_english_one():
    assert commands("README.ar.md") == commands("README.md")
    assert inline_commands("README.ar.md") == inline_commands("README.md")


def test_arabic_readme_shows_the_same_study_and_links():
    assert blocks("README.ar.md", "yaml") == blocks("README.md", "yaml")
    other = {"README.md": "README.ar.md"}
    assert sorted(other.get(link, link) for link in links("README.ar.md")) == links("README.md")


def test_arabic_readme_has_the_same_sections():
    shape = [[len(mark) for mark in re.findall(r"^(#+) ", FENCE.sub("", read(page)), re.MULTILINE)] for page in READMES]
    assert shape[0] == shape[1]


def test_arabic_readme_is_marked_right_to_left_and_its_code_left_to_right():
    text = read("README.ar.md")
    assert text.startswith('<div dir="rtl" lang="ar">')
    assert text.count('<div dir="ltr">') == len(FENCE.findall(text))
    assert text.count("<div") == text.count("</div>")


@pytest.mark.parametrize("page", PAGES)
def test_relative_links_and_pictures_are_in_the_repository(page):
    missing = [link for link in links(page) if not ((ROOT / page).parent / link).exists()]
    assert missing == []


def test_example_study_of_the_readme_loads(tmp_path):
    (body,) = blocks("README.md", "yaml")
    path = tmp_path / "study.yaml"
    path.write_text(body, encoding="utf-8")
    study = load_study(path)
    assert study.columns["text"] == "body"
    assert len(study.relevance.query) == 2


@pytest.mark.parametrize("page", READMES)
def test_readme_lists_every_encoder(page):
    named = [name for name in encoder_names() if not name.startswith("<")]
    assert [name for name in named if f"| `{name}`" not in read(page)] == []


def test_version_is_the_same_in_package_changelog_and_citation():
    citation = yaml.safe_load(read("CITATION.cff"))
    newest = re.search(r"^## \[([0-9.]+)\] - (\S+)$", read("CHANGELOG.md"), re.MULTILINE)
    assert newest is not None
    assert newest.groups() == (framing.__version__, citation["date-released"])
    assert citation["version"] == framing.__version__
    assert citation["authors"] == [{"name": "The framing developers"}]
    for page in READMES:
        assert framing.__version__ in read(page)
