"""How long the units of a corpus are, what parts they belong to, and what was kept out of them.

A room of its own below `units.py`: the same numbers serve the command line, a notebook and
the methods section, and none of them is needed to make units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from framing import plots
from framing.html import Language, block
from framing.html import table as html_table
from framing.sentences import MAX_WORDS, count_words
from framing.units import Units

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OVER = f"over_{MAX_WORDS}"
STATISTICS_COLUMNS = [
    "outlet", "n_articles", "n_units", "title", "lead", "body",
    "median_words", "p95_words", "max_words", "share_over_60", "n_removed",
]  # fmt: skip
# Upper ends of the bands of the figure, in words.
BANDS = (5, 10, 15, 20, 30, 40, 50, MAX_WORDS)


@dataclass(frozen=True)
class UnitStatistics:
    """Lengths and parts of the units of a corpus.

    `by_outlet` : one row per outlet, columns of `STATISTICS_COLUMNS`; words are runs of letters and
    digits, counted in units of the lead and the body (titles are left out), `share_over_60` is 0 to 1.
    `total` : the same numbers for the whole corpus.
    `removed` : `outlet, rule, n_lines, n_articles`, as `Units.removed` gives them.
    `words` : words per unit, indexed by `unit_id`, titles included.
    """

    by_outlet: pd.DataFrame
    total: dict[str, Any]
    removed: pd.DataFrame
    words: pd.Series
    units: Units
    settings: dict[str, Any]

    def to_frame(self) -> pd.DataFrame:
        """Give the table by outlet."""
        return self.by_outlet.copy()

    def summary(self) -> str:
        """Say how many units there are, how long they are, and what was kept out by which rule."""
        of, rules = self.total, self.removed.groupby("rule")["n_lines"].sum().sort_values(ascending=False)
        if not of["n_units"]:
            return "No unit was found: there is no text, or every line of it is boilerplate."
        shown = ", ".join(f"{rule} {n}" for rule, n in rules.items()) or "none"
        return (
            f"{of['n_units']} units ({self.settings['unit']}) of {of['n_articles']} articles:"
            f" title {of['title']}, lead {of['lead']}, body {of['body']}."
            f" Words per unit without titles: median {of['median_words']:g}, 95th percentile {of['p95_words']:g},"
            f" longest {of['max_words']}; {of['share_over_60']:.1%} over {MAX_WORDS}. Lines kept out: {shown}."
        )

    def explain(self, what: str = OVER) -> pd.DataFrame:
        """Show what stands behind a number: the units over 60 words (`over_60`), or the lines one rule kept out.

        Raises
        ------
        ValueError : `what` is neither `over_60` nor a rule that kept a line out.
        """
        if what == OVER:
            long = self.words.index[self.words > MAX_WORDS]
            return self.units.table[self.units.table["unit_id"].isin(long)].reset_index(drop=True)
        lines = self.units.boilerplate[self.units.boilerplate["rule"] == what]
        if lines.empty:
            rules = sorted(set(self.units.boilerplate["rule"]))
            raise ValueError(f"no line was kept out by a rule called {what!r}; write {OVER!r} or one of {rules}")
        return lines.reset_index(drop=True)

    def plot(self, *, language: Language = "ar") -> Figure:
        """Draw how many units there are of each length."""
        return plots.unit_lengths(self._bands(), language=language)

    def _bands(self) -> pd.DataFrame:
        titles = self.units.table.set_index("unit_id")["part"] == "title"
        words = self.words[~titles.reindex(self.words.index)]
        edges = [0, *BANDS, max(int(words.max()) if len(words) else 0, MAX_WORDS) + 1]
        labels = [f"{low + 1}-{high}" for low, high in zip(edges, BANDS, strict=False)] + [f"> {MAX_WORDS}"]
        counts = pd.cut(words, edges, labels=labels).value_counts().reindex(labels)
        return pd.DataFrame({"words": labels, "n_units": counts.to_numpy()})

    def _repr_html_(self) -> str:
        return str(block(html_table(self.by_outlet, caption=self.summary()), language="en"))


def measure_units(units: Units, articles: pd.DataFrame) -> UnitStatistics:
    """Count and measure the units of a corpus, per outlet and in all.

    Parameters
    ----------
    units : what `split_units` gave for these articles.
    articles : `article_id`, and `outlet` where there is one.

    Returns
    -------
    `UnitStatistics`; an outlet without a unit has a row of zeros, its lengths are missing.

    Raises
    ------
    ValueError : a unit belongs to none of the articles.
    """
    outlet = articles["outlet"] if "outlet" in articles else pd.Series("", index=articles.index)
    names = pd.Series(outlet.fillna("").to_numpy(), index=articles["article_id"].map(str))
    table = units.table.assign(
        outlet=units.table["article_id"].map(str).map(names), words=units.table["text"].map(count_words).astype("int64")
    )
    if table["outlet"].isna().any():
        lost = table.loc[table["outlet"].isna(), "article_id"].iloc[0]
        raise ValueError(
            f"a unit of article {lost!r} is given, but no such article. Pass the articles it was split from"
        )
    removed = units.removed()
    n_removed = removed.groupby("outlet")["n_lines"].sum()
    rows = [
        _row(name, int((names == name).sum()), table[table["outlet"] == name], int(n_removed.get(name, 0)))
        for name in sorted(names.unique())
    ]
    total = _row("", len(names), table, int(n_removed.sum()))
    words = table.set_index("unit_id")["words"]
    by_outlet = pd.DataFrame(rows, columns=STATISTICS_COLUMNS)
    return UnitStatistics(by_outlet, total, removed, words, units, dict(units.settings))


def _row(outlet: str, n_articles: int, units: pd.DataFrame, n_removed: int) -> dict[str, Any]:
    parts = units["part"].value_counts()
    words = units.loc[units["part"] != "title", "words"]
    return {
        "outlet": outlet,
        "n_articles": n_articles,
        "n_units": len(units),
        **{part: int(parts.get(part, 0)) for part in ("title", "lead", "body")},
        "median_words": float(words.median()),
        "p95_words": float(words.quantile(0.95)),
        "max_words": int(words.max()) if len(words) else 0,
        "share_over_60": float((words > MAX_WORDS).mean()),
        "n_removed": n_removed,
    }
