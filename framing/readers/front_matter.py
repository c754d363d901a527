"""What stands above a text between two lines of `---`: title, outlet, date and the like, as YAML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from framing.readers.labels import field_of_label

MAX_FRONT_MATTER = 10_000
_OPENED = re.compile(r"\s*^---[ \t]*\r?\n", re.MULTILINE)
_CLOSED = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_PAIR = re.compile(r"([^\s:#\-\[{][^:\n]{0,60}?)[ \t]*:(?:[ \t]+(.*))?")


@dataclass(frozen=True)
class FrontMatter:
    """`values` by field, where it `end`s in the text, and the 1-based line of a `fault` in it, or 0.

    `places` has the place in the text of each value that stands there letter for letter.
    """

    end: int
    values: dict[str, str] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    fault: int = 0


def find_front_matter(text: str, start: int = 0, end: int | None = None) -> FrontMatter | None:
    """Give the front matter between `start` (empty lines aside) and `end`, None where there is none.

    Two lines of `---` with something else between them are no front matter: a pair of a known
    name and a value must stand there. Values are text as written; a list is joined by commas.
    """
    end = min(len(text) if end is None else end, start + 2 * MAX_FRONT_MATTER)
    opened = _OPENED.match(text, start, min(end, start + MAX_FRONT_MATTER))
    closed = _CLOSED.search(text, opened.end(), min(end, opened.end() + MAX_FRONT_MATTER)) if opened else None
    if opened is None or closed is None:
        return None
    block = text[opened.end() : closed.start()]
    pairs = [match for line in block.splitlines() if (match := _PAIR.fullmatch(line.rstrip()))]
    if not any(field_of_label(pair[1]) for pair in pairs):
        return None
    content, fault = _load(block)
    values = {name: value for key, raw in content.items() if (name := field_of_label(key)) and (value := _text(raw))}
    places = {name: place for name, value in values.items() if (place := block.find(value)) >= 0}
    shift = opened.end()
    return FrontMatter(closed.end(), values, {name: place + shift for name, place in places.items()}, fault)


def _load(block: str) -> tuple[dict[str, Any], int]:
    """Read YAML; where it is none, as a title with a colon in it makes it, one pair per line."""
    try:
        _no_aliases(block)
        content = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506 - builds text, lists and mappings only
        if isinstance(content, dict):
            return content, 0
    except (yaml.YAMLError, RecursionError, ValueError):
        pass
    pairs: dict[str, Any] = {}
    for number, line in enumerate(block.splitlines(), 1):
        match = _PAIR.fullmatch(line.rstrip())
        if match:
            pairs[match[1]] = (match[2] or "").strip().strip("\"'")
        elif line.strip() and not line.lstrip().startswith("#"):
            return pairs, number
    return pairs, 0


def _no_aliases(block: str) -> None:
    for event in yaml.parse(block, Loader=yaml.BaseLoader):
        if isinstance(event, yaml.AliasEvent):
            raise ValueError("an alias")


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(part for part in value if isinstance(part, str))
    return value.strip() if isinstance(value, str) else ""
