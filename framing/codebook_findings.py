"""What a check of a codebook finds: how serious, where, what, and what to do, in English and Arabic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Literal

import pandas as pd

Severity = Literal["fault", "warning", "note"]
# A fault keeps the codebook from being used; a warning can make figures wrong; a note is worth a look.
SEVERITIES: tuple[Severity, ...] = ("fault", "warning", "note")
SHOWN = 8


@dataclass(frozen=True)
class Finding:
    """One thing to know about a codebook; `frame` is "" where it is about the whole."""

    severity: Severity
    frame: str
    kind: str
    what: str
    to_do: str
    what_ar: str
    to_do_ar: str


def findings_table(findings: Iterable[Finding]) -> pd.DataFrame:
    """Give findings as a table, the serious first."""
    columns = [one.name for one in fields(Finding)]
    rows = sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
    return pd.DataFrame([astuple(row) for row in rows], columns=columns)


def listed(items: Sequence[str], comma: str = ", ") -> str:
    """Give the first of several things, and how many are left out."""
    more = len(items) - SHOWN
    return comma.join(items[:SHOWN]) + (f" (+{more})" if more > 0 else "")
