"""The choices that can change a claim, and what each makes of a study.

Each choice gives a `Version`: the states, units, articles and rules that one run compares. Only what a
choice touches is computed again: a threshold moves states, a copy question weights, an article rule and
a period pick rows; examples and encoders teach the frame model anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np
import pandas as pd

from framing.codebook import Codebook, Example
from framing.copies import copy_weights
from framing.corpus import Corpus
from framing.encoders import Encoder, load_encoder
from framing.errors import EncoderError, MissingLibraryError
from framing.files import sha256_text
from framing.frames import FrameAssignment, FrameModel
from framing.relevance import RelevanceResult, head_texts, judge_relevance, off_story_spans
from framing.robustness_tables import CURVE_CHOICES
from framing.study import Copies, Study
from framing.units import split_units
from framing.vectors import Vectors, embed, embed_texts
from framing.voices import find_voices

SCORE_STEP = 0.05
SHORTEST_PERIOD = 14


@dataclass(frozen=True)
class RobustnessGrid:
    """What is varied.

    `encoders` : names or encoders beside the study's own; None takes one that needs no download, () none.
    `example_draws` : bootstrap draws of the codebook's examples. `thresholds` : added to each frame's
    threshold. `copies`, `article_rules` : values to go through. `relevance`, `period` : whether to
    vary them. `trim_days` : taken off both ends of the period. `topic_seeds` : seeds beside the study's
    own. `curve` : the full grid of threshold, copy question and article rule. `n_boot`, `n_perm` : of
    each run; None takes the study's own.
    """

    encoders: tuple[str | Encoder, ...] | None = None
    example_draws: int = 5
    thresholds: tuple[float, ...] = (-0.1, 0.1)
    copies: tuple[Copies, ...] = get_args(Copies)
    article_rules: tuple[str, ...] = ("title_or_lead", "any", "share>=0.2")
    relevance: bool = True
    period: bool = True
    trim_days: int = 3
    topic_seeds: int = 10
    curve: bool = True
    n_boot: int | None = None
    n_perm: int | None = None

    @classmethod
    def quick(cls, *, encoders: tuple[str | Encoder, ...] | None = None) -> RobustnessGrid:
        """Give a first look: two draws of the examples, three seeds of the topics, no full grid, fewer draws."""
        return cls(encoders=encoders, example_draws=2, topic_seeds=3, curve=False, n_boot=500, n_perm=2000)


@dataclass(frozen=True)
class Version:
    """What one run compares; `label` holds the value of each choice of the full grid."""

    frames: pd.DataFrame
    units: pd.DataFrame
    voices: pd.DataFrame
    articles: pd.DataFrame
    weights: pd.DataFrame
    rule: str
    label: dict[str, str]


@dataclass(frozen=True)
class Base:
    """A study as it stands: its corpus, units, vectors, and the frame model's answer."""

    study: Study
    codebook: Codebook
    corpus: Corpus
    encoder: Encoder
    units: pd.DataFrame
    voices: pd.DataFrame
    vectors: Vectors
    model: FrameModel
    assignment: FrameAssignment
    codes: pd.DataFrame | None = None
    _moved: dict[float, pd.DataFrame] = field(default_factory=dict, repr=False)

    def version(
        self, *, delta: float = 0.0, copies: Copies | None = None, rule: str | None = None,
        frames: pd.DataFrame | None = None,
    ) -> Version:  # fmt: skip
        """Give the study with a threshold moved, another copy question, another rule, or other states."""
        policy = copies or self.study.copies
        if delta not in self._moved:
            self._moved[delta] = move_threshold(self.assignment, delta) if delta else self.assignment.frames
        label = {
            "threshold": threshold_name(delta), "copies": policy, "article_rule": rule or self.study.article_rule,
        }  # fmt: skip
        return Version(
            self._moved[delta] if frames is None else frames, self.units, self.voices, self.corpus.analysed,
            copy_weights(self.corpus.table, self.corpus.copies, policy), label["article_rule"], label,
        )  # fmt: skip

    def narrowed(self, articles: pd.DataFrame) -> Version:
        """Give the study with fewer of its articles."""
        units = self.units[self.units["article_id"].isin(articles["article_id"])].reset_index(drop=True)
        voices = self.voices[self.voices["unit_id"].isin(units["unit_id"])].reset_index(drop=True)
        return replace(self.version(), units=units, voices=voices, articles=articles.reset_index(drop=True))


