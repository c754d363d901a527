"""Words written together with a preposition."""

import pytest

from framing.joints import is_addressed, joint, joint_goes_on
from framing.speech_words import tokens_of


@pytest.mark.parametrize(("key", "word"), [("بالوزاره", "وزاره"), ("بوزاره", "وزاره"), ("للجنه", "جنه"), ("بوتين", "")])
def test_preposition_is_taken_off_where_a_word_is_known(key, word):
    assert joint(key) == word


@pytest.mark.parametrize(
    ("key", "addressed"), [("لمستشار", True), ("لزبائنها", True), ("لندن", False), ("لقاء", False)]
)
def test_somebody_addressed_is_told_from_a_name(key, addressed):
    assert is_addressed(key) is addressed


@pytest.mark.parametrize(
    ("text", "goes_on"),
    [
        ("مسؤول بوزارة", True),
        ("السيناتور ليندسون", True),
        ("نبيل لهيئة الإذاعة", False),
        ("اتحاد لكرة", True),
        ("دبلوماسي أوروبي بعبارة", False),
        ("كاتب نرويجي بارز", True),
    ],
)
def test_joined_word_goes_on_where_it_names_a_body(text, goes_on):
    tokens = tokens_of(text)
    place = next(i for i, token in enumerate(tokens) if i and token.key[:1] in "بل")
    assert joint_goes_on(tokens, 0, place, False) is goes_on
