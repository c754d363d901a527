"""AraBERT's own preprocessing, made safe: linear on any input, nothing deleted in silence.

The package's preprocessor hangs on long runs without spaces and on some URLs
(its patterns backtrack), deletes what stands between `<` and `>`, and turns
`None` into a word. Markup, URLs, e-mails and mentions are therefore replaced here,
in linear time and with AraBERT's own tokens, and the package does the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from framing.arabic import model_view
from framing.errors import EncoderError
from framing.optional import require

# Needs no Farasa, so no Java.
UNSEGMENTED = ("bert-base-arabertv02", "bert-large-arabertv02", "bert-base-arabertv01")
MAX_RUN = 400
MAX_TEXT = 100_000

_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"«»،]+", re.IGNORECASE)
_WORD = re.compile(r"\S+")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_MENTION = re.compile(r"(?<!\w)@\w+")


def safe_preprocessor(model_name: str) -> Callable[[str], str]:
    """Give a function that does AraBERT's preprocessing for a model, safely.

    Raises
    ------
    EncoderError : a model of the AraBERT family that needs Farasa segmentation, which needs Java.
    """
    short = model_name.rpartition("/")[2]
    if short in ("bert-base-arabertv2", "bert-large-arabertv2", "bert-base-arabert"):
        raise EncoderError(
            f"encoder {model_name}: this AraBERT needs Farasa segmentation and Java."
            " Choose aubmindlab/bert-base-arabertv02 (encoder: arabert), which needs neither.",
            ar="هذا الإصدار من AraBERT يحتاج إلى Farasa وJava. اختر encoder: arabert.",
        )
    tool = _tool(short if short in UNSEGMENTED else UNSEGMENTED[0])
    return lambda text: prepare(text, tool)


def prepare(text: str, tool: Any) -> str:
    """Clean one text and hand it to AraBERT's preprocessor."""
    plain = model_view(text)[:MAX_TEXT]
    plain = _URL.sub(" [رابط] ", plain)
    if "@" in plain:
        plain = _WORD.sub(_without_addresses, plain)
    plain = _WORD.sub(_cut_run, plain)
    return str(tool.preprocess(plain)).strip() if plain.strip() else ""


def _without_addresses(match: re.Match[str]) -> str:
    word = match.group()
    if "@" not in word:
        return word
    return _MENTION.sub(" [مستخدم] ", _EMAIL.sub(" [بريد] ", word[:MAX_RUN]))


def _cut_run(match: re.Match[str]) -> str:
    """Cut a run without spaces: no Arabic word is this long, and the preprocessor is quadratic on it."""
    run = match.group()
    return run if len(run) <= MAX_RUN else run[:MAX_RUN]


@lru_cache(maxsize=4)
def _tool(model_name: str) -> Any:
    library = require("arabert.preprocess", why="for AraBERT's preprocessing")
    return library.ArabertPreprocessor(
        model_name=model_name, remove_html_markup=False, replace_urls_emails_mentions=False
    )