@dataclass(frozen=True)
class Run:
    """One run to be made: `make` gives what it compares; `reason` says why it cannot be made, where it cannot."""

    kind: Literal["base", "one", "curve"]
    choice: str
    value: str
    make: Callable[[], Version] | None = None
    reason: str = ""
    in_curve: bool = False


def planned(base: Base, grid: RobustnessGrid, *, seed: int, progress: bool = False) -> list[Run]:
    """List the runs: the study as it stands, one choice changed at a time, then the full grid of the cheap ones."""
    runs = [Run("base", "base", "base", base.version, in_curve=grid.curve)]
    runs += _encoder_runs(base, grid, progress)
    runs += [
        Run("one", "examples", f"draw_{n}", _taught(base, replace_examples(base.codebook, [seed, n])))
        for n in range(1, grid.example_draws + 1)
    ]
    runs += [
        Run("one", "threshold", threshold_name(d), _partial(base, d, None, None), in_curve=grid.curve)
        for d in grid.thresholds
    ]
    runs += [
        Run("one", "copies", c, _partial(base, 0.0, c, None), in_curve=grid.curve)
        for c in grid.copies
        if c != base.study.copies
    ]
    runs += list(_rule_runs(base, grid))
    runs += list(_relevance_runs(base)) if grid.relevance else []
    runs += list(_period_runs(base, grid.trim_days)) if grid.period else []
    return runs + (list(_curve_runs(base, grid)) if grid.curve else [])


def _partial(base: Base, delta: float, copies: Copies | None, rule: str | None) -> Callable[[], Version]:
    return lambda: base.version(delta=delta, copies=copies, rule=rule)


def threshold_name(delta: float) -> str:
    """Name a move of the threshold; the names are no formulas to a spreadsheet."""
    return "base" if not delta else f"{'raised' if delta > 0 else 'lowered'}_{abs(delta):.2f}"


def _rules(base: Base, grid: RobustnessGrid) -> tuple[str, ...]:
    """Give the rules other than the study's own; an article or row as one unit has no title or lead of its own."""
    if base.study.unit in ("article", "row"):
        return ()
    return tuple(rule for rule in grid.article_rules if rule != base.study.article_rule)


def _rule_runs(base: Base, grid: RobustnessGrid) -> Iterator[Run]:
    for rule in _rules(base, grid):
        yield Run("one", "article_rule", rule, _partial(base, 0.0, None, rule), in_curve=grid.curve)
    if base.study.unit in ("article", "row"):
        yield Run("one", "article_rule", "", reason="one_unit_per_article")


def _curve_runs(base: Base, grid: RobustnessGrid) -> Iterator[Run]:
    """Give the points of the full grid that change more than one of its choices."""
    policies = tuple(dict.fromkeys((base.study.copies, *grid.copies)))
    for delta in (0.0, *grid.thresholds):
        for policy in policies:
            for rule in (base.study.article_rule, *_rules(base, grid)):
                changed = (delta != 0, policy != base.study.copies, rule != base.study.article_rule)
                if sum(changed) > 1:
                    value = " · ".join((threshold_name(delta), policy, rule))
                    yield Run(
                        "curve", "+".join(CURVE_CHOICES), value, _partial(base, delta, policy, rule), in_curve=True
                    )


