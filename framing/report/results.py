"""What a results folder holds, read once and typed; a part that is missing is an empty table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from framing.codebook import Codebook, load_codebook
from framing.copy_matrix import CopyMatrix, MatrixBy, copy_matrix
from framing.errors import CodebookError, ResultsError
from framing.files import read_csv
from framing.flow import CorpusFlow
from framing.robustness_tables import read_robustness

PARQUET = {
    "articles": ["article_id", "outlet", "title"],
    "copies": ["article_id", "copy_group", "copy_role"],
    "units": ["unit_id", "article_id", "n", "part", "text", "start", "end"],
    "voices": ["unit_id", "start", "end", "voice", "speaker", "verb", "stance"],
    "frames": ["unit_id", "frame", "score", "state"],
    "unit_topics": ["unit_id", "topic"],
    "topics": ["topic", "n_units", "words", "package", "name", "representative"],
}
# Columns a report needs of each CSV, and those of them that are numbers or truth values.
CSV = {
    "shares": ["estimand", "outlet", "frame", "carried", "n", "n_articles", "share", "low", "high", "deff", "flag"],
    "by_voice": ["outlet", "frame", "voice", "carried", "n", "share", "low", "high", "flag"],
    "differences": [
        "frame", "family", "outlet_a", "outlet_b", "n_a", "n_b", "difference", "low", "high", "method", "p", "p_holm",
        "tested", "reason",
    ],
    "omnibus": ["frame", "family", "n_outlets", "statistic", "p", "p_holm", "cramers_v", "tested", "reason"],
    "contested": ["outlet", "frame", "n"],
    "mdd": ["frame", "family", "outlet_a", "outlet_b", "base", "mdd", "mdd_family"],
    "flow": ["step", "outlet", "n"],
    "flow_reasons": ["step", "outlet", "reason", "n"],
    "rejected": ["reason"],
    "set_aside": ["outlet", "reason"],
}  # fmt: skip
NUMBERS = {
    "carried", "n", "n_articles", "share", "low", "high", "deff", "n_a", "n_b", "difference", "p", "p_holm",
    "statistic", "cramers_v", "base", "mdd", "mdd_family", "n_outlets",
}  # fmt: skip


@dataclass(frozen=True)
class Results:
    """Tables of one run by the name of their file, with manifest, settings and codebook."""

    manifest: Mapping[str, Any]
    settings: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    codebook: Codebook | None = None
    study: Mapping[str, Any] = field(default_factory=dict)
    robustness: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]

    def setting(self, *path: str, default: Any = None) -> Any:
        """Give an effective setting; the study as written stands in where `settings.json` lacks it."""
        for source in (self.settings, self.study):
            value: Any = source
            for key in path:
                value = value.get(key) if isinstance(value, Mapping) else None
            if value is not None:
                return value
        return default

    @property
    def synthetic(self) -> bool:
        """Whether the study's data are invented."""
        return bool(self.setting("synthetic", default=False))

    @property
    def frames(self) -> list[str]:
        """Ids of the frames, parents before their children: the codebook's order, else the table's."""
        coded = self.codebook.frame_ids if self.codebook is not None else ()
        return list(dict.fromkeys([*coded, *self["shares"]["frame"]]))

    @property
    def parents(self) -> list[str]:
        """Ids of the frames of the top level."""
        return [frame for frame in self.frames if "." not in frame]

    @property
    def outlets(self) -> list[str]:
        """Outlets in the order of the table of shares, which is alphabetical."""
        return list(dict.fromkeys(self["shares"]["outlet"]))

    def units_with_outlets(self) -> pd.DataFrame:
        """Give the units with the outlet of their article."""
        units = self["units"].drop(columns="outlet", errors="ignore")
        return units.merge(self["articles"][["article_id", "outlet"]], on="article_id")

    @property
    def flow(self) -> CorpusFlow:
        """The corpus flow, with what the sentence for the methods section needs."""
        settings = {
            "min_words": self.setting("min_words", default=20), "synthetic": self.synthetic,
            "n_units": len(self["units"]), "n_lines": (self.manifest.get("counts") or {}).get("boilerplate", 0),
        }  # fmt: skip
        return CorpusFlow(self["flow"], self["flow_reasons"], settings)

    def copies_by(self, by: MatrixBy) -> CopyMatrix | None:
        """Give the copy matrix of all articles, on the story or not; None where no two share an item."""
        articles = self["articles"]
        members = ("article_id", "outlet", "text", "published_date", "published")
        if not len(self["copies"]) or not set(members) <= set(articles.columns):
            return None
        credited = articles.assign(agency=articles["agency"].fillna("") if "agency" in articles else "")
        credits = credited.groupby(["outlet", "agency"]).size().rename("n").reset_index()
        return copy_matrix(self["copies"], articles[list(members)], credits, by=by)

    def article_shares(self) -> pd.DataFrame:
        """Give the shares of articles, the estimand the page leads with."""
        shares = self["shares"]
        return shares[shares["estimand"] == "article_share"]


