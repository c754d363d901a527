"""Measure where sentences end, on hand-split passages of real news: boundaries, precision and recall.

The gold is `sentences.csv`: per passage its source file and row, hashes, and the offsets at which a sentence
begins (the first is left out; the passage's edges score nothing). No text is kept: it is read again from
`../shared/data`, and a passage whose hash differs stops the run. coder_kind: model, one coder, who read the
passages of both parts. Three slips of the pen were corrected when the split was read again (two offsets, and one
against rule 6). `second` holds a second pass over 16 passages by the same coder, done later without looking at
the first: it tells slips, not what another coder would say.

Drawn before anything was split (seed 20241023): whole lines from a random line of a random article until 75 words
(at most 150: longer lines are cut at a blank), 2 to 4 passages from each of 13 Saudi outlets, 12 paragraphs from
news sites (two per domain at most), 8 of a Tunisian radio's, 4 of the two pages that started the project
(stratum `plain`); and for each of 17 habits (a point inside guillemets, `..`, abbreviations, decimals, URLs ...)
up to three passages that show it. Passages were put in pairs of like source; one of each pair is `dev`, whose
errors were read while the rules were improved, the other `test`, which was only scored at the end.

Rules of the hand split, written before any splitter ran on the sample:
1. A line end ends a sentence; headings and bylines on their own line are sentences.
2. `. ! ؟ ?` end a sentence; closing quotes and brackets behind them belong to it; several marks in a row are one.
   A stop as printed counts even before a dependent clause, and where the blank behind it is missing.
3. `؛ .. ... … : ، -` end none, unless the line ends there.
4. A point in a number, clock, URL, abbreviation or initial, or behind a list number is none.
5. A quotation of up to 60 words stays whole and with the reporter's words; in a longer one each stop counts. A
   quotation that ends with its own stop ends the sentence, unless the reporter's clause plainly goes on.
6. A piece under three words joins its neighbour in the line.
7. A boundary without a mark only where it is unmistakable: a heading glued to the text, items of a list.
8. A sentence over 60 words may be cut before a clause that could begin anew: these places are `optional`, neither
   right nor wrong. A cut elsewhere is wrong.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from framing.optional import require
from framing.sentences import MAX_WORDS, count_words, sentence_spans

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "shared" / "data"
FIELDS = {"armpro-dev.jsonl.gz": "paragraph", "ant.jsonl.gz": "text"}
SEED, DRAWS = 20241023, 2000
Splitter = Callable[[str], list[int]]


@dataclass(frozen=True)
class Passage:
    """One hand-split passage: where its sentences begin, and where a long one may be cut."""

    number: str
    part: str
    stratum: str
    source: str
    text: str
    boundaries: frozenset[int]
    optional: frozenset[int]
    second: frozenset[int] | None

    @property
    def line_starts(self) -> frozenset[int]:
        return frozenset(_visible(self.text, match.end()) for match in re.finditer(r"\n", self.text))


def read_gold(path: Path = HERE / "sentences.csv") -> list[Passage]:
    """Read the gold and the passages it points at; stop where a text is not the one that was split."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    texts = {name: _rows(name, set(group["row"].astype(int))) for name, group in table.groupby("file")}
    found = []
    for row in table.itertuples(index=False):
        article = texts[row.file][int(row.row)]
        text = article[int(row.start) : int(row.end)]
        if _sha256(text)[:32] != row.passage_sha256 or _sha256(article)[:16] != row.article_sha256:
            raise SystemExit(f"{row.file}, row {row.row}: not the text that was split. Get the file of {DATA.name}.")
        first, optional, second = (frozenset(map(int, c.split())) for c in (row.boundaries, row.optional, row.second))
        found.append(Passage(row.passage, row.part, row.stratum, row.source, text, first, optional, second or None))
    return found


