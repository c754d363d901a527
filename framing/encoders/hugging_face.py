"""AraBERT and any other model of the Hugging Face hub, or a folder in its format.

A BERT goes through ONNX Runtime, in int8 unless the study asks for fp32; torch takes
models of other architectures, and all where it finds a GPU.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from framing.arabic import model_view
from framing.encoders.arabert_text import safe_preprocessor
from framing.encoders.base import Encoder
from framing.encoders.bert_checkpoint import UnreadableModel
from framing.encoders.bert_encoder import BertEncoder
from framing.encoders.bert_graph import GraphKind
from framing.encoders.graph_engine import has_byte_products
from framing.encoders.hub import find_model, refuse_pickles, revision_of
from framing.encoders.sentence_settings import read_settings
from framing.encoders.torch_model import TorchEncoder, finds_gpu
from framing.errors import EncoderError, FramingError, MissingLibraryError

logger = logging.getLogger(__name__)


def load_hugging_face(name: str, source: str, *, precision: str = "auto") -> Encoder:
    """Load a model by hub id or folder.

    Parameters
    ----------
    name : what the user calls it.
    source : `owner/model`, `owner/model@commit` or a folder.
    precision : `auto` is int8 on the CPU and fp32 on a GPU; `int8` or `fp32` asks for one.

    Raises
    ------
    MissingLibraryError : a library that this model needs is not installed.
    EncoderError : the weights are not here and the hub cannot be reached, or the folder holds no model.
    """
    clean = preparation(source)
    folder = find_model(name, source)
    refuse_pickles(name, folder)
    if name == "arabert":
        logger.warning(
            "encoder arabert: a masked language model; its authors do not recommend it for sentence vectors."
            " For similarity, arabert-sts is tuned."
        )
    try:
        return _best(name, folder, clean, precision)
    except FramingError:
        raise
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = str(error).splitlines()[0][:160] if str(error) else type(error).__name__
        raise EncoderError(
            f"encoder {name}: {folder} could not be loaded ({reason})."
            " It needs config.json, a tokenizer and model.safetensors in the Hugging Face format.",
            ar=f"تعذّر تحميل النموذج {name}. تحقّق من وجود config.json وملفات المقطِّع وmodel.safetensors.",
        ) from error


def preparation(source: str) -> Callable[[str], str]:
    """Give what a model's texts go through first: AraBERT's preprocessing, or the model view alone."""
    return safe_preprocessor(source) if is_arabert(source) else model_view


def is_arabert(source: str) -> bool:
    """Tell whether a model was trained on text that AraBERT's preprocessor made."""
    if Path(source).is_dir():
        return (Path(source) / "arabert").exists() or "arabert" in Path(source).name.lower()
    return "arabert" in source.lower()


def kinds_for(precision: str) -> list[GraphKind]:
    """Give the graphs to try, best first."""
    whole: GraphKind = "int8" if has_byte_products() else "blocks"
    return {"int8": [whole], "fp32": ["fp32"], "auto": [whole, "fp32"]}[precision]  # type: ignore[return-value]


def _best(name: str, folder: Path, clean: Callable[[str], str], precision: str) -> Encoder:
    revision = revision_of(folder)
    if precision != "int8" and finds_gpu():
        logger.info("encoder %s: torch found a GPU", name)
        return TorchEncoder(name, revision, folder, clean)
    try:
        settings = read_settings(folder)
        reason = ""
        for kind in kinds_for(precision):
            try:
                return BertEncoder(name, revision, settings, clean, kind)
            except EncoderError as error:
                reason = str(error)
                logger.warning("encoder %s: %s cannot be had here. %s", name, kind, reason)
    except (UnreadableModel, MissingLibraryError) as error:
        reason = str(error)
    if precision == "int8":
        raise EncoderError(
            f"encoder {name}: precision int8 cannot be had here: {reason.rstrip('.')}. Write precision: auto.",
            ar=f"الدقة int8 غير متاحة للمُرمِّز {name} على هذا الجهاز. اكتب precision: auto.",
        )
    logger.warning("encoder %s: torch is used, one text at a time, as %s", name, reason)
    return TorchEncoder(name, revision, folder, clean)
