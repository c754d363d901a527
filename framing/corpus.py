"""From files to the articles that are analysed, and what became of the rest.

A room of its own above `pipeline.py`: the corpus can be built and looked at without running a study.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from framing.articles import Articles, read_articles
from framing.copies import Copies, copy_weights, group_copies
from framing.encoders import Encoder, load_encoder
from framing.errors import ArticleError
from framing.flow import REASON_COLUMNS, STEPS, TABLE_COLUMNS, CorpusFlow
from framing.relevance import RelevanceResult, head_texts, judge_relevance, off_story_spans
from framing.store import FloatRows
from framing.study import Study
from framing.units import Units
from framing.vectors import embed_texts


@dataclass(frozen=True)
class Corpus:
    """What is analysed, and what happened to the rest."""

    articles: Articles
    table: pd.DataFrame
    copies: Copies
    relevance: RelevanceResult
    analysed: pd.DataFrame
    weights: pd.DataFrame

    def off_story(self) -> pd.DataFrame:
        """Give the passages of analysed articles that are off the story, as `split_units` takes them."""
        return off_story_spans(self.analysed, self.relevance)


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
        pages=[str(Path(study.folder, path)) for path in study.pages] or None,
    )  # fmt: skip
    if articles.table.empty:
        raise ArticleError(
            "no usable article is left. " + articles.summary().replace("\n", " ") + " Check columns and select.",
            ar="لم تبقَ أي مادة صالحة للتحليل. تحقّق من columns وselect في ملف الدراسة.",
        )
    copies = group_copies(articles.table, agencies=study.agencies, seed=study.seed)
    relevance = _relevance(articles.table, study, encoder)
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


def _relevance(table: pd.DataFrame, study: Study, encoder: Encoder | None) -> RelevanceResult:
    """Judge relevance; the encoder is loaded where a similarity is asked for, or a live page was cut."""
    loaded: list[Encoder] = [] if encoder is None else [encoder]

    def encode(texts: Sequence[str]) -> FloatRows:
        if not loaded:
            loaded.append(load_encoder(study.encoder, precision=study.precision))
        return embed_texts(list(texts), encoder=loaded[0])[0]

    asked = study.relevance.min_score
    return judge_relevance(
        table, query=study.relevance.query, min_score=asked, encode=encode,
        vectors=encode(head_texts(table)) if asked is not None else None,
    )  # fmt: skip


def corpus_flow(corpus: Corpus, *, units: Units | None = None, synthetic: bool = False) -> CorpusFlow:
    """Account for every row that was found, until it is analysed or left out with a reason.

    Parameters
    ----------
    units : adds how many units the articles gave, and how many lines were kept out of them.
    """
    steps = corpus.articles.flow().set_index("outlet")
    table = corpus.table
    repeats = table["article_id"].map(corpus.weights.set_index("article_id")["weight"]) == 0
    on_story = table["on_story"]
    steps["on_story"] = table[on_story].groupby("outlet").size()
    steps["not_self_reprint"] = table[on_story & ~repeats].groupby("outlet").size()
    steps["analysed"] = corpus.analysed.groupby("outlet").size()
    long = steps.fillna(0).astype(int).reset_index().melt("outlet", var_name="step", value_name="n")
    long["step"] = pd.Categorical(long["step"], STEPS, ordered=True)
    long = long.sort_values(["step", "outlet"])[list(TABLE_COLUMNS)].astype({"step": "str"}).reset_index(drop=True)
    settings = {
        "min_words": corpus.articles.settings["min_words"], "query": list(corpus.relevance.settings["query"]),
        "synthetic": synthetic,
    }  # fmt: skip
    if units is not None:
        settings |= {"n_units": len(units.table), "n_lines": len(units.boilerplate)}
    return CorpusFlow(long, _reasons(corpus, repeats), settings)


def _reasons(corpus: Corpus, repeats: pd.Series[bool]) -> pd.DataFrame:
    """Count why articles were left out, those of reading first."""
    off = corpus.table[~corpus.table["on_story"]]
    matched = off["article_id"].map(corpus.relevance.table.set_index("article_id")["matched"])
    # A hit is far from the story only where the study asks for a similarity; else it was too few.
    measured = corpus.relevance.settings["min_score"] is not None
    why = matched.ne("").map({True: "low_similarity" if measured else "off_story", False: "off_story"})
    off_story = off.assign(step="on_story", reason=why)
    again = corpus.table[corpus.table["on_story"] & repeats].assign(step="not_self_reprint", reason="self_reprint")
    left = pd.concat([off_story, again]).groupby(["step", "outlet", "reason"], sort=False).size().rename("n")
    return pd.concat([corpus.articles.left_out, left.reset_index()], ignore_index=True)[list(REASON_COLUMNS)]