def _rows(name: str, wanted: set[int] | None) -> dict[int, str]:
    path = DATA / name
    if path.suffix == ".txt":
        return {0: path.read_bytes().decode("utf-8")}
    field = FIELDS.get(name, "content")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {n: json.loads(line)[field] for n, line in enumerate(lines) if wanted is None or n in wanted}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _visible(text: str, place: int) -> int:
    while place < len(text) and (text[place].isspace() or text[place] in "\u200b\u200e\u200f\ufeff"):
        place += 1
    return place


def ours(text: str) -> list[int]:
    return [start for start, _ in sentence_spans(text)][1:]


def plain_regex(text: str) -> list[int]:
    return [match.end() for match in re.finditer(r"(?<=[.!؟?])\s+|\n\s*", text)]


def pyarabic(text: str) -> list[int]:
    return _starts(text, require("pyarabic.araby", why="to compare splitters").sentence_tokenize(text))


def pysbd() -> Splitter:
    segmenter = require("pysbd", why="to compare splitters").Segmenter(language="ar", clean=False)
    return lambda text: _starts(text, segmenter.segment(text))


def _starts(text: str, pieces: Iterable[str]) -> list[int]:
    """Find where pieces begin; a splitter may have lost marks at their ends or changed them inside."""
    found, position = [], 0
    for piece in filter(None, (piece.strip() for piece in pieces)):
        start = next((at for n in (len(piece) - 1, 12, 4) if (at := text.find(piece[: max(1, n)], position)) >= 0), -1)
        if start >= 0:
            found.append(start)
            position = start + 1
    return found[1:]


def score(passages: list[Passage], split: Splitter) -> np.ndarray:
    """Count per passage: right, wrong and missed boundaries, and the same three without line ends."""
    counts = []
    for passage in passages:
        said = {_visible(passage.text, place) for place in split(passage.text)} - passage.optional
        said = {place for place in said if 0 < place < len(passage.text)}
        row = []
        for lines in (frozenset[int](), passage.line_starts):
            gold, guess = passage.boundaries - lines, said - lines
            row += [len(gold & guess), len(guess - gold), len(gold - guess)]
        counts.append(row)
    return np.array(counts)


def rates(counts: np.ndarray) -> tuple[float, float, float]:
    """Give precision, recall and F1 of (right, wrong, missed)."""
    right, wrong, missed = (float(n) for n in counts)
    return (
        right / max(1.0, right + wrong),
        right / max(1.0, right + missed),
        2 * right / max(1.0, 2 * right + wrong + missed),
    )


def interval(counts: np.ndarray) -> tuple[float, float]:
    """Give a 95 % percentile interval of F1 by drawing passages with replacement."""
    rng = np.random.default_rng(SEED)
    draws = [rates(counts[rng.integers(0, len(counts), len(counts))].sum(axis=0))[2] for _ in range(DRAWS)]
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(low), float(high)


