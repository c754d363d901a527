"""Subjects that stand apart from their verb."""

import pytest

from framing.speech_words import tokens_of
from framing.subjects import subject_of


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("وقلل محلل محلي من أثر القرار، قائلا", "محلل محلي"),
        ("في المدينة، دافع العمدة عن القرار، قائلا", "العمدة"),
        ("لم يعط الضابط حصيلة، مكتفيا", "الضابط"),
        ("الرئاسة في سيول فتحت الباب، وقالت", "الرئاسة"),
        ("أما المدير الجديد فاعترف", "المدير الجديد"),
        ("أن العمل بدأ، مضيفا", ""),
    ],
)
def test_subject_of_the_sentence_is_read(text, subject):
    assert subject_of(text, tokens_of(text), len(text)) == subject
