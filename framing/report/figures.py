"""The page's figures, and how an SVG goes into a page: named for readers who hear it, its ids its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

import pandas as pd
from markupsafe import Markup, escape

from framing import plots
from framing.copy_matrix import MatrixBy
from framing.report.language import Texts
from framing.report.results import Results
from framing.report.sections import cluster_label, list_of
from framing.report.voices_section import speaker_counts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LABEL_WORDS = 4


def draw_figures(results: Results, t: Texts) -> dict[str, Figure]:
    """Draw every figure that the results can fill, by name: flow, copies, shares, voices, speakers, clusters."""
    names = {frame: t.frame(frame, short=True) for frame in results.frames}
    language, mark = t.language, results.synthetic
    found: dict[str, Figure] = {}
    if len(results["flow"]):
        found["flow"] = results.flow.plot(language=language)
    for by in get_args(MatrixBy):
        matrix = results.copies_by(by)
        if matrix is not None and len(matrix.table):
            found[f"copies_{by}"] = matrix.plot(language=language, synthetic=mark)
    shares, by_voice = results.article_shares(), results["by_voice"]
    if len(shares):
        found["shares"] = plots.frame_shares(
            _in_order(shares, results, t), language=language, synthetic=mark, names=names
        )
    if len(by_voice):
        parents = by_voice[by_voice["frame"].isin(results.parents)]
        found["voices"] = plots.voice_split(
            _in_order(parents, results, t), language=language, synthetic=mark, names=names
        )
    counts = speaker_counts(results) if results.setting("report", "text") != "none" else pd.DataFrame()
    if len(counts):
        found["speakers"] = plots.speaker_grid(counts, language=language, synthetic=mark, names=names)
    topics = results["topics"]
    if len(topics):
        labels = [_cluster_name(row, t) for row in topics.to_dict("records")]
        found["clusters"] = plots.clusters(topics, language=language, synthetic=mark, labels=labels)
    return found


def figure_texts(results: Results, t: Texts) -> dict[str, str]:
    """Draw every figure as the text of an SVG file, by name."""
    return {name: plots.svg(figure) for name, figure in draw_figures(results, t).items()}


def _in_order(table: pd.DataFrame, results: Results, t: Texts) -> pd.DataFrame:
    """Sort rows by the codebook's order of frames, and name outlets as the page does."""
    order = {frame: position for position, frame in enumerate(results.frames)}
    table = table.sort_values("frame", key=lambda column: column.map(order), kind="stable")
    return table.assign(outlet=table["outlet"].map(t.outlet))


def _cluster_name(row: Mapping[Any, Any], t: Texts) -> str:
    words = ("، " if t.language == "ar" else ", ").join(list_of(row["words"])[:LABEL_WORDS])
    return f"{row['topic']}: {words or cluster_label(row, t)}"


def inline(svg: str, *, prefix: str, title: str, description: str) -> Markup:
    """Make an SVG file a part of a page.

    Parameters
    ----------
    prefix : put before every id, so that two figures of a page do not share one.
    title, description : read out in place of the figure.
    """
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<style\b.*?</style>", "", body, flags=re.DOTALL)
    body = (
        re.sub(r'\s(?:xmlns(?::\w+)?|version|width|height)="[^"]*"', "", body[: body.index(">")])
        + body[body.index(">") :]
    )
    body = body.replace("xlink:href", "href")
    body = re.sub(r'\bid="', f'id="{prefix}-', body)
    body = re.sub(r'href="#', f'href="#{prefix}-', body)
    body = re.sub(r"url\(#", f"url(#{prefix}-", body)
    width = re.search(r'width="([\d.]+)pt"', svg)
    widest = f'style="max-width: {float(width.group(1)):.0f}pt" ' if width else ""
    labels = f'{widest}role="img" aria-labelledby="{prefix}-title {prefix}-desc"'
    said = f'<title id="{prefix}-title">{escape(title)}</title><desc id="{prefix}-desc">{escape(description)}</desc>'
    head, rest = body.split(">", 1)
    return Markup(f"{head} {labels}>{said}{rest}")  # noqa: S704 - matplotlib's own markup, letters as outlines
