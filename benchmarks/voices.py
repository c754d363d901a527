"""Measure voices on the demo's coded units: voice of the unit, and the speaker's exact words.

The units were split in two by article before the rules were written: `seen` was read
while writing them, `unseen` was not.
"""

from __future__ import annotations

import sys

import pandas as pd
from sklearn.metrics import f1_score

import framing
from framing.counts import unit_voices
from framing.files import package_data

VOICES = ("own", "attributed", "quoted")


def half(unit_id: str) -> str:
    return "unseen" if sum(map(ord, unit_id.partition("#")[0])) % 2 else "seen"


def measure() -> str:
    coded = pd.read_csv(package_data("demo", "voices.csv"), keep_default_na=False)
    study = framing.load_study(package_data("demo", "study.yaml"))
    articles = framing.read_articles([package_data("demo", "articles.jsonl")], outlet_aliases=study.outlet_aliases)
    units = framing.split_units(articles.table).table
    found = framing.find_voices(units).table
    chosen = units[units["unit_id"].isin(coded["unit_id"])].reset_index(drop=True)
    truth, said = unit_voices(chosen, coded).tolist(), unit_voices(chosen, found).tolist()
    lines = [
        "## Voices\n",
        f"{len(chosen)} units of the demo corpus, coder_kind model (one coding).\n",
        "| units | n | own F1 | attributed F1 | quoted F1 | speaker exact (n) |",
        "|---|---|---|---|---|---|",
    ]
    for part in ("seen", "unseen"):
        rows = [i for i, unit_id in enumerate(chosen["unit_id"]) if half(unit_id) == part]
        scores = f1_score([truth[i] for i in rows], [said[i] for i in rows], labels=VOICES, average=None)
        hits, n = speakers(coded[coded["unit_id"].map(half) == part], found)
        shown = " | ".join(f"{score:.2f}" for score in scores)
        lines.append(f"| {part} | {len(rows)} | {shown} | {hits / max(1, n):.2f} ({n}) |")
    return "\n".join(lines) + "\n"


def speakers(coded: pd.DataFrame, found: pd.DataFrame) -> tuple[int, int]:
    """Count coded speakers whose exact words a rule found in a span that overlaps the coded one."""
    named = coded[(coded["voice"] != "own") & (coded["speaker"] != "")]
    hits = 0
    for span in named.to_dict("records"):
        near = found[
            (found["unit_id"] == span["unit_id"]) & (found["start"] < span["end"]) & (found["end"] > span["start"])
        ]
        hits += span["speaker"] in set(near["speaker"])
    return hits, len(named)


if __name__ == "__main__":
    sys.stdout.write(measure() + "\n")
