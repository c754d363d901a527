"""A BERT as an ONNX graph, written node by node from its weights; no torch is needed.

Three kinds. `int8`: weights with one scale per column, activations with one scale per
token, so that a vector does not depend on its neighbours, as it does where a whole batch
is scaled together; channels that a norm makes large are made smaller before rounding, and
attention's values, whose errors go straight into the sum, are multiplied a second time
with what rounding left. `blocks`: int8 weights in blocks, multiplied by ONNX Runtime's
MatMulNBits, for CPUs whose products of bytes overflow. `fp32`: the weights as they are.

References
----------
Devlin et al. (2019), BERT, NAACL, 4171-4186 (the architecture). Dettmers et al. (2022),
LLM.int8(), arXiv 2208.07339, section 2 (one scale per row of activations, one per column of weights). Xiao et al.
(2023), SmoothQuant, ICML (size moved from activations into weights).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np

from framing.optional import require

GraphKind = Literal["int8", "blocks", "fp32"]
# Part of a kept graph's file name and of an encoder's revision: raise it with every change of the graph.
FORMAT = 3
BLOCK = 128
# How much of a channel's size goes into the weights. Measured on real news with e5-small: from 1 - cosine .00084 to
# .00043 by the second product, to .00029 with this; flat from .35 to .65, and worse without the second product.
SMOOTH = 0.5
LEAST_SIZE = 1e-3
_OPSET, _IR_VERSION = 20, 9
_OURS = "com.microsoft"


@dataclass(frozen=True)
class BertSizes:
    """A model's dimensions; `n_positions` counts the tokens of its window, begin and end included."""

    n_dims: int
    n_layers: int
    n_heads: int
    n_hidden: int
    n_positions: int
    epsilon: float


class BertWeights(Protocol):
    """Where a graph takes its numbers from.

    Names: `emb.ln`, and for layer 0 `l0.q`, `l0.k`, `l0.v`, `l0.ao` (attention's
    output), `l0.aln` (its norm), `l0.fi` and `l0.fo` (feed-forward in and out), `l0.oln`;
    each with `.w` and `.b`.
    """

    sizes: BertSizes

    def floats(self, name: str) -> np.ndarray:
        """Give a float tensor, flat."""

    def matrix(self, name: str, n_in: int) -> np.ndarray:
        """Give a matrix as float32 `(n_out, n_in)`."""


def build_graph(weights: BertWeights, kind: GraphKind, name: str) -> Any:
    """Build the graph: `states` (texts, tokens, n_dims) -> `hidden`, the last layer, of the same shape.

    Its input is the sum of word, position and type embeddings, so that the table of
    words stays in the model's own file. The same weights give the same bytes.

    Returns
    -------
    An `onnx.ModelProto`.
    """
    return _Graph(weights, kind).model(name)


@dataclass(frozen=True)
class _Given:
    """Rows that wait to be multiplied: their name; for int8, as bytes, with scale `(n, 1)` and the same flat.

    `sizes` : what their channels were divided by.
    """

    rows: str
    whole: str = ""
    scale: str = ""
    flat: str = ""
    sizes: np.ndarray | None = None


