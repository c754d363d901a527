"""Measure frames: leave-one-style-out over the codebook's examples, the demo's gold units, int8 against fp32.

Neither figure teaches the other: the gold units are only scored. `python benchmarks/frames.py precisions` measures
the last part alone, `python benchmarks/frames.py encoders` compares those that work offline, and
`python benchmarks/frames.py use-multilingual` gives the first two parts with another encoder.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

import framing
from framing.arabic import lexical_view
from framing.denials import has_term
from framing.encoders import Encoder
from framing.encoders.e5_small import E5Small
from framing.files import package_data, sha256_file
from framing.frame_examples import codebook_examples
from framing.frames import FrameModel
from framing.vectors import embed

CODEBOOK = "north-korea-russia"
SEED = 20241023
N_BOOT = 1000
N_NEWS = 1000
OFFLINE = ("e5-small", "use-multilingual", "lexical")


def f1(truth: np.ndarray, said: np.ndarray) -> float:
    return 2 * float((truth & said).sum()) / max(1.0, float(truth.sum() + said.sum()))


def interval(truth: np.ndarray, said: np.ndarray, clusters: np.ndarray, seed: int = 1) -> tuple[float, float]:
    """Give the 95 % percentile interval of F1, drawing whole clusters (articles or styles' units)."""
    rng = np.random.default_rng(seed)
    groups = [np.flatnonzero(clusters == cluster) for cluster in np.unique(clusters)]
    drawn = []
    for _ in range(N_BOOT):
        rows = np.concatenate([groups[i] for i in rng.integers(0, len(groups), len(groups))])
        drawn.append(f1(truth[rows], said[rows]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def difference(truth: np.ndarray, one: np.ndarray, other: np.ndarray, groups: np.ndarray) -> tuple[float, float]:
    """Give the 95 % percentile interval of the difference in macro-F1, whole groups drawn with replacement."""
    rng = np.random.default_rng(SEED)
    _, places = np.unique(groups, return_inverse=True)
    n = int(places.max()) + 1
    # Macro-F1 needs sums alone: of both, of what is said and of what is true, per group.
    sums = [
        np.stack([_per_group(part, places, n) for part in (truth & said, said, truth)]).astype(float)
        for said in (one, other)
    ]
    found = []
    for _ in range(N_BOOT):
        times = np.bincount(rng.integers(0, n, n), minlength=n)
        both = [np.einsum("pgk,g->pk", part, times) for part in sums]
        scores = [np.mean(2 * part[0] / np.maximum(1, part[1] + part[2])) for part in both]
        found.append(scores[0] - scores[1])
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def _per_group(rows: np.ndarray, places: np.ndarray, n: int) -> np.ndarray:
    counts = np.zeros((n, rows.shape[1]), dtype=int)
    np.add.at(counts, places, rows.astype(int))
    return counts


def calibration_error(truth: np.ndarray, score: np.ndarray) -> float:
    """Expected calibration error over ten equal bins (Guo et al. 2017, arXiv 1706.04599)."""
    bins = np.minimum((score * 10).astype(int), 9)
    parts = [(bins == b).mean() * abs(truth[bins == b].mean() - score[bins == b].mean()) for b in np.unique(bins)]
    return float(sum(parts))


def row(
    name: str, truth: np.ndarray, said: np.ndarray, score: np.ndarray, clusters: np.ndarray, free: np.ndarray
) -> str:
    low, high = interval(truth, said, clusters)
    precision = (truth & said).sum() / max(1, said.sum())
    recall = (truth & said).sum() / max(1, truth.sum())
    return (
        f"| {name} | {truth.sum()} | {f1(truth, said):.3f} | {low:.2f}-{high:.2f} | {precision:.2f} | {recall:.2f}"
        f" | {f1(truth[free], said[free]):.3f} ({truth[free].sum()}) | {calibration_error(truth, score):.3f} |"
    )


HEAD = (
    "| frame | positives | F1 | 95 % | precision | recall | F1 without any term (positives) | calibration error |\n"
    "|---|---|---|---|---|---|---|---|"
)


def parents_in(labels: str) -> set[str]:
    return {part.strip().partition(".")[0] for part in labels.split(";") if not part.strip().startswith("contested")}


def encoders() -> str:
    """Compare the encoders that work offline: the whole model taught by each, on the same examples and units."""
    codebook = framing.load_codebook(CODEBOOK)
    units = pd.read_csv(package_data("demo", "gold.csv"), dtype={"unit_id": str}, keep_default_na=False)
    parents = [frame.frame_id for frame in codebook.parents]
    coded = units["agreed"].map(parents_in)
    own = [{label.partition(".")[0] for label in example.frames} for example in codebook.examples]
    truths = [np.array([[parent in labels for parent in parents] for labels in rows]) for rows in (own, coded)]
    groups = [np.array([example.style for example in codebook.examples]), units["article_id"].to_numpy()]
    found = {name: answers_of(codebook, units, framing.load_encoder(name)) for name in OFFLINE}
    lines = [
        "### Encoders that work offline\n",
        "Macro-F1 of the whole model taught by each, with 95 % intervals: whole styles, and whole articles, drawn.\n",
        "| encoder | styles left out | less e5-small | less lexical | demo gold | less e5-small | less lexical |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in found:
        cells = []
        for part, truth in enumerate(truths):
            said = {other: answers[part] for other, answers in found.items()}
            each = np.mean([f1(truth[:, k], said[name][:, k]) for k in range(len(parents))])
            low, high = difference(truth, said[name], np.zeros_like(truth), groups[part])
            cells.append(f"**{each:.3f}** ({low:.2f}-{high:.2f})")
            for other in ("e5-small", "lexical"):
                low, high = difference(truth, said[name], said[other], groups[part])
                cells.append("" if other == name else f"{low:+.3f} to {high:+.3f}")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def answers_of(
    codebook: framing.codebook.Codebook, units: pd.DataFrame, encoder: Encoder
) -> tuple[np.ndarray, np.ndarray]:
    """Say which parents examples of unseen styles carry, and which units do; bool `(n, k)` each."""
    model = FrameModel(codebook, encoder=encoder, seed=SEED).fit(store=False)
    assert model.learned.unseen is not None
    parents = [frame.frame_id for frame in codebook.parents]
    cuts = np.array([model.thresholds[parent] for parent in parents])
    table = model.predict(units, embed(units, encoder=encoder)).to_frame()
    unseen = model.learned.scores(codebook, model.learned.unseen) >= cuts
    return unseen, table[[f"is_{parent}" for parent in parents]].to_numpy()


def measure(name: str = "e5-small") -> str:
    """Score the shipped codebook's model on styles it had not seen, and on the demo's gold units."""
    codebook = framing.load_codebook(CODEBOOK)
    encoder = framing.load_encoder(name)
    model = FrameModel(codebook, encoder=encoder, seed=SEED).fit(store=False)
    learned = model.learned
    examples = codebook_examples(codebook, encoder=encoder)
    assert learned.unseen is not None
    unseen = learned.scores(codebook, learned.unseen)
    lines = [
        "## Frames\n",
        f"Codebook {codebook.codebook_id} {codebook.version}, {len(codebook.examples)} examples; encoder {encoder.name}"
        f" ({encoder.revision}), seed {SEED}, {N_BOOT} bootstrap draws.\n",
        "### Leave one style out: the codebook's own examples\n",
        HEAD,
    ]
    views = [lexical_view(example.text) for example in codebook.examples]
    # No article stands behind an example: each is its own cluster.
    alone = np.arange(len(views))
    scores = []
    for number, frame in enumerate(codebook.parents):
        terms, veto = codebook.terms_of(frame.frame_id)
        truth = examples.column(frame.frame_id)
        score = unseen[:, number]
        said = score >= model.thresholds[frame.frame_id]
        free = np.array([not has_term(view, terms, veto) for view in views])
        lines.append(row(frame.frame_id, truth, said, score, alone, free))
        scores.append(f1(truth, said))
    lines.append(f"\nMacro-F1 **{np.mean(scores):.3f}**. The curves were fitted on these same predictions.\n")
    parts = [*lines, *gold(codebook, encoder, model)]
    return "\n".join([*parts, precisions()] if name == "e5-small" else parts)


def gold(codebook: framing.codebook.Codebook, encoder: object, model: FrameModel) -> list[str]:
    path = package_data("demo", "gold.csv")
    units = pd.read_csv(path, dtype={"unit_id": str}, keep_default_na=False)
    assignment = model.predict(units, embed(units, encoder=encoder)).to_frame()
    coded = {name: units[name].map(parents_in) for name in ("agreed", "coder_a", "coder_b")}
    lines = [
        f"### Demo gold: {len(units)} units, coder_kind model, sha256 {sha256_file(path)[:12]}\n",
        HEAD,
    ]
    views = [lexical_view(text) for text in units["text"]]
    scores, between, shares = [], [], []
    for frame in codebook.parents:
        terms, veto = codebook.terms_of(frame.frame_id)
        truth = np.array([frame.frame_id in labels for labels in coded["agreed"]])
        said = assignment[f"is_{frame.frame_id}"].to_numpy()
        free = np.array([not has_term(view, terms, veto) for view in views])
        score = assignment[f"p_{frame.frame_id}"].to_numpy()
        lines.append(row(frame.frame_id, truth, said, score, units["article_id"].to_numpy(), free))
        scores.append(f1(truth, said))
        one, two = (np.array([frame.frame_id in labels for labels in coded[c]]) for c in ("coder_a", "coder_b"))
        between.append(f1(one, two))
        by_outlet = pd.DataFrame({"outlet": units["outlet"], "truth": truth, "said": said}).groupby("outlet").mean()
        shares.append((by_outlet["said"] - by_outlet["truth"]).abs().mean())
    lines += [
        f"\nMacro-F1 **{np.mean(scores):.3f}**; between the two codings {np.mean(between):.3f}. Share of units"
        f" per outlet and frame: off by {np.mean(shares):.3f} on average.\n",
    ]
    lines.append(contested(codebook, units["agreed"], assignment))
    return lines


def contested(codebook: framing.codebook.Codebook, agreed: pd.Series, assignment: pd.DataFrame) -> str:
    """Count denials: those the codes name, and those the model says, of whichever frame."""
    truth = agreed.str.contains("contested:").to_numpy(dtype=bool)
    states = [assignment[f"state_{frame.frame_id}"] == "contested" for frame in codebook.parents]
    said = pd.concat(states, axis=1).any(axis=1).to_numpy()
    both, n_true, n_said = int((truth & said).sum()), int(truth.sum()), int(said.sum())
    return f"Denials: {both} of {n_true} coded ones are found, among {n_said} that the model calls so.\n"


def corpora() -> dict[str, pd.DataFrame]:
    """Give the demo's units, and sentences of real news where their file is here: each an article of its own."""
    from encode import NEWS, real_units

    found = {"demo": framing.split_units(framing.read_articles(package_data("demo", "articles.jsonl")).table).table}
    if NEWS.is_file():
        texts = real_units(N_NEWS)
        ids = [f"news-{number}" for number in range(len(texts))]
        found["saudinewsnet-foreign"] = pd.DataFrame({"unit_id": ids, "article_id": ids, "n": 0, "text": texts})
    return found


def precisions() -> str:
    """Compare assignments of units embedded by one precision and another.

    One model judges both: the vectors of the codebook's examples are shipped, made with exact sums.
    """
    codebook = framing.load_codebook(CODEBOOK)
    engines: list[Encoder] = [E5Small("fp32"), E5Small("auto")]
    models = {e.precision: FrameModel(codebook, encoder=e, seed=SEED).fit() for e in engines}
    lines = [
        "### The same units by the encoder's engine of this machine against fp32\n",
        "Same: the states of all parents. Near: of the units that differ, the median distance of the fp32 score from"
        " its threshold where the states differ.\n",
        "| units | precision | same | per parent | carried by fp32, by it | score off by, mean (most) | near |",
        "|---|---|---|---|---|---|---|",
    ]
    parents = [frame.frame_id for frame in codebook.parents]
    for name, units in corpora().items():
        found = {p: m.predict(units, embed(units, encoder=m.encoder)).to_frame() for p, m in models.items()}
        cuts, label = models["fp32"].thresholds, f"{name} ({len(units)})"
        lines += [compared(label, precision, found, parents, cuts) for precision in list(found)[1:]]
    return "\n".join([*lines, ""])


def compared(
    name: str, precision: str, found: dict[str, pd.DataFrame], parents: list[str], thresholds: dict[str, float]
) -> str:
    """Give the row of one corpus and precision."""
    one, two = found["fp32"], found[precision]
    states = [[t[f"state_{p}"].to_numpy() for p in parents] for t in (one, two)]
    scores = [np.array([t[f"p_{p}"].to_numpy() for p in parents]) for t in (one, two)]
    same = np.array(states[0]) == np.array(states[1])
    off = np.abs(scores[0] - scores[1])
    cuts = np.array([thresholds[p] for p in parents])[:, None]
    away = np.abs(scores[0] - cuts)[~same]
    carried = ["/".join(str(int((s == "carried").sum())) for s in side) for side in states]
    each = ", ".join(f"{share:.1%}" for share in same.mean(axis=1))
    near = f"{np.median(away):.3f}" if len(away) else "-"
    return (
        f"| {name} | {precision} | {same.all(axis=0).mean():.1%} | {each} | {', '.join(carried)}"
        f" | {off.mean():.3f} ({off.max():.2f}) | {near} |"
    )


if __name__ == "__main__":
    parts = {"precisions": precisions, "encoders": encoders}
    chosen = sys.argv[1] if len(sys.argv) > 1 else "e5-small"
    sys.stdout.write((parts[chosen]() if chosen in parts else measure(chosen)) + "\n")
