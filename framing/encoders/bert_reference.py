"""BERT's forward pass in numpy, the long way: what a graph is compared with before it is used.

References
----------
Devlin et al. (2019), BERT, NAACL; Vaswani et al. (2017), Attention is all you need, section 3.
"""

from __future__ import annotations

import numpy as np
from scipy.special import erf, softmax

from framing.encoders.bert_graph import BertWeights


def last_layers(weights: BertWeights, texts: list[np.ndarray]) -> list[np.ndarray]:
    """Give the last layer (tokens, n_dims) for each text's summed embeddings (tokens, n_dims), float32.

    Layer by layer over all texts, so that each matrix is read once.
    """
    found = [_norm(weights, "emb.ln", states) for states in texts]
    for number in range(weights.sizes.n_layers):
        ends = np.cumsum([len(states) for states in found])[:-1]
        found = np.split(_layer(weights, f"l{number}.", np.concatenate(found), ends), ends)
    return found


def _layer(weights: BertWeights, layer: str, x: np.ndarray, ends: np.ndarray) -> np.ndarray:
    parts = [np.split(_linear(weights, f"{layer}{part}", x), ends) for part in "qkv"]
    heads = weights.sizes.n_heads
    y = np.concatenate([_attention(q, k, v, heads) for q, k, v in zip(*parts, strict=True)])
    x = _norm(weights, f"{layer}aln", x + _linear(weights, f"{layer}ao", y))
    y = _linear(weights, f"{layer}fi", x)
    y = (y * 0.5 * (1 + erf(y / np.sqrt(2)))).astype(np.float32)
    return _norm(weights, f"{layer}oln", x + _linear(weights, f"{layer}fo", y))


def _attention(q: np.ndarray, k: np.ndarray, v: np.ndarray, heads: int) -> np.ndarray:
    q, k, v = (part.reshape(len(part), heads, -1).swapaxes(0, 1) for part in (q, k, v))
    weight = softmax(q @ k.swapaxes(1, 2) / np.sqrt(q.shape[-1]), axis=-1)
    return np.asarray((weight @ v).swapaxes(0, 1).reshape(q.shape[1], -1), dtype=np.float32)


def _linear(weights: BertWeights, name: str, x: np.ndarray) -> np.ndarray:
    return np.asarray(x @ weights.matrix(f"{name}.w", x.shape[1]).T + weights.floats(f"{name}.b"))


def _norm(weights: BertWeights, name: str, x: np.ndarray) -> np.ndarray:
    centred = x - x.mean(axis=-1, keepdims=True)
    scale = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + weights.sizes.epsilon)
    return np.asarray(centred / scale * weights.floats(f"{name}.w") + weights.floats(f"{name}.b"), dtype=np.float32)
