"""A codebook's words against its examples and against a corpus: which find nothing, too much, or a false friend.

A room of its own above `codebook_check.py`: words only, nothing learned.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from framing.arabic import lexical_view, term_pattern
from framing.codebook import Codebook, Frame
from framing.codebook_examples import Taught
from framing.codebook_findings import Finding, listed
from framing.denials import has_term

TERM_COLUMNS = ["frame", "term", "n_own", "n_other", "n_units", "share", "n_vetoed"]
OUTLET_COLUMNS = ["frame", "term", "outlet", "n_units", "n_outlet_units", "share"]
CONTEXT_COLUMNS = ["frame", "term", "outlet", "unit_id", "before", "word", "after"]
# A word in this share of all units names the story and no frame in it.
TOO_COMMON = 0.20
# A term in this many examples, fewer than half of them its frame's, points elsewhere.
MIN_ELSEWHERE = 5
N_CONTEXTS, WORDS_AROUND = 10, 6


@dataclass(frozen=True)
class Words:
    """Where the terms of a codebook occur.

    `terms` : `frame, term, n_own` and `n_other` (examples that do and do not carry the frame), `n_units`, `share` (of
        the corpus's units, 0 to 1; missing without a corpus), `n_vetoed` (places, examples and units, where veto words
        of the frame take every hit of the term away).
    `by_outlet` : `frame, term, outlet, n_units, n_outlet_units, share`.
    `contexts` : ten places of each term, spread over outlets, with six words before and after.
    """

    terms: pd.DataFrame
    by_outlet: pd.DataFrame
    contexts: pd.DataFrame


def count_words(taught: Taught, units: pd.DataFrame | None, *, seed: int) -> Words:
    """Count each term in the examples and, where there are some, in units (`unit_id, outlet, text`)."""
    views = [lexical_view(text) for text in units["text"]] if units is not None else []
    rows: list[tuple[object, ...]] = []
    outlets: list[tuple[object, ...]] = []
    contexts: list[tuple[object, ...]] = []
    for frame in taught.codebook.frames:
        _, veto = taught.codebook.terms_of(frame.parent or frame.frame_id)
        carried = taught.carries(frame.frame_id)
        for term in frame.terms:
            inside, vetoed = _found(taught.views, term, veto)
            places, vetoed_units = _found(views, term, veto)
            rows.append((
                frame.frame_id, term, int(carried[inside].sum()), int((~carried[inside]).sum()),
                len(places) if units is not None else pd.NA,
                len(places) / max(1, len(views)) if units is not None else float("nan"), vetoed + vetoed_units,
            ))  # fmt: skip
            if units is not None and len(places):
                outlets += _by_outlet(frame, term, units, places)
                contexts += _contexts(frame, term, units, places, seed)
    kinds = {"n_own": "int64", "n_other": "int64", "n_units": "Int64", "share": "float64", "n_vetoed": "int64"}
    return Words(
        pd.DataFrame(rows, columns=TERM_COLUMNS).astype(kinds),
        pd.DataFrame(outlets, columns=OUTLET_COLUMNS),
        pd.DataFrame(contexts, columns=CONTEXT_COLUMNS),
    )


def _found(views: Sequence[str], term: str, veto: tuple[str, ...]) -> tuple[np.ndarray, int]:
    """Give the rows in which a term stands outside veto words, and in how many it stands inside them only."""
    pattern = term_pattern(term)
    hit = [row for row, view in enumerate(views) if pattern.search(view)]
    free = [row for row in hit if has_term(views[row], (term,), veto)]
    return np.array(free, dtype=int), len(hit) - len(free)


def _by_outlet(frame: Frame, term: str, units: pd.DataFrame, places: np.ndarray) -> list[tuple[object, ...]]:
    totals = units["outlet"].value_counts()
    counts = units["outlet"].iloc[places].value_counts()
    return [
        (frame.frame_id, term, outlet, int(counts.get(outlet, 0)), int(total), counts.get(outlet, 0) / total)
        for outlet, total in sorted(totals.items(), key=lambda pair: str(pair[0]))
    ]


def _contexts(
    frame: Frame, term: str, units: pd.DataFrame, places: np.ndarray, seed: int
) -> Iterator[tuple[object, ...]]:
    """Draw places of a term, one outlet after the other."""
    order = np.random.default_rng(seed).permutation(places)
    outlets = units["outlet"].iloc[order].to_numpy()
    turn = pd.Series(outlets).groupby(outlets, sort=False).cumcount().to_numpy()
    for place in order[np.argsort(turn, kind="stable")][:N_CONTEXTS]:
        unit = units.iloc[place]
        shown = in_context(str(unit["text"]), term_pattern(term))
        if shown is not None:
            yield (frame.frame_id, term, unit["outlet"], unit["unit_id"], *shown)


def in_context(text: str, pattern: re.Pattern[str]) -> tuple[str, str, str] | None:
    """Give the words before a term's first hit, the words hit, and the words after, as the text has them."""
    tokens = [match.group() for match in re.finditer(r"\S+", text)]
    views = [lexical_view(token) for token in tokens]
    begins = [0]
    for view in views:
        begins.append(begins[-1] + len(view) + 1)
    match = pattern.search(" ".join(views))
    if match is None:
        return None
    first, last = bisect_right(begins, match.start()) - 1, bisect_right(begins, match.end() - 1) - 1
    before, after = tokens[max(0, first - WORDS_AROUND) : first], tokens[last + 1 : last + 1 + WORDS_AROUND]
    return " ".join(before), " ".join(tokens[first : last + 1]), " ".join(after)


