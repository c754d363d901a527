"""A codebook looked at before it is used: its words, its examples, what they teach, and a corpus beside them.

Nothing here is learned from a corpus or from codes: a check says what a person should look at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from framing.codebook import Codebook
from framing.codebook_examples import Taught, check_examples
from framing.codebook_findings import SEVERITIES, findings_table
from framing.codebook_scores import Scores, check_scores, score_examples
from framing.codebook_terms import Words, check_terms, count_words
from framing.encoders import load_encoder
from framing.encoders.base import Encoder, fingerprint
from framing.html import Language, block
from framing.html import table as html_table
from framing.study import DEFAULT_SEED
from framing.units import split_units
from framing.vectors import embed_texts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MAX_UNITS = 20_000
N_BOOT = 2000
_SEVERITY_AR: Mapping[str, str] = {"fault": "خطأ", "warning": "تنبيه", "note": "ملاحظة"}
_HEADINGS_AR: Mapping[str, str] = {
    "severity": "الدرجة", "frame": "الإطار", "what_ar": "ما وُجد", "to_do_ar": "ما العمل", "n_examples": "الأمثلة",
    "n_styles": "الأساليب", "low": "من", "high": "إلى", "precision": "الإحكام", "recall": "الاستدعاء",
    "n_without_terms": "أمثلة بلا كلمة دالّة", "f1_without_terms": "F1 فيها", "f1": "F1",
}  # fmt: skip


@dataclass(frozen=True)
class CodebookCheck:
    """What a check of a codebook found.

    Parameters
    ----------
    findings : `severity (fault | warning | note), frame, kind, what, to_do, what_ar, to_do_ar`, the serious first.
    scores : F1 per frame on styles left out, and pairs of frames that are confused.
    words : terms in examples and corpus, by outlet, and in context.
    settings : codebook, version, sha256, encoder, seed, n_boot, level, n_units (looked at), n_units_found.
    """

    findings: pd.DataFrame
    scores: Scores
    words: Words
    codebook: Codebook
    settings: Mapping[str, Any] = field(default_factory=dict)

    def to_frame(self) -> pd.DataFrame:
        """Give the findings as a table."""
        return self.findings.copy()

    def summary(self, language: Literal["ar", "en"] = "en") -> str:
        """Say what was looked at, F1 per frame, and every finding with what to do."""
        book = self.codebook
        lines = [f"{book.title.get(language) or book.codebook_id}, {book.version} ({book.sha256[:12]})"]
        lines += [self._said_of_f1(row, language) for row in self.scores.f1.to_dict("records")]
        if book.is_form:
            said = {"en": "a form: for coding and mapping, not for scoring", "ar": "نموذج للترميز والمقابلة فقط"}
            lines.append(said[language])
        if not len(self.findings):
            lines.append({"en": "nothing found to mend", "ar": "لا شيء يحتاج إلى إصلاح"}[language])
        end = "_ar" if language == "ar" else ""
        for row in self.findings.to_dict("records"):
            severity = _SEVERITY_AR[row["severity"]] if language == "ar" else row["severity"]
            where = f"{row['frame']}: " if row["frame"] else ""
            lines.append(f"- {severity}: {where}{row['what' + end]}. {row['to_do' + end]}.")
        return "\n".join(lines)

    def _said_of_f1(self, row: Mapping[Any, Any], language: str) -> str:
        if np.isnan(row["f1"]):
            said = {"en": "too few examples to measure F1", "ar": "الأمثلة أقل من أن يُحسب F1"}[language]
            return f"  {row['frame']}: {said} ({row['n_examples']})"
        n = {"en": f"{row['n_examples']} examples", "ar": f"الأمثلة {row['n_examples']}"}[language]
        return f"  {row['frame']}: F1 {row['f1']:.2f} ({row['low']:.2f}-{row['high']:.2f}), {n}"

    def explain(self, term: str) -> pd.DataFrame:
        """Give up to ten places of a term in the corpus, in their context.

        Raises
        ------
        KeyError : the codebook has no such term.
        """
        if term not in set(self.words.terms["term"]):
            raise KeyError(f"no term {term!r} in codebook {self.codebook.codebook_id!r}")
        rows = self.words.contexts
        return rows[rows["term"] == term].reset_index(drop=True)

    def plot(self, *, language: Language = "ar") -> Figure:
        """Draw F1 per frame with its interval."""
        from framing.plots import codebook_scores

        names = {frame: self.codebook.name_of(frame, language) for frame in self.codebook.frame_ids}
        return codebook_scores(self.scores.f1, language=language, names=names)

    def _repr_html_(self) -> str:
        rows = self.findings[["severity", "frame", "what_ar", "to_do_ar"]].copy()
        rows["severity"] = rows["severity"].map(_SEVERITY_AR)
        title = f"{self.codebook.title.get('ar') or self.codebook.codebook_id} · {self.codebook.version}"
        f1 = html_table(self.scores.f1, caption=title, headings=_HEADINGS_AR)
        return block(f1 + html_table(rows, headings=_HEADINGS_AR), language="ar")


def check_codebook(
    codebook: Codebook,
    corpus: Any = None,
    *,
    encoder: Encoder | str | None = None,
    seed: int = DEFAULT_SEED,
    n_boot: int = N_BOOT,
    level: float = 0.95,
) -> CodebookCheck:
    """Look at a codebook: words, examples, what they teach and, where there is one, a corpus.

    F1 is measured on examples of a style the model has not seen (of a random fifth, with fewer than three styles);
    the score from which a frame counts is chosen on the same predictions, so it is a little too high. It says how
    well the examples agree with each other, not how well a corpus is coded: for that, score coded units.

    Parameters
    ----------
    corpus : articles (`outlet, title, text`), units (`unit_id, text`, and `outlet` where there are several), or an
        object with such a `table`. Above 20,000 units a seeded sample is looked at. Only words are looked for in it.
    encoder : an encoder or its name; None is the default one.
    n_boot : bootstrap draws of the examples. level : of the intervals, 0 to 1.

    Raises
    ------
    ValueError : the corpus has no column `text`.
    """
    machine = encoder if encoder is not None and not isinstance(encoder, str) else load_encoder(encoder or "e5-small")
    taught = Taught(codebook)
    vectors, _ = embed_texts([example.text for example in taught.examples], encoder=machine)
    found = _units_of(corpus)
    units = found
    if found is not None and len(found) > MAX_UNITS:
        units = found.sample(MAX_UNITS, random_state=seed).sort_index().reset_index(drop=True)
    words = count_words(taught, units, seed=seed)
    scores = score_examples(taught, vectors, seed=seed, n_boot=n_boot, level=level)
    findings = [
        *check_examples(taught, vectors),
        *check_terms(codebook, words, has_corpus=units is not None),
        *check_scores(scores),
    ]
    settings = {
        "codebook": codebook.codebook_id, "version": codebook.version, "sha256": codebook.sha256,
        "encoder": fingerprint(machine), "seed": seed, "n_boot": n_boot, "level": level, "folds": scores.folds,
        "n_units": 0 if units is None else len(units), "n_units_found": 0 if found is None else len(found),
    }  # fmt: skip
    return CodebookCheck(findings_table(findings), scores, words, codebook, settings)


def _units_of(corpus: Any) -> pd.DataFrame | None:
    """Give `unit_id, outlet, text` of a corpus in any of its forms."""
    if corpus is None:
        return None
    table = getattr(corpus, "table", corpus)
    if "text" not in table:
        raise ValueError(f"the corpus has no column 'text'; it has {', '.join(map(str, table.columns))[:200]}")
    if "unit_id" in table:
        units = table
    else:
        articles = table if "article_id" in table else table.assign(article_id=[str(n) for n in range(len(table))])
        units = split_units(articles).table
        outlets = articles.drop_duplicates("article_id").set_index("article_id").get("outlet")
        units = units if outlets is None else units.assign(outlet=units["article_id"].map(outlets))
    outlet = units["outlet"] if "outlet" in units else pd.Series("", index=units.index)
    return pd.DataFrame({
        "unit_id": units["unit_id"].astype(str), "outlet": outlet.fillna("").astype(str),
        "text": units["text"].fillna("").astype(str),
    }).reset_index(drop=True)  # fmt: skip


def n_faults(check: CodebookCheck) -> int:
    """Count the findings that keep a codebook from being used."""
    return int((check.findings["severity"] == SEVERITIES[0]).sum())
