"""Roundups and live pages: articles that hold several stories, cut into passages with offsets.

A room of its own between a study's query and its relevance: a passage is judged for itself, and
what is off the story leaves the units. A roundup is known by its title, a live page by its entries'
times. Bullets and rules alone make no roundup: interviews and essays have them too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from framing.arabic import lexical_view, words
from framing.lexicon import load
from framing.optional import require
from framing.queries import Entry, judge_text
from framing.readers.outlets import cut_title_tail
from framing.sentences import count_words, line_spans

Kind = Literal["roundup", "live"]
Nearer = Callable[[Sequence[str]], npt.NDArray[np.bool_]]
CUT_COLUMNS = ("article_id", "passage", "kind", "start", "end")
PASSAGE_COLUMNS = (*CUT_COLUMNS, "on_story", "reason", "matched", "n_hits", "score")
STAYS = ("query", "similar", "shared_words")
# A page with fewer timed entries than this may be a fixture list, or one article with an hour in it.
MIN_ENTRIES = 3
MIN_WORDS = 8
HEADING_WORDS = 16
# Without vectors, a live page is about the story where its title says so, or this share of its entries.
MIN_SHARE = 0.25
_CLOSED = re.compile(r"[.!؟?…:،]\s*$")


def find_roundups(articles: pd.DataFrame) -> pd.DataFrame:
    """Find articles that hold several stories, and cut them into passages.

    Parameters
    ----------
    articles : article_id, title, text.

    Returns
    -------
    article_id, passage (from 1), kind (`roundup` or `live`), start, end: offsets into `text`. The
    passages of an article stand in order and hold whole lines, all lines between them.
    """
    rows: list[tuple[str, int, str, int, int]] = []
    for article_id, title, text in zip(articles["article_id"], articles["title"], articles["text"], strict=True):
        kind, spans = cut_passages(_plain(title), _plain(text))
        rows += [(str(article_id), n, kind, start, end) for n, (start, end) in enumerate(spans, 1)]
    table = pd.DataFrame(rows, columns=list(CUT_COLUMNS))
    return table.astype({"article_id": "str", "kind": "str", "passage": "int64", "start": "int64", "end": "int64"})


def cut_passages(title: str, text: str) -> tuple[Kind, list[tuple[int, int]]]:
    """Give what kind of page it is and where its passages stand; no passages for an article with one story."""
    lines = list(line_spans(text))
    starts = [i for i, line in enumerate(lines) if _is_stamp(text[line[0] : min(line[1], line[0] + 40)])]
    if len(_long_enough(text, lines, starts)) >= MIN_ENTRIES:
        return "live", _spans(lines, starts)
    if len(lines) > 1 and _any("title", _fold(cut_title_tail(title[:300]))):
        found = _spans(lines, _items(text, lines))
        return "roundup", found if len(found) > 1 else []
    return "roundup", []


def judge_passages(articles: pd.DataFrame, entries: Sequence[Entry], *, nearer: Nearer | None = None) -> pd.DataFrame:
    """Cut the pages that hold several stories, and decide for each passage whether it is on the story.

    A passage with the query in it stays, by the rule for articles (`queries.judge_text`). A roundup's
    other passages leave. A live page follows one story and names it seldom: its other entries stay
    where they are nearer to the story than to the rest of the corpus or, without vectors, where the
    page is about the story and the entry shares a content word with the title and the entries that
    name it. An entry that begins by leaving the story ("in other news") leaves.

    Parameters
    ----------
    articles : article_id, title, text; pages in which the query occurs.
    nearer : tells for texts whether each is nearer to the story than to other articles.

    Returns
    -------
    The columns of `PASSAGE_COLUMNS`; `score` is empty, `reason` one of `query, similar, shared_words`
    (stays), `no_hit, not_similar, digression` (leaves).
    """
    table = find_roundups(articles)
    texts = passage_texts(articles, table)
    judged = pd.DataFrame([judge_text("", text, entries) for text in texts], columns=["on_story", "matched", "n_hits"])
    table = pd.concat([table, judged.astype({"on_story": "bool", "matched": "str", "n_hits": "int64"})], axis=1)
    table["reason"] = table["on_story"].map({True: "query", False: "no_hit"}).astype("str")
    table["score"] = np.nan
    titles = dict(zip(articles["article_id"], articles["title"], strict=True))
    for article_id, rows in table[table["kind"] == "live"].groupby("article_id", sort=False):
        page = [texts[row] for row in rows.index]
        named = np.array(rows["on_story"], dtype=bool)
        if not named.any():
            continue
        if nearer is not None:
            said = np.where(nearer(page), "similar", "not_similar")
        else:
            title = _plain(titles[article_id])
            about = named.mean() >= MIN_SHARE or judge_text(title, "", entries)[0]
            said = _shared(page, named, title) if about else np.full(len(page), "no_hit")
        said = np.where([is_digression(text) for text in page], "digression", said)
        table.loc[rows.index, "reason"] = np.where(named, "query", said)
    table["on_story"] = table["reason"].isin(STAYS)
    return table[list(PASSAGE_COLUMNS)]


def passage_texts(articles: pd.DataFrame, passages: pd.DataFrame) -> list[str]:
    """Give the text of each passage."""
    texts = dict(zip(articles["article_id"], articles["text"], strict=True))
    spans = zip(passages["article_id"], passages["start"], passages["end"], strict=True)
    return [texts[article_id][start:end] for article_id, start, end in spans]


def _shared(page: Sequence[str], named: npt.NDArray[np.bool_], title: str) -> npt.NDArray[np.str_]:
    story = _content("\n".join([title, *(text for text, hit in zip(page, named, strict=True) if hit)]))
    return np.where([bool(_content(text) & story) for text in page], "shared_words", "no_hit")


def is_digression(passage: str) -> bool:
    """Tell whether a passage begins by leaving the story ("in other news", "away from ...")."""
    text = passage
    for start, end in line_spans(passage):
        if not _is_stamp(passage[start:end][:40]) or count_words(passage, start, end) > 4:
            text = passage[start:end]
            break
    return _any("digression", _fold(re.sub(r"^[\W\d_]+", "", text[:120])))


def _plain(value: object) -> str:
    return value if isinstance(value, str) else ""


def _fold(text: str) -> str:
    return " ".join(lexical_view(text).split()).lower()


@lru_cache(maxsize=4)
def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in load("roundups")[name])


def _any(name: str, view: str) -> bool:
    return any(pattern.search(view) for pattern in _patterns(name))


def _is_stamp(line: str) -> bool:
    # Most lines begin with a letter that opens no stamp: looked at before anything is folded.
    return (line[0].isdigit() or line[0] in "([امق") and _any("stamp", _fold(line))


def _long_enough(text: str, lines: list[tuple[int, int]], starts: list[int]) -> list[int]:
    """Keep the entries that say something: a list of kick-off times is no live page."""
    stops = [*starts, len(lines)][1:]
    return [
        start
        for start, stop in zip(starts, stops, strict=True)
        if count_words(text, lines[start][0], lines[stop - 1][1]) >= MIN_WORDS
    ]


def _items(text: str, lines: list[tuple[int, int]]) -> list[int]:
    """Give the lines at which a roundup's items begin: their headings, or every paragraph where there are none."""
    n_words = [count_words(text, start, end) for start, end in lines]
    headings = [
        i
        for i in range(len(lines) - 1)
        if 2 <= n_words[i] <= HEADING_WORDS < n_words[i + 1] and not _CLOSED.search(text[slice(*lines[i])])
    ]
    if len(headings) >= 2:
        return headings
    paragraphs = [i for i, n in enumerate(n_words) if n >= MIN_WORDS]
    # A short line above the first paragraph (a dateline) is part of it, one further down of the paragraph before it.
    return [0, *paragraphs[1:]] if paragraphs else []