def read_results(
    folder: Path, *, manifest: Mapping[str, Any] | None = None, codebook: Codebook | None = None
) -> Results:
    """Read a results folder.

    Parameters
    ----------
    manifest : stands in for `manifest.json` while a run has not written it yet.
    codebook : stands in for the folder's copy, where the run that wrote it has it still.

    Raises
    ------
    ResultsError : the folder is missing, unfinished, or one of its files cannot be read.
    """
    folder = Path(folder)
    found = _read_json(folder / "manifest.json") if manifest is None else manifest
    if not found:
        raise ResultsError(
            f"{folder}: no manifest.json, so the run did not finish. Run the study again with --out {folder}.",
            ar=f"المجلد {folder.name} لا يحوي manifest.json، أي أن التشغيل لم يكتمل. أعد تشغيل framing run.",
        )
    tables = {name: _read_parquet(folder / f"{name}.parquet", columns) for name, columns in PARQUET.items()}
    tables |= {name: _read_table(folder, name, columns) for name, columns in CSV.items()}
    study = found.get("study") if isinstance(found.get("study"), Mapping) else {}
    codebook = _codebook(folder) if codebook is None else codebook
    return Results(found, _read_json(folder / "settings.json"), tables, codebook, study or {}, read_robustness(folder))


def _read_json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultsError(f"{path}: not readable JSON ({error}). Run the study again.") from error
    return value if isinstance(value, dict) else {}


def _read_parquet(path: Path, columns: list[str]) -> pd.DataFrame:
    if not path.is_file():
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise ResultsError(f"{path}: not readable Parquet ({error}). Run the study again.") from error


def _read_table(folder: Path, name: str, columns: list[str]) -> pd.DataFrame:
    path = next((p for p in (folder / "comparison" / f"{name}.csv", folder / f"{name}.csv") if p.is_file()), None)
    try:
        table = read_csv(path) if path else pd.DataFrame({column: pd.Series(dtype=str) for column in columns})
    except (OSError, ValueError) as error:
        raise ResultsError(f"{path}: not a readable table ({error}). Run the study again.") from error
    for column in columns:
        if column not in table:
            table[column] = ""
    for column in NUMBERS & set(table.columns):
        table[column] = pd.to_numeric(table[column], errors="coerce")
    if "tested" in table:
        table["tested"] = table["tested"].astype(str).str.lower().eq("true")
    return table


def _codebook(folder: Path) -> Codebook | None:
    """Read the copy of the codebook; without one the page shows ids."""
    path = folder / "codebook.yaml"
    if not path.is_file():
        return None
    try:
        return load_codebook(path.absolute())
    except CodebookError as error:
        raise ResultsError(f"{path}: the copy of the codebook is damaged ({error}). Run the study again.") from error
