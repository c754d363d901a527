"""Which article of which outlet carries which frame: the arrays that every comparison starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from framing.statistics import Floats, Ints, RatioEstimate, ratio_estimate
from framing.study import rule_share

Bools = npt.NDArray[np.bool_]

VOICES = ("own", "attributed", "quoted")
# Stands for every compared outlet but one.
REST = "(rest)"


@dataclass(frozen=True)
class FrameCounts:
    """One row per article; the arrays are aligned with `articles` and `frames`."""

    articles: pd.DataFrame  # article_id, outlet, weight, cluster, n_units
    frames: list[str]
    outlets: list[str]
    compared: list[str]  # outlets without the pooled row of agencies
    carries: Floats  # (n_articles, n_frames), 0 or 1, by the article rule
    carried_units: Floats  # (n_articles, n_frames)
    in_voice: Mapping[str, Floats]  # voice -> (n_articles, n_frames), 0 or 1
    evidence: pd.DataFrame

    @property
    def weight(self) -> Floats:
        """Weight of each article."""
        return self.articles["weight"].to_numpy(float)

    @property
    def cluster(self) -> Ints:
        """Cluster number of each article, from 0: itself, or its group of copies."""
        return self.articles["cluster"].to_numpy(np.intp)

    @property
    def families(self) -> list[str]:
        """Per frame, the family its tests belong to: a parent and its children say the same thing twice."""
        return ["positions" if "." in frame else "frames" for frame in self.frames]

    def rows(self, outlet: str, *, against: str = "") -> Bools:
        """Tell which articles an outlet's side has; `REST` is every compared outlet but `against`."""
        if outlet == REST:
            return self.articles["outlet"].isin([name for name in self.compared if name != against]).to_numpy(bool)
        return (self.articles["outlet"] == outlet).to_numpy(bool)

    def estimate(self, rows: Bools) -> RatioEstimate:
        """Estimate article shares of some rows."""
        weight = self.weight[rows]
        return ratio_estimate(self.carries[rows] * weight[:, None], weight, self.cluster[rows], n=len(weight))


def count_frames(
    frames: pd.DataFrame,
    units: pd.DataFrame,
    articles: pd.DataFrame,
    voices: pd.DataFrame | None,
    weights: pd.DataFrame | None,
    copies: pd.DataFrame | None,
    rule: str,
    frames_order: Sequence[str] | None,
) -> FrameCounts:
    """Count, per article, the units that carry each frame, and judge the article by a rule.

    Parameters
    ----------
    frames, units, articles, voices, weights, copies : as `framing.comparison.compare_outlets` takes them.
    rule : `title_or_lead`, `any` or `share>=x`.
    frames_order : frames to count, in order; None takes those of the table, children after parents.
    """
    counted = _counted_articles(articles, units, weights, copies)
    names = list(frames_order) if frames_order is not None else _ordered(frames["frame"])
    kept = units[units["article_id"].isin(counted["article_id"])]
    evidence = _states(frames, kept, voices, counted)
    evidence = evidence[evidence["frame"].isin(names)].reset_index(drop=True)
    carrying = evidence[evidence["state"] == "carried"]
    shape = (len(counted), len(names))
    carried_units = _grid(carrying, counted, names, shape)
    salient = carrying["part"].isin(["title", "lead"])
    qualifying = carrying[salient] if rule == "title_or_lead" else carrying
    least = rule_share(rule) if rule not in ("title_or_lead", "any") else None
    if least is None:
        carries = (_grid(qualifying, counted, names, shape) > 0).astype(float)
    else:
        carries = (carried_units / counted["n_units"].to_numpy(float)[:, None] >= least - 1e-9).astype(float)
    in_voice = {
        voice: carries * (_grid(qualifying[qualifying["voice"] == voice], counted, names, shape) > 0)
        for voice in VOICES
    }
    outlets = sorted(counted["outlet"].unique())
    bearing = set(articles["outlet"])
    compared = [name for name in outlets if name in bearing]
    return FrameCounts(counted, names, outlets, compared, carries, carried_units, in_voice, evidence)


