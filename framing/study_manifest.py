"""What a run went by: its inputs, codebook, encoder, packages, machine and counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import framing
from framing.codebook import Codebook
from framing.corpus import Corpus
from framing.folder import machine, package_versions
from framing.relevance import judge_relevance
from framing.study import Study
from framing.study_topics import other_inputs
from framing.units import Units
from framing.vectors import Vectors


def study_manifest(
    study: Study,
    command: str,
    corpus: Corpus,
    units: Units,
    codebook: Codebook,
    vectors: Vectors,
    *,
    seconds: Mapping[str, float],
) -> dict[str, Any]:
    """Give the manifest's entries of a run, without clusters and hashes of files.

    Parameters
    ----------
    command : what started the run. seconds : per stage.
    """
    files = corpus.articles.files
    return {
        "framing_version": framing.__version__,
        "command": command,
        "study": dict(study.raw),
        "inputs": [
            {"path": row["file"], "sha256": row["sha256"], "rows": int(row["n_found"])}
            for row in files.to_dict("records")
        ]
        + other_inputs(study),
        "codebook": {"name": codebook.codebook_id, "version": codebook.version, "sha256": codebook.sha256},
        "encoder": dict(vectors.encoder),
        "seed": study.seed,
        "packages": package_versions(),
        "machine": machine(),
        "counts": {
            "found": int(files["n_found"].sum()),
            "rejected": len(corpus.articles.rejected),
            "set_aside": len(corpus.articles.set_aside),
            "articles": len(corpus.table),
            "off_story": int((~corpus.table["on_story"]).sum()),
            "copies": len(corpus.copies.table),
            "analysed": len(corpus.analysed),
            "units": len(units.table),
            "boilerplate": len(units.boilerplate),
            **on_codebook_story(corpus, codebook),
        },
        "vectors": {"embedded": vectors.embedded, "from_store": vectors.from_store, "damaged": vectors.damaged},
        "seconds": dict(seconds),
    }


def on_codebook_story(corpus: Corpus, codebook: Codebook) -> dict[str, int]:
    """Count the analysed articles that match what the codebook says belongs to its story."""
    if not codebook.relevance:
        return {}
    judged = judge_relevance(corpus.analysed, query=codebook.relevance).table
    return {"on_codebook_story": int(judged["on_story"].sum())}
