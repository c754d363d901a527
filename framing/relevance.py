"""Which articles belong to the story, and which passages of roundups and live pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from framing.errors import StudyError
from framing.html import block
from framing.html import table as html_table
from framing.queries import HEAD_WORDS, MIN_HITS, compile_query, judge_text
from framing.readers.outlets import cut_title_tail
from framing.roundups import PASSAGE_COLUMNS, Nearer, judge_passages, passage_texts

__all__ = ["HEAD_WORDS", "MIN_HITS", "RelevanceResult", "head_texts", "judge_relevance", "off_story_spans"]

COLUMNS = ("article_id", "outlet", "on_story", "matched", "n_hits", "score")
RULE = f"an entry in the title or the first {HEAD_WORDS} words, or at least {MIN_HITS} hits in the text"
# Articles of each side, on the story and off it, that say what "nearer" means; fewer than MIN_SIDE say nothing.
SIDE = 200
MIN_SIDE = 10
OFF_STORY_RULE = "off_story_passage"

Floats = npt.NDArray[np.float64]
Encode = Callable[[Sequence[str]], npt.NDArray[np.float32]]


@dataclass(frozen=True)
class RelevanceResult:
    """A decision per article, and per passage of a roundup or live page.

    Parameters
    ----------
    table : article_id, outlet, on_story, matched (the query's entries that occur, apart by `; `),
        n_hits (how often they occur in title and text), score (similarity to the story, 0 to 1;
        null without vectors).
    counts : outlet, n_articles, n_on_story, share (0 to 1); outlets in alphabetical order.
    settings : the query and the rule, for the methods section.
    passages : article_id, passage, kind (`roundup | live`), start, end (offsets into the text),
        on_story, reason (see `roundups.judge_passages`; `low_score` where `min_score` took it off),
        matched, n_hits, score. Only articles in which the query occurs are cut.
    """

    table: pd.DataFrame
    counts: pd.DataFrame
    settings: Mapping[str, Any]
    passages: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(PASSAGE_COLUMNS)))

    def to_frame(self) -> pd.DataFrame:
        """Give the decisions as a table of their own."""
        return self.table.copy()

    def summary(self) -> str:
        """Say how many articles are on the story, by which query."""
        query = "، ".join(self.settings["query"]) or "(empty: every article counts)"
        said = f"{int(self.table['on_story'].sum())} of {len(self.table)} articles are on the story. Query: {query}."
        if len(self.passages):
            said += (
                f" {self.passages['article_id'].nunique()} roundups and live pages were cut into {len(self.passages)}"
                f" passages, {int((~self.passages['on_story']).sum())} of them off the story."
            )
        return said

    def explain(self, article_id: str) -> pd.DataFrame:
        """List the passages of one article with the reason of each decision."""
        return self.passages[self.passages["article_id"] == article_id].reset_index(drop=True)

    def _repr_html_(self) -> str:
        return block(html_table(self.counts, caption=self.summary(), limit=50), language="en")


def judge_relevance(
    articles: pd.DataFrame,
    *,
    query: Sequence[str],
    min_score: float | None = None,
    vectors: npt.NDArray[np.float32] | None = None,
    encode: Encode | None = None,
) -> RelevanceResult:
    """Decide for each article, and each passage of a roundup, whether it belongs to the story.

    An article is on the story where an entry of the query stands in its title (the outlet's name at
    its end aside) or in the first 60 words of its text, or where its text has at least two hits of
    any entries; `queries.compile_query` says what an entry matches. An entry `كوريا + روسيا` asks
    for all its parts, each somewhere in title or text; then one of them in front is enough, and
    further back it is one hit. An empty query takes every article, whole.

    Roundups and live pages are judged by passage (`roundups.judge_passages`), and are on the story
    where one of their passages is.

    Parameters
    ----------
    articles : article_id, outlet, title, text.
    query : entries of which one is enough.
    min_score : least similarity, 0 to 1, to the articles the query finds; needs `vectors`.
    vectors : one row per article, of length 1. Similarity is the cosine between an article and the
        mean of those found, both less the mean of all, moved from -1..1 to 0..1.
    encode : gives such rows for texts. With it the entries of live pages that name the story nowhere
        are compared with articles on the story and off it. With `vectors` beside it passages have a
        score too, `min_score` cuts them, and a page that was cut has the best score of its passages.

    Raises
    ------
    StudyError : an entry has no letter, or `min_score` comes without vectors.
    """
    if min_score is not None and vectors is None:
        raise StudyError(
            "relevance.min_score is set, and no vectors of the articles are given. Give them, or remove min_score.",
            ar="حُدّد relevance.min_score ولا متجهات للمواد. أعطِ المتجهات أو احذف min_score.",
        )
    entries = compile_query(query)
    pairs = zip(articles["title"].fillna(""), articles["outlet"], strict=True)
    titles, texts = [cut_title_tail(title, outlet) for title, outlet in pairs], articles["text"].fillna("")
    judged = [judge_text(title, text, entries) for title, text in zip(titles, texts, strict=True)]
    table = pd.DataFrame(judged, columns=["on_story", "matched", "n_hits"])
    table.insert(0, "article_id", articles["article_id"].to_numpy())
    table.insert(1, "outlet", articles["outlet"].to_numpy())
    found = table["on_story"].to_numpy(dtype=bool)
    story = None if vectors is None else _Story.of(vectors, found)
    table["score"] = np.nan if story is None or vectors is None else story.scores(vectors)
    nearer = None if encode is None else _nearer(articles, found, encode)
    passages = judge_passages(articles[(table["n_hits"] > 0).to_numpy()], entries, nearer=nearer)
    if story is not None and encode is not None and len(passages):
        passages["score"] = story.scores(encode(passage_texts(articles, passages)))
    _narrow(passages, table, min_score)
    kinds = {"article_id": "str", "outlet": "str", "on_story": "bool", "matched": "str", "n_hits": "int64"}
    table = table.astype(kinds)[list(COLUMNS)]
    settings = {"query": list(query), "rule": RULE, "min_score": min_score, "head_words": HEAD_WORDS}
    return RelevanceResult(table, _counts(table), settings, passages)


def off_story_spans(articles: pd.DataFrame, result: RelevanceResult) -> pd.DataFrame:
    """Give the passages of on-story articles that are off the story, as `split_units` takes them.

    Returns
    -------
    article_id, start, end (offsets into the text), rule (`off_story_passage`); articles that
    `articles` does not hold have no row.
    """
    on_story = result.table.loc[result.table["on_story"], "article_id"]
    kept = set(on_story) & set(articles["article_id"])
    off = result.passages[~result.passages["on_story"].astype(bool) & result.passages["article_id"].isin(kept)]
    return off[["article_id", "start", "end"]].assign(rule=OFF_STORY_RULE).reset_index(drop=True)


def _narrow(passages: pd.DataFrame, table: pd.DataFrame, min_score: float | None) -> None:
    """Take off what is not similar enough, and let pages that were cut follow their passages."""
    if min_score is not None and len(passages):
        low = passages["on_story"] & (passages["score"] < min_score)
        passages.loc[low, "on_story"] = False
        passages.loc[low, "reason"] = "low_score"
    if len(passages):
        pages = passages.groupby("article_id").agg(kept=("on_story", "any"), best=("score", "max"))
        cut = table["article_id"].isin(pages.index)
        best = table.loc[cut, "article_id"].map(pages["best"])
        table.loc[cut, "score"] = best.fillna(table.loc[cut, "score"])
        table.loc[cut, "on_story"] = table.loc[cut, "article_id"].map(pages["kept"]).astype(bool)
    if min_score is not None and table["matched"].ne("").any():
        table["on_story"] &= table["score"] >= min_score


def head_texts(articles: pd.DataFrame) -> list[str]:
    """Give what a reader sees first: the title and the first words of each article."""
    pairs = zip(articles["title"].fillna(""), articles["text"].fillna(""), strict=True)
    return [f"{title} {' '.join(text.split(maxsplit=HEAD_WORDS)[:HEAD_WORDS])}" for title, text in pairs]


def _nearer(articles: pd.DataFrame, on_story: npt.NDArray[np.bool_], encode: Encode) -> Nearer | None:
    """Give a test of which side's mean a text is nearer to; None where a side has too few articles.

    Of a large corpus, 200 articles of each side evenly apart; they are embedded at the first call.
    """
    sides = [np.flatnonzero(on_story), np.flatnonzero(~on_story)]
    if min(map(len, sides)) < MIN_SIDE:
        return None
    chosen = [side[np.linspace(0, len(side) - 1, min(SIDE, len(side))).astype(int)] for side in sides]
    means: list[Floats] = []

    def nearer(texts: Sequence[str]) -> npt.NDArray[np.bool_]:
        if not means:
            means.extend(encode(head_texts(articles.iloc[rows])).mean(axis=0, dtype=float) for rows in chosen)
        away = means[0] - means[1]
        said: npt.NDArray[np.bool_] = (encode(texts) - (means[0] + means[1]) / 2) @ away > 0
        return said

    return nearer


@dataclass(frozen=True)
class _Story:
    """What the articles found have in common: the mean of all vectors, and where the story lies from it."""

    centre: Floats
    direction: Floats

    @classmethod
    def of(cls, vectors: npt.NDArray[np.float32], on_story: npt.NDArray[np.bool_]) -> _Story:
        centre = vectors.mean(axis=0, dtype=float) if len(vectors) else np.zeros(vectors.shape[1])
        found = vectors[on_story].mean(axis=0, dtype=float) if on_story.any() else np.full(vectors.shape[1], np.nan)
        return cls(centre, found - centre)

    def scores(self, vectors: npt.NDArray[np.float32]) -> Floats:
        """Give each vector's similarity to the story, 0 to 1; not a number where nothing was found."""
        centred = vectors.astype(float) - self.centre
        length = np.linalg.norm(centred, axis=1) * np.linalg.norm(self.direction)
        if np.isnan(length).any():
            return np.full(len(vectors), np.nan)
        cosine = np.divide(centred @ self.direction, length, out=np.zeros(len(vectors)), where=length > 0)
        scores: Floats = (1 + cosine) / 2
        return scores


def _counts(table: pd.DataFrame) -> pd.DataFrame:
    groups = table.groupby("outlet", sort=True)["on_story"]
    counts = groups.agg(n_articles="size", n_on_story="sum", share="mean").reset_index()
    return counts.astype({"n_articles": "int64", "n_on_story": "int64"})
