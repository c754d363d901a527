"""Which articles belong to the story: the study's query, counted per outlet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from framing.arabic import lexical_view, term_pattern
from framing.errors import StudyError
from framing.html import block
from framing.html import table as html_table
from framing.lexicon import load
from framing.readers.outlets import cut_title_tail

HEAD_WORDS = 60
MIN_HITS = 2
COLUMNS = ("article_id", "outlet", "on_story", "matched", "n_hits", "score")


@dataclass(frozen=True)
class RelevanceResult:
    """A decision per article.

    Parameters
    ----------
    table : article_id, outlet, on_story, matched (the query's entries that occur, apart by `; `),
        n_hits (how often they occur in title and text), score (similarity to the story, 0 to 1;
        null without vectors).
    counts : outlet, n_articles, n_on_story, share (0 to 1); outlets in alphabetical order.
    settings : the query and the rule, for the methods section.
    """

    table: pd.DataFrame
    counts: pd.DataFrame
    settings: Mapping[str, Any]

    def to_frame(self) -> pd.DataFrame:
        """Give the decisions as a table of their own."""
        return self.table.copy()

    def summary(self) -> str:
        """Say how many articles are on the story, by which query."""
        query = "، ".join(self.settings["query"]) or "(empty: every article counts)"
        return f"{int(self.table['on_story'].sum())} of {len(self.table)} articles are on the story. Query: {query}."

    def _repr_html_(self) -> str:
        return block(html_table(self.counts, caption=self.summary(), limit=50), language="en")


def judge_relevance(
    articles: pd.DataFrame,
    *,
    query: Sequence[str],
    min_score: float | None = None,
    vectors: npt.NDArray[np.float32] | None = None,
) -> RelevanceResult:
    """Decide for each article whether it belongs to the story.

    An article is on the story where an entry of the query stands in its title (the outlet's name at
    its end aside) or in the first 60 words of its text, or where its text has at least two hits of
    any entries. Entries match whole words with their clitics, in every spelling of the alias table;
    one that ends in `*` is a stem. An entry `كوريا + روسيا` asks for all its parts, each somewhere in
    title or text; then one of them in front is enough, and further back it is one hit. An empty
    query takes every article.

    Parameters
    ----------
    articles : article_id, outlet, title, text.
    query : entries of which one is enough.
    min_score : least similarity, 0 to 1, to the articles the query finds; needs `vectors`.
    vectors : one row per article, of length 1. Similarity is the cosine between an article and the
        mean of those found, both less the mean of all, moved from -1..1 to 0..1.

    Raises
    ------
    StudyError : an entry has no letter, or `min_score` comes without vectors.
    """
    if min_score is not None and vectors is None:
        raise StudyError(
            "relevance.min_score is set, and no vectors of the articles are given. Give them, or remove min_score.",
            ar="حُدّد relevance.min_score ولا متجهات للمواد. أعطِ المتجهات أو احذف min_score.",
        )
    entries = [(entry, _compile(entry)) for entry in query]
    titles, texts = articles["title"].fillna(""), articles["text"].fillna("")
    judged = [_judge(title, text, entries) for title, text in zip(titles, texts, strict=True)]
    table = pd.DataFrame(judged, columns=["on_story", "matched", "n_hits"])
    table["score"] = _scores(vectors, table["on_story"].to_numpy()) if vectors is not None else np.nan
    if min_score is not None and query:
        table["on_story"] &= table["score"] >= min_score
    table.insert(0, "article_id", articles["article_id"].to_numpy())
    table.insert(1, "outlet", articles["outlet"].to_numpy())
    kinds = {"article_id": "str", "outlet": "str", "on_story": "bool", "matched": "str", "n_hits": "int64"}
    table = table.astype(kinds)[list(COLUMNS)]
    rule = f"an entry in the title or the first {HEAD_WORDS} words, or at least {MIN_HITS} hits in the text"
    return RelevanceResult(
        table, _counts(table), {"query": list(query), "rule": rule, "min_score": min_score, "head_words": HEAD_WORDS}
    )


# Each spelling: letters that must stand in the text, looked for first because it is fast, and the pattern.
Part = tuple[tuple[str, re.Pattern[str]], ...]


def _compile(entry: str) -> tuple[Part, ...]:
    """Compile an entry: for each part of a conjunction, the patterns of all its spellings."""
    parts = [part.strip() for part in entry.split("+")]
    try:
        return tuple(tuple((_core(spelling), term_pattern(spelling)) for spelling in spellings(part)) for part in parts)
    except ValueError as error:
        raise StudyError(
            f"relevance.query: '{entry}' has a part without letters. Write words, such as 'كوريا الشمالية + روسيا'.",
            ar=f"relevance.query: في '{entry}' جزء بلا حروف. اكتب كلمات، مثل «كوريا الشمالية + روسيا».",
        ) from error


def _core(term: str) -> str:
    """Give the longest run of letters that every form of a term keeps: no article, no ta marbuta."""
    names = lexical_view(term.rstrip("*")).split() or [""]
    return max((name.removeprefix("ال").removesuffix("ه") if len(name) > 4 else name[:-1] for name in names), key=len)


def spellings(term: str) -> list[str]:
    """Give a term in every spelling of the alias table, itself first; aliases inside a longer term are replaced too."""
    stem = "*" if term.endswith("*") else ""
    base = " ".join(lexical_view(term.rstrip("*")).split())
    found = dict.fromkeys([term])
    for variants in _aliases():
        inside = [variant for variant in variants if re.search(rf"(?<!\w){re.escape(variant)}(?!\w)", base)]
        if inside:
            longest = max(inside, key=len)
            found |= dict.fromkeys(base.replace(longest, variant) + stem for variant in variants if variant != longest)
    return list(found)


@lru_cache(maxsize=1)
def _aliases() -> list[list[str]]:
    return [[" ".join(lexical_view(name).split()) for name in row] for row in load("place_aliases")]


def _judge(title: str, text: str, entries: Sequence[tuple[str, tuple[Part, ...]]]) -> tuple[bool, str, int]:
    title_view, view = lexical_view(cut_title_tail(title)), lexical_view(text)
    head = " ".join(view.split(maxsplit=HEAD_WORDS)[:HEAD_WORDS])
    found: list[str] = []
    places: set[object] = set()
    at_front = n_in_title = 0
    for entry, parts in entries:
        in_title, in_text = [_places(part, title_view) for part in parts], [_places(part, view) for part in parts]
        if not all(one or two for one, two in zip(in_title, in_text, strict=True)):
            continue
        found.append(entry)
        n_in_title += sum(map(len, in_title))
        at_front += any(in_title) or any(_places(part, head) for part in parts)
        # A conjunction is one hit of its own; the same words found by two single entries are one.
        places |= in_text[0] if len(parts) == 1 else {entry}
    return not entries or bool(at_front) or len(places) >= MIN_HITS, "; ".join(found), len(places) + n_in_title


def _places(part: Part, view: str) -> set[int]:
    """Give where any spelling stands; a place that two spellings match is one."""
    return {match.end() for core, pattern in part if core in view for match in pattern.finditer(view)}


def _scores(vectors: npt.NDArray[np.float32], on_story: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Give each article's similarity to the mean of those found; nothing found gives no score."""
    if not on_story.any():
        return np.full(len(vectors), np.nan)
    centred = vectors.astype(float) - vectors.mean(axis=0, dtype=float)
    story = centred[on_story].mean(axis=0)
    length = np.linalg.norm(centred, axis=1) * np.linalg.norm(story)
    cosine = np.divide(centred @ story, length, out=np.zeros(len(vectors)), where=length > 0)
    scores: npt.NDArray[np.float64] = (1 + cosine) / 2
    return scores


def _counts(table: pd.DataFrame) -> pd.DataFrame:
    groups = table.groupby("outlet", sort=True)["on_story"]
    counts = groups.agg(n_articles="size", n_on_story="sum", share="mean").reset_index()
    return counts.astype({"n_articles": "int64", "n_on_story": "int64"})
