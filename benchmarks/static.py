"""Measure the encoder `static` beside e5-small, which it is distilled from: frames, clusters, speed, building.

Everything is built from texts alone. The gold units are only scored; the settings were chosen by
leave-one-style-out on the codebook's examples. "Meaning alone" leaves out what the frame model also sees
(letters, terms), which hides most of the difference between encoders: "noise" shows how much.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from frames import CODEBOOK, f1, parents_in
from sklearn.cluster import KMeans
from sklearn.metrics import normalized_mutual_info_score
from sklearn.svm import SVC

import framing
from framing.encoders.base import Encoder, unit_length
from framing.encoders.lexical import Lexical
from framing.encoders.static import Static, load_static
from framing.encoders.static_build import StaticBuild, build_static
from framing.files import package_data
from framing.frame_examples import codebook_examples
from framing.frame_machine import Examples, centred, folds
from framing.frames import FrameModel
from framing.vectors import embed, embed_texts

SHARED = Path(__file__).parents[2] / "shared" / "data"
SEED = 20241023
TURNS, E5_BATCH, COPIES = 5, 60, 20
# Of the machines that see meaning alone.
SVC_C, SVC_GAMMA = 3.0, 1.0


class Remembering:
    """The source encoder, which embeds a word that two corpora share only once; its fingerprint is the source's."""

    def __init__(self, source: Encoder) -> None:
        self.name, self.revision, self.precision = source.name, source.revision, source.precision
        self.n_dims, self._source = source.n_dims, source
        self._kept: dict[str, np.ndarray] = {}

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        new = list(dict.fromkeys(text for text in texts if text not in self._kept))
        self._kept |= dict(zip(new, self._source.encode(new), strict=True))
        return np.stack([self._kept[text] for text in texts])


class Noise:
    """Vectors without any meaning: what the letters and terms of the frame model reach by themselves."""

    name, revision, precision, n_dims = "noise", "1", "fp32", 256

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        seeds = [int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) for text in texts]
        rows = [np.random.default_rng(seed).normal(size=self.n_dims) for seed in seeds]
        return unit_length(np.array(rows, dtype=np.float32).reshape(-1, self.n_dims))


def meaning_alone(codebook: framing.codebook.Codebook, encoder: Encoder, gold: pd.DataFrame) -> tuple[float, float]:
    """Macro-F1 of the support vector machines alone, cut at 0: on examples of unseen styles, on the gold."""
    parents = [frame.frame_id for frame in codebook.parents]
    every = codebook_examples(codebook, encoder=encoder)
    labels = np.column_stack([every.column(parent) for parent in parents])
    examples = Examples(every.texts, every.vectors, labels, every.styles, tuple(parents))
    parts = folds(examples, SEED)
    said = np.zeros(labels.shape, dtype=bool)
    for part in np.unique(parts):
        said[parts == part] = _said(examples, parts != part, every.vectors[parts == part])
    unseen = embed_texts(list(gold["text"]), encoder=encoder)[0]
    on_gold = _said(examples, np.ones(len(parts), dtype=bool), unseen)
    truth = np.array([[p in parents_in(found) for p in parents] for found in gold["agreed"]])
    return _macro(labels, said), _macro(truth, on_gold)


