"""The clusters of a study: fitted or taken from the folder, edited as its file says, and read back for more edits."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, cast

import pandas as pd

from framing.codebook import Codebook, load_codebook
from framing.encoders import Encoder, load_encoder
from framing.encoders.registry import Precision
from framing.errors import ResultsError, StudyError
from framing.files import sha256_file
from framing.folder import ResultsFolder, read_table
from framing.frames import FrameAssignment
from framing.frozen_topics import frozen_from
from framing.study import Study
from framing.topic_files import apply_edits, read_edits
from framing.topics import TopicAssignment, fit_topics
from framing.vectors import Vectors, embed


def cluster(
    folder: ResultsFolder,
    study: Study,
    assignment: FrameAssignment,
    vectors: Vectors,
    *,
    key: Mapping[str, Any],
    outlets: Sequence[str],
    clock: Callable[[str], AbstractContextManager[None]],
) -> TopicAssignment:
    """Fit the clusters of a study, or take them from where the same study left them, and apply its edits.

    Parameters
    ----------
    key : everything the assignment depends on. clock : times the stage.

    Raises
    ------
    StudyError : the file of edits is missing or at fault.
    """
    path = edits_path(study)
    edits = None if path is None else read_edits(path)

    def fit() -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
        options = study.topics
        with clock("topics"):
            found = fit_topics(
                assignment, vectors, outlets=outlets, min_size=options.min_size, sample=options.sample, seed=study.seed
            )
            if edits is not None:
                found = apply_edits(found, edits)
        return found.tables(), found.manifest()

    settings = dataclasses.asdict(study.topics) | {"edits": None if path is None else sha256_file(path)}
    tables, facts = folder.stage("topics", {**key, "topics": settings, "outlets": list(outlets)}, fit)
    return _put_together(tables, facts, assignment, vectors)


def check_edits(study: Study) -> None:
    """Read a study's edits before anything else is done, so that a fault in them costs nobody a run.

    Raises
    ------
    StudyError : the file is missing or at fault.
    """
    path = edits_path(study)
    if path is not None:
        read_edits(path)


def edits_path(study: Study) -> Path | None:
    """Give the file of edits that a study names, or None.

    Raises
    ------
    StudyError : it is not there.
    """
    if study.topics.edits is None:
        return None
    path = Path(study.folder, study.topics.edits)
    if not path.is_file():
        raise StudyError(
            f"topics.edits: {path} is not a file. Write the path of what save_edits wrote, or take the line out.",
            ar=f"topics.edits: لا يوجد ملف باسم {path.name}. اكتب مسار ملف التعديلات أو احذف السطر.",
        )
    return path


def _put_together(
    tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], assignment: FrameAssignment, vectors: Vectors
) -> TopicAssignment:
    settings = {name: value for name, value in facts.items() if name not in ("reason", "edits")}
    frozen = frozen_from(tables["topics_frozen"], tables["topics"], vectors.encoder)
    return TopicAssignment(
        tables["unit_topics"], tables["topics"], settings, facts["reason"], frozen=frozen,
        log=tuple(facts["edits"]), assignment=assignment, vectors=vectors,
    )  # fmt: skip


def read_clusters(folder: Path, manifest: Mapping[str, Any], *, encoder: Encoder | None = None) -> TopicAssignment:
    """Read the clusters of a finished run so that they can be looked into and edited.

    Vectors come from the store; what it lacks is embedded again.

    Parameters
    ----------
    encoder : the one the run used, where its name alone does not load it (a model in a folder, precomputed vectors).

    Raises
    ------
    ResultsError : the run kept no clusters to edit, or the encoder is not the one it used.
    """
    if "topics" not in manifest or not (folder / "topics_frozen.parquet").is_file():
        raise ResultsError(
            f"{folder}: this run kept no clusters that can be edited. Run the study again.",
            ar=f"لا عناقيد قابلة للتعديل في {folder.name}. أعد تشغيل الدراسة.",
        )
    used = manifest["encoder"]
    model = encoder or load_encoder(str(used["name"]), precision=_asked(manifest))
    codebook: Codebook = load_codebook(folder / "codebook.yaml")
    units, frames, *rest = (
        read_table(folder / f"{name}.parquet") for name in ("units", "frames", "unit_topics", "topics", "topics_frozen")
    )
    vectors = embed(units, encoder=model)
    differs = [key for key in ("name", "revision", "precision") if vectors.encoder.get(key) != used.get(key)]
    if differs:
        told = ", ".join(f"{key} {used.get(key)!r}, here {vectors.encoder.get(key)!r}" for key in differs)
        raise ResultsError(
            f"{folder}: its vectors were of {told}. Pass encoder=, the one it used, or run it again.",
            ar=f"متجهات {folder.name} من نموذج آخر أو إصدار آخر. مرّر النموذج نفسه في encoder= أو أعد تشغيل الدراسة.",
        )
    tables = dict(zip(("unit_topics", "topics", "topics_frozen"), rest, strict=True))
    return _put_together(tables, manifest["topics"], FrameAssignment(frames, units, codebook), vectors)


def _asked(manifest: Mapping[str, Any]) -> Precision:
    """Give the precision as the study asked for it: an encoder may know no other word than `auto`."""
    return cast(Precision, manifest["study"].get("precision", "auto"))


def other_inputs(study: Study) -> list[dict[str, Any]]:
    """Give the files of codes and of edits that a study names, with their hashes."""
    named = [name for name in (study.codes, study.topics.edits) if name is not None]
    return [
        {"path": Path(name).name if Path(name).is_absolute() else name, "sha256": sha256_file(Path(study.folder, name)),
         "rows": None}
        for name in named
    ]  # fmt: skip