def _counted_articles(
    articles: pd.DataFrame, units: pd.DataFrame, weights: pd.DataFrame | None, copies: pd.DataFrame | None
) -> pd.DataFrame:
    """Give the articles that count, with outlet, weight, cluster number and number of units."""
    table = articles[["article_id", "outlet"]].copy()
    if "on_story" in articles:
        table = table[articles["on_story"].ne(False).fillna(True).to_numpy(bool)]
    table["weight"] = 1.0
    if weights is not None:
        by_id = weights.set_index("article_id")
        table["weight"] = table["article_id"].map(by_id["weight"]).fillna(1.0).astype(float)
        table["outlet"] = table["article_id"].map(by_id["outlet_as_counted"]).fillna(table["outlet"])
    table["n_units"] = table["article_id"].map(units["article_id"].value_counts()).fillna(0).astype(int)
    table = table[(table["weight"] > 0) & (table["n_units"] > 0)].reset_index(drop=True)
    # A prefix keeps a group's name from meeting an article's id.
    cluster = "article " + table["article_id"].astype(str)
    if copies is not None and len(copies):
        # A relay tells the same item in other words: counted in its group, never merged with it.
        merged = copies[copies["copy_role"] != "relay"] if "copy_role" in copies else copies
        grouped = table["article_id"].map(merged.set_index("article_id")["copy_group"])
        cluster = ("group " + grouped.astype("string")).fillna(cluster)
    table["cluster"] = pd.factorize(cluster)[0]
    return table


def _ordered(frames: pd.Series[Any]) -> list[str]:
    """Give frames as they first appear, each parent followed by its children."""
    seen = list(dict.fromkeys(frames.astype(str)))
    parents = list(dict.fromkeys(name.partition(".")[0] for name in seen))
    return [name for p in parents for name in (p, *(s for s in seen if s.startswith(f"{p}.")))]


def _states(
    frames: pd.DataFrame, units: pd.DataFrame, voices: pd.DataFrame | None, counted: pd.DataFrame
) -> pd.DataFrame:
    """Give one row per unit and frame that is carried or contested, with outlet, text and voice."""
    stated = frames[frames["state"].isin(["carried", "contested"])]
    above = stated[stated["frame"].str.contains(".", regex=False)]
    above = above.assign(frame=above["frame"].str.split(".").str[0])
    # "carried" sorts before "contested": a parent is carried where any child is.
    stated = pd.concat([stated, above]).sort_values(["unit_id", "frame", "state"], kind="stable")
    stated = stated.drop_duplicates(["unit_id", "frame"])
    columns = ["unit_id", "article_id", "part", "text"]
    found = units[columns].merge(
        stated[[c for c in ("unit_id", "frame", "state", "score") if c in stated]], on="unit_id"
    )
    found["voice"] = found["unit_id"].map(unit_voices(units, voices)) if voices is not None else "own"
    return found.merge(counted[["article_id", "outlet"]], on="article_id")


def unit_voices(units: pd.DataFrame, voices: pd.DataFrame) -> pd.Series[Any]:
    """Give one voice per unit, indexed by `unit_id`.

    Quoted where quoted spans together cover more than half of the unit; else attributed where
    any span is a source's, reported or quoted; else own. Half a unit in a source's words is not
    laid to the outlet. (A word in scare quotes is no span: `find_voices` passes over it.)
    """
    length = (voices["end"] - voices["start"]).astype(float)
    quoted = length[voices["voice"] == "quoted"].groupby(voices["unit_id"]).sum()
    covered = units["unit_id"].map(quoted).fillna(0.0) / (units["end"] - units["start"]).clip(lower=1)
    attributed = units["unit_id"].isin(voices.loc[voices["voice"] != "own", "unit_id"])
    voice = np.where(covered > 0.5, "quoted", np.where(attributed, "attributed", "own"))
    return pd.Series(voice, index=pd.Index(units["unit_id"]))


def _grid(rows: pd.DataFrame, counted: pd.DataFrame, names: list[str], shape: tuple[int, int]) -> Floats:
    grid = np.zeros(shape)
    article = pd.Index(counted["article_id"]).get_indexer(pd.Index(rows["article_id"]))
    np.add.at(grid, (article, pd.Index(names).get_indexer(pd.Index(rows["frame"]))), 1.0)
    return grid
