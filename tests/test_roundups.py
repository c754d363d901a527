import pandas as pd
import pytest

from framing.roundups import cut_passages, find_roundups, is_digression

LONG = (
    "فتح المعرض السنوي أبوابه أمس بمشاركة سبعين مشتلا من ست مدن ويستمر ثلاثة أسابيع متتالية بدخول مجاني للأطفال جميعا."
)
ENTRY = "قالت البلدية إن الأعمال تبدأ الأحد وتستغرق أربعة أشهر على الأقل."


def texts(text: str, spans) -> list[str]:
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize("stamp", ["08:10", "[٠٨:١٠]", "الساعة 8:10", "08:10 - ", "قبل 5 دقائق", "منذ ساعة"])
def test_timed_entries_make_a_live_page(stamp):
    joined = "\n".join(f"{stamp}\n{ENTRY}" for _ in range(3))
    kind, spans = cut_passages("عنوان", joined)
    assert (kind, len(spans)) == ("live", 3)
    assert all(text.startswith(stamp.strip()) for text in texts(joined, spans))


def test_what_stands_above_the_first_entry_is_a_passage():
    text = f"{LONG}\n" + "\n".join(f"08:1{n}\n{ENTRY}" for n in range(3))
    assert texts(text, cut_passages("", text)[1])[0] == LONG


def test_list_of_kick_off_times_is_no_live_page():
    assert cut_passages("مباريات اليوم", "20:00 الساحل والسهل\n21:00 الوادي والجبل\n22:00 النهر والبحر")[1] == []


def test_one_hour_inside_an_article_is_no_live_page():
    assert cut_passages("عنوان", f"{LONG}\n12:45\n{LONG}\n{LONG}")[1] == []


@pytest.mark.parametrize(
    "title",
    [
        "موجز", "موجز أخبار", "الموجز الدولي", "موجز دوليات", "نشرة الأخبار: قمة ومعرض", "جولة الصحافة",
        "أخبار السوق", "حصاد اليوم", "عام / اهتمامات الصحف المحلية", "أقوال الصحف", "أبرز ما جاء في الصحف",
        "العالم في سطور", "موجز أخبار - BBC News عربي",
    ],
)  # fmt: skip
def test_title_names_a_roundup(title):
    assert len(cut_passages(title, f"{LONG}\n{LONG}")[1]) == 2


@pytest.mark.parametrize(
    "title",
    [
        "موجز تاريخ المدينة",
        "مذيعة نشرة الأخبار تستقيل",
        "صحف محلية: الجسر يعود",
        "السوق ترتفع",
        "أهم لاعب في الفريق",
        "",
    ],
)
def test_other_titles_name_none(title):
    assert cut_passages(title, f"{LONG}\n{LONG}")[1] == []


def test_items_of_a_roundup_begin_at_their_headings():
    text = f"* المعرض يفتح أبوابه\n* الوادي: {LONG}\n{LONG}\n\n* الجسر يعود\n* الساحل: {LONG}"
    found = texts(text, cut_passages("موجز", text)[1])
    assert [item.splitlines()[0] for item in found] == ["* المعرض يفتح أبوابه", "* الجسر يعود"]
    assert len(found[0].splitlines()) == 3


def test_without_headings_every_paragraph_is_an_item_and_short_lines_join():
    text = f"الوادي، الاثنين\n{LONG}\n{LONG}\nانتهى"
    assert [len(item.splitlines()) for item in texts(text, cut_passages("موجز", text)[1])] == [2, 2]


def test_bullets_alone_make_no_roundup():
    text = f"* كيف بدأت؟\n- {LONG}\n* وماذا بعد؟\n- {LONG}"
    assert cut_passages("حوار مع مهندسة الجسر", text)[1] == []


def test_one_item_is_no_roundup():
    assert cut_passages("موجز", f"عنوان\n{LONG}")[1] == []


def test_passages_hold_every_line_once():
    text = f"\n\n08:10\n{ENTRY}\n\n08:40\n{ENTRY}\n{LONG}\n09:00\n{ENTRY}\n"
    lines = [line for one in texts(text, cut_passages("", text)[1]) for line in one.split("\n") if line]
    assert lines == [line for line in text.split("\n") if line]


def test_articles_without_text_or_title_are_passed_over():
    table = pd.DataFrame({"article_id": ["a", "b"], "title": [None, "موجز"], "text": ["", None]})
    assert find_roundups(table).empty


@pytest.mark.parametrize("text", ["في سياق آخر، فاز الفريق", "08:10\nوعلى صعيد آخر قال", "09:00 في خبر منفصل"])
def test_editor_leaves_the_story(text):
    assert is_digression(text)


@pytest.mark.parametrize("text", ["في سياق متصل قال", "08:10\nالجسر يعود", ""])
def test_editor_stays_with_the_story(text):
    assert not is_digression(text)


@pytest.mark.parametrize("line", ["08:10\n", "* عنوان\n", "08:10 ", f"{LONG}\n"])
def test_cutting_takes_linear_time(growth, line):
    assert growth(lambda text: cut_passages("موجز", text), line * (300_000 // len(line))) < 3