class _Graph:
    """Nodes and constants in the making; each method adds a step and gives its output's name."""

    def __init__(self, weights: BertWeights, kind: GraphKind) -> None:
        self._onnx = require("onnx", why="to build the fast engine of an encoder")
        self._weights = weights
        self._kind = kind
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}

    def model(self, name: str) -> Any:
        helper, sizes = self._onnx.helper, self._weights.sizes
        self._constant("rows", np.array([-1, sizes.n_dims], dtype=np.int64))
        self._node("Shape", ["states"], output="shape")
        x = self._node("Reshape", [self._norm("states", "emb.ln"), "rows"])
        if self._kind == "int8":
            self._prepare_scaling(x)
        for number in range(sizes.n_layers):
            x = self._layer(x, number)
        self._node("Reshape", [x, "shape"], output="hidden")
        shape, kind = ["texts", "tokens", sizes.n_dims], self._onnx.TensorProto.FLOAT
        ends = [[helper.make_tensor_value_info(end, kind, shape)] for end in ("states", "hidden")]
        graph = helper.make_graph(self._nodes, name, *ends, list(self._constants.values()))
        sets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_OURS, 1)]
        return helper.make_model(graph, opset_imports=sets, ir_version=_IR_VERSION)

    def _layer(self, x: str, number: int) -> str:
        sizes, layer = self._weights.sizes, f"l{number}."
        given = self._smoothed(x, "emb.ln" if number == 0 else f"l{number - 1}.oln")
        parts = [self._node("Reshape", [self._product(given, f"{layer}{part}.w"), "shape"]) for part in "qk"]
        parts.append(self._node("Reshape", [self._product(given, f"{layer}v.w", twice=True), "shape"]))
        joined = np.concatenate([self._weights.floats(f"{layer}{part}.b") for part in "qkv"])
        bias = self._constant(f"{layer}qkv.b", joined)
        y = self._node("MultiHeadAttention", [*parts, bias], domain=_OURS, num_heads=sizes.n_heads)
        y = self._product(self._given(self._node("Reshape", [y, "rows"])), f"{layer}ao.w")
        x = self._add_and_norm(x, y, f"{layer}ao.b", f"{layer}aln")
        y = self._product(self._smoothed(x, f"{layer}aln"), f"{layer}fi.w")
        y = self._node("BiasGelu", [y, self._floats(f"{layer}fi.b")], domain=_OURS)
        y = self._product(self._given(y), f"{layer}fo.w", n_in=sizes.n_hidden)
        return self._add_and_norm(x, y, f"{layer}fo.b", f"{layer}oln")

    def _add_and_norm(self, x: str, y: str, bias: str, norm: str) -> str:
        # Not SkipLayerNormalization, which does all three at once: measured, it takes four times as long.
        return self._norm(self._node("Add", [self._node("Add", [y, self._floats(bias)]), x]), norm)

    def _norm(self, x: str, name: str) -> str:
        ends = [self._floats(f"{name}.w"), self._floats(f"{name}.b")]
        return self._node("LayerNormalization", [x, *ends], axis=-1, epsilon=self._weights.sizes.epsilon)

    def _prepare_scaling(self, x: str) -> None:
        self._constant("last_axis", np.array([-1], dtype=np.int64))
        self._constant("one", np.array(1, dtype=np.float32))
        self._constant("least", np.array(1e-12, dtype=np.float32))
        self._constant("step", np.array(1 / 127, dtype=np.float32))
        self._constant("zero_point", np.array(128, dtype=np.uint8))
        self._node("Expand", ["zero_point", self._node("Shape", [x], end=1)], output="zero_points")

    def _given(self, x: str, sizes: np.ndarray | None = None) -> _Given:
        """Make rows ready to be multiplied; for int8, as bytes around 128 with each row's own scale."""
        if self._kind != "int8":
            return _Given(x)
        highest = self._node("ReduceMax", [x, "last_axis"], keepdims=1)
        lowest = self._node("Neg", [self._node("ReduceMin", [x, "last_axis"], keepdims=1)])
        scale = self._node("Max", [self._node("Mul", [self._node("Max", [highest, lowest]), "step"]), "least"])
        flat = self._node("Squeeze", [scale, "last_axis"])
        whole = self._node("QuantizeLinear", [x, flat, "zero_points"], axis=0)
        return _Given(x, whole, scale, flat, sizes)

    def _smoothed(self, x: str, norm: str) -> _Given:
        """Divide the channels of a norm's output by a part of their size, as the norm's own weights tell it."""
        if self._kind != "int8":
            return self._given(x)
        sizes = channel_sizes(self._weights.floats(f"{norm}.w"), self._weights.floats(f"{norm}.b"))
        smaller = self._constant(f"{norm}.smaller", (1.0 / sizes).astype(np.float32))
        return self._given(self._node("Mul", [x, smaller]), sizes)

    def _product(self, given: _Given, name: str, n_in: int = 0, *, twice: bool = False) -> str:
        matrix = self._weights.matrix(name, n_in or self._weights.sizes.n_dims)
        if self._kind == "fp32":
            return self._node("MatMul", [given.rows, self._constant(name, matrix.T)])
        if self._kind == "blocks":
            return self._product_of_blocks(given.rows, name, matrix)
        whole, scales = per_column(matrix if given.sizes is None else matrix * given.sizes)
        self._constant(name, whole.T)
        self._constant(f"{name}.scale", scales)
        found = self._whole_product(given, name)
        if not twice:
            return found
        seen = self._node("DequantizeLinear", [given.whole, given.flat, "zero_points"], axis=0)
        left = self._given(self._node("Sub", [given.rows, seen]))
        return self._node("Add", [found, self._whole_product(left, name)])

    def _whole_product(self, given: _Given, name: str) -> str:
        inputs = [given.whole, name, "one", f"{name}.scale", "zero_point", ""]
        return self._node("Mul", [self._node("MatMulIntegerToFloat", inputs, domain=_OURS), given.scale])

    def _product_of_blocks(self, x: str, name: str, matrix: np.ndarray) -> str:
        n_out, n_in = matrix.shape
        padded = np.zeros((n_out, -(-n_in // BLOCK) * BLOCK), dtype=np.float32)
        padded[:, :n_in] = matrix
        whole, scales = per_column(padded.reshape(-1, BLOCK))
        raised = (whole.astype(np.int16) + 128).astype(np.uint8).reshape(n_out, -1, BLOCK)
        inputs = [x, self._constant(name, raised), self._constant(f"{name}.scale", scales)]
        settings = {"K": n_in, "N": n_out, "bits": 8, "block_size": BLOCK, "accuracy_level": 4}
        return self._node("MatMulNBits", inputs, domain=_OURS, **settings)

    def _floats(self, name: str) -> str:
        return self._constant(name, self._weights.floats(name))

    def _constant(self, name: str, values: np.ndarray) -> str:
        self._constants[name] = self._onnx.numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def _node(self, kind: str, inputs: list[str], *, output: str = "", domain: str = "", **settings: Any) -> str:
        name = output or f"{kind}_{len(self._nodes)}"
        self._nodes.append(self._onnx.helper.make_node(kind, inputs, [name], domain=domain, **settings))
        return name


def channel_sizes(gain: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Tell by how much to divide a norm's channels `(n_dims,)`: a power of their size, the median channel's being 1."""
    size = np.hypot(gain, bias)
    middle = float(np.median(size))
    return np.asarray(np.maximum(size / (middle or 1.0), LEAST_SIZE) ** SMOOTH, dtype=np.float32)


def per_column(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turn a matrix `(n_out, n_in)` into int8 with one scale for each output: whole numbers and scales."""
    scales = np.maximum(np.abs(matrix).max(axis=1) / 127, 1e-12).astype(np.float32)
    return np.clip(np.rint(matrix / scales[:, None]), -127, 127).astype(np.int8), scales
