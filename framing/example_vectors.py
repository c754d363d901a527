"""Vectors of a shipped codebook's examples, so that its first use does not begin by embedding thousands of them.

They lie beside the codebook as float16 numbers in the safetensors format, found by the hash of their text: an example
that was changed or added is embedded as ever. They were made with exact sums (`precision: fp32`), so that units
embedded by one precision or another are judged by the same model.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from framing.codebook import Codebook
from framing.encoders.base import Encoder, unit_length
from framing.encoders.safetensors_file import read_single, tensor_bytes
from framing.errors import CodebookError
from framing.files import sha256_text, write_bytes
from framing.vectors import embed_texts

logger = logging.getLogger(__name__)

HASH_LENGTH = 16
VECTORS, ABOUT = "vectors", "about"


def embed_examples(codebook: Codebook, texts: Sequence[str], *, encoder: Encoder) -> np.ndarray:
    """Give the vectors of a codebook's texts, float32 `(len(texts), n_dims)`: shipped ones, and the rest embedded."""
    known = _shipped(codebook, encoder)
    missing = [place for place, text in enumerate(texts) if _key(text) not in known]
    matrix = np.empty((len(texts), encoder.n_dims), dtype=np.float32)
    if missing:
        matrix[missing], _ = embed_texts([texts[place] for place in missing], encoder=encoder)
    for place in sorted(set(range(len(texts))) - set(missing)):
        matrix[place] = known[_key(texts[place])]
    return matrix


def write_example_vectors(codebook: Codebook, *, encoder: Encoder) -> Path:
    """Write the vectors of a codebook's examples beside it; give the path.

    Raises
    ------
    CodebookError : the codebook has no file of its own.
    """
    if codebook.path is None:
        raise CodebookError(
            f"codebook '{codebook.codebook_id}' was not read from a file; save it first.",
            ar=f"الدليل '{codebook.codebook_id}' لم يُقرأ من ملف. احفظه أولًا.",
        )
    texts = list(dict.fromkeys(example.text for example in codebook.examples))
    rows, _ = embed_texts(texts, encoder=encoder, store=False)
    about = {"encoder": encoder.name, "weights": _weights_of(encoder), "texts": "".join(_key(text) for text in texts)}
    path = _path(codebook, encoder)
    assert path is not None
    write_bytes(path, tensor_bytes({VECTORS: rows.astype(np.float16)}, about={ABOUT: json.dumps(about)}))
    return path


def _shipped(codebook: Codebook, encoder: Encoder) -> dict[str, np.ndarray]:
    """Give the shipped vectors by their text's hash; none where the file is of other weights, or missing."""
    path = _path(codebook, encoder)
    if path is None or not path.is_file():
        return {}
    try:
        tensors, metadata = read_single(path)
        about, rows = json.loads(metadata[ABOUT]), tensors[VECTORS]
        keys = [about["texts"][start : start + HASH_LENGTH] for start in range(0, len(about["texts"]), HASH_LENGTH)]
        if rows.shape != (len(keys), encoder.n_dims):
            raise ValueError("its parts do not fit each other")
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.warning("%s: cannot be read (%s); the examples are embedded", path.name, error)
        return {}
    if (about["encoder"], about["weights"]) != (encoder.name, _weights_of(encoder)):
        return {}
    return dict(zip(keys, unit_length(rows.astype(np.float32)), strict=True))


def _path(codebook: Codebook, encoder: Encoder) -> Path | None:
    """Give the file's place; None where the codebook has none, or the encoder's name is no file name."""
    if codebook.path is None or not encoder.name.replace("-", "").isalnum():
        return None
    return Path(codebook.path).with_name(f"{Path(codebook.path).stem}.{encoder.name}.safetensors")


def _weights_of(encoder: Encoder) -> str:
    """Give the part of a revision that says which weights and prefix, without the engine that multiplies them."""
    return encoder.revision.partition("-onnx")[0]


def _key(text: str) -> str:
    return sha256_text(text)[:HASH_LENGTH]
