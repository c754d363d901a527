"""Measure what `framing ingest` takes of memory and time as its input grows: JSONL of invented articles, 0.25 to 2 GB.

The rows are the demo's articles with their paragraphs drawn anew (seeded) and a number of their own, so that every text
differs. Each size is read in a process of its own; its peak memory is what the operating system says.
`python benchmarks/ingest.py 0.25 0.5 2` measures those sizes (GB).
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from framing.files import package_data

SIZES = (0.25, 0.5, 1.0, 2.0)
CHILD = """
import re, sys, time
def peak_memory():  # GB; ru_maxrss would start at what the parent had
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1e6
from framing.ingest import ingest_articles
start = time.perf_counter()
found = ingest_articles(sys.argv[1], out=sys.argv[2])
seconds = time.perf_counter() - start
peak = peak_memory()
print(found.n_articles, int(found.files["n_found"].sum()), seconds, peak)
"""


def write_corpus(path: Path, n_bytes: float) -> int:
    """Write a JSONL of that size; give its rows."""
    draw = random.Random(20241023)
    lines = package_data("demo", "articles.jsonl").read_text(encoding="utf-8").splitlines()
    articles = [json.loads(line) for line in lines]
    paragraphs = [piece for article in articles for piece in article["text"].split("\n") if piece.strip()]
    n_rows = written = 0
    with path.open("wb") as file:
        while written < n_bytes:
            article = articles[n_rows % len(articles)]
            text = "\n".join(draw.sample(paragraphs, 12))
            row = article | {"id": f"{n_rows:07d}", "text": f"{text}\nالنص رقم {n_rows}"}
            written += file.write((json.dumps(row, ensure_ascii=False) + "\n").encode("utf-8"))
            n_rows += 1
    return n_rows


def measure(sizes: tuple[float, ...] = SIZES) -> str:
    lines = [
        "## Reading large files\n",
        "`framing ingest` on JSONL of invented articles, written as Parquet; every row is read twice.\n",
        "| GB | rows | rows accounted for | articles | seconds | MB/s | peak memory, GB |",
        "|---|---|---|---|---|---|---|",
    ]
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "articles.jsonl")
            n_rows = write_corpus(source, size * 1e9)
            command = [sys.executable, "-c", CHILD, str(source), str(Path(folder, "out.parquet"))]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        articles, found, seconds, peak = done.stdout.split()
        speed = size * 1000 / float(seconds)
        lines.append(
            f"| {size} | {n_rows} | {found} | {articles} | {float(seconds):.0f} | {speed:.1f} | {float(peak):.2f} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(measure(tuple(float(size) for size in sys.argv[1:]) or SIZES) + "\n")