def _said(examples: Examples, taught: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    mean = examples.vectors[taught].mean(axis=0, dtype=np.float64)
    known, asked = centred(examples.vectors[taught], mean), centred(vectors, mean)
    machines = [SVC(C=SVC_C, gamma=SVC_GAMMA, class_weight="balanced") for _ in examples.labels.T]
    wanted = examples.labels[taught].T
    return np.column_stack(
        [m.fit(known, w).decision_function(asked) >= 0 for m, w in zip(machines, wanted, strict=True)]
    )


def _macro(truth: np.ndarray, said: np.ndarray) -> float:
    return float(np.mean([f1(a, b) for a, b in zip(truth.T, said.T, strict=True)]))


def whole_model(codebook: framing.codebook.Codebook, encoder: Encoder, gold: pd.DataFrame) -> tuple[float, float]:
    """Macro-F1 of the frame model: on examples of unseen styles, on the gold."""
    model = FrameModel(codebook, encoder=encoder, seed=SEED).fit(store=False)
    learned = model.learned
    assert learned.unseen is not None
    wide = model.predict(gold, embed(gold, encoder=encoder)).to_frame()
    parents = [frame.frame_id for frame in codebook.parents]
    every = codebook_examples(codebook, encoder=encoder)
    labels = np.column_stack([every.column(parent) for parent in parents])
    said = learned.scores(codebook, learned.unseen) >= np.array([model.thresholds[parent] for parent in parents])
    truth = np.array([[p in parents_in(found) for p in parents] for found in gold["agreed"]])
    return _macro(labels, said), _macro(truth, wide[[f"is_{p}" for p in parents]].to_numpy())


def frames_table(encoders: dict[str, Encoder]) -> list[str]:
    codebook = framing.load_codebook(CODEBOOK)
    gold = pd.read_csv(package_data("demo", "gold.csv"), dtype={"unit_id": str}, keep_default_na=False)
    found = {
        name: (*whole_model(codebook, encoder, gold), *meaning_alone(codebook, encoder, gold))
        for name, encoder in encoders.items()
    }
    lines = [
        "\n### Frames: macro-F1, and its share of e5-small's\n",
        "| encoder | examples of unseen styles | demo gold | meaning alone: unseen styles | meaning alone: gold |",
        "|---|---|---|---|---|",
    ]
    whole = found["e5-small"]
    for name, scores in found.items():
        cells = [f"{score:.3f} ({score / best:.0%})" for score, best in zip(scores, whole, strict=True)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines.append(
        f"\n{len(gold)} gold units, coder_kind model, never used to choose a setting; their texts are in the corpus the"
        " table was built from, their codes are not. The whole model also reads letters and terms.\n"
    )
    return lines


def speed(texts: list[str], e5: Encoder, static: Static, built: StaticBuild) -> list[str]:
    """Take turns, so that whatever else runs on the machine slows both alike; the table starts with no memory."""
    many = [f"{text} {number}" for number in range(COPIES) for text in texts]
    e5.encode(texts[:4])
    seconds = np.zeros((TURNS, 3))
    for turn in range(TURNS):
        part = texts[turn * E5_BATCH : (turn + 1) * E5_BATCH]
        fresh = load_static(str(built.folder))
        for column, (encoder, batch) in enumerate([(e5, part), (fresh, texts), (static, many)]):
            begun = time.perf_counter()
            encoder.encode(batch)
            seconds[turn, column] = (time.perf_counter() - begun) / len(batch)
    rates = 1 / np.median(seconds, axis=0)
    ratios = np.median(seconds[:, :1] / seconds, axis=0)
    cover = static.coverage(texts)
    return [
        "### Speed\n",
        "| encoder | sentences/s | ratio |",
        "|---|---|---|",
        f"| e5-small ({e5.revision}) | {rates[0]:.0f} | 1 |",
        f"| static, first {len(texts)} sentences it sees | {rates[1]:.0f} | **{ratios[1]:.0f}** |",
        f"| static, {len(many)} sentences more | {rates[2]:.0f} | **{ratios[2]:.0f}** |",
        f"\nMedians of {TURNS} turns. {cover.summary()}.\n",
    ]


def clusters(source: Encoder, general: Static) -> list[str]:
    """NMI of k-means with the true number of classes, mean of three seeds, on two public collections."""
    lines = [
        "### Clusters for context: NMI of k-means\n",
        "| texts | e5-small | static, of these texts | of the demo |",
    ]
    lines.append("|---|---|---|---|")
    for name, (texts, classes) in _collections().items():
        with tempfile.TemporaryDirectory() as folder:
            own = load_static(str(build_static(texts, out=Path(folder) / "static", source=source).folder))
        cells = [f"{_nmi(encoder.encode(texts), classes):.3f}" for encoder in (source, own, general)]
        lines.append(f"| {name}, {len(texts)} | {' | '.join(cells)} |")
    return lines if len(lines) > 3 else ["Clusters: not measured, the collections are not here.\n"]


def _nmi(rows: np.ndarray, classes: list[str]) -> float:
    rows = unit_length(rows - rows.mean(axis=0))
    k = len(set(classes))
    labels = [KMeans(k, n_init=10, random_state=seed).fit_predict(rows) for seed in range(3)]
    return float(np.mean([normalized_mutual_info_score(classes, found) for found in labels]))


def _collections() -> dict[str, tuple[list[str], list[str]]]:
    found = {}
    if (path := SHARED / "sib200.tsv").is_file():
        table = pd.read_csv(path, sep="\t", quoting=3)
        found["SIB-200 ar"] = (list(table["text"]), list(table["category"]))
    if (path := SHARED / "ant.jsonl.gz").is_file():
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        found["ANT, title and abstract"] = (
            [f"{r['title']}. {r['abstract']}" for r in rows],
            [r["category"] for r in rows],
        )
    return found


def measure() -> str:
    units = framing.split_units(framing.read_articles(package_data("demo", "articles.jsonl")).table).table
    texts = list(dict.fromkeys(units["text"]))
    e5 = framing.load_encoder("e5-small")
    source = Remembering(e5)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        built = build_static(texts, out=Path(folder) / "static", source=source)
        seconds = time.perf_counter() - begun
        megabytes = sum(path.stat().st_size for path in built.folder.iterdir()) / 1e6
        plain = load_static(str(build_static(None, out=Path(folder) / "plain", source=source).folder))
        static = load_static(str(built.folder))
        encoders = {
            "e5-small": e5,
            "static": static,
            "static, no corpus": plain,
            "lexical": Lexical(),
            "noise": Noise(),
        }
        lines = [
            "## Word vectors in place of the embedded encoder\n",
            f"Built from the demo's {len(texts)} different units in {seconds:.0f} s: {built.about['n_words']} words,"
            f" {built.about['n_dims']} dimensions, {megabytes:.0f} MB,"
            f" taught by {built.about['n_sentences']} sentences.\n",
            *speed(texts, e5, static, built),
            *frames_table(encoders),
            *clusters(source, static),
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(measure() + "\n")
