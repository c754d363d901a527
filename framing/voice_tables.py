"""Who carries which frame, and with which verbs outlets report: tables over the spans of `framing.voices`."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from framing.sources import lemma_of
from framing.statistics import Floats, critical_value, wilson_interval

# A speaker is shown from this many units; the others are pooled, with their number.
MIN_SPEAKER_UNITS = 5
SPEAKER_COLUMNS = ["frame", "kind", "speaker", "n_speakers", "n_units", "n_frame", "share", "low", "high"]
VOICES = ("own", "attributed", "quoted")
By = Literal["verb", "stance"]


def frame_speakers(
    voices: pd.DataFrame, frames: pd.DataFrame, units: pd.DataFrame, *, min_n: int = MIN_SPEAKER_UNITS
) -> pd.DataFrame:
    """Count, per frame, the units in which each speaker speaks.

    Parameters
    ----------
    voices : spans, as `framing.voices.find_voices` gives them.
    frames : `unit_id, frame, state`; rows in the state `carried` count.
    units : the units to count in, by `unit_id`; what is not in it (copies, say) does not count.
    min_n : least number of units of one frame from which a speaker is named.

    Returns
    -------
    One row per frame and speaker, columns `SPEAKER_COLUMNS` and `own, attributed, quoted` (units with such a span).
    `kind` : `outlet` (units that hold nobody's words but the outlet's), `speaker`, `others` (the `n_speakers` with
    fewer than `min_n` units, together), `unnamed` (reported words whose speaker is not written). `share` is of the
    `n_frame` units that carry the frame, 0 to 1, with its 95 % Wilson interval; shares overlap, for a unit
    may hold several speakers. Units of one article are not independent: the intervals describe, they do not test.

    Raises
    ------
    ValueError : `min_n` is under 1.

    References
    ----------
    Wilson (1927), JASA 22:209-212.
    """
    if min_n < 1:
        raise ValueError(f"min_n is {min_n}; a speaker has at least 1 unit. Pass 1 or more.")
    spans = voices[voices["unit_id"].isin(units["unit_id"])]
    carried = frames.loc[frames["state"].eq("carried") & frames["unit_id"].isin(spans["unit_id"]), ["unit_id", "frame"]]
    carried = carried.drop_duplicates()
    said = spans[["unit_id", "voice", "speaker"]].assign(speaker=spans["speaker"].fillna("").astype(str))
    alone = said["voice"].eq("own").groupby(said["unit_id"]).transform("all")
    # The outlet's own words count only in units where nobody else speaks.
    said = said[(said["voice"] != "own") | alone.astype(bool)].merge(carried, on="unit_id")
    said["kind"] = np.where(said["voice"] == "own", "outlet", np.where(said["speaker"] == "", "unnamed", "speaker"))
    n_of = said[said["kind"] == "speaker"].groupby(["frame", "speaker"])["unit_id"].nunique()
    few = set(n_of[n_of < min_n].index)
    pooled = [kind == "speaker" and pair in few for kind, pair in zip(said["kind"], _pairs(said), strict=True)]
    said["one"] = said["speaker"]
    said.loc[pooled, ["kind", "speaker"]] = ["others", ""]
    totals = carried.groupby("frame")["unit_id"].nunique().to_dict()
    order = {frame: place for place, frame in enumerate(dict.fromkeys(frames["frame"]))}
    grouped = [(tuple(map(str, key)), part) for key, part in said.groupby(["frame", "kind", "speaker"])]
    rows = [_speaker_row(key, part, totals[key[0]]) for key, part in grouped]
    table = pd.DataFrame(rows, columns=[*SPEAKER_COLUMNS, *VOICES])
    kinds = {kind: place for place, kind in enumerate(("outlet", "speaker", "others", "unnamed"))}
    keys = table.assign(f=table["frame"].map(order), k=table["kind"].map(kinds), n=-table["n_units"].astype(float))
    return table.loc[keys.sort_values(["f", "k", "n", "speaker"]).index].reset_index(drop=True)


def _pairs(said: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(said["frame"], said["speaker"], strict=True))


def _speaker_row(key: tuple[str, ...], part: pd.DataFrame, n_frame: int) -> tuple[Any, ...]:
    """Give one row: how many units, of how many, in which voice."""
    frame, kind, speaker = key
    n_units = part["unit_id"].nunique()
    low, high = wilson_interval(n_units / n_frame, n_frame)
    named = part["one"].nunique() if kind in ("speaker", "others") else 0
    in_voice = [part.loc[part["voice"] == voice, "unit_id"].nunique() for voice in VOICES]
    return (frame, kind, speaker, named, n_units, n_frame, n_units / n_frame, float(low), float(high), *in_voice)


def verb_rates(
    voices: pd.DataFrame, units: pd.DataFrame, articles: pd.DataFrame, *, by: By = "verb", level: float = 0.95
) -> pd.DataFrame:
    """Give how often each outlet reports with each verb, against its own reporting verbs and the other outlets'.

    Parameters
    ----------
    voices : spans; a verb counts once per unit, speaker and form, however many pieces a quotation cuts it into.
    units, articles : `unit_id, article_id` and `article_id, outlet`.
    by : one row per verb, or per stance of verbs.
    level : of the intervals, 0 to 1.

    Returns
    -------
    Columns `verb` (dictionary form; absent where `by` is stance), `stance`, `outlet`, `n` (uses), `n_outlet` (uses of
    any verb in the outlet), `rate` (n / n_outlet, 0 to 1) with Wilson limits `low, high`; `base_per_100_units` (uses of
    any verb per 100 of the outlet's units: how much it reports at all); `pooled_rate` (over all outlets); `ratio` of
    the rate to that of the other outlets together, with `ratio_low, ratio_high`, missing where there are no others.
    Outlets and verbs stand in alphabetical order. Uses in one article are not independent: the intervals describe.

    References
    ----------
    Wilson (1927), JASA 22:209-212. Interval of a ratio of rates on the log scale: Katz, Baptista, Azen & Pike (1978),
    Biometrics 34:469-474; with a half added to each count: Pettigrew, Gart & Thomas (1986), Biometrika 73:425-435.
    """
    used = voices[voices["verb"].fillna("").ne("")].drop_duplicates(["unit_id", "speaker", "verb"])
    outlet = units.set_index("unit_id")["article_id"].map(articles.set_index("article_id")["outlet"])
    used = used.assign(outlet=used["unit_id"].map(outlet), verb=used["verb"].map(lemma_of)).dropna(subset=["outlet"])
    what = ["verb", "stance"] if by == "verb" else ["stance"]
    if by == "verb":  # one stance per dictionary form: that of most of its uses
        most = used.groupby("verb")["stance"].agg(lambda part: part.value_counts().index[0])
        used = used.assign(stance=used["verb"].map(most))
    outlets = sorted(outlet.dropna().unique())
    n_outlet = used["outlet"].value_counts().reindex(outlets, fill_value=0)
    every = pd.MultiIndex.from_product([used[name].unique() for name in what] + [outlets], names=[*what, "outlet"])
    if by == "verb":
        pairs = used[what].drop_duplicates()
        every = pd.MultiIndex.from_frame(pairs.merge(pd.DataFrame({"outlet": outlets}), how="cross"))
    long = used.groupby([*what, "outlet"]).size().reindex(every, fill_value=0).rename("n").reset_index()
    long["n_outlet"] = long["outlet"].map(n_outlet).astype(int)
    long["pooled"] = long.groupby(what)["n"].transform("sum")
    size = outlet.value_counts()
    long["base_per_100_units"] = 100 * long["n_outlet"] / long["outlet"].map(size).astype(float)
    table = _with_rates(long, int(n_outlet.sum()), level).drop(columns="pooled")
    return table.sort_values([*what, "outlet"], ignore_index=True)


def _with_rates(long: pd.DataFrame, total: int, level: float) -> pd.DataFrame:
    """Add rates, their intervals and the ratio to the other outlets."""
    n, size = long["n"].to_numpy(float), long["n_outlet"].to_numpy(float)
    rate = np.divide(n, size, out=np.full(len(n), np.nan), where=size > 0)
    limits = [wilson_interval(share, each, level=level) for share, each in zip(rate, size, strict=True)]
    rest = long["pooled"].to_numpy(float) - n
    ratio, ratio_low, ratio_high = rate_ratio(n, size, rest, total - size, level=level)
    return long.assign(
        rate=rate,
        low=[float(low) for low, _ in limits],
        high=[float(high) for _, high in limits],
        pooled_rate=long["pooled"] / max(total, 1),
        ratio=ratio,
        ratio_low=ratio_low,
        ratio_high=ratio_high,
    )


def rate_ratio(
    n: Floats, size: Floats, other_n: Floats, other_size: Floats, *, level: float = 0.95
) -> tuple[Floats, Floats, Floats]:
    """Give the ratio of two shares `n / size` and `other_n / other_size` with its interval on the log scale.

    A half is added to each count, so that a verb that one side never uses has a ratio too; missing where a
    side has no verbs at all.

    References
    ----------
    Katz et al. (1978), Biometrics 34:469-474; Pettigrew, Gart & Thomas (1986), Biometrika 73:425-435.
    """
    counted = (size > 0) & (other_size > 0)
    a, b = n + 0.5, other_n + 0.5
    log_ratio = np.log(a / (size + 0.5)) - np.log(b / (other_size + 0.5))
    spread = np.sqrt(np.maximum(1 / a - 1 / (size + 0.5) + 1 / b - 1 / (other_size + 0.5), 0))
    reach = critical_value(level) * spread
    found = (np.exp(log_ratio), np.exp(log_ratio - reach), np.exp(log_ratio + reach))
    ratio, low, high = (np.where(counted, values, np.nan) for values in found)
    return ratio, low, high
