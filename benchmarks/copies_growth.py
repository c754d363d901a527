"""Measure how time and memory of `group_copies` grow from 1,000 to 50,000 articles.

More articles than there are come from clones: the whole corpus again, 21 days later, with every word but the 300
most frequent and the agencies' names exchanged for another word of the corpus, the same one everywhere in a
clone. So a clone is new text with the lengths, copies, edits and relays of real news, and shares only formulas with
the others. Each size runs in a process of its own; memory is what it adds to the process with the articles in it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from framing.copies import group_copies
from framing.lexicon import load

SIZES = (1000, 2000, 5000, 10_000, 20_000, 50_000)
SEED, KEPT, DAYS = 20241023, 300, 21


def clones(articles: pd.DataFrame, n: int, *, same_days: bool = False) -> pd.DataFrame:
    """Give the first n articles by day of the corpus and as many clones as it takes."""
    words = [text.split(" ") for text in articles["text"]]
    counts = Counter(word for row in words for word in row)
    names = {part for agency, entry in load("agencies").items() for part in agency.split()} | {""}
    kept = {word for word, _ in counts.most_common(KEPT)} | names
    free = sorted(set(counts) - kept)
    columns = ["article_id", "outlet", "text", "published_date", "published", "agency"]
    made = [articles[columns]]
    for k in range(1, -(-n // len(articles))):
        other = dict(zip(free, np.random.default_rng(SEED + k).permutation(free).tolist(), strict=True))
        clone = articles[columns].assign(
            article_id=articles["article_id"] + f"-clone{k}",
            text=[" ".join(other.get(word, word) for word in row) for row in words],
        )
        if not same_days:
            shift = pd.Timedelta(days=DAYS * k)
            days = (pd.to_datetime(articles["published_date"]) + shift).dt.strftime("%Y-%m-%d")
            clone = clone.assign(published=articles["published"] + shift, published_date=days.astype("str"))
        made.append(clone)
    return pd.concat(made).sort_values("published_date", kind="stable").head(n).reset_index(drop=True)


def peak_kilobytes() -> int:
    """Give this process's peak of memory; Linux only."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def run_one(path: str) -> None:
    """Group the articles of one file and write what it took; called in a fresh process."""
    articles = pd.read_parquet(path)
    group_copies(articles.head(50))  # loads the libraries
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts anew
    before = peak_kilobytes()
    start, cpu = time.perf_counter(), time.process_time()
    copies = group_copies(articles)
    took = {
        "seconds": time.perf_counter() - start,
        "cpu": time.process_time() - cpu,
        "megabytes": (peak_kilobytes() - before) / 1024,
        "n_compared": copies.settings["n_compared"],
        "n_groups": int(copies.table["copy_group"].nunique()),
    }
    sys.stdout.write(json.dumps(took) + "\n")


def took(articles: pd.DataFrame) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "articles.parquet"
        articles.to_parquet(path)
        done = subprocess.run([sys.executable, __file__, str(path)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def exponent(sizes: list[int], values: list[float]) -> float:
    """Give the slope of the logarithms: 1 is linear, 2 quadratic."""
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def measure(articles: pd.DataFrame, sizes: tuple[int, ...] = SIZES) -> str:
    found = {n: took(clones(articles, n)) for n in sizes}
    lines = ["| articles | seconds | CPU seconds | MB above the articles | pairs compared | groups |"]
    lines.append("|---|---|---|---|---|---|")
    for n, row in found.items():
        cells = f"{row['seconds']:.1f} | {row['cpu']:.1f} | {row['megabytes']:.0f} | {row['n_compared']:.0f}"
        lines.append(f"| {n:,} | {cells} | {row['n_groups']} |")
    largest = [n for n in sizes if n >= 5000]
    steps = [f"{b // 1000}k/{a // 1000}k {found[b]['cpu'] / found[a]['cpu']:.2f}" for a, b in pairwise(sizes)]
    slopes = {key: exponent(list(sizes), [found[n][key] for n in sizes]) for key in ("cpu", "megabytes", "n_compared")}
    late = {key: exponent(largest, [found[n][key] for n in largest]) for key in ("cpu", "megabytes")}
    hard = took(clones(articles, 20_000, same_days=True))
    one_text = [took(_one_text(n, near)) for n in (1000, 4000) for near in (False, True)]
    tail = (
        f"\nGrowth exponent (slope of the logarithms) from {sizes[0]:,} to {sizes[-1]:,}: CPU seconds"
        f" **{slopes['cpu']:.2f}**, memory **{slopes['megabytes']:.2f}**, compared pairs {slopes['n_compared']:.2f};"
        f" from 5,000 on {late['cpu']:.2f} and {late['megabytes']:.2f}. CPU seconds, step by step:"
        f" {', '.join(steps)}.\n\n"
        f"Harder: 20,000 articles all from the same nine days take {hard['cpu']:.1f} CPU seconds and"
        f" {hard['megabytes']:.0f} MB. One text 1,000 times takes {one_text[0]['cpu']:.2f} s, 4,000 times"
        f" {one_text[2]['cpu']:.2f} s; with another dateline each time {one_text[1]['cpu']:.2f} s and"
        f" {one_text[3]['cpu']:.2f} s.\n"
    )
    return "\n".join(["### Growth\n", __doc__.partition("\n\n")[2], *lines, tail])


def _one_text(n: int, near: bool) -> pd.DataFrame:
    """Give one invented text n times, in as many outlets, with a dateline of its own each where `near`."""
    body = " ".join(f"كلمة{chr(0x628 + k % 18)}{chr(0x628 + k // 18)}" for k in range(200))
    texts = [f"مدينة{chr(0x628 + k % 18)}{chr(0x628 + k // 18 % 18)}{k} {body}" if near else body for k in range(n)]
    outlets = [f"outlet {k}" for k in range(n)]
    ids = [f"a{k}" for k in range(n)]
    return pd.DataFrame({"article_id": ids, "outlet": outlets, "text": texts, "published_date": "2024-10-23"})


if __name__ == "__main__":
    run_one(sys.argv[1])
