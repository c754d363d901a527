"""The hand codes a study names: read, checked, and counted where their unit is not analysed."""

from __future__ import annotations

import logging
from pathlib import Path

import pandas as pd

from framing.errors import ArticleError
from framing.study import Study

logger = logging.getLogger(__name__)


def read_codes(study: Study, units: pd.DataFrame) -> pd.DataFrame | None:
    """Read the study's hand codes; those of units that are not analysed are counted and left out.

    Parameters
    ----------
    units : the units that are analysed, with `unit_id`.

    Returns
    -------
    The table as text, with at least `unit_id, frame, value`; None where the study has no codes.

    Raises
    ------
    ArticleError : the file is missing, or lacks a column.
    """
    if study.codes is None:
        return None
    path = Path(study.folder, study.codes)
    if not path.is_file():
        raise ArticleError(f"codes: {path} is not a file. Write the path of a table with unit_id, frame, value.")
    codes = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    missing = {"unit_id", "frame", "value"} - set(codes.columns)
    if missing:
        raise ArticleError(f"{path}: lacks the columns {', '.join(sorted(missing))}. It needs unit_id, frame, value.")
    known = codes["unit_id"].isin(units["unit_id"])
    if not known.all():
        logger.warning(
            "%s: %d of %d codes are of units that are not analysed; left out", path, int((~known).sum()), len(codes)
        )
    return codes[known]
