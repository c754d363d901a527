import pytest

from framing.boilerplate import (
    Furniture,
    dateline_end,
    find_furniture,
    is_byline,
    is_head_line,
    is_signature,
    line_key,
    line_rule,
    masked_key,
    tail_start,
    title_tail,
)

PARAGRAPH = (
    "أعلنت البلدية أن الأعمال في الموقع رقم {n} تبدأ يوم الأحد المقبل وتستمر عامين كاملين بلا توقف حتى يكتمل الطريق."
)
OWN = Furniture(byline_parts=frozenset({line_key("صدى المدينة")}))


def stories(*lines: str, n: int = 3) -> list[str]:
    """Give different articles of one outlet that share `lines` at their end."""
    bodies = [
        f"{PARAGRAPH.format(n=i)}\nوقال سكان الحي رقم {i} إنهم لم يبلغوا. {PARAGRAPH.format(n=-i)}" for i in range(n)
    ]
    return ["\n".join([body, *lines]) for body in bodies]


def furniture(texts: list[str]) -> Furniture:
    return find_furniture(["ألف"] * len(texts), texts)["ألف"]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("جنود على ضفة الوادي - CNN Arabic", "caption"),
        ("الجسر القديم كما بدا أمس | سكاي نيوز عربية", "caption"),
        ("الجسر القديم (أرشيف)", "caption"),
        ("جانب من حفل الافتتاح", "caption"),
        ("تصوير: مراسل الصحيفة", "caption"),
        ("نشر", "header"),
        ("آخر تحديث: 12:30", "header"),
        ("17:05 ت م", "header"),
        ("البندر 25 شوال 1460 هـ الموافق 10 أغسطس 2039 م واس", "header"),
        ("مجلس التحرير: مجموعة صحفيين", "header"),
        ("اقرأ أيضا: حديقة المدينة تفتح أبوابها", "related"),
        ("أخبار متعلقة", "related"),
        ("...المزيد", "related"),
        ("رابط الخبر في الموقع: الجسر يفتح غدا", "related"),
        ("https://example.org/a", "related"),
        ("لمراسلة الكاتب: katib@example.org", "contact"),
        ("تبدأ بالرمز (88) واكتب بعده رسالتك إلى", "contact"),
        ("(وكالة سين)", "credit"),
        ("(أ. ف. ب)", "credit"),
        ("* خدمة «صحيفة سين»", "credit"),
        ("المصدر: وكالة سين", "credit"),
        ("* * *", "separator"),
        ("// انتهى //", "separator"),
    ],
)
def test_line_of_furniture_is_named_by_its_rule(line, rule):
    assert line_rule(line) == rule


@pytest.mark.parametrize(
    "line",
    [
        "نشرت الصحيفة تقريرا عن الجسر",
        "اقتصاد المدينة يتراجع منذ عامين",
        "صورة المدينة تغيرت كثيرا",
        "انضم المدرب سالم إلى زملائه في معسكر الفريق بعد شفائه",
        "رئيس التحرير سالم المدني يتمتع بخبرة مهنية طويلة ووعي بواجباته",
        "عاجل// المركز الوطني للفلك يعلن موعد أول أيام الشهر",
        "(هبت رياح الشمال وبردها قارس)",
        "وتراجعت أسهم الشركات الأربع (الأولى - الثانية - الرياض).",
        "وسيزور الوفد الميناء من 6 إلى 9 مارس المقبل. وتستمر الأعمال عامين. (صورة أرشيفية)",
    ],
)
def test_ordinary_line_is_no_furniture(line):
    assert line_rule(line) is None


def test_tags_count_only_at_the_end():
    assert line_rule("سمات الجسر المدينة البلدية", last=True) == "tail"
    assert line_rule("سمات الجسر المدينة البلدية") is None


def test_long_line_is_no_furniture_by_its_form():
    assert line_rule("نشر: " + "كلمة " * 100) is None


def test_dash_inside_a_title_is_no_tail():
    assert title_tail("الجسر - قصة مدينة") is None


def test_key_ignores_marks_and_the_masked_key_numbers():
    assert line_key("الإعلان: «مُهمّ»") == line_key("الاعلان مهم")
    assert masked_key("الرمز (17)") == masked_key("الرمز (230)")


def test_line_in_three_stories_of_an_outlet_is_its_furniture():
    assert furniture(stories("تابعوا صدى المدينة كل مساء")).lines == {line_key("تابعوا صدى المدينة كل مساء")}
    assert not furniture(stories("تابعوا صدى المدينة كل مساء", n=2)).lines


def test_line_that_differs_in_its_number_is_the_same_line():
    texts = [f"{text}\nالرمز البريدي {n}" for n, text in enumerate(stories())]
    assert furniture(texts).lines == {"الرمز البريدي 0"}


def test_wire_story_published_three_times_has_no_furniture():
    short = "قال المتحدث إن العمل مستمر"
    wire = f"{short}\n{PARAGRAPH.format(n=1)}\nولم يذكر المتحدث موعدا آخر"
    assert furniture([wire] * 3 + stories()).lines == frozenset()
    edited = [wire, wire.replace("المتحدث إن", "الناطق إن"), f"{wire}\nوأضاف أن الطريق آمن."]
    assert furniture(edited + stories()).lines == frozenset()


