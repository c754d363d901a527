"""Wire copies and reprints: which articles hold the same text, and what each copy question counts.

Shingles find verbatim text. An item that two outlets translated apart is found only where both
credit the agency and use nearly the same words, as a `relay`: counted, never merged.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from framing.html import block
from framing.html import table as html_table
from framing.passages import Passage, differing_passages
from framing.readers.agencies import SEVERAL, find_agency, is_agency
from framing.shingles import Pairs, find_pairs, word_cosine

CopyPolicy = Literal["keep", "own", "weight"]
COLUMNS = ("article_id", "copy_group", "copy_role", "similarity", "agency")
AGENCIES_ROW = "agencies"
# Set on about 60 pairs of SaudiNewsNet that were read: from .5 up both are the same item; below .25 back,
# a long piece quotes or rounds up a short one. Relays: at .5 to .6 two items on one person still met.
CONTAINED = 0.5
CONTAINED_BACK = 0.25
COPY = 0.9
RELAY_COSINE = 0.6
RELAY_DAYS = 1


@dataclass(frozen=True)
class Copies:
    """Groups of articles that share their text.

    Parameters
    ----------
    table : article_id, copy_group, copy_role, similarity, agency; an article in no group has no row.
        `original` is the earliest printed, at equal times the agency's own outlet, else the first
        in the table; `self` repeats within one outlet an article that outlet already had; `copy`
        shares at least 90 % of the longer text with the original, `edited` less; `relay` shares no text but the
        agency, the day and most words. `similarity` (0 to 1) is the larger containment between a
        member and the group's original, for a relay the cosine of its words; 1 for the original.
    settings : thresholds and seed.
    """

    table: pd.DataFrame
    settings: Mapping[str, Any]
    texts: Mapping[str, tuple[str, str]] = field(default_factory=dict, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Give the ledger as a table of its own."""
        return self.table.copy()

    def summary(self) -> str:
        """Say how many groups there are, how many span outlets, and the members by role."""
        n_groups = self.table["copy_group"].nunique()
        if not n_groups:
            return "No two articles share their text."
        outlets = self.table.assign(outlet=[self.texts[a][0] for a in self.table["article_id"]])
        across = sum(len(set(names)) > 1 for _, names in outlets.groupby("copy_group")["outlet"])
        roles = ", ".join(f"{role} {n}" for role, n in self.table["copy_role"].value_counts().sort_index().items())
        return f"{n_groups} groups of copies, {across} of them across outlets; members: {roles}."

    def explain(self, copy_group: str) -> pd.DataFrame:
        """Give the passages in which a group's members differ from its original.

        Returns
        -------
        article_id, outlet, copy_role, similarity, `only_in` (`original` or `member`), text. A member
        that equals the original word for word has one row with an empty `only_in`.

        Raises
        ------
        ValueError : there is no such group.
        """
        members = self.table[self.table["copy_group"] == copy_group]
        if members.empty:
            raise ValueError(f"no copy group is called {copy_group!r}; they are in table['copy_group']")
        first = members.loc[members["copy_role"] == "original", "article_id"].iloc[0]
        rows = []
        for member in members[members["article_id"] != first].itertuples():
            outlet, text = self.texts[member.article_id]
            passages = differing_passages(self.texts[first][1], text) or [Passage("", "")]
            rows += [
                (member.article_id, outlet, member.copy_role, member.similarity, p.only_in, p.text) for p in passages
            ]
        return pd.DataFrame(rows, columns=["article_id", "outlet", "copy_role", "similarity", "only_in", "text"])

    def _repr_html_(self) -> str:
        return block(html_table(self.table, caption=self.summary(), limit=50), language="en")


def group_copies(
    articles: pd.DataFrame, *, agencies: Sequence[str] = (), seed: int = 0, threshold: float = CONTAINED
) -> Copies:
    """Group articles that share their text, and name what each member is.

    Candidates come from MinHash LSH over shingles of five lexical words; each pair is confirmed on
    its exact shingles: one text must hold `threshold` of the other's, and the other 25 % of its own,
    so that a new lead, a cut tail or a joined second item do not hide a copy, and a shared
    paragraph does not make one. Groups grow by pairs, the most alike first; two groups join only where most
    of their pairs are confirmed, and each member is confirmed against the group's middle, so that
    an article made of two stories does not glue them.

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
    credit = _credits(rows, agencies)
    pairs = find_pairs(rows["text"].tolist(), seed=seed, least=threshold, least_back=CONTAINED_BACK)
    groups = _groups(pairs, len(rows))
    order = _order(rows)
    entries: dict[int, tuple[int, str, float]] = {}
    for number, members in enumerate(groups):
        entries |= _roles(number, members, pairs, rows["outlet"].tolist(), credit, order)
    entries |= _relays(rows, credit, entries, order, n_groups=len(groups))
    return Copies(
        table=_ledger(rows, entries, credit),
        settings={
            "threshold": threshold, "back": CONTAINED_BACK, "copy": COPY, "relay_cosine": RELAY_COSINE, "seed": seed,
        },
        texts={rows["article_id"][i]: (rows["outlet"][i], rows["text"][i]) for i in entries},
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


def _order(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Give each article's time for sorting: its day, then its moment; an unknown one comes last."""
    days = [day or "9999" for day in _texts(rows, "published_date")]
    moments = [str(moment) or "9999" for moment in _texts(rows, "published")]
    return list(zip(days, moments, strict=True))


