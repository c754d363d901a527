"""Run benchmarks and write `results.md`: `make bench` runs all; `python benchmarks/run.py voices store` renews those.

Each benchmark writes a section of its own; sections that are not run again stay as they are. `copies.py` writes a
page of its own, `copies.md`.
"""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

from framing.files import write_text
from framing.folder import machine, package_versions

HERE = Path(__file__).parent
RESULTS = HERE / "results.md"
# In the order of the page.
NAMES = (
    "reading", "ingest", "relevance", "sentences", "voices", "frames", "frame_signals", "topics", "arabert_text",
    "encode", "static", "store", "study", "demo",
)  # fmt: skip


def header() -> str:
    about = machine()
    versions = ", ".join(f"{name} {number}" for name, number in package_versions().items())
    where = "Data: the demo corpus, the codebook and, where they lie in `../shared/data`, files of real news."
    return (
        f"# Results\n\nWritten by `make bench`. {where} Nothing of the latter is kept here.\n\n"
        f"Machine: {about['system']} {about['architecture']}, {about['cpus']} CPUs, Python {about['python']}."
        f" {versions}.\n"
    )


def kept() -> dict[str, str]:
    """Give the sections of the page as it is, by the benchmark that wrote them."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.is_file() else ""
    found = re.findall(r"<!-- (\w+) -->\n(.*?)(?=\n<!-- \w+ -->|\Z)", text, re.DOTALL)
    return {name: section.strip() + "\n" for name, section in found}


def main(names: list[str]) -> None:
    sections = kept()
    for name in names or NAMES:
        sections[name] = importlib.import_module(name).measure()
        parts = [f"<!-- {name} -->\n{sections[name].strip()}\n" for name in NAMES if name in sections]
        write_text(RESULTS, "\n".join([header(), *parts]))
        sys.stdout.write(f"{name}: written to {RESULTS.name}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
