"""The ledger of copies counted: outlet by agency, and outlet by outlet.

Who printed an item first is known where both outlets' times are. First printed is not copied from:
both may have it from an agency.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal, get_args

import pandas as pd

from framing import plots
from framing.html import Language, block
from framing.html import table as html_table
from framing.readers.agencies import SEVERAL

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MatrixBy = Literal["agency", "outlet"]
ROLES = ("original", "copy", "edited", "self", "relay")
OUTLET_COLUMNS = ("outlet_a", "outlet_b", "n_shared", "n_relay", "a_first", "b_first", "unknown")


@dataclass(frozen=True)
class CopyMatrix:
    """Copies counted by outlet and agency, or by pairs of outlets; in alphabetical order, which is no ranking.

    Parameters
    ----------
    table : by agency: outlet, agency, the five roles, `n` (their sum), `credited` (articles that name the agency
        themselves, in a group or not), `n_articles` (of the outlet), `share` (n / n_articles). The agency is the
        one most members of a group credit, empty where none does; every outlet has a row for every agency.
        By outlet: outlet_a, outlet_b, n_shared (groups both have a member in), `n_relay` of them where one has it only
        in other words, and who printed it first: `a_first`, `b_first`, `unknown`, which sum to n_shared.
    by : what is counted.
    ledger : the articles behind the figures.
    outlets : of the corpus, with `n_articles`.
    """

    table: pd.DataFrame
    by: MatrixBy
    ledger: pd.DataFrame = field(repr=False)
    outlets: pd.DataFrame = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Give the counts as a table of their own."""
        return self.table.copy()

    def summary(self) -> str:
        """Say what is counted, and where the order in time is not known."""
        if self.by == "agency":
            named = int(self.table.loc[self.table["agency"] != "", "n"].sum())
            n_articles = int(self.outlets["n_articles"].sum())
            return (
                f"{int(self.table['n'].sum())} of {n_articles} articles of {len(self.outlets)} outlets share an item"
                f" with another article, {named} of them an item credited to an agency."
            )
        shared, unknown = int(self.table["n_shared"].sum()), int(self.table["unknown"].sum())
        return (
            f"{len(self.table)} pairs of outlets share an item, {shared} items in all; who printed first is"
            f" unknown for {unknown} of them. First printed is not copied from: both may have it from an agency."
        )

    def plot(self, *, language: Language = "ar", synthetic: bool = False) -> Figure:
        """Draw the matrix: by agency, shaded by share of the outlet's articles; by outlet, rows printed first."""
        cells = _agency_cells(self.table) if self.by == "agency" else _outlet_cells(self.table, self.outlets)
        unknown = 0 if self.by == "agency" else int(self.table["unknown"].sum())
        return plots.copy_matrix(cells, by=self.by, unknown=unknown, language=language, synthetic=synthetic)

    def explain(self, outlet: str, other: str) -> pd.DataFrame:
        """Give the articles behind a cell.

        Parameters
        ----------
        outlet : its row.
        other : the agency, or the other outlet (then both outlets' articles of the items they share).

        Returns
        -------
        The ledger's columns, with outlet, published_date and `group_agency`.

        Raises
        ------
        ValueError : the corpus has no such outlet.
        """
        known = self.outlets["outlet"].tolist()
        for name in (outlet, other) if self.by == "outlet" else (outlet,):
            if name not in known:
                raise ValueError(f"no outlet is called {name!r}; there are {', '.join(known)}")
        if self.by == "agency":
            chosen = (self.ledger["outlet"] == outlet) & (self.ledger["group_agency"] == other)
        else:
            has = self.ledger.groupby("copy_group")["outlet"].agg(set).map(lambda names: {outlet, other} <= names)
            chosen = self.ledger["outlet"].isin([outlet, other]) & self.ledger["copy_group"].map(has).astype(bool)
        return self.ledger[chosen].reset_index(drop=True)

    def _repr_html_(self) -> str:
        return block(html_table(self.table, caption=self.summary(), limit=100), language="en")


def copy_matrix(ledger: pd.DataFrame, members: pd.DataFrame, credits: pd.DataFrame, *, by: MatrixBy) -> CopyMatrix:
    """Count a ledger of copies.

    Parameters
    ----------
    ledger, members, credits : as `framing.copies.Copies` holds them.
    by : `agency` or `outlet`.

    Raises
    ------
    ValueError : `by` is neither.
    """
    if by not in get_args(MatrixBy):
        raise ValueError(f"by is {by!r}; write agency or outlet")
    rows = ledger.merge(members.drop(columns="text"), on="article_id", how="left")
    rows["group_agency"] = rows["copy_group"].map(rows.groupby("copy_group")["agency"].agg(_agency_of)).astype("str")
    outlets = credits.groupby("outlet", sort=True)["n"].sum().rename("n_articles").reset_index()
    table = _by_agency(rows, credits, outlets) if by == "agency" else _by_outlet(rows)
    return CopyMatrix(table, by, rows, outlets)


