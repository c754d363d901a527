import pytest

from framing.attributions import find_places
from framing.headlines import headline_speaker
from framing.sources import lemma_of
from framing.speech_words import tokens_of
from framing.voices import unit_spans


def places(text: str) -> list[tuple[str, str]]:
    return [(place.verb, place.speaker) for place in find_places(text, tokens_of(text), [])]


def said(text: str, **options) -> list[tuple[str, str]]:
    return [(s.speaker, text[s.start : s.end]) for s in unit_spans(text, **options) if s.voice != "own"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("نقلت الصحيفة عن الوزير قوله إن الجسر آمن.", [("نقلت", "الوزير")]),
        ("خطوة عدها خبير محلي بداية جيدة.", [("عدها", "خبير محلي")]),
        ("كانت سيول قد أعلنت وصول السفن.", [("أعلنت", "سيول")]),
        ("في المقابل، ظلت الوزارة ترفض إعلان النتائج.", [("ترفض", "الوزارة")]),
        ("وباتت الحكومة تقول إن الأمر انتهى.", [("تقول", "الحكومة")]),
        ("وزارة النقل تعلن افتتاح الجسر", [("تعلن", "وزارة النقل")]),
        ("وردّ السفير، وفق مصدر محلي، بأن القرار نهائي.", [("ردّ", "السفير")]),
        ("ونفى مصدر محلي، تحدث إلى الصحافة، أن يكون الجسر مغلقا.", [("نفى", "مصدر محلي")]),
        ("لا يخفي صاحب مصنع قلقه من القرار.", [("يخفي", "صاحب مصنع")]),
        ("ودعت الحكومة السكان إلى الهدوء.", [("دعت", "الحكومة")]),
        ("وجاء في بيان الوزارة أن الجسر آمن.", [("جاء", "بيان الوزارة")]),
        ("ونفت الشركة في بيان مقتضب صحة هذه الأنباء.", [("نفت", "الشركة")]),
        ("تعتبر المدينة أن الجسر ملك لها.", [("تعتبر", "المدينة")]),
        ("وحمّلت النقابة الوزارة مسؤولية الحادث.", [("حمّلت", "النقابة")]),
        ("ووجه قائد الشرطة تحذيرا إلى أصحاب المحال.", [("وجه", "قائد الشرطة")]),
        ("وزارة النقل تكشف تفاصيل العقد", [("تكشف", "وزارة النقل")]),
        ("ووعد رئيس البلدية بخفض رسوم الجسر.", [("وعد", "رئيس البلدية")]),
        ("أما النرويج فحذرت من عواقب وخيمة على الجميع.", [("حذرت", "النرويج")]),
        ("ويتوقع خبراء مزيدا من الهبوط في الأسعار.", [("يتوقع", "خبراء")]),
        ("وتوقع مسؤول كبير مزيدا من الهبوط في الأسعار.", [("توقع", "مسؤول كبير")]),
        ("وردّ عضو في الوفد على السؤال: «اسألوا الوزير».", [("ردّ", "عضو في الوفد")]),
    ],
)
def test_speaker_is_read_beside_its_verb(text, found):
    assert places(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "يذكر أن الجسر افتتح قبل عامين.",
        "عبر الجسر ألف شاحنة أمس.",
        "نقلت الشاحنات مواد البناء إلى الموقع.",
        "ولم تعلن أي جهة موعد الافتتاح.",
        "وتلك خطوة قبل أن تعلن الشركة نتائجها.",
        "وزع المنظمون كتيبا على الحضور.",
        "قرر المجلس أن يغلق الجسر.",
        "نفذت الأعمال وفق المواصفات المعتمدة.",
        "وخفض المصرف فائدته الموجهة إلى النصف.",
        "وطلب المجلس من الخبير أن يدلي برأيه.",
        "وكان المجلس يأخذ برأي الخبراء دائما.",
        "وكان المجلس يعمل برأيه دائما.",
        "تعتبر المدينة إحدى أكبر مدن الساحل.",
        "ووعد الشاحنات التي مرت واحدة واحدة.",
        "وحملت السفينة مواد البناء إلى الميناء.",
        "وهو ما يحمل المدينة مسؤولية كبرى.",
        "ووجه السائق شاحنته إلى الجسر.",
        "صور جوية تكشف حجم الأضرار",
    ],
)
def test_nothing_is_reported_where_nobody_speaks(text):
    assert places(text) == []


