"""Embed once, keep: vectors of units, each different text embedded once and kept in the store."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from framing.encoders.base import Encoder, fingerprint
from framing.files import sha256_text
from framing.store import FloatRows, VectorStore, clear_store, open_store, store_info, store_path

__all__ = ["Vectors", "clear_store", "embed", "embed_texts", "store_info", "store_path"]

logger = logging.getLogger(__name__)

# Large enough that the embedded encoder finds texts of equal length in it, small enough to lose little when killed.
BATCH = 256
# Texts looked up in the store at once.
CHUNK = 20_000


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
) -> tuple[FloatRows, dict[str, int]]:
    """Embed texts; give the matrix `(len(texts), n_dims)` and the counts embedded, from_store, damaged.

    The matrix is the only thing that grows with `n_dims`: a million texts of 384 dimensions take 1.5 GB.
    """
    first, repeats = _firsts(texts)
    matrix = np.empty((len(texts), encoder.n_dims), dtype=np.float32)
    with open_store(fingerprint(encoder), encoder.n_dims) if store else _no_store() as kept:
        missing = _from_store(texts, first, matrix, kept)
        _embed_missing(texts, missing, matrix, encoder, kept, progress)
    if len(repeats):
        matrix[repeats[:, 0]] = matrix[repeats[:, 1]]
    n_damaged = 0 if kept is None else kept.n_damaged
    return matrix, {"embedded": len(missing), "from_store": len(first) - len(missing), "damaged": n_damaged}


def _firsts(texts: Sequence[str]) -> tuple[list[int], np.ndarray]:
    """Give where each different text first stands, and (place, first place) of every repetition."""
    seen: dict[str, int] = {}
    first: list[int] = []
    repeats: list[tuple[int, int]] = []
    for place, text in enumerate(texts):
        known = seen.setdefault(text, place)
        if known == place:
            first.append(place)
        else:
            repeats.append((place, known))
    return first, np.array(repeats, dtype=np.intp).reshape(-1, 2)


def _from_store(texts: Sequence[str], first: Sequence[int], matrix: FloatRows, kept: VectorStore | None) -> list[int]:
    """Fill rows from the store; give the places that it has no whole vector for."""
    if kept is None:
        return list(first)
    missing: list[int] = []
    for start in range(0, len(first), CHUNK):
        places = np.array(first[start : start + CHUNK], dtype=np.intp)
        rows = np.empty((len(places), matrix.shape[1]), dtype=np.float32)
        found = kept.read([_key(texts[place]) for place in places], rows)
        matrix[places[found]] = rows[found]
        missing += places[~found].tolist()
    if kept.n_damaged:
        logger.warning("%d damaged vectors in the store are computed again", kept.n_damaged)
    return missing


def _embed_missing(
    texts: Sequence[str],
    missing: Sequence[int],
    matrix: FloatRows,
    encoder: Encoder,
    kept: VectorStore | None,
    progress: bool,
) -> None:
    """Embed in batches, each kept as soon as it is there."""
    bar = tqdm(
        total=len(missing), desc="embedding", unit="text", file=sys.stderr, disable=not (progress and missing),
        mininterval=0.5 if sys.stderr.isatty() else 10,
    )  # fmt: skip
    for start in range(0, len(missing), BATCH):
        places = missing[start : start + BATCH]
        batch = [texts[place] for place in places]
        rows = _checked(encoder.encode(batch), len(batch), encoder)
        matrix[places] = rows
        if kept is not None:
            kept.write([_key(text) for text in batch], rows)
        bar.update(len(batch))
    bar.close()


def _key(text: str) -> bytes:
    return bytes.fromhex(sha256_text(text))


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
