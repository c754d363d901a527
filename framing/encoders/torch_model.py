"""Models through torch: those of other architectures, and all of them where torch finds a GPU.

Texts are encoded one at a time: padding a batch changes the last bits of a vector,
and then a text's vector would depend on its neighbours.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from framing.encoders.base import encode_in_pieces
from framing.encoders.folder_tokens import MAX_TOKENS
from framing.optional import require


class TorchEncoder:
    """A model loaded with torch on a GPU, where torch finds one, or the CPU; full precision."""

    precision = "fp32"

    def __init__(self, name: str, revision: str, folder: Path, clean: Callable[[str], str]) -> None:
        for library in ("torch", "transformers"):
            require(library, why=f"for the encoder {name}")
        build = _sentence_model if (folder / "modules.json").is_file() else _mean_pooled
        self.name = name
        self.revision = revision
        self._forward, self.n_dims = build(folder)
        self._clean = clean

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Give float32 `(len(texts), n_dims)`, rows of length 1."""
        return encode_in_pieces(texts, self._one_by_one, self.n_dims, clean=self._clean)

    def _one_by_one(self, flat: list[str]) -> np.ndarray:
        found = {text: self._forward(text) for text in dict.fromkeys(flat)}
        return np.stack([found[text] for text in flat]).astype(np.float32)


def finds_gpu() -> bool:
    """Tell whether torch finds a GPU; torch is loaded only where the machine shows signs of one."""
    signs = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")
    if not (any(Path(sign).exists() for sign in signs) or shutil.which("nvidia-smi")):
        return False
    if os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
        return False
    try:
        return bool(require("torch", why="to use the GPU").cuda.is_available())
    except ImportError:
        return False


def _mean_pooled(folder: Path) -> tuple[Callable[[str], np.ndarray], int]:
    torch = require("torch", why="to embed units")
    transformers = require("transformers", why="to embed units")
    with _quiet(transformers):
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        model = transformers.AutoModel.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, use_safetensors=True, dtype=torch.float32
        )
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = model.eval().to(device)
    limit = min(MAX_TOKENS, int(getattr(model.config, "max_position_embeddings", MAX_TOKENS)))

    def forward(text: str) -> np.ndarray:
        inputs = tokenizer(text, truncation=True, max_length=limit, return_tensors="pt").to(device)
        special = tokenizer.get_special_tokens_mask(inputs["input_ids"][0].tolist(), already_has_special_tokens=True)
        keep = torch.tensor([not flag for flag in special], device=device)
        with torch.inference_mode():
            states = model(**inputs).last_hidden_state[0]
        pooled = states[keep].mean(dim=0) if bool(keep.any()) else states.mean(dim=0)
        return np.asarray(pooled.cpu().numpy(), dtype=np.float32)

    return forward, int(model.config.hidden_size)


def _sentence_model(folder: Path) -> tuple[Callable[[str], np.ndarray], int]:
    library = require("sentence_transformers", why="to embed units")
    model = library.SentenceTransformer(
        str(folder), local_files_only=True, trust_remote_code=False, model_kwargs={"use_safetensors": True}
    )

    def forward(text: str) -> np.ndarray:
        return np.asarray(model.encode(text, show_progress_bar=False, convert_to_numpy=True), dtype=np.float32)

    return forward, int(model.get_embedding_dimension())


@contextmanager
def _quiet(transformers: Any) -> Iterator[None]:
    """Keep the loading bars and unused-weight notes of transformers off the user's screen."""
    log = transformers.utils.logging
    level = log.get_verbosity()
    log.set_verbosity_error()
    log.disable_progress_bar()
    try:
        yield
    finally:
        log.set_verbosity(level)
        log.enable_progress_bar()
