"""Samples for human coders: drawn with known probabilities, so that every figure from codes can be weighted.

So far for relevance; other purposes are drawn by functions beside `_relevance` and share the rest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from framing.errors import CodingError
from framing.files import sha256_text, write_json
from framing.html import block
from framing.html import table as html_table
from framing.queries import Entry, compile_query, find_hits
from framing.relevance import RelevanceResult, judge_relevance
from framing.study import DEFAULT_SEED

Purpose = Literal["relevance"]
CODE_COLUMNS = (
    "unit_id", "coder", "coder_kind", "frame", "value", "round", "probability", "purpose", "codebook_sha256",
    "coded_at",
)  # fmt: skip
KEYS = ("unit_id", "article_id", "outlet", "stratum", "probability")
SHOWN = ("date", "title", "lead", "snippet", "url")
STRATA = ("stratum", "n_population", "n_sampled")
LEAD_WORDS = 60
SNIPPET_CHARS = 220
FORMAT = 1


@dataclass(frozen=True)
class Question:
    """What a coder answers for each unit.

    `name` : the column `frame` of the codes. `text` : the question, {ar, en}.
    `answers` : value as stored -> what the sheet calls it, {ar, en}.
    """

    name: str
    text: Mapping[str, str]
    answers: Mapping[str, Mapping[str, str]]


RELEVANCE = Question(
    name="on_story",
    text={
        "ar": "هل تتناول هذه المادة الصحفية موضوع الدراسة؟",
        "en": "Does this article belong to the story of the study?",
    },
    answers={
        "yes": {"ar": "نعم", "en": "yes"},
        "no": {"ar": "لا", "en": "no"},
        "unsure": {"ar": "غير متأكد", "en": "unsure"},
    },
)


@dataclass(frozen=True)
class CodingSample:
    """Units drawn for coders, in random order: a sheet coded from the top to anywhere is still a sample.

    Parameters
    ----------
    table : unit_id (an article's id where articles are coded), article_id, outlet, stratum,
        probability (of being drawn, 0 to 1), then what the sheet shows: date, title, lead (first 60
        words), snippet (round the first hit), url. A sample read back from its file has none of these.
    strata : stratum, n_population, n_sampled.
    outlets : outlet, stratum, n_population.
    settings : how it was drawn; for relevance query, broader, min_score, n, seed, story.
    """

    table: pd.DataFrame
    strata: pd.DataFrame
    outlets: pd.DataFrame
    question: Question
    purpose: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Give the hash of what coders decide by and what was drawn; each code keeps it."""
        return sha256_text(json.dumps(self.as_record(), ensure_ascii=False, sort_keys=True))

    def as_record(self) -> dict[str, Any]:
        """Give the sample without any text of the articles."""
        return {
            "format": FORMAT, "purpose": self.purpose, "question": asdict(self.question),
            "settings": dict(self.settings), "strata": self.strata.to_dict("records"),
            "outlets": self.outlets.to_dict("records"), "units": self.table[list(KEYS)].to_dict("records"),
        }  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """Give the units as a table of their own."""
        return self.table.copy()

    def summary(self) -> str:
        """Say how many units were drawn from how many, by stratum."""
        drawn = "; ".join(
            f"{row['stratum']}: {row['n_sampled']} of {row['n_population']}" for row in self.strata.to_dict("records")
        )
        return f"{len(self.table)} units to code for {self.purpose}, in random order ({drawn})."

    def _repr_html_(self) -> str:
        return block(html_table(self.strata, caption=self.summary()), language="en")


def sample_for_coding(
    articles: pd.DataFrame,
    result: RelevanceResult,
    *,
    purpose: Purpose = "relevance",
    n: int = 100,
    broader: Sequence[str] = (),
    story: Mapping[str, str] | None = None,
    seed: int = DEFAULT_SEED,
) -> CodingSample:
    """Draw a sample for coders.

    For relevance two strata are drawn apart, each a simple random sample without replacement:
    `hit`, articles that `result` has on the story, for precision; and `remainder`, all others in
    which an entry of `broader` or of the query stands anywhere, for recall.

    Parameters
    ----------
    articles : article_id, outlet, title, text; published_date and url are shown where present.
    n : units per stratum, or all where it has fewer. METHODS asks for at least 100 hits.
    broader : a wider query, in the form of the study's.
    story : {ar, en}: what the story is, for the instructions.
    seed : the same articles and seed give the same sample, whatever the order of rows.

    Raises
    ------
    ValueError : `purpose` is unknown or `n` is below 1.
    CodingError : the query found no article.
    """
    if purpose != "relevance":
        raise ValueError(f"purpose is {purpose!r}; samples are drawn for 'relevance'")
    if n < 1:
        raise ValueError(f"n is {n}; draw at least one unit per stratum")
    return _relevance(articles, result, n=n, broader=broader, story=story or {}, seed=seed)


def load_sample(path: Path) -> CodingSample:
    """Read a sample that `save_sample` wrote.

    Raises
    ------
    CodingError : the file is missing or is no sample.
    """
    try:
        record = json.loads(Path(path).read_text(encoding="utf-8"))
        table = pd.DataFrame(record["units"], columns=list(KEYS)).astype({"probability": float})
        return CodingSample(
            table=table, strata=pd.DataFrame(record["strata"], columns=list(STRATA)),
            outlets=pd.DataFrame(record["outlets"], columns=["outlet", "stratum", "n_population"]),
            question=Question(**record["question"]), purpose=record["purpose"], settings=record["settings"],
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CodingError(
            f"{path}: not the file of a sample ({type(error).__name__}). It is written beside the coding sheet; keep"
            " the two together, or draw the sample again with the same study and seed.",
            ar=f"{Path(path).name}: ليس ملف عيّنة ترميز. يُكتب هذا الملف بجانب استمارة الترميز؛ أبقِهما معًا، أو اسحب"
            " العيّنة من جديد بالدراسة نفسها والبذرة نفسها.",
        ) from error


def save_sample(sample: CodingSample, path: Path) -> None:
    """Write what is needed to weigh the codes of a sample: ids and probabilities, no text of the articles."""
    write_json(path, sample.as_record())


def _relevance(
    articles: pd.DataFrame,
    result: RelevanceResult,
    *,
    n: int,
    broader: Sequence[str],
    story: Mapping[str, str],
    seed: int,
) -> CodingSample:
    query = list(result.settings["query"])
    found = result.table.set_index("article_id").reindex(articles["article_id"])
    wider = judge_relevance(articles, query=[*query, *broader]).table if query or broader else found.reset_index()
    hit = found["on_story"].to_numpy(dtype=bool)
    reached = (wider["n_hits"] > 0).to_numpy()
    frame = articles.assign(stratum=np.select([hit, reached], ["hit", "remainder"], ""))
    frame = frame[frame["stratum"] != ""].sort_values("article_id", kind="stable")
    if not hit.any():
        raise CodingError(
            f"the query found none of {len(articles)} articles: there is nothing to code. Widen relevance.query.",
            ar=f"لم يجد الاستعلام أي مادة من {len(articles)} مادة، فلا شيء للترميز. وسّع relevance.query.",
        )
    parts = {name: frame[frame["stratum"] == name] for name in ("hit", "remainder")}
    drawn = {name: _draw(part, n, [seed, number]) for number, (name, part) in enumerate(parts.items())}
    strata = pd.DataFrame([(name, len(parts[name]), len(drawn[name])) for name in parts], columns=list(STRATA))
    outlets = frame.groupby(["outlet", "stratum"]).size().rename("n_population").reset_index()
    table = pd.concat(drawn.values())
    table = table.iloc[np.random.default_rng([seed, 2]).permutation(len(table))].reset_index(drop=True)
    shown = _shown(table, compile_query(query), compile_query(broader, key="relevance.broader"))
    settings = {
        "query": query, "broader": list(broader), "min_score": result.settings["min_score"], "n": n, "seed": seed,
        "story": dict(story), "n_articles": len(articles),
    }  # fmt: skip
    return CodingSample(shown, strata, outlets, RELEVANCE, "relevance", settings)


def _draw(stratum: pd.DataFrame, n: int, seed: list[int]) -> pd.DataFrame:
    size = min(n, len(stratum))
    rows = np.random.default_rng(seed).permutation(len(stratum))[:size]
    return stratum.iloc[np.sort(rows)].assign(probability=size / max(1, len(stratum)))


def _shown(table: pd.DataFrame, query: Sequence[Entry], broader: Sequence[Entry]) -> pd.DataFrame:
    """Give the sample's columns: keys, and what a coder sees, found by one rule for both strata."""
    texts = table["text"].fillna("").tolist()
    blank = pd.Series("", index=table.index)
    columns = {
        "unit_id": table["article_id"].astype("str"),
        "article_id": table["article_id"].astype("str"),
        "outlet": table["outlet"],
        "stratum": table["stratum"],
        "probability": table["probability"].astype(float),
        "date": table.get("published_date", blank).fillna(""),
        "title": table["title"].fillna(""),
        "lead": [" ".join(text.split()[:LEAD_WORDS]) for text in texts],
        "snippet": [snippet(text, query) or snippet(text, broader) for text in texts],
        "url": table.get("url", blank).fillna(""),
    }
    return pd.DataFrame(columns)


def snippet(text: str, entries: Sequence[Entry]) -> str:
    """Give the text round the first hit, the hit in square brackets; empty where the text has none."""
    hits = find_hits(text, entries)
    if not hits:
        return ""
    start, end = hits[0]
    before, after = text[max(0, start - SNIPPET_CHARS) : start], text[end : end + SNIPPET_CHARS]
    if start > SNIPPET_CHARS:
        before = "… " + before.partition(" ")[2]
    if end + SNIPPET_CHARS < len(text):
        after = after.rpartition(" ")[0] + " …"
    return " ".join(f"{before}[{text[start:end]}]{after}".split())
