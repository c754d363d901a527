"""Frames of one table or text file, without a study: units, frames, voices, clusters, manifest.

A room of its own below `pipeline.py`: no outlets are compared here, so no corpus rules apply,
and every row that was read is kept or counted.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

import framing
from framing.articles import Articles, read_articles
from framing.codebook import Codebook, load_codebook
from framing.counts import unit_voices
from framing.encoders import Encoder, load_encoder
from framing.errors import ArticleError
from framing.files import write_bytes, write_csv, write_parquet
from framing.folder import ResultsFolder, machine, package_versions
from framing.frames import FrameAssignment, FrameModel
from framing.readers import Record, read_source
from framing.readers.sources import find_sources
from framing.study import DEFAULT_SEED, UnitKind
from framing.topics import TopicAssignment, fit_topics
from framing.units import Units, find_headlines, split_units
from framing.vectors import Vectors, embed
from framing.voices import Voices, find_voices

logger = logging.getLogger(__name__)


def find_frames(
    source: str | Path,
    *,
    codebook: str | Path,
    out: str | Path,
    unit: UnitKind = "sentence",
    encoder: str | Encoder = "e5-small",
    split_at: Sequence[int] = (),
    seed: int = DEFAULT_SEED,
    progress: bool = False,
) -> str:
    """Find the frames of a table with a `text` column, or of a .txt file.

    Parameters
    ----------
    source : CSV, TSV, JSONL, JSON, Parquet, XLSX, `.txt`, `.html`, or a folder.
    codebook : a shipped name or a path.
    out : folder for `units.parquet, voices.parquet, frames.csv, frames.parquet, topics.csv, manifest.json`.
    unit : `row` takes each input row as one unit and keeps an input column `unit_id`.
    split_at : line numbers of a text file at which a new article begins.

    Returns
    -------
    A few lines for people: what was read and found.

    Raises
    ------
    ArticleError, CodebookError, EncoderError : the input is at fault.
    """
    book = load_codebook(codebook)
    book.check_scoring()
    model = load_encoder(encoder) if isinstance(encoder, str) else encoder
    folder = ResultsFolder(out)
    folder.begin()
    articles = _read(Path(source), split_at, unit)
    for note in _notes(Path(source), articles, split_at):
        logger.warning("%s", note)
    units = split_units(articles.table, unit=unit)
    if units.table.empty:
        raise ArticleError(
            f"{source}: no unit was found in {len(articles.table)} texts. {articles.summary()}",
            ar=f"لم يُعثر على أي وحدة تحليل في {Path(source).name}.",
        )
    table = _own_ids(units.table, articles, unit)
    voices = find_voices(table)
    vectors = embed(table, encoder=model, progress=progress)
    assignment = FrameModel(book, encoder=model, seed=seed).fit(table, vectors).predict(table, vectors)
    topics = fit_topics(assignment, vectors, outlets=sorted(articles.table["outlet"].unique()), seed=seed)
    _write(folder.path, articles, units, voices, assignment, topics)
    write_bytes(folder.path / "codebook.yaml", book.path.read_bytes() if book.path else b"")
    folder.finish(_manifest(articles, units, book, vectors, topics, unit, seed))
    return "\n".join(
        [articles.summary(), units.summary(), assignment.summary(), topics.summary(), f"written: {folder.path}"]
    )


def _read(source: Path, split_at: Sequence[int], unit: UnitKind) -> Articles:
    columns = _row_ids(source) if unit == "row" else {}
    articles = read_articles(source, columns=columns, min_words=0, split_at=split_at)
    if articles.table.empty:
        raise ArticleError(
            f"{source}: no readable Arabic text. {articles.summary()}",
            ar=f"لا نص عربي مقروء في {source.name}.",
        )
    return articles


def _row_ids(source: Path) -> dict[str, str]:
    """Take a table's column `unit_id` for the ids of its rows; several may be of one article."""
    files, _ = find_sources(source)
    first = next((item for item in read_source(files[0]) if isinstance(item, Record)), None) if files else None
    return {"article_id": "unit_id"} if first is not None and "unit_id" in first.cells else {}


