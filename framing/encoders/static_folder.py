"""The folder of a table of word vectors, in model2vec's format, and a note that proves it whole.

`model.safetensors` (the vectors), `tokenizer.json` (words and how a text is cut into them) and
`config.json` are what model2vec reads. `about.json` says where they came from and holds
their checksums; it is written last, and readers trust only it. The two formats are read
and written here in a few lines, so that using a table needs no library beyond NumPy.

References
----------
Tulkens & van Dongen (2024), Model2Vec, https://github.com/MinishLab/model2vec. The safetensors
format: https://huggingface.co/docs/safetensors.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from framing.arabic import ARABIC_LETTER, lexical_view
from framing.errors import EncoderError
from framing.files import sha256_bytes, sha256_text, write_bytes, write_json

MODEL, TOKENIZER, CONFIG, ABOUT = "model.safetensors", "tokenizer.json", "config.json", "about.json"
UNKNOWN = "[UNK]"
_FLOATS = {"F32": "<f4", "F16": "<f2"}


@dataclass(frozen=True)
class StaticTable:
    """Word vectors: `keys`, float32 `vectors` `(len(keys), n_dims)`, `lone` (for a text without a known word).

    `about` : the folder's note. `sha256` : of the three files.
    """

    keys: list[str]
    vectors: np.ndarray
    lone: np.ndarray
    about: dict[str, Any]
    sha256: str


def write_table(folder: Path, keys: Sequence[str], vectors: np.ndarray, lone: np.ndarray, about: dict[str, Any]) -> str:
    """Write a folder; give the hash that `read_table` will give. Row 0 of the file is `lone`, under `[UNK]`."""
    rows = np.vstack([lone[None, :], vectors]).astype("<f4")
    config = {"model_type": "model2vec", "normalize": True, "max_length": None, "embedding_dtype": "float32"}
    files = {
        MODEL: _tensor_bytes("embeddings", rows),
        TOKENIZER: _json_bytes(_tokenizer([UNKNOWN, *keys])),
        CONFIG: _json_bytes(config),
    }
    for name, data in files.items():
        write_bytes(folder / name, data)
    checksums = {name: sha256_bytes(data) for name, data in files.items()}
    write_json(folder / ABOUT, {**about, "files": checksums})
    return _whole_hash(checksums)


def read_table(folder: Path) -> StaticTable:
    """Read a folder that `write_table` wrote.

    Raises
    ------
    EncoderError : a file is missing or damaged.
    """
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        files = {name: (folder / name).read_bytes() for name in (MODEL, TOKENIZER, CONFIG)}
        checksums = {name: sha256_bytes(data) for name, data in files.items()}
        if about["files"] != checksums:
            raise ValueError("a file is not the one that was built")
        rows = _read_tensor(files[MODEL], "embeddings")
        vocabulary = json.loads(files[TOKENIZER])["model"]["vocab"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EncoderError(
            f"encoder static: {folder} is missing or damaged ({error})."
            " Build it again: framing encoders build static ARTICLES.",
            ar=f"جدول الكلمات {folder.name} مفقود أو تالف. أعد بناءه بالأمر: framing encoders build static ARTICLES",
        ) from error
    return StaticTable(list(vocabulary)[1:], rows[1:], rows[0], about, _whole_hash(checksums))


def is_whole(folder: Path) -> bool:
    """Tell whether a folder can be read."""
    try:
        read_table(folder)
    except EncoderError:
        return False
    return True


def _whole_hash(checksums: dict[str, str]) -> str:
    return sha256_text("".join(checksums[name] for name in sorted(checksums)))


def _json_bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _tensor_bytes(name: str, rows: np.ndarray) -> bytes:
    data = np.ascontiguousarray(rows, dtype="<f4").tobytes()
    head = _json_bytes({name: {"dtype": "F32", "shape": list(rows.shape), "data_offsets": [0, len(data)]}})
    head += b" " * (-len(head) % 8)  # the data begin at a multiple of eight
    return len(head).to_bytes(8, "little") + head + data


def _read_tensor(data: bytes, name: str) -> np.ndarray:
    n_head = int.from_bytes(data[:8], "little")
    about = json.loads(data[8 : 8 + n_head])[name]
    start, end = about["data_offsets"]
    flat = np.frombuffer(data[8 + n_head + start : 8 + n_head + end], dtype=_FLOATS[about["dtype"]])
    return np.asarray(flat.reshape(about["shape"]), dtype=np.float32)


def _tokenizer(tokens: Sequence[str]) -> dict[str, Any]:
    """Describe whole words of the lexical view in the format of the library tokenizers."""
    folds: dict[str, str] = {}
    for letter in map(chr, range(0x0600, 0x0700)):
        if (folded := lexical_view(letter)) != letter and len(folded) <= 1:
            folds[folded] = folds.get(folded, "") + letter
    replaced = [{"type": "Replace", "pattern": {"Regex": f"[{a}]"}, "content": b} for b, a in sorted(folds.items())]
    pattern = f"[{ARABIC_LETTER}\u0671-\u06d3]+|[0-9\u0660-\u0669]+|[a-z]+"
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"}, *replaced, {"type": "Lowercase"}]},
        "pre_tokenizer": {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Removed", "invert": True},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": {t: n for n, t in enumerate(tokens)}, "unk_token": UNKNOWN},
    }
