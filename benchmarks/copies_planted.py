"""Plant copies with known changes among real articles, and count which are found.

Each planted copy has a source of its own, an article that shares its text with no other. What is changed, where
and with what is drawn with a fixed seed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

import framing
from framing.arabic import n_words
from framing.copies import group_copies

SEED = 20241023
PER_CELL = 40
CLASSES = {"20-80": (20, 80), "81-200": (81, 200), "201-500": (201, 500), "over 500": (501, 10**9)}
GENERIC = (
    "وفي تفاصيل الخبر الذي تابعه قراء الموقع خلال الساعات الماضية، ننشر فيما يلي أبرز ما ورد فيه من معلومات ومواقف.",
    "حصلت الصحيفة على مزيد من التفاصيل حول هذا الموضوع الذي شغل المتابعين منذ صباح اليوم وحتى ساعة إعداد هذا التقرير.",
)
Change = Callable[[str, int, str, np.random.Generator], str]


def _cut(text: str, at: float) -> str:
    """Cut 30 % of the words, from the share `at` of those that stay."""
    words = text.split()
    gone = round(0.3 * len(words))
    start = round(at * (len(words) - gone))
    return " ".join(words[:start] + words[start + gone :])


def _other_lead(text: str, lead_end: int, other: str, drawn: np.random.Generator) -> str:
    n_lead = len(text[:lead_end].split())
    words = other.split()
    return " ".join(words[:n_lead]) + " " + text[lead_end:]


KINDS: dict[str, Change] = {
    "title changed": lambda text, lead_end, other, drawn: text,
    "lead from another article": _other_lead,
    "lead invented": lambda text, lead_end, other, drawn: GENERIC[drawn.integers(2)] + " " + text[lead_end:],
    "30 % cut, tail": lambda text, lead_end, other, drawn: _cut(text, 1.0),
    "30 % cut, middle": lambda text, lead_end, other, drawn: _cut(text, 0.5),
    "30 % cut, head": lambda text, lead_end, other, drawn: _cut(text, 0.0),
    "two merged": lambda text, lead_end, other, drawn: text + "\n" + other,
}


def _plan(table: pd.DataFrame, drawn: np.random.Generator) -> pd.DataFrame:
    """Choose sources: kind, class, source; and for each another article of the same class."""
    alone = table[~table["article_id"].isin(group_copies(table).table["article_id"])]
    lengths = alone["text"].map(n_words)
    rows = []
    for name, (low, high) in CLASSES.items():
        ids = alone.loc[lengths.between(low, high), "article_id"].to_numpy()
        chosen = drawn.permutation(ids)[: 2 * PER_CELL * len(KINDS)]
        n = len(chosen) // (2 * len(KINDS))
        for k, kind in enumerate(KINDS):
            part = chosen[2 * n * k : 2 * n * (k + 1)]
            rows += [(kind, name, a, b) for a, b in zip(part[:n], part[n:], strict=True)]
    return pd.DataFrame(rows, columns=["kind", "words", "source", "other"])


def _lead_ends(articles: pd.DataFrame) -> dict[str, int]:
    units = framing.split_units(articles).table
    return units[units["part"] == "lead"].groupby("article_id")["end"].max().to_dict()


def plant(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the plan, one row per planted copy, and the articles with the copies among them."""
    drawn = np.random.default_rng(SEED)
    plan = _plan(table, drawn)
    rows = table.set_index("article_id", drop=False)
    ends = _lead_ends(rows.loc[plan["source"]].reset_index(drop=True))
    outlets = sorted(table["outlet"].unique())
    made = []
    for n, line in enumerate(plan.to_dict("records")):
        source = rows.loc[line["source"]]
        text = KINDS[line["kind"]](source["text"], ends.get(line["source"], 0), rows.loc[line["other"], "text"], drawn)
        others = [name for name in outlets if name != source["outlet"]]
        outlet = others[drawn.integers(len(others))]
        made.append(source.to_dict() | {"article_id": f"planted-{n}", "text": text, "outlet": outlet, "title": ""})
    plan["planted"] = [line["article_id"] for line in made]
    return plan, pd.concat([table, pd.DataFrame(made).astype(table.dtypes.to_dict())], ignore_index=True)


def measure(table: pd.DataFrame) -> tuple[str, float]:
    """Give the section on recall, and the recall over all planted copies."""
    plan, articles = plant(table)
    groups = group_copies(articles).table.set_index("article_id")["copy_group"]
    found = {name: plan[name].map(groups) for name in ("planted", "source", "other")}
    with_source = found["planted"].notna() & (found["planted"] == found["source"])
    merged = plan["kind"] == "two merged"
    with_other = merged & found["planted"].notna() & (found["planted"] == found["other"])
    plan["hit"] = with_source | with_other
    glued = int((merged & found["source"].notna() & (found["source"] == found["other"])).sum())
    counts = plan.pivot_table(index="kind", columns="words", values="hit", aggfunc=["sum", "count"], sort=False)
    lines = [f"| kind | {' | '.join(CLASSES)} | all |", "|---|" + "---|" * (len(CLASSES) + 1)]
    for kind in KINDS:
        hits, n = counts["sum"].loc[kind], counts["count"].loc[kind]
        cells = [f"{hits[name]:.0f}/{n[name]:.0f}" for name in CLASSES]
        lines.append(f"| {kind} | {' | '.join(cells)} | {hits.sum() / n.sum():.3f} |")
    recall = float(plan["hit"].mean())
    longer = float(plan.loc[plan["words"] != "20-80", "hit"].mean())
    head = (
        f"{len(plan)} copies planted among {len(table)} articles, seed {SEED}; by kind and the source's length in"
        " words, found / planted. A merged text counts as found in a group with either of its two articles.\n"
    )
    tail = (
        f"\nRecall **{recall:.3f}**; without sources of 80 words and less {longer:.3f}. Pairs of different articles"
        f" that a merged text joined into one group: {glued} of {int(merged.sum())}.\n"
    )
    return "\n".join(["### Recall on planted copies\n", head, *lines, tail]), recall
