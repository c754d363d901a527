"""People's edits of clusters as a file, so that the next run of a study keeps them.

The file holds the clusters as the edits left them and the log of who did what and when. On the same fit a run takes
over every unit; on another one it keeps names and pinned units (`topic_edits.carry_over`) and says so.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from framing.errors import StudyError
from framing.files import write_json
from framing.topic_edits import ACTIONS, carry_over
from framing.topic_result import TopicAssignment, fit_hash, with_tables

logger = logging.getLogger(__name__)

FORMAT = "framing-topic-edits/1"
STATES = ("core", "reassigned", "placed", "moved", "pinned", "outlier")
# What a fit that differs writes into the log by itself.
REFIT = "refit"


@dataclass(frozen=True)
class TopicEdits:
    """What an edit file holds.

    `fit` : hash of the clusters as they were fitted, before any edit. `log` : the edits in order. `units` :
    `unit_id, topic, how` as the edits left them. `names` : by topic.
    """

    fit: str
    log: tuple[dict[str, Any], ...]
    units: pd.DataFrame
    names: dict[int, str]

    def summary(self) -> str:
        """Count the edits by kind and say by whom they are."""
        told = [entry for entry in self.log if entry["action"] != REFIT]
        kinds = pd.Series([entry["action"] for entry in told], dtype="str").value_counts(sort=False)
        by = ", ".join(sorted({str(entry["by"]) for entry in told}))
        return f"{len(told)} edits ({', '.join(f'{n} {kind}' for kind, n in kinds.items())}) by {by or 'nobody'}"


def save_edits(found: TopicAssignment, path: str | Path) -> Path:
    """Write what people changed about clusters; give the path, for `topics: {edits: ...}` of a study.

    Raises
    ------
    ValueError : nothing was changed.
    """
    if not found.log:
        raise ValueError("these topics were not edited, so there is nothing to save; merge, rename or pin first")
    units, names = found.unit_topics, {} if found.frozen is None else found.frozen.names
    kept = {
        str(unit): [int(topic), str(how)]
        for unit, topic, how in zip(units["unit_id"], units["topic"], units["how"], strict=True)
    }
    about = {
        "format": FORMAT, "fit": found.settings.get("fit", ""), "log": list(found.log),
        "names": {str(number): name for number, name in sorted(names.items())}, "units": kept,
    }  # fmt: skip
    write_json(Path(path), about)
    return Path(path)


def read_edits(path: str | Path) -> TopicEdits:
    """Read an edit file.

    Raises
    ------
    StudyError : one line per fault.
    """
    path = Path(path)
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _refusal(path, [f"cannot be read ({error})"]) from error
    faults = list(_faults(about))
    if faults:
        raise _refusal(path, faults)
    rows = [(unit, int(topic), how) for unit, (topic, how) in about["units"].items()]
    units = pd.DataFrame(rows, columns=["unit_id", "topic", "how"]).astype({"unit_id": "str", "how": "str"})
    names = {int(number): str(name) for number, name in about["names"].items()}
    return TopicEdits(str(about["fit"]), tuple(about["log"]), units, names)


def _faults(about: Any) -> list[str]:
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        got = about.get("format") if isinstance(about, dict) else type(about).__name__
        return [f"'format' is {got!r}; it must be {FORMAT!r}"]
    found = []
    for key, kind in (("fit", str), ("log", list), ("names", dict), ("units", dict)):
        if not isinstance(about.get(key), kind):
            found.append(f"'{key}' must be a {kind.__name__}")
    if found:
        return found
    for number, entry in enumerate(about["log"], 1):
        action = entry.get("action") if isinstance(entry, dict) else None
        if action != REFIT and action not in ACTIONS:
            found.append(f"edit {number}: 'action' is {action!r}; known are {', '.join(sorted(ACTIONS))}")
        elif action != REFIT and not str(entry.get("by", "")).strip():
            found.append(f"edit {number}: 'by' is missing; write the pseudonym of who made it")
    found += [f"'names': {number!r} is no number of a topic" for number in about["names"] if not _is_whole(number)]
    bad = [unit for unit, told in about["units"].items() if not _is_state(told)]
    if bad:
        found.append(f"'units': {len(bad)} have no [topic, how], such as {bad[0]!r}; how is {', '.join(STATES)}")
    return found


def _is_whole(value: Any) -> bool:
    return str(value).lstrip("-").isdigit()


def _is_state(told: Any) -> bool:
    return isinstance(told, list) and len(told) == 2 and isinstance(told[0], int) and told[1] in STATES


def _refusal(path: Path, faults: list[str]) -> StudyError:
    lines = "\n".join(f"{path.name}: {fault}." for fault in faults)
    return StudyError(
        f"{lines}\nIt is no edit log that save_edits wrote. Save the edits again, or take 'topics.edits' out.",
        ar=f"{lines}\nالملف {path.name} ليس سجل تعديلات صالحًا. احفظ التعديلات من جديد أو احذف 'topics.edits'.",
    )


def apply_edits(found: TopicAssignment, edits: TopicEdits) -> TopicAssignment:
    """Take over what people changed: every unit on the same fit; names and pinned units on another one."""
    if found.frozen is None:
        logger.warning("edits of clusters are not used: there are no clusters (%s)", found.reason)
        return found
    if edits.fit == fit_hash(found):
        state = edits.units.set_index("unit_id").reindex(found.unit_topics["unit_id"].astype(str))
        units = found.unit_topics.assign(topic=state["topic"].to_numpy(np.int64), how=state["how"].to_numpy())
        return with_tables(replace(found, unit_topics=units, log=edits.log), names=edits.names)
    named = pd.DataFrame({"topic": list(edits.names), "name": list(edits.names.values())})
    kept = carry_over(found, replace(found, unit_topics=edits.units, topics=named, log=edits.log))
    _tell(edits, kept)
    return kept


def _tell(edits: TopicEdits, kept: TopicAssignment) -> None:
    """Say what of the edits another fit keeps."""
    last: Mapping[str, Any] = kept.log[-1]
    lost_names = sorted(set(edits.names.values()) - set(last["names"].values()))
    others = sum(entry["action"] in ("merge", "split", "move", "undo_reassigned") for entry in edits.log)
    logger.warning(
        "the clusters were fitted anew since they were edited: %d pinned units and %d of %d names are kept%s;"
        " %d merges, splits and moves belong to the earlier fit and are not done again",
        last["n_pinned"], len(last["names"]), len(edits.names),
        f" (not: {', '.join(lost_names)})" if lost_names else "", others,
    )  # fmt: skip
