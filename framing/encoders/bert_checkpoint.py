"""A BERT in the Hugging Face format: sizes from config.json, weights from safetensors.

BERT (AraBERT, CAMeLBERT, MARBERT and others), RoBERTa and XLM-RoBERTa are read, whose
layers are the same; any other family says why it is not.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from framing.encoders.bert_graph import BertSizes
from framing.encoders.safetensors_file import Tensors

# Tokens before a text's first position: RoBERTa counts from behind its padding token.
FAMILIES = ("bert", "roberta", "xlm-roberta", "camembert")
WORDS = "embeddings.word_embeddings.weight"
_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


class UnreadableModel(ValueError):
    """A model of another architecture: not damaged, only not for this code."""


class BertCheckpoint:
    """The weights of one model folder, under the names of `bert_graph`.

    Raises
    ------
    UnreadableModel : a model of another architecture.
    OSError, ValueError, KeyError : a file is missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        if reason := why_not(config):
            raise UnreadableModel(reason)
        self._tensors = Tensors(folder)
        # A checkpoint with a head keeps its encoder under "bert." or "roberta.".
        self._root = next((n.removesuffix(WORDS) for n in sorted(self._tensors.names) if n.endswith(WORDS)), "")
        self._first = int(config.get("pad_token_id") or 0) + 1 if config["model_type"] != "bert" else 0
        self.sizes = self._read_sizes(config)
        self.n_words = self._tensors.shape(self._root + WORDS)[0]
        kinds = self._tensors.get(f"{self._root}embeddings.token_type_embeddings.weight")
        places = self._tensors.get(f"{self._root}embeddings.position_embeddings.weight")
        self._positions = places[self._first : self._first + self.sizes.n_positions] + kinds[0]

    def floats(self, name: str) -> np.ndarray:
        """Give a vector of numbers, float32."""
        return self._tensors.get(self._long(name)).ravel()

    def matrix(self, name: str, n_in: int) -> np.ndarray:
        """Give a matrix, float32 `(n_out, n_in)`."""
        found = self._tensors.get(self._long(name))
        if found.ndim != 2 or found.shape[1] != n_in:
            raise ValueError(f"tensor {self._long(name)} has the shape {found.shape}; config.json says (*, {n_in})")
        return found

    def embed(self, ids: np.ndarray) -> np.ndarray:
        """Give words, positions and type added up, float32 `(texts, tokens, n_dims)`."""
        return np.asarray(self._tensors.rows(self._root + WORDS, ids) + self._positions[: ids.shape[1]])

    def _read_sizes(self, config: dict[str, Any]) -> BertSizes:
        n_dims = int(config["hidden_size"])
        return BertSizes(
            n_dims=n_dims,
            n_layers=int(config["num_hidden_layers"]),
            n_heads=int(config["num_attention_heads"]),
            n_hidden=int(config["intermediate_size"]),
            n_positions=int(config["max_position_embeddings"]) - self._first,
            epsilon=float(config.get("layer_norm_eps", 1e-12)),
        )

    def _long(self, name: str) -> str:
        """Turn `l0.q.w` into the checkpoint's name for it."""
        if name.startswith("emb.ln."):
            stem = "embeddings.LayerNorm"
        else:
            layer, part, _ = name.split(".")
            stem = f"encoder.layer.{layer[1:]}.{_PARTS[part]}"
        kind = "weight" if name.endswith(".w") else "bias"
        long = f"{self._root}{stem}.{kind}"
        # Checkpoints converted from TensorFlow kept its names for a norm's two vectors.
        old = f"{self._root}{stem}.{'gamma' if kind == 'weight' else 'beta'}"
        return old if long not in self._tensors.names and old in self._tensors.names else long


def why_not(config: dict[str, Any]) -> str:
    """Say why a model is not read here, or give nothing where it is."""
    if config.get("model_type") not in FAMILIES:
        return f"its architecture is {config.get('model_type')}, not one of {', '.join(FAMILIES)}"
    if config.get("hidden_act", "gelu") != "gelu":
        return f"its activation is {config['hidden_act']}, not gelu"
    if config.get("position_embedding_type", "absolute") != "absolute":
        return f"its positions are {config['position_embedding_type']}, not absolute"
    if config.get("is_decoder"):
        return "it is a decoder"
    if config.get("auto_map"):
        return "it brings code of its own, which is never run"
    return ""
