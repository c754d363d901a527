"""Corpora of a given number of units for `study.py`, their vectors, and study files, all in a temporary folder.

Real news comes first: SaudiNewsNet by day, then ANT. What is missing beyond them is SaudiNewsNet again with its
words exchanged, 21 days later: every word but the commonest and the agencies' names is another word of the corpus, the
same one everywhere. So these are new texts with the sentences and copies of real news, and no step meets a copy that
nobody printed.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import HashingVectorizer

from framing.arabic import words
from framing.articles import read_articles
from framing.corpus import build_corpus
from framing.encoders.base import unit_length
from framing.files import write_text
from framing.lexicon import load
from framing.relevance import judge_relevance
from framing.study import load_study
from framing.units import split_units
from framing.vectors import embed_texts

SHARED = Path(__file__).parents[2] / "shared" / "data"
FOREIGN, OTHER, ANT = (SHARED / f"{name}.jsonl.gz" for name in ("saudinewsnet-foreign", "saudinewsnet-other", "ant"))
CODEBOOK = "north-korea-russia"
SEED = 20241023
# What the first file was chosen by, and words that three of four articles of all files hold.
FOREIGN_QUERY = ("روسيا", "أوكرانيا", "كوريا", "الناتو", "حلف شمال الأطلسي", "الاتحاد الأوروبي", "إيران")
WIDE_QUERY = (
    "وزير", "وزارة", "الوزراء", "رئيس", "حكومة", "دولة", "المملكة", "السعودية", "تونس", "دولية", "الأمن", "الملك",
    "مجلس", "مدير", "اللجنة", "الهيئة", "نادي", "الفريق",
)  # fmt: skip
COLUMNS = ["article_id", "outlet", "title", "text", "date", "agency"]
N_DIMS, N_WORDS = 384, 2**16
N_COMMON, DAYS_LATER = 300, 21
_WORD = re.compile(r"\w+")


class Precomputed:
    """Stands for an encoder whose vectors of units are in the store; `rows` are given only to fill it.

    A text that is no unit, as the examples and definitions of the codebook are, gets a direction of its own.
    """

    name, revision, precision, n_dims = "precomputed", "1", "fp32", N_DIMS

    def __init__(self, rows: dict[str, np.ndarray] | None = None) -> None:
        self._rows = rows or {}

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        found = [self._rows[text] if text in self._rows else _direction(text) for text in texts]
        return np.stack(found) if found else np.empty((0, self.n_dims), dtype=np.float32)


def _direction(text: str) -> np.ndarray:
    seed = int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)
    return unit_length(np.random.default_rng(seed).standard_normal((1, N_DIMS), dtype=np.float32))[0]


def foreign_articles() -> pd.DataFrame:
    """Give the articles of one file, in an order that mixes outlets within a day."""
    return _mixed(read_articles([FOREIGN], preset="saudinewsnet").table)


def many_articles() -> pd.DataFrame:
    """Give all real articles, then one clone of SaudiNewsNet."""
    saudi = _mixed(read_articles([FOREIGN, OTHER], preset="saudinewsnet").table)
    ant = read_articles([ANT], preset="ant").table
    return pd.concat([saudi, ant, exchanged(saudi)], ignore_index=True)


def exchanged(articles: pd.DataFrame) -> pd.DataFrame:
    """Give the articles with their words exchanged, later; signs, lines and sentences stay where they are."""
    counts = Counter(word for text in articles["text"] for word in _WORD.findall(text))
    common = {word for word, _ in counts.most_common(N_COMMON)}
    kept = common | {part for agency, _ in load("agencies").items() for part in agency.split()}
    free = sorted(word for word in counts if word not in kept and not word.isdigit())
    other = dict(zip(free, np.random.default_rng(SEED).permutation(free).tolist(), strict=True))

    def exchange(text: str) -> str:
        return _WORD.sub(lambda found: other.get(found[0], found[0]), text)

    later = pd.to_datetime(articles["published_date"]) + pd.Timedelta(days=DAYS_LATER)
    return articles.assign(
        article_id=articles["article_id"] + "-exchanged",
        title=articles["title"].fillna("").map(exchange),
        text=articles["text"].map(exchange),
        published_date=later.dt.strftime("%Y-%m-%d").astype("str"),
    )


def _mixed(table: pd.DataFrame) -> pd.DataFrame:
    shuffled = table.sample(frac=1.0, random_state=SEED)
    return shuffled.sort_values("published_date", kind="stable").reset_index(drop=True)


def units_by_article(articles: pd.DataFrame, query: Iterable[str]) -> pd.Series:
    """Give how many units each article adds: none where it is off the story."""
    on_story = judge_relevance(articles, query=tuple(query)).table["on_story"].to_numpy(bool)
    units = split_units(articles[on_story].reset_index(drop=True)).table
    return articles["article_id"].map(units["article_id"].value_counts()).fillna(0).astype(int)


def first_units(articles: pd.DataFrame, per_article: pd.Series, n: int) -> pd.DataFrame:
    """Give the first articles that hold n units of the story together."""
    enough = int(np.searchsorted(per_article.cumsum().to_numpy(), n)) + 1
    return articles.head(enough)


def study_units(study: Path) -> pd.DataFrame:
    """Give the units that a study analyses, with their outlets."""
    corpus = build_corpus(load_study(study))
    units = split_units(corpus.analysed, off_story=corpus.off_story()).table
    return units.merge(corpus.analysed[["article_id", "outlet"]], on="article_id")


def write_study(
    folder: Path, articles: pd.DataFrame, query: Iterable[str], *, encoder: str = "e5-small", codebook: str = CODEBOOK
) -> Path:
    """Write articles and a study file on its default settings; give the latter."""
    folder.mkdir(parents=True, exist_ok=True)
    table = articles.assign(date=articles["published_date"].astype("string"))[COLUMNS]
    table.to_json(folder / "articles.jsonl", orient="records", lines=True, force_ascii=False)
    entries = "".join(f"  - {entry}\n" for entry in query)
    study = (
        f"title: benchmark\narticles: [articles.jsonl]\ncodebook: {codebook}\nencoder: {encoder}\n"
        f"relevance:\n  query:\n{entries.replace('  -', '    -')}"
        f"seed: {SEED}\n"
    )
    write_text(folder / "study.yaml", study)
    return folder / "study.yaml"


def fill_store(units: pd.DataFrame, cache: Path) -> None:
    """Put a vector for every unit into the store of a cache folder.

    A unit's vector is the sum of random directions, one per word, of its own words and of its article's, without
    the commonest: units of one event lie together, as with a real encoder, and no weights are needed.
    """
    texts = list(units["text"])
    matrix = _directions(texts, pd.factorize(units["article_id"])[0])
    firsts = ~pd.Series(texts).duplicated().to_numpy()
    rows = {text: row for text, row, first in zip(texts, matrix, firsts, strict=True) if first}
    before, os.environ["FRAMING_CACHE"] = os.environ.get("FRAMING_CACHE"), str(cache)
    try:
        embed_texts(texts, encoder=Precomputed(rows))
    finally:
        os.environ.pop("FRAMING_CACHE")
        os.environ |= {} if before is None else {"FRAMING_CACHE": before}


def _directions(texts: list[str], groups: np.ndarray) -> np.ndarray:
    split = [list(words(text)) for text in texts]
    common = {word for word, _ in Counter(word for row in split for word in row).most_common(N_COMMON)}
    hashing = HashingVectorizer(n_features=N_WORDS, analyzer=lambda row: [w for w in row if w not in common], norm=None)
    draws = np.random.default_rng(SEED).standard_normal((N_WORDS, N_DIMS), dtype=np.float32)
    own = np.vstack([hashing.transform(part) @ draws for part in _blocks(split)]).astype(np.float32)
    of_article = np.zeros((int(groups.max()) + 1, N_DIMS), dtype=np.float32)
    np.add.at(of_article, groups, own)
    return unit_length(unit_length(own) + 1.5 * unit_length(of_article)[groups])


def _blocks(rows: list[list[str]], size: int = 10_000) -> Iterator[list[list[str]]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
