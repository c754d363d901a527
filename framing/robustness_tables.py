"""The tables of a robustness check: what each run found, and what became of each claim over all runs.

A claim is a pair of outlets and a frame: `outlet_a`'s share less `outlet_b`'s, names in alphabetical
order. Differences are percentage points, -100 to 100. Plain tables only, so that the figure and the
report read them back from a results folder without a model.

References
----------
Simonsohn, Simmons & Nelson (2020), Specification curve analysis, Nature Human Behaviour 4:1208-1214,
doi 10.1038/s41562-020-0912-z (cited from memory, not checked against the paper).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from framing.errors import ResultsError
from framing.files import read_csv

KEY = ["frame", "outlet_a", "outlet_b"]
CHOICES = ("encoder", "examples", "threshold", "copies", "article_rule", "relevance", "period")
# The cheap choices, varied together.
CURVE_CHOICES = ("threshold", "copies", "article_rule")
RUNS = [
    "run", "kind", "choice", "value", *CURVE_CHOICES, "in_curve", "frame", "family", "outlet_a", "outlet_b",
    "n_a", "n_b", "points", "low", "high", "p", "p_adjusted", "tested", "significant", "reason",
]  # fmt: skip
CLAIMS = [
    "claim", "frame", "family", "outlet_a", "outlet_b", "n_a", "n_b", "median_points", "min_points", "max_points",
    "base_points", "base_low", "base_high", "base_p_adjusted", "base_significant", "n_runs", "share_significant",
    "n_sign_changes", "n_opposite", "n_left_out", "curve_median", "curve_min", "curve_max",
    "curve_share_significant", "n_curve",
]  # fmt: skip
BY_CHOICE = ["choice", "n_runs", "median_shift", "largest_shift", "n_sign_changes", "share_significant", "n_left_out"]
TOPICS = ["seed", "is_base", "n_topics", "outlier_share", "ari", "ari_inside", "words_jaccard", "n_matched", "reason"]
NOT_CLAIMED = ["frame", "outlet_a", "outlet_b", "n_a", "n_b", "reason"]
SKIPPED = ["choice", "value", "reason"]
FILES: Mapping[str, list[str]] = {
    "runs": RUNS, "claims": CLAIMS, "choices": BY_CHOICE, "topics": TOPICS, "not_claimed": NOT_CLAIMED,
    "skipped": SKIPPED,
}  # fmt: skip
TEXTS = {
    "kind", "choice", "value", "copies", "article_rule", "frame", "family", "outlet_a", "outlet_b", "reason", "claim",
    "threshold",
}  # fmt: skip
TRUTHS = {"in_curve", "tested", "significant", "base_significant", "is_base"}
# A difference of so few articles says nothing of the choice: such runs are listed, not counted.
TOO_FEW = ("few_articles", "few_clusters", "no_articles")


def claims_of(base: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tell the pairs that can bear a claim from those that cannot, and say why.

    Parameters
    ----------
    base : differences of the study as it is, as `framing.comparison.OutletComparison` has them.

    Returns
    -------
    Rows that were tested, with their claim's number; and `NOT_CLAIMED` rows with the reason.
    """
    tested = base["tested"].astype(bool)
    claims = base[tested].reset_index(drop=True)
    width = max(2, len(str(len(claims))))
    claims.insert(0, "claim", [f"c{number:0{width}d}" for number in range(1, len(claims) + 1)])
    return claims, base.loc[~tested, NOT_CLAIMED].reset_index(drop=True)


def claim_table(runs: pd.DataFrame, claims: pd.DataFrame) -> pd.DataFrame:
    """Sum the runs up, a row per claim: median and range of the difference first.

    The median and range are over the study's own settings and every run that changes one choice;
    `curve_` columns are over the full grid of threshold, copy question and article rule. A run is
    significant for a claim where its adjusted p is below the level and its sign is that of the
    study's own difference; `n_opposite` counts those with the other sign.
    """
    counted = runs[~runs["reason"].isin(TOO_FEW)]
    one, curve = counted[counted["kind"] != "curve"], counted[counted["in_curve"].astype(bool)]
    by_one, by_curve = _groups(one), _groups(curve)
    left_out = runs[(runs["kind"] != "curve") & runs["reason"].isin(TOO_FEW)].groupby(KEY).size().to_dict()
    rows = []
    for claim in claims.to_dict("records"):
        key = tuple(claim[name] for name in KEY)
        part = by_one[key]
        base = part[part["kind"] == "base"].iloc[0]
        found = _spread(part, float(base["points"]))
        grid = _spread(by_curve.get(key, part.head(0)), float(base["points"]))
        rows.append({
            "claim": claim["claim"], "family": claim["family"], **dict(zip(KEY, key, strict=True)),
            "n_a": int(base["n_a"]), "n_b": int(base["n_b"]),
            "median_points": found["median"], "min_points": found["min"], "max_points": found["max"],
            "base_points": base["points"], "base_low": base["low"], "base_high": base["high"],
            "base_p_adjusted": base["p_adjusted"], "base_significant": bool(base["significant"]),
            "n_runs": found["n"], "share_significant": found["significant"],
            "n_sign_changes": found["sign_changes"], "n_opposite": found["opposite"],
            "n_left_out": left_out.get(key, 0), "curve_median": grid["median"], "curve_min": grid["min"],
            "curve_max": grid["max"], "curve_share_significant": grid["significant"], "n_curve": grid["n"],
        })  # fmt: skip
    return pd.DataFrame(rows, columns=CLAIMS)


