"""Where two versions of one text differ, in the words as printed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Literal

import pandas as pd

from framing.arabic import words
from framing.html import Language, bdi, block, escape

MAX_TOKENS = 4000
# Two or fewer equal words between two differing passages are a coincidence: the passages are shown as one.
MIN_EQUAL = 3
# Words both versions have are shown before a passage, so that its place is found.
BEFORE = 6
COLUMNS = ("article_id", "outlet", "copy_role", "similarity", "only_in", "text", "before")
_TOKEN = re.compile(r"\S+")
_WORDS: Mapping[str, Mapping[str, str]] = {
    "ar": {
        "original": "في الأصل فقط", "member": "في هذه النسخة فقط", "": "النصان متطابقان كلمة كلمة",
        "first": "الأصل", "copy": "نسخة", "edited": "نسخة معدّلة", "self": "إعادة نشر داخل الوسيلة",
        "relay": "نقل بصياغة أخرى", "alike": "درجة التطابق",
    },
    "en": {
        "original": "only in the original", "member": "only in this copy", "": "the same, word for word",
        "first": "Original", "copy": "copy", "edited": "edited copy", "self": "reprint within the outlet",
        "relay": "the item in other words", "alike": "similarity",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Passage:
    """Text that only one of two versions has, and the words of both before it; all are empty where they are equal."""

    only_in: Literal["original", "member", ""]
    text: str
    before: str = field(default="", compare=False)


@dataclass(frozen=True)
class GroupPassages:
    """What a group's members changed.

    Parameters
    ----------
    table : article_id, outlet, copy_role, similarity, `only_in` (`original` or `member`), text, `before` (the
        words both have before it). A member that equals the original word for word has one row with an
        empty `only_in`.
    original : article_id, outlet, text, published_date of the group's original.
    language : of the words around the passages.
    """

    table: pd.DataFrame
    original: Mapping[str, Any]
    language: Language = "ar"

    def to_frame(self) -> pd.DataFrame:
        """Give the passages as a table of their own."""
        return self.table.copy()

    def _repr_html_(self) -> str:
        w = _WORDS[self.language]
        first = self.original
        cards = [
            f'<div class="unit"><p dir="auto">{escape(" ".join(first["text"].split()[:60]))} …</p>'
            f'<div class="about">{w["first"]} · {bdi(first["outlet"])} · {bdi(first["article_id"], "ltr")}</div></div>'
        ]
        cards += [_card(part, w) for _, part in self.table.groupby("article_id", sort=False)]
        return block("".join(cards), language=self.language)


def _card(passages: pd.DataFrame, w: Mapping[str, str]) -> str:
    """Write one member: each passage after the words both have, marked by whose it is."""
    lines = [
        f'<p dir="auto">{_context(row["before"])}<mark>{escape(row["text"])}</mark> '
        f'<span class="tag">{w[row["only_in"]]}</span></p>'
        if row["only_in"]
        else f"<p>{w['']}</p>"
        for row in passages.to_dict("records")
    ]
    row = passages.iloc[0]
    about = [w[row["copy_role"]], bdi(row["outlet"]), f"{w['alike']} {bdi(format(row['similarity'], '.2f'), 'ltr')}"]
    about.append(bdi(row["article_id"], "ltr"))
    return f'<div class="unit">{"".join(lines)}<div class="about">{" · ".join(about)}</div></div>'


def _context(before: str) -> str:
    return f"… {escape(before)} " if before else ""


def member_passages(members: pd.DataFrame, *, language: Language = "ar") -> GroupPassages:
    """Compare each member of a group with its original.

    Parameters
    ----------
    members : article_id, copy_role, similarity, outlet, text, published_date; one has the role `original`.
    """
    first = members[members["copy_role"] == "original"].iloc[0]
    rows = []
    for member in members[members["article_id"] != first["article_id"]].to_dict("records"):
        told = [member[name] for name in COLUMNS[:4]]
        passages = differing_passages(first["text"], member["text"]) or [Passage("", "")]
        rows += [(*told, p.only_in, p.text, p.before) for p in passages]
    about = {str(name): first[name] for name in ("article_id", "outlet", "text", "published_date")}
    return GroupPassages(pd.DataFrame(rows, columns=list(COLUMNS)), about, language)


def differing_passages(original: str, member: str) -> list[Passage]:
    """Give the passages that only one text has, in order; spelling and marks do not count.

    Only the first 4,000 words of each text are compared.
    """
    one, two = _tokens(original), _tokens(member)
    if [key for key, _, _ in one] == [key for key, _, _ in two]:
        return []
    matcher = SequenceMatcher(None, [key for key, _, _ in one], [key for key, _, _ in two], autojunk=False)
    equal = [run for run in matcher.get_matching_blocks() if run.size == 0 or run.size >= MIN_EQUAL]
    found, i, j = [], 0, 0
    for run in equal:
        before = original[one[max(0, i - BEFORE)][1] : one[i - 1][2]] if i else ""
        if run.a > i:
            found.append(Passage("original", original[one[i][1] : one[run.a - 1][2]], before))
        if run.b > j:
            found.append(Passage("member", member[two[j][1] : two[run.b - 1][2]], before))
        i, j = run.a + run.size, run.b + run.size
    return found


def _tokens(text: str) -> list[tuple[str, int, int]]:
    """Give words as compared, with their places; marks between words are no words."""
    found = ((" ".join(words(match[0])), match.start(), match.end()) for match in _TOKEN.finditer(text))
    return [token for token in found if token[0]][:MAX_TOKENS]
