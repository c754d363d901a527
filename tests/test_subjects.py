"""Subjects that stand apart from their verb."""

import sys

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
def test_work_grows_with_the_length_alone(piece):
    """Lines that are run, not seconds: the collector of garbage may strike in either."""

    def lines_run(times: int) -> int:
        count = 0

        def trace(_frame, event, _argument):
            nonlocal count
            count += event == "line"
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            unit_spans(piece * times)
        finally:
            sys.settrace(before)
        return count

    lines_run(50)
    assert lines_run(800) < 2.2 * lines_run(400)