def check_terms(codebook: Codebook, found: Words, *, has_corpus: bool) -> Iterator[Finding]:
    """Look at the terms, given where they occur."""
    for frame in codebook.frames:
        rows = found.terms[found.terms["frame"] == frame.frame_id]
        yield from _nothing(frame, rows, has_corpus)
        yield from _everything(frame, rows, codebook)
        yield from _elsewhere(frame, rows)
        yield from _vetoed(frame, rows)
    yield from _shared(codebook)


def _nothing(frame: Frame, rows: pd.DataFrame, has_corpus: bool) -> Iterator[Finding]:
    unseen = rows["n_own"] + rows["n_other"] + rows["n_units"].fillna(0) + rows["n_vetoed"] == 0
    names = list(rows.loc[unseen, "term"])
    if names:
        where, where_ar = ("an example or unit", "أي مثال أو وحدة") if has_corpus else ("an example", "أي مثال")
        yield Finding(
            "warning" if has_corpus else "note",
            frame.frame_id,
            "term_without_hits",
            f"{len(names)} of {len(rows)} terms do not occur in {where}: {listed(names)}",
            "look at the spelling, or take them out; a term matches whole words with their clitics",
            f"كلمات دالّة لا ترد في {where_ar} ({len(names)} من {len(rows)}): {listed(names, '، ')}",
            "راجع الإملاء أو احذفها؛ تُطابق الكلمة كاملة مع ما يتصل بها",
        )


def _everything(frame: Frame, rows: pd.DataFrame, codebook: Codebook) -> Iterator[Finding]:
    n = max(1, len(codebook.examples))
    share = rows["share"].fillna((rows["n_own"] + rows["n_other"]) / n)
    common = [f"{term} ({part:.0%})" for term, part in zip(rows["term"], share, strict=True) if part > TOO_COMMON]
    if common and len(codebook.examples) + rows["n_units"].fillna(0).sum() >= 20:
        yield Finding(
            "warning",
            frame.frame_id,
            "term_everywhere",
            f"terms in more than {TOO_COMMON:.0%} of all texts: {listed(common)}",
            "take them out or make them longer: they name the story, not this frame",
            f"كلمات ترد في أكثر من {TOO_COMMON:.0%} من النصوص: {listed(common, '، ')}",
            "احذفها أو اجعلها عبارات أطول، فهي تدل على الموضوع لا على هذا الإطار",
        )


def _elsewhere(frame: Frame, rows: pd.DataFrame) -> Iterator[Finding]:
    total = rows["n_own"] + rows["n_other"]
    wrong = rows[(total >= MIN_ELSEWHERE) & (rows["n_own"] * 2 < total)]
    if len(wrong):
        names = [
            f"{row['term']} ({row['n_other']}/{row['n_own'] + row['n_other']})" for row in wrong.to_dict("records")
        ]
        yield Finding(
            "note",
            frame.frame_id,
            "term_elsewhere",
            f"terms more often in examples of other frames or of none: {listed(names)}",
            "read them in context; add veto phrases or make the terms longer",
            f"كلمات ترد في أمثلة غيره أكثر مما ترد في أمثلته: {listed(names, '، ')}",
            "اقرأها في سياقها؛ أضف عبارات veto أو أطل الكلمات",
        )


def _vetoed(frame: Frame, rows: pd.DataFrame) -> Iterator[Finding]:
    free = rows["n_own"] + rows["n_other"] + rows["n_units"].fillna(0)
    killed = list(rows.loc[(free == 0) & (rows["n_vetoed"] > 0), "term"])
    if killed:
        yield Finding(
            "warning",
            frame.frame_id,
            "veto_takes_all",
            f"veto words take away every hit of: {listed(killed)}",
            "make the veto phrases longer, or take the terms out",
            f"عبارات veto تُسقط كل مواضع: {listed(killed, '، ')}",
            "أطل عبارات veto أو احذف هذه الكلمات",
        )


def _shared(codebook: Codebook) -> Iterator[Finding]:
    owners: dict[str, list[str]] = {}
    for frame in codebook.frames:
        parent = frame.parent or frame.frame_id
        for term in frame.terms:
            named = owners.setdefault(" ".join(lexical_view(term).split()), [])
            if parent not in named:
                named.append(parent)
    for term, frames in owners.items():
        if len(frames) > 1:
            yield Finding(
                "note",
                frames[0],
                "term_shared",
                f"'{term}' is a term of {', '.join(frames)}",
                "keep it where it tells more, or make it longer in one of them",
                f"«{term}» من كلمات أكثر من إطار: {', '.join(frames)}",
                "أبقِها حيث هي أدل أو أطلها في أحدهما",
            )
