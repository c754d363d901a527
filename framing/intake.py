"""From drafts to rows of the articles table, one at a time, with the account of all others.

A room of its own above `articles.py`: reading into memory and writing to a file batch by batch take the same steps.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pandas as pd

from framing.arabic import n_words
from framing.dates import DEFAULT_TIMEZONE, DateOrder
from framing.errors import ArticleError
from framing.readers import Rejection
from framing.readers.agencies import agency_of_outlet, find_agency
from framing.readers.drafts import Account, Draft, Names, Survey, date_draft
from framing.readers.genres import find_genre
from framing.readers.languages import find_language
from framing.readers.outlets import UNKNOWN, fold_name

COLUMNS = (
    "article_id", "outlet", "title", "text", "published", "published_date", "published_raw", "url", "author",
    "section", "genre", "agency", "language", "on_story", "source_file", "source_row",
    "encoding",
)  # fmt: skip
KINDS = dict.fromkeys(COLUMNS, "str") | {
    "published": "datetime64[us, UTC]", "on_story": "boolean", "source_row": "int64",
}  # fmt: skip
REJECTED_COLUMNS = ("file", "row", "article_id", "field", "value", "reason", "reason_ar")
SET_ASIDE_COLUMNS = ("article_id", "outlet", "reason", "language", "n_words", "file", "row")
PLACE_COLUMNS = ("article_id", "file", "row", "start", "title_start")
FILE_COLUMNS = ("file", "encoding", "n_found", "n_accepted", "n_set_aside", "n_rejected", "sha256")
FLOW_STEPS = ("found", "readable", "arabic", "long_enough", "selected")
# Steps passed by a row that ends with this reason.
PASSED = {
    "rejected": 1, "not_arabic": 2, "too_short": 3, "undated": 4, "outside_period": 4, "other_outlet": 4, "": 5,
}  # fmt: skip
# What a rejection's field says of its reason.
REJECTED_FOR = {"text": "no_text", "published": "bad_date", "url": "no_page", "file": "unreadable_file"}
MAX_VALUE = 200


@dataclass(frozen=True)
class ReadSettings:
    """How articles were read; `framing.articles.read_articles` describes each."""

    columns: Mapping[str, str] = field(default_factory=dict)
    preset: str | None = None
    outlet_aliases: Mapping[str, str] = field(default_factory=dict)
    date_order: DateOrder | None = None
    timezone: str = DEFAULT_TIMEZONE
    min_words: int = 20
    select_from: dt.date | None = None
    select_to: dt.date | None = None
    select_outlets: tuple[str, ...] | None = None
    outlet: str | None = None
    agencies: tuple[str, ...] = ()


class Intake:
    """Finishes drafts one by one and counts what becomes of each.

    Parameters
    ----------
    settings : how articles are read.
    known : what the survey of all drafts found.
    account : takes rejections and warnings; the reader writes to the same one.

    Raises
    ------
    ArticleError : a selected outlet is not there.
    """

    def __init__(self, settings: ReadSettings, known: Survey, account: Account) -> None:
        self.settings = replace(settings, select_outlets=self._wanted(settings, known))
        self.account = account
        self.n_accepted = 0
        self.by_outlet: Counter[str] = Counter()
        self._known = known
        _check_selected(self.settings, known.outlets)
        self._names = Names(known.ids)
        self._files: Counter[tuple[str, str]] = Counter()
        self._encodings: dict[str, str] = {}
        self._steps: Counter[tuple[str, str]] = Counter()
        self._aside: list[tuple[Any, ...]] = []
        self._warned: dict[tuple[str, int], str] = {}

    @staticmethod
    def _wanted(settings: ReadSettings, known: Survey) -> tuple[str, ...] | None:
        """Give the selected outlets under the names they are counted under."""
        chosen = settings.select_outlets
        return None if chosen is None else tuple(known.spellings.get(name, name) for name in chosen)

    def _joined(self, outlet: str) -> str:
        return self._known.spellings.get(outlet, outlet)

    def take(self, drafts: Iterable[Draft]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Finish some drafts; give the accepted articles (`COLUMNS`) and their places (`PLACE_COLUMNS`)."""
        rows, places = [], []
        for draft in drafts:
            self._encodings.setdefault(draft.file, draft.encoding)
            n_warnings = len(self.account.warnings)
            dated = date_draft(
                draft, self.account, self._known, order=self.settings.date_order, timezone=self.settings.timezone
            )
            if dated is None:
                continue
            dated = replace(dated, outlet=self._joined(dated.outlet))
            article_id = self._names.name(dated)
            language = self._judge(article_id, dated)
            self._repairs(dated)
            if len(self.account.warnings) > n_warnings:
                self._warned[dated.file, dated.row] = article_id
            if language is not None:
                rows.append(_row(article_id, dated, language, self.settings.agencies))
                places.append((article_id, dated.file, dated.row, dated.start, dated.title_start))
        self.n_accepted += len(rows)
        self.by_outlet.update(row[1] for row in rows)
        table = pd.DataFrame(rows, columns=list(COLUMNS)).astype(KINDS)
        return table, pd.DataFrame(places, columns=list(PLACE_COLUMNS))

    def _judge(self, article_id: str, draft: Draft) -> str | None:
        """Give an accepted article's language; set the others aside with the first reason that holds."""
        language, count = _language(draft), n_words(draft.fields["text"])
        reason = _reason(draft, language, count, self.settings)
        self._files[draft.file, "accepted" if not reason else "aside"] += 1
        self._steps[draft.outlet, reason] += 1
        if not reason:
            return language
        self._aside.append((article_id, draft.outlet, reason, language, count, draft.file, draft.row))
        return None

    def _repairs(self, draft: Draft) -> None:
        if draft.repairs:
            value = draft.fields["text"][:MAX_VALUE]
            warning = Rejection(draft.file, draft.row, "encoding", value, "; ".join(draft.repairs), "أُصلح ترميز النص")
            self.account.warnings.append(warning)

    def rejected(self) -> pd.DataFrame:
        """Give the rows that could not be read, in the order they were met."""
        return self._report([rejection for _, rejection in self.account.rejected])

    def warnings(self) -> pd.DataFrame:
        """Give the rows that were kept, with something to know about them."""
        return self._report(self.account.warnings)

    def _report(self, items: Sequence[Rejection]) -> pd.DataFrame:
        rows = [
            (i.file, i.row, self._warned.get((i.file, i.row), ""), i.field, i.value[:MAX_VALUE], i.reason, i.reason_ar)
            for i in items
        ]
        return pd.DataFrame(rows, columns=list(REJECTED_COLUMNS)).astype({"row": "int64"})

    def set_aside(self) -> pd.DataFrame:
        """Give the readable rows that were kept out, with the reason of each."""
        return pd.DataFrame(self._aside, columns=list(SET_ASIDE_COLUMNS))

    def files(self, hashes: Mapping[str, str]) -> pd.DataFrame:
        """Count rows per file; a file in which nothing was found has its row too."""
        rejected = Counter(rejection.file for _, rejection in self.account.rejected)
        rows = []
        for name in sorted({*hashes, *rejected, *(file for file, _ in self._files)}):
            accepted, aside = self._files[name, "accepted"], self._files[name, "aside"]
            n_found = accepted + aside + rejected[name]
            encoding, sha256 = self._encodings.get(name, ""), hashes.get(name, "")
            rows.append((name, encoding, n_found, accepted, aside, rejected[name], sha256))
        return pd.DataFrame(rows, columns=list(FILE_COLUMNS))

    def steps(self) -> pd.DataFrame:
        """Count articles per outlet that pass each step; rows without an outlet stand under `unknown`."""
        counts: dict[str, Counter[str]] = {}
        ends = [(outlet, reason, n) for (outlet, reason), n in self._steps.items()]
        ends += [(self._joined(outlet) or UNKNOWN, "rejected", 1) for outlet, _ in self.account.rejected]
        for outlet, reason, n in ends:
            passed = counts.setdefault(outlet, Counter())
            passed.update(dict.fromkeys(FLOW_STEPS[: PASSED[reason]], n))
        rows = [(outlet, *(counts[outlet][step] for step in FLOW_STEPS)) for outlet in sorted(counts)]
        return pd.DataFrame(rows, columns=["outlet", *FLOW_STEPS])

    def left_out(self) -> pd.DataFrame:
        """Count articles left out: step, outlet, reason (as `framing.flow.CorpusFlow` names them), n."""
        counts: Counter[tuple[int, str, str]] = Counter()
        for outlet, rejection in self.account.rejected:
            counts[1, self._joined(outlet) or UNKNOWN, REJECTED_FOR.get(rejection.field, "damaged_row")] += 1
        for _, outlet, reason, language, *_ in self._aside:
            counts[PASSED[reason], outlet, f"language_{language}" if reason == "not_arabic" else reason] += 1
        rows = [(FLOW_STEPS[passed], outlet, reason, n) for (passed, outlet, reason), n in sorted(counts.items())]
        return pd.DataFrame(rows, columns=["step", "outlet", "reason", "n"]).astype({"n": "int64"})

    def in_force(self) -> dict[str, Any]:
        """Give the settings, and the orders of day and month that were found."""
        return asdict(self.settings) | {"date_orders": dict(self._known.evidence)}


