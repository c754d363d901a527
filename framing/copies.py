"""Wire copies and reprints: which articles hold the same text, and what each copy question counts.

Shingles find verbatim text. An item that two outlets translated apart is found only where both
credit the agency and use nearly the same words, as a `relay`: counted, never merged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from framing.copy_groups import group_texts
from framing.copy_matrix import CopyMatrix, MatrixBy, copy_matrix
from framing.copy_roles import COPY, RELAY_COSINE, Entry, When, find_relays, name_roles
from framing.html import Language, block
from framing.html import table as html_table
from framing.passages import GroupPassages, member_passages
from framing.readers.agencies import find_agency
from framing.shingles import number_words
from framing.text_pairs import find_pairs
from framing.word_weights import WordWeights

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CopyPolicy = Literal["keep", "own", "weight"]
COLUMNS = ("article_id", "copy_group", "copy_role", "similarity", "agency")
MEMBER_COLUMNS = ("article_id", "outlet", "text", "published_date", "published")
AGENCIES_ROW = "agencies"
# Set on pairs of SaudiNewsNet that were read (benchmarks/copies.md): from .5 up they are the same item; below .25
# back, a long piece quotes or rounds up a short one.
CONTAINED = 0.5
CONTAINED_BACK = 0.25


@dataclass(frozen=True)
class Copies:
    """Groups of articles that share their text.

    Parameters
    ----------
    table : article_id, copy_group, copy_role, similarity, agency; an article in no group has no row.
        `original` is the earliest printed; on its day the agency's own outlet comes first; an article without a
        date comes last, and at equal times the first in the table leads. `self` repeats within one
        outlet an article that outlet already had; `copy` shares at least 90 % of the longer text with the
        original, `edited` less; `relay` shares no text but the agency, the day and most words.
        `similarity` (0 to 1) is the larger containment between a member and the group's original, for
        a relay the cosine of its words; 1 for the original. `agency` is what the article itself credits.
    settings : thresholds, seed, `n_articles` and `n_compared` (pairs of texts compared shingle by shingle).
    members : article_id, outlet, text, published_date, published of the articles in groups.
    credits : outlet, agency, n: all articles, also those in no group, by outlet and the agency they credit,
        which is empty where they credit none.
    """

    table: pd.DataFrame
    settings: Mapping[str, Any]
    members: pd.DataFrame = field(repr=False)
    credits: pd.DataFrame = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Give the ledger as a table of its own."""
        return self.table.copy()

    def summary(self) -> str:
        """Say how many groups there are, how many span outlets, and the members by role."""
        n_groups = self.table["copy_group"].nunique()
        if not n_groups:
            return "No two articles share their text."
        outlets = self.table.merge(self.members[["article_id", "outlet"]], on="article_id")
        across = int((outlets.groupby("copy_group")["outlet"].agg(set).map(len) > 1).sum())
        roles = ", ".join(f"{role} {n}" for role, n in self.table["copy_role"].value_counts().sort_index().items())
        return f"{n_groups} groups of copies, {across} of them across outlets; members: {roles}."

    def matrix(self, by: MatrixBy = "agency") -> CopyMatrix:
        """Count copies by outlet and agency, or by pairs of outlets that share an item.

        Parameters
        ----------
        by : `agency` or `outlet`.

        Raises
        ------
        ValueError : it is neither.
        """
        return copy_matrix(self.table, self.members, self.credits, by=by)

    def plot(self, by: MatrixBy = "agency", *, language: Language = "ar", synthetic: bool = False) -> Figure:
        """Draw the copy matrix; see `CopyMatrix.plot`."""
        return self.matrix(by).plot(language=language, synthetic=synthetic)

    def explain(self, copy_group: str, *, language: Language = "ar") -> GroupPassages:
        """Give the passages in which a group's members differ from its original; a notebook shows them in place.

        Parameters
        ----------
        language : of the words around the passages.

        Raises
        ------
        ValueError : there is no such group.
        """
        members = self.table[self.table["copy_group"] == copy_group]
        if members.empty:
            raise ValueError(f"no copy group is called {copy_group!r}; they are in table['copy_group']")
        texts = self.members[["article_id", "outlet", "text", "published_date"]]
        return member_passages(members.merge(texts, on="article_id", how="left"), language=language)

    def _repr_html_(self) -> str:
        return block(html_table(self.table, caption=self.summary(), limit=50), language="en")


