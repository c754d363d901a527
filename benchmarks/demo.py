"""Measure the demo study: seconds per stage with a cold store, then with the warm one."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import framing
from framing.files import package_data


def measure() -> str:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FRAMING_CACHE"] = str(Path(folder) / "cache")
        runs = {
            name: framing.run_study(package_data("demo", "study.yaml"), out=Path(folder) / name, fresh=True)
            for name in ("cold", "warm")
        }
        lines = [
            "## The demo study\n",
            "| store | embedded | from store | seconds per stage | total |",
            "|---|---|---|---|---|",
        ]
        for name, results in runs.items():
            seconds = dict(results.manifest["seconds"])
            # Clusters are timed inside the stage of frames.
            total = sum(value for stage, value in seconds.items() if stage != "topics")
            shown = ", ".join(f"{stage} {value:.1f}" for stage, value in seconds.items())
            vectors = results.manifest["vectors"]
            lines.append(f"| {name} | {vectors['embedded']} | {vectors['from_store']} | {shown} | {total:.1f} |")
        same = (runs["cold"].path / "frames.parquet").read_bytes() == (
            runs["warm"].path / "frames.parquet"
        ).read_bytes()
    return "\n".join([*lines, f"\n`frames.parquet` of both runs: {'the same bytes' if same else 'DIFFERENT bytes'}.\n"])


if __name__ == "__main__":
    sys.stdout.write(measure() + "\n")
