import pytest

from framing.readers.languages import find_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("وصلت القوات إلى المدينة صباح اليوم وأعلنت الوزارة ذلك.", "ar"),
        ("The ministry said on Monday that the talks would begin tomorrow in the capital.", "en"),
        ("نیروهای نظامی امروز وارد شهر شدند و وزارت خارجه گفت که گفتگوها ادامه می‌یابد.", "fa"),
        ("وزارت خارجہ نے کہا ہے کہ مذاکرات کل دارالحکومت میں شروع ہوں گے۔", "ur"),
        ("أعلن الرييس اليوم ان الاتفاق ﻣﻊ ﺭﻭﺳﻴﺎ نهائي", "ar"),
        ("123 456 !!", "und"),
        ("", "und"),
    ],
)
def test_language_is_told(text, language):
    assert find_language(text) == language


def test_arabic_typed_with_a_persian_keyboard_is_arabic():
    text = "أعلنت وزارة الخارجية اليوم أن المحادثات ستبدأ غدا في العاصمة وأن الوفد وصل بالفعل إلى مقر المؤتمر"
    assert find_language(text.replace("ي", "ی").replace("ك", "ک")) == "ar"
