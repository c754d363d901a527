"""What a label above a text means: `العنوان:` or `title:` is the title."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from framing.readers.columns import FIELDS, preset_file

MAX_LABEL = 40
_LABELLED = re.compile(rf"\s{{0,40}}([^:：\n]{{1,{MAX_LABEL}}}?)\s{{0,9}}[:：](?!//)(.*)", re.DOTALL)


@lru_cache(maxsize=1)
def _known() -> Mapping[str, str]:
    content = preset_file()
    names = {_key(name): field for field, known in content["recognised"].items() for name in known}
    return names | {_key(field): field for field in FIELDS} | {_key(k): field for k, field in content["fields"].items()}


def field_of_label(label: str) -> str:
    """Give the field a label names, in Arabic or English; an unknown one gives nothing."""
    return _known().get(_key(label), "")


def read_label(line: str) -> tuple[str, str]:
    """Give the field and the value of a line `label: value`; a line without a known label gives two empty texts."""
    match = _LABELLED.fullmatch(line)
    field = field_of_label(match[1]) if match else ""
    return (field, match[2].strip()) if match and field else ("", "")


def _key(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", name).casefold()
