"""What is wrong with a codebook's examples: too few, of one style, contradicting each other, or given away by a word.

A room of its own above `codebook_check.py`: all that needs no corpus.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from framing.arabic import lexical_view, words
from framing.codebook import Codebook, Example
from framing.codebook_findings import Finding, listed
from framing.codebook_growth import labels_of
from framing.denials import has_term
from framing.frame_learned import MIN_POSITIVE
from framing.frame_machine import centred

# METHODS, section 1: else codes and model share one word list.
MIN_WITHOUT_TERMS = 0.15
GIVEN_AWAY, RARE_ELSEWHERE = 0.60, 0.10
ENOUGH = 20
SAME_WORDS, FEWEST_WORDS = 0.8, 4
# Two examples are called near where few of the closest pairs of one label are nearer. E5 has no absolute cut-off.
NEAR_QUANTILE, MIN_FOR_NEAR = 0.9, 20
MAX_PAIRS = 10
_PREFIX = re.compile(r"^[وف]?(?:[بك]?ال|لل)(?=\w{3})")


@dataclass(frozen=True)
class Taught:
    """A codebook's examples made ready: views, and which parent frames each carries."""

    codebook: Codebook

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """Every example, in the order of the file."""
        return self.codebook.examples

    @cached_property
    def parents(self) -> list[str]:
        """Ids of the frames of the top level."""
        return [frame.frame_id for frame in self.codebook.parents]

    @cached_property
    def views(self) -> list[str]:
        """The examples in the lexical view."""
        return [lexical_view(example.text) for example in self.examples]

    @cached_property
    def styles(self) -> list[str]:
        """The style of each example."""
        return [example.style for example in self.examples]

    def carries(self, frame_id: str) -> np.ndarray:
        """Tell which examples carry a frame or one of its children."""
        return np.array(
            [any(f == frame_id or f.startswith(frame_id + ".") for f in e.frames) for e in self.examples], dtype=bool
        )

    @cached_property
    def labels(self) -> np.ndarray:
        """Which parents each example carries, shape `(n, k)`."""
        return np.array([self.carries(parent) for parent in self.parents], dtype=bool).T.reshape(-1, len(self.parents))

    @cached_property
    def hits(self) -> np.ndarray:
        """Which examples hold a term of each parent outside its veto words, shape `(n, k)`."""
        both = [self.codebook.terms_of(parent) for parent in self.parents]
        return np.array([[has_term(view, *pair) for pair in both] for view in self.views], dtype=bool).reshape(
            -1, len(self.parents)
        )


def check_examples(taught: Taught, vectors: np.ndarray) -> Iterator[Finding]:
    """Look at the examples alone; `vectors` are theirs, `(n, d)`."""
    yield from _definitions(taught.codebook)
    if taught.codebook.is_form:
        return
    yield from _counts(taught)
    yield from _none(taught)
    yield from _styles(taught)
    yield from _without_terms(taught)
    yield from _given_away(taught)
    yield from _same_words(taught)
    yield from _near(taught, vectors)


def _definitions(codebook: Codebook) -> Iterator[Finding]:
    for frame in codebook.frames:
        missing = [language for language in ("ar", "en") if not frame.definition.get(language)]
        if missing:
            lacks = "has no definition" if len(missing) == 2 else f"has no definition in '{missing[0]}'"
            yield Finding(
                "warning" if len(missing) == 2 else "note",
                frame.frame_id,
                "no_definition",
                lacks,
                "write definition: {ar: ..., en: ...} that a coder new to the study understands",
                "بلا تعريف" + ("" if len(missing) == 2 else f" باللغة '{missing[0]}'"),
                "اكتب definition: {ar: ..., en: ...} يفهمه مُرمِّز جديد على الدراسة",
            )


