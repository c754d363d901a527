"""Raise the floor of agreement with the demo's codes: `python tests/quality/raise_floor.py` measures and writes it.

A floor stands `SLACK` below what was measured, and only rises. One that would fall is refused, and nothing is written,
unless `--lower "reason"` says why: the reason is written into the note of `floor.json`. What was measured, the lower
of the encoder's two engines, is written beside the floors. `--dry-run` only shows.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from framing.files import sha256_file, write_text

ROOT = Path(__file__).parents[2]
FLOOR = Path(__file__).parent / "floor.json"
CODEBOOK, ENCODER, SEED = "north-korea-russia", "e5-small", 20241023
SLACK = 0.02


class FloorError(Exception):
    """A floor that may not be written."""


def parents_of(cell: str) -> set[str]:
    """Give the parents that a coder's labels carry; contested ones are not carried."""
    labels = (part.strip() for part in cell.split(";"))
    return {label.partition(".")[0] for label in labels if label and not label.startswith("contested")}


def f1(wanted: Sequence[bool], said: Sequence[bool]) -> float:
    """Give F1 of two codings of the same units; 0 where neither carries the frame anywhere."""
    both = sum(one and two for one, two in zip(wanted, said, strict=True))
    return 2 * both / max(1, sum(wanted) + sum(said))


def measure(gold: Path, *, engines: Sequence[str] = ("wheel", "auto")) -> dict[str, float]:
    """Give each parent's F1 on the coded units, the lowest of the encoder's engines, and `macro`, likewise."""
    import pandas as pd

    from framing.codebook import load_codebook
    from framing.encoders.e5_small import E5Small
    from framing.frames import FrameModel
    from framing.vectors import embed

    units = pd.read_csv(gold, dtype=str, keep_default_na=False)
    if "n" in units:
        units["n"] = units["n"].astype(int)
    codebook = load_codebook(CODEBOOK)
    found: dict[str, float] = {}
    for engine in engines:
        encoder = E5Small(engine)  # type: ignore[arg-type]
        model = FrameModel(codebook, encoder=encoder, seed=SEED).fit()
        table = model.predict(units, embed(units, encoder=encoder)).to_frame()
        each = {
            frame.frame_id: f1(
                [frame.frame_id in parents_of(cell) for cell in units["agreed"]],
                table[f"is_{frame.frame_id}"].tolist(),
            )
            for frame in codebook.parents
        }
        each["macro"] = sum(each.values()) / len(each)
        found = {name: min(value, found.get(name, 1.0)) for name, value in each.items()}
    return found


def raised(
    floor: Mapping[str, Any], measured: Mapping[str, float], *, gold_sha256: str, lower: str | None = None
) -> dict[str, Any]:
    """Give the new floor: each number the higher of the old one and of what was measured less `SLACK`.

    Parameters
    ----------
    measured : F1 per parent, and `macro`.
    lower : why a floor may fall: one that lies above what was measured, or each where codes or frames are others.

    Raises
    ------
    FloorError : what was measured lies below a floor, or the codes or frames are others than the floor's, and no
        reason is given.
    """
    wanted = {name: round(value - SLACK, 3) for name, value in measured.items()}
    old = {**floor["f1"], "macro": floor["macro_f1"]}
    if lower is not None and not lower.strip():
        raise FloorError("the reason is empty: say why the floor may fall")
    problems = [
        f"{name}: measured {measured[name]:.3f}, the floor is {old[name]:.3f}"
        for name in old
        if name in measured and measured[name] < old[name]
    ]
    if set(old) != set(wanted):
        problems.append(f"frames were {', '.join(sorted(old))}, are {', '.join(sorted(wanted))}")
    if floor["gold_sha256"] != gold_sha256:
        problems.append(f"the codes changed ({floor['gold_sha256'][:12]} to {gold_sha256[:12]})")
    if problems and lower is None:
        raise FloorError(f'{"; ".join(problems)}. Mend it, or give the reason: --lower "reason".')
    anew = set(old) != set(wanted) or floor["gold_sha256"] != gold_sha256
    if not anew:  # what was measured above its floor lets it stand, though less than the slack lies between
        wanted = {n: max(value, old[n]) if measured[n] >= old[n] else value for n, value in wanted.items()}
    note = floor["note"]
    if fallen := [f"{n} {old[n]:.3f} to {wanted[n]:.3f}" for n in old if n in wanted and wanted[n] < old[n]]:
        note += f" Lowered ({', '.join(fallen)}): {str(lower).strip().rstrip('.')}."
    elif problems:
        note += f" Set anew: {str(lower).strip().rstrip('.')}."
    each = {name: value for name, value in wanted.items() if name != "macro"}
    if not problems and each == floor["f1"] and wanted["macro"] == floor["macro_f1"]:
        return dict(floor)
    shown = {name: round(value, 3) for name, value in measured.items()}
    new = {"note": note, "gold_sha256": gold_sha256, "macro_f1": wanted["macro"], "f1": each, "measured": shown}
    return {**floor, **new}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lower", metavar="REASON", help="let floors fall, and write why into the note")
    parser.add_argument("--dry-run", action="store_true", help="show the new floor and write nothing")
    options = parser.parse_args(arguments)
    floor = json.loads(FLOOR.read_text(encoding="utf-8"))
    gold = ROOT / floor["gold"]
    measured = measure(gold)
    sys.stdout.write(f"measured: {', '.join(f'{name} {value:.3f}' for name, value in measured.items())}\n")
    try:
        new = raised(floor, measured, gold_sha256=sha256_file(gold), lower=options.lower)
    except FloorError as error:
        sys.stderr.write(f"raise_floor: {error}\n")
        return 1
    text = json.dumps(new, ensure_ascii=False, indent=2) + "\n"
    sys.stdout.write(text)
    if not options.dry_run and new != floor:
        write_text(FLOOR, text)
        sys.stdout.write(f"{FLOOR.name}: written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
