import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

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


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ku", "وەزارەتی دەرەوە ڕایگەیاند کە گفتوگۆکان سبەینێ لە پایتەخت دەست پێ دەکەن"),
        ("ps", "د بهرنیو چارو وزارت وویل چې خبرې به سبا په پلازمېنه کې پیل شي"),
        ("ug", "تاشقى ئىشلار مىنىستىرلىقى سۆھبەتنىڭ ئەتە باشلىنىدىغانلىقىنى ئېيتتى"),
        ("ar-Latn", "ana ra7 3al bet w ba3den bkallemak, 7abibi shu a5barak"),
        ("ar-Latn", "sba7 el 5er ya gma3a, el yom 3andna moshkela kbira"),
        ("en", "The 2nd and 3rd rounds begin on the 7th, the ministry said; talks last until 5pm."),
        ("en", "The ministry said «نحن نرحب بالوفد الزائر وبكل الجهود» as talks began, officials said."),
        ("ar", 'الوزير: "We are ready to talk with everyone at any time" وهذا موقفنا'),
        ("ar", 'قال الوزير إن شعار المؤتمر هو "Together for a better and safer future" وإن المحادثات ستبدأ غدا'),
        ("ar", "عاجل: وصول الوفد https://example.com/a/very/long/address?of=many&latin=letters&and=%D8%A7%D9%84%D8%AE"),
        ("en", "The minister spoke: news.example/ar/ %D8%A5%D8%B3%D8%B1%D8%A7 %D8%A6%D9%8A%D9%84 %D8%AA%D9%82"),
        ("ar", "كل عام وأنتم بخير @someone_with_a_name #HappyNewYear #Love #Peace #Joy"),
        ("ar", "تصويت ul { padding: 0; margin: 0; } .box_vote { border: solid; overflow: hidden; } هل تؤيد القرار؟"),
        ("he", "שר החוץ הודיע היום כי השיחות יתחילו מחר בבירה https://example.com/news/defense/article/14826131"),
        ("he", "שר החוץ הודיע היום כי השיחות יתחילו מחר והמשלחת הגיעה. Minister: we go to it in a day or so, he is"),
        ("hi", "विदेश मंत्रालय ने कहा कि बातचीत कल राजधानी में शुरू होगी #Talks #Peace #Live"),
        ("und", "😀😀🔥 🇵🇸 ❤️"),
        ("und", "123 !! 😀"),
    ],
)  # fmt: skip
def test_mixed_texts_and_languages_of_posts_are_told(language, text):
    assert find_language(text) == language


def test_plainly_arabic_texts_load_no_library():
    texts = [
        "أعلنت الوزارة ذلك", "رابط https://example.com/a", "", "😀", "ana ra7 3al bet ba3den",
        'الوزير: "We are ready to talk with everyone" وهذا موقفنا',
    ]  # fmt: skip
    code = (
        "import sys; from framing.readers.languages import find_language\n"
        f"print([find_language(text) for text in {texts!r}], 'lingua' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stdout.strip() == "['ar', 'ar', 'und', 'und', 'ar-Latn', 'ar'] False"


@example("A\ud800")
@given(st.text(st.characters(), max_size=300))
def test_any_text_has_a_language_or_none(text):
    assert find_language(text)


@pytest.mark.parametrize("piece", ["{", "<", "@", "%D8", "#", "«", "a2", "www.", "ا", "\ufdfa"])
def test_hostile_text_takes_no_time(piece, growth):
    assert growth(find_language, piece * (500_000 // len(piece))) < 3