def _groups(runs: pd.DataFrame) -> dict[tuple[str, str, str], pd.DataFrame]:
    return {(str(a), str(b), str(c)): part for (a, b, c), part in runs.groupby(KEY, sort=False)}


def _spread(part: pd.DataFrame, base: float) -> dict[str, float]:
    points = part["points"].to_numpy(float)
    if not len(points):
        return dict.fromkeys(("median", "min", "max", "significant"), np.nan) | {
            "n": 0, "sign_changes": 0, "opposite": 0,
        }  # fmt: skip
    other = _other_sign(points, base)
    significant = part["significant"].to_numpy(bool)
    return {
        "median": float(np.median(points)), "min": float(points.min()), "max": float(points.max()), "n": len(points),
        "significant": float((significant & ~other).mean()), "sign_changes": int(other.sum()),
        "opposite": int((significant & other).sum()),
    }  # fmt: skip


def _other_sign(points: np.ndarray, base: float) -> np.ndarray:
    return np.asarray(points * base < -1e-9)


def choice_table(runs: pd.DataFrame, claims: pd.DataFrame) -> pd.DataFrame:
    """Say how far each choice moves the differences, in the order of `CHOICES`.

    `median_shift` and `largest_shift` : of the absolute distance from the study's own difference, in
    points, over claims and runs. `share_significant` : of the claims that are significant as the study
    stands, how many stay so, with the same sign; missing where none is. `n_left_out` : pairs with too
    few articles in a run.
    """
    base = claims.set_index(KEY)[["base_points", "base_significant"]]
    one = runs[runs["kind"] == "one"].join(base, on=KEY)
    rows = []
    for choice in CHOICES:
        part = one[one["choice"] == choice]
        if part.empty:
            continue
        counted = part[~part["reason"].isin(TOO_FEW)]
        shift = (counted["points"] - counted["base_points"]).abs()
        other = counted["points"] * counted["base_points"] < -1e-9
        held = counted["base_significant"].astype(bool)
        kept = counted["significant"].astype(bool) & ~other
        rows.append((
            choice, part["run"].nunique(), shift.median(), shift.max(), int(other.sum()),
            kept[held].mean() if held.any() else np.nan, len(part) - len(counted),
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=BY_CHOICE)


def said_of(tables: Mapping[str, pd.DataFrame], settings: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Give what can be said without naming an outlet: keys of sentences with their values."""
    claims, choices, runs = tables["claims"], tables["choices"], tables["runs"]
    n_runs = int((runs.drop_duplicates("run")["kind"] == "one").sum()) + 1 if len(runs) else 0
    left = len(tables["not_claimed"])
    if claims.empty:
        return [("no_claims", {"left": left})]
    held = claims[claims["base_significant"].astype(bool)]
    all_runs = (held["share_significant"] == 1).sum()
    said: list[tuple[str, dict[str, Any]]] = [
        ("claims", {"n": len(claims), "left": left, "runs": n_runs}),
        ("held", {"n": len(held), "all": int(all_runs), "turned": int((claims["n_sign_changes"] > 0).sum())}),
    ]
    if len(choices):
        width = (claims["max_points"] - claims["min_points"]).median()
        said.append(("range", {"width": f"{width:.0f}", "shift": f"{choices['median_shift'].max():.0f}"}))
    if len(held) and settings.get("n_perm_needed", 0) > settings.get("n_perm", 0):
        said.append(("few_draws", {"n": settings["n_perm"], "need": settings["n_perm_needed"]}))
    topics = tables["topics"]
    other = topics[~topics["is_base"].astype(bool) & topics["ari"].notna()]
    if len(other):
        values = {"seeds": len(other), "ari": f"{other['ari'].median():.2f}", "low": f"{other['ari'].min():.2f}",
                  "high": f"{other['ari'].max():.2f}", "words": f"{other['words_jaccard'].median():.2f}"}  # fmt: skip
        said.append(("topics", values))
    return [*said, ("draws", {"n_boot": settings.get("n_boot", "?"), "n_perm": settings.get("n_perm", "?")})]


def read_robustness(folder: str | Path) -> dict[str, pd.DataFrame]:
    """Read the tables that a robustness check left in a results folder; empty where there was none.

    Raises
    ------
    ResultsError : a table is there and cannot be read.
    """
    place = Path(folder) / "robustness"
    if not (place / "claims.csv").is_file():
        return {}
    return {name: _read(place / f"{name}.csv", columns) for name, columns in FILES.items()}


def _read(path: Path, columns: list[str]) -> pd.DataFrame:
    try:
        table = read_csv(path)
        missing = [name for name in columns if name not in table]
        if missing:
            raise ValueError(f"lacks {', '.join(missing)}")
        for name in columns:
            if name in TRUTHS:
                table[name] = table[name].str.lower().eq("true")
            elif name not in TEXTS:
                table[name] = pd.to_numeric(table[name].replace("", np.nan))
    except (OSError, ValueError) as error:
        raise ResultsError(
            f"{path}: not a table of a robustness check ({error}). Run `framing robustness` again.",
            ar=f"{path.name}: ليس جدولًا من فحص المتانة. أعد تشغيل framing robustness.",
        ) from error
    return table
