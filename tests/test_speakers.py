import pytest

from framing.phrases import phrase_text, read_phrase
from framing.speakers import is_feminine, speaker_before
from framing.speech_words import tokens_of
from framing.verb_forms import is_feminine_verb, stem_of, verb_form


def phrase(text: str, *, strict: bool = False) -> str:
    tokens = tokens_of(text)
    return phrase_text(text, tokens, 0, read_phrase(text, tokens, 0, strict=strict))


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("متحدث باسم الوزارة إن الجسر", "متحدث باسم الوزارة"),
        ("خبير في الجسور المعلقة أن", "خبير في الجسور المعلقة"),
        ("مسؤول بوزارة النقل رد", "مسؤول بوزارة النقل رد"),
        ("مهندس أجنبي بموسكو أن", "مهندس أجنبي"),
        ("البلدية في سيول أن", "البلدية"),
        ("الوزير خلال اللقاء إن", "الوزير"),
        ("الوزير، أمس", "الوزير"),
        ("الوزير الذي زار المدينة", "الوزير"),
        ("عدد من سكان الحي إن", "عدد من سكان الحي"),
        ("نائب حضر الجلسة المغلقة أن", "نائب حضر الجلسة المغلقة"),
        ("دبلوماسي يقيم في موسكو أن", "دبلوماسي"),
        ('صحيفة "النهر" المحلية أن', 'صحيفة "النهر" المحلية'),
        ("رئيس الاتحاد المحلي لكرة القدم إن", "رئيس الاتحاد المحلي لكرة القدم"),
        ("د. سالم النجار أن", "د. سالم النجار"),
        ("أمين عام المجمع إن", "أمين عام المجمع"),
        ("هذا المصرف أنه", "هذا المصرف"),
        ("الباحث ذاته أن", "الباحث ذاته"),
        ("الوزيرة يوم الخميس إن", "الوزيرة"),
        ("أن الجسر آمن", ""),
        ("في المدينة", ""),
    ],
)
def test_phrase_ends_where_the_speaker_ends(text, speaker):
    assert phrase(text) == speaker


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("متحدث باسم البلدية الشركات الكبرى بإخفاء الأرقام", "متحدث باسم البلدية"),
        ("رئيس اللجنة نوابا في المجلس", "رئيس اللجنة"),
        ("مندوب محلي نظيره الأجنبي بالقول", "مندوب محلي"),
        ("وزارة النقل أهمية الجسر", "وزارة النقل"),
        ("سيول أدلة جديدة", "سيول"),
        ("المسؤول الزيادة إلى", "المسؤول"),
        ("محلل عسكري ألماني سابق على", "محلل عسكري ألماني سابق"),
    ],
)
def test_strict_phrase_leaves_the_object_out(text, speaker):
    assert phrase(text, strict=True) == speaker


def test_speaker_before_the_verb_is_the_whole_clause_head():
    text = "خبراء الاقتصاد والنقل أكدوا أن"
    tokens = tokens_of(text)
    assert phrase_text(text, tokens, *speaker_before(text, tokens, 3)) == "خبراء الاقتصاد والنقل"
    assert speaker_before("في المدينة قال", tokens_of("في المدينة قال"), 2) is None


@pytest.mark.parametrize(
    ("key", "form", "stem"),
    [
        ("وقالت", "قالت", "قالت"),
        ("سيقول", "يقول", "يقول"),
        ("اعلنتا", "اعلنتا", "اعلنت"),
        ("يطالبون", "يطالبون", "يطالب"),
        ("انذرتها", "انذرتها", "انذرت"),
        ("سعد", "", ""),
        ("قوله", "", ""),
    ],
)
def test_verb_is_found_in_its_written_forms(key, form, stem):
    assert verb_form(key) == form
    assert (stem_of(form) if form else "") == stem


def test_gender_of_verb_and_speaker():
    assert is_feminine_verb("قالت") is True
    assert is_feminine_verb("تقول") is True
    assert is_feminine_verb("تحدث") is False
    assert is_feminine_verb("قالوا") is None
    assert is_feminine("الوزيرة") is True
    assert is_feminine("موسكو") is True
    assert is_feminine("الوزير") is False
    assert is_feminine("") is None
