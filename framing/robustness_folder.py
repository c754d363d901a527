"""A robustness check written into a results folder, and its place in the manifest.

Into the folder of a finished run of the same study the tables go under `robustness/` and are listed in
its manifest; any other folder gets a manifest of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import framing
from framing import plots
from framing.codebook import Codebook, load_codebook
from framing.errors import ResultsError
from framing.files import write_csv, write_json, write_text
from framing.folder import ResultsFolder, machine, package_versions, read_manifest, refresh
from framing.html import Language
from framing.report import build_report
from framing.robustness import Robustness, RobustnessGrid, run_robustness
from framing.study import Study, load_study

LANGUAGES: Mapping[str, tuple[Language, ...]] = {"ar": ("ar",), "en": ("en",), "both": ("ar", "en")}


def check_robustness(
    study: Study | str | Path,
    *,
    out: str | Path,
    grid: RobustnessGrid | None = None,
    encoder: str | None = None,
    command: str = "framing robustness",
    progress: bool = False,
) -> Robustness:
    """Run a robustness check and write it into a folder; the report of a finished run gets its section.

    Parameters
    ----------
    study : settings, or the path of a study file.
    out : the results folder of the study's run, or a folder of its own.
    encoder : in place of the study's own.

    Raises
    ------
    ResultsError : the folder holds the results of another study, codebook or seed.
    StudyError, CodebookError, ArticleError, EncoderError : the input or a setting is at fault.
    """
    settings = study if isinstance(study, Study) else load_study(study)
    settings = replace(settings, encoder=encoder) if encoder else settings
    codebook = load_codebook(settings.codebook, folder=settings.folder)
    manifest = finished_run(out, settings, codebook)
    found = run_robustness(settings, grid=grid, progress=progress)
    folder = ResultsFolder(out)
    _write(folder.path, found, settings, codebook)
    about = {"command": command, "settings": dict(found.settings), "seconds": round(found.seconds, 1)}
    if manifest is not None:
        manifest = {**manifest, "robustness": about}
        build_report(folder.path, manifest=manifest)
        refresh(folder.path, manifest)
    else:
        folder.finish(_own_manifest(settings, codebook, found, about))
    return found


def finished_run(out: str | Path, study: Study, codebook: Codebook) -> dict[str, Any] | None:
    """Give the manifest of the study's own run in a folder; None where the folder has no finished run.

    Raises
    ------
    ResultsError : the run is of another study, encoder, codebook or seed, so the two would contradict each other.
    """
    if not (Path(out) / "manifest.json").is_file():
        return None
    manifest = read_manifest(out)
    if manifest.get("kind") == "robustness":
        return None  # a check of its own is replaced
    differs = [
        name
        for name, there, here in (
            ("articles", (manifest.get("study") or {}).get("articles"), study.raw.get("articles")),
            ("encoder", (manifest.get("encoder") or {}).get("name"), study.encoder),
            ("codebook", (manifest.get("codebook") or {}).get("sha256"), codebook.sha256),
            ("seed", manifest.get("seed"), study.seed),
        )
        if there != here
    ]
    if differs:
        raise ResultsError(
            f"{out}: holds a run with another {', '.join(differs)} than this study. Run the study again, or choose"
            " another folder with --out.",
            ar=f"المجلد {Path(out).name} فيه نتائج تشغيل تختلف عن هذه الدراسة في: {', '.join(differs)}."
            " أعد تشغيل الدراسة أو اختر مجلدًا آخر بالخيار --out.",
        )
    return manifest


def _write(path: Path, found: Robustness, study: Study, codebook: Codebook) -> None:
    """Write tables, settings and figures; old figures in another language do not stay."""
    place = path / "robustness"
    mark = {"synthetic": True} if study.synthetic else {}
    for name, table in found.tables().items():
        write_csv(place / f"{name}.csv", table.assign(**mark))
    write_json(place / "settings.json", dict(found.settings))
    for old in place.glob("robustness*.svg"):
        old.unlink()
    languages = LANGUAGES[study.report.language]
    for language in languages:
        names = {frame: codebook.name_of(frame, language) for frame in codebook.frame_ids}
        ending = f"-{language}" if len(languages) > 1 else ""
        write_text(place / f"robustness{ending}.svg", plots.svg(found.plot(language=language, names=names)))


def _own_manifest(study: Study, codebook: Codebook, found: Robustness, about: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "robustness",
        "framing_version": framing.__version__,
        "command": about["command"],
        "study": dict(study.raw),
        "codebook": {"name": codebook.codebook_id, "version": codebook.version, "sha256": codebook.sha256},
        "encoder": found.settings["encoder"],
        "seed": study.seed,
        "packages": package_versions(),
        "machine": machine(),
        "robustness": about,
    }
