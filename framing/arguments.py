"""The commands, their arguments and their help, for `cli.py`.

A room of its own above it: what may be written on a command line, apart from what is done then.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from framing import __version__

DESCRIPTION = "Compare how outlets frame a story in Arabic news."
UNITS = ("sentence", "paragraph", "article", "row")
_Commands = argparse._SubParsersAction  # the type has no public name


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of all commands."""
    parser = argparse.ArgumentParser(prog="framing", description=DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"framing {__version__}")
    parser.add_argument("--quiet", action="store_true", help="no progress on stderr")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_studies(commands)
    _add_inputs(commands)
    _add_corpus(commands)
    _add_tools(commands)
    return parser


def _command(commands: _Commands[argparse.ArgumentParser], name: str, help_: str, run: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_, description=help_)
    parser.set_defaults(run=run)
    return parser


def _add_studies(commands: _Commands[argparse.ArgumentParser]) -> None:
    demo = _command(commands, "demo", "run the invented demo study", "demo")
    demo.add_argument("--out", type=Path, default=Path("framing-demo"), help="results folder (default: %(default)s)")
    demo.add_argument("--encoder", help="in place of the study's encoder")
    new = _command(commands, "new", "start a study from a folder of texts", "new")
    new.add_argument("folder", type=Path, metavar="FOLDER")
    new.add_argument("--title", help="of the study (default: the folder's name)")
    new.add_argument("--outlets", help="folders, fill, or a pattern of file names such as {outlet}_{date}_{n}")
    new.add_argument("--language", choices=("ar", "en", "both"), help="of the report (default: ar)")
    new.add_argument("--query", help="words of the story, commas between")
    new.add_argument("--codebook", help="new, a shipped codebook's name, or a file in the folder")
    new.add_argument("--yes", action="store_true", help="ask nothing: defaults for what no option says")
    run = _command(commands, "run", "run a study from articles to report", "run")
    run.add_argument("study", type=Path, metavar="STUDY.yaml")
    run.add_argument("--out", type=Path, help="results folder (default: reports/<name of the study file>)")
    run.add_argument("--encoder", help="in place of the study's encoder")
    robustness = _command(commands, "robustness", "compare again under other choices, one at a time", "robustness")
    robustness.add_argument("study", type=Path, metavar="STUDY.yaml")
    robustness.add_argument("--out", type=Path, help="results folder (default: reports/<name of the study file>)")
    robustness.add_argument("--encoder", help="in place of the study's encoder")
    robustness.add_argument("--encoders", nargs="+", metavar="NAME", help="to vary (default: one without a download)")
    robustness.add_argument("--quick", action="store_true", help="a first look: fewer runs and fewer draws")
    run.add_argument(
        "--fresh", action="store_true", help="find voices, frames and clusters again, whatever is kept of them"
    )
    report = _command(commands, "report", "write report.html again from a results folder", "report")
    report.add_argument("folder", type=Path, metavar="DIR")
    report.add_argument("--language", choices=("ar", "en", "both"))
    report.add_argument("--text", choices=("none", "snippet", "full"))
    compare = _command(commands, "compare", "print the shares by outlet of a finished run", "compare")
    compare.add_argument("folder", type=Path, metavar="DIR")


def _add_inputs(commands: _Commands[argparse.ArgumentParser]) -> None:
    frames = _command(commands, "frames", "find frames in any table with a text column, or in a .txt file", "frames")
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
    ingest = _command(commands, "ingest", "read and check articles; print what was accepted and rejected", "ingest")
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


def _count(value: str) -> int:
    """Read a number of things, at least one."""
    if not value.isdecimal() or int(value) < 1:
        raise argparse.ArgumentTypeError(f"'{value}' is no number of 1 or more")
    return int(value)


