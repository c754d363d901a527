"""How often each outlet's articles carry each frame, with intervals, tests and the units behind them.

Outlets are fixed, not a sample of "Arab media"; they stand in alphabetical order and are never ranked.
Intervals describe the editorial process that could have produced these articles. They do not cover
missed articles, relevance or coding error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from framing import html
from framing.counts import VOICES, FrameCounts, count_frames
from framing.pairs import omnibus_tests, pair_differences, share_limits
from framing.statistics import ratio_estimate
from framing.study import DEFAULT_SEED, Compare, Family, is_article_rule

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHARES = ["estimand", "outlet", "frame", "carried", "n", "n_articles", "share", "low", "high", "deff", "flag"]
BY_VOICE = ["outlet", "frame", "voice", "carried", "n", "share", "low", "high", "flag"]
CONTESTED = ["outlet", "frame", "n"]


@dataclass(frozen=True)
class OutletComparison:
    """Frame shares by outlet, their differences, and the units they stand on.

    Attributes
    ----------
    shares : one row per `estimand` (article_share, unit_share), outlet and frame; `carried` of `n`
        articles or units carry the frame, `share` is weighted, `low` and `high` its Wilson interval.
    by_voice : the article share again, counting only qualifying units in one voice; voices overlap.
    differences : `outlet_a` minus `outlet_b`, 0 to 1 scale; `method` bootstrap, newcombe or none;
        where `tested` is false, `reason` says why. Holm runs within a `family`: frames, or positions.
    omnibus : one test per frame over all outlets. contested : units that dispute a frame.
    mdd : smallest difference seen with power .80, alone and at the first step of Holm.
    evidence : every unit that carries or contests a frame, with its voice, for `explain`.
    settings : what the figures depend on.
    """

    shares: pd.DataFrame
    by_voice: pd.DataFrame
    differences: pd.DataFrame
    omnibus: pd.DataFrame
    contested: pd.DataFrame
    mdd: pd.DataFrame
    evidence: pd.DataFrame
    settings: Mapping[str, Any]

    def summary(self, lang: Literal["ar", "en"] = "ar") -> str:
        """Say in a few sentences what was compared; no outlet is named before hand codes exist."""
        tested = self.differences[self.differences["tested"].astype(bool)]
        numbers = {
            **self.settings,
            "n_tested": len(tested),
            "n_significant": int((tested["p_holm"] < 1 - self.settings["level"]).sum()),
            "percent": round(100 * self.settings["level"], 1),
            "mdd": f"{100 * self.mdd['mdd'].median():.0f}" if len(self.mdd) else "-",
        }
        return _SUMMARY[lang].format_map(numbers)

    def to_frame(self) -> pd.DataFrame:
        """Give the table of shares."""
        return self.shares.copy()

    def tables(self) -> dict[str, pd.DataFrame]:
        """Give every table by the name of the file that a results folder keeps it in."""
        return {
            "shares": self.shares, "by_voice": self.by_voice, "differences": self.differences,
            "omnibus": self.omnibus, "contested": self.contested, "mdd": self.mdd,
        }  # fmt: skip

    def plot(self, *, language: Literal["ar", "en"] = "ar", names: Mapping[str, str] | None = None) -> Figure:
        """Draw article shares with their intervals; `names` says what to call frames."""
        from framing.plots import frame_shares

        shares = self.shares[self.shares["estimand"] == "article_share"]
        return frame_shares(shares, language=language, synthetic=bool(self.settings["synthetic"]), names=names)

    def explain(self, outlet: str, frame: str) -> pd.DataFrame:
        """Give the units of an outlet that carry or contest a frame.

        Raises
        ------
        ValueError : no such outlet or frame was compared.
        """
        for name, value in (("outlet", outlet), ("frame", frame)):
            known = self.shares[name].unique()
            if value not in known:
                raise ValueError(f"{name} is {value!r}; compared were: {', '.join(map(str, known))}.")
        found = self.evidence[(self.evidence["outlet"] == outlet) & (self.evidence["frame"] == frame)]
        return found.reset_index(drop=True)

    def _repr_html_(self) -> str:
        shares = self.shares[self.shares["estimand"] == "article_share"].drop(columns="estimand")
        words = f"<p>{html.escape(self.summary('ar'))}</p>"
        return html.block(words + html.table(shares), synthetic=bool(self.settings["synthetic"]))


_SUMMARY = {
    "en": (
        "Exploratory, not validated by coding. {n_outlets} outlets, {n_articles} articles, {n_units} units; an article"
        " carries a frame by the rule {article_rule}. Median detectable difference: {mdd} points. Pairwise tests:"
        " {n_tested}, of which {n_significant} stay below the level after Holm (intervals {percent} %)."
    ),
    "ar": (
        "نتائج استكشافية لم يُتحقَّق منها مقابل الترميز. عدد الوسائل الإعلامية {n_outlets}، والمواد {n_articles}،"
        " ووحدات التحليل {n_units}؛ قاعدة حمل المادة للإطار: {article_rule}. وسيط أصغر فرق يمكن كشفه: {mdd} نقطة مئوية."
        " اختبارات الأزواج: {n_tested}، منها {n_significant} دالّ إحصائيًا بعد تعديل هولم (فترات الثقة {percent}%)."
    ),
}


def compare_outlets(
    frames: Any,
    units: Any,
    articles: Any,
    *,
    voices: pd.DataFrame | None = None,
    weights: pd.DataFrame | None = None,
    copies: pd.DataFrame | None = None,
    article_rule: str = "title_or_lead",
    level: float = 0.95,
    n_boot: int = 2000,
    n_perm: int | None = None,
    family: Family = "all_pairs",
    reference: str | None = None,
    min_articles: int = 10,
    seed: int = DEFAULT_SEED,
    frames_order: Sequence[str] | None = None,
) -> OutletComparison:
    """Compare how often outlets' articles carry frames.

    Parameters
    ----------
    frames : table `unit_id, frame, state`, or an object with it as `.frames`. A parent counts
        as carried where a child is.
    units : table of units, or an object with it as `.units`. articles : table, or `.accepted`.
        Articles marked off the story (`on_story` false) or without units are left out.
    voices : spans. A unit's voice is quoted where quoted spans cover more than half of it, else
        attributed where any span is a source's, else own.
    weights : `article_id, weight, outlet_as_counted`; weight 0 leaves an article out. An outlet
        that no article bears by itself (the row of agencies) is shown, not compared.
    copies : `article_id, copy_group, copy_role`; the articles of a group, relays apart, are one cluster.
    article_rule : `title_or_lead`, `any`, or `share>=x`.
    n_perm : None takes 100 x the family's size, at least 2,000.
    reference : the outlet others are compared with when `family` is vs_reference.

    Raises
    ------
    ValueError : a rule, family, reference or table that cannot be used.

    References
    ----------
    See `framing.statistics` for each interval and test.
    """
    if not is_article_rule(article_rule):
        raise ValueError(f"article_rule is {article_rule!r}; write title_or_lead, any, or share>=0.2.")
    articles = table_of(articles, "accepted", "articles")
    counts = count_frames(
        table_of(frames, "frames"), table_of(units, "units"), articles,
        voices, weights, copies, article_rule, frames_order,
    )  # fmt: skip
    options = Compare(level, n_boot, n_perm, family, min_articles, reference)
    # The matrices are many and small: threads would wait for each other, and sums differ with their number.
    with threadpool_limits(limits=1):
        differences, mdd, n_drawn = pair_differences(counts, options, seed=seed)
        omnibus = omnibus_tests(counts, options, seed=seed)
    settings = {
        "article_rule": article_rule, "level": level, "n_boot": n_boot, "n_perm": n_drawn, "family": family,
        "reference": reference, "min_articles": min_articles, "seed": seed, "n_outlets": len(counts.outlets),
        "n_articles": len(counts.articles), "n_units": int(counts.articles["n_units"].sum()),
        "synthetic": _is_synthetic(articles),
        "family_sizes": differences[differences["tested"].astype(bool)]["family"].value_counts().to_dict(),
    }  # fmt: skip
    return OutletComparison(
        shares=_shares(counts, options),
        by_voice=_by_voice(counts, options),
        differences=differences,
        omnibus=omnibus,
        contested=_contested(counts),
        mdd=mdd,
        evidence=counts.evidence,
        settings=settings,
    )


def table_of(value: Any, *names: str) -> pd.DataFrame:
    """Give a table itself, or the first of an object's attributes in `names` that is one."""
    for candidate in (value, *(getattr(value, name, None) for name in names)):
        if isinstance(candidate, pd.DataFrame):
            return candidate
    raise ValueError(f"got {type(value).__name__}; pass a pandas table, or an object with one as .{names[0]}.")


