"""Compare the safe AraBERT preparation with the untouched preprocessor on real texts: every difference, by cause.

Prints counts alone: the texts belong to their publishers.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from framing.arabic import model_view
from framing.encoders.arabert_text import MAX_RUN, safe_preprocessor
from framing.sentences import sentence_spans

MODEL = "bert-base-arabertv02"
SHARED = Path(__file__).parents[2] / "shared" / "data"
N_TEXTS = 5000
ADDRESS = re.compile(r"https?|www|@|://|\.[a-z]{2,6}\b", re.IGNORECASE)
CAUSES = {
    "e-mail": "an e-mail is [بريد] here; the untouched patterns look for links first and find its domain",
    "mention": "a mention is [مستخدم] here; the untouched patterns take a bracket beside it for an e-mail",
    "link": "links with marks or spaces inside begin and end elsewhere; both write [رابط]",
    "markup": "tags and entities go, and what stands between two comparison signs stays",
    "letters": "presentation forms, Persian letters and other compatibility forms are mapped, not deleted",
    "long run": f"more than {MAX_RUN} characters without a space are cut",
}


def untouched() -> Callable[[str], str]:
    from arabert.preprocess import ArabertPreprocessor

    return ArabertPreprocessor(model_name=MODEL).preprocess


def causes(text: str, safe: Callable[[str], str], plain: Callable[[str], str]) -> list[str]:
    """Give why the two differ on a text; an empty list where nothing explains it.

    A cause counts as an explanation only if the difference is gone without it: the words
    that hold an address are left out, markup and letters are mapped first, long runs are cut.
    """
    words = text.split()
    kept = [word for word in words if not ADDRESS.search(word)]
    ready = model_view(" ".join(word[:MAX_RUN] for word in kept).replace("…", "\ue000")).replace("\ue000", "…")
    if safe(" ".join(kept)) != plain(ready):
        return []
    found = []
    if safe(text) != plain(model_view(text)) and len(kept) < len(words):
        held = " ".join(word for word in words if ADDRESS.search(word))
        mention = re.search(r"(?<!\w)@\w+", held)
        found.append("e-mail" if re.search(r"\w@\w", held) else "mention" if mention else "link")
    if re.search(r"<[^<>]*>|&#?\w+;", text):
        found.append("markup")
    if model_view(re.sub(r"&#?\w+;", "", text).replace("…", "")) != " ".join(
        re.sub(r"&#?\w+;", "", text).replace("…", "").split()
    ):
        found.append("letters")
    if any(len(word) > MAX_RUN for word in words):
        found.append("long run")
    return found


def real_texts(n: int) -> list[str]:
    """Give sentences, paragraphs and posts of three corpora; nothing where they are not here."""
    if not SHARED.is_dir():
        return []
    texts = [*_sentences("saudinewsnet-foreign", 1500), *_sentences("saudinewsnet-other", 1500)]
    with gzip.open(SHARED / "armpro-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts += [str(json.loads(line)["paragraph"]) for line in lines]
    posts = pd.read_csv(SHARED / "fignews-iaa.tsv", sep="\t", quoting=3, dtype=str).fillna("")
    texts += list(posts["Arabic MT"])
    return texts[:n]


def _sentences(name: str, n: int) -> Iterator[str]:
    found: list[str] = []
    with gzip.open(SHARED / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["content"]
            found += [text[start:end] for start, end in sentence_spans(text)]
            if len(found) > 6 * n:
                break
    yield from found[::6][:n]


def count(texts: list[str]) -> tuple[Counter[str], list[int], dict[str, float]]:
    """Give the differences by cause, the numbers of texts nothing explains, and both sides' texts per second."""
    safe, plain = safe_preprocessor(MODEL), untouched()
    begun = time.perf_counter()
    ours = [safe(text) for text in texts]
    middle = time.perf_counter()
    theirs = [plain(text) for text in texts]
    speed = {"safe": len(texts) / (middle - begun), "untouched": len(texts) / (time.perf_counter() - middle)}
    found: Counter[str] = Counter()
    unexplained = []
    for number, (one, two) in enumerate(zip(ours, theirs, strict=True)):
        if one != two:
            reasons = causes(texts[number], safe, plain)
            found[" + ".join(reasons)] += 1
            unexplained += [] if reasons else [number]
    return found, unexplained, speed


def measure() -> str:
    texts = real_texts(N_TEXTS)
    if not texts:
        return "## AraBERT's preparation\n\nNot measured: the corpora are not here.\n"
    found, unexplained, speed = count(texts)
    lines = [
        "## AraBERT's preparation against the untouched preprocessor\n",
        f"{len(texts)} texts, {sum(found.values())} differ, {len(unexplained)} without an explanation."
        f" Texts/s: {', '.join(f'{name} {n:.0f}' for name, n in speed.items())}.\n",
        "| cause | texts | what differs |",
        "|---|---|---|",
        *(
            f"| {name or 'none'} | {n} | {'; '.join(CAUSES[one] for one in name.split(' + ') if one)} |"
            for name, n in found.most_common()
        ),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(measure() + "\n")
