"""One self-contained page from a results folder: no script, no external reference, every value escaped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from framing.errors import ResultsError
from framing.files import write_text
from framing.html import DIRECTIONS, Language, banner, showable, theme
from framing.report import methods, sections, tables, voices_section
from framing.report.figures import draw_figures, figure_texts, inline
from framing.report.language import Texts
from framing.report.results import Results, read_results
from framing.report.robustness_section import robustness_html, words_of

HERE = Path(__file__).parent
CSP = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'none'; "
    "base-uri 'none'; form-action 'none'"
)
LANGUAGES: Mapping[str, tuple[Language, ...]] = {"ar": ("ar",), "en": ("en",), "both": ("ar", "en")}


def build_report(
    folder: str | Path,
    *,
    language: Literal["ar", "en", "both"] | None = None,
    text: Literal["none", "snippet", "full"] | None = None,
    manifest: Mapping[str, Any] | None = None,
) -> Path:
    """Write `report.html` from a results folder alone.

    Parameters
    ----------
    language, text : None takes what the study says.
    manifest : stands in for `manifest.json` while a run has not written it yet.

    Returns
    -------
    The path of the page.

    Raises
    ------
    ResultsError : the folder is missing, unfinished, or one of its files cannot be read.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ResultsError(
            f"{folder}: no such folder. Pass the folder that 'framing run' wrote.",
            ar=f"المجلد {folder} غير موجود. مرّر المجلد الذي كتبه framing run.",
        )
    results = read_results(folder, manifest=manifest)
    chosen = language or results.setting("report", "language", default="ar")
    shown = text or results.setting("report", "text", default="snippet")
    if chosen not in LANGUAGES or shown not in ("none", "snippet", "full"):
        raise ValueError(f"language {chosen!r}, text {shown!r}; write ar, en or both, and none, snippet or full.")
    path = folder / "report.html"
    write_text(path, render(results, LANGUAGES[chosen], text=shown))
    return path


def render(
    results: Results,
    languages: tuple[Language, ...],
    *,
    text: str,
    figures: Mapping[Language, Mapping[str, str]] | None = None,
) -> str:
    """Give the page as text: one part per language, each in its own direction.

    `figures` : `figure_texts` of the results by language, where they are drawn already.
    """
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    parts = [_part(results, language, text, (figures or {}).get(language)) for language in languages]
    css = theme() + (HERE / "report.css").read_text(encoding="utf-8")
    return environment.get_template("page.html.j2").render(
        language=languages[0],
        direction=DIRECTIONS[languages[0]],
        csp=CSP,
        css=Markup(css),  # noqa: S704 - our own style sheet
        banner=Markup(banner()) if results.synthetic else "",  # noqa: S704 - our own markup
        title=parts[0]["title"],
        parts=parts,
    )


def _finalize(value: Any) -> Any:
    """Keep markup of ours; make anything else text that a page can hold."""
    return value if isinstance(value, Markup) or hasattr(value, "__html__") else showable(value)


def _part(results: Results, language: Language, text: str, drawn: Mapping[str, str] | None) -> dict[str, Any]:
    """Collect what the template of one language shows."""
    t = Texts(language, codebook=results.codebook)
    presence = sections.judge_presence(results)
    quotes = sections.Quotes(results, text=text)
    spoken = presence.spoken(results.frames)
    # Who is quoted is not shown where no text is: a page to be shared.
    counts = voices_section.speaker_counts(results) if text != "none" else pd.DataFrame()
    return {
        "t": t,
        "language": language,
        "direction": t.direction,
        "title": _title(results, t),
        "synthetic": results.synthetic,
        "limits": sections.limits(results, presence, t),
        "summary": sections.summary(results, presence, t),
        "figures": _figures(figure_texts(results, t) if drawn is None else drawn, t, speakers=len(counts) > 0),
        "flow": tables.flow_table(results, t),
        "left_out": [
            tables.reasons_table(results[name], t.word(f"caption_{name}"), t) for name in ("rejected", "set_aside")
        ],
        "copies": tables.copies_table(results, t),
        "shares": tables.shares_table(results, t, estimand="article_share"),
        "unit_shares": tables.shares_table(results, t, estimand="unit_share"),
        "voices": [tables.voice_table(results, voice, t) for voice in tables.VOICES],
        "speakers": [voices_section.speakers_table(results, t, counts)] if len(counts) else [],
        "verbs": voices_section.verbs_tables(results, t),
        "contested": tables.contested_table(results, t),
        "layers": sections.layers_table(results, t),
        "frames": [
            {
                "name": t.frame(frame),
                "sentences": [] if presence.foreign else sections.outlet_sentences(results, frame, t),
                "quotes": sections.frame_quotes(results, frame, quotes),
            }
            for frame in results.parents
        ],
        "presence": presence,
        "foreign": sections.foreign_note(presence, t),
        "detectable": sections.detectable(results, presence, t),
        "omnibus": tables.omnibus_table(results, t),
        "differences": tables.differences_table(results, spoken, "frames", t),
        "positions": tables.differences_table(results, spoken, "positions", t),
        "robustness": robustness_html(
            results.robustness,
            t,
            settings=(results.manifest.get("robustness") or {}).get("settings"),
            frames=spoken,
            synthetic=results.synthetic,
        ),
        "robustness_head": words_of(t)["head"],
        "clusters": sections.cluster_views(results, quotes, t),
        "edited": sections.edited_clusters(results, t),
        "methods": methods.methods_paragraph(results, t),
        "codebook": results.codebook,
        "codebook_frames": sections.codebook_frames(results, t),
        "manifest": methods.manifest_table(results, t),
        "files": [methods.files_table(results, key, t) for key in ("inputs", "outputs")],
    }


def _figures(drawn: Mapping[str, str], t: Texts, *, speakers: bool) -> dict[str, Markup]:
    return {
        name: inline(
            svg,
            prefix=f"{t.language}-{name}",
            title=t.word(f"figure_{name}"),
            description=t.word(f"figure_{name}_alt"),
        )
        for name, svg in drawn.items()
        if speakers or name != "speakers"
    }


def _title(results: Results, t: Texts) -> str:
    title = results.setting("title", default={})
    if isinstance(title, str):
        return title
    return title.get(t.language) or next(iter(title.values()), t.word("untitled"))


__all__ = ["LANGUAGES", "build_report", "draw_figures", "figure_texts", "read_results", "render"]