def _is_synthetic(articles: pd.DataFrame) -> bool:
    return "synthetic" in articles and bool(articles["synthetic"].any())


def _flag(n_articles: int, options: Compare) -> str:
    return "few_articles" if n_articles < options.min_articles else ""


def _shares(counts: FrameCounts, options: Compare) -> pd.DataFrame:
    n_units = counts.articles["n_units"].to_numpy(float)
    found = []
    for estimand, carried, size in (
        ("article_share", counts.carries, np.ones_like(n_units)),
        ("unit_share", counts.carried_units, n_units),
    ):
        for outlet in counts.outlets:
            rows = counts.rows(outlet)
            weight, n, n_articles = counts.weight[rows], float(size[rows].sum()), int(rows.sum())
            estimate = ratio_estimate(carried[rows] * weight[:, None], size[rows] * weight, counts.cluster[rows], n=n)
            low, high = share_limits(estimate, options.level)
            n_carried = carried[rows].sum(axis=0).astype(int)
            found += [
                (estimand, outlet, frame, n_carried[f], int(n), n_articles, estimate.share[f], low[f], high[f],
                 estimate.deff[f], _flag(n_articles, options))
                for f, frame in enumerate(counts.frames)
            ]  # fmt: skip
    return pd.DataFrame(found, columns=SHARES)


def _by_voice(counts: FrameCounts, options: Compare) -> pd.DataFrame:
    found = []
    for outlet in counts.outlets:
        rows = counts.rows(outlet)
        weight, n = counts.weight[rows], int(rows.sum())
        for voice in VOICES:
            carried = counts.in_voice[voice][rows]
            estimate = ratio_estimate(carried * weight[:, None], weight, counts.cluster[rows], n=n)
            low, high = share_limits(estimate, options.level)
            found += [
                (f, (outlet, frame, voice, int(carried[:, f].sum()), n, estimate.share[f], low[f], high[f],
                     _flag(n, options)))
                for f, frame in enumerate(counts.frames)
            ]  # fmt: skip
    # Outlet by outlet, frame by frame, the three voices together.
    found.sort(key=lambda pair: (pair[1][0], pair[0]))
    return pd.DataFrame([row for _, row in found], columns=BY_VOICE)


def _contested(counts: FrameCounts) -> pd.DataFrame:
    disputed = counts.evidence[counts.evidence["state"] == "contested"]
    n = disputed.groupby(["outlet", "frame"]).size()
    index = pd.MultiIndex.from_product([counts.outlets, counts.frames], names=["outlet", "frame"])
    return n.reindex(index, fill_value=0).rename("n").reset_index()[CONTESTED]