class _Pairs(argparse.Action):
    """Reads `field=column` words into a dict."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option_string: Any = None
    ) -> None:
        pairs = [value.partition("=") for value in values]
        if wrong := [name for name, sign, _ in pairs if not sign]:
            parser.error(f"{option_string}: '{wrong[0]}' has no '='. Write field=column, such as text=body.")
        setattr(namespace, self.dest, {name: column for name, _, column in pairs})


def _add_corpus(commands: _Commands[argparse.ArgumentParser]) -> None:
    units = _command(commands, "units", "split articles into units; print statistics of sentences", "units")
    units.add_argument("paths", nargs="+", metavar="INPUT")
    units.add_argument("--stats", action="store_true", help="print counts and lengths (the default)")
    units.add_argument("--unit", choices=UNITS[:3], default="sentence")
    units.add_argument("--encoder", help="adds token statistics: how many pieces its tokenizer makes of a unit")
    units.add_argument("--preset", help="a known source, such as saudinewsnet")
    units.add_argument("--columns", nargs="+", action=_Pairs, default={}, metavar="FIELD=COLUMN")
    copies = _command(commands, "copies", "print who printed which agency's or outlet's items in a study", "copies")
    copies.add_argument("study", type=Path, metavar="STUDY.yaml")
    copies.add_argument("--by", choices=("agency", "outlet"), default="agency")
    copies.add_argument("--explain", metavar="GROUP", help="print the passages in which a group's members differ")
    code = _command(commands, "code", "human coding: samples, sheets, scores", "code")
    steps = code.add_subparsers(title="steps", metavar="STEP", required=True)
    sample = _command(steps, "sample", "draw a sample and write a sheet for a coder", "code_sample")
    sample.add_argument("study", type=Path, metavar="STUDY.yaml")
    sample.add_argument("--purpose", choices=("relevance",), default="relevance")
    sample.add_argument("--n", type=_count, default=100, help="articles per stratum (default: %(default)s)")
    sample.add_argument("--coder", default="", help="pseudonym of the coder, written into the sheet")
    sample.add_argument("--language", choices=("ar", "en"), default="ar")
    sample.add_argument("--out", type=Path, required=True, help="the sheet, .xlsx or .csv")
    score = _command(steps, "score", "read coded sheets back; print precision and recall of the query", "code_score")
    score.add_argument("sheets", nargs="+", type=Path, metavar="SHEET")
    score.add_argument("--coder-kind", choices=("person", "model"), default="person")


def _add_tools(commands: _Commands[argparse.ArgumentParser]) -> None:
    encoders = _command(commands, "encoders", "list the encoders, or build one for a corpus", "encoders")
    encoders.add_argument("action", nargs="?", choices=("build",))
    encoders.add_argument("name", nargs="?", choices=("static",))
    encoders.add_argument("inputs", nargs="*", metavar="INPUT", help="articles whose words the encoder shall know")
    encoders.add_argument("--words", type=_count, default=30_000, help="words at most (default: %(default)s)")
    encoders.add_argument("--out", type=Path, help="folder to write (default: the cache folder)")
    cache = _command(commands, "cache", "look at or empty the store of vectors", "cache")
    cache.add_argument("action", choices=("info", "clear"))
    _add_codebook(_command(commands, "codebook", "check a codebook, or start one", "codebook_check"))
    _command(commands, "doctor", "say what works on this machine", "doctor")


def _add_codebook(codebook: argparse.ArgumentParser) -> None:
    steps = codebook.add_subparsers(title="steps", metavar="STEP", required=True)
    check = _command(
        steps, "check", "look at words, examples and what they teach; print what to mend", "codebook_check"
    )
    check.add_argument("file", metavar="FILE", help="a codebook, or a shipped one's name")
    check.add_argument("--corpus", nargs="+", metavar="PATH", help="articles in which the words are looked for")
    check.add_argument("--encoder", help="default: e5-small")
    check.add_argument("--words", action="store_true", help="print the words by outlet and ten places of each")
    new = _command(steps, "new", "start a codebook, with notes in Arabic", "codebook_new")
    new.add_argument("file", type=Path, metavar="FILE")
    new.add_argument("--frame", default="frame_1", metavar="ID", help="of the frame (default: %(default)s)")
    new.add_argument("--name", help="of the frame")
    new.add_argument("--definition", help="when a sentence carries the frame; without it: a form to fill in")
    new.add_argument(
        "--examples", type=Path, metavar="TXT", help="a sentence per line, five or more; style and tab before"
    )
    new.add_argument("--none-examples", type=Path, metavar="TXT", help="sentences of the story that carry no frame")
    new.add_argument("--title", help="of the codebook (default: the frame's name)")
