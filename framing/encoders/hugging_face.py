"""AraBERT and any other model of the Hugging Face hub, or a folder in its format.

A BERT checkpoint without a sentence-transformers description is mean-pooled over
its real tokens. Texts are encoded one at a time: padding a batch changes the last
bits of a vector, and then a text's vector would depend on its neighbours.

References
----------
Antoun, Baly & Hajj (2020), AraBERT: Transformer-based Model for Arabic Language
Understanding, LREC OSACT4. Mean pooling: Reimers & Gurevych (2019), EMNLP, 3982-3992.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from framing.arabic import model_view
from framing.encoders.arabert_text import safe_preprocessor
from framing.encoders.base import Encoder, encode_in_pieces
from framing.errors import EncoderError
from framing.files import sha256_file
from framing.optional import require

logger = logging.getLogger(__name__)

MAX_TOKENS = 512
SECONDS_TO_REACH_HUB = 5


class HuggingFaceEncoder:
    """A model loaded with torch on the CPU (or a GPU, where torch finds one)."""

    precision = "fp32"

    def __init__(
        self, name: str, revision: str, n_dims: int, forward: Callable[[str], np.ndarray], clean: Callable[[str], str]
    ) -> None:
        self.name = name
        self.revision = revision
        self.n_dims = n_dims
        self._forward = forward
        self._clean = clean

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Give float32 `(len(texts), n_dims)`, rows of length 1."""
        return encode_in_pieces(texts, self._one_by_one, self.n_dims, clean=self._clean)

    def _one_by_one(self, flat: list[str]) -> np.ndarray:
        return np.stack([self._forward(text) for text in flat]).astype(np.float32)


def load_hugging_face(name: str, source: str) -> Encoder:
    """Load a model by hub id or folder.

    Raises
    ------
    MissingLibraryError : torch, transformers or sentence-transformers is not installed.
    EncoderError : the weights are not here and the hub cannot be reached, or the folder holds no model.
    """
    for library in ("torch", "transformers"):
        require(library, why=f"for the encoder {name}")
    clean = safe_preprocessor(source) if is_arabert(source) else model_view
    folder = _find(name, source)
    if name == "arabert":
        logger.warning(
            "encoder arabert: a masked language model; its authors do not recommend it for sentence vectors."
            " For similarity, arabert-sts is tuned."
        )
    try:
        build = _sentence_model if (folder / "modules.json").is_file() else _mean_pooled
        forward, n_dims = build(folder)
    except (OSError, ValueError, KeyError) as error:
        raise EncoderError(
            f"encoder {name}: {folder} could not be loaded ({str(error).splitlines()[0][:160]})."
            " It needs config.json, a tokenizer and model.safetensors in the Hugging Face format.",
            ar=f"تعذّر تحميل النموذج {name}. تحقّق من وجود config.json وملفات المقطِّع وmodel.safetensors.",
        ) from error
    return HuggingFaceEncoder(name, _revision(folder), n_dims, forward, clean)


def is_arabert(source: str) -> bool:
    """Tell whether a model was trained on text that AraBERT's preprocessor made."""
    if Path(source).is_dir():
        return (Path(source) / "arabert").exists() or "arabert" in Path(source).name.lower()
    return "arabert" in source.lower()


def _find(name: str, source: str) -> Path:
    if Path(source).is_dir():
        return Path(source)
    hub = require("huggingface_hub", why=f"for the encoder {name}")
    try:
        return Path(hub.snapshot_download(source, local_files_only=True))
    except (OSError, ValueError):
        pass  # not in the local cache yet: ask the hub
    try:
        if os.environ.get("HF_HUB_OFFLINE", "0") not in ("0", ""):
            raise OSError("HF_HUB_OFFLINE is set")
        hub.HfApi().model_info(source, timeout=SECONDS_TO_REACH_HUB)
        return Path(hub.snapshot_download(source, ignore_patterns=["*.bin", "*.h5", "*.msgpack", "*.onnx", "*.pt"]))
    except Exception as error:  # the hub's client raises many kinds; each means: no weights
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise EncoderError(
            f"encoder {name}: the weights of {source} are not on this machine and the hub gave none ({reason})."
            " Connect once, or give a folder that holds the model, or choose encoder: e5-small, which works offline.",
            ar=f"أوزان النموذج {source} ليست على هذا الجهاز ولم يمكن تنزيلها."
            " اتصل بالإنترنت مرة، أو أعطِ مجلد النموذج، أو اختر encoder: e5-small.",
        ) from error


def _revision(folder: Path) -> str:
    """Pin the weights: the hub's commit where the folder is a snapshot of one, else a hash of the weights."""
    if folder.parent.name == "snapshots":
        return folder.name
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.safetensors")) + sorted(folder.glob("config.json")):
        digest.update(sha256_file(path).encode())
    return f"sha256-{digest.hexdigest()[:16]}"


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
    model = library.SentenceTransformer(str(folder), local_files_only=True, trust_remote_code=False)

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