def _counts(taught: Taught) -> Iterator[Finding]:
    for frame in taught.codebook.frames:
        n = int(taught.carries(frame.frame_id).sum())
        terms, _ = taught.codebook.terms_of(frame.frame_id) if frame.parent is None else (("",), ())
        if n >= ENOUGH:
            continue
        too_few = n < MIN_POSITIVE
        yield Finding(
            "fault" if too_few and not terms else "warning" if too_few else "note",
            frame.frame_id,
            "few_examples",
            f"{n} examples" + ("" if terms else " and no terms"),
            f"write at least {MIN_POSITIVE}; {ENOUGH} or more, in several styles, make F1 mean something",
            f"عدد الأمثلة {n}" + ("" if terms else " ولا كلمات دالّة"),
            f"اكتب {MIN_POSITIVE} أمثلة على الأقل؛ والأفضل {ENOUGH} فأكثر بأساليب متنوعة",
        )


def _none(taught: Taught) -> Iterator[Finding]:
    none = [e for e in taught.examples if not e.frames and not e.contested]
    largest = int(taught.labels.sum(axis=0).max(initial=0))
    wanted = max(MIN_POSITIVE, min(ENOUGH, largest))
    if len(none) < wanted:
        yield Finding(
            "fault" if len(none) < MIN_POSITIVE else "warning",
            "",
            "few_none_examples",
            f"{len(none)} examples of no frame; the largest frame has {largest}",
            f"write at least {wanted} bare facts of the story under none_examples",
            f"عدد أمثلة «بلا إطار» {len(none)}، وأكبر إطار له {largest}",
            f"اكتب تحت none_examples {wanted} على الأقل من وقائع الموضوع المجردة",
        )
    if none and not any(e.hard for e in none):
        yield Finding(
            "note",
            "",
            "no_hard_examples",
            "no example of no frame is marked hard",
            "add sentences that hold a frame's words and carry none, with 'hard: true'",
            "لا مثال «بلا إطار» عليه علامة hard",
            "أضف جملًا فيها كلمات إطار ولا تحمله، واكتب معها 'hard: true'",
        )


def _styles(taught: Taught) -> Iterator[Finding]:
    for frame in taught.codebook.frames:
        chosen = {e.style for e, yes in zip(taught.examples, taught.carries(frame.frame_id), strict=True) if yes}
        if len(chosen) == 1 and taught.carries(frame.frame_id).sum() >= MIN_POSITIVE:
            style = next(iter(chosen)) or "-"
            yield Finding(
                "warning",
                frame.frame_id,
                "one_style",
                f"all examples are of one style ({style}): the frame may be learned as that style",
                "write examples of other styles: agency, broadsheet, headline, opinion, broadcaster",
                f"كل الأمثلة بأسلوب واحد ({style})، وقد يُتعلَّم الإطار على أنه ذلك الأسلوب",
                "اكتب أمثلة بأساليب أخرى: agency وbroadsheet وheadline وopinion وbroadcaster",
            )


def _without_terms(taught: Taught) -> Iterator[Finding]:
    for number, parent in enumerate(taught.parents):
        carried = taught.labels[:, number]
        if not taught.codebook.terms_of(parent)[0] or carried.sum() < MIN_POSITIVE:
            continue
        share = float(1 - taught.hits[carried, number].mean())
        if share < MIN_WITHOUT_TERMS:
            yield Finding(
                "warning",
                parent,
                "few_without_terms",
                f"{share:.0%} of its examples hold none of its terms; {MIN_WITHOUT_TERMS:.0%} are needed",
                "write examples that say it in other words: else model and coders share one word list",
                f"نسبة الأمثلة الخالية من كلماته الدالّة {share:.0%}؛ المطلوب {MIN_WITHOUT_TERMS:.0%}",
                "اكتب أمثلة تؤدي المعنى بكلمات أخرى، وإلا اشترك النموذج والمُرمِّزون في قائمة كلمات واحدة",
            )


def _stems(text: str) -> set[str]:
    return {_PREFIX.sub("", word) for word in words(text) if len(word) > 2}