def _agency_of(credited: pd.Series[Any]) -> str:
    """Give the agency most members credit; «agencies» in general only where none is named."""
    counts = Counter(sorted(credited.dropna()))
    named = Counter({name: n for name, n in counts.items() if name != SEVERAL})
    return next((name for name, _ in (named or counts).most_common(1)), "")


def _by_agency(rows: pd.DataFrame, credits: pd.DataFrame, outlets: pd.DataFrame) -> pd.DataFrame:
    agencies = [*sorted({*rows["group_agency"], *credits["agency"]} - {""}), ""]
    grid = pd.MultiIndex.from_product([outlets["outlet"], agencies], names=["outlet", "agency"])
    counts = pd.crosstab([rows["outlet"], rows["group_agency"]], rows["copy_role"])
    table = counts.reindex(index=grid, columns=list(ROLES), fill_value=0)
    table["n"] = table.sum(axis=1)
    named = credits[credits["agency"] != ""].set_index(["outlet", "agency"])["n"]
    table["credited"] = named.reindex(grid).fillna(0).astype(int)
    table = table.reset_index().merge(outlets, on="outlet")
    return table.assign(share=table["n"] / table["n_articles"])


def _by_outlet(rows: pd.DataFrame) -> pd.DataFrame:
    counts: dict[tuple[str, str], Counter[str]] = {}
    for _, group in rows.groupby("copy_group", sort=True):
        by_outlet = dict(list(group.groupby("outlet", sort=True)))
        for a, b in combinations(by_outlet, 2):
            one, two = by_outlet[a], by_outlet[b]
            relay = any((part["copy_role"] == "relay").all() for part in (one, two))
            found = counts.setdefault((str(a), str(b)), Counter())
            found.update(["n_shared", _first(one, two), *(["n_relay"] if relay else [])])
    lines = [(*pair, *(found[name] for name in OUTLET_COLUMNS[2:])) for pair, found in sorted(counts.items())]
    table = pd.DataFrame(lines, columns=list(OUTLET_COLUMNS))
    return table.astype({"outlet_a": "str", "outlet_b": "str"} | dict.fromkeys(OUTLET_COLUMNS[2:], "int64"))


def _first(one: pd.DataFrame, two: pd.DataFrame) -> str:
    """Tell which of two outlets' articles were printed first, by day, on one day by the moment where all have one."""
    days = [part["published_date"] for part in (one, two)]
    if any(part.isna().any() for part in days):
        return "unknown"
    if days[0].min() != days[1].min():
        return "a_first" if days[0].min() < days[1].min() else "b_first"
    moments = [part.loc[part["published_date"] == days[0].min(), "published"] for part in (one, two)]
    if any(part.isna().any() for part in moments) or moments[0].min() == moments[1].min():
        return "unknown"
    return "a_first" if moments[0].min() < moments[1].min() else "b_first"


def _agency_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Give the cells of the figure; agencies that no group credits have no column."""
    used = table.groupby("agency")["n"].transform("sum") > 0
    names = {"outlet": "row", "agency": "column", "n": "n", "share": "shade", "n_articles": "size"}
    return table.loc[used, list(names)].rename(columns=names).reset_index(drop=True)


def _outlet_cells(table: pd.DataFrame, outlets: pd.DataFrame) -> pd.DataFrame:
    """Give the cells of the figure: its row printed the item before its column."""
    known: dict[tuple[str, str], int] = {}
    for line in table.to_dict("records"):
        known[line["outlet_a"], line["outlet_b"]] = line["a_first"]
        known[line["outlet_b"], line["outlet_a"]] = line["b_first"]
    names: Sequence[str] = outlets["outlet"].tolist() if known else []
    largest = max([1, *known.values()])
    lines = [
        (a, b, known.get((a, b), 0), None if a == b else known.get((a, b), 0) / largest, size)
        for a, size in zip(names, outlets["n_articles"], strict=False)
        for b in names
    ]
    return pd.DataFrame(lines, columns=["row", "column", "n", "shade", "size"])
