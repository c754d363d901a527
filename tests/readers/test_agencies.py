import pytest

from framing.readers.agencies import find_agency, is_agency

BODY = " ".join(["جملة من متن الخبر المخترع."] * 40)


@pytest.mark.parametrize(
    ("text", "author", "agency"),
    [
        (f"موسكو (رويترز) - {BODY}", "", "رويترز"),
        (f"{BODY} (د ب أ)", "", "د ب أ"),
        (BODY, "باريس - أ ف ب:", "فرانس برس"),
        (BODY, "واس - الرياض", "واس"),
        (f"نقلت وكالة تاس عن متحدث. {BODY}", "", "تاس"),
        (f"ناس من واس وتاس. {BODY}", "", ""),
        (f"قالت الشركة الفرنسية إن العقد جاهز. {BODY}", "", ""),
        (f"أفادت وكالة الطاقة الذرية. {BODY}", "", ""),
        (f"ذكرت وكالة «مهر» للأنباء. {BODY}", "", "مهر"),
        (f"المدينة 3 رجب 1441 هـ الموافق 27 فبراير 2020 م واس. {BODY}", "", "واس"),
        (f"الرياض 10 أغسطس 2015م واس {BODY}", "", "واس"),
        (f"وفق ما ذكرته وكالة الأنباء الإماراتية. {BODY}", "", "وام"),
        (BODY, "لندن - وكالات", "وكالات"),
        (BODY, "الوئام - وكالات - رويترز", "رويترز"),
    ],
)
def test_credit_is_found_and_a_mention_is_not(text, author, agency):
    assert find_agency(text, author=author) == agency


def test_agency_in_the_middle_of_a_long_text_is_no_credit():
    assert find_agency(f"{BODY} رويترز {BODY}") == ""


def test_agencies_of_the_study_are_found():
    assert find_agency(f"قال مسؤول لوكالة سين. {BODY}", known=["وكالة سين"]) == "وكالة سين"


def test_outlet_may_be_the_agency_itself():
    assert is_agency("was", "واس")
    assert is_agency("Reuters", "رويترز")
    assert not is_agency("عكاظ", "واس")


def test_port_of_varna_is_no_agency():
    assert find_agency("أبحرت السفينة من ميناء فارنا إلى إسطنبول، وقال قبطانها إن البحر هادئ.") == ""
    assert find_agency("نقلت وكالة إرنا عن الوزير قوله إن المحادثات مستمرة.") == "إرنا"
