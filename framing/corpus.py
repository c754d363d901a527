"""From files to the articles that are analysed, and what became of the rest.

A room of its own above `pipeline.py`: the corpus can be built and looked at without running a study.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from framing.articles import Articles, read_articles
from framing.copies import Copies, copy_weights, group_copies
from framing.encoders import Encoder, load_encoder
from framing.errors import ArticleError
from framing.relevance import HEAD_WORDS, RelevanceResult, judge_relevance
from framing.study import Study
from framing.vectors import embed_texts

FLOW_STEPS = ("found", "readable", "arabic", "long_enough", "selected", "on_story", "not_self_reprint", "analysed")


@dataclass(frozen=True)
class Corpus:
    """What is analysed, and what happened to the rest."""

    articles: Articles
    table: pd.DataFrame
    copies: Copies
    relevance: RelevanceResult
    analysed: pd.DataFrame
    weights: pd.DataFrame


def build_corpus(study: Study, *, encoder: Encoder | None = None) -> Corpus:
    """Read articles, find copies, judge relevance, and say which articles are analysed.

    Parameters
    ----------
    encoder : measures similarity to the story where the study sets `relevance.min_score`.

    Raises
    ------
    ArticleError : nothing usable is left; the message counts what happened to the rows.
    """
    paths = [str(Path(study.folder, pattern)) for pattern in study.articles]
    articles = read_articles(
        paths, columns=study.columns, preset=study.preset, outlet_aliases=study.outlet_aliases,
        date_order=study.date_order, timezone=study.timezone, agencies=study.agencies,
        select_from=study.select_from, select_to=study.select_to, select_outlets=study.select_outlets,
        min_words=0 if study.unit == "row" else 20,
    )  # fmt: skip
    if articles.table.empty:
        raise ArticleError(
            "no usable article is left. " + articles.summary().replace("\n", " ") + " Check columns and select.",
            ar="لم تبقَ أي مادة صالحة للتحليل. تحقّق من columns وselect في ملف الدراسة.",
        )
    copies = group_copies(articles.table, agencies=study.agencies, seed=study.seed)
    relevance = judge_relevance(
        articles.table,
        query=study.relevance.query,
        min_score=study.relevance.min_score,
        vectors=_heads(articles.table, encoder) if study.relevance.min_score is not None else None,
    )
    decided = relevance.table.set_index("article_id")["on_story"]
    table = articles.table.assign(on_story=articles.table["article_id"].map(decided).astype(bool))
    weights = copy_weights(table, copies, study.copies)
    counted = weights.set_index("article_id")["weight"]
    analysed = table[table["on_story"] & (table["article_id"].map(counted) > 0)].reset_index(drop=True)
    if analysed.empty:
        raise ArticleError(
            f"none of {len(table)} articles is on the story. Query: {', '.join(study.relevance.query)}."
            " Widen relevance.query.",
            ar=f"لا مادة من {len(table)} مادة تتصل بالموضوع. وسّع relevance.query في ملف الدراسة.",
        )
    return Corpus(articles, table, copies, relevance, analysed, weights)


def _heads(table: pd.DataFrame, encoder: Encoder | None) -> np.ndarray:
    """Embed what a reader sees first: the title and the first words of each article."""
    heads = [
        f"{title} {' '.join(text.split()[:HEAD_WORDS])}"
        for title, text in zip(table["title"], table["text"], strict=True)
    ]
    return embed_texts(heads, encoder=encoder or load_encoder())[0]


def corpus_flow(corpus: Corpus) -> pd.DataFrame:
    """Count articles per outlet at each step: columns `step, outlet, n`; each step is part of the one before."""
    steps = corpus.articles.flow().set_index("outlet")
    steps["on_story"] = corpus.table[corpus.table["on_story"]].groupby("outlet").size()
    repeats = corpus.weights.set_index("article_id")["weight"] == 0
    kept = corpus.table["on_story"] & ~corpus.table["article_id"].map(repeats)
    steps["not_self_reprint"] = corpus.table[kept].groupby("outlet").size()
    steps["analysed"] = corpus.analysed.groupby("outlet").size()
    long = steps.fillna(0).astype(int).reset_index().melt("outlet", var_name="step", value_name="n")
    long["step"] = pd.Categorical(long["step"], FLOW_STEPS, ordered=True)
    return long.sort_values(["step", "outlet"])[["step", "outlet", "n"]].astype({"step": "str"}).reset_index(drop=True)
