"""Which claims survive other choices: the same comparison again, with one choice changed at a time.

A claim (outlet A carries a frame more than B) is varied only over choices that can change it: encoder,
examples drawn again, threshold, copy question, article rule, relevance cut, period. The median and the
range of the difference come first, the share of significant runs second. The cheap choices (threshold,
copy question, article rule) are also varied together, as a specification curve. The topic layer stands
apart, with its seeds. Nothing here ranks outlets: they stand in alphabetical order.

References
----------
Simonsohn, Simmons & Nelson (2020), Specification curve analysis, Nature Human Behaviour 4:1208-1214,
doi 10.1038/s41562-020-0912-z (cited from memory, not checked against the paper).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from tqdm import tqdm

from framing import html
from framing.codebook import load_codebook
from framing.comparison import compare_outlets
from framing.corpus import build_corpus
from framing.encoders import Encoder, fingerprint, load_encoder
from framing.errors import ArticleError
from framing.frames import FrameModel
from framing.lexicon import load
from framing.robustness_choices import Base, RobustnessGrid, Run, Version, planned
from framing.robustness_tables import (
    FILES,
    KEY,
    RUNS,
    SKIPPED,
    TOO_FEW,
    choice_table,
    claim_table,
    claims_of,
    said_of,
)
from framing.robustness_topics import cluster_again, topic_row, topic_table
from framing.study import Study, load_study
from framing.study_codes import read_codes
from framing.units import split_units
from framing.vectors import embed
from framing.voices import find_voices

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Robustness", "RobustnessGrid", "run_robustness"]


@dataclass(frozen=True)
class Robustness:
    """What became of each claim when a choice was changed.

    Attributes
    ----------
    claims : one row per pair of outlets and frame that the study tests; differences in percentage
        points (-100 to 100), median and range over `n_runs` first (`robustness_tables.claim_table`).
    choices : how far each choice moves the differences (`robustness_tables.choice_table`).
    runs : one row per run and claim. `kind` is base, one (one choice changed) or curve (several of the
        cheap ones); `in_curve` marks the full grid. `reason` says why a pair was not tested there.
    topics : one row per seed of the clusters (`robustness_topics.topic_row`).
    not_claimed : pairs that bear no claim as the study stands, with the reason.
    skipped : choices that were not varied, with the reason.
    settings : seed, draws, family and grid that the figures depend on. `seconds` : how long it took.
    """

    claims: pd.DataFrame
    choices: pd.DataFrame
    runs: pd.DataFrame
    topics: pd.DataFrame
    not_claimed: pd.DataFrame
    skipped: pd.DataFrame
    settings: Mapping[str, Any]
    seconds: float = field(default=0.0, compare=False)

    def summary(self, language: html.Language = "en") -> str:
        """Say in a few sentences what was varied and what held; no outlet is named."""
        words = load("robustness")[language]["sentences"]
        return "\n".join(words[key].format(**values) for key, values in said_of(self.tables(), self.settings))

    def to_frame(self) -> pd.DataFrame:
        """Give the table of claims."""
        return self.claims.copy()

    def tables(self) -> dict[str, pd.DataFrame]:
        """Give every table by the name of the file that a results folder keeps it in."""
        return {name: getattr(self, name) for name in FILES}

    def plot(
        self, claim: str | None = None, *, language: html.Language = "ar", names: Mapping[str, str] | None = None
    ) -> Figure:
        """Draw median and range of every claim; of one claim, its specification curve.

        Raises
        ------
        ValueError : there is no such claim, or the full grid was not run.
        """
        from framing import robustness_plot

        synthetic = bool(self.settings["synthetic"])
        if claim is None:
            parents = self.claims[self.claims["family"] == "frames"]
            return robustness_plot.claim_ranges(parents, language=language, synthetic=synthetic, names=names)
        runs = self._runs_of(claim)
        curve = runs[runs["in_curve"].astype(bool)]
        if curve.empty:
            raise ValueError("the full grid was not run; run it with RobustnessGrid(curve=True)")
        return robustness_plot.specification_curve(curve, language=language, synthetic=synthetic, names=names)

    def explain(self, claim: str) -> pd.DataFrame:
        """Give every run of a claim, with how far it moved the difference (`shift`, points).

        Parameters
        ----------
        claim : its number in `claims`, such as c01.

        Raises
        ------
        ValueError : there is no such claim.
        """
        runs = self._runs_of(claim)
        base = float(runs.loc[runs["kind"] == "base", "points"].iloc[0])
        return runs.assign(shift=runs["points"] - base).reset_index(drop=True)

    def _runs_of(self, claim: str) -> pd.DataFrame:
        found = self.claims[self.claims["claim"] == claim]
        if found.empty:
            known = ", ".join(self.claims["claim"].head(3))
            raise ValueError(f"claim is {claim!r}; the claims are numbered in `claims`, such as {known or '(none)'}.")
        return self.runs.merge(found[KEY], on=KEY)

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{html.escape(line)}</p>" for line in self.summary("ar").splitlines())
        shown = self.claims[[*KEY, "median_points", "min_points", "max_points", "base_points", "share_significant"]]
        names = load("robustness")["ar"]["columns"]
        parts = said + html.table(shown, headings=names, limit=50) + html.table(self.choices, headings=names)
        return html.block(parts, synthetic=bool(self.settings["synthetic"]))


def run_robustness(
    study: Study | str | Path,
    *,
    grid: RobustnessGrid | None = None,
    encoder: Encoder | None = None,
    seed: int | None = None,
    progress: bool = False,
) -> Robustness:
    """Compare a study's outlets again under other choices, one at a time.

    Vectors come from the store, so that each text is embedded once per encoder; the frame model learns
    again only where the encoder or its examples change.

    Parameters
    ----------
    study : settings, or the path of a study file.
    grid : what is varied; None takes the default.
    encoder : in place of the study's own.
    seed : of the draws of examples and of the clusters' other seeds; None takes the study's. The
        study as it stands always keeps its own.
    progress : show the runs and the remaining time on stderr.

    Raises
    ------
    StudyError, CodebookError, ArticleError, EncoderError : the input or a setting is at fault.
    """
    start = time.perf_counter()
    settings = study if isinstance(study, Study) else load_study(study)
    chosen, seed = grid or RobustnessGrid(), settings.seed if seed is None else seed
    base = _base(settings, encoder, progress)
    runs = planned(base, chosen, seed=seed, progress=progress)
    made = [run for run in runs if run.make is not None]
    with tqdm(
        total=len(made) + chosen.topic_seeds + (chosen.topic_seeds > 0), desc="robustness", unit="run",
        file=sys.stderr, disable=not progress, mininterval=0.5 if sys.stderr.isatty() else 10,
    ) as bar:  # fmt: skip
        table, claims, left_out, facts = _compare_all(base, made, chosen, bar)
        topics = _cluster_all(base, chosen, seed, bar)
    skipped = [(run.choice, run.value, run.reason) for run in runs if run.make is None]
    summed = claim_table(table, claims)
    facts |= {"seed": seed, "grid": _grid_settings(chosen), **_study_settings(base)}
    return Robustness(
        claims=summed, choices=choice_table(table, summed), runs=table, topics=topics, not_claimed=left_out,
        skipped=pd.DataFrame(skipped, columns=SKIPPED), settings=facts, seconds=time.perf_counter() - start,
    )  # fmt: skip


def _base(study: Study, encoder: Encoder | None, progress: bool) -> Base:
    """Take the study as far as its frames, as a run does."""
    codebook = load_codebook(study.codebook, folder=study.folder)
    model = encoder or load_encoder(study.encoder, precision=study.precision)
    corpus = build_corpus(study, encoder=model)
    units = split_units(corpus.analysed, unit=study.unit, off_story=corpus.off_story()).table
    if units.empty:
        raise ArticleError("no unit of analysis is left: every line of the articles is boilerplate. Check `text`.")
    vectors = embed(units, encoder=model, progress=progress)
    codes = read_codes(study, units)
    frames = FrameModel(codebook, encoder=model, seed=study.seed).fit(units, vectors, codes=codes)
    return Base(
        study, codebook, corpus, model, units, find_voices(units).table, vectors, frames,
        frames.predict(units, vectors), codes,
    )  # fmt: skip


def _compare_all(
    base: Base, runs: list[Run], grid: RobustnessGrid, bar: Any
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Make every run; the first is the study as it stands and says what the claims are."""
    parts: list[pd.DataFrame] = []
    claims = left_out = pd.DataFrame()
    facts: dict[str, Any] = {}
    for number, run in enumerate(runs):
        assert run.make is not None
        version = run.make()
        found, settings = _differences(base, version, grid)
        if number == 0:
            claims, left_out = claims_of(found)
            sizes = settings["family_sizes"].values()
            # Below this many draws Holm's first step cannot be reached by the smallest p there is.
            needed = int(max(sizes, default=0) / (1 - settings["level"]))
            facts = {**settings, "n_perm_needed": needed}
        parts.append(_run_rows(found, claims, run, version, number, settings["level"]))
        bar.update()
    return pd.concat(parts, ignore_index=True), claims, left_out, facts