def _given_away(taught: Taught) -> Iterator[Finding]:
    stems = [_stems(example.text) for example in taught.examples]
    for frame in taught.codebook.frames:
        carried = taught.carries(frame.frame_id)
        if carried.sum() < MIN_POSITIVE or carried.all():
            continue
        inside, outside = (_shares(stems, np.flatnonzero(rows)) for rows in (carried, ~carried))
        found = [
            f"{word} ({share:.0%})"
            for word, share in sorted(inside.items(), key=lambda pair: (-pair[1], pair[0]))
            if share >= GIVEN_AWAY and outside.get(word, 0.0) <= RARE_ELSEWHERE
        ]
        if found:
            yield Finding(
                "warning",
                frame.frame_id,
                "same_word",
                f"most of its examples hold the same word, rare in others: {listed(found)}",
                "rewrite some without it: the model may learn the word and not the frame",
                f"معظم أمثلته فيها الكلمة نفسها، وهي نادرة في غيرها: {listed(found, '، ')}",
                "أعد صياغة بعضها من غيرها، فقد يتعلم النموذج الكلمة لا الإطار",
            )


def _shares(stems: Sequence[set[str]], rows: Iterable[int]) -> dict[str, float]:
    chosen = [stems[row] for row in rows]
    counts = Counter(word for found in chosen for word in found)
    return {word: n / len(chosen) for word, n in counts.items()}


def _same_words(taught: Taught) -> Iterator[Finding]:
    """Find pairs of nearly the same words that teach different things."""
    kept = [frozenset(words(example.text)) for example in taught.examples]
    by_word: dict[str, list[int]] = {}
    for row, found in enumerate(kept):
        shared = Counter(other for word in found for other in by_word.get(word, ()))
        for other, n in shared.items():
            union = len(found) + len(kept[other]) - n
            is_near = n / union >= SAME_WORDS and min(len(found), len(kept[other])) >= FEWEST_WORDS
            if (is_near or found == kept[other]) and labels_of(taught.examples[row]) != labels_of(
                taught.examples[other]
            ):
                yield _pair("warning", "contradiction", taught.examples[other], taught.examples[row])
        for word in found:
            by_word.setdefault(word, []).append(row)


def _near(taught: Taught, vectors: np.ndarray) -> Iterator[Finding]:
    """Find pairs that the encoder holds for nearly the same and that share no frame; hard negatives are meant to be."""
    rows = np.array([i for i, e in enumerate(taught.examples) if not e.contested and not e.hard], dtype=int)
    if len(rows) < MIN_FOR_NEAR:
        return
    points = centred(vectors[rows], vectors.mean(axis=0, dtype=np.float64))
    cosine = points @ points.T
    np.fill_diagonal(cosine, -1.0)
    labels = taught.labels[rows]
    agrees = (labels.astype(int) @ labels.astype(int).T > 0) | ~(labels.any(axis=1)[:, None] | labels.any(axis=1))
    cut = float(np.quantile(np.where(agrees, cosine, -1.0).max(axis=1), NEAR_QUANTILE))
    nearest = cosine.argmax(axis=1)
    pairs = [
        (float(cosine[i, j]), i, int(j))
        for i, j in enumerate(nearest)
        if i < j and nearest[j] == i and not agrees[i, j] and cosine[i, j] >= cut
    ]
    for _, i, j in sorted(pairs, reverse=True)[:MAX_PAIRS]:
        yield _pair("note", "near_pair", taught.examples[rows[i]], taught.examples[rows[j]])


def _pair(severity: str, kind: str, one: Example, two: Example) -> Finding:
    said, now = labels_of(one), labels_of(two)
    shown = f"'{one.text[:70]}' ({said}) / '{two.text[:70]}' ({now})"
    first = sorted({*one.frames, *two.frames, *one.contested, *two.contested})[:1]
    told = {"contradiction": ("nearly the same words teach different things", "كلمات تكاد تتطابق وتعلّم شيئين مختلفين")}
    near = ("the encoder holds them for nearly the same", "يراهما النموذج شبه متطابقين")
    en, ar = told.get(kind, near)
    return Finding(
        "warning" if severity == "warning" else "note",
        first[0] if first else "",
        kind,
        f"{en}: {shown}",
        "read both: give them one label, or make plain what sets them apart",
        f"{ar}: {shown}",
        "اقرأ المثالين: وحّد الترميز أو أوضح ما يفرّق بينهما",
    )