def _encoder_runs(base: Base, grid: RobustnessGrid, progress: bool) -> list[Run]:
    own = base.study.encoder
    wanted = grid.encoders
    if wanted is None:
        wanted = ("e5-small" if own == "lexical" else "lexical",)
    runs = []
    for entry in wanted:
        try:
            encoder = load_encoder(entry) if isinstance(entry, str) else entry
        except (EncoderError, MissingLibraryError):
            if grid.encoders is not None:
                raise  # asked for by name
            runs.append(Run("one", "encoder", str(entry), reason="no_encoder"))
            continue
        if (encoder.name, encoder.revision) == (base.encoder.name, base.encoder.revision):
            runs.append(Run("one", "encoder", encoder.name, reason="same_encoder"))
            continue
        runs.append(Run("one", "encoder", encoder.name, _encoded(base, encoder, progress)))
    return runs


def _encoded(base: Base, encoder: Encoder, progress: bool) -> Callable[[], Version]:
    def make() -> Version:
        vectors = embed(base.units, encoder=encoder, progress=progress)
        model = FrameModel(base.codebook, encoder=encoder, seed=base.study.seed)
        assigned = model.fit(base.units, vectors, codes=base.codes).predict(base.units, vectors)
        return base.version(frames=assigned.frames)

    return make


def _taught(base: Base, codebook: Codebook) -> Callable[[], Version]:
    def make() -> Version:
        model = FrameModel(codebook, encoder=base.encoder, seed=base.study.seed)
        assigned = model.fit(base.units, base.vectors, codes=base.codes).predict(base.units, base.vectors)
        return base.version(frames=assigned.frames)

    return make


def replace_examples(codebook: Codebook, seed: list[int]) -> Codebook:
    """Draw the examples again with replacement, within each group of the same frames and style.

    A group keeps its size, so every frame keeps its number of examples; a group of one never changes.
    """
    groups: dict[tuple[tuple[str, ...], tuple[str, ...], str], list[Example]] = {}
    for example in codebook.examples:
        groups.setdefault((example.frames, example.contested, example.style), []).append(example)
    rng = np.random.default_rng(seed)
    drawn = [group[i] for group in groups.values() for i in rng.integers(0, len(group), len(group))]
    name = sha256_text(f"{codebook.sha256} examples drawn again with {seed}")
    return replace(codebook, examples=tuple(drawn), sha256=name)


def move_threshold(assignment: FrameAssignment, delta: float) -> pd.DataFrame:
    """Give the states with every parent's threshold moved by `delta`; children follow their parent.

    A unit that newly carries a parent takes the child with the highest score; one that no longer does
    takes none. Contested units stay so: a threshold does not decide them.
    """
    table = assignment.frames.copy()
    cuts = assignment.settings.get("thresholds", {})
    for frame in assignment.codebook.parents:
        rows = (table["frame"] == frame.frame_id).to_numpy()
        score, state = table.loc[rows, "score"].to_numpy(), table.loc[rows, "state"].to_numpy()
        carried = state == "carried"
        known = cuts.get(frame.frame_id, score[carried].min() if carried.any() else 0.5)
        cut = round(min(max(float(known) + delta, 0.01), 0.99), 4)
        # A lower cut takes nothing away and a higher one adds nothing, whatever else decided the state.
        now = carried | ((score >= cut) & (state != "contested")) if delta < 0 else carried & (score >= cut)
        table.loc[rows, "state"] = np.where(now, "carried", np.where(carried, "none", state))
        units = table.loc[rows, "unit_id"].to_numpy()
        _move_children(table, frame.frame_id, set(units[now & ~carried]), set(units[carried & ~now]))
    return table


def _move_children(table: pd.DataFrame, parent: str, gained: set[str], lost: set[str]) -> None:
    inside = table["frame"].str.startswith(f"{parent}.")
    if not inside.any():
        return
    table.loc[inside & table["unit_id"].isin(lost) & (table["state"] == "carried"), "state"] = "none"
    part = table[inside & table["unit_id"].isin(gained)]
    best = part.sort_values("score", ascending=False, kind="stable").drop_duplicates("unit_id").index
    table.loc[best, "state"] = "carried"


