"""How good a study's query is: precision and recall, estimated from coded articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from framing.coding import CodingSample
from framing.errors import CodingError
from framing.html import block
from framing.html import table as html_table
from framing.statistics import wilson_interval
from framing.study import DEFAULT_SEED

# Stryker et al. (2006) and METHODS ask for this many coded hits, or all where there are fewer.
WANTED = 100
N_DRAWS = 20_000
Stratum = Mapping[str, Any]


@dataclass(frozen=True)
class Estimate:
    """A share with its interval, 0 to 1; not a number where nothing could be estimated."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class RelevanceCheck:
    """Precision and recall of a query.

    Parameters
    ----------
    precision : share of the articles the query found that belong to the story.
    precision_unsure_no : the same with `unsure` counted as `no`.
    recall : share of the articles on the story, within reach of the broader query, that the query
        found. Articles out of its reach are not seen: the true recall is no higher.
    strata : stratum (`hit`, `remainder`), n_population, n_sampled, n_coded, n_yes, n_no, n_unsure
        (coders who disagree count here), share (weighted), low, high.
    outlets : outlet, stratum, n_population, n_coded, n_yes, n_no, n_unsure.
    settings : query, broader, level, coders, coder_kinds, n_disagreed, seed.
    warnings : what a reader of the figures should know, {ar, en} each.
    """

    precision: Estimate
    precision_unsure_no: Estimate
    recall: Estimate
    strata: pd.DataFrame
    outlets: pd.DataFrame
    settings: Mapping[str, Any]
    warnings: Sequence[Mapping[str, str]] = field(default_factory=tuple)

    def to_frame(self) -> pd.DataFrame:
        """Give the estimates as a table: measure, share, low, high."""
        named = {
            "precision": self.precision,
            "precision_unsure_no": self.precision_unsure_no,
            "recall": self.recall,
        }
        return pd.DataFrame(
            [(name, one.share, one.low, one.high) for name, one in named.items()],
            columns=["measure", "share", "low", "high"],
        )

    def summary(self) -> str:
        """Give the sentence for the methods section, and the warnings."""
        return "\n".join([self.sentence("en"), *(f"- {said['en']}" for said in self.warnings)])

    def sentence(self, language: str = "en") -> str:
        """Give the sentence for the methods section in `ar` or `en`."""
        return _sentence_ar(self) if language == "ar" else _sentence_en(self)

    def _repr_html_(self) -> str:
        return block(html_table(self.strata, caption=self.summary()), language="en")


def measure_relevance(
    codes: pd.DataFrame, sample: CodingSample, *, level: float = 0.95, seed: int = DEFAULT_SEED
) -> RelevanceCheck:
    """Estimate precision and recall of the query from coded articles.

    With `N` the articles of a stratum and `p` the weighted share of its coded articles that belong
    to the story (weights 1 / probability, `unsure` left out):

        precision = p(hit)
        recall    = N(hit) p(hit) / (N(hit) p(hit) + N(remainder) p(remainder))

    The remainder is what the broader query reaches and the query did not take. Precision has a
    Wilson interval on the effective n. Recall joins two independent shares: each is drawn from its
    Jeffreys distribution, Beta(n p + 1/2, n (1 - p) + 1/2), and the interval is that of the ratio.
    A plain stratified bootstrap would give recall 1 with no width where no coded article of the
    remainder belongs to the story. No finite-population correction: the intervals are a little wide
    where most articles are coded. They do not cover coding error.

    Parameters
    ----------
    codes : as `read_sheet` gives them; several coders may code one article, and where they do not
        agree (no value has more than half of them) the article counts as unsure.
    level : of the intervals, 0 to 1. seed : of the draws for recall.

    Raises
    ------
    CodingError : no hit is coded yes or no, or the codes belong to another sample.

    References
    ----------
    Stryker, Wray, Hornik & Yanovitzky (2006), J&MC Quarterly 83:413-430, doi
    10.1177/107769900608300212: a search term's precision and recall from coded articles, recall
    against an open search; estimated here by stratum (Cochran 1977, section 5.3), so that articles
    of both searches are coded once. Brown, Cai & DasGupta (2001), Statistical Science 16:101-133,
    for Jeffreys. Kish (1965), Survey Sampling, section 11.7, for the effective n of weighted codes.
    """
    agreed = _agreed(codes, sample)
    table = sample.table.merge(agreed, on="unit_id", how="left")
    strata = _strata(table, sample.strata, level)
    hit, remainder = _pair(strata)
    if not hit["n_yes"] + hit["n_no"]:
        raise CodingError(
            f"none of the {hit['n_sampled']} articles the query found is coded yes or no. Code the sheet from the top.",
            ar="لم تُرمَّز بنعم أو لا أي مادة وجدها الاستعلام. رمّز الاستمارة من أعلاها.",
        )
    as_no = table.assign(value=table["value"].replace("unsure", "no"))
    settings = {
        **{key: sample.settings.get(key) for key in ("query", "broader", "min_score", "n_articles")},
        "level": level, "seed": seed, "coders": sorted(set(codes["coder"])),
        "coder_kinds": sorted(set(codes["coder_kind"])), "n_disagreed": int(agreed["disagreed"].sum()),
    }  # fmt: skip
    return RelevanceCheck(
        precision=_estimate(hit),
        precision_unsure_no=_estimate(_pair(_strata(as_no, sample.strata, level))[0]),
        recall=_recall(hit, remainder, level, seed),
        strata=strata,
        outlets=_outlets(table, sample.outlets),
        settings=settings,
        warnings=_warnings(hit, remainder),
    )


