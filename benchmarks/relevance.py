"""Measure relevance: the demo's plan, a query on real news with coded articles, similarity beside it, speed.

The 200 articles of the real corpus and the 24 entries of the demo's live pages were read and coded by a language
model (coder_kind model), once: articles from the title, the first words and the text round the hit, 43 unclear ones
from more of their text. The snippets let guess which query had found an article. `relevance_data/` holds ids,
probabilities and codes, no text. The corpus itself (SaudiNewsNet, research only) is not part of this repository:
without it that part is left out.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

import framing
from framing.coding import load_sample
from framing.encoders import load_encoder
from framing.files import package_data, read_csv
from framing.relevance import RelevanceResult, head_texts, judge_relevance
from framing.relevance_check import measure_relevance
from framing.vectors import embed_texts

HERE = Path(__file__).parent
DATA = HERE / "relevance_data"
REAL = HERE.parents[1] / "shared" / "data" / "saudinewsnet-foreign.jsonl.gz"
ENCODERS = ("lexical", "e5-small")
RECALLS = (0.98, 0.95, 0.9, 0.8, 0.7)
SIZES = (1_000, 5_000, 20_000, 50_000)


def measure() -> str:
    parts = ["## Relevance\n", on_the_demo()]
    parts += (
        [on_real_news()]
        if REAL.is_file()
        else ["The real corpus is not here: precision, recall and speed are left out.\n"]
    )
    return "\n".join(parts)


def encode_with(name: str):
    encoder = load_encoder(name)
    return lambda texts: embed_texts(list(texts), encoder=encoder)[0]


def on_the_demo() -> str:
    study = framing.load_study(package_data("demo", "study.yaml"))
    articles = framing.read_articles(
        [package_data("demo", "articles.jsonl")], outlet_aliases=study.outlet_aliases
    ).table
    plan = yaml.safe_load(package_data("demo", "plan.yaml").read_text(encoding="utf-8"))["articles"]
    truth = np.array([bool(plan[article_id]["on_story"]) for article_id in articles["article_id"]])
    lines = [
        "The demo's plan (articles), and its three live pages (24 entries, coder_kind model; one marked unsure is left"
        " out). The rules for entries were written after reading these pages.\n",
        "| similarity by | on-story F1 | off-story F1 | entries kept: precision | recall | off-story entries found |",
        "|---|---|---|---|---|---|",
    ]
    for name in ("none", *ENCODERS):
        encode = None if name == "none" else encode_with(name)
        found = judge_relevance(articles, query=study.relevance.query, encode=encode)
        said = found.table["on_story"].to_numpy()
        lines.append(f"| {name} | {f1(truth, said):.3f} | {f1(~truth, ~said):.3f} | {entries(found)} |")
    return "\n".join(lines) + "\n"


def entries(found: RelevanceResult) -> str:
    coded = read_csv(DATA / "demo_passages.csv").astype({"passage": int})
    both = coded[coded["value"] != "unsure"].merge(found.passages, on=["article_id", "passage"])
    truth, said = (both["value"] == "yes").to_numpy(), both["on_story"].to_numpy(dtype=bool)
    off = f"{(~truth & ~said).sum()} of {(~truth).sum()}"
    return f"{(truth & said).sum() / said.sum():.2f} | {(truth & said).sum() / truth.sum():.2f} | {off}"


def on_real_news() -> str:
    sample = load_sample(DATA / "iran_sample.json")
    codes = read_csv(DATA / "iran_codes.csv").astype({"probability": float})
    check = measure_relevance(codes, sample)
    articles = framing.read_articles([REAL]).table
    query, broader = sample.settings["query"], sample.settings["broader"]
    now = judge_relevance(articles, query=query).table
    drawn = sample.table.merge(codes[["unit_id", "value"]], on="unit_id")
    drawn = drawn[drawn["value"] != "unsure"].reset_index(drop=True)
    same = int(now["on_story"].sum()) == int(sample.strata.loc[0, "n_population"])
    lines = [
        f"SaudiNewsNet, {len(articles)} articles of 13 outlets, nine days of 2015. Query: {'، '.join(query)}; broader:"
        f" {'، '.join(broader)}. Coded: 100 hits and 100 of the remainder (coder_kind model, one coding).\n",
        check.summary() + "\n",
        f"Articles found now: {int(now['on_story'].sum())}, {'as' if same else 'NOT as'} when the sample was drawn.\n",
        "### Similarity to the story\n",
        "Weighted precision at a wanted recall (against the broader query), by the lowest score that reaches it.\n",
        "| decision | " + " | ".join(f"recall {wanted:.2f}" for wanted in RECALLS) + " | average precision |",
        "|---" * (len(RECALLS) + 2) + "|",
    ]
    for name in ENCODERS:
        vectors = encode_with(name)(head_texts(articles))
        scored = judge_relevance(articles, query=query, vectors=vectors).table.set_index("article_id")["score"]
        score = drawn["unit_id"].map(scored).to_numpy()
        hit = (drawn["stratum"] == "hit").to_numpy()
        lines.append(curve(f"broader query and score ({name})", drawn, score))
        lines.append(curve(f"query and score ({name})", drawn, np.where(hit, score, -1.0)))
        lines.append(f"Scores of {name}: {at_equal_recall(drawn, score, hit)}")
    notes = [line for line in lines if line.startswith("Scores")]
    lines = [line for line in lines if not line.startswith("Scores")]
    return "\n".join([*lines, "", *notes, "", speed(articles, query)])


def shares(drawn: pd.DataFrame, kept: np.ndarray) -> tuple[float, float]:
    weight, yes = 1 / drawn["probability"].to_numpy(), (drawn["value"] == "yes").to_numpy()
    return weight[kept & yes].sum() / max(weight[kept].sum(), 1e-9), weight[kept & yes].sum() / weight[yes].sum()


def curve(name: str, drawn: pd.DataFrame, score: np.ndarray) -> str:
    points = [shares(drawn, score >= cut) for cut in sorted(set(score[score >= 0]), reverse=True)]
    cells = []
    for wanted in RECALLS:
        reached = [precision for precision, recall in points if recall >= wanted]
        cells.append(f"{max(reached):.2f}" if reached else "not reached")
    recalls = np.array([0.0, *(recall for _, recall in points)])
    average = sum(precision * step for (precision, _), step in zip(points, np.diff(recalls), strict=True))
    return f"| {name} | {' | '.join(cells)} | {average:.2f} |"


def at_equal_recall(drawn: pd.DataFrame, score: np.ndarray, hit: np.ndarray) -> str:
    """Compare with the query at the query's own recall, and say what a cut costs that keeps 95 % of what it finds."""
    yes = (drawn["value"] == "yes").to_numpy()
    precision, recall = shares(drawn, hit)
    alone = [shares(drawn, score >= cut)[0] for cut in set(score) if shares(drawn, score >= cut)[1] >= recall - 1e-9]
    cut = float(np.quantile(score[hit & yes], 0.05))
    narrow = shares(drawn, hit & (score >= cut))
    return (
        f"the query alone has precision {precision:.2f} at recall {recall:.2f}; similarity alone, at that recall,"
        f" {max(alone):.2f}; the query with min_score {cut:.3f} (95 % of its relevant hits stay) {narrow[0]:.2f} at"
        f" {narrow[1]:.2f}. The cuts are chosen on the codes they are measured with.\n"
    )


def speed(articles: pd.DataFrame, query: Sequence[str]) -> str:
    lines = ["### Speed\n", "| articles | seconds | articles/s |", "|---|---|---|"]
    for size in SIZES:
        many = pd.concat([articles] * (size // len(articles) + 1), ignore_index=True).head(size)
        many["article_id"] = [f"{n}" for n in range(size)]
        start = time.process_time()
        judge_relevance(many, query=query)
        seconds = time.process_time() - start
        lines.append(f"| {size:,} | {seconds:.1f} | {size / seconds:,.0f} |")
    return "\n".join(lines) + "\n"


def f1(truth: np.ndarray, said: np.ndarray) -> float:
    return 2 * (truth & said).sum() / max(1, truth.sum() + said.sum())


if __name__ == "__main__":
    sys.stdout.write(measure() + "\n")
