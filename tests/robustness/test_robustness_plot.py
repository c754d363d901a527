"""Figures of the check: every pair and value is there, marked where data are invented, the same bytes twice."""

import pandas as pd
import pytest

from framing import plots
from framing.robustness_plot import MOST_PAIRS, claim_ranges, specification_curve, value_name
from framing.robustness_tables import CLAIMS
from framing.study import SYNTHETIC_AR


def claims(pairs=(("أ", "ب"), ("أ", "ج")), frames=("escalation", "sovereignty")):
    rows = [
        {"claim": "c01", "frame": f, "family": "frames", "outlet_a": a, "outlet_b": b, "median_points": 5.0,
         "min_points": -3.0, "max_points": 12.0, "base_points": 6.0, "base_low": -9.0, "base_high": 31.0}
        for f in frames for a, b in pairs
    ]  # fmt: skip
    return pd.DataFrame(rows).reindex(columns=CLAIMS)


def curve():
    rows = [
        {"run": n, "kind": "base" if n == 0 else "curve", "threshold": threshold, "copies": "keep",
         "article_rule": rule, "frame": "escalation", "outlet_a": "أ", "outlet_b": "ب", "points": float(n),
         "low": n - 4.0, "high": n + 4.0, "significant": n > 2}
        for n, (threshold, rule) in enumerate(
            (t, r) for t in ("base", "lowered_0.10", "raised_0.10") for r in ("title_or_lead", "share>=0.2"))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def labels(figure):
    return [text.get_text() for axes in figure.axes for text in axes.get_yticklabels()]


def test_every_pair_is_named_once_in_the_order_of_the_alphabet():
    assert labels(claim_ranges(claims())) == ["أ − ب", "أ − ج"]


def test_in_arabic_the_axis_starts_at_the_right():
    left, right = claim_ranges(claims(), language="ar").axes[0].get_xlim()
    assert left > 0 > right
    left, right = claim_ranges(claims(), language="en").axes[0].get_xlim()
    assert left < 0 < right


def test_zero_interval_and_range_are_inside_the_axis():
    axes = claim_ranges(claims(), language="en").axes[0]
    assert axes.get_xlim()[1] >= 31


def test_more_pairs_than_fit_are_counted():
    many = [(f"أ{n:03d}", "ب") for n in range(MOST_PAIRS + 5)]
    figure = claim_ranges(claims(pairs=many, frames=("escalation",)))
    assert "(+5)" in figure.legends[0].get_title().get_text()
    assert len(labels(figure)) == MOST_PAIRS


def test_curve_names_each_value_of_each_choice():
    said = labels(specification_curve(curve(), language="en"))
    for value in ("threshold lower by 0.10", "in title or lead", "in at least 20% of its units"):
        assert value in said


@pytest.mark.parametrize(
    "drawn", [lambda **o: claim_ranges(claims(), **o), lambda **o: specification_curve(curve(), **o)]
)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_invented_data_are_marked_and_bytes_repeat(drawn, language):
    figure = drawn(language=language, synthetic=True)
    assert SYNTHETIC_AR.split(":")[0] in figure.get_suptitle()
    assert plots.svg(figure) == plots.svg(drawn(language=language, synthetic=True))


def test_the_pooled_others_are_named_in_the_figures_language():
    rest = claims(pairs=(("أ", "(rest)"),))
    assert labels(claim_ranges(rest, language="en")) == ["أ − the other outlets"]


def test_nothing_to_draw_is_said():
    assert claim_ranges(claims().head(0)).texts
    assert specification_curve(curve().head(0)).texts


@pytest.mark.parametrize(
    ("value", "said"),
    [("hits>=2", "at least 2 hits of the query"), ("draw_3", "draw 3"), ("score>=0.25", "similarity of at least 0.25"),
     ("trimmed_3_days", "without 3 days at both ends"), ("my-encoder_v2", "my-encoder_v2")],
)  # fmt: skip
def test_values_are_said_in_words(value, said):
    assert value_name(value, "en") == said
