"""The stages of a study, in the order the data flows; each leaves its tables in the results folder."""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

import framing
from framing.codebook import Codebook, load_codebook
from framing.comparison import OutletComparison, compare_outlets
from framing.copy_matrix import MatrixBy
from framing.corpus import Corpus, build_corpus, corpus_flow
from framing.encoders import Encoder, load_encoder
from framing.errors import ArticleError
from framing.files import (
    sha256_bytes,
    sha256_text,
    write_bytes,
    write_csv,
    write_json,
    write_parquet,
    write_text,
)
from framing.flow import CorpusFlow
from framing.folder import (
    ResultsFolder,
    check_whole,
    code_hash,
    package_versions,
    read_manifest,
    read_table,
)
from framing.frames import FrameAssignment, FrameModel
from framing.html import Language
from framing.report import LANGUAGES, render
from framing.report.figures import draw_figures, figure_texts
from framing.report.language import Texts
from framing.report.results import read_results
from framing.report.sections import judge_presence, limits
from framing.study import Study, load_study
from framing.study_codes import read_codes
from framing.study_manifest import study_manifest
from framing.study_topics import check_edits, cluster, read_clusters
from framing.topics import TopicAssignment
from framing.units import Units, split_units
from framing.vectors import Vectors, embed
from framing.voices import VOICE_COLUMNS, Voices, find_voices

logger = logging.getLogger(__name__)

FigureName = Literal["flow", "copies_agency", "copies_outlet", "shares", "voices", "speakers", "clusters"]
RESULT_TABLES = ("articles", "copies", "units", "voices", "frames", "unit_topics", "topics")


@dataclass(frozen=True)
class StudyResults:
    """A finished run, read back: its folder, manifest and tables by name."""

    path: Path
    manifest: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]

    @property
    def report(self) -> Path:
        """The page."""
        return self.path / "report.html"

    def to_frame(self) -> pd.DataFrame:
        """Give the shares by outlet and frame."""
        return self.tables["shares"]

    def clusters(self, *, encoder: Encoder | None = None) -> TopicAssignment:
        """Give the clusters, to be read and edited; `topic_files.save_edits` keeps the edits for the next run.

        Raises
        ------
        ResultsError : the run kept none, or the encoder is not the one it used.
        """
        return read_clusters(self.path, self.manifest, encoder=encoder)

    def plot(self, figure: FigureName = "shares", *, language: Language = "ar") -> Any:
        """Draw one of the report's figures; give the matplotlib figure.

        Raises
        ------
        ValueError : the run has nothing to fill that figure with.
        """
        results = read_results(self.path, manifest=self.manifest)
        drawn = draw_figures(results, Texts(language, codebook=results.codebook))
        if figure not in drawn:
            raise ValueError(f"no figure {figure!r} for this run; it has {', '.join(drawn) or 'none'}")
        return drawn[figure]

    @property
    def article_rule(self) -> str:
        """The rule by which an article carries a frame."""
        return str(self.manifest["study"].get("article_rule", "title_or_lead"))

    @property
    def flow(self) -> CorpusFlow:
        """The corpus flow: articles left after each step and why the others are not, as table, figure and sentence."""
        return read_results(self.path, manifest=self.manifest).flow

    def limits(self, language: Language = "ar") -> list[str]:
        """Give the report's first section: what the figures cannot bear, a sentence each."""
        results = read_results(self.path, manifest=self.manifest)
        texts = Texts(language, codebook=results.codebook)
        return [said.striptags() for said in limits(results, judge_presence(results), texts)]

    def summary(self) -> str:
        """Say what went in and where the report is; names no outlet."""
        counts, vectors = self.manifest["counts"], self.manifest["vectors"]
        return (
            f"{counts['found']} rows found, {counts['rejected']} rejected, {counts['set_aside']} set aside,"
            f" {counts['off_story']} off the story; {counts['analysed']} articles analysed in {counts['units']} units;"
            f" {counts['copies']} articles in groups of copies\n"
            f"vectors: {vectors['embedded']} embedded, {vectors['from_store']} from the store\n"
            f"report: {self.report}"
        )

    def _repr_html_(self) -> str:
        from framing import html

        return html.block(
            f"<pre>{html.escape(self.summary())}</pre>",
            language="en",  # the summary is in English: right to left it would read from the wrong end
            synthetic=bool(self.manifest["study"].get("synthetic")),
        )


