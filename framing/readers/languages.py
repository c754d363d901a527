"""The language of a text: by its letters where they are plainly Arabic, by lingua where they are not."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from framing.arabic import arabic_share
from framing.optional import require

LANGUAGES = (
    "ARABIC", "PERSIAN", "URDU", "ENGLISH", "FRENCH", "GERMAN", "RUSSIAN", "SPANISH", "TURKISH", "HEBREW", "KOREAN",
    "CHINESE",
)  # fmt: skip
UNDETERMINED = "und"
SAMPLE = 2000
MIN_SHARE = 0.6
# Letters Persian and Urdu use and Arabic does not; outlets' keyboards put a few of them into Arabic too.
_PERSIAN = re.compile("[\u067e\u0686\u0698\u06a9\u06af\u06cc\u06be\u06c1\u06d2\u0679\u0688\u0691\u06ba]")
_SCRIPT = re.compile("[\u0621-\u064a\u0671-\u06d3]")
MAX_PERSIAN = 0.03


def find_language(text: str) -> str:
    """Give the ISO 639-1 code of a text's language, `und` where it has no letters.

    Arabic without asking where at least 60 % of the letters are Arabic and Persian or Urdu letters are
    rare; else the guess of lingua among twelve languages, on the first 2,000 characters.
    """
    sample = unicodedata.normalize("NFKC", text[: 2 * SAMPLE])[:SAMPLE]
    script = len(_SCRIPT.findall(sample))
    if len(_PERSIAN.findall(sample)) <= MAX_PERSIAN * script and script and arabic_share(sample) >= MIN_SHARE:
        return "ar"
    if not any(char.isalpha() for char in sample):
        return UNDETERMINED
    found = _detector().detect_language_of(sample)
    return found.iso_code_639_1.name.lower() if found is not None else UNDETERMINED


@lru_cache(maxsize=1)
def _detector() -> Any:
    lingua = require("lingua", why="to tell languages apart")
    languages = [getattr(lingua.Language, name) for name in LANGUAGES]
    return lingua.LanguageDetectorBuilder.from_languages(*languages).build()
