import pytest

from framing.arabic import lexical_view
from framing.errors import StudyError
from framing.queries import compile_query, find_hits, judge_text, places, spellings


def hits(term: str, text: str) -> int:
    (entry,) = compile_query([term])
    return len(places(entry.parts[0], lexical_view(text)))


def test_alias_inside_a_longer_term_is_replaced():
    assert "قوات بيونجيانج" in spellings("قوات بيونغ يانغ")
    assert spellings("كلمة") == ["كلمة"]


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("أمريكا", "في أميركا"),
        ("بيونغ يانغ", "من بيونجيانج وبيونج يانج"),
        ("الناتو", "قمة حلف شمال الأطلسي"),
        ("أوكرانيا", "إلى اوكرانيا"),
        ("بيلاروسيا", "حدود روسيا البيضاء"),
        ("قلق", "للقلق بالقلق وقلقها"),
        ("سيادة", "سيادتها وبالسيادة"),
    ],
)
def test_clitics_and_spellings_are_found(term, text):
    assert hits(term, text)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("روسي", "العروسين والفروسية وبوروسيا وفيروسي"),
        ("روسية", "سباق فروسية في نادي الفروسية"),
        ("روسيا", "وزير من روسيا البيضاء"),
        ("صعيد", "على صعيد آخر وعلى الصعيد الدولي"),
        ("سيادة", "مبدأ سيادة القانون ومجلس السيادة"),
        ("سيادة", "وأضاف سيادته أن العمل مستمر"),
        ("أوروبا", "دوري أبطال أوروبا وكأس أمم أوروبا"),
        ("أوروبا", "في دوري أبطال أوربا"),
        ("أوروبي", "لقب الدوري الأوروبي وتصفيات الكرة الأوروبية"),
        ("الاتحاد الأوروبي", "غرامة من الاتحاد الأوروبي لكرة القدم"),
        ("سيول", "السيول الجارفة والأمطار وسيول جارفة"),
        ("الناتو", "على ساحل المحيط الأطلسي"),
        ("كوريا الجنوبية", "جمهورية كوريا الديمقراطية الشعبية"),
        ("أمريكا", "دول أميركا اللاتينية"),
    ],
)
def test_false_friend_is_no_hit(term, text):
    assert hits(term, text) == 0


def test_hit_beside_a_false_friend_counts():
    assert hits("أوروبا", "قادة أوروبا حضروا نهائي دوري أبطال أوروبا") == 1
    assert hits("صعيد", "قرى الصعيد على صعيد الخدمات") == 1


def test_phrase_that_is_asked_for_is_found():
    assert hits("سيادة القانون", "احترام سيادة القانون") == 1
    assert hits("دوري أبطال أوروبا", "في دوري أبطال أوروبا") == 1


def test_hits_are_places_in_the_original():
    text = "قال إنّ  القُوّات في «كورسك»، ثم عاد."
    (start, end), *others = find_hits(text, compile_query(["كورسك", "القوات + كورسك"]))
    assert text[start:end] == "القُوّات"
    assert [text[a:b] for a, b in others] == ["«كورسك»،"]


def test_no_entry_takes_every_text():
    assert judge_text("", "نص", []) == (True, "", 0)


def test_fault_names_the_key():
    with pytest.raises(StudyError, match=r"relevance\.broader: '\+ أ' has a part without letters") as caught:
        compile_query(["+ أ"], key="relevance.broader")
    assert "relevance.broader" in caught.value.in_language("ar")


@pytest.mark.parametrize("line", ["أبطال أوروبا في دوري ", "كورسككورسك", "على ", "سيادة ", "٠١٢ "])
def test_matching_takes_linear_time(growth, line):
    entries = compile_query(["أوروبا", "كورسك", "صعيد", "سيادة", "الاتحاد الأوروبي", "بيونغ يانغ"])
    assert growth(lambda text: judge_text("", text, entries), line * (400_000 // len(line))) < 3
