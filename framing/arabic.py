"""The three views of a text: `display` (untouched), `model` (for encoders), `lexical` (for counting).

Sentences are split, dates read and people shown the original. Only encoders see
the model view, only word counts the lexical one.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

ARABIC_LETTER = "\u0621-\u063a\u0641-\u064a"
DIACRITICS = "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
TATWEEL = "\u0640"
# Marks that steer the direction of text, zero-width marks, and C0/C1 controls other than line ends.
_INVISIBLE = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\u061c\ufeff\u00ad\ufff9-\ufffb"
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
# `html.unescape` raises on a character number of more than 4,300 digits; seven reach past Unicode's end.
_ENDLESS_NUMBER = re.compile(r"&#[0-9]{8,}")
_TAG = re.compile(r"<[/!]?[A-Za-z][^<>]{0,2000}>")
_SPACES = re.compile(r"\s+")
_TOKEN = re.compile(f"[{ARABIC_LETTER}\u0671-\u06d3{DIACRITICS}{TATWEEL}]+|[0-9\u0660-\u0669]+|[A-Za-z]+")
_MARKS = re.compile(f"[{DIACRITICS}{TATWEEL}]")
_LETTER = re.compile(f"[{ARABIC_LETTER}]")
_ANY_LETTER = re.compile(r"[^\W\d_]")

_PERSIAN: dict[int, str] = str.maketrans(
    {"ک": "ك", "ڪ": "ك", "ی": "ي", "ې": "ي", "ۍ": "ي", "ہ": "ه", "ھ": "ه", "ە": "ه", "ۀ": "ه", "ۃ": "ة", "ٱ": "ا"}
)
# گ پ چ ژ ڤ stay: Arabic outlets write them on purpose in foreign names.
_FOLD: dict[int, str] = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي"})
# All that the lexical view changes letter by letter, in one pass: Persian letters, then marks, then spelling.
_LEXICAL: dict[int, str | None] = (
    _FOLD
    | {code: letter.translate(_FOLD) for code, letter in _PERSIAN.items()}
    | {code: None for code in range(0x0600, 0x06FF) if _MARKS.match(chr(code))}
)
_PRESENTATION = re.compile("[\ud800-\udfff\ufdfa\ufdfb\ufdfd]")
# NFKC would write U+FDFA out as eighteen letters each: shortened first, so length stays bounded.
_LIGATURES = str.maketrans({"\ufdfa": "صلعم", "\ufdfb": "جل جلاله", "\ufdfd": "بسملة"})

# Prefixes and suffixes that attach to a written word. `لل` swallows the alif of `ال`. An alif alone is the question's
# (أيصعّد); before ل it would be the article's, and `لقمة` would be read in `القمة`.
_PREFIX = "(?:[وف]?(?:[بكلس])?(?:ال)?|[وف]?لل|[وف]?ا(?!ل))?"
_SUFFIX = "(?:ها|هم|هن|هما|ه|ك|نا|كم|ي|ا|ات|ان|ين|ون|يه|تها|ته|تهم|يين|يون)?"
# What a word in ي takes for gender and number, and one in ية for number: إيراني، إيرانية، إيرانيين، إيرانيتان.
# No alif: كوريًا is written as the country is.
_NISBA, _NISBA_SHE = "(?:ه|ين|ون|ان|ات|تين|تان)?", "(?:ه|ات|تين|تان)"


def model_view(text: str) -> str:
    """Give the text an encoder may see: safe, in standard letters, otherwise as written.

    NFKC, Persian letters mapped to Arabic ones, HTML entities and tags, NUL, lone
    surrogates, bidirectional and zero-width marks removed, white space folded.
    Idempotent on its own output and linear in the length of the text.
    """
    for _ in range(4):  # an entity may hide another; real pages reach a fixed point in two rounds
        plain = text
        if "&" in plain or "<" in plain:
            plain = _TAG.sub(" ", html.unescape(_ENDLESS_NUMBER.sub(" ", plain)))
        plain = _standard(plain)
        if plain == text:
            return text.strip()
        text = plain
    return _standard(text.replace("&", " ").replace("<", " ")).strip()  # markup nested on purpose


def _standard(text: str) -> str:
    plain = _SURROGATE.sub("", text).translate(_LIGATURES)
    plain = unicodedata.normalize("NFKC", plain).translate(_PERSIAN)
    return _SPACES.sub(" ", _INVISIBLE.sub("", plain))


def lexical_view(text: str) -> str:
    """Give the text for counting: marks and tatweel off, alef, ya and ta marbuta folded."""
    if not text.isascii():
        if _PRESENTATION.search(text):
            text = _SURROGATE.sub("", text).translate(_LIGATURES)
        text = unicodedata.normalize("NFKC", text).translate(_LEXICAL)
    return text


def words(text: str) -> list[str]:
    """Give the words of the lexical view in order: Arabic, Latin (lower case) or digits."""
    return [token.lower() for token in _TOKEN.findall(lexical_view(text))]


def n_words(text: str) -> int:
    """Count the words a reader would count."""
    return len(_TOKEN.findall(lexical_view(text)))


def arabic_share(text: str) -> float:
    """Give the share of Arabic letters among all letters, 0 to 1; 0 where there is no letter."""
    plain = unicodedata.normalize("NFKC", text)
    n_letters = len(_ANY_LETTER.findall(plain))
    return len(_LETTER.findall(plain)) / n_letters if n_letters else 0.0


@lru_cache(maxsize=4096)
def term_pattern(term: str) -> re.Pattern[str]:
    """Compile a search term for the lexical view: whole words, with clitics, any spelling of alef and ya.

    A term of several words matches them side by side; every word may carry a prefix (و ف ب ك ل س ال لل)
    and, in ي, any gender and number; the last one also a suffix. A term ending in `*` is a stem: any ending.
    """
    is_stem = term.endswith("*")
    words_of = [pair for word in term.rstrip("*").split() for pair in _bare(word)]
    if not words_of:
        raise ValueError(f"a search term needs at least one letter; got {term!r}")
    *inner, last = words_of
    body = r"\s+".join(
        [*(_start(word) + _agreeing(word[0]) for word in inner), _start(last) + _ending(last[0], is_stem)]
    )
    return re.compile(rf"(?<!\w){body}(?!\w)")


@lru_cache(maxsize=4096)
def term_core(term: str) -> str:
    """Give letters that every match of `term_pattern` holds: a text without them needs no pattern."""
    last = [part for word in term.rstrip("*").split() for part, _ in _bare(word)][-1]
    return last.removesuffix("ه")


def _bare(word: str) -> list[tuple[str, bool]]:
    """Give a term's word in the lexical view without its article, and whether one may have been there.

    ألمان begins with a hamza, so it has none; التزام begins as if it had one: both are tried.
    """
    found = []
    for part in lexical_view(word).split():
        has_article = part.startswith("ال") and len(part) > 4 and not word.startswith(("أ", "إ", "آ"))
        found.append((part[2:] if has_article else part, has_article))
    return found


def _start(word: tuple[str, bool]) -> str:
    return _PREFIX + ("(?:ال)?" if word[1] else "")


def _agreeing(part: str) -> str:
    """Match a word before the last: as it stands, an adjective in any gender and number."""
    if len(part) > 3 and part.endswith("ي"):
        return re.escape(part) + _NISBA
    if len(part) > 4 and part.endswith("يه"):
        return re.escape(part[:-1]) + _NISBA_SHE
    return re.escape(part)


def _ending(part: str, is_stem: bool) -> str:
    """Match a term's last word with its suffixes."""
    if part.endswith("ه"):  # ta marbuta opens to t before a suffix: سيادة -> سيادتها
        more = "|ات" if part.endswith("يه") else ""
        found = re.escape(part[:-1]) + f"(?:ه|ت{more})"
    else:
        found = re.escape(part)
    if is_stem:
        return found + f"[{ARABIC_LETTER}]*"
    dual = "(?:تين|تان)?" if part.endswith("ي") else ""
    return found + dual + _SUFFIX


def find_terms(text: str, terms: tuple[str, ...] | list[str]) -> list[str]:
    """Give those of `terms` that occur in the text, by `term_pattern`."""
    view = lexical_view(text)
    return [term for term in terms if term_pattern(term).search(view)]