def test_copies_of_a_story_count_as_one_story():
    footer = "تابعوا صدى المدينة كل مساء"
    texts = stories(footer, n=2)
    assert not furniture([*texts, texts[0], texts[1]]).lines
    assert furniture([*texts, texts[0], stories(footer, n=4)[3]]).lines


def test_short_line_in_the_middle_of_stories_is_kept():
    texts = [text.replace("\n", "\nردود الفعل\n", 1) for text in stories(n=4)]
    assert not furniture(texts).lines


def test_sentence_with_other_numbers_is_other_news():
    texts = [f"{text}\nخسر مؤشر السوق اليوم {n} نقطة." for n, text in enumerate(stories(n=9))]
    assert not furniture(texts).lines


def test_stock_sentence_needs_a_share_of_the_outlet():
    stock = "وجرى خلال اللقاء بحث المسائل المشتركة بين البلدين."
    assert not furniture(stories(stock, n=3) + stories(n=300)[3:]).lines
    assert furniture(stories(stock, n=12)).lines


def test_outlets_do_not_lend_each_other_furniture():
    texts = stories("تابعوا صدى المدينة كل مساء")
    found = find_furniture(["ألف", "باء", "جيم"], texts)
    assert not any(one.lines for one in found.values())


def test_byline_is_known_by_a_part_the_outlet_repeats():
    names = ["سالم المدني", "ليلى النهر", "كريم السهل"]
    texts = [f"{name} – صدى المدينة\n{text}" for name, text in zip(names, stories(), strict=True)]
    found = furniture(texts)
    assert found.byline_parts == {"صدي المدينه"}
    assert is_byline("وفاء الجبل – صدى المدينة", found)
    assert not is_byline("اتفاق جديد - قديم في شأن الجسر", found)
    assert not is_byline("عاد الفريق - صدى المدينة.", found)
    assert not is_byline("88591 - صدى المدينة", found)


@pytest.mark.parametrize(
    ("head", "cut"),
    [
        ("بيروت - رويترز: ", True),
        ("رويترز: ", True),
        ("سالم المدني- صدى المدينة- الميناء: ", True),
        ("البندر، الولاية الشرقية (CNN) -- ", True),
        ("البندر 11 ديسمبر 2036 (وات) - ", True),
        ("بيروت - أ ف ب - ", True),
        ("الوزير: ", False),
        ("الوزير لرويترز: ", False),
        ("الميناء - السوق: ", False),
        ("وقال (مازحا) - ", False),
    ],
)
def test_dateline_is_told_from_a_speaker(head, cut):
    text = head + "قال المتحدث إن العمل مستمر"
    found = dateline_end(text, 0, len(text), OWN)
    assert (None if found is None else text[:found].rstrip()) == (head.rstrip() if cut else None)


@pytest.mark.parametrize(
    ("tail", "rule"),
    [
        (" سمات الجسر المدينة البلدية", "tail"),
        (" رابط الخبر بصحيفة المدينة: الجسر يفتح", "tail"),
        ("مقالات أخرى للكاتبعن الجسرعن النهر", "tail"),
        (" س ب", "signature"),
        (" (رويترز - الأناضول - وكالة سين)", None),
        (" وقال إن الطريق آمن.", None),
    ],
)
def test_what_is_glued_to_the_last_paragraph_is_found(tail, rule):
    text = PARAGRAPH.format(n=1)
    found = tail_start(text + tail, 0, len(text + tail))
    assert (found and found[1]) == rule
    if found:
        assert text.rstrip() == (text + tail)[: found[0]].rstrip()


def test_signature_is_short_unmarked_and_behind_a_finished_paragraph():
    paragraph = PARAGRAPH.format(n=1)
    assert is_signature("سالم المدني", paragraph)
    assert is_signature("* أستاذ علوم الماء بجامعة المدينة", paragraph)
    assert not is_signature("سالم المدني", paragraph.rstrip("."))
    assert not is_signature("وعاد السكان.", paragraph)
    assert not is_signature("ولم يذكر موعدا", paragraph)
    assert not is_signature("* الموقع الثاني في أعلى الوادي", "* الموقع الأول في أسفل الوادي قرب الجسر القديم هناك.")


def test_label_above_the_first_paragraph_is_told_from_a_sentence():
    paragraph = PARAGRAPH.format(n=1)
    assert is_head_line("مدير الميناء", paragraph)
    assert not is_head_line("عاد السكان.", paragraph)
    assert not is_head_line("«المدينة» ترفع أرباحها 7 %", paragraph)
    assert not is_head_line("مدير الميناء", "سطر قصير")


@pytest.mark.parametrize("piece", ["سطر قصير هنا\n", "كلمة ", "- كلمة ", "س: ", "(س) - ", "مقالات ", "ا ب "])
def test_hostile_text_takes_linear_time(growth, piece):
    def look(text: str) -> None:
        find_furniture(["ألف"], [text])
        dateline_end(text, 0, len(text), OWN)
        tail_start(text, 0, len(text))
        line_rule(text)

    assert growth(look, piece * (60_000 // len(piece))) < 3


def test_thousands_of_articles_take_linear_time(growth):
    texts = stories("تابعوا صدى المدينة كل مساء", n=400)
    assert growth(lambda text: find_furniture(["ألف"] * len(text), list(text)), texts) < 3
