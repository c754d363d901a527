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
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Literal

from framing import __version__
from framing.errors import FramingError

DESCRIPTION = "Compare how outlets frame a story in Arabic news."
UNITS = ("sentence", "paragraph", "article", "row")


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
        run: Callable[[argparse.Namespace], None] = options.run
        run(options)
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


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of all commands."""
    parser = argparse.ArgumentParser(prog="framing", description=DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"framing {__version__}")
    parser.add_argument("--quiet", action="store_true", help="no progress on stderr")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_studies(commands)
    _add_inputs(commands)
    _add_tools(commands)
    return parser


_Commands = argparse._SubParsersAction  # the type has no public name


def _command(
    commands: _Commands[argparse.ArgumentParser], name: str, help_: str, run: Callable[[argparse.Namespace], None]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_, description=help_)
    parser.set_defaults(run=run)
    return parser


def _add_studies(commands: _Commands[argparse.ArgumentParser]) -> None:
    demo = _command(commands, "demo", "run the invented demo study", _demo)
    demo.add_argument("--out", type=Path, default=Path("framing-demo"), help="results folder (default: %(default)s)")
    demo.add_argument("--encoder", help="in place of the study's encoder")
    new = _command(commands, "new", "start a study from a folder of texts", _new)
    new.add_argument("folder", type=Path, metavar="FOLDER")
    new.add_argument("--title", help="of the study (default: the folder's name)")
    new.add_argument("--outlets", help="folders, fill, or a pattern of file names such as {outlet}_{date}_{n}")
    new.add_argument("--language", choices=("ar", "en", "both"), help="of the report (default: ar)")
    new.add_argument("--query", help="words of the story, commas between")
    new.add_argument("--codebook", help="new, a shipped codebook's name, or a file in the folder")
    new.add_argument("--yes", action="store_true", help="ask nothing: defaults for what no option says")
    run = _command(commands, "run", "run a study from articles to report", _run)
    run.add_argument("study", type=Path, metavar="STUDY.yaml")
    run.add_argument("--out", type=Path, help="results folder (default: reports/<name of the study file>)")
    run.add_argument("--encoder", help="in place of the study's encoder")
    report = _command(commands, "report", "write report.html again from a results folder", _report)
    report.add_argument("folder", type=Path, metavar="DIR")
    report.add_argument("--language", choices=("ar", "en", "both"))
    report.add_argument("--text", choices=("none", "snippet", "full"))
    compare = _command(commands, "compare", "print the shares by outlet of a finished run", _compare)
    compare.add_argument("folder", type=Path, metavar="DIR")


def _add_inputs(commands: _Commands[argparse.ArgumentParser]) -> None:
    frames = _command(commands, "frames", "find frames in any table with a text column, or in a .txt file", _frames)
    frames.add_argument("input", type=Path, metavar="INPUT")
    frames.add_argument("--codebook", required=True, help="a shipped codebook's name, or a path")
    frames.add_argument("--out", type=Path, required=True, help="results folder")
    frames.add_argument("--unit", choices=UNITS, default="sentence")
    frames.add_argument("--encoder", default="e5-small")
    frames.add_argument(
        "--split-at",
        type=int,
        nargs="+",
        default=[],
        metavar="LINE",
        help="lines of a .txt at which a new article begins",
    )
    frames.add_argument("--seed", type=int, default=20241023)
    ingest = _command(commands, "ingest", "read and check articles; print what was accepted and rejected", _ingest)
    ingest.add_argument("paths", nargs="+", metavar="PATH")
    ingest.add_argument("--out", type=Path, help="table to write: .parquet, .csv or .jsonl")
    ingest.add_argument("--preset", help="a known source, such as saudinewsnet")
    ingest.add_argument(
        "--columns",
        nargs="+",
        action=_Pairs,
        default={},
        metavar="FIELD=COLUMN",
        help="such as text=body outlet=source",
    )
    ingest.add_argument("--outlet", help="the outlet of all rows")
    ingest.add_argument(
        "--pages", nargs="+", metavar="DIR", help="saved pages that hold the texts of the addresses listed in PATH"
    )
    ingest.add_argument("--date-order", choices=("dmy", "mdy", "ymd"), help="of dates such as 01/02/2024")
    ingest.add_argument("--timezone", default="Asia/Riyadh", help="of times printed without one (default: %(default)s)")
    ingest.add_argument(
        "--preview", action="store_true", help="show the first rows as they would be read, write nothing"
    )


class _Pairs(argparse.Action):
    """Reads `field=column` words into a dict."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option_string: Any = None
    ) -> None:
        pairs = [value.partition("=") for value in values]
        if wrong := [name for name, sign, _ in pairs if not sign]:
            parser.error(f"{option_string}: '{wrong[0]}' has no '='. Write field=column, such as text=body.")
        setattr(namespace, self.dest, {name: column for name, _, column in pairs})


def _add_tools(commands: _Commands[argparse.ArgumentParser]) -> None:
    _command(commands, "encoders", "list the encoders", _encoders)
    cache = _command(commands, "cache", "look at or empty the store of vectors", _cache)
    cache.add_argument("action", choices=("info", "clear"))
    codebook = _command(commands, "codebook", "check a codebook file", _codebook)
    codebook.add_argument("action", choices=("check",))
    codebook.add_argument("file", metavar="FILE")
    _command(commands, "doctor", "say what works on this machine", _doctor)


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
    results = run_study(options.study, out=out, encoder=options.encoder, progress=not options.quiet)
    print(results.summary())


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
    from framing.articles import read_articles
    from framing.files import write_csv
    from framing.ingest import ingest_articles
    from framing.readers.sources import find_sources

    if options.preview:
        articles = read_articles(options.paths, preset=options.preset, columns=options.columns, pages=options.pages)
        print(articles.summary())
        print(articles.table.head(5).T.to_string(max_colwidth=60))
        return
    find_sources(options.paths)
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


def _encoders(options: argparse.Namespace) -> None:
    from framing.encoders import encoder_names

    for name, about in encoder_names().items():
        print(f"{name:22} {about}")


def _cache(options: argparse.Namespace) -> None:
    from framing.vectors import clear_store, store_info

    if options.action == "clear":
        print(f"{clear_store()} bytes freed")
        return
    info = store_info()
    print(f"{info['path']}: {info['bytes']} bytes")
    for encoder, n_vectors in info["vectors"].items():
        print(f"  {encoder}: {n_vectors} vectors")


def _codebook(options: argparse.Namespace) -> None:
    from framing.codebook import load_codebook

    print(load_codebook(options.file).summary())


def _doctor(options: argparse.Namespace) -> None:
    from framing.doctor import examine

    for line in examine():
        print(line)


def _terminate(number: int, frame: FrameType | None) -> None:
    """End at once with 143: every file is written whole, so there is nothing to tidy."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
