"""Measure whole studies: against the notebook a user would write by hand, and as they grow to 100,000 units.

`python benchmarks/study.py sides|growth` measures one part; the whole takes three quarters of an hour on two cores.
Both sides embed with one model: of AraBERT-base's size with random weights (`hub_models.py`), so what clusters they
find says nothing; and the default encoder, `e5-small`, whose weights the notebook reads from a Hugging Face folder.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import study_corpus as corpora
from hub_models import write_arabert_shape, write_e5_folder
from study_runs import Took, run

from framing.files import package_data

N_SIDES, TURNS = 5000, 2
NEWCOMERS = package_data("second-story", "codebook.yaml")
SIZES = (1000, 5000, 20_000, 100_000)
GROWTH_FROM = 5000
EMBEDDED = (1000, 5000)
STAGES = ("import", "articles", "units", "vectors", "frames", "topics", "comparison", "report", "other")
MODELS = {"arabert": "a model of AraBERT-base's size, random weights", "e5-small": "the default encoder, e5-small"}
RUNS = {
    "cold": "ours, cold: empty cache folder",
    "taught": "ours, cold, but for what a study with this codebook left before: its examples' vectors",
    "new": "ours, cold, with a newcomer's codebook: the second story's",
    "store": "ours, vectors in the store, the rest computed anew",
    "warm": "ours, warm: the same study into a new folder",
    "again": "ours, warm: into the same folder",
}


def measure_sides() -> str:
    if not corpora.FOREIGN.is_file():
        return "### Against a notebook by hand\n\nNot measured: the corpus is not here.\n"
    tables = []
    for model in MODELS:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            study = write_sides(folder, model)
            tables.append(sides_table(model, [one_turn(folder, study, number) for number in range(TURNS)]))
    return "\n".join(tables)


def write_sides(folder: Path, name: str) -> Path:
    """Write the study, its units for the side by hand, and the model of both."""
    articles = corpora.foreign_articles()
    per_article = corpora.units_by_article(articles, corpora.FOREIGN_QUERY)
    chosen = corpora.first_units(articles, per_article, N_SIDES)
    model = "e5-small" if name == "e5-small" else str(folder / "model")
    study = corpora.write_study(folder, chosen, corpora.FOREIGN_QUERY, encoder=model)
    corpora.write_study(folder / "new", chosen, corpora.FOREIGN_QUERY, encoder=model, codebook=str(NEWCOMERS))
    units = corpora.study_units(study)
    units[["text", "outlet"]].to_csv(folder / "units.csv", index=False)
    if name == "e5-small":
        write_e5_folder(folder / "model")
    else:
        write_arabert_shape(folder / "model", units["text"])
    return study


def one_turn(folder: Path, study: Path, number: int) -> dict[str, Took]:
    """Run both sides once, one after the other."""
    caches = {name: folder / f"cache-{number}-{name}" for name in ("cold", "taught", "new")}
    out = {name: str(folder / f"out-{number}-{name}") for name in ("cold", "taught", "new", "store", "warm")}
    newcomers = str(study.parent / "new" / study.name)
    hand, cold = (
        run("hand", str(folder), cache=caches["cold"]),
        run("ours", str(study), out["cold"], cache=caches["cold"]),
    )
    run("teach", str(study), cache=caches["taught"])
    return {
        "hand": hand,
        "cold": cold,
        "taught": run("ours", str(study), out["taught"], cache=caches["taught"]),
        "new": run("ours", newcomers, out["new"], cache=caches["new"]),
        "store": run("ours", str(study), out["store"], "fresh", cache=caches["cold"]),
        "warm": run("ours", str(study), out["warm"], cache=caches["cold"]),
        "again": run("ours", str(study), out["warm"], cache=caches["cold"]),
    }


def sides_table(model: str, turns: Sequence[dict[str, Took]]) -> str:
    facts, by_hand = turns[0]["cold"].facts, turns[0]["hand"].facts
    lines = [
        f"### Against a notebook by hand: {MODELS[model]}\n",
        f"{facts['articles']:.0f} articles of real news, {facts['copies']:.0f} of them in groups of copies;"
        f" {facts['units']:.0f} units (the notebook is given the same {by_hand['units']:.0f} texts, and neither reads,"
        " selects nor compares copies). By hand: the untouched `ArabertPreprocessor` text by text,"
        " `SentenceTransformer.encode`, `BERTopic` and `crosstab`, all on their defaults. Ours: the whole study with"
        " its report. Each run is a process of its own, its imports counted; the sides take turns.\n",
        "| turn | side | wall s | CPU s | peak GB | by hand / this, wall | CPU |",
        "|---|---|---|---|---|---|---|",
    ]
    for number, turn in enumerate(turns, 1):
        hand = turn["hand"]
        for name, took in turn.items():
            ratios = f"{hand.wall / took.wall:.2f} | {hand.cpu / took.cpu:.2f}"
            told = RUNS.get(name, "by hand")
            lines.append(f"| {number} | {told} | {took.wall:.1f} | {took.cpu:.1f} | {took.peak:.2f} | {ratios} |")
    lines += ["", "Wall seconds per stage:\n"]
    for number, turn in enumerate(turns, 1):
        lines += [f"- {number}, {RUNS.get(name, 'by hand')}: {_stages(took)}" for name, took in turn.items()]
    goals = {name: [turn["hand"].wall / turn[name].wall for turn in turns] for name in RUNS}
    lines += [
        f"\nCold **{_range(goals['cold'])}** times as fast (goal 2.5); where the codebook's examples were embedded"
        f" before, {_range(goals['taught'])}, with a newcomer's codebook {_range(goals['new'])}."
        f" Warm **{_range(goals['warm'])}** (goal 20); into the same folder {_range(goals['again'])}, with nothing but"
        f" vectors kept {_range(goals['store'])}.\n"
    ]
    return "\n".join(lines)


def _range(values: Iterable[float]) -> str:
    values = sorted(values)
    return " to ".join(dict.fromkeys(f"{value:.1f}" for value in (values[0], values[-1])))


def _stages(took: Took) -> str:
    return ", ".join(f"{stage} {wall:.1f}" for stage, (wall, _) in took.stages.items())


def measure_growth() -> str:
    if not all(path.is_file() for path in (corpora.FOREIGN, corpora.OTHER, corpora.ANT)):
        return "### Growth\n\nNot measured: the corpora are not here.\n"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        studies = write_growth(folder)
        found = {
            n: run("ours", str(study), str(folder / f"out-{n}"), "fresh", "precomputed", cache=folder / "cache")
            for n, study in studies.items()
        }
        if any(took.facts["embedded"] for took in found.values()):
            raise RuntimeError("units were embedded that should have been in the store")
        embedded = {
            n: run("ours", str(studies[n]), str(folder / f"out-e5-{n}"), cache=folder / f"cache-{n}") for n in EMBEDDED
        }
    return growth_table(found, embedded)


def write_growth(folder: Path) -> dict[int, Path]:
    """Write a study of each size, and fill the store with a vector for each of their units."""
    articles = corpora.many_articles()
    per_article = corpora.units_by_article(articles, corpora.WIDE_QUERY)
    studies = {}
    for n in sorted(SIZES, reverse=True):
        chosen = corpora.first_units(articles, per_article, n)
        studies[n] = corpora.write_study(folder / str(n), chosen, corpora.WIDE_QUERY)
        corpora.fill_store(corpora.study_units(studies[n]), folder / "cache")
    return dict(sorted(studies.items()))


def growth_table(found: dict[int, Took], embedded: dict[int, Took]) -> str:
    lines = [
        "### Growth\n",
        f"{corpora.__doc__.partition(chr(10) * 2)[2].strip()}\n",  # type: ignore[union-attr]
        "Vectors of 384 dimensions lie in the store beforehand, for every size: embedding itself is linear. A unit's"
        " vector is the sum of random directions of its own words and its article's. Frames and clusters are computed"
        " anew; UMAP runs 100 epochs at every size.\n",
        "| units | articles | clusters (outliers) | wall s | CPU s | peak GB |",
        "|---|---|---|---|---|---|",
    ]
    for took in found.values():
        f = took.facts
        lines.append(
            f"| {f['units']:,.0f} | {f['articles']:,.0f} | {f['topics']:.0f} ({100 * f['outliers']:.0f}%)"
            f" | {took.wall:.1f} | {took.cpu:.1f} | {took.peak:.2f} |"
        )
    large = {n: took for n, took in found.items() if n >= GROWTH_FROM}
    units = [took.facts["units"] for took in large.values()]
    head = " | ".join(f"{n:,}" for n in found)
    lines += [
        f"\nCPU seconds per stage, and the exponent of growth (slope of the logarithms) from {GROWTH_FROM:,} units:\n",
        f"| stage | {head} | exponent |",
        "|---" * (len(found) + 2) + "|",
    ]
    for stage in STAGES:
        cells = " | ".join(f"{took.stages[stage][1]:.1f}" for took in found.values())
        lines.append(f"| {stage} | {cells} | {exponent(units, [t.stages[stage][1] for t in large.values()]):.2f} |")
    wall, cpu = (exponent(units, [getattr(t, name) for t in large.values()]) for name in ("wall", "cpu"))
    more = "; ".join(f"{n:,} units {took.wall:.1f} s ({_stages(took)})" for n, took in embedded.items())
    lines += [
        f"\nThe whole: exponent **{wall:.2f}** of wall time, {cpu:.2f} of CPU time (goal 1.1); peak"
        f" **{max(t.peak for t in found.values()):.2f} GB** (goal 6).\n",
        f"With e5-small and an empty store: {more}.\n",
    ]
    return "\n".join(lines)


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Give the slope of the logarithms: 1 is linear, 2 quadratic; values below a tenth of a second count as one."""
    return float(np.polyfit(np.log(sizes), np.log(np.maximum(values, 0.1)), 1)[0])


def measure() -> str:
    return f"## Whole studies\n\n{measure_sides()}\n{measure_growth()}"


if __name__ == "__main__":
    parts = {"sides": measure_sides, "growth": measure_growth}
    chosen = parts.get(sys.argv[1], measure) if len(sys.argv) > 1 else measure
    sys.stdout.write(chosen() + "\n")