def _differences(base: Base, version: Version, grid: RobustnessGrid) -> tuple[pd.DataFrame, dict[str, Any]]:
    options, reference = base.study.compare, base.study.compare.reference
    articles = version.articles.assign(synthetic=base.study.synthetic)
    if options.family == "vs_reference" and reference not in set(articles["outlet"]):
        return pd.DataFrame(columns=[*KEY, "family"]), {"level": options.level}
    found = compare_outlets(
        version.frames, version.units, articles, voices=version.voices,
        weights=version.weights[version.weights["article_id"].isin(articles["article_id"])],
        copies=base.corpus.copies.table, article_rule=version.rule, level=options.level,
        n_boot=grid.n_boot or options.n_boot, n_perm=grid.n_perm or options.n_perm, family=options.family,
        reference=reference, min_articles=options.min_articles, seed=base.study.seed,
        frames_order=base.codebook.frame_ids,
    )  # fmt: skip
    return found.differences, dict(found.settings)


def _run_rows(
    found: pd.DataFrame, claims: pd.DataFrame, run: Run, version: Version, number: int, level: float
) -> pd.DataFrame:
    """Give a run's row for every claim; a pair that has no articles there says so."""
    rows = claims[[*KEY, "family"]].merge(found.drop(columns="family"), on=KEY, how="left")
    rows = rows.reindex(columns=[*rows.columns, *({"reason", "tested", "p_holm"} - set(rows.columns))])
    rows["reason"] = rows["reason"].fillna("no_articles")
    rows["tested"] = rows["tested"].fillna(False).astype(bool)
    for name in ("difference", "low", "high", "p", "p_holm", "n_a", "n_b"):
        rows[name] = pd.to_numeric(rows[name]) if name in rows else float("nan")
    for name, source in (("points", "difference"), ("low", "low"), ("high", "high")):
        rows[name] = (100 * rows[source]).round(4)
    rows["p_adjusted"] = rows["p_holm"]
    rows["significant"] = rows["tested"] & (rows["p_adjusted"] < 1 - level) & ~rows["reason"].isin(TOO_FEW)
    about = {"run": number, "kind": run.kind, "choice": run.choice, "value": run.value, "in_curve": run.in_curve}
    return rows.assign(**about, **version.label)[RUNS]


