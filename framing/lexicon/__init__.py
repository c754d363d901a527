"""Word lists as data: one YAML file per list, read once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml


@lru_cache(maxsize=32)
def load(name: str) -> Any:
    """Give the content of `<name>.yaml` beside this module. It is shared: do not change it."""
    return yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8"))
