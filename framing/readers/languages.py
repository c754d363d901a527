"""The language of a text: by its letters where they are plainly Arabic, by lingua where they are not."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import Any

from framing.arabic import arabic_share
from framing.optional import require

LANGUAGES = (
    "ARABIC", "PERSIAN", "URDU", "ENGLISH", "FRENCH", "GERMAN", "RUSSIAN", "SPANISH", "TURKISH", "HEBREW", "HINDI",
    "KOREAN", "CHINESE",
)  # fmt: skip
UNDETERMINED = "und"
ARABIZI = "ar-Latn"
SAMPLE = 2000
MIN_SHARE = 0.6
MIN_WORDS = 3
# Addresses, names of accounts, tags and left-over style sheets say nothing of the language.
_NO_WORDS = re.compile(
    r"https?:[^\s<>\"]{1,2000}|www\.[^\s<>\"]{1,2000}|[\w.+-]{0,64}@[\w.-]{1,200}|(?:%[0-9A-Fa-f]{2}){2,}"
    r"|<[^<>]{1,300}>|\{[^{}]{0,1000}\}"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_HASHTAG = re.compile(r"#\w{1,100}")
# Letters Persian and Urdu use and Arabic does not; outlets' keyboards put a few of them into Arabic too.
_PERSIAN = re.compile("[\u067e\u0686\u0698\u06a9\u06af\u06cc\u06be\u06c1\u06d2\u0679\u0688\u0691\u06ba]")
_SCRIPT = re.compile("[\u0621-\u064a\u0671-\u06d3\u06d5]")
MAX_PERSIAN = 0.03
# Letters of languages in Arabic script that lingua does not know, and the share of letters they reach there.
_OTHERS = (
    ("ug", 0.01, re.compile("[\u06c8\u06cb\u06ad]")),
    ("ps", 0.03, re.compile("[\u067c\u0689\u0693\u0696\u069a\u0681\u0685\u06bc\u06d0\u06cd]")),
    ("ku", 0.04, re.compile("[\u06d5\u06ce\u06c6\u06b5\u0695]")),
)
_QUOTED = re.compile('«[^«»]{1,500}»|“[^“”]{1,500}”|"[^"\\n]{1,500}"')
# A word of Latin letters with a digit for an Arabic one (3 ع, 7 ح, 2 ء, 5 خ, 9 ق): sba7 el 5er.
_ARABIZI = re.compile(r"\b(?:[a-z]{1,10}[23579]{1,2}[a-z]{0,10}|[23579](?!nd\b|rd\b|th\b|km\b|am\b|pm\b)[a-z]{2,10})\b")
_LATIN_WORD = re.compile(r"\b[a-z0-9']{2,20}\b")
MIN_ARABIZI = 0.15


def find_language(text: str) -> str:
    """Give the ISO 639-1 code of a text's language, `und` where it has no letters.

    Judged on the first 2,000 characters, without addresses and account names, and without hashtags where
    other words are left; a mixed text on its words outside quotes. Arabic without asking where at least
    60 % of the letters are Arabic and Persian or Urdu letters are rare; Kurdish (Sorani), Pashto and
    Uyghur by letters of their own; Arabic written in Latin letters and digits (`ar-Latn`) by its words;
    else the guess of lingua among thirteen languages, on the words in the script that has the most letters.
    """
    sample = _words_of(text)
    if _is_plain_arabic(sample):
        return _of_other_letters(sample) or "ar"
    outside = _QUOTED.sub(" ", sample) if _SCRIPT.search(sample) else ""
    sample = outside if len(outside.split()) >= MIN_WORDS else sample
    scripts = Counter(script for char in sample if (script := _script(char)))
    if not scripts:
        return UNDETERMINED
    largest = scripts.most_common(1)[0][0]
    if largest == "ARABIC" and (found := _of_other_letters(sample)):
        return found
    if largest == "LATIN" and _is_arabizi(sample.lower()):
        return ARABIZI
    words = " ".join(word for word in sample.split() if any(_script(char) == largest for char in word))
    if largest == "ARABIC" and _is_plain_arabic(words):
        return "ar"
    guess = _detector().detect_language_of(words)
    return guess.iso_code_639_1.name.lower() if guess is not None else UNDETERMINED


def _is_plain_arabic(sample: str) -> bool:
    letters = len(_SCRIPT.findall(sample))
    return (
        bool(letters) and len(_PERSIAN.findall(sample)) <= MAX_PERSIAN * letters and arabic_share(sample) >= MIN_SHARE
    )


def _words_of(text: str) -> str:
    sample = unicodedata.normalize("NFKC", _NO_WORDS.sub(" ", _SURROGATE.sub(" ", text[: 2 * SAMPLE])))[:SAMPLE]
    bare = _HASHTAG.sub(" ", sample)
    return bare if any(char.isalpha() for char in bare) else sample


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    """Give the script a letter's Unicode name begins with (ARABIC, LATIN, HEBREW, CJK), or empty."""
    return unicodedata.name(char, "").partition(" ")[0] if char.isalpha() else ""


def _of_other_letters(sample: str) -> str:
    n_letters = len(_SCRIPT.findall(sample))
    for code, least, pattern in _OTHERS:
        if len(pattern.findall(sample)) > least * n_letters:
            return code
    return ""


def _is_arabizi(sample: str) -> bool:
    n_found = len(_ARABIZI.findall(sample))
    return n_found >= 2 and n_found >= MIN_ARABIZI * len(_LATIN_WORD.findall(sample))


@lru_cache(maxsize=1)
def _detector() -> Any:
    lingua = require("lingua", why="to tell languages apart")
    languages = [getattr(lingua.Language, name) for name in LANGUAGES]
    return lingua.LanguageDetectorBuilder.from_languages(*languages).build()
