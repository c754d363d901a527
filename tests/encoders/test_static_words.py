import random

import pytest

from framing.arabic import lexical_view, model_view
from framing.encoders.static_words import MAX_LETTERS, WordTable, key_of, without_clitics, written_words

KEYS = ["مدرسه", "كتاب", "سياده", "القمر", "بيت", "kyiv", "شركه"]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("مدرسة", "مدرسه"),
        ("المَدرسةُ", "مدرسه"),
        ("وبالكتاب", "كتاب"),
        ("كتابهم", "كتاب"),
        ("سيادتها", "سياده"),
        ("للقمر", "القمر"),
        ("الشركات", "شركه"),
        ("قمر", "القمر"),
        ("فبيتنا", "بيت"),
        ("بيـــت", "بيت"),
        ("Kyiv", "kyiv"),
    ],
)
def test_word_is_found_by_spelling_or_without_its_clitics(written, key):
    assert WordTable(KEYS)[written] == KEYS.index(key)


def test_exact_word_wins_over_one_without_its_clitics():
    assert WordTable(["لد", "ولد"])["ولد"] == 1


def test_fewest_letters_are_taken_off_first():
    assert WordTable(["كتاب", "الكتاب"])["والكتاب"] == 1


@pytest.mark.parametrize("written", ["شجرة", "ًٌ", "ن" * (MAX_LETTERS + 1), "12345", "xyz"])
def test_unknown_word_gets_the_row_behind_the_last(written):
    assert WordTable(KEYS)[written] == len(KEYS)


def test_at_least_two_letters_stay_of_a_word():
    assert all(len(bare) >= 2 for word in ("وله", "بها", "فيها", "ال") for bare in without_clitics(word))


def test_coverage_counts_how_words_were_found():
    found = WordTable(KEYS).coverage(["الكتاب مدرسة، شجرة!", ""])
    assert (found.n_words, found.n_as_written, found.n_by_clitics) == (3, 1, 1)
    assert found.unknown_share == pytest.approx(1 / 3)
    assert "33.3% unknown" in found.summary()


def test_endless_word_is_not_remembered():
    table = WordTable(KEYS)
    assert table["ن" * (MAX_LETTERS + 1)] == len(KEYS)
    assert not table


def test_markup_holds_no_words():
    assert written_words("قال <b class=x>نص</b> &quot;كلام&quot;") == ["قال", "نص", "كلام"]


def test_memory_of_written_forms_is_bounded(monkeypatch):
    monkeypatch.setattr("framing.encoders.static_words.MAX_REMEMBERED", 10)
    table = WordTable(KEYS)
    table.rows(" ".join(f"كلمة{letter}" for letter in "ابتثجحخدذرزسشصض"))
    assert len(table) <= 10


def test_ordinary_texts_have_the_same_words_without_the_model_view():
    # The short way round the model view must not be a different way.
    random.seed(3)
    letters = "ابتأإآةىؤئء" + "\u064b\u0651\u0640" + "٣7aZ .،؛؟«»“”’…–—-'\t\n%()"
    for _ in range(2000):
        text = "".join(random.choices(letters, k=random.randint(0, 40)))
        plain = model_view(text)
        slow = [key_of(word) for word in written_words("\u200b" + plain)]
        assert [key_of(word) for word in written_words(text)] == slow


def test_key_is_a_word_of_the_lexical_view():
    assert key_of("الأُمَّةُ") == lexical_view("الأُمَّةُ") == "الامه"


def test_cutting_a_text_into_words_is_linear(growth):
    assert growth(written_words, "والمدرسة <b " * 20_000) < 3