def _groups(pairs: Pairs, n_articles: int) -> list[list[int]]:
    """Grow groups from the most alike pairs on; each in the order of its articles."""
    group_of = {i: [i] for i in range(n_articles)}
    for i, j in pairs.by_resemblance():
        one, two = group_of[i], group_of[j]
        if one is two:
            continue
        confirmed = sum(pairs.confirmed(a, b) for a in one for b in two)
        if 2 * confirmed > len(one) * len(two):
            joined = one + two
            group_of |= dict.fromkeys(joined, joined)
    distinct = {id(group): group for group in group_of.values() if len(group) > 1}
    kept = (_around_middle(sorted(group), pairs) for group in distinct.values())
    return sorted(group for group in kept if len(group) > 1)


def _around_middle(group: list[int], pairs: Pairs) -> list[int]:
    """Keep the members confirmed against the one most like all others."""
    middle = max(group, key=lambda i: (sum(pairs.resemblance(i, j) for j in group if j != i), -i))
    return [i for i in group if i == middle or pairs.confirmed(i, middle)]


def _roles(
    number: int,
    members: list[int],
    pairs: Pairs,
    outlets: Sequence[str],
    credit: Sequence[str],
    order: Sequence[tuple[str, str]],
) -> dict[int, tuple[int, str, float]]:
    """Name each member's role in its group."""
    agency = Counter(credit[i] for i in members if credit[i] and credit[i] != SEVERAL).most_common(1)
    name = agency[0][0] if agency else ""

    def rank(i: int) -> tuple[str, str, bool, int]:
        return (*order[i], not is_agency(outlets[i], name), i)

    ranked = sorted(members, key=rank)
    original, seen = ranked[0], {outlets[ranked[0]]}
    found = {original: (number, "original", 1.0)}
    for i in ranked[1:]:
        there, back = pairs.containment(i, original)
        role = "self" if outlets[i] in seen else "copy" if min(there, back) >= COPY else "edited"
        seen.add(outlets[i])
        found[i] = (number, role, max(there, back))
    return found


def _relays(
    rows: pd.DataFrame,
    credit: Sequence[str],
    entries: Mapping[int, tuple[int, str, float]],
    order: Sequence[tuple[str, str]],
    *,
    n_groups: int,
) -> dict[int, tuple[int, str, float]]:
    """Find articles in no group that tell an agency's item in other words: same agency, day and words.

    Only an article's nearest earlier or equal one counts, in another outlet, at most one day apart.
    """
    days = pd.to_datetime(pd.Series(_texts(rows, "published_date")), errors="coerce")
    by_agency = defaultdict(list)
    for i, name in enumerate(credit):
        if name and name != SEVERAL and not pd.isna(days[i]):
            by_agency[name].append(i)
    found: dict[int, tuple[int, str, float]] = {}
    for places in by_agency.values():
        cosine = word_cosine([rows["text"][i] for i in places])
        for a, i in enumerate(places):
            if i in entries:
                continue
            near = [
                (float(cosine[a, b]), j)
                for b, j in enumerate(places)
                if rows["outlet"][j] != rows["outlet"][i]
                and abs((days[i] - days[j]).days) <= RELAY_DAYS
                and (j in entries or (*order[j], j) < (*order[i], i))
                and found.get(j, (0, ""))[1] != "relay"
            ]
            best, j = max(near, default=(0.0, -1), key=lambda pair: (pair[0], -pair[1]))
            if best >= RELAY_COSINE:
                group = (entries.get(j) or found.get(j) or (n_groups, "", 0.0))[0]
                if j not in entries and j not in found:
                    found[j] = (n_groups, "original", 1.0)
                    n_groups += 1
                found[i] = (group, "relay", best)
    return found


def _ledger(rows: pd.DataFrame, entries: Mapping[int, tuple[int, str, float]], credit: Sequence[str]) -> pd.DataFrame:
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
