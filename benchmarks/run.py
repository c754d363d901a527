"""Run every benchmark and write `results.md`: `make bench`."""

from __future__ import annotations

import sys
from pathlib import Path

import demo
import encode
import frames
import voices

from framing.files import write_text
from framing.folder import machine, package_versions

HERE = Path(__file__).parent


def main() -> None:
    about = machine()
    versions = ", ".join(f"{name} {number}" for name, number in package_versions().items())
    parts = [
        "# Results\n",
        "Written by `make bench`. Data: the invented demo corpus and the shipped codebook.\n",
        f"Machine: {about['system']} {about['architecture']}, {about['cpus']} CPUs,"
        f" Python {about['python']}. {versions}.\n",
        frames.measure(),
        voices.measure(),
        demo.measure(),
        encode.measure(),
    ]
    write_text(HERE / "results.md", "\n".join(parts))
    sys.stdout.write(f"{HERE / 'results.md'}\n")


if __name__ == "__main__":
    main()
