"""Figures of the page."""

import re

from framing.report.figures import draw_figures, inline
from framing.report.language import Texts
from framing.report.results import read_results


def test_each_figure_is_drawn_once_there_is_something_to_draw(build_folder):
    results = read_results(build_folder())
    assert list(draw_figures(results, Texts("ar", codebook=results.codebook))) == [
        "flow",
        "shares",
        "voices",
        "speakers",
        "clusters",
    ]


def test_an_inline_figure_keeps_its_ids_to_itself():
    svg = '<?xml version="1.0"?><svg width="9pt" xmlns="http://www.w3.org/2000/svg"><style>*{}</style><g id="a"/>' \
        '<use xlink:href="#a" clip-path="url(#a)"/></svg>'  # fmt: skip
    found = inline(svg, prefix="p", title="<b>", description="d")
    assert found.startswith("<svg ")
    assert "http" not in found
    assert "<style>" not in found
    assert 'id="p-a"' in found
    assert 'href="#p-a"' in found
    assert "url(#p-a)" in found
    assert "&lt;b&gt;" in found
    assert re.search(r'role="img" aria-labelledby="p-title p-desc"', found)
