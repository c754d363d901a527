"""Measure the reading layer: dates, outlets, languages, genres, encodings; each on real data where it is here.

`read_*.csv` beside this script hold what a reader (coder_kind: model) read in dates, titles and
genres, by the hash of the text. Several word lists were written after reading the same files:
figures on outlets and title tails are likely better than on other sources.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from framing.dates import DateProblem, ParsedDate, _parse, parse_date
from framing.files import sha256_text
from framing.readers import Record, Source, read_source
from framing.readers.encoding import decode, repair_text
from framing.readers.genres import find_genre
from framing.readers.languages import find_language
from framing.readers.outlets import cut_title_tail, name_outlet

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "shared" / "data"
SEED = 20241023
DATES = {
    "armpro-dev": "page_date", "ant": "time", "saudinewsnet-foreign": "date_extracted",
    "saudinewsnet-other": "date_extracted",
}  # fmt: skip
LANGUAGES = {"Arabic": "ar", "English": "en", "French": "fr", "Hebrew": "he", "Hindi": "hi"}


def rows_of(name: str) -> list[dict[str, Any]]:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def what_was_read(name: str) -> dict[str, dict[str, str]]:
    lines = (HERE / f"read_{name}.csv").read_text(encoding="utf-8").splitlines()
    return {row["sha256"]: row for row in csv.DictReader(line for line in lines if not line.startswith("#"))}


def key(text: str) -> str:
    return sha256_text(text)[:16]


def dates() -> str:
    lines = ["### Dates\n", "| file | rows | read, no order set | ambiguous | read, order dmy | distinct | read, dmy |"]
    lines.append("|---|---|---|---|---|---|---|")
    read = what_was_read("dates")
    right: dict[str, tuple[str, str]] = {}
    for name, field in DATES.items():
        raws = [str(row[field]) for row in rows_of(name)]
        free, set_ = ({raw: parse_date(raw, order=order) for raw in raws} for order in (None, "dmy"))
        n_free, n_set = (sum(isinstance(found[raw], ParsedDate) for raw in raws) for found in (free, set_))
        asked = [found for raw in raws if isinstance(found := free[raw], DateProblem)]
        n_asked = sum(problem.kind == "ambiguous" for problem in asked)
        n_distinct = sum(isinstance(found, ParsedDate) for found in set_.values())
        lines.append(f"| {name} | {len(raws)} | {n_free} | {n_asked} | {n_set} | {len(set_)} | {n_distinct} |")
        right |= {key(raw): as_read(found) for raw, found in set_.items() if key(raw) in read}
    n_right = sum((read[hashed]["day"], read[hashed]["moment"]) == found for hashed, found in right.items())
    _parse.cache_clear()
    raws = [str(row["page_date"]) for row in rows_of("armpro-dev")]
    seconds = timed(lambda: [parse_date(raw, order="dmy") for raw in dict.fromkeys(raws)])
    lines.append(f"\nThe same day and moment as a reader's: {n_right} of {len(right)} dates in 26 shapes.")
    lines.append(f"Speed, none seen before: {len(set(raws)) / seconds:,.0f} dates/s.\n")
    return "\n".join(lines)


def as_read(found: ParsedDate | DateProblem) -> tuple[str, str]:
    if isinstance(found, DateProblem):
        return "", ""
    return found.day.isoformat(), f"{found.moment:%Y-%m-%dT%H:%M:%S}" if found.moment else ""


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def outlets() -> str:
    pages = rows_of("armpro-dev")
    named = {row["page_domain"]: name_outlet(row["page_domain"], row["page_url"], "", {}) for row in pages}
    titles = {row["page_title"]: named[row["page_domain"]] for row in pages}
    titles |= {row["title"]: "" for row in rows_of("ant")}
    lines = ["### Outlets\n"]
    n_named = sum(name != domain for domain, name in named.items())
    n_rows = sum(named[row["page_domain"]] != row["page_domain"] for row in pages)
    lines.append(f"armpro-dev: {n_named} of {len(named)} domains have a name, {n_rows} of {len(pages)} rows.")
    read = what_was_read("tails")
    for label, with_outlet in (("by the list alone", False), ("with the outlet known", True)):
        counts: Counter[str] = Counter()
        for title, outlet in titles.items():
            cut = len(title) - len(cut_title_tail(title, outlet if with_outlet else ""))
            wanted = int(read.get(key(title), {"cut": "0"})["cut"])
            counts["right" if cut == wanted and wanted else "wrong" if cut else "missed" if wanted else ""] += 1
        shown = ", ".join(f"{counts[kind]} {kind}" for kind in ("right", "wrong", "missed"))
        lines.append(f"Title tails removed, {label}: {shown}; {len(titles)} distinct titles.")
    return "\n".join(lines) + "\n"


def languages() -> str:
    with (DATA / "fignews-iaa.tsv").open(encoding="utf-8") as file:
        posts = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    lines = ["### Languages\n", "| posts of fignews-iaa | n | as their label says | others |", "|---|---|---|---|"]
    columns = [
        (name, code, [p["Text"] for p in posts if p["Source Language"] == name]) for name, code in LANGUAGES.items()
    ]
    columns += [("translated into Arabic", "ar", [p["Arabic MT"] for p in posts])]
    columns += [("translated into English", "en", [p["English MT"] for p in posts])]
    for label, code, texts in columns:
        found = Counter(map(find_language, texts))
        others = ", ".join(f"{name} {n}" for name, n in found.most_common() if name != code)
        lines.append(f"| {label} | {len(texts)} | {found[code]} ({found[code] / len(texts):.1%}) | {others} |")
    articles = [row["content"] for row in rows_of("saudinewsnet-other") if row["content"].strip()]
    speed = len(articles) / timed(lambda: [find_language(text) for text in articles])
    foreign = [post["English MT"] for post in posts]
    slow = len(foreign) / timed(lambda: [find_language(text) for text in foreign])
    lines.append(f"\nSpeed: {speed:,.0f} Arabic articles/s (no library loaded), {slow:,.0f} English posts/s.\n")
    return "\n".join(lines)


def genres() -> str:
    pages = {("", row["page_url"], row["page_title"]) for row in rows_of("armpro-dev")}
    pages |= {(row["category"], row["url"], row["title"]) for row in rows_of("ant")}
    pages |= {("", row["url"], row["title"]) for name in list(DATES)[2:] for row in rows_of(name)}
    found = {page: find_genre("", *page) for page in sorted(pages)}
    read = what_was_read("genres")
    judged = [(genre, read[key(f"{page[1]}\n{page[2]}")]["read"]) for page, genre in found.items()
              if key(f"{page[1]}\n{page[2]}") in read and genre != "unknown"]  # fmt: skip
    lines = ["### Genres\n", "| genre | pages | read | right |", "|---|---|---|---|"]
    for genre, n in Counter(found.values()).most_common():
        own = [one == other for one, other in judged if one == genre]
        lines.append(f"| {genre} | {n} | {len(own)} | {sum(own)} |")
    n_right = sum(one == other for one, other in judged)
    return "\n".join([*lines, f"\nPrecision where a genre is given: {n_right} of {len(judged)}.\n"])


def browser(data: bytes, codec: str) -> str:
    """Read bytes in the wrong table as browsers do: places it leaves empty keep their number."""
    return "".join(bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in data)


ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": lambda text: text.encode(),
    "utf-8, mark": lambda text: text.encode("utf-8-sig"),
    "utf-16 LE, mark": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "utf-16 BE, mark": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "utf-16 LE": lambda text: text.encode("utf-16-le"),
    "utf-16 BE": lambda text: text.encode("utf-16-be"),
    "windows-1256": lambda text: text.encode("cp1256", "ignore"),
    "iso-8859-6": lambda text: text.encode("iso8859_6", "ignore"),
    "mac_arabic": lambda text: text.encode("mac_arabic", "ignore"),
    "cp720": lambda text: text.encode("cp720", "ignore"),
    "1256 read as 1252": lambda text: browser(text.encode("cp1256", "ignore"), "cp1252").encode(),
    "utf-8 read as 1256": lambda text: text.encode().decode("cp1256").encode(),
    "utf-8 read as 1252": lambda text: browser(text.encode(), "cp1252").encode(),
}
# What a table cannot hold is left out of the text before it is compared.
LOSSY = {"windows-1256": "cp1256", "iso-8859-6": "iso8859_6", "mac_arabic": "mac_arabic", "cp720": "cp720",
         "1256 read as 1252": "cp1256"}  # fmt: skip
DECLARED = ("utf-8", "windows-1256", "iso-8859-1", "iso-8859-6")


def as_file(kind: str, texts: Sequence[str]) -> str:
    if kind in ("csv", "tsv"):
        buffer = io.StringIO()
        writer = csv.writer(buffer, delimiter="," if kind == "csv" else "\t")
        writer.writerows([("id", "text"), *((str(n), text) for n, text in enumerate(texts))])
        return buffer.getvalue()
    if kind == "jsonl":
        return "".join(
            json.dumps({"id": str(n), "text": text}, ensure_ascii=False) + "\n" for n, text in enumerate(texts)
        )
    return texts[0]


def texts_in(data: bytes, kind: str, folder: Path) -> list[str]:
    path = folder / f"a.{kind}"
    path.write_bytes(data)
    items = list(read_source(Source(path, path.name)))
    values = [item.cells["text"] if isinstance(item, Record) else "" for item in items]
    if kind == "txt":
        values = [
            "".join(item.cells.get("title", "") + item.cells["text"] for item in items if isinstance(item, Record))
        ]
    return [repair_text(value)[0] for value in values]


def squeezed(texts: Sequence[str]) -> list[str]:
    return ["".join(text.split()) for text in texts]


def encodings() -> str:
    texts = [text for text in real_texts() if len(text.split()) >= 40]
    rng = random.Random(SEED)
    groups = [rng.sample(texts, n) for n in (1, 1, 1, 1, 3, 5, 10, 20)]
    kinds = ("csv", "tsv", "txt", "jsonl")
    lines = ["### Encodings\n", "Files read right / tried; for html, right text / pages whose charset= says one of"]
    lines += [f"{', '.join(DECLARED)}.\n", f"| written in | {' | '.join(kinds)} | html |", "|---|---|---|---|---|---|"]
    n_right = n_tried = 0
    with tempfile.TemporaryDirectory() as name:
        for label, encode in ENCODINGS.items():
            cells = []
            for kind in (*kinds, "html"):
                found = [hit for group in groups for hit in hits(group, label, encode, kind, Path(name))]
                n_right, n_tried = n_right + sum(found), n_tried + len(found)
                cells.append(f"{sum(found)}/{len(found)}")
            lines.append(f"| {label} | {' | '.join(cells)} |")
    changed = sum(repair_text(text)[0] != text for text in real_texts())
    lines.append(
        f"\nTogether {n_right} of {n_tried}. Right texts that the repair changed: {changed} of {len(real_texts())}.\n"
    )
    return "\n".join(lines)


def hits(texts: Sequence[str], label: str, encode: Callable[[str], bytes], kind: str, folder: Path) -> list[bool]:
    """Tell for one file (for html: for each declaration) whether its texts come back."""
    codec = LOSSY.get(label)
    wanted = squeezed([text.encode(codec, "ignore").decode(codec) if codec else text for text in texts])
    if kind != "html":
        found = squeezed(texts_in(encode(as_file(kind, texts)), kind, folder))
        return [found == (wanted[:1] if kind == "txt" else wanted)]
    page = '<html><head><meta charset="{}"></head><body><div class="post">{}</div></body></html>'
    decoded = [decode(encode(page.format(name, texts[0])), declared=name)[0] for name in DECLARED]
    return [wanted[0] in squeezed([repair_text(text)[0]])[0] for text in decoded]


def real_texts() -> list[str]:
    fields = {
        "saudinewsnet-foreign": "content",
        "saudinewsnet-other": "content",
        "ant": "text",
        "armpro-dev": "paragraph",
    }
    return [str(row[field]) for name, field in fields.items() for row in rows_of(name)]


def measure() -> str:
    if not DATA.is_dir():
        return "## Reading\n\nNot measured: the real files are not here.\n"
    return "\n".join(["## Reading\n", dates(), outlets(), languages(), genres(), encodings()])


if __name__ == "__main__":
    sys.stdout.write(measure() + "\n")
