"""The words of clusters: no function words, clitic forms joined, shown as they are written most often.

Forms are joined for counting only; a person sees a form that stands in the texts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from framing.arabic import lexical_view, words
from framing.frame_texts import stem
from framing.optional import require
from framing.sentences import reporting_verbs

N_WORDS = 10
# A word names a cluster only where so many of its units hold it.
MIN_HOLDING = 2
# Letters that may stand before a word, taken off only where the corpus holds the word without them.
_PROCLITICS = "وفبلك"
# scikit-learn's own pattern breaks words at diacritics; here the lexical view has none left. The second range
# holds the letters of foreign names, such as those for g, p and v.
_WORD = re.compile(r"[\u0621-\u064a\u0671-\u06d3]{3,}")
_EXTRA = "واضاف التي الذي هذه هذا ذلك تلك حيث خلال منذ حتي نحو ايضا لدي بين"


def stop_words(outlets: Iterable[str] = ()) -> frozenset[str]:
    """Give the words that name no cluster: function words, reporting verbs, the outlets' own names."""
    names = {stem(word) for outlet in outlets for word in words(outlet)}
    return _base_stops() | names


@lru_cache(maxsize=1)
def _base_stops() -> frozenset[str]:
    stopwordsiso = require("stopwordsiso", why="to name clusters")
    listed = {stem(lexical_view(word)) for word in stopwordsiso.stopwords("ar")}
    verbs = set(reporting_verbs())
    return frozenset(listed | verbs | {f"و{verb}" for verb in verbs} | {stem(word) for word in _EXTRA.split()})


class Tokens:
    """Cut texts into counted words: stems without stop words, a proclitic off where the bare word is commoner.

    Parameters
    ----------
    texts : the corpus that says which bare words there are.
    stops : words of `stop_words`.
    """

    def __init__(self, texts: Iterable[str], stops: frozenset[str]) -> None:
        self.stops = stops
        self._known: dict[str, str] = {}
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(self._stems(text))
        self.joined = {word: bare for word in counts if (bare := _bare(word, counts)) != word}

    def __call__(self, text: str) -> list[str]:
        """Give the counted words of a text in order."""
        found = (self.joined.get(word, word) for word in self._stems(text))
        return [word for word in found if word not in self.stops]

    def key(self, written: str) -> str:
        """Give what a written word is counted as."""
        word = stem(lexical_view(written).lower())
        return self.joined.get(word, word)

    def _stems(self, text: str) -> list[str]:
        known, found = self._known, []
        for word in words(text):
            if word not in known:
                known[word] = self._stem(word)
            if known[word]:
                found.append(known[word])
        return found

    def _stem(self, word: str) -> str:
        """Give a word's stem, or nothing where it names no cluster."""
        found = "" if word in self.stops else stem(word)
        return found if _WORD.fullmatch(found) and found not in self.stops else ""


def _bare(word: str, counts: Mapping[str, int]) -> str:
    rest = word[1:]
    return rest if word[0] in _PROCLITICS and len(rest) >= 3 and counts.get(rest, 0) > counts[word] else word


def vectoriser(tokens: Tokens) -> Any:
    """Give a scikit-learn vectoriser of words and pairs of words."""
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(tokenizer=tokens, token_pattern=None, lowercase=False, ngram_range=(1, 2))


class CountedWords:
    """Words of texts, counted once: whatever topics the texts have, their words follow without reading them again.

    A word counts once for each unit that holds it. Counted as often as it is said, one unit that repeats a word
    can name a cluster: coherence (NPMI) of the words was lower so on all three collections of `benchmarks/topics.py`;
    square roots, BM25's rarity, words alone without pairs, and larger least counts changed it less.
    """

    def __init__(self, texts: Sequence[str], tokens: Tokens) -> None:
        self.tokens = tokens
        machine = vectoriser(tokens)
        try:
            self._held = machine.fit_transform(texts).sign().tocsr()
            self._names = machine.get_feature_names_out()
        except ValueError:  # not one word is left
            self._held, self._names = None, np.empty(0, dtype=object)
        self._shown = _Written(texts, tokens)

    def by_topic(self, topics: np.ndarray, *, n_words: int = N_WORDS) -> dict[int, list[str]]:
        """Give each topic's most telling words; see `class_words`."""
        numbers = sorted({int(topic) for topic in topics})
        if self._held is None:
            return {topic: [] for topic in numbers}
        members = [self._held[np.flatnonzero(topics == topic)] for topic in numbers]
        counts = np.stack([np.asarray(rows.sum(axis=0), dtype=np.float64).ravel() for rows in members])
        rarity = np.log(1 + counts.sum(axis=1).mean() / counts.sum(axis=0))
        found = {}
        for topic, rows, row in zip(numbers, members, counts, strict=True):
            common = row >= min(MIN_HOLDING, rows.shape[0])
            found[topic] = _best(np.where(common, row * rarity, 0.0), self._names, self._shown, n_words)
        return found


@lru_cache(maxsize=2)
def counted_words(texts: tuple[str, ...], outlets: tuple[str, ...]) -> CountedWords:
    """Count the words of texts, names of outlets apart; the last two corpora are remembered."""
    return CountedWords(texts, Tokens(texts, stop_words(outlets)))


def class_words(
    texts: Sequence[str], topics: np.ndarray, tokens: Tokens, *, n_words: int = N_WORDS
) -> dict[int, list[str]]:
    """Give each topic's most telling words and pairs of words, by class-based TF-IDF, as they are written.

    A unit counts once for a word, however often it says it; a word that a single unit of the topic holds is left out.

    Parameters
    ----------
    topics : int `(len(texts),)`; -1 is a class of its own, as in BERTopic, so that common words sink.

    References
    ----------
    Grootendorst (2022), BERTopic, arXiv 2203.05794, section 3.3.
    """
    return CountedWords(texts, tokens).by_topic(topics, n_words=n_words)


def _best(weight: np.ndarray, names: np.ndarray, shown: _Written, n_words: int) -> list[str]:
    places = np.flatnonzero(weight)
    order = places[np.lexsort((places, -weight[places].round(9)))]  # names are in order: equals go by alphabet
    found: dict[str, None] = {}
    for place in order:
        found.setdefault(shown(names[place]))
        if len(found) == n_words:
            break
    return list(found)


class _Written:
    """The form in which a counted word is written most often."""

    def __init__(self, texts: Sequence[str], tokens: Tokens) -> None:
        self._forms: dict[str, Counter[str]] = {}
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(re.findall(r"[^\W\d_]+", text))
        for written, n in counts.items():
            self._forms.setdefault(tokens.key(written), Counter())[written] += n

    def __call__(self, key: str) -> str:
        return " ".join(self._one(part) for part in key.split())

    def _one(self, key: str) -> str:
        forms = self._forms.get(key)
        return min(forms, key=lambda form: (-forms[form], form)) if forms else key
