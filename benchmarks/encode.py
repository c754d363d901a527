"""Measure the encoders, both sides in one run: the embedded one's two engines, the other embedded one, hub models.

The sides take turns on small batches, so that whatever else runs on the machine slows both alike.
`python benchmarks/encode.py embedded|second|hub` measures one part.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

import framing
from framing.encoders import Encoder, load_encoder
from framing.encoders.e5_small import E5Small
from framing.errors import EncoderError
from framing.files import package_data
from framing.sentences import sentence_spans

sys.path.insert(0, str(Path(__file__).parent))
from hub_models import write_arabert_shape, write_e5_folder

N_SENTENCES = 500
# Sentences that the two embedded encoders take turns on.
N_SECOND = 300
# Sentences over which the two engines are compared.
N_REAL = 2000
BATCH = 50
SHARED = Path(__file__).parents[2] / "shared" / "data"
STS17 = SHARED / "sts17-ar-ar.tsv"
NEWS = SHARED / "saudinewsnet-foreign.jsonl.gz"
N_UNITS = 1000
TURN = 250


def demo_sentences() -> list[str]:
    units = framing.split_units(framing.read_articles(package_data("demo", "articles.jsonl")).table)
    return list(dict.fromkeys(units.table["text"]))


def in_turns(texts: list[str], engines: dict[str, Encoder]) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
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


def sts17(engines: dict[str, Encoder]) -> str:
    if not STS17.is_file():
        return "STS17 ar-ar: not measured, its file is not here.\n"
    pairs = pd.read_csv(STS17, sep="\t", quoting=3)
    found = []
    for name, engine in engines.items():
        one, two = engine.encode(list(pairs["s1"])), engine.encode(list(pairs["s2"]))
        found.append(f"{name} {spearmanr((one * two).sum(axis=1), pairs['score']).statistic:.4f}")
    return f"STS17 ar-ar, {len(pairs)} pairs, Spearman: {', '.join(found)}.\n"


def measure_embedded() -> str:
    engines: dict[str, Encoder] = {"wheel": E5Small("wheel"), "onnx": E5Small("auto")}
    head = "## The embedded encoder\n"
    if engines["onnx"].precision != "int8":
        return f"{head}\nThe fast engine cannot be had on this machine; the encoder uses {engines['onnx'].revision}.\n"
    sentences = real_units(N_REAL)
    where = "real news" if NEWS.is_file() else "the demo corpus"
    rows, seconds = in_turns(sentences, engines)
    timed = {name: found[: N_SENTENCES // BATCH] for name, found in seconds.items()}
    ratios = timed["wheel"] / timed["onnx"]
    cosines = (rows["wheel"] * rows["onnx"]).sum(axis=1)
    lines = [
        head,
        f"{N_SENTENCES} sentences of {where}, in turns of {BATCH}; cosines over all {len(sentences)}.\n",
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


def measure_second() -> str:
    """Time the other embedded encoder in turns with the default one, and compare how they rank likeness."""
    try:
        engines = {name: load_encoder(name) for name in ("e5-small", "use-multilingual")}
    except EncoderError as error:
        return f"The second embedded encoder was not measured: {error}\n"
    sentences = real_units(N_SECOND)
    words = [len(sentence.split()) for sentence in sentences]
    _, seconds = in_turns(sentences, engines)
    ratios = seconds["e5-small"] / seconds["use-multilingual"]
    speeds = ", ".join(f"{name} {len(sentences) / taken.sum():.0f}/s" for name, taken in seconds.items())
    return (
        f"{len(sentences)} sentences of {np.median(words):.0f} words in the median, in turns of {BATCH}: {speeds};"
        f" ratio per turn {np.median(ratios):.2f} in the median, {ratios.min():.2f} to {ratios.max():.2f}."
        f" {sts17(engines)}"
    )


def real_units(n: int) -> list[str]:
    """Give sentences of real news where its file is here, else of the demo corpus."""
    if not NEWS.is_file():
        return demo_sentences()[:n]
    found: dict[str, None] = {}
    with gzip.open(NEWS, "rt", encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["content"]
            found |= dict.fromkeys(text[start:end] for start, end in sentence_spans(text))
            if len(found) >= 3 * n:
                break
    return list(found)[::3][:n]


def rank_agreement(one: np.ndarray, two: np.ndarray) -> float:
    """Give the median, over every fifth unit, of the rank correlation between its cosines to all others."""
    return float(np.median([spearmanr(one @ one[i], two @ two[i]).statistic for i in range(0, len(one), 5)]))


def measure_quality(units: list[str]) -> str:
    """Judge int8 on real weights: e5-small as a Hugging Face folder, through the code that AraBERT takes."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(write_e5_folder(Path(folder) / "e5-small"))
        engines: dict[str, Encoder] = {p: load_encoder(path, precision=p) for p in ("int8", "fp32")}
        rows = {name: engine.encode(units) for name, engine in engines.items()}
        cosines = (rows["int8"] * rows["fp32"]).sum(axis=1)
        return (
            f"e5-small as a Hugging Face folder, {len(units)} real units, int8 against fp32: cosine median"
            f" {np.median(cosines):.4f}, least {cosines.min():.4f}; Spearman of neighbours"
            f" {rank_agreement(rows['int8'], rows['fp32']):.4f}. {sts17({**engines, 'wheel': E5Small('wheel')})}"
        )


