"""The settings of one study, read from `study.yaml` and checked before anything runs."""

from __future__ import annotations

import datetime as dt
import glob
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from framing.errors import FramingError, StudyError
from framing.files import read_yaml

Copies = Literal["keep", "own", "weight"]
UnitKind = Literal["row", "sentence", "paragraph", "article"]
Family = Literal["all_pairs", "vs_reference", "vs_rest"]

DEFAULT_SEED = 20241023
SYNTHETIC_AR = "بيانات مخترعة للتدريب: لا تصف أي وسيلة إعلامية حقيقية ولا يُستشهد بها"
SYNTHETIC_EN = "Invented data for training: it describes no real outlet and must not be cited"


@dataclass(frozen=True)
class Relevance:
    """What belongs to the story: words of which one must occur, and an optional similarity cut.

    `broader` : a wider query; what it finds and `query` does not is sampled to estimate recall.
    """

    query: tuple[str, ...] = ()
    min_score: float | None = None
    broader: tuple[str, ...] = ()


@dataclass(frozen=True)
class Topics:
    """Clustering: smallest cluster ("auto": by the number of units) and how many units are fitted.

    `edits` : a file of people's edits, which `framing.topic_files.save_edits` wrote.
    """

    min_size: int | None = None
    sample: int = 10_000
    edits: str | None = None


@dataclass(frozen=True)
class Compare:
    """How outlets are compared.

    `level` of intervals (0 to 1); bootstrap draws; permutation draws (None: 100 x the family's
    size, at least 2,000); the family of tests; outlets under `min_articles` are shown, not tested.
    """

    level: float = 0.95
    n_boot: int = 2000
    n_perm: int | None = None
    family: Family = "all_pairs"
    min_articles: int = 10
    reference: str | None = None


@dataclass(frozen=True)
class Event:
    """A day fixed before looking, drawn into figures over time."""

    date: dt.date
    ar: str = ""
    en: str = ""


@dataclass(frozen=True)
class ReportSettings:
    """Language of the page, and how much of the articles' text it shows."""

    language: Literal["ar", "en", "both"] = "ar"
    text: Literal["none", "snippet", "full"] = "snippet"


@dataclass(frozen=True)
class Study:
    """Settings of one study; `path` is the file they came from, `folder` what its paths are relative to.

    `pages` : where the pages of the addresses listed in `articles` are saved.
    """

    articles: tuple[str, ...]
    codebook: str
    title: Mapping[str, str] = field(default_factory=dict)
    pages: tuple[str, ...] = ()
    preset: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    timezone: str = "Asia/Riyadh"
    select_from: dt.date | None = None
    select_to: dt.date | None = None
    select_outlets: tuple[str, ...] | None = None
    relevance: Relevance = field(default_factory=Relevance)
    outlet_aliases: Mapping[str, str] = field(default_factory=dict)
    agencies: tuple[str, ...] = ()
    codes: str | None = None
    encoder: str = "e5-small"
    precision: Literal["auto", "int8", "fp32"] = "auto"
    unit: UnitKind = "sentence"
    copies: Copies = "keep"
    article_rule: str = "title_or_lead"
    topics: Topics = field(default_factory=Topics)
    compare: Compare = field(default_factory=Compare)
    events: tuple[Event, ...] = ()
    report: ReportSettings = field(default_factory=ReportSettings)
    synthetic: bool = False
    lang: str | None = None
    seed: int = DEFAULT_SEED
    path: Path | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The folder that the study's paths are relative to."""
        return self.path.parent if self.path else Path()

    def title_in(self, language: str) -> str:
        """Give the title in a language, in the other one, or a plain word."""
        return self.title.get(language) or next(iter(self.title.values()), "framing")


def load_study(path: str | Path) -> Study:
    """Read and check a study file.

    Raises
    ------
    StudyError : one line with file, key, what stands there and what may stand there.
    """
    path = Path(path)
    try:
        raw = read_yaml(path)
    except StudyError:
        raise
    except FramingError as error:
        raise StudyError(str(error), ar=error.ar) from error
    if not isinstance(raw, dict):
        raise StudyError(f"{path}: a study is a list of 'key: value' lines, like 'articles: [articles.csv]'.")
    reader = _Reader(path)
    return Study(**reader.settings(raw), path=path, raw=raw)


KEYS = (
    "title", "articles", "pages", "preset", "columns", "dates", "select", "relevance", "outlets", "codebook", "codes",
    "encoder", "precision", "unit", "copies", "article_rule", "topics", "compare", "events", "report",
    "synthetic", "lang", "seed",
)  # fmt: skip


