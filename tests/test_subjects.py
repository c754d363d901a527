"""Subjects that stand apart from their verb."""

import time

import pytest

from framing.speech_words import tokens_of
from framing.subjects import subject_apart, subject_of
from framing.voices import unit_spans


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("وقلل محلل محلي من أثر القرار، قائلا", "محلل محلي"),
        ("في المدينة، دافع العمدة عن القرار، قائلا", "العمدة"),
        ("لم يعط الضابط حصيلة، مكتفيا", "الضابط"),
        ("الرئاسة في سيول فتحت الباب، وقالت", "الرئاسة"),
        ("أما المدير الجديد فاعترف", "المدير الجديد"),
        ("أن العمل بدأ، مضيفا", ""),
        ("فبالإضافة إلى المنحة بدأ الصندوق دفع الأقساط، مضيفا", ""),
        ("وبالغت الصحيفة في وصف الأمر، قائلة", "الصحيفة"),
    ],
)
def test_subject_of_the_sentence_is_read(text, subject):
    assert subject_of(text, tokens_of(text), len(text)) == subject


@pytest.mark.parametrize(
    ("text", "verb", "feminine", "expected"),
    [
        ("سامر الراوي، نائب رئيس الاتحاد، قال", 5, False, (0, 2)),
        ("المراسل الذي تابع الجلسة وصف", 4, False, (0, 1)),
        ("الوزيرة، في أوسلو، قال", 3, False, None),
        ("في أوسلو، قال", 2, False, None),
    ],
)
def test_parted_subject_agrees_with_its_verb(text, verb, feminine, expected):
    assert subject_apart(text, tokens_of(text), verb, feminine) == expected


@pytest.mark.parametrize(
    "piece", ["الوزير الذي قال ", "سيدة تملك محلا، ", "مؤكدا أن الوزير قال، ", "نائب في مجلس من حزب "]
)
def test_time_grows_with_the_length_alone(piece):
    def seconds(times: int) -> float:
        begin = time.process_time()
        unit_spans(piece * times)
        return time.process_time() - begin

    seconds(500)
    assert seconds(8000) < 3 * seconds(4000) + 0.2
