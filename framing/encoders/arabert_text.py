"""AraBERT's own preprocessing, made safe: linear on any input, nothing deleted in silence.

The package's preprocessor hangs on long runs without spaces and on some URLs
(its patterns backtrack), deletes what stands between `<` and `>`, and turns
`None` into a word. Markup, URLs, e-mails and mentions are therefore replaced here,
in linear time and with AraBERT's own tokens, and the package does the rest.
"""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from framing.arabic import model_view
from framing.errors import EncoderError
from framing.optional import require

# These need no Farasa, so no Java. The twitter ones keep emoji.
UNSEGMENTED = (
    "bert-base-arabertv02", "bert-large-arabertv02", "bert-base-arabertv01", "bert-base-arabertv02-twitter",
    "bert-large-arabertv02-twitter",
)  # fmt: skip
SEGMENTED = ("bert-base-arabertv2", "bert-large-arabertv2", "bert-base-arabert")
MAX_RUN = 400
# Longer texts are prepared in parts: nothing is lost, and no pattern meets more at once.
MAX_PART = 20_000

# What is left of an address behind `_SITE`, down to a lone `https:`.
_URL = re.compile(r"(?:https?:|www\.|://)[^\s<>\"«»،]*", re.IGNORECASE)
# AraBERT's own first pattern, which also finds addresses without a scheme; only tried inside a word with such an end.
_SITE_END = re.compile(r"\.[a-z]{2,6}\b")
_SITE = re.compile(r"(?:https?://.)?(?:www\.)?[-a-zA-Z0-9@:%._+~#=]{2,256}\.[a-z]{2,6}\b[-a-zA-Z0-9@:%_+.~#?&/=]*")
_WORD = re.compile(r"\S+")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_MENTION = re.compile(r"(?<!\w)@\w+")
# NFKC would write the sign out as three full stops; AraBERT was trained on the sign.
_ELLIPSIS, _KEPT_ELLIPSIS = "…", "\ue000"


def safe_preprocessor(model_name: str) -> Callable[[str], str]:
    """Give a function that does AraBERT's preprocessing for a model, safely.

    Raises
    ------
    EncoderError : a model of the AraBERT family that needs Farasa segmentation, where Farasa or Java is absent.
    """
    short = Path(model_name.partition("@")[0]).name
    if short in SEGMENTED:
        _check_farasa(model_name)
        tool = _tool(short)
    else:
        tool = _tool(short if short in UNSEGMENTED else UNSEGMENTED[0])
    return lambda text: prepare(text, tool)


def prepare(text: str, tool: Any) -> str:
    """Clean one text and hand it to AraBERT's preprocessor."""
    if not isinstance(text, str):
        raise TypeError(f"a text is needed; got {type(text).__name__}")
    plain = model_view(text.replace(_ELLIPSIS, _KEPT_ELLIPSIS)).replace(_KEPT_ELLIPSIS, _ELLIPSIS)
    plain = _WORD.sub(_clean_word, plain)
    return " ".join(ready for part in _parts(plain) if (ready := str(tool.preprocess(part)).strip()))


def _clean_word(match: re.Match[str]) -> str:
    """Mark addresses, and cut a run without spaces: no word is so long, and the preprocessor is quadratic on it."""
    word = match.group()[:MAX_RUN]
    if "@" in word:
        word = _EMAIL.sub(" [بريد] ", word)
    if _SITE_END.search(word):
        word = _SITE.sub(" [رابط] ", word)
    word = _URL.sub(" [رابط] ", word)
    return _MENTION.sub(" [مستخدم] ", word) if "@" in word else word


def _parts(text: str) -> list[str]:
    """Cut at spaces into parts of at most `MAX_PART` characters."""
    found = []
    while len(text) > MAX_PART:
        cut = text.rfind(" ", MAX_PART // 2, MAX_PART)
        cut = cut if cut > 0 else MAX_PART
        found.append(text[:cut])
        text = text[cut:]
    return [part for part in [*found, text] if part.strip()]


def _check_farasa(model_name: str) -> None:
    """Raise unless Farasa can segment here; the package would log, go on, and leave the text unsegmented."""
    spec = find_spec("farasa")
    places = [Path(folder) / "farasa_bin" for folder in (spec.submodule_search_locations or [])] if spec else []
    absent = [
        name
        for name, there in (
            ("Java", shutil.which("java")),
            ("farasapy", spec),
            ("Farasa's programs", any((place / "lib" / "FarasaSegmenterJar.jar").is_file() for place in places)),
        )
        if not there
    ]
    if absent:
        raise EncoderError(
            f"encoder {model_name}: this AraBERT needs Farasa segmentation and Java; absent here: {', '.join(absent)}."
            " Choose aubmindlab/bert-base-arabertv02 (encoder: arabert), which needs neither, or install Java and run"
            " python -c 'from farasa.segmenter import FarasaSegmenter as F; F()' once.",
            ar="هذا الإصدار من AraBERT يحتاج إلى Farasa وJava. اختر encoder: arabert.",
        )


@lru_cache(maxsize=4)
def _tool(model_name: str) -> Any:
    library = require("arabert.preprocess", why="for AraBERT's preprocessing")
    if model_name.endswith("-twitter"):
        require("emoji", why="for AraBERT's preprocessing of tweets")
    if model_name in SEGMENTED:
        logging.getLogger("farasapy_logger").setLevel(logging.ERROR)
    try:
        return library.ArabertPreprocessor(
            model_name=model_name, remove_html_markup=False, replace_urls_emails_mentions=False
        )
    except Exception as error:  # Farasa starts Java; a newer emoji library lacks what the package reads
        raise EncoderError(
            f"encoder {model_name}: AraBERT's preprocessing does not start here ({str(error)[:160]})."
            " Choose encoder: arabert.",
            ar=f"تعذّر تشغيل معالجة النص للنموذج {model_name}. اختر encoder: arabert.",
        ) from error
