"""What every encoder promises, and the helpers that let it keep the promise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from framing.arabic import model_view

# About 450 tokens of Arabic: below every encoder's window of 512.
MAX_PIECE_CHARS = 1400


@runtime_checkable
class Encoder(Protocol):
    """Turns texts into vectors.

    A text's vector never depends on the other texts of the call, and `encode`
    cleans at its own door: any `str` is allowed.
    """

    @property
    def name(self) -> str:
        """The name it was loaded by."""

    @property
    def revision(self) -> str:
        """What pins its weights: a version, a commit, a hash."""

    @property
    def precision(self) -> str:
        """`int8`, `int4` or `fp32`."""

    @property
    def n_dims(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Give float32 `(len(texts), n_dims)`, rows of length 1."""


def fingerprint(encoder: Encoder) -> str:
    """Name what a stored vector depends on, besides its text."""
    return f"{encoder.name}|{encoder.revision}|{encoder.precision}|{encoder.n_dims}"


def pieces(text: str, limit: int = MAX_PIECE_CHARS) -> list[str]:
    """Cut a long text at white space into pieces of at most `limit` characters."""
    found = []
    while len(text) > limit:
        cut = text.rfind(" ", limit // 2, limit)
        cut = cut if cut > 0 else limit
        found.append(text[:cut].strip())
        text = text[cut:].strip()
    return [piece for piece in [*found, text] if piece]


def encode_in_pieces(
    texts: Sequence[str],
    encode: Callable[[list[str]], np.ndarray],
    n_dims: int,
    clean: Callable[[str], str] = model_view,
) -> np.ndarray:
    """Clean texts, cut long ones, encode the pieces, and average them by length.

    A text with nothing to encode (empty, or only signs) gets the vector of a lone
    full stop, so that it is far from every frame without being undefined.
    """
    if isinstance(texts, str):
        raise TypeError("encode() got one text; it needs a list of texts. Write encode([text]).")
    cut = [pieces(clean(text)) or ["."] for text in texts]
    flat = [piece for group in cut for piece in group]
    if not flat:
        return np.empty((0, n_dims), dtype=np.float32)
    vectors = encode(flat)
    rows = np.empty((len(cut), n_dims), dtype=np.float32)
    place = 0
    for number, group in enumerate(cut):
        part = vectors[place : place + len(group)]
        weights = np.array([len(piece) for piece in group], dtype=np.float32)
        rows[number] = part[0] if len(group) == 1 else (part * weights[:, None]).sum(axis=0)
        place += len(group)
    return unit_length(rows)


def unit_length(rows: np.ndarray) -> np.ndarray:
    """Scale rows to length 1 (float32); a row of zeros stays."""
    norms = np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
    return np.asarray(rows / np.where(norms == 0, 1.0, norms), dtype=np.float32)