def _relevance_runs(base: Base) -> Iterator[Run]:
    """Vary where the story ends: by hits of the query, by similarity, by the wider query, as the study allows."""
    relevance, settings = base.corpus.relevance, base.study.relevance
    if not settings.query:
        yield Run("one", "relevance", "", reason="no_query")
        return
    hits = base.corpus.analysed["article_id"].map(relevance.table.set_index("article_id")["n_hits"])
    yield _fewer(base, "relevance", "hits>=2", hits.to_numpy() >= 2)
    yield _recut(base, "hits>=1", _any_hit(relevance))
    if settings.min_score is not None:
        for step in (-SCORE_STEP, SCORE_STEP):
            cut = round(min(max(settings.min_score + step, 0.0), 1.0), 4)
            yield _recut(base, f"score>={cut:g}", _judged(base, settings.query, cut))
    if settings.broader:
        yield _recut(base, "broader_query", _judged(base, settings.broader, settings.min_score))


def _fewer(base: Base, choice: str, value: str, keep: np.ndarray) -> Run:
    if not keep.any() or keep.all():
        return Run("one", choice, value, reason="nothing_left" if not keep.any() else "nothing_changes")
    return Run("one", choice, value, lambda: base.narrowed(base.corpus.analysed[keep]))


def _any_hit(relevance: RelevanceResult) -> RelevanceResult:
    """Take every article in which the query occurs; a page cut into passages keeps its decision."""
    table = relevance.table.copy()
    cut = table["article_id"].isin(relevance.passages["article_id"])
    table["on_story"] |= (table["n_hits"] >= 1) & ~cut
    return replace(relevance, table=table)


def _judged(base: Base, query: tuple[str, ...], min_score: float | None) -> RelevanceResult:
    def encode(texts: object) -> np.ndarray:
        return embed_texts(list(texts), encoder=base.encoder)[0]  # type: ignore[call-overload]

    table = base.corpus.table
    vectors = encode(head_texts(table)) if min_score is not None else None
    return judge_relevance(table, query=query, min_score=min_score, vectors=vectors, encode=encode)


def _recut(base: Base, value: str, relevance: RelevanceResult) -> Run:
    """Compare the articles of another decision; units that were not there before are embedded and judged."""
    table = base.corpus.table
    decided = relevance.table.set_index("article_id")["on_story"]
    weight = base.corpus.weights.set_index("article_id")["weight"]
    keep = table["article_id"].map(decided).astype(bool) & (table["article_id"].map(weight) > 0)
    chosen = table[keep].assign(on_story=True).reset_index(drop=True)
    if chosen.empty:
        return Run("one", "relevance", value, reason="nothing_left")
    same = set(chosen["article_id"]) == set(base.corpus.analysed["article_id"])
    off_story = off_story_spans(chosen, relevance)
    if same and off_story.equals(base.corpus.off_story()):
        return Run("one", "relevance", value, reason="nothing_changes")

    def make() -> Version:
        units = split_units(chosen, unit=base.study.unit, off_story=off_story).table
        assigned = base.model.predict(units, embed(units, encoder=base.encoder))
        whole = base.version(frames=assigned.frames)
        return replace(whole, units=units, voices=find_voices(units).table, articles=chosen)

    return Run("one", "relevance", value, make)


def _period_runs(base: Base, trim_days: int) -> Iterator[Run]:
    """Halve the period at the day by which half of the articles were printed, and take days off its ends."""
    days = pd.to_datetime(base.corpus.analysed["published_date"], errors="coerce")
    known = days.dropna()
    length = int((known.max() - known.min()).days) + 1 if len(known) else 0
    if length < SHORTEST_PERIOD:
        yield Run("one", "period", "", reason="short_period" if length else "undated")
        return
    middle = known.sort_values().iloc[(len(known) - 1) // 2]
    yield _fewer(base, "period", "first_half", (days <= middle).to_numpy())
    yield _fewer(base, "period", "second_half", (days > middle).to_numpy())
    edge = pd.Timedelta(days=trim_days)
    inside = (days >= known.min() + edge) & (days <= known.max() - edge)
    yield _fewer(base, "period", f"trimmed_{trim_days}_days", inside.to_numpy())
