"""The spelled side of a text: what is counted, that it can be written down, and whose part is whose."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.frame_texts import TextView, letters, stem, word_pairs

TEXTS = [
    "حذر مهندس من خطر انهيار السقف على المصلين.",
    "تجاوزت كلفة السوق الجديدة ضعف ما رصد لها - والسوق مغلقة.",
    "قال محامٍ إن قرار الهدم يخالف «القانون»، والقانون فوق الجميع!",
    "خطر السقوط قائم ما دامت الشاحنات تمر فوقه... في 2024",
]
HOSTILE = ["", " ", "؟!... —", "\u200f\u202e", "\ud800", "a\ud800b خطر", "\ufdfa", "&#0;<b>خطر</b>", "😀😀", "\x00"]


@pytest.fixture(scope="module")
def view():
    return TextView.learn(TEXTS)[0]


@pytest.fixture(scope="module")
def weights(view):
    n_features = sum(len(names) for names in view.features.values())
    return np.random.default_rng(5).normal(size=n_features)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("والسوق", "سوق"),
        ("بالسوق", "سوق"),
        ("للسوق", "سوق"),
        ("السوق", "سوق"),
        ("فالسوق", "سوق"),
        ("سوق", "سوق"),
        ("الي", "الي"),  # too short to be an article and a word
        ("وقال", "وقال"),  # a letter that may be the word's own
        ("لله", "لله"),
    ],
)
def test_conjunction_and_article_come_off_and_nothing_else(word, expected):
    assert stem(word) == expected


def test_a_stem_is_never_empty():
    for word in ("ال", "وال", "لل", "و", "ف", "بال"):
        assert stem(word)


def test_words_are_counted_as_stems_and_as_pairs_side_by_side():
    assert word_pairs("السوق الجديدة والنهر") == ["سوق", "جديده", "نهر", "سوق جديده", "جديده نهر"]
    assert word_pairs("سوق") == ["سوق"]
    assert word_pairs("؟!") == []


def test_spellings_of_a_word_have_the_same_letters():
    assert letters("إلى المدرسةِ") == letters("الى المدرسه")


def test_rows_of_learning_are_those_of_asking():
    view, rows = TextView.learn(TEXTS)
    assert abs(rows - view.rows(TEXTS)).max() < 1e-12


def test_each_row_has_length_one_where_letters_and_words_are_known(view):
    rows = view.rows(TEXTS)
    np.testing.assert_allclose(np.sqrt(rows.multiply(rows).sum(axis=1)), 1.0)
    assert view.rows(["qqq zzz"]).nnz == 0


def test_view_built_from_what_it_wrote_down_gives_equal_rows(view):
    again = TextView.load(view.features, view.rarity)
    asked = [*TEXTS, "خطر جديد على السوق", *HOSTILE]
    one, two = view.rows(asked), again.rows(asked)
    assert (one != two).nnz == 0
    assert one.data.tobytes() == two.data.tobytes()
    assert again.features == view.features
    for name, values in view.rarity.items():
        assert again.rarity[name].tobytes() == values.tobytes()


def test_features_of_one_example_are_left_out_where_there_are_a_hundred():
    texts = [f"خطر على الجسر {'نادرة' if number == 0 else ''}" for number in range(100)]
    assert "نادره" not in TextView.learn(texts)[0].features["words"]
    assert "نادره" in TextView.learn(texts[:99])[0].features["words"]


@pytest.mark.parametrize("texts", [["؟", "!"], ["؟"] * 120, [""]])
def test_examples_without_a_letter_give_a_view_that_sees_nothing(texts):
    view, rows = TextView.learn(texts)
    assert rows.shape[0] == len(texts)
    assert view.rows(["جسر"]).shape[0] == 1
    assert TextView.load(view.features, view.rarity).rows(["جسر"]).shape == view.rows(["جسر"]).shape


# Whose part is whose


@pytest.mark.parametrize("text", [*TEXTS, *HOSTILE, "خطر خطر خطر", "السوق سوق والسوق", " ".join(TEXTS)])
def test_word_weights_add_up_to_the_spelled_part_of_the_margin(view, weights, text):
    whole = (view.rows([text]) @ weights).item()
    assert sum(view.word_weights(text, weights).values()) == pytest.approx(whole, abs=1e-9)


@given(st.text(alphabet=st.sampled_from("خطرسوقلاعةأىي .،«»-!\u0651\u200fAb2\ud800&<"), max_size=60))
def test_word_weights_add_up_whatever_is_written(text):
    view, _ = TextView.learn(TEXTS)
    weights = np.linspace(-1.0, 1.0, sum(len(names) for names in view.features.values()))
    whole = (view.rows([text]) @ weights).item()
    assert sum(view.word_weights(text, weights).values()) == pytest.approx(whole, abs=1e-9)


def test_no_part_belongs_to_a_word_without_letters(view, weights):
    found = view.word_weights(TEXTS[1] + " - ... !", weights)
    assert "" not in found


def test_words_that_share_a_feature_share_its_part_evenly(view):
    """Each of three places holds the stem: the first word has two of them, the last one."""
    place = len(view.features["letters"]) + view.features["words"].index("سوق")
    one = np.zeros(place + len(view.features["words"]))
    one[place] = 1.0
    found = view.word_weights("السوق قرب السوق وسوق والسوق", one)
    assert found["السوق"] == pytest.approx(2 * found["والسوق"])
    assert found.get("قرب", 0.0) == 0.0


def test_pair_belongs_to_both_its_words(view):
    place = len(view.features["letters"]) + view.features["words"].index("كلفه سوق")
    one = np.zeros(len(view.features["letters"]) + len(view.features["words"]))
    one[place] = 1.0
    found = {word: part for word, part in view.word_weights("كلفة السوق باهظة", one).items() if part}
    assert found["كلفه"] == pytest.approx(found["السوق"])
    assert set(found) == {"كلفه", "السوق"}