@pytest.mark.parametrize(
    ("text", "speaker"),
    [("وأسرّ دبلوماسي محلي بأن القرار نهائي.", "دبلوماسي محلي"), ("مسؤول محلي لمّح إلى أن القرار قريب.", "مسؤول محلي")],
)
def test_verb_the_lists_lack_is_read_from_its_speaker_and_clause(text, speaker):
    assert [name for _, name in places(text)] == [speaker]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("وفقا للخبراء، ارتفع عدد العمال.", "الخبراء"),
        ("وحسب ما نشرته صحيفة محلية، ارتفع عدد العمال.", "صحيفة محلية"),
        ("ارتفع عدد العمال، على ما أفاد به مهندس في الشركة.", "مهندس في الشركة"),
        ("ويبقى الجسر، في تقدير اقتصادي محلي، أهم مشاريع المدينة.", "اقتصادي محلي"),
        ("وبرأي خبيرة في مركز أبحاث محلي فإن العمال لن يعودوا.", "خبيرة في مركز أبحاث محلي"),
        ("ولن يعود العمال إلى الجسر برأي النقابة.", "النقابة"),
        ("وفي رواية الأهالي أن العمال عادوا ليلا.", "الأهالي"),
    ],
)
def test_source_without_a_verb_is_read(text, speaker):
    assert {name for name, _ in said(text)} == {speaker}


def test_statement_in_which_somebody_calls_for_something_is_its_authors():
    assert said("وأصدر المجلس بيانا دعا فيه إلى الحوار مع العمال.") == [("المجلس", "الحوار مع العمال.")]


def test_outlet_goes_on_behind_a_source_and_a_new_clause():
    text = "ارتفع عدد العمال بحسب الشركة، وبقيت الأجور كما كانت في العام الماضي."
    assert [(s.voice, s.speaker) for s in unit_spans(text)] == [("attributed", "الشركة"), ("own", "")]


def test_verb_between_commas_reports_what_stands_before_it():
    text = "ليس بالضرورة، تجيب باحثة في الاقتصاد، لأن الأجور بقيت كما كانت."
    assert [part for _, part in said(text)] == ["ليس بالضرورة،", "لأن الأجور بقيت كما كانت."]


def test_subject_of_the_sentence_speaks_in_its_second_clause():
    text = "حسم مجلس المدينة ما طال انتظاره، وأعلن أن الجسر يفتح غدا."
    assert said(text, last_speaker="العمدة")[0][0] == "مجلس المدينة"


def test_gender_of_the_verb_chooses_among_speakers():
    import pandas as pd

    from framing.voices import find_voices

    texts = ["قالت الوزيرة إن العمل بدأ.", "وقال المهندس إن الجسر آمن.", "وأضافت أن العمل ينتهي غدا."]
    units = pd.DataFrame({"unit_id": list("abc"), "article_id": "1", "n": range(3), "part": "body", "text": texts})
    assert list(find_voices(units.assign(start=0)).table["speaker"]) == ["الوزيرة", "المهندس", "الوزيرة"]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("سيول: أدلة على وصول السفن", "سيول"),
        ("وزير الأشغال لنظيره: الجسر شأننا", "وزير الأشغال"),
        ("سالم النجار بعد الجراحة: سرعة التدخل أنقذتني", "سالم النجار"),
    ],
)
def test_headline_gives_its_speaker(text, speaker):
    assert headline_speaker(text, tokens_of(text))[0] == speaker


@pytest.mark.parametrize(
    "text",
    [
        "سوسة : العثور على سيارة قديمة",
        "ألف يوم من العمل: المدينة تغير وجهها",
        "كأس المدينة : ثلاث مباريات اليوم",
        "الجسر الجديد: كيف تغيرت المدينة؟",
        "بلا نقطتين هنا",
    ],
)
def test_headline_label_is_no_speaker(text):
    assert headline_speaker(text, tokens_of(text)) is None


@pytest.mark.parametrize(
    ("written", "lemma"),
    [
        ("وقالت", "قال"),
        ("أضافت", "أضاف"),
        ("يؤكدون", "أكد"),
        ("وفق ما", "وفق"),
        ("على حد قوله", "على حد قوله"),
        ("", ""),
    ],
)
def test_dictionary_form_joins_the_forms_of_a_verb(written, lemma):
    assert lemma_of(written) == lemma