def measure(parts: tuple[str, ...] = ("dev", "test")) -> str:
    passages = [passage for passage in read_gold() if passage.part in parts]
    splitters: dict[str, Splitter] = {
        "framing": ours,
        "pyarabic": pyarabic,
        "regex": plain_regex,
        "pysbd": pysbd(),
    }
    n_sentences = sum(len(passage.boundaries) + 1 for passage in passages)
    lines = [
        "## Sentences\n",
        f"{n_sentences} hand-split sentences in {len(passages)} passages of real news, coder_kind model."
        " Boundaries; the passages' edges do not count.\n",
        "| part | splitter | boundaries | precision | recall | F1 | 95 % | F1 inside lines (n) | s / 1,000 sentences |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for part in parts:
        chosen = [passage for passage in passages if passage.part == part]
        for name, split in splitters.items():
            start = time.perf_counter()
            counts = score(chosen, split)
            seconds = (time.perf_counter() - start) * 1000 / sum(len(p.boundaries) + 1 for p in chosen)
            lines.append(_row(part, name, counts, seconds))
    plain = [passage for passage in passages if passage.stratum == "plain"]
    lines += [
        "",
        "`regex`: white space behind `.`, `!`, `؟`, and line ends. pyarabic and pysbd split at commas or colons"
        " on purpose, which the rules of this split do not.",
        f"Ours on the {len(plain)} passages that were not chosen for a habit:"
        f" F1 {rates(score(plain, ours).sum(axis=0)[:3])[2]:.3f}. {_lengths()}",
    ]
    return "\n".join([*lines, *_by_source(passages), *_second_pass(passages)]) + "\n"


def _by_source(passages: list[Passage]) -> list[str]:
    counts: dict[str, np.ndarray] = {}
    for passage, row in zip(passages, score(passages, ours), strict=True):
        group = "news sites" if "." in passage.source else passage.source
        counts[group] = counts.get(group, 0) + row[:3]
    lines = ["", "Ours by source:\n", "| source | boundaries | precision | recall | F1 |", "|---|---|---|---|---|"]
    for source, row in sorted(counts.items()):
        shown = " | ".join(f"{rate:.2f}" for rate in rates(row))
        lines.append(f"| {source} | {row[0] + row[2]} | {shown} |")
    return lines


def _lengths() -> str:
    """Say how many sentences of the Saudi news are over the limit, before and after the cut."""
    n = long = left = 0
    for name in ("saudinewsnet-foreign.jsonl.gz", "saudinewsnet-other.jsonl.gz"):
        for text in _rows(name, None).values():
            whole, cut = ([count_words(text, *span) for span in sentence_spans(text, cut=cut)] for cut in (False, True))
            n, long = n + len(whole), long + sum(words > MAX_WORDS for words in whole)
            left += sum(words > MAX_WORDS for words in cut)
    return (
        f"Of {n:,} sentences in 5,558 Saudi articles {long / n:.1%} have over {MAX_WORDS} words; after the cut {left}."
    )


def _row(part: str, name: str, counts: np.ndarray, seconds: float) -> str:
    total = counts.sum(axis=0)
    precision, recall, f1 = rates(total[:3])
    low, high = interval(counts[:, :3])
    return (
        f"| {part} | {name} | {total[0] + total[2]} | {precision:.3f} | {recall:.3f} | **{f1:.3f}** |"
        f" {low:.2f}-{high:.2f} | {rates(total[3:])[2]:.3f} ({total[3] + total[5]}) | {seconds:.2f} |"
    )


def _second_pass(passages: list[Passage]) -> list[str]:
    chosen = [passage for passage in passages if passage.second is not None]
    if not chosen:
        return []
    again = {passage.text: sorted(passage.second or ()) for passage in chosen}
    counts = score(chosen, again.__getitem__).sum(axis=0)
    n = sum(len(passage.boundaries) + 1 for passage in chosen)
    return [
        "",
        f"The same coder's second pass ({len(chosen)} passages, {n} sentences): F1 {rates(counts[:3])[2]:.3f},"
        f" inside lines {rates(counts[3:])[2]:.3f} ({counts[3] + counts[5]} boundaries).",
    ]


def errors(part: str) -> str:
    """Show what went wrong in one part, with the text around it: for reading, not for keeping."""
    shown = []
    for passage in read_gold():
        if passage.part != part:
            continue
        said = {_visible(passage.text, place) for place in ours(passage.text)} - passage.optional
        for kind, places in (("wrong", said - passage.boundaries), ("missed", passage.boundaries - said)):
            for place in sorted(places):
                around = f"{passage.text[max(0, place - 60) : place]} ⟦{kind}⟧ {passage.text[place : place + 50]}"
                shown.append(f"{passage.number} {passage.source}: {' '.join(around.split())}")
    return "\n".join(shown)


if __name__ == "__main__":
    if sys.argv[1:2] == ["errors"]:
        sys.stdout.write(errors(sys.argv[2] if len(sys.argv) > 2 else "dev") + "\n")
    else:
        sys.stdout.write(measure(tuple(sys.argv[1:]) or ("dev", "test")) + "\n")
