"""The command `framing`: parse, call, print, exit code; nothing else.

Exit codes: 0 done, 1 the input or the study is at fault, 2 wrong usage, 130 / 143 interrupted.
Progress goes to stderr, results to stdout.
"""

from __future__ import annotations

import argparse
import locale
import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Literal

from framing.arguments import build_parser
from framing.errors import FramingError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; give the exit code."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    if not options.quiet:
        logging.getLogger("framing").setLevel(logging.INFO)
    signal.signal(signal.SIGTERM, _terminate)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console may not be UTF-8
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        RUNS[options.run](options)
    except FramingError as error:
        print(error.in_language(language_of_messages(getattr(options, "study", None))), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; what was finished is kept, run the same command to go on", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    return 0


def language_of_messages(study: Path | None = None) -> Literal["ar", "en"]:
    """Give `ar` or `en`: `FRAMING_LANG`, else the study's `lang`, else the locale."""
    chosen = os.environ.get("FRAMING_LANG", "") or _language_of(study)
    if not chosen:
        chosen = (locale.getlocale()[0] or "en") if os.name != "nt" else "en"
    return "ar" if chosen.lower().startswith("ar") else "en"


def _language_of(study: Path | None) -> str:
    from framing.files import read_yaml

    try:
        settings = read_yaml(study) if study is not None else None
    except FramingError:
        return ""  # the file's own fault is what is about to be told
    return str(settings.get("lang") or "") if isinstance(settings, dict) else ""


def _demo(options: argparse.Namespace) -> None:
    from framing.files import package_data
    from framing.pipeline import run_study

    study = package_data("demo", "study.yaml")
    results = run_study(
        study, out=options.out, encoder=options.encoder, command="framing demo", progress=not options.quiet
    )
    print(results.summary())
    print("The data are invented: they describe no real outlet.")


def _new(options: argparse.Namespace) -> None:
    from framing.new_study import QUESTIONS, STUDY, ask, read_answers, start_study

    given = {question.key: said for question in QUESTIONS if (said := getattr(options, question.key)) is not None}
    # A study that is there keeps its answers: only its index grows.
    silent = options.yes or not sys.stdin.isatty() or (options.folder / STUDY).exists()
    answers = read_answers(given) if silent else ask(input, lambda text: print(text, file=sys.stderr), given=given)
    print(start_study(options.folder, answers).summary(language_of_messages()))


def _run(options: argparse.Namespace) -> None:
    from framing.pipeline import run_study

    out = options.out or Path("reports") / options.study.stem
    results = run_study(
        options.study, out=out, encoder=options.encoder, progress=not options.quiet, fresh=options.fresh
    )
    print(results.summary())


def _robustness(options: argparse.Namespace) -> None:
    from framing.robustness import RobustnessGrid
    from framing.robustness_folder import check_robustness

    encoders = tuple(options.encoders) if options.encoders else None
    grid = RobustnessGrid.quick(encoders=encoders) if options.quick else RobustnessGrid(encoders=encoders)
    out = options.out or Path("reports") / options.study.stem
    found = check_robustness(options.study, out=out, grid=grid, encoder=options.encoder, progress=not options.quiet)
    print(found.summary(language_of_messages(options.study)), end="\n\n")
    print(found.choices.round(2).to_string(index=False), end="\n\n")
    print(
        f"{out / 'robustness'}: {len(found.claims)} claims, {found.runs['run'].nunique()} runs, {found.seconds:.0f} s"
    )


def _report(options: argparse.Namespace) -> None:
    from framing.folder import check_whole, read_manifest, refresh
    from framing.report import build_report

    manifest = read_manifest(options.folder)
    check_whole(options.folder)
    path = build_report(options.folder, language=options.language, text=options.text)
    refresh(options.folder, manifest)
    print(path)


def _compare(options: argparse.Namespace) -> None:
    from framing.pipeline import open_results

    results = open_results(options.folder)
    for said in results.limits(language_of_messages())[:3]:
        print(f"- {said}")
    shares = results["shares"]
    rows = shares[shares["estimand"] == "article_share"].copy()
    for column in ("share", "low", "high"):
        rows[column] = (100 * rows[column].astype(float)).round().map("{:.0f}%".format, na_action="ignore")
    few = rows["flag"].fillna("").astype(str) != ""
    rows["n"] = rows["n_articles"].astype(str) + few.map({True: " *", False: ""})
    print(f"share of articles that carry elements of the frame (rule: {results.article_rule}), with its interval")
    print("* few articles: shown, not tested")
    print(rows[["outlet", "frame", "n", "share", "low", "high"]].to_string(index=False))


def _frames(options: argparse.Namespace) -> None:
    from framing.single import find_frames

    found = find_frames(
        options.input, codebook=options.codebook, out=options.out, unit=options.unit, encoder=options.encoder,
        split_at=options.split_at, seed=options.seed, progress=not options.quiet,
    )  # fmt: skip
    print(found)


def _ingest(options: argparse.Namespace) -> None:
    from framing.files import write_csv
    from framing.ingest import ingest_articles
    from framing.preview import preview_articles
    from framing.readers.sources import find_sources

    if options.preview:
        found_first = preview_articles(
            options.paths, preset=options.preset, columns=options.columns, outlet=options.outlet,
            date_order=options.date_order, timezone=options.timezone,
        )  # fmt: skip
        print(found_first.summary(language_of_messages()))
        return
    find_sources(options.paths)  # what is not there is told before what is missing from the command
    if options.out is None:
        raise FramingError(
            "ingest: where to write? Add --out FILE.parquet, or --preview to look only.",
            ar="ingest: أين تُكتب النتيجة؟ أضف --out FILE.parquet، أو --preview للمعاينة فقط.",
        )
    found = ingest_articles(
        options.paths, out=options.out, preset=options.preset, columns=options.columns, outlet=options.outlet,
        date_order=options.date_order, timezone=options.timezone, pages=options.pages,
    )  # fmt: skip
    print(found.summary())
    print(found.files.drop(columns="sha256").to_string(index=False), end="\n\n")
    print(found.flow().to_string(index=False))
    print(f"{options.out}: {found.n_articles} articles")
    if found.joins is not None:
        print(found.joins.to_frame().to_string(index=False), end="\n\n")
        for name, rows in (("missing_urls", found.joins.missing), ("pages", found.joins.pages)):
            path = options.out.with_name(f"{name}.csv")
            write_csv(path, rows)
            print(f"{path}: {len(rows)} rows")
    for name in ("rejected", "set_aside", "warnings"):
        path, rows = options.out.with_name(f"{name}.csv"), getattr(found, name)
        write_csv(path, rows)
        print(f"{path}: {len(rows)} rows")
        for reason, n in rows["reason"].value_counts().head(5).items():
            print(f"  {n} x {reason}")


def _units(options: argparse.Namespace) -> None:
    from framing.articles import read_articles
    from framing.unit_statistics import measure_units
    from framing.units import split_units

    articles = read_articles(options.paths, preset=options.preset, columns=options.columns, min_words=0)
    found = measure_units(split_units(articles.table, unit=options.unit), articles.table)
    print(found.summary(), end="\n\n")
    print(found.by_outlet.to_string(index=False), end="\n\n")
    print(found.removed.to_string(index=False))
    if options.encoder:
        from framing.tokens import token_statistics

        print("\n" + token_statistics(found.units.table["text"].tolist(), encoder=options.encoder).summary())


def _copies(options: argparse.Namespace) -> None:
    from framing.corpus import build_corpus
    from framing.study import load_study

    copies = build_corpus(load_study(options.study)).copies
    if options.explain and options.explain not in set(copies.table["copy_group"]):
        groups = ", ".join(copies.table["copy_group"].drop_duplicates().head(10)) or "none"
        raise FramingError(
            f"copies: no group is called '{options.explain}'. Groups there: {groups}.",
            ar=f"copies: لا توجد مجموعة اسمها '{options.explain}'. المجموعات: {groups}.",
        )
    if options.explain:
        print(copies.explain(options.explain).to_frame().to_string(index=False))
        return
    print(copies.summary(), end="\n\n")
    print(copies.matrix(options.by).to_frame().to_string(index=False))


def _code_sample(options: argparse.Namespace) -> None:
    from framing.coding import sample_for_coding
    from framing.coding_sheets import write_sheet
    from framing.corpus import build_corpus
    from framing.study import load_study

    study = load_study(options.study)
    corpus = build_corpus(study)
    sample = sample_for_coding(
        corpus.table, corpus.relevance, purpose=options.purpose, n=options.n, broader=study.relevance.broader,
        story=study.title, seed=study.seed,
    )  # fmt: skip
    path = write_sheet(sample, options.out, coder=options.coder, language=options.language)
    print(sample.summary())
    print(path)


def _code_score(options: argparse.Namespace) -> None:
    import pandas as pd

    from framing.coding import load_sample
    from framing.coding_sheets import read_sheet, sample_path
    from framing.relevance_check import measure_relevance

    codes = pd.concat([read_sheet(path, coder_kind=options.coder_kind) for path in options.sheets])
    check = measure_relevance(codes, load_sample(sample_path(options.sheets[0])))
    language = language_of_messages()
    said = [check.sentence("ar"), *(w["ar"] for w in check.warnings)] if language == "ar" else [check.summary()]
    print("\n".join(said), end="\n\n")
    print(check.to_frame().to_string(index=False), end="\n\n")
    print(check.outlets.to_string(index=False))


def _encoders(options: argparse.Namespace) -> None:
    from framing.encoders import encoder_names
    from framing.encoders.static_build import build_static_from

    if options.action == "build":
        built = build_static_from(options.inputs, n_words=options.words, out=options.out, progress=not options.quiet)
        print(built.summary())
        return
    for name, about in encoder_names().items():
        print(f"{name:22} {about}")


def _cache(options: argparse.Namespace) -> None:
    from framing.vectors import clear_store, store_info

    if options.action == "clear":
        print(f"{clear_store()} bytes freed")
        return
    info = store_info()
    print(f"{info['path']}: {info['bytes']} bytes")
    print(f"kept stages: {info['stages']} bytes; kept frame models: {info['frame_models']} bytes")
    for encoder, n_vectors in info["vectors"].items():
        print(f"  {encoder}: {n_vectors} vectors")


def _codebook_check(options: argparse.Namespace) -> None:
    from framing.articles import read_articles
    from framing.codebook import load_codebook
    from framing.codebook_check import check_codebook, n_faults

    codebook = load_codebook(options.file)
    corpus = read_articles(options.corpus, min_words=0) if options.corpus else None
    found = check_codebook(codebook, corpus, encoder=options.encoder)
    print(codebook.summary(), end="\n\n")
    print(found.summary(language_of_messages()))
    if options.words:
        print("\n" + found.words.by_outlet.to_string(index=False), end="\n\n")
        for place in found.words.contexts.itertuples():
            where = f"{place.frame}  {place.term}  {place.outlet}  {place.unit_id}"
            print(f"{where}: {place.before} [{place.word}] {place.after}")
    if n := n_faults(found):
        raise FramingError(
            f"{options.file}: {n} fault{'s' if n > 1 else ''}, listed above. Mend them before the codebook is used.",
            ar=f"{options.file}: أخطاء عددها {n}، وهي مذكورة أعلاه. أصلحها قبل استعمال الدليل.",
        )


def _codebook_new(options: argparse.Namespace) -> None:
    from framing.files import write_text
    from framing.new_codebook import blank_codebook, new_codebook, read_example_file

    if options.file.exists():
        raise FramingError(
            f"{options.file} is there already and stays as it is. Choose another name.",
            ar=f"الملف {options.file} موجود ولم يُغيَّر. اختر اسمًا آخر.",
        )
    if options.definition is None and options.examples is None:
        text = blank_codebook(title=options.title or "", file=options.file.name)
    else:
        text = new_codebook(
            options.definition or "", read_example_file(options.examples), name=options.name or options.frame,
            frame_id=options.frame, title=options.title or "", none_examples=read_example_file(options.none_examples),
            file=options.file.name,
        )  # fmt: skip
    write_text(options.file, text)
    print(options.file)


def _doctor(options: argparse.Namespace) -> None:
    from framing.doctor import examine

    for line in examine():
        print(line)


RUNS: Mapping[str, Callable[[argparse.Namespace], None]] = {
    "demo": _demo,
    "new": _new,
    "run": _run,
    "robustness": _robustness,
    "report": _report,
    "compare": _compare,
    "frames": _frames,
    "ingest": _ingest,
    "units": _units,
    "copies": _copies,
    "code_sample": _code_sample,
    "code_score": _code_score,
    "encoders": _encoders,
    "cache": _cache,
    "codebook_check": _codebook_check,
    "codebook_new": _codebook_new,
    "doctor": _doctor,
}


def _terminate(number: int, frame: FrameType | None) -> None:
    """End at once with 143: every file is written whole, so there is nothing to tidy."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
