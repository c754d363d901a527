"""The corpus flow: how many articles are left after each step, per outlet, and why the others are not.

A room of its own above the corpus: a notebook, the report and a methods section all show the same account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from framing.html import Language, block
from framing.html import table as html_table
from framing.lexicon import load

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STEPS = ("found", "readable", "arabic", "long_enough", "selected", "on_story", "not_self_reprint", "analysed")
TABLE_COLUMNS = ("step", "outlet", "n")
REASON_COLUMNS = ("step", "outlet", "reason", "n")


@dataclass(frozen=True)
class CorpusFlow:
    """Counts of articles at each step, as a table, a figure and a sentence.

    Parameters
    ----------
    table : step, outlet, n; steps in order, each part of the one before; outlets in alphabetical order.
    reasons : step, outlet, reason, n; why articles that reached the step before are not in this one.
        A reason is a code: `no_text`, `bad_date`, `no_page`, `unreadable_file`, `damaged_row`, `language_xx` (with the
        ISO 639-1 code), `too_short`, `undated`, `outside_period`, `other_outlet`, `off_story`, `low_similarity`,
        `self_reprint`.
    settings : min_words, query, n_units, n_lines (kept out of the units), synthetic; those that are known.
    """

    table: pd.DataFrame
    reasons: pd.DataFrame
    settings: Mapping[str, Any] = field(default_factory=dict)

    def total(self, step: str) -> int:
        """Give the number of articles left after a step, over all outlets.

        Raises
        ------
        ValueError : there is no such step.
        """
        if step not in STEPS:
            raise ValueError(f"step is {step!r}; the steps are {', '.join(STEPS)}")
        return int(self.table.loc[self.table["step"] == step, "n"].sum())

    def to_frame(self, language: Language | None = None) -> pd.DataFrame:
        """Give one row per outlet and one column per step, and a last row with the sums.

        Parameters
        ----------
        language : names steps in that language; None keeps their ids.
        """
        wide = self.table.pivot_table(index="outlet", columns="step", values="n", aggfunc="sum", fill_value=0)
        wide = wide.reindex(columns=[step for step in STEPS if step in set(self.table["step"])], fill_value=0)
        sums = wide.sum().to_frame(_names(language or "en")["all"]).T
        whole = pd.concat([wide.sort_index(), sums]).astype("int64").rename_axis("outlet").reset_index()
        return whole if language is None else whole.rename(columns=lambda name: _names(language).get(name, name))

    def explain(self, outlet: str | None = None, *, language: Language = "en") -> pd.DataFrame:
        """Give why articles were left out: step, outlet, reason in words, n.

        Raises
        ------
        ValueError : the outlet has no article.
        """
        if outlet is not None and outlet not in set(self.table["outlet"]):
            raise ValueError(
                f"no article of outlet {outlet!r}; outlets are {', '.join(sorted(set(self.table['outlet'])))}"
            )
        rows = self.reasons if outlet is None else self.reasons[self.reasons["outlet"] == outlet]
        words = [reason_in_words(reason, language) for reason in rows["reason"]]
        return rows.assign(reason=words, step=rows["step"].map(_names(language))).reset_index(drop=True)

    def summary(self) -> str:
        """Give the sentence for a methods section, in English."""
        return self.sentence("en")

    def sentence(self, language: Language = "ar") -> str:
        """Write the flow as sentences for a methods section: every step that left something out, with its reasons."""
        words, comma = _sentences(language), "، " if language == "ar" else ", "
        values = {"min_words": self.settings.get("min_words", 20), "outlets": self._n_outlets()}
        said, before = [], -1
        for step in STEPS:
            n = self.total(step)
            if n != before or step in ("found", "analysed"):
                said.append(words[step].format(n=n, **values) + self._left_out(step, language))
            before = n
        text = comma.join(said) + "."
        if "n_units" in self.settings:
            text += " " + words["units"].format(units=self.settings["n_units"], lines=self.settings.get("n_lines", 0))
        return text

    def _n_outlets(self) -> int:
        analysed = self.table[(self.table["step"] == "analysed") & (self.table["n"] > 0)]
        return int(analysed["outlet"].nunique())

    def _left_out(self, step: str, language: Language) -> str:
        counts = step_reasons(self.reasons, step, language)
        comma = "؛ " if language == "ar" else "; "
        listed = comma.join(f"{name} {n}" for name, n in counts.items())
        return _sentences(language)["left"].format(reasons=listed) if listed else ""

    def plot(self, *, language: Language = "ar") -> Figure:
        """Draw how many articles are left after each step, over all outlets, with the reasons of those left out."""
        from framing import plots  # matplotlib comes with it

        reasons = {step: step_reasons(self.reasons, step, language) for step in STEPS}
        return plots.corpus_flow(
            self.table, reasons=reasons, language=language, synthetic=bool(self.settings.get("synthetic"))
        )

    def _repr_html_(self) -> str:
        synthetic = bool(self.settings.get("synthetic"))
        parts = html_table(self.to_frame("ar"), caption=self.sentence("ar"))
        if len(self.reasons):
            parts += html_table(self.explain(language="ar"), headings=_names("ar"))
        return block(parts, language="ar", synthetic=synthetic)


def _names(language: Language) -> Mapping[str, str]:
    names: Mapping[str, str] = load("flow")[language]["names"]
    return names


def _sentences(language: Language) -> Mapping[str, str]:
    sentences: Mapping[str, str] = load("flow")[language]["sentences"]
    return sentences


def reason_in_words(reason: str, language: Language) -> str:
    """Say a reason of `CorpusFlow.reasons` in words; an unknown one stays as it is."""
    if reason.startswith("language_") and reason not in _names(language):
        return _names(language)["language"].format(code=reason.removeprefix("language_"))
    return _names(language).get(reason, reason)


def step_reasons(reasons: pd.DataFrame, step: str, language: Language) -> dict[str, int]:
    """Count a step's reasons over all outlets, in words, the commonest first."""
    counts = reasons[reasons["step"] == step].groupby("reason")["n"].sum()
    ordered = sorted(counts.items(), key=lambda pair: (-int(pair[1]), str(pair[0])))
    return {reason_in_words(str(reason), language): int(n) for reason, n in ordered}
