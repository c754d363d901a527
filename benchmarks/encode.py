"""Measure the embedded encoder's two engines in one run: speed, agreement, STS17.

The engines take turns on small batches, so that whatever else runs on the machine slows both alike.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

import framing
from framing.encoders.e5_small import E5Small
from framing.files import package_data

N_SENTENCES = 500
BATCH = 50
STS17 = Path(__file__).parents[2] / "shared" / "data" / "sts17-ar-ar.tsv"


def demo_sentences() -> list[str]:
    units = framing.split_units(framing.read_articles(package_data("demo", "articles.jsonl")).table)
    return list(dict.fromkeys(units.table["text"]))


def in_turns(texts: list[str], engines: dict[str, E5Small]) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Give each engine's vectors, and its seconds per batch."""
    rows: dict[str, list[np.ndarray]] = {name: [] for name in engines}
    seconds: dict[str, list[float]] = {name: [] for name in engines}
    for engine in engines.values():
        engine.encode(texts[:4])  # loads weights and vocabulary
    for start in range(0, len(texts), BATCH):
        for name, engine in engines.items():
            begun = time.perf_counter()
            rows[name].append(engine.encode(texts[start : start + BATCH]))
            seconds[name].append(time.perf_counter() - begun)
    return {n: np.concatenate(r) for n, r in rows.items()}, {n: np.array(s) for n, s in seconds.items()}


def sts17(engines: dict[str, E5Small]) -> str:
    if not STS17.is_file():
        return "STS17 ar-ar: not measured, its file is not here.\n"
    pairs = pd.read_csv(STS17, sep="\t", quoting=3)
    found = []
    for name, engine in engines.items():
        one, two = engine.encode(list(pairs["s1"])), engine.encode(list(pairs["s2"]))
        found.append(f"{name} {spearmanr((one * two).sum(axis=1), pairs['score']).statistic:.4f}")
    return f"STS17 ar-ar, {len(pairs)} pairs, Spearman: {', '.join(found)}.\n"


def measure() -> str:
    engines = {"wheel": E5Small("wheel"), "onnx": E5Small("auto")}
    head = "## The embedded encoder\n"
    if engines["onnx"].precision != "int8":
        return f"{head}\nThe fast engine cannot be had on this machine; the encoder uses {engines['onnx'].revision}.\n"
    sentences = demo_sentences()
    rows, seconds = in_turns(sentences, engines)
    timed = {name: found[: N_SENTENCES // BATCH] for name, found in seconds.items()}
    ratios = timed["wheel"] / timed["onnx"]
    cosines = (rows["wheel"] * rows["onnx"]).sum(axis=1)
    lines = [
        head,
        f"{N_SENTENCES} sentences of the demo corpus, in turns of {BATCH}; cosines over all {len(sentences)}.\n",
        "| engine | revision | precision | sentences/s | ratio |",
        "|---|---|---|---|---|",
    ]
    for name, engine in engines.items():
        total = timed[name].sum()
        lines.append(
            f"| {name} | {engine.revision} | {engine.precision} | {N_SENTENCES / total:.1f}"
            f" | {timed['wheel'].sum() / total:.2f} |"
        )
    lines += [
        f"\nRatio per turn: median {np.median(ratios):.2f}, {ratios.min():.2f} to {ratios.max():.2f}."
        f" Cosine between the engines: median {np.median(cosines):.4f}, least {cosines.min():.4f}.\n",
        sts17(engines),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(measure() + "\n")
