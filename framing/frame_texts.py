"""The spelled side of a text for the frame model: character n-grams and stemmed words, as one sparse matrix.

Vectors tell what a sentence is about; letters and words tell how it is put. Letters are
n-grams within words of the lexical view, words are stems and pairs of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from framing.arabic import lexical_view, model_view, words

# Weight of each half in the sum of kernels; by leave-one-style-out on the shipped codebook it is flat from .3 to .7.
LETTERS_SHARE, WORDS_SHARE = 0.5, 0.5
# A feature that no text holds: the views take this sign out.
NOTHING = "\x00"
# Signs that stand around a word and are no part of it.
AROUND = "\"'«».,،؛:؟!()"
_PREFIX = re.compile(r"^[وف]?(?:[بك]?ال|لل)(?=\w{3})|^[وف](?=ال)")


def stem(word: str) -> str:
    """Take conjunction and article off a word of the lexical view: for counting only."""
    return _PREFIX.sub("", word)


def letters(text: str) -> str:
    """Give the text whose letters are counted."""
    return lexical_view(model_view(text))


def word_pairs(text: str) -> list[str]:
    """Give the stems of a text and each two that stand side by side."""
    stems = [stem(word) for word in words(model_view(text))]
    return stems + [f"{one} {two}" for one, two in pairwise(stems)]


class TextView:
    """Turns texts into rows of weighted letters and words; learns its features and their rarity once."""

    def __init__(self, letter_counts: Any, word_counts: Any) -> None:
        self._letters = letter_counts
        self._words = word_counts

    @classmethod
    def learn(cls, texts: Sequence[str]) -> tuple[TextView, Any]:
        """Learn from examples and give their rows; a feature of one example only is left out, where there are many."""
        min_df = 2 if len(texts) >= 100 else 1
        letter_counts, by_letters = _counted(_letter_counter, [letters(text) for text in texts], min_df)
        word_counts, by_words = _counted(_word_counter, texts, min_df)
        return cls(letter_counts, word_counts), _joined(by_letters, by_words)

    @classmethod
    def load(cls, features: Mapping[str, Sequence[str]], rarity: Mapping[str, np.ndarray]) -> TextView:
        """Build it from what `features` and `rarity` gave."""
        counters = []
        for name, make in (("letters", _letter_counter), ("words", _word_counter)):
            counter = make(vocabulary={feature: place for place, feature in enumerate(features[name])})
            counter.idf_ = np.asarray(rarity[name], dtype=np.float64)
            counters.append(counter)
        return cls(*counters)

    @property
    def features(self) -> dict[str, list[str]]:
        """The n-grams and words, in the order of the columns."""
        return {
            "letters": self._letters.get_feature_names_out().tolist(),
            "words": self._words.get_feature_names_out().tolist(),
        }

    @property
    def rarity(self) -> dict[str, np.ndarray]:
        """The inverse document frequency of each feature."""
        return {"letters": self._letters.idf_, "words": self._words.idf_}

    def rows(self, texts: Sequence[str]) -> Any:
        """Give the sparse rows, shape `(len(texts), n_features)`, letters before words."""
        return _joined(self._letters.transform([letters(text) for text in texts]), self._words.transform(texts))

    def word_weights(self, text: str, weights: np.ndarray) -> dict[str, float]:
        """Share what letters and words add to a margin among the words of a text; the sum is whole.

        `weights` : one per feature. An n-gram's part goes to the words that hold it, by how often they do.
        """
        row = self.rows([text])
        parts = dict(zip(row.indices.tolist(), (row.data * weights[row.indices]).tolist(), strict=True))
        found: dict[str, float] = {}
        holders = _holders(self._letters, self._words, text)
        for place, owners in holders.items():
            for word in owners:
                found[word] = found.get(word, 0.0) + parts.get(place, 0.0) / len(owners)
        return found


def _counted(make: Callable[..., Any], texts: Sequence[str], min_df: int) -> tuple[Any, Any]:
    """Fit a counter and give the rows of its texts; where they leave nothing to count, one that counts nothing."""
    counter = make(min_df=min_df)
    try:
        return counter, counter.fit_transform(texts)
    except ValueError:  # texts without a letter, or no feature stands in two of them
        counter = make(vocabulary={NOTHING: 0})
        counter.idf_ = np.ones(1)
        return counter, counter.transform(texts)


def _joined(by_letters: Any, by_words: Any) -> Any:
    from scipy.sparse import hstack

    return hstack([by_letters * LETTERS_SHARE**0.5, by_words * WORDS_SHARE**0.5], format="csr")


def _letter_counter(**options: Any) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, **options)


def _word_counter(**options: Any) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer=word_pairs, sublinear_tf=True, **options)


def _holders(letter_counts: Any, word_counts: Any, text: str) -> dict[int, list[str]]:
    """Give for each column the words of the text that hold it, a word as often as it does."""
    found: dict[int, list[str]] = {}
    cut = letter_counts.build_analyzer()
    for token in letters(text).lower().split():
        for piece in cut(token):
            if (place := letter_counts.vocabulary_.get(piece)) is not None:
                found.setdefault(place, []).append(token.strip(AROUND) or token)
    shift = len(letter_counts.vocabulary_)
    plain = words(model_view(text))
    stems = [stem(word) for word in plain]
    alone = [(one, [word]) for one, word in zip(stems, plain, strict=True)]
    pairs = [(" ".join(two), list(owners)) for two, owners in zip(pairwise(stems), pairwise(plain), strict=True)]
    for piece, owners in alone + pairs:
        if (number := word_counts.vocabulary_.get(piece)) is not None:
            found.setdefault(shift + number, []).extend(owners)
    return found