class _Clock:
    """Seconds per stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        logger.info("%s ...", stage)
        start = time.perf_counter()
        yield
        self.seconds[stage] = round(time.perf_counter() - start, 2)
        logger.info("%s: %.1f s", stage, self.seconds[stage])


def run_study(
    study: Study | str | Path,
    *,
    out: str | Path,
    encoder: str | Encoder | None = None,
    command: str = "framing run",
    progress: bool = False,
    fresh: bool = False,
) -> StudyResults:
    """Run a whole study and write its results folder.

    Parameters
    ----------
    study : settings, or the path of a study file.
    out : the folder to write; a run that was stopped goes on there.
    encoder : in place of the study's own.
    fresh : find voices, assign frames and fit clusters again, also where `out` or the cache folder holds them.

    Raises
    ------
    StudyError, CodebookError, ArticleError, EncoderError : the input or a setting is at fault.
    """
    settings = study if isinstance(study, Study) else load_study(study)
    if isinstance(encoder, str):
        settings = replace(settings, encoder=encoder)
    clock = _Clock()
    codebook = load_codebook(settings.codebook, folder=settings.folder)
    codebook.check_scoring()
    check_edits(settings)
    model = (
        encoder
        if encoder is not None and not isinstance(encoder, str)
        else load_encoder(settings.encoder, precision=settings.precision)
    )
    folder = ResultsFolder(out, shared=True, fresh=fresh)
    if (other := folder.other_study(settings.raw)) is not None:
        logger.warning("%s held the results of another study (%s); they are replaced", out, other)
    folder.begin()
    with clock("articles"):
        corpus = build_corpus(settings, encoder=model)
    with clock("units"):
        units = split_units(corpus.analysed, unit=settings.unit, off_story=corpus.off_story())
        if units.table.empty:
            raise ArticleError("no unit of analysis is left: every line of the articles is boilerplate. Check `text`.")
        made_of = _made_of(units.table)
        voices = _voices(folder, settings, units.table, made_of)
    with clock("vectors"):
        vectors = embed(units.table, encoder=model, progress=progress)
    outlets = sorted({*corpus.table["outlet"], *settings.agencies})
    with clock("frames"):
        assignment, topics = _assign(folder, settings, codebook, model, units.table, vectors, outlets, clock, made_of)
    with clock("comparison"):
        comparison = _compare(settings, corpus, assignment, voices, codebook)
    with clock("report"):
        _write_tables(folder.path, settings, corpus, units, comparison, codebook)
        manifest = study_manifest(settings, command, corpus, units, codebook, vectors, seconds=clock.seconds)
        manifest["topics"] = topics.manifest()
        _write_report(folder.path, settings, manifest, codebook)
    manifest["seconds"] = clock.seconds
    folder.finish(manifest)
    return open_results(folder.path)


def _made_of(units: pd.DataFrame) -> dict[str, Any]:
    """Give what every kept stage depends on."""
    return {
        "version": framing.__version__, "code": code_hash(), "packages": package_versions(), "units": _hash(units),
    }  # fmt: skip


def _mark(study: Study) -> dict[str, Any]:
    return {"synthetic": True} if study.synthetic else {}


def _voices(folder: ResultsFolder, study: Study, units: pd.DataFrame, made_of: Mapping[str, Any]) -> Voices:
    mark = _mark(study)

    def find() -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
        found = find_voices(units)
        return {"voices": found.table.assign(**mark)}, found.settings

    tables, facts = folder.stage("voices", {**made_of, **mark}, find)
    return Voices(tables["voices"][VOICE_COLUMNS], facts)


def _assign(
    folder: ResultsFolder,
    study: Study,
    codebook: Codebook,
    encoder: Encoder,
    units: pd.DataFrame,
    vectors: Vectors,
    outlets: list[str],
    clock: _Clock,
    made_of: Mapping[str, Any],
) -> tuple[FrameAssignment, TopicAssignment]:
    codes = read_codes(study, units)
    key = {
        **made_of, "seed": study.seed, "codebook": codebook.sha256, "codes": None if codes is None else _hash(codes),
        "encoder": vectors.encoder, "vectors": _digest(vectors.matrix),
    }  # fmt: skip

    def frames() -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
        model = FrameModel(codebook, encoder=encoder, seed=study.seed)
        model.fit(units, vectors, codes=codes)
        assignment = model.predict(units, vectors)
        return {"frames": assignment.frames}, assignment.settings

    tables, facts = folder.stage("frames", key, frames)
    assignment = FrameAssignment(tables["frames"], units, codebook, facts)

    return assignment, cluster(folder, study, assignment, vectors, key=key, outlets=outlets, clock=clock)


def _hash(table: pd.DataFrame) -> str:
    return sha256_text(table.to_csv(index=False))


def _digest(matrix: np.ndarray) -> str:
    """Hash a matrix block by block: a second copy of all vectors would double the memory they take."""
    blocks = range(0, len(matrix), 4096)
    return sha256_text("".join(sha256_bytes(matrix[start : start + 4096].tobytes()) for start in blocks))


def _compare(
    study: Study, corpus: Corpus, assignment: FrameAssignment, voices: Voices, codebook: Codebook
) -> OutletComparison:
    options = study.compare
    return compare_outlets(
        assignment.frames, assignment.units, corpus.analysed.assign(synthetic=study.synthetic), voices=voices.table,
        weights=corpus.weights[corpus.weights["article_id"].isin(corpus.analysed["article_id"])],
        copies=corpus.copies.table, article_rule=study.article_rule, level=options.level, n_boot=options.n_boot,
        n_perm=options.n_perm, family=options.family, reference=options.reference, min_articles=options.min_articles,
        seed=study.seed, frames_order=codebook.frame_ids,
    )  # fmt: skip


def _write_tables(
    path: Path,
    study: Study,
    corpus: Corpus,
    units: Units,
    comparison: OutletComparison,
    codebook: Codebook,
) -> None:
    mark = _mark(study)
    write_parquet(path / "articles.parquet", corpus.table.assign(**mark))
    write_parquet(path / "copies.parquet", corpus.copies.table.assign(**mark))
    write_parquet(path / "units.parquet", units.table.assign(**mark))
    write_csv(path / "rejected.csv", corpus.articles.rejected.assign(**mark))
    write_csv(path / "warnings.csv", corpus.articles.warnings.assign(**mark))
    write_csv(path / "set_aside.csv", corpus.articles.set_aside.assign(**mark))
    write_csv(path / "boilerplate.csv", units.boilerplate.assign(**mark))
    flow = corpus_flow(corpus, units=units, synthetic=study.synthetic)
    write_csv(path / "flow.csv", flow.table.assign(**mark))
    write_csv(path / "flow_reasons.csv", flow.reasons.assign(**mark))
    for by in get_args(MatrixBy):
        write_csv(path / f"copies_by_{by}.csv", corpus.copies.matrix(by).to_frame().assign(**mark))
    write_csv(path / "passages.csv", corpus.relevance.passages.assign(**mark))
    for name, table in comparison.tables().items():
        write_csv(path / "comparison" / f"{name}.csv", table.assign(**mark) if mark else table)
    if codebook.path is not None:
        write_bytes(path / "codebook.yaml", codebook.path.read_bytes())
    else:
        write_text(path / "codebook.yaml", codebook.to_yaml())
    write_json(path / "settings.json", effective_settings(study, comparison))


def effective_settings(study: Study, comparison: OutletComparison) -> dict[str, Any]:
    """Give every setting that was in force, defaults included, without the file's own path."""
    settings = dataclasses.asdict(study)
    for private in ("path", "raw"):
        settings.pop(private)
    settings["validated"] = False
    settings["comparison"] = {key: value for key, value in comparison.settings.items() if key != "synthetic"}
    return settings


