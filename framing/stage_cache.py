"""Finished stages kept in the user's cache folder, so that a study run into another folder does not start over.

A stage is known by a hash of everything it depends on; nothing here decides what that is. An entry is a folder of
tables with a receipt, written last, that holds their checksums: a torn or changed entry is no entry. Where the cache
folder cannot be used, stages are computed as if there were none.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from framing.errors import FramingError
from framing.files import cache_folder, sha256_bytes, sha256_text, write_bytes, write_json

logger = logging.getLogger(__name__)

# The entries used longest ago go, so that the folder stays below this.
MAX_BYTES = 500_000_000
RECEIPT = "receipt.json"


def stages_path() -> Path:
    """Give the folder of kept stages."""
    return cache_folder() / "stages-1"


def take_stage(name: str, key: str, into: Path) -> dict[str, Any] | None:
    """Write a kept stage's tables into a folder, each whole or not at all.

    Parameters
    ----------
    name, key : of the stage; the key is a hash of all it depends on.
    into : a results folder.

    Returns
    -------
    The receipt: `key`, `outputs` (SHA-256 by file stem), `facts`; or None where the stage is not kept whole.
    """
    entry = _entry(name, key)
    try:
        receipt = json.loads((entry / RECEIPT).read_text(encoding="utf-8"))
        tables = {stem: (entry / f"{stem}.parquet").read_bytes() for stem in receipt["outputs"]}
        whole = (
            receipt["key"] == key
            and "facts" in receipt
            and all(sha256_bytes(tables[stem]) == sha for stem, sha in receipt["outputs"].items())
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    if not whole:
        return None
    for stem, content in tables.items():
        write_bytes(into / f"{stem}.parquet", content)
    _touch(entry / RECEIPT)
    return dict(receipt)


def keep_stage(name: str, receipt: Mapping[str, Any], source: Path) -> None:
    """Keep the tables that a receipt names as they lie in a results folder; where that fails, nothing is kept."""
    entry = _entry(name, receipt["key"])
    try:
        for stem in receipt["outputs"]:
            write_bytes(entry / f"{stem}.parquet", (source / f"{stem}.parquet").read_bytes())
        write_json(entry / RECEIPT, dict(receipt))
        _drop_oldest(entry.parent, MAX_BYTES)
    except (FramingError, OSError) as error:
        logger.info("the stage %s is not kept for other folders: %s", name, error)


def stages_size() -> int:
    """Give the bytes of all kept stages."""
    return sum(_size(entry) for entry in stages_path().glob("*"))


def clear_stages() -> int:
    """Delete all kept stages, those of older versions too; give the number of bytes freed."""
    freed = 0
    for folder in cache_folder().glob("stages-*"):
        freed += sum(_size(entry) for entry in folder.glob("*"))
        shutil.rmtree(folder, ignore_errors=True)
    return freed


def _entry(name: str, key: str) -> Path:
    return stages_path() / sha256_text(f"{name}|{key}")


def _size(entry: Path) -> int:
    return sum(path.stat().st_size for path in entry.rglob("*") if path.is_file())


def _touch(path: Path) -> None:
    try:
        os.utime(path)
    except OSError as error:
        logger.info("%s: its time of use is not kept: %s", path.name, error)


def _drop_oldest(folder: Path, limit: int) -> None:
    """Delete the entries used longest ago until the rest fits; a half-written one of a killed run counts as oldest."""
    entries = sorted((path for path in folder.iterdir() if path.is_dir()), key=_used, reverse=True)
    total = 0
    for entry in entries:
        total += _size(entry)
        if total > limit:
            # Out of the way first: a reader meets the whole entry or none.
            gone = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".gone."))
            entry.replace(gone / entry.name)
            shutil.rmtree(gone, ignore_errors=True)


def _used(entry: Path) -> float:
    receipt = entry / RECEIPT
    return receipt.stat().st_mtime if receipt.is_file() else 0.0
