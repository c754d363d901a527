"""The methods paragraph, written from the settings that ran, and the record of the run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from markupsafe import Markup, escape

from framing.report.language import Texts, ltr
from framing.report.results import Results
from framing.report.tables import Cell, Row, Table, named, number
from framing.study import rule_share

MACHINE = ("python", "system", "platform", "machine", "processor", "cpus")
COUNTS = ("found", "rejected", "set_aside", "articles", "off_story", "copies", "analysed", "units", "boilerplate")
_ABSOLUTE = re.compile(r"(?<![^\s='\"])(?:/|~|[A-Za-z]:[\\/]|\\\\)[^\s'\"]*")


def methods_paragraph(results: Results, t: Texts) -> list[Markup]:
    """Write how the figures were made, one sentence per step."""
    return [*_corpus(results, t), *_frames(results, t), *_comparison(results, t), *_record(results, t)]


def _corpus(results: Results, t: Texts) -> list[Markup]:
    query = results.setting("relevance", "query", default=None)
    listed = [query] if isinstance(query, str) else list(query or [])
    said = [t("method_corpus", articles=int(results.article_shares().groupby("outlet")["n"].first().sum()))]
    if len(results["flow"]):
        said.append(Markup(escape(results.flow.sentence(t.language))))  # noqa: S704 - escaped here
    said.append(t("method_relevance", query=t.names([str(word) for word in listed])) if listed else t("method_all"))
    said.append(t(f"method_copies_{results.setting('copies', default='keep')}"))
    return [*said, t(f"method_unit_{results.setting('unit', default='sentence')}"), t("method_voice")]


def _frames(results: Results, t: Texts) -> list[Markup]:
    encoder = results.manifest.get("encoder") or {}
    said = [
        t("method_encoder", name=encoder.get("name", "—"), revision=encoder.get("revision") or "—",
          precision=encoder.get("precision") or "—", n_dims=ltr(encoder.get("n_dims", "—"))),
    ]  # fmt: skip
    book = results.manifest.get("codebook") or {}
    values = {"book": book.get("name", "—"), "version": ltr(book.get("version", "—"))}
    said.append(t("method_frames", sha=ltr(str(book.get("sha256", "—"))[:12]), **values))
    return [*said, *_clusters(results, t)] if len(results["topics"]) else said


def _clusters(results: Results, t: Texts) -> list[Markup]:
    """Say how clusters were built, and how many units stand in one though no dense core held them."""
    table = results["unit_topics"]
    said = [t("method_topics")]
    if "how" in table and (n := int(table["how"].isin(["reassigned", "placed"]).sum())):
        said.append(t("method_reassigned", n=n, share=ltr(t.percent(n / len(table)))))
    return said


def _comparison(results: Results, t: Texts) -> list[Markup]:
    rule = str(results.setting("article_rule", default="title_or_lead"))
    least = rule_share(rule)
    said = [t(f"rule_{rule}") if least is None else t("rule_share", share=ltr(t.percent(least)))]
    compare = results.setting("compare", default={})
    n_perm = results.setting("comparison", "n_perm") or compare.get("n_perm")
    said += [
        t("method_intervals", level=ltr(f"{100 * float(compare.get('level', 0.95)):g}%")),
        t("method_differences", n_boot=int(compare.get("n_boot", 2000))),
        t("method_tests", n_perm=int(n_perm)) if n_perm else t("method_tests_auto"),
        t(f"family_{compare.get('family', 'all_pairs')}", reference=compare.get("reference") or "—"),
    ]
    return said


def _record(results: Results, t: Texts) -> list[Markup]:
    version = ltr(results.manifest.get("framing_version", "—"))
    return [t("method_seed", seed=ltr(results.manifest.get("seed", "—")), version=version)]


def manifest_table(results: Results, t: Texts) -> Table:
    """Versions, hashes and counts; no home folder, host or user name."""
    found = results.manifest
    book, encoder = found.get("codebook") or {}, found.get("encoder") or {}
    pairs: list[tuple[str, Any]] = [
        (t.word("framing_version"), found.get("framing_version")),
        (t.word("command"), without_folders(found.get("command"))),
        (t.word("seed"), found.get("seed")),
        (t.word("codebook"), _joined(book.get("name"), book.get("version"), book.get("sha256"))),
        (t.word("encoder"), _joined(*(encoder.get(key) for key in ("name", "revision", "precision", "n_dims")))),
    ]
    counts = found.get("counts") or {}
    pairs += [(t.word(f"count_{key}"), counts[key]) for key in COUNTS if key in counts]
    vectors = found.get("vectors") or {}
    pairs += [
        (t.word(f"vectors_{key}"), vectors[key]) for key in ("embedded", "from_store", "damaged") if key in vectors
    ]
    machine = found.get("machine") or {}
    pairs.append((t.word("machine"), _joined(*(machine.get(key) for key in MACHINE))))
    packages = found.get("packages") or {}
    pairs.append((t.word("packages"), ", ".join(f"{key} {value}" for key, value in sorted(packages.items()))))
    rows = [Row(Cell(label), [named(value)]) for label, value in pairs if value not in (None, "")]
    return Table(t.word("caption_manifest"), [Cell(t.word("entry")), Cell(t.word("value"))], rows)


def files_table(results: Results, key: str, t: Texts) -> Table:
    """Files that went in, or came out, with their hashes."""
    listed = results.manifest.get(key) or []
    if isinstance(listed, Mapping):
        listed = [{"path": path, "sha256": digest} for path, digest in listed.items()]
    rows = [
        Row(named(without_folders(entry.get("path"))), [number(str(entry.get("sha256", ""))[:16]),
            number(t.number(entry.get("rows")))])
        for entry in listed
    ]  # fmt: skip
    heads = [Cell(t.word("file")), Cell("SHA-256", "number"), Cell(t.word("n_rows"), "number")]
    return Table(t.word(f"caption_{key}"), heads, rows)


def without_folders(value: Any) -> str:
    """Write a command or path with every absolute path cut to its last part: folders name people and machines."""
    words = " ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value or "")
    return _ABSOLUTE.sub(lambda match: PurePosixPath(PureWindowsPath(match.group()).name).name, words)


def _joined(*values: Any) -> str:
    return " · ".join(str(value) for value in values if value not in (None, ""))
