"""Embed once, keep: vectors of units, and the store they are kept in.

The store is one SQLite file in the user's cache folder (`FRAMING_CACHE` moves it),
keyed by the text's hash and the encoder's fingerprint. A damaged row is found by
its checksum, recomputed and counted. Where the store cannot be written, the run
goes on without it and says so.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from framing.encoders.base import Encoder, fingerprint
from framing.files import cache_folder, sha256_text

logger = logging.getLogger(__name__)

# Large enough that the embedded encoder finds texts of equal length in it, small enough to lose little when killed.
BATCH = 256
_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    encoder TEXT NOT NULL, text BLOB NOT NULL, vector BLOB NOT NULL, crc INTEGER NOT NULL,
    PRIMARY KEY (encoder, text)
) WITHOUT ROWID
"""


@dataclass(frozen=True)
class Vectors:
    """Unit vectors in the order of `unit_ids`.

    `matrix` : float32 `(n, d)`, rows of length 1. `encoder` : name, revision, precision, n_dims.
    `embedded`, `from_store`, `damaged` : how many different texts were computed now, read, recomputed.
    """

    unit_ids: tuple[str, ...]
    matrix: np.ndarray
    encoder: dict[str, Any]
    embedded: int = 0
    from_store: int = 0
    damaged: int = 0
    settings: dict[str, Any] = field(default_factory=dict)

    def summary(self) -> str:
        """Say how many vectors there are and where they came from."""
        return (
            f"{len(self.unit_ids)} vectors of {self.matrix.shape[1]} dimensions by {self.encoder['name']}:"
            f" {self.embedded} texts embedded, {self.from_store} from the store"
        )


def embed(units: pd.DataFrame, *, encoder: Encoder, store: bool = True, progress: bool = False) -> Vectors:
    """Embed units, each different text once, and keep the vectors.

    Parameters
    ----------
    units : table with `unit_id` and `text`.
    store : keep vectors in the cache folder, and take them from there.
    progress : show rate and remaining time on stderr.

    Raises
    ------
    ValueError : the encoder gives another shape than it promises, or a vector that is not finite.
    """
    matrix, counts = embed_texts(list(units["text"]), encoder=encoder, store=store, progress=progress)
    about = {
        "name": encoder.name,
        "revision": encoder.revision,
        "precision": encoder.precision,
        "n_dims": encoder.n_dims,
    }
    return Vectors(tuple(units["unit_id"].astype(str)), matrix, about, **counts, settings={"store": store})


def embed_texts(
    texts: Sequence[str], *, encoder: Encoder, store: bool = True, progress: bool = False
) -> tuple[np.ndarray, dict[str, int]]:
    """Embed texts; give the matrix `(len(texts), n_dims)` and the counts embedded, from_store, damaged."""
    unique = list(dict.fromkeys(texts))
    keys = [bytes.fromhex(sha256_text(text)) for text in unique]
    label = fingerprint(encoder)
    found: dict[bytes, np.ndarray] = {}
    damaged = 0
    with _open_store() if store else _no_store() as connection:
        if connection is not None:
            found, damaged = _read(connection, label, keys, encoder.n_dims)
        n_stored = len(found)
        missing = [(key, text) for key, text in zip(keys, unique, strict=True) if key not in found]
        bar = tqdm(
            total=len(missing), desc="embedding", unit="text", file=sys.stderr, disable=not (progress and missing),
            mininterval=0.5 if sys.stderr.isatty() else 10,
        )  # fmt: skip
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            rows = _checked(encoder.encode([text for _, text in batch]), len(batch), encoder)
            pairs = list(zip([key for key, _ in batch], rows, strict=True))
            found |= dict(pairs)
            if connection is not None and not _write(connection, label, pairs):
                connection = None
            bar.update(len(batch))
        bar.close()
    place = {text: found[key] for key, text in zip(keys, unique, strict=True)}
    matrix = np.stack([place[text] for text in texts]) if texts else np.empty((0, encoder.n_dims), dtype=np.float32)
    return matrix, {"embedded": len(missing), "from_store": n_stored, "damaged": damaged}


def store_path() -> Path:
    """Give the store's file."""
    return cache_folder() / "vectors.sqlite"


def store_info() -> dict[str, Any]:
    """Count the stored vectors per encoder; empty where there is no store."""
    path = store_path()
    if not path.is_file():
        return {"path": str(path), "bytes": 0, "vectors": {}}
    with closing(sqlite3.connect(path, timeout=10)) as connection:
        rows = connection.execute("SELECT encoder, COUNT(*) FROM vectors GROUP BY encoder").fetchall()
    return {"path": str(path), "bytes": path.stat().st_size, "vectors": dict(rows)}


def clear_store() -> int:
    """Delete the store; give the number of bytes freed."""
    freed = 0
    for path in sorted(store_path().parent.glob("vectors.sqlite*")):
        freed += path.stat().st_size
        path.unlink()
    return freed


def _checked(rows: np.ndarray, n: int, encoder: Encoder) -> np.ndarray:
    rows = np.asarray(rows, dtype=np.float32)
    if rows.shape != (n, encoder.n_dims):
        raise ValueError(
            f"encoder {encoder.name} gave an array of shape {rows.shape}; it promised ({n}, {encoder.n_dims})"
        )
    if not np.isfinite(rows).all():
        raise ValueError(f"encoder {encoder.name} gave a vector that is not finite; check its weights")
    return rows


@contextmanager
def _no_store() -> Iterator[None]:
    yield None


@contextmanager
def _open_store() -> Iterator[sqlite3.Connection | None]:
    path = store_path()
    connection = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(_SCHEMA)
    except (sqlite3.Error, OSError) as error:
        logger.warning("%s: vectors are not stored (%s); set FRAMING_CACHE to a folder you can write to", path, error)
        if connection is not None:
            connection.close()
        connection = None
    try:
        yield connection
    finally:
        if connection is not None:
            connection.close()


def _read(
    connection: sqlite3.Connection, label: str, keys: list[bytes], n_dims: int
) -> tuple[dict[bytes, np.ndarray], int]:
    found: dict[bytes, np.ndarray] = {}
    damaged = 0
    try:
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ",".join("?" * len(part))
            query = f"SELECT text, vector, crc FROM vectors WHERE encoder = ? AND text IN ({marks})"  # noqa: S608 - only marks
            for key, blob, crc in connection.execute(query, (label, *part)):
                if len(blob) == 4 * n_dims and zlib.crc32(blob) == crc:
                    found[key] = np.frombuffer(blob, dtype="<f4").astype(np.float32)
                else:
                    damaged += 1
    except sqlite3.Error as error:
        logger.warning("the vector store could not be read (%s); its vectors are computed again", error)
    if damaged:
        logger.warning("%d damaged vectors in the store are computed again", damaged)
    return found, damaged


def _write(connection: sqlite3.Connection, label: str, pairs: list[tuple[bytes, np.ndarray]]) -> bool:
    rows = []
    for key, row in pairs:
        blob = row.astype("<f4").tobytes()
        rows.append((label, key, blob, zlib.crc32(blob)))
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)", rows)
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        logger.warning("vectors are no longer stored (%s); the run goes on without the store", error)
        return False
    return True
