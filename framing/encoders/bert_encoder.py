"""A BERT of the Hugging Face format through ONNX Runtime: no torch, equal bytes in any company.

References
----------
Antoun, Baly & Hajj (2020), AraBERT, LREC OSACT4. Mean pooling: Reimers & Gurevych (2019), EMNLP, 3982-3992.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from framing.encoders.base import unit_length
from framing.encoders.bert_checkpoint import BertCheckpoint
from framing.encoders.bert_graph import FORMAT, GraphKind, build_graph
from framing.encoders.bert_reference import last_layers
from framing.encoders.check_sentences import CHECK_SENTENCES
from framing.encoders.folder_tokens import MAX_TOKENS, FolderTokens, windows
from framing.encoders.graph_engine import GraphEngine
from framing.encoders.graph_store import checked_graph
from framing.encoders.sentence_settings import SentenceSettings
from framing.errors import EncoderError
from framing.files import cache_folder

# What a graph's vectors of the fixed sentences must keep with the numpy forward pass.
LEAST_COSINE: dict[GraphKind, float] = {"int8": 0.98, "blocks": 0.99, "fp32": 0.9999}


class BertEncoder:
    """AraBERT and its relatives.

    Long texts are cut into windows, behind a sentence where one ends in the window's second
    half, and the windows' vectors averaged by their number of tokens.

    Parameters
    ----------
    name, revision : what it is called and what pins its weights.
    settings : the model's folder and its own way of pooling.
    clean : prepares a text for the tokenizer.
    kind : the graph to use.

    Raises
    ------
    UnreadableModel : a model of another architecture.
    EncoderError : the graph does not run here or fails its check.
    OSError, ValueError, KeyError : a file of the model is missing or damaged.
    """

    def __init__(
        self, name: str, revision: str, settings: SentenceSettings, clean: Callable[[str], str], kind: GraphKind
    ) -> None:
        self.name = name
        self.revision = f"{revision}-onnx-{FORMAT}" + ("-blocks" if kind == "blocks" else "")
        self.precision = "fp32" if kind == "fp32" else "int8"
        self._settings = settings
        self._clean = clean
        self._weights = BertCheckpoint(settings.weights)
        self.tokens = FolderTokens(settings.weights)
        _check_pair(settings.weights, self.tokens, self._weights)
        self.n_dims = self._weights.sizes.n_dims
        self.window = window_of(settings, self.tokens, self._weights.sizes.n_positions)
        slug = re.sub(r"[^A-Za-z0-9.-]+", "-", f"{revision}-{kind}-{FORMAT}")
        graph = checked_graph(
            cache_folder() / f"bert-{slug}.onnx",
            build=lambda: build_graph(self._weights, kind, "bert"),
            check=lambda graph: self._least_cosine(self._engine_of(graph, kind)),
            least=LEAST_COSINE[kind],
        )
        self._engine = self._engine_of(graph, kind)

    def prepare(self, text: str) -> str:
        """Give the text as the tokenizer sees it."""
        return self._settings.prompt + (self._clean(text) or ".")

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Give float32 `(len(texts), n_dims)`, rows of length 1."""
        if isinstance(texts, str):
            raise TypeError("encode() got one text; it needs a list of texts. Write encode([text]).")
        prepared = [self.prepare(text) for text in texts]
        rows = {text: number for number, text in enumerate(dict.fromkeys(prepared))}
        unique = self._unique(list(rows))
        return np.asarray(unique[[rows[text] for text in prepared]].reshape(len(prepared), self.n_dims))

    def _unique(self, texts: list[str]) -> np.ndarray:
        owners, cut = [], []
        for number, text in enumerate(texts):
            # A text that leaves no token at all still needs a vector: that of begin and end.
            for ids in windows(self.tokens.encoding(text), text, self.window) or [[]]:
                owners.append(number)
                cut.append(ids)
        pooled = np.empty((len(cut), self.n_dims), dtype=np.float32)
        for i, states in self._engine.states([self._framed(ids) for ids in cut]):
            pooled[i] = self._pool(states)
        sums = np.zeros((len(texts), self.n_dims), dtype=np.float64)
        for number, ids, row in zip(owners, cut, pooled, strict=True):
            sums[number] += max(len(ids), 1) * row.astype(np.float64)
        return unit_length(sums.astype(np.float32))

    def _framed(self, ids: list[int]) -> list[int]:
        return [*self.tokens.begin, *ids, *self.tokens.end]

    def _pool(self, states: np.ndarray) -> np.ndarray:
        """Make one vector of a window's last layer. Not in the graph: there a batch adds in another order."""
        pooling = self._settings.pooling
        inner = states[len(self.tokens.begin) : len(states) - len(self.tokens.end)]
        if pooling == "first":
            row = states[0].astype(np.float64)
        else:
            row = (inner if pooling == "words" and len(inner) else states).mean(axis=0, dtype=np.float64)
        length = max(float(np.linalg.norm(row)), 1e-12) if self._settings.normalise else 1.0
        return np.asarray(row / length)

    def _engine_of(self, graph: bytes | Path, kind: GraphKind) -> GraphEngine:
        return GraphEngine(graph, self._weights.embed, alone=kind != "int8")

    def _least_cosine(self, engine: GraphEngine) -> float:
        """Give the lowest cosine between the graph's and the reference's vectors of the fixed sentences."""
        prepared = [self.prepare(sentence) for sentence in CHECK_SENTENCES]
        ids = [self._framed(list(self.tokens.encoding(text).ids)[: self.window]) for text in prepared]
        expected = last_layers(self._weights, [self._weights.embed(np.array([row]))[0] for row in ids])
        found = dict(engine.states(ids))
        one = unit_length(np.stack([self._pool(found[i]) for i in range(len(ids))]))
        two = unit_length(np.stack([self._pool(states) for states in expected]))
        return float((one * two).sum(axis=1).min())


def window_of(settings: SentenceSettings, tokens: FolderTokens, n_positions: int) -> int:
    """Give how many tokens of a text fit into a window, begin and end left out."""
    limit = min(MAX_TOKENS, n_positions, tokens.limit, settings.limit or MAX_TOKENS)
    return max(limit - len(tokens.begin) - len(tokens.end), 1)


def _check_pair(folder: Path, tokens: FolderTokens, weights: BertCheckpoint) -> None:
    if tokens.n_words > weights.n_words:
        raise EncoderError(
            f"{folder}: its tokenizer has {tokens.n_words} pieces and its table of words {weights.n_words} rows."
            " They are of different models; fetch both again."
        )