def _agreed(codes: pd.DataFrame, sample: CodingSample) -> pd.DataFrame:
    """Give one value per article: the one most coders gave, `unsure` where none has more than half."""
    foreign = set(codes["unit_id"]) - set(sample.table["unit_id"])
    if foreign or set(codes["codebook_sha256"]) - {sample.sha256}:
        raise CodingError(
            f"these codes belong to another sample ({len(foreign)} of its units are not in this one). Give the sample"
            " that lies beside their sheet.",
            ar="هذه الرموز من عيّنة أخرى. استعمل العيّنة المحفوظة بجانب الاستمارة.",
        )
    if codes.empty:
        return pd.DataFrame({"unit_id": [], "value": [], "disagreed": []}, dtype="str").astype({"disagreed": "bool"})
    counts = pd.crosstab(codes["unit_id"], codes["value"])
    clear = counts.max(axis=1) * 2 > counts.sum(axis=1)
    value = counts.idxmax(axis=1).where(clear, "unsure")
    return pd.DataFrame({"value": value, "disagreed": ~clear}).reset_index()


def _strata(table: pd.DataFrame, populations: pd.DataFrame, level: float) -> pd.DataFrame:
    rows = []
    for stratum in _rows(populations):
        part = table[table["stratum"] == stratum["stratum"]]
        decided = part[part["value"].isin(["yes", "no"])]
        weights = 1 / decided["probability"].to_numpy(dtype=float)
        yes = (decided["value"] == "yes").to_numpy()
        share = float(weights[yes].sum() / weights.sum()) if len(decided) else float("nan")
        n_effective = float(weights.sum() ** 2 / (weights**2).sum()) if len(decided) else 0.0
        low, high = wilson_interval(share, n_effective, level=level)
        rows.append({**stratum, **_counted(part), "share": share, "low": float(low), "high": float(high),
                     "n_effective": n_effective})  # fmt: skip
    return pd.DataFrame(rows)


def _pair(strata: pd.DataFrame) -> tuple[Stratum, Stratum]:
    """Give the rows of the hits and of the remainder."""
    rows = {str(row["stratum"]): row for row in _rows(strata)}
    return rows["hit"], rows["remainder"]


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _counted(part: pd.DataFrame) -> dict[str, int]:
    counts = part["value"].value_counts()
    said = {f"n_{value}": int(counts.get(value, 0)) for value in ("yes", "no", "unsure")}
    return {"n_coded": sum(said.values()), **said}


def _outlets(table: pd.DataFrame, populations: pd.DataFrame) -> pd.DataFrame:
    rows = [
        row | _counted(table[(table["outlet"] == row["outlet"]) & (table["stratum"] == row["stratum"])])
        for row in _rows(populations)
    ]
    return pd.DataFrame(rows).sort_values(["outlet", "stratum"], ignore_index=True)


def _estimate(stratum: Stratum) -> Estimate:
    return Estimate(float(stratum["share"]), float(stratum["low"]), float(stratum["high"]))


def _recall(hit: Stratum, remainder: Stratum, level: float, seed: int) -> Estimate:
    """Join the two strata; nothing can be said where the broader query reaches no more, or none of it is coded."""
    if not remainder["n_population"] or not remainder["n_yes"] + remainder["n_no"]:
        return Estimate(float("nan"), float("nan"), float("nan"))

    def recall(p_hit: Any, p_remainder: Any) -> Any:
        found = hit["n_population"] * p_hit
        return found / np.maximum(found + remainder["n_population"] * p_remainder, 1e-300)

    rng = np.random.default_rng(seed)
    drawn = recall(_jeffreys(hit, rng), _jeffreys(remainder, rng))
    share = float(recall(hit["share"], remainder["share"]))
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(share, min(float(low), share), max(float(high), share))


