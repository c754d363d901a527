"""Figures from plain tables: complete, repeatable, marked where data are invented."""

import re
import subprocess
import sys

import pandas as pd
import pytest

from framing import plots
from framing.study import SYNTHETIC_AR, SYNTHETIC_EN

LONG = "صحيفة اسمها طويل جدًا يمتد على أكثر من سطر واحد في الشكل"


def shares(outlets=("أ", LONG), frames=("escalation", "escalation.by_west", "sovereignty")):
    rows = [(o, f, 0.3, 0.1, 0.5, 20, "") for o in outlets for f in frames]
    return pd.DataFrame(rows, columns=["outlet", "frame", "share", "low", "high", "n", "flag"])


def drawn_text(figure):
    found = [text.get_text() for text in figure.texts]
    found += [figure.get_suptitle()]
    for axes in figure.axes:
        found += [axes.get_title(), *(label.get_text() for label in axes.get_yticklabels())]
    return "\n".join(found)


def all_figures(**options):
    voices = pd.concat([shares().assign(voice=voice) for voice in ("own", "attributed", "quoted")])
    flow = pd.DataFrame({"step": ["found", "analysed"], "outlet": "أ", "n": [9, 5]})
    topics = pd.DataFrame({"topic": [-1, 0], "n_units": [3, 7]})
    cells = pd.DataFrame({"row": ["أ", LONG], "column": "رويترز", "n": [1, 2], "shade": [0.1, 0.2], "size": [9, 5]})
    return [
        plots.copy_matrix(cells, by="agency", **options),
        plots.frame_shares(shares(), **options), plots.voice_split(voices, **options),
        plots.corpus_flow(flow, **options), plots.clusters(topics, **options),
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_figure_on_invented_data_says_so_inside(language):
    for figure in all_figures(language=language, synthetic=True):
        text = " ".join(drawn_text(figure).split())
        assert SYNTHETIC_AR in text
        assert SYNTHETIC_EN in text
    assert all(not figure.get_suptitle() for figure in all_figures(language=language))


def test_the_same_figure_gives_the_same_bytes_without_a_date():
    first, again = (plots.svg(plots.frame_shares(shares())) for _ in range(2))
    assert first == again
    assert "<metadata>" not in first
    assert not re.search(r"20\d\d-\d\d-\d\d", first)


def test_letters_are_outlines_so_no_font_is_needed():
    assert "<text" not in plots.svg(plots.frame_shares(shares()))


def test_nothing_of_a_long_name_is_cut_off():
    figure = plots.frame_shares(shares(), language="ar")
    assert LONG.split()[-1] in drawn_text(figure)
    figure.draw_without_rendering()
    bounds = figure.get_tightbbox()
    assert bounds.x0 >= -0.01
    assert bounds.x1 <= figure.get_figwidth() + 0.01


def test_arabic_figures_start_at_the_right_and_english_ones_at_the_left():
    arabic, english = (plots.frame_shares(shares(), language=language).axes[-1] for language in ("ar", "en"))
    assert arabic.xaxis_inverted()
    assert not english.xaxis_inverted()


def test_a_frame_stands_beside_its_children_and_childless_frames_share_a_row():
    assert plots._panel_rows(["a", "a.x", "a.y", "b", "b.x"]) == [["a", "a.x", "a.y"], ["b", "b.x"]]
    assert plots._panel_rows(["a", "b", "c", "d", "e"]) == [["a", "b", "c", "d"], ["e"]]


def test_outlets_keep_the_order_of_the_table_from_top_to_bottom():
    axes = next(a for a in plots.frame_shares(shares(("أ", "ب", "ج")), language="en").axes if a.get_yticklabels())
    assert [label.get_text() for label in axes.get_yticklabels()] == ["أ", "ب", "ج"]
    assert axes.yaxis_inverted()


def test_names_with_formula_signs_or_markup_are_drawn_as_they_are():
    figure = plots.frame_shares(shares(("$\\frac{x$", "<script>alert(1)</script>")), language="en")
    text = plots.svg(figure)
    assert "<script" not in text
    assert "$\\frac{x$" in drawn_text(figure)


def test_empty_tables_give_a_figure_that_says_so():
    for figure in (plots.frame_shares(shares().head(0)), plots.clusters(pd.DataFrame({"topic": [], "n_units": []}))):
        assert "لا بيانات للعرض" in drawn_text(figure)


def test_importing_the_module_does_not_import_matplotlib():
    code = "import sys, framing.plots; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_notebook_shows_a_figure_as_a_picture_without_pyplot():
    code = (
        "import sys, pandas as pd; from framing import plots\n"
        "flow = pd.DataFrame({'step': ['found'], 'outlet': 'a', 'n': [9]})\n"
        "print(plots.corpus_flow(flow)._repr_png_()[1:4], 'matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "b'PNG' False"