def in_words(rejection: Rejection) -> dict[str, str]:
    """Say a rejection as one line in {en, ar}."""
    place = f"{rejection.file}, row {rejection.row}"
    place_ar = f"{rejection.file}، الصف {rejection.row}"
    return {"en": f"{place}: {rejection.reason}", "ar": f"{place_ar}: {rejection.reason_ar or rejection.reason}"}


def _check_selected(settings: ReadSettings, outlets: Iterable[str]) -> None:
    there = sorted(outlets)
    missing = [name for name in settings.select_outlets or () if name not in there]
    if missing and there:
        raise ArticleError(
            f"select.outlets names '{missing[0]}', which no article has. Outlets there: {', '.join(there[:30])}.",
            ar=f"الوسيلة '{missing[0]}' في select.outlets غير موجودة. الموجود: {', '.join(there[:30])}.",
        )


def _language(draft: Draft) -> str:
    language = find_language(draft.fields["text"])
    return (fold_name(draft.fields["language"])[:2] or language) if language == "und" else language


def _reason(draft: Draft, language: str, count: int, settings: ReadSettings) -> str:
    """Say why an article is set aside, or nothing."""
    if language not in ("ar", "und"):
        return "not_arabic"
    if count < settings.min_words or (language == "und" and settings.min_words):
        return "too_short"
    if settings.select_outlets and draft.outlet not in settings.select_outlets:
        return "other_outlet"
    if settings.select_from is None and settings.select_to is None:
        return ""
    if draft.date is None:
        return "undated"
    within = (settings.select_from or dt.date.min) <= draft.date.day <= (settings.select_to or dt.date.max)
    return "" if within else "outside_period"


def _row(article_id: str, draft: Draft, language: str, agencies: Sequence[str]) -> tuple[Any, ...]:
    values, date = draft.fields, draft.date
    genre = find_genre(values["genre"], values["section"], values["url"], values["title"])
    given = {name: values[name] or None for name in ("published", "url", "author", "section")}
    credited = values["agency"] or find_agency(values["text"], author=values["author"], known=agencies)
    agency = credited or agency_of_outlet(draft.outlet, agencies) or None
    return (
        article_id, draft.outlet, values["title"], values["text"], date.moment if date else None,
        date.day.isoformat() if date else None, given["published"], given["url"], given["author"],
        given["section"], genre, agency, language, None, draft.file, draft.row,
        "; ".join([draft.encoding, *draft.repairs]),
    )  # fmt: skip