def _notes(source: Path, articles: Articles, split_at: Sequence[int]) -> list[str]:
    """Say where a text file seems to hold several articles."""
    if source.suffix.lower() != ".txt" or split_at or len(articles.table) != 1:
        return []
    headlines = find_headlines(articles.table["text"].iloc[0])
    if len(headlines) < 2:
        return []
    found = "; ".join(f"line {line}: {title}" for line, title in headlines)
    lines = " ".join(str(line) for line, _ in headlines[1:])
    return [
        f"{source.name} seems to hold {len(headlines)} articles, one after the other ({found})."
        f" They are read as one. Put a line of === between them, or add --split-at {lines}."
    ]


def _own_ids(units: pd.DataFrame, articles: Articles, unit: UnitKind) -> pd.DataFrame:
    """Keep the input's own `unit_id` where each row is a unit; in text files add the place in the file."""
    table = units.copy()
    if unit == "row":
        table["unit_id"] = table["article_id"]
    if len(articles.places):
        places = articles.places.set_index("article_id")
        in_title = table["part"] == "title"
        shift = table["article_id"].map(places["start"]).mask(in_title, table["article_id"].map(places["title_start"]))
        shift = shift.fillna(0).astype("int64")
        table["source_start"], table["source_end"] = table["start"] + shift, table["end"] + shift
    return table


def _write(
    path: Path, articles: Articles, units: Units, voices: Voices, assignment: FrameAssignment, topics: TopicAssignment
) -> None:
    table = assignment.units
    outlet = articles.table.set_index("article_id")["outlet"]
    wide = assignment.to_frame().drop(columns="unit_id")
    first = table[["unit_id", "article_id"]].assign(outlet=table["article_id"].map(outlet), text=table["text"])
    whole = pd.concat([first.reset_index(drop=True), wide.reset_index(drop=True)], axis=1)
    whole["voice"] = unit_voices(table, voices.table).to_numpy()
    whole["topic"] = topics.unit_topics["topic"].to_numpy()
    write_parquet(path / "articles.parquet", articles.table)
    write_parquet(path / "units.parquet", table)
    write_parquet(path / "voices.parquet", voices.table)
    write_parquet(path / "frames.parquet", assignment.frames)
    write_csv(path / "frames.csv", whole)
    shown = topics.topics.copy()
    for column in ("words", "representative"):
        shown[column] = shown[column].map(lambda values: " | ".join(values))
    write_csv(path / "topics.csv", shown)
    write_csv(path / "boilerplate.csv", units.boilerplate)
    write_csv(path / "rejected.csv", articles.rejected)
    write_csv(path / "set_aside.csv", articles.set_aside)


def _manifest(
    articles: Articles, units: Units, book: Codebook, vectors: Vectors, topics: TopicAssignment, unit: str, seed: int
) -> dict[str, Any]:
    return {
        "framing_version": framing.__version__,
        "command": "framing frames",
        "study": {"unit": unit},
        "inputs": [
            {"path": Path(row["file"]).name, "sha256": row["sha256"], "rows": int(row["n_found"])}
            for row in articles.files.to_dict("records")
        ],
        "codebook": {"name": book.codebook_id, "version": book.version, "sha256": book.sha256},
        "encoder": dict(vectors.encoder),
        "seed": seed,
        "packages": package_versions(),
        "machine": machine(),
        "counts": {
            "found": int(articles.files["n_found"].sum()),
            "rejected": len(articles.rejected),
            "set_aside": len(articles.set_aside),
            "articles": len(articles.table),
            "units": len(units.table),
            "boilerplate": len(units.boilerplate),
        },
        "topics": topics.manifest(),
        "vectors": {"embedded": vectors.embedded, "from_store": vectors.from_store, "damaged": vectors.damaged},
        "seconds": {},
    }