def _jeffreys(stratum: Stratum, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    n, share = stratum["n_effective"], stratum["share"]
    return rng.beta(n * share + 0.5, n * (1 - share) + 0.5, N_DRAWS)


def _warnings(hit: Stratum, remainder: Stratum) -> tuple[Mapping[str, str], ...]:
    said = []
    wanted = min(WANTED, int(hit["n_population"]))
    if hit["n_coded"] < wanted:
        said.append({
            "en": f"Only {hit['n_coded']} of the articles found are coded; code at least {wanted}.",
            "ar": f"عدد المواد المرمَّزة مما وجده الاستعلام: {hit['n_coded']}. رمّز {wanted} على الأقل.",
        })  # fmt: skip
    if not remainder["n_population"]:
        said.append({
            "en": "The broader query finds no further article: recall cannot be estimated. Widen relevance.broader.",
            "ar": "لا يجد الاستعلام الأوسع مواد أخرى، فلا يمكن تقدير الاستدعاء. وسّع relevance.broader.",
        })  # fmt: skip
    elif not remainder["n_yes"] + remainder["n_no"]:
        said.append({
            "en": "No article of the remainder is coded yes or no: recall cannot be estimated.",
            "ar": "لم تُرمَّز بنعم أو لا أي مادة من بقية ما يجده الاستعلام الأوسع، فلا يمكن تقدير الاستدعاء.",
        })  # fmt: skip
    return tuple(said)


def _percent(one: Estimate, dash: str) -> tuple[str, str]:
    return f"{100 * one.share:.0f}%", f"{100 * one.low:.0f}{dash}{100 * one.high:.0f}%"


def _coders(check: RelevanceCheck) -> tuple[str, str]:
    """Say who coded; a language model is never left unnamed."""
    people, n = "person" in check.settings["coder_kinds"], len(check.settings["coders"])
    if not people:
        return "a language model", "نموذج لغوي"
    if "model" in check.settings["coder_kinds"]:
        return f"people and a language model ({n} coders)", f"مُرمِّزون بشريون ونموذج لغوي (العدد: {n})"
    return f"{n} coder{'s' if n > 1 else ''}", f"مُرمِّزون بشريون (العدد: {n})"


def _sentence_en(check: RelevanceCheck) -> str:
    hit, remainder = _pair(check.strata)
    level = f"{100 * check.settings['level']:.0f}%"
    by = _coders(check)[0]
    share, interval = _percent(check.precision, "-")
    said = (
        f"The query found {hit['n_population']} of {check.settings['n_articles']} articles. Of a random sample of"
        f" {hit['n_yes'] + hit['n_no']} of them, coded by {by}, {share} belonged to the story (precision; {level}"
        f" interval {interval}; {hit['n_unsure']} marked unsure are left out)."
    )
    if np.isnan(check.recall.share):
        return said
    share, interval = _percent(check.recall, "-")
    return said + (
        f" Of {remainder['n_yes'] + remainder['n_no']} coded articles of the {remainder['n_population']} others within"
        f" reach of the broader query, {remainder['n_yes']} belonged to it; recall against the broader query is"
        f" estimated at {share} ({level} interval {interval}; after Stryker et al. 2006)."
    )


def _sentence_ar(check: RelevanceCheck) -> str:
    hit, remainder = _pair(check.strata)
    level = f"{100 * check.settings['level']:.0f}%"
    by = _coders(check)[1]
    share, interval = _percent(check.precision, "-")
    said = (
        f"وجد الاستعلام {hit['n_population']} من أصل {check.settings['n_articles']} من المواد الصحفية."
        f" وفي عيّنة عشوائية منها (ن = {hit['n_yes'] + hit['n_no']}) رمّزها {by}، كانت نسبة"
        f" المواد المتصلة بالموضوع {share} (الإحكام؛ فترة الثقة {level}: {interval}؛ ولم تُحسب المواد المرمَّزة"
        f" «غير متأكد» وعددها {hit['n_unsure']})."
    )
    if np.isnan(check.recall.share):
        return said
    share, interval = _percent(check.recall, "-")
    return said + (
        f" ومن بقية المواد التي يصل إليها الاستعلام الأوسع (ن = {remainder['n_population']}) رُمّزت عيّنة عشوائية"
        f" (ن = {remainder['n_yes'] + remainder['n_no']})، وكان المتصل منها بالموضوع {remainder['n_yes']}؛ وبذلك يُقدَّر"
        f" الاستدعاء قياسًا إلى الاستعلام الأوسع بنسبة {share} (فترة الثقة {level}: {interval}؛"
        " وفق Stryker وآخرين 2006)."
    )
