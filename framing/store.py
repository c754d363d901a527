"""The store of vectors: one SQLite file in the user's cache folder (`FRAMING_CACHE` moves it).

A room of its own above `vectors.py`: how vectors are kept, apart from which are wanted. One row per text's hash
and encoder's fingerprint, with a checksum; a damaged row is found and computed again. Where the store cannot be
used, the run goes on without it and says so.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from framing.files import cache_folder
from framing.stage_cache import clear_stages, stages_size

logger = logging.getLogger(__name__)

# SQLite allows 999 marks in a query on the oldest builds in use.
KEYS_PER_QUERY = 900
# On these, locks may do nothing: two machines would tear one file.
NETWORK_DISKS = frozenset({
    "afp", "afs", "beegfs", "ceph", "cifs", "fuse.ceph", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "gfs2",
    "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb3", "smbfs", "webdav",
})  # fmt: skip
# A table in the order of writing with a small index: with vectors inside the index, a million rows take hours.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS encoders (id INTEGER PRIMARY KEY, label TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS vectors (
    encoder INTEGER NOT NULL, text BLOB NOT NULL, vector BLOB NOT NULL, crc INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS one_per_text ON vectors (encoder, text);
"""
FloatRows = npt.NDArray[np.float32]


class VectorStore:
    """Vectors of one encoder in an open store.

    Parameters
    ----------
    connection : in autocommit mode, with the store's tables.
    label : the encoder's fingerprint.
    n_dims : length of its vectors.
    """

    def __init__(self, connection: sqlite3.Connection, label: str, n_dims: int) -> None:
        self._connection = connection
        self._label = label
        self._n_dims = n_dims
        self._writable = True
        self.n_damaged = 0

    def read(self, keys: Sequence[bytes], rows: FloatRows) -> npt.NDArray[np.bool_]:
        """Fill the rows of those keys that are stored and whole, and tell which these are.

        Parameters
        ----------
        keys : SHA-256 of each text, different from each other.
        rows : float32 `(len(keys), n_dims)`, written into.
        """
        place = {key: position for position, key in enumerate(keys)}
        found = np.zeros(len(keys), dtype=np.bool_)
        try:
            for start in range(0, len(keys), KEYS_PER_QUERY):
                for key, blob, crc in self._select(keys[start : start + KEYS_PER_QUERY]):
                    if len(blob) == 4 * self._n_dims and zlib.crc32(blob) == crc:
                        rows[place[key]] = np.frombuffer(blob, dtype="<f4")
                        found[place[key]] = True
                    else:
                        self.n_damaged += 1
        except sqlite3.Error as error:
            logger.warning("the vector store could not be read (%s); its vectors are computed again", error)
        return found

    def _select(self, keys: Sequence[bytes]) -> sqlite3.Cursor:
        marks = ",".join("?" * len(keys))
        this = "(SELECT id FROM encoders WHERE label = ?)"
        query = f"SELECT text, vector, crc FROM vectors WHERE encoder = {this} AND text IN ({marks})"  # noqa: S608 - only marks
        return self._connection.execute(query, (self._label, *keys))

    def write(self, keys: Sequence[bytes], rows: FloatRows) -> None:
        """Keep some vectors, all of them or none; a store that takes no more is left alone, with one warning."""
        if not self._writable:
            return
        blobs = [row.astype("<f4").tobytes() for row in rows]
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("INSERT OR IGNORE INTO encoders (label) VALUES (?)", (self._label,))
            (number,) = self._connection.execute("SELECT id FROM encoders WHERE label = ?", (self._label,)).fetchone()
            self._connection.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)",
                [(number, key, blob, zlib.crc32(blob)) for key, blob in zip(keys, blobs, strict=True)],
            )
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._writable = False
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            logger.warning("vectors are no longer stored (%s); the run goes on without the store", error)


def store_path() -> Path:
    """Give the store's file."""
    return cache_folder() / "vectors-2.sqlite"


@contextmanager
def open_store(label: str, n_dims: int) -> Iterator[VectorStore | None]:
    """Give the store for one encoder's vectors, or None, with a warning, where it cannot be used."""
    connection = _connect(store_path())
    try:
        yield None if connection is None else VectorStore(connection, label, n_dims)
    finally:
        if connection is not None:
            connection.close()


def _connect(path: Path) -> sqlite3.Connection | None:
    connection = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if disk := network_disk(path):
            logger.warning(
                "%s: vectors are not stored: this folder is on a network disk (%s), where two runs could damage the"
                " store. Set FRAMING_CACHE to a folder on this machine",
                path, disk,
            )  # fmt: skip
            return None
        connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.executescript(_SCHEMA)
    except (sqlite3.Error, OSError) as error:
        logger.warning("%s: vectors are not stored (%s); set FRAMING_CACHE to a folder you can write to", path, error)
        if connection is not None:
            connection.close()
        return None
    return connection


def network_disk(path: Path) -> str:
    """Give the kind of network disk a path is on, or empty; only Linux tells."""
    if not sys.platform.startswith("linux"):
        return ""
    whole = path.resolve()
    best, kind = -1, ""
    for folder, found in _mounts():
        depth = len(Path(folder).parts)
        if whole.is_relative_to(folder) and depth >= best:
            best, kind = depth, found
    return kind if kind in NETWORK_DISKS else ""


def _mounts() -> list[tuple[str, str]]:
    """Give each mounted folder with the kind of its disk."""
    try:
        lines = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    fields = [line.split(" ") for line in lines]
    return [(parts[1].replace("\\040", " "), parts[2]) for parts in fields if len(parts) > 2]


def store_info() -> dict[str, Any]:
    """Count the stored vectors per encoder (empty where there is no store), kept stages and frame models in bytes."""
    path = store_path()
    rest = {"stages": stages_size(), "frame_models": sum(_sizes(frame_models_path()))}
    if not path.is_file():
        return {"path": str(path), "bytes": 0, "vectors": {}, **rest}
    with closing(sqlite3.connect(path, timeout=10)) as connection:
        rows = connection.execute(
            "SELECT label, COUNT(*) FROM vectors JOIN encoders ON encoders.id = vectors.encoder GROUP BY label"
        ).fetchall()
    return {"path": str(path), "bytes": path.stat().st_size, "vectors": dict(rows), **rest}


def frame_models_path() -> Path:
    """Give the folder in which frame models that a codebook alone teaches are kept."""
    return cache_folder() / "frame-models"


def _sizes(folder: Path) -> list[int]:
    return [path.stat().st_size for path in folder.rglob("*") if path.is_file()]


def clear_store() -> int:
    """Delete the store, those of older versions, kept stages and frame models; give the number of bytes freed."""
    freed = clear_stages()
    freed += sum(_sizes(frame_models_path()))
    shutil.rmtree(frame_models_path(), ignore_errors=True)
    for path in sorted(store_path().parent.glob("vectors*.sqlite*")):
        freed += path.stat().st_size
        path.unlink()
    return freed