def seconds_in_turns(units: list[str], sides: dict[str, Callable[[list[str]], Any]]) -> dict[str, np.ndarray]:
    for encode in sides.values():
        encode(units[:8])
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for start in range(0, len(units), TURN):
        for name, encode in sides.items():
            begun = time.perf_counter()
            encode(units[start : start + TURN])
            seconds[name].append(time.perf_counter() - begun)
    return {name: np.array(found) for name, found in seconds.items()}


def measure_hub() -> str:
    """Compare `load_encoder` with `SentenceTransformer.encode` on its defaults, at the size of bert-base-arabertv02."""
    from sentence_transformers import SentenceTransformer

    units = real_units(N_UNITS)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("FRAMING_CACHE", folder)
        path = str(write_arabert_shape(Path(folder) / "arabert-shape", units))
        begun = time.perf_counter()
        ours = load_encoder(path)
        built = time.perf_counter() - begun
        begun = time.perf_counter()
        ours = load_encoder(path)
        opened = time.perf_counter() - begun
        lengths = [len(ours.tokens.encoding(ours.prepare(text)).ids) for text in units]  # type: ignore[attr-defined]
        theirs = SentenceTransformer(path, device="cpu")
        sides = {
            "SentenceTransformer.encode (fp32)": lambda texts: theirs.encode(texts, show_progress_bar=False),
            f"framing ({ours.precision})": ours.encode,
        }
        seconds = seconds_in_turns(units, sides)
        quality = measure_quality(units)
    first, second = seconds.values()
    ratios = first / second
    lines = [
        "## Hub models: AraBERT-base's architecture\n",
        f"{len(units)} real units, {np.median(lengths):.0f} tokens in the median"
        f" ({np.percentile(lengths, 95):.0f} at the 95th percentile), in turns of {TURN}."
        f" The graph is built and checked once in {built:.1f} s, then opened in"
        f" {opened:.1f} s.\n",
        "| side | units/s | ratio |",
        "|---|---|---|",
        *(f"| {n} | {len(units) / s.sum():.1f} | {first.sum() / s.sum():.2f} |" for n, s in seconds.items()),
        f"\nRatio per turn: median {np.median(ratios):.2f}, {ratios.min():.2f} to {ratios.max():.2f}.\n",
        quality,
    ]
    return "\n".join(lines)


def measure() -> str:
    return "\n".join([measure_embedded(), measure_second(), measure_hub()])


if __name__ == "__main__":
    parts = {"embedded": measure_embedded, "second": measure_second, "hub": measure_hub}
    chosen = parts.get(sys.argv[1], measure) if len(sys.argv) > 1 else measure
    sys.stdout.write(chosen() + "\n")