class _Reader:
    """Reads one file's keys; every fault names the file and the key."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fault(self, key: str, got: Any, need: str) -> StudyError:
        shown = repr(got) if len(repr(got)) < 80 else repr(got)[:77] + "..."
        return StudyError(
            f"{self.path}: '{key}' is {shown}; write {need}.",
            ar=f"{self.path.name}: قيمة المفتاح '{key}' هي {shown}، وهي غير مقبولة. المطلوب: {need}",
        )

    def keys(self, block: Any, allowed: tuple[str, ...], where: str = "") -> dict[str, Any]:
        if block is None:
            return {}
        if not isinstance(block, dict):
            raise self.fault(where, block, f"keys under it: {', '.join(allowed)}")
        for key in block:
            if key not in allowed:
                near = get_close_matches(str(key), allowed, 1)
                hint = f"Did you mean '{near[0]}'?" if near else f"Known keys: {', '.join(allowed)}."
                name = f"{where}.{key}" if where else str(key)
                raise StudyError(
                    f"{self.path}: '{name}' is not a setting of a study. {hint}",
                    ar=f"{self.path.name}: المفتاح '{name}' غير معروف. {hint}",
                )
        return block

    def settings(self, raw: dict[str, Any]) -> dict[str, Any]:
        top = self.keys(raw, KEYS)
        for key in ("articles", "codebook"):
            if not top.get(key):
                example = "[articles.csv]" if key == "articles" else "north-korea-russia, or a path to a .yaml file"
                raise StudyError(
                    f"{self.path}: '{key}' is missing. Add a line '{key}: {example}'.",
                    ar=f"{self.path.name}: المفتاح '{key}' ناقص. أضف السطر '{key}: {example}'.",
                )
        settings: dict[str, Any] = {
            "articles": self.texts("articles", top["articles"]),
            "pages": self.pages(top.get("pages")),
            "codebook": self.text("codebook", top["codebook"]),
            "title": self.title(top.get("title")),
            "columns": self.mapping("columns", top.get("columns")),
            "events": self.events(top.get("events")),
        }
        for key in ("preset", "codes", "lang"):
            settings[key] = self.text(key, top[key]) if top.get(key) is not None else None
        settings |= self.choices(top) | self.blocks(top)
        return settings

    def choices(self, top: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        closed = {
            "precision": ("auto", "int8", "fp32"),
            "unit": ("sentence", "paragraph", "article", "row"),
            "copies": ("keep", "own", "weight"),
        }
        for key, allowed in closed.items():
            if key in top:
                found[key] = self.choice(key, top[key], allowed)
        if "encoder" in top:
            found["encoder"] = self.text("encoder", top["encoder"])
        if "synthetic" in top:
            found["synthetic"] = self.checked(
                "synthetic", top["synthetic"], lambda v: isinstance(v, bool), "true or false"
            )
        if "seed" in top:
            found["seed"] = self.whole("seed", top["seed"], 0)
        if "article_rule" in top:
            found["article_rule"] = self.checked(
                "article_rule", top["article_rule"], is_article_rule, "title_or_lead, any, or share>=0.2"
            )
        elif top.get("unit") == "article":
            found["article_rule"] = "any"  # an article as one unit has no lead of its own
        return found

    def blocks(self, top: dict[str, Any]) -> dict[str, Any]:
        dates = self.keys(top.get("dates"), ("order", "timezone"), "dates")
        select = self.keys(top.get("select"), ("from", "to", "outlets"), "select")
        relevance = self.keys(top.get("relevance"), ("query", "broader", "min_score"), "relevance")
        outlets = self.keys(top.get("outlets"), ("aliases", "agencies"), "outlets")
        topics = self.keys(top.get("topics"), ("min_size", "sample", "edits"), "topics")
        report = self.keys(top.get("report"), ("language", "text"), "report")
        found: dict[str, Any] = {
            "date_order": self.choice("dates.order", dates.get("order"), ("dmy", "mdy", "ymd", None)),
            "timezone": self.text("dates.timezone", dates.get("timezone", "Asia/Riyadh")),
            "select_from": self.day("select.from", select.get("from")),
            "select_to": self.day("select.to", select.get("to")),
            "select_outlets": self.texts("select.outlets", select["outlets"]) if select.get("outlets") else None,
            "outlet_aliases": self.aliases(outlets.get("aliases")),
            "agencies": self.texts("outlets.agencies", outlets["agencies"]) if outlets.get("agencies") else (),
            "relevance": Relevance(
                query=self.texts("relevance.query", relevance["query"]) if relevance.get("query") else (),
                min_score=self.share("relevance.min_score", relevance.get("min_score")),
                broader=self.texts("relevance.broader", relevance["broader"]) if relevance.get("broader") else (),
            ),
            "topics": Topics(
                min_size=self.auto("topics.min_size", topics.get("min_size", "auto"), 2),
                sample=self.whole("topics.sample", topics.get("sample", 10_000), 100),
                edits=self.text("topics.edits", topics["edits"]) if topics.get("edits") is not None else None,
            ),
            "report": ReportSettings(
                language=self.choice("report.language", report.get("language", "ar"), ("ar", "en", "both")),
                text=self.choice("report.text", report.get("text", "snippet"), ("none", "snippet", "full")),
            ),
            "compare": self.compare(top.get("compare")),
        }
        return found

    def compare(self, block: Any) -> Compare:
        keys = self.keys(block, ("level", "n_boot", "n_perm", "family", "min_articles", "reference"), "compare")
        level = self.share("compare.level", keys.get("level", 0.95))
        if level is None or not 0.5 <= level < 1:
            raise self.fault("compare.level", keys.get("level"), "a number from 0.5 to below 1, such as 0.95")
        families = ("all_pairs", "vs_reference", "vs_rest")
        settings = Compare(
            level=level,
            n_boot=self.whole("compare.n_boot", keys.get("n_boot", 2000), 100),
            n_perm=self.auto("compare.n_perm", keys.get("n_perm", "auto"), 100),
            family=self.choice("compare.family", keys.get("family", "all_pairs"), families),
            min_articles=self.whole("compare.min_articles", keys.get("min_articles", 10), 2),
            reference=self.text("compare.reference", keys["reference"]) if keys.get("reference") else None,
        )
        if settings.family == "vs_reference" and not settings.reference:
            raise self.fault("compare.reference", None, "the outlet the others are compared with")
        return settings

    def checked(self, key: str, value: Any, good: Callable[[Any], bool], need: str) -> Any:
        if not good(value):
            raise self.fault(key, value, need)
        return value

    def choice(self, key: str, value: Any, allowed: tuple[Any, ...]) -> Any:
        return self.checked(key, value, lambda v: v in allowed, "one of: " + ", ".join(map(str, allowed)))

    def text(self, key: str, value: Any) -> str:
        return str(self.checked(key, value, lambda v: isinstance(v, str) and v.strip() != "", "a text"))

    def texts(self, key: str, value: Any) -> tuple[str, ...]:
        values = [value] if isinstance(value, str) else value
        good = isinstance(values, list) and values and all(isinstance(v, str) and v.strip() for v in values)
        if not good:
            raise self.fault(key, value, "a list of texts, such as [first, second]")
        return tuple(values)

    def pages(self, value: Any) -> tuple[str, ...]:
        """Read where the pages of a list of addresses are saved; a path that is not there is a fault."""
        paths = self.texts("pages", value) if value is not None else ()
        for path in paths:
            whole = Path(self.path.parent, path).expanduser()
            if not glob.has_magic(path) and not whole.exists():
                raise self.fault("pages", path, "a folder or file of saved pages that is there, relative to the study")
        return paths

    def whole(self, key: str, value: Any, least: int) -> int:
        good = isinstance(value, int) and not isinstance(value, bool) and value >= least
        if not good:
            raise self.fault(key, value, f"a whole number, {least} or more")
        return int(value)

    def auto(self, key: str, value: Any, least: int) -> int | None:
        return None if value in ("auto", None) else self.whole(key, value, least)

    def share(self, key: str, value: Any) -> float | None:
        if value is None:
            return None
        good = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1
        if not good:
            raise self.fault(key, value, "a number from 0 to 1")
        return float(value)

    def day(self, key: str, value: Any) -> dt.date | None:
        if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
            return value
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError as error:
            raise self.fault(key, value, "a day as YYYY-MM-DD") from error

    def mapping(self, key: str, value: Any) -> dict[str, str]:
        if value is None:
            return {}
        good = isinstance(value, dict) and all(isinstance(k, str) and isinstance(v, str) for k, v in value.items())
        if not good:
            raise self.fault(key, value, "pairs 'field: column in your file', such as text: body")
        return dict(value)

    def aliases(self, value: Any) -> dict[str, str]:
        """Read `name: [variant, ...]` or `variant: name` as variant -> name."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.fault("outlets.aliases", value, "pairs 'outlet: [other spelling, ...]'")
        found: dict[str, str] = {}
        for name, variants in value.items():
            if isinstance(variants, list):
                found |= {str(variant): str(name) for variant in variants}
            else:
                found[str(name)] = self.text(f"outlets.aliases.{name}", variants)
        return found

    def title(self, value: Any) -> dict[str, str]:
        if isinstance(value, str):
            return {"ar": value, "en": value}
        return self.mapping("title", self.keys(value, ("ar", "en"), "title"))

    def events(self, value: Any) -> tuple[Event, ...]:
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.fault("events", value, "a list of {date: YYYY-MM-DD, ar: ..., en: ...}")
        found = []
        for number, block in enumerate(value, 1):
            keys = self.keys(block, ("date", "ar", "en"), f"events[{number}]")
            day = self.day(f"events[{number}].date", keys.get("date"))
            if day is None:
                raise self.fault(f"events[{number}].date", None, "a day as YYYY-MM-DD")
            found.append(Event(date=day, ar=str(keys.get("ar", "")), en=str(keys.get("en", ""))))
        return tuple(found)


_RULE = re.compile(r"share\s*>=\s*(0?\.\d+|[01](?:\.0+)?)")


def is_article_rule(rule: Any) -> bool:
    """Tell whether `rule` is `title_or_lead`, `any` or `share>=x` with x above 0 and at most 1."""
    return rule in ("title_or_lead", "any") or (isinstance(rule, str) and rule_share(rule) is not None)


def rule_share(rule: str) -> float | None:
    """Give x of `share>=x`, or None for the named rules."""
    match = _RULE.fullmatch(rule.strip())
    return float(match.group(1)) if match and float(match.group(1)) > 0 else None
