"""Measure the store of vectors: a million vectors through it, and a warm store against a cold one.

The million are short invented texts and an encoder that only hashes, so that what is measured is the store;
each run is a process of its own, its peak memory what the operating system says.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import framing
from framing.files import package_data
from framing.vectors import embed

CHILD = """
import re, sys, time
def peak_memory():  # GB; ru_maxrss would start at what the parent had
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1e6
import numpy as np, pandas as pd
from framing.vectors import embed
class Hashing:
    name, revision, precision, n_dims = "hashing", "1", "fp32", 384
    def encode(self, texts):
        seeds = np.array([hash(text) & 0x7FFFFFFF for text in texts], dtype=np.float64)
        rows = np.sin(seeds[:, None] + np.arange(384)).astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)
n = int(sys.argv[1])
words = "قالت الوزارة إن السفينة وصلت إلى الميناء صباح اليوم محملة بالقمح والزيت وعلى متنها طاقم من عشرين بحارا"
units = pd.DataFrame({"unit_id": [f"a#{i}" for i in range(n)], "text": [f"{words} {i}" for i in range(n)]})
start = time.perf_counter()
vectors = embed(units, encoder=Hashing())
seconds = time.perf_counter() - start
print(vectors.embedded, vectors.from_store, seconds, peak_memory())
"""
SIZES = (100_000, 1_000_000)


def measure() -> str:
    return f"## The store of vectors\n\n{_streams()}\n{_warm()}"


def _streams() -> str:
    lines = ["| units | store | embedded | from store | seconds | peak memory, GB |", "|---|---|---|---|---|---|"]
    for size in SIZES:
        with tempfile.TemporaryDirectory() as cache:
            environment = os.environ | {"FRAMING_CACHE": cache, "PYTHONHASHSEED": "0"}
            for store in ("cold", "warm"):
                done = subprocess.run(
                    [sys.executable, "-c", CHILD, str(size)],
                    env=environment,
                    capture_output=True,
                    text=True,
                    check=True,
                )
                embedded, kept, seconds, peak = done.stdout.split()
                lines.append(f"| {size} | {store} | {embedded} | {kept} | {float(seconds):.0f} | {float(peak):.2f} |")
    return "Vectors of 384 dimensions; the matrix of a million is 1.54 GB of the peak.\n\n" + "\n".join(lines) + "\n"


def _warm() -> str:
    articles = framing.read_articles([package_data("demo", "articles.jsonl")])
    units = framing.split_units(articles.table).table
    encoder = framing.load_encoder("e5-small")
    encoder.encode(["تهيئة"])
    seconds = []
    with tempfile.TemporaryDirectory() as cache:
        before, os.environ["FRAMING_CACHE"] = os.environ.get("FRAMING_CACHE"), str(Path(cache))
        try:
            for _ in range(2):
                start = time.perf_counter()
                vectors = embed(units, encoder=encoder)
                seconds.append(time.perf_counter() - start)
        finally:
            os.environ.pop("FRAMING_CACHE")
            os.environ |= {} if before is None else {"FRAMING_CACHE": before}
    return (
        f"The demo's {len(units)} units with e5-small: cold {seconds[0]:.2f} s, warm {seconds[1]:.3f} s, which embeds"
        f" {vectors.embedded}: **{seconds[0] / seconds[1]:.0f} times as fast**.\n"
    )


if __name__ == "__main__":
    sys.stdout.write(measure() + "\n")