def _write_report(path: Path, study: Study, manifest: dict[str, Any], codebook: Codebook) -> None:
    """Draw each figure once, in the report's languages: as a file of its own, and into the page."""
    results = read_results(path, manifest=manifest, codebook=codebook)
    languages = LANGUAGES[study.report.language]
    drawn = {language: figure_texts(results, Texts(language, codebook=results.codebook)) for language in languages}
    for language, figures in drawn.items():
        for name, svg in figures.items():
            write_text(path / "figures" / f"{name}-{language}.svg", svg)
    write_text(path / "report.html", render(results, languages, text=study.report.text, figures=drawn))


def open_results(path: str | Path) -> StudyResults:
    """Read a finished run.

    Raises
    ------
    ResultsError : the folder is missing or unfinished, or a table is not what the run wrote.
    """
    folder = Path(path)
    manifest = read_manifest(folder)
    for ending in (".parquet", ".csv"):
        check_whole(folder, ending=ending)
    tables = {
        name: read_table(folder / f"{name}.parquet") for name in RESULT_TABLES if (folder / f"{name}.parquet").is_file()
    }
    for file in sorted((folder / "comparison").glob("*.csv")):
        tables[file.stem] = pd.read_csv(
            file, encoding="utf-8-sig", keep_default_na=False, na_values={"low": [""], "high": [""]}
        )
    return StudyResults(folder, manifest, tables)
