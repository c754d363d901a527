"""Measure voices: whose words a unit holds, and the speaker's exact words.

The demo's units were split in two by article before the rules were written: `seen` was read while writing
them, `unseen` was not. `benchmarks/voices_coded.csv` holds 100 sentences of real news, one per article, as
offsets and hashes without a word of them; they were coded before any rule was run on them, and never read since.

What a coder writes as the speaker: the noun phrase as written, with its adjectives, what it is joined to and the name
beside it ("an expert in ballistics", "the minister of defence X"), without the place ("in Seoul"), the occasion
or a relative clause with a pronoun; a clause without one stays ("a deputy who attended the session", written
in Arabic without "who"). For "and he added" it is the phrase named before.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
import time
from pathlib import Path

import pandas as pd
from sklearn.metrics import f1_score

import framing
from framing.counts import unit_voices
from framing.files import package_data

VOICES = ("own", "attributed", "quoted")
CODED = Path(__file__).parent / "voices_coded.csv"
DATA = Path(__file__).parents[2] / "shared" / "data"


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
        f"{len(chosen)} units of the demo corpus and 100 sentences of news of 2015, coder_kind model (one coding).\n",
        "| units | n | own F1 | attributed F1 | quoted F1 | speaker exact (n) |",
        "|---|---|---|---|---|---|",
    ]
    for part in ("seen", "unseen"):
        rows = [i for i, unit_id in enumerate(chosen["unit_id"]) if half(unit_id) == part]
        hits, n = speakers(coded[coded["unit_id"].map(half) == part], found)
        lines.append(row(f"demo, {part}", [truth[i] for i in rows], [said[i] for i in rows], hits, n))
    lines += real_news()
    return "\n".join(lines) + "\n"


def row(name: str, truth: list[str], said: list[str], hits: int, n: int) -> str:
    scores = f1_score(truth, said, labels=VOICES, average=None)
    shown = " | ".join(f"{score:.2f}" for score in scores)
    return f"| {name} | {len(truth)} | {shown} | {hits / max(1, n):.2f} ({n}) |"


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


def real_news() -> list[str]:
    source = DATA / "saudinewsnet-foreign.jsonl.gz"
    if not source.is_file():
        return ["| real news | not measured: ../shared/data is absent | | | | |"]
    coded = pd.read_csv(CODED)
    articles = news(source, set(coded["article"]))
    units = framing.split_units(articles).table
    found = framing.find_voices(units).table.merge(units[["unit_id", "article_id", "part"]], on="unit_id")
    found["field"] = found["part"].where(found["part"] == "title", "text")
    text = articles.set_index("article_id")
    sentences = ["article", "field", "unit_start", "unit_end"]
    frame = coded[sentences].drop_duplicates().reset_index(drop=True)
    frame["unit_id"] = frame.index.astype(str)
    coded = coded.merge(frame, on=sentences)
    starts, ends = coded["speaker_start"], coded["speaker_end"]
    coded["speaker"] = [
        "" if pd.isna(a) else text.loc[article, field][int(a) : int(b)]
        for article, field, a, b in zip(coded["article"], coded["field"], starts, ends, strict=True)
    ]
    inside = found.merge(frame, left_on=["article_id", "field"], right_on=["article", "field"])
    inside = inside[(inside["start"] < inside["unit_end"]) & (inside["end"] > inside["unit_start"])]
    inside = inside.assign(unit_id=inside["unit_id_y"])
    measured = frame.rename(columns={"unit_start": "start", "unit_end": "end"})
    truth, said = unit_voices(measured, coded).tolist(), unit_voices(measured, inside).tolist()
    speed = pd.concat([units] * (5000 // len(units) + 1)).head(5000)
    begin = time.perf_counter()
    framing.find_voices(speed)
    rate = len(speed) / (time.perf_counter() - begin)
    return [
        row("real news", truth, said, *speakers(coded, inside)),
        f"\n{rate:,.0f} units/s on 5,000 units of real news.",
    ]


def news(source: Path, wanted: set[str]) -> pd.DataFrame:
    """Read the articles that were coded, by the hash of their text."""
    found = {}
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line)
            key = hashlib.sha256(item["content"].encode()).hexdigest()[:16]
            if key in wanted and key not in found:
                found[key] = {"outlet": item["source"], "title": item["title"] or "", "text": item["content"]}
    return pd.DataFrame([{"article_id": key, **value} for key, value in found.items()])


if __name__ == "__main__":
    sys.stdout.write(measure() + "\n")