def _cluster_all(base: Base, grid: RobustnessGrid, seed: int, bar: Any) -> pd.DataFrame:
    """Cluster with the study's own seed, then with others."""
    if not grid.topic_seeds:
        return topic_table([])
    outlets = sorted({*base.corpus.table["outlet"], *base.study.agencies})
    own = cluster_again(base.assignment, base.vectors, base.study, outlets=outlets, seed=base.study.seed)
    rows = [topic_row(own, own, seed=base.study.seed, is_base=True)]
    bar.update()
    for number in range(1, grid.topic_seeds + 1):
        other = seed + number
        found = cluster_again(base.assignment, base.vectors, base.study, outlets=outlets, seed=other)
        rows.append(topic_row(found, own, seed=other, is_base=False))
        bar.update()
    return topic_table(rows)


def _grid_settings(grid: RobustnessGrid) -> dict[str, Any]:
    names = None if grid.encoders is None else [e if isinstance(e, str) else e.name for e in grid.encoders]
    return asdict(RobustnessGrid(**{**vars(grid), "encoders": None})) | {"encoders": names}


def _study_settings(base: Base) -> dict[str, Any]:
    return {
        "study_seed": base.study.seed, "encoder": fingerprint(base.encoder), "codebook": base.codebook.codebook_id,
        "codebook_sha256": base.codebook.sha256, "copies": base.study.copies,
    }  # fmt: skip
