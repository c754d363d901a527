"""What each signal of the frame model is worth: leave-one-style-out with one of them left out, or one more.

A signal stays in the model where it raises macro-F1 here. The curves that make margins scores are learned again for
each row on the other styles; the threshold is the one the model would take. The sentence before cannot be judged so:
examples have none. `python benchmarks/frame_signals.py` prints the table.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from frames import CODEBOOK, SEED, difference, f1

import framing
from framing import frame_machine as machine
from framing.arabic import lexical_view
from framing.counts import unit_voices
from framing.frame_curve import fit_curve
from framing.frame_examples import codebook_examples, describe_frames
from framing.frame_learned import CHILDREN, find_hits
from framing.frame_machine import Examples
from framing.frame_texts import TextView
from framing.vectors import embed_texts

SECOND = "use-multilingual"


def meaning_kernel(vectors: np.ndarray) -> np.ndarray:
    rows = machine.centred(vectors, vectors.mean(axis=0, dtype=np.float64)).astype(np.float32)
    return machine.kernel(rows, rows)


def margins(examples: Examples, meaning: np.ndarray | None, *, spelling: bool = True) -> np.ndarray:
    """Give each example's margins from the other styles, with one or both kernels."""
    gram = np.zeros((len(examples.texts), len(examples.texts))) if meaning is None else meaning.copy()
    if spelling:
        _, spelled = TextView.learn(examples.texts)
        gram += (spelled @ spelled.T).toarray()
    targets = np.where(examples.labels, 1.0, -1.0)
    dual, _, projector = machine._solve(gram, targets)
    return machine._left_out(targets, dual, projector, machine.folds(examples, SEED))


def joined(codebook: framing.codebook.Codebook, examples: Examples, found: np.ndarray, *, children: bool) -> np.ndarray:
    """Give the parents' margins, drawn towards their likeliest child or not."""
    parts = []
    for frame in codebook.parents:
        own = found[:, examples.columns.index(frame.frame_id)]
        inner = [examples.columns.index(child.frame_id) for child in codebook.children(frame.frame_id)]
        best = found[:, inner].max(axis=1) if inner else own
        parts.append((own + CHILDREN * best) / (1.0 + CHILDREN) if children else own)
    return np.column_stack(parts)


def answers(examples: Examples, parents: list[str], table: list[np.ndarray], styles: np.ndarray) -> np.ndarray:
    """Say which parents each example carries, by curves learned on the other styles; bool `(n, k)`."""
    none = ~np.asarray(examples.labels.any(axis=1))
    said = np.zeros((len(styles), len(parents)), dtype=bool)
    for place, frame in enumerate(parents):
        wanted = examples.column(frame)
        for style in np.unique(styles):
            out = styles == style
            curve = fit_curve(table[place][~out], wanted[~out], none=none[~out])
            said[out, place] = curve.score(table[place][out]) >= curve.threshold
    return said


def measure() -> str:
    codebook, encoder = framing.load_codebook(CODEBOOK), framing.load_encoder()
    examples = codebook_examples(codebook, encoder=encoder)
    parents, styles = [frame.frame_id for frame in codebook.parents], np.array(examples.styles)
    truth = np.column_stack([examples.column(frame) for frame in parents])
    hits = find_hits(codebook, [lexical_view(text) for text in examples.texts]).astype(float)
    near = describe_frames(codebook, encoder=encoder).measured_on(examples.vectors).closeness(examples.vectors)
    own = meaning_kernel(examples.vectors)
    both = margins(examples, own)
    whole = joined(codebook, examples, both, children=True)
    voices = voice_columns(examples)
    rows = {
        "the model": (whole, near, hits),
        "without meaning": (joined(codebook, examples, margins(examples, None), children=True), near, hits),
        "without letters and words": (
            joined(codebook, examples, margins(examples, own, spelling=False), children=True), near, hits
        ),
        "without children": (joined(codebook, examples, both, children=False), near, hits),
        "without descriptions": (whole, np.zeros_like(near), hits),
        "without terms": (whole, near, np.zeros_like(hits)),
        "attributed in place of terms": (whole, near, np.repeat(voices[:, :1], len(parents), axis=1)),
        "quoted in place of terms": (whole, near, np.repeat(voices[:, 1:], len(parents), axis=1)),
    }  # fmt: skip
    for name, (kernel, closeness) in second_encoder(codebook, examples, own, near).items():
        rows[name] = (joined(codebook, examples, margins(examples, kernel), children=True), closeness, hits)
    found = {
        name: answers(
            examples, parents, [np.column_stack(part) for part in zip(*(p.T for p in parts), strict=True)], styles
        )
        for name, parts in rows.items()
    }
    lines = [
        "### What each signal is worth\n",
        f"Codebook {codebook.version}, {len(truth)} examples; each of {len(np.unique(styles))} styles left out.\n",
        "| signals | macro-F1 | 95 %, by styles | "
        + " | ".join(parents)
        + " | less the model (95 %) | drawn by styles |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, said in found.items():
        each = [f1(truth[:, k], said[:, k]) for k in range(len(parents))]
        least, most = difference(truth, said, np.zeros_like(said), styles)
        gaps = [difference(truth, said, found["the model"], groups) for groups in (np.arange(len(truth)), styles)]
        gap = " | ".join("" if name == "the model" else f"{low:+.3f} to {high:+.3f}" for low, high in gaps)
        lines.append(
            f"| {name} | **{np.mean(each):.3f}** | {least:.3f}-{most:.3f} | "
            + " | ".join(f"{x:.3f}" for x in each)
            + f" | {gap} |"
        )
    return "\n".join(lines) + "\n"


def second_encoder(
    codebook: framing.codebook.Codebook, examples: Examples, own: np.ndarray, near: np.ndarray
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Give kernels of meaning with a second embedded encoder, and closeness; none where it is not installed."""
    try:
        encoder = framing.load_encoder(SECOND)
    except framing.errors.EncoderError:
        return {}
    vectors = embed_texts(examples.texts, encoder=encoder)[0]
    told = describe_frames(codebook, encoder=encoder).measured_on(vectors).closeness(vectors)
    second = meaning_kernel(vectors)
    return {
        f"{SECOND} in place of e5-small": (second, told),
        f"with {SECOND}, concatenated": (np.sqrt(own * second), near),  # centred, both halves of equal length
        f"with {SECOND}, half of each kernel": ((own + second) / 2, near),
        f"with {SECOND}, weight 0.5": (own + 0.5 * second, near),
        f"with {SECOND}, weight 1": (own + second, near),
    }


def voice_columns(examples: Examples) -> np.ndarray:
    """Tell which examples are attributed, and which quoted, by the rules of `framing.voices`."""
    ids = [str(number) for number in range(len(examples.texts))]
    units = pd.DataFrame(
        {"unit_id": ids, "article_id": ids, "n": 0, "part": "body", "text": examples.texts, "start": 0}
    )
    units["end"] = units["text"].str.len()
    voice = unit_voices(units, framing.find_voices(units).table).to_numpy()
    return np.column_stack([voice == "attributed", voice == "quoted"]).astype(float)


if __name__ == "__main__":
    sys.stdout.write(measure())
