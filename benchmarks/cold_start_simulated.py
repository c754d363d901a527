"""Simulated cold starts on the shipped codebook: where the constants of few examples come from.

Five styles are held out as a corpus of which a tenth carries each frame; a few examples of the other styles teach.
Terms are a random half of the codebook's (weak), all of them (full), or with words added that tell the frames apart
in the examples themselves (strong). `python benchmarks/cold_start_simulated.py` writes `cold_start_simulated.md`.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from cold_start_story import Remembering, calibration_error, macro_f1

import framing
from framing.arabic import lexical_view, words
from framing.codebook import Codebook, Example
from framing.files import sha256_text, write_text
from framing.frames import FrameModel
from framing.vectors import embed

CODEBOOK = "north-korea-russia"
KINDS = ("weak", "full", "strong")
N_EXAMPLES = (0, 5, 10, 25, 50, 100)
SEEDS = range(6)
N_HELD_OUT, SHARE = 5, 0.08
HEAD = "| examples per frame | terms | word lists | macro-F1 | range | share carried | true share | calibration error |"


def parents_only(codebook: Codebook) -> Codebook:
    """Make a newcomer's codebook of it: no children, their rules under the parent, no denials."""
    frames, examples = [], []
    for frame in codebook.parents:
        inner = [rule for child in codebook.children(frame.frame_id) for rule in child.include]
        terms, veto = codebook.terms_of(frame.frame_id)
        frames.append(replace(frame, include=(*frame.include, *inner), terms=terms, veto=veto))
    for example in codebook.examples:
        if not example.contested:
            parents = tuple(dict.fromkeys(frame.partition(".")[0] for frame in example.frames))
            examples.append(Example(example.text, example.style, parents))
    return replace(codebook, frames=tuple(frames), examples=tuple(examples))


def telling_words(codebook: Codebook, frame: str, n: int = 60) -> list[str]:
    """Give words that stand mostly in a frame's examples."""
    bags = [{w for w in words(lexical_view(example.text)) if len(w) > 3} for example in codebook.examples]
    everywhere = Counter(word for bag in bags for word in bag)
    inside = Counter(
        word for bag, e in zip(bags, codebook.examples, strict=True) if frame in e.frames for word in bag
    )  # fmt: skip
    score = {
        word: inside[word] / everywhere[word] * np.log1p(inside[word])
        for word in sorted(inside)
        if inside[word] >= 4 and inside[word] > 0.5 * everywhere[word]
    }
    return sorted(score, key=lambda word: -score[word])[:n]


def terms_of(codebook: Codebook, kind: str, telling: dict[str, list[str]], rng: np.random.Generator) -> Codebook:
    frames = []
    for frame in codebook.frames:
        terms = list(frame.terms)
        if kind == "weak":
            terms = list(rng.permutation(terms)[: max(5, len(terms) // 2)])
        if kind == "strong":
            terms += list(rng.permutation(telling[frame.frame_id])[:40])
        frames.append(replace(frame, terms=tuple(dict.fromkeys(str(term) for term in terms))))
    return replace(codebook, frames=tuple(frames))


def draw(codebook: Codebook, n: int, rng: np.random.Generator) -> tuple[list[Example], list[Example]]:
    """Give examples that teach, and those of the held-out styles that stand for the corpus."""
    styles = sorted({example.style for example in codebook.examples})
    held = set(rng.choice(styles, N_HELD_OUT, replace=False))
    outside = [example for example in codebook.examples if example.style in held]
    inside = [example for example in codebook.examples if example.style not in held]
    teach: list[Example] = []
    corpus = [example for example in outside if not example.frames]
    n_each = round(SHARE * len(corpus) / (1.0 - SHARE * len(codebook.parents)))
    for frame in codebook.parents:
        for pool, taken, wanted in ((inside, teach, n), (outside, corpus, n_each)):
            of_it = [example for example in pool if frame.frame_id in example.frames]
            taken += [of_it[i] for i in rng.choice(len(of_it), min(wanted, len(of_it)), replace=False)]
    none = [example for example in inside if not example.frames]
    teach += [none[i] for i in rng.choice(len(none), min(n, len(none)), replace=False)]
    return list(dict.fromkeys(teach)), list(dict.fromkeys(corpus))


def measure() -> str:
    encoder = Remembering(framing.load_encoder())
    codebook = parents_only(framing.load_codebook(CODEBOOK))
    ids = [frame.frame_id for frame in codebook.parents]
    telling = {frame: telling_words(codebook, frame) for frame in ids}
    lines = [
        "# Simulated cold starts\n",
        f"{__doc__.splitlines()[2]} {' '.join(__doc__.splitlines()[3:5])}\n".replace("  ", " "),
        f"Codebook {CODEBOOK} {codebook.version}, {len(SEEDS)} draws each. Mean of the draws. Examples of one author in"
        " one manner stand on both sides: read differences between versions of the model, not levels.\n",
        HEAD,
        "|---|---|---|---|---|---|---|---|",
    ]
    for n in N_EXAMPLES:
        for kind in KINDS:
            runs = [once(codebook, ids, n, kind, telling, seed, encoder) for seed in SEEDS]
            listed, score, said, true, error = np.mean(runs, axis=0)
            each = [run[1] for run in runs]
            lines.append(
                f"| {n} | {kind} | {listed:.3f} | **{score:.3f}** | {min(each):.2f}-{max(each):.2f} | {said:.3f}"
                f" | {true:.3f} | {error:.3f} |"
            )
    return "\n".join(lines) + "\n"


def once(
    codebook: Codebook,
    ids: list[str],
    n: int,
    kind: str,
    telling: dict[str, list[str]],
    seed: int,
    encoder: Remembering,
) -> tuple[float, ...]:
    rng = np.random.default_rng(seed)
    teach, corpus = draw(codebook, n, rng)
    listed = terms_of(codebook, kind, telling, rng)
    about = sha256_text(f"{kind} {seed} {n}")
    taught = replace(listed, examples=tuple(teach), sha256=about)
    units = pd.DataFrame({"unit_id": [str(i) for i in range(len(corpus))], "text": [e.text for e in corpus]})
    vectors = embed(units, encoder=encoder)
    model = FrameModel(taught, encoder=encoder, seed=seed).fit(units, vectors, store=False)
    table = model.predict(units, vectors).to_frame()
    truth = np.array([[frame in example.frames for frame in ids] for example in corpus])
    said = table[[f"is_{frame}" for frame in ids]].to_numpy(dtype=bool)
    scores = table[[f"p_{frame}" for frame in ids]].to_numpy(dtype=float)
    hits = model.learned.signals(taught, units, vectors.matrix).hits
    f1_words, f1_said = (float(macro_f1(truth, answer[None])[0]) for answer in (hits, said))
    return f1_words, f1_said, float(said.mean()), float(truth.mean()), calibration_error(truth, scores[None])


if __name__ == "__main__":
    write_text(Path(__file__).parent / "cold_start_simulated.md", measure())
    sys.stdout.write("simulated cold starts: written to cold_start_simulated.md\n")
