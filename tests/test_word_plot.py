"""The figure of a text's words: which are drawn, on which side, and what is said of the rest."""

import pandas as pd
import pytest

from framing import plots
from framing.study import SYNTHETIC_AR, SYNTHETIC_EN
from framing.word_plot import word_weights

ROWS = pd.DataFrame({"word": ["خطر", "على", "الجسر", "سلامة"], "weight": [0.3, -0.1, 0.2, float("nan")]})


def labels_of(axes):
    return [label.get_text() for label in axes.get_yticklabels()]


def test_words_are_drawn_largest_first_and_those_without_a_weight_not_at_all():
    axes = word_weights(ROWS).axes[0]
    assert labels_of(axes) == ["خطر", "الجسر", "على"]
    assert [text.get_text() for text in axes.texts] == ["+0.30", "+0.20", "-0.10"]
    low, high = sorted(axes.get_ylim())
    assert axes.get_ylim() == (high, low), "the first word stands on top"


def test_what_takes_from_the_frame_is_hollow_and_points_the_other_way():
    bars = word_weights(ROWS).axes[0].patches
    assert [bar.get_width() > 0 for bar in bars] == [True, True, False]
    faces = [tuple(bar.get_facecolor()) for bar in bars]
    assert faces[0] == faces[1] != faces[2] == (1.0, 1.0, 1.0, 1.0)


def test_arabic_starts_at_the_right_and_english_at_the_left():
    arabic, english = (word_weights(ROWS, language=language).axes[0] for language in ("ar", "en"))
    assert arabic.xaxis_inverted()
    assert arabic.yaxis.get_ticks_position() == "right"
    assert not english.xaxis_inverted()
    assert english.yaxis.get_ticks_position() == "left"


@pytest.mark.parametrize(
    ("language", "said"), [("ar", "كلمات أخرى أقل أثرًا: 2"), ("en", "further words of less weight: 2")]
)
def test_number_of_words_left_out_is_said(language, said):
    axes = word_weights(ROWS, n=1, language=language).axes[0]
    assert labels_of(axes) == ["خطر"]
    assert said in axes.get_xlabel()
    assert "\n" not in word_weights(ROWS, language=language).axes[0].get_xlabel()


def test_every_number_lies_inside_the_figure():
    for rows in (ROWS, ROWS[ROWS["weight"] < 0], ROWS[ROWS["weight"] > 0]):
        axes = word_weights(rows).axes[0]
        low, high = sorted(axes.get_xlim())
        assert all(low < text.get_position()[0] < high for text in axes.texts)


def test_table_without_weights_gives_a_figure_that_says_so():
    for rows in (ROWS[:0], ROWS[3:]):
        figure = word_weights(rows)
        assert not figure.axes
        assert figure.texts[0].get_text() == "لا بيانات للعرض"


def test_table_is_left_as_it_was_and_the_figure_is_the_same_again():
    before = ROWS.copy()
    first, again = (plots.svg(word_weights(ROWS, title="السلامة")) for _ in range(2))
    assert first == again
    pd.testing.assert_frame_equal(ROWS, before)


def test_signs_of_formulas_are_drawn_as_they_are():
    axes = word_weights(pd.DataFrame({"word": ["$x$", "أ_ب"], "weight": [1.0, -1.0]}), title="$y$").axes[0]
    assert labels_of(axes) == ["$x$", "أ_ب"]
    assert plots.svg(axes.figure)


def test_figure_on_invented_data_says_so_inside():
    assert word_weights(ROWS, synthetic=True).get_suptitle().split() == f"{SYNTHETIC_AR} {SYNTHETIC_EN}".split()