def group_copies(
    articles: pd.DataFrame, *, agencies: Sequence[str] = (), seed: int = 0, threshold: float = CONTAINED
) -> Copies:
    """Group articles that share their text, and name what each member is.

    Candidates come from MinHash LSH over shingles of five lexical words; each pair is confirmed on
    its exact shingles: one text must hold `threshold` of the other's, and the other 25 % of its own,
    so that a new lead, a cut tail or a joined second item do not hide a copy, and a shared
    paragraph does not make one. How pairs become groups: `framing.copy_groups.group_texts`.

    Parameters
    ----------
    articles : article_id, outlet, text; published, published_date, agency, author, title where known.
    agencies : further agencies, by the name they are credited with.
    seed : of the hash functions.
    threshold : least containment in one direction, 0 to 1.

    References
    ----------
    Broder (1997), On the resemblance and containment of documents, eq. 1-2.
    """
    rows = articles.reset_index(drop=True)
    outlets, credit, order = rows["outlet"].tolist(), _credits(rows, agencies), _order(rows)
    numbers = number_words(rows["text"].tolist())
    pairs = find_pairs(
        numbers, outlets=outlets, days=_days(rows), weights=WordWeights(numbers), seed=seed,
        least=threshold, least_back=CONTAINED_BACK,
    )  # fmt: skip
    groups = group_texts(pairs)
    entries: dict[int, Entry] = {}
    for number, members in enumerate(groups):
        entries |= name_roles(number, members, pairs, outlets, credit, order)
    entries |= find_relays(pairs, outlets, credit, entries, order)
    counts = pd.DataFrame({"outlet": outlets, "agency": credit}, dtype="str").value_counts().sort_index()
    return Copies(
        table=_ledger(rows, entries, credit),
        settings={
            "threshold": threshold, "back": CONTAINED_BACK, "copy": COPY, "relay_cosine": RELAY_COSINE, "seed": seed,
            "n_articles": len(rows), "n_compared": len(pairs.compared),
        },
        members=rows.reindex(columns=list(MEMBER_COLUMNS)).iloc[sorted(entries)].reset_index(drop=True),
        credits=counts.rename("n").reset_index(),
    )  # fmt: skip


def _credits(rows: pd.DataFrame, agencies: Sequence[str]) -> list[str]:
    """Give each article's agency: as `read_articles` found it, else as credited in the text."""
    known = _texts(rows, "agency")
    if "agency" in rows and not agencies:
        return known
    found = zip(known, _texts(rows, "author"), rows["text"], strict=True)
    return [given or find_agency(text, author=author, known=agencies) for given, author, text in found]


def _texts(rows: pd.DataFrame, name: str) -> list[str]:
    return rows[name].astype(object).fillna("").tolist() if name in rows else [""] * len(rows)


def _order(rows: pd.DataFrame) -> list[When]:
    """Give each article's time for sorting: its day, then its moment; an unknown one comes last."""
    days = [day or "9999" for day in _texts(rows, "published_date")]
    moments = [str(moment) or "9999" for moment in _texts(rows, "published")]
    return list(zip(days, moments, strict=True))


def _days(rows: pd.DataFrame) -> list[int | None]:
    """Number each article's day of printing; None where it is unknown."""
    found = pd.to_datetime(pd.Series(_texts(rows, "published_date"), dtype="str"), errors="coerce")
    return [None if pd.isna(day) else day.toordinal() for day in found]


def _ledger(rows: pd.DataFrame, entries: Mapping[int, Entry], credit: Sequence[str]) -> pd.DataFrame:
    numbers = {number: n for n, number in enumerate(dict.fromkeys(entries[i][0] for i in sorted(entries)), 1)}
    lines = sorted(
        (numbers[number], i, role, round(similarity, 4)) for i, (number, role, similarity) in entries.items()
    )
    table = pd.DataFrame(
        [(rows["article_id"][i], f"c{number:04d}", role, alike, credit[i] or None) for number, i, role, alike in lines],
        columns=list(COLUMNS),
    )
    return table.astype(dict.fromkeys(COLUMNS, "str") | {"similarity": "float64"})


def copy_weights(articles: pd.DataFrame, copies: Copies, policy: CopyPolicy) -> pd.DataFrame:
    """Give what each article counts under a copy question.

    Under every policy a repetition within an outlet (`self`) counts 0, and a `relay` counts as an article of its own.

    Parameters
    ----------
    articles : article_id, outlet.
    policy : `keep`, every outlet's copy counts 1 (what its readers were given); `own`, the members of a group
        that spans outlets leave them and count together as one, under the outlet `agencies` (what the
        outlets wrote themselves); `weight`, each member counts 1 / the number of members.

    Returns
    -------
    article_id, weight (0 to 1), outlet_as_counted; in the order of `articles`.

    Raises
    ------
    ValueError : the policy is none of the three.
    """
    if policy not in ("keep", "own", "weight"):
        raise ValueError(f"policy is {policy!r}; write keep, own or weight")
    outlets = dict(zip(articles["article_id"], articles["outlet"], strict=True))
    ledger = copies.table[copies.table["article_id"].isin(outlets)]
    weights = dict.fromkeys(outlets, 1.0)
    counted = dict(outlets)
    weights |= dict.fromkeys(ledger.loc[ledger["copy_role"] == "self", "article_id"], 0.0)
    merged = ledger[~ledger["copy_role"].isin(["self", "relay"])]
    for _, members in merged.groupby("copy_group")["article_id"]:
        spans = len({outlets[i] for i in members}) > 1
        if policy == "weight" or (policy == "own" and spans):
            weights |= dict.fromkeys(members, 1 / len(members))
        if policy == "own" and spans:
            counted |= dict.fromkeys(members, AGENCIES_ROW)
    return pd.DataFrame(
        {
            "article_id": pd.Series(list(outlets), dtype="str"),
            "weight": np.array(list(weights.values()), dtype=float),
            "outlet_as_counted": pd.Series([counted[i] for i in outlets], dtype="str"),
        }
    )