def _spans(lines: list[tuple[int, int]], starts: list[int]) -> list[tuple[int, int]]:
    """Give spans that begin at these lines; what stands above the first is a passage too."""
    begins = sorted({0, *starts}) if lines and starts else []
    stops = [*begins, len(lines)][1:]
    return [(lines[start][0], lines[stop - 1][1]) for start, stop in zip(begins, stops, strict=True)]


_ARTICLE = re.compile(r"^(?:[وف]?(?:[بك]?ال|لل)|[وف])(?=\w{3})")
_ENDING = re.compile(r"(?<=\w{3})(?:ها|ان|ات|ون|ين|يه|يا|ه|ي|ا|ت)$")


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    """Take article, conjunction and common endings off (a light stem, after Larkey et al. 2007)."""
    return _ENDING.sub("", _ENDING.sub("", _ARTICLE.sub("", word)))


def _content(text: str) -> set[str]:
    stems = {_stem(word) for word in words(text) if len(word) >= 3 and word not in _common() and not word.isdigit()}
    return {stem for stem in stems if len(stem) >= 3} - _common()


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """Give stop words and reporting verbs, as written and as stems: they tie no passage to a story."""
    library = require("stopwordsiso", why="to compare the words of passages")
    listed = {word for item in library.stopwords("ar") for word in words(item)}
    verbs = {word for row in load("verbs").values() for item in row for word in words(str(item))}
    return frozenset(listed | verbs | {_stem(word) for word in listed | verbs})
