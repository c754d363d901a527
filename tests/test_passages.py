from framing.passages import Passage, differing_passages


def test_equal_texts_differ_nowhere_whatever_their_marks():
    assert differing_passages("أعلنت الوزارة، اليوم.", "اعلنت الوزارةُ اليوم") == []


def test_passages_are_given_as_printed():
    original = "أعلنت الوزارة اليوم أن المحادثات ستبدأ غدا في العاصمة."
    member = "وقالت مصادر: أعلنت الوزارة اليوم أن المحادثات ستبدأ غدا."
    assert differing_passages(original, member) == [
        Passage("member", "وقالت مصادر:"),
        Passage("original", "في العاصمة."),
    ]


def test_empty_text_is_all_on_one_side():
    assert differing_passages("نص واحد", "") == [Passage("original", "نص واحد")]


def test_few_equal_words_between_two_passages_do_not_split_them():
    original = "بدأت المحادثات في العاصمة صباح اليوم بحضور الوفدين وسط إجراءات مشددة"
    member = "انطلقت المفاوضات في المدينة مساء أمس بحضور الوفدين وسط إجراءات مشددة"
    assert [(p.only_in, p.text) for p in differing_passages(original, member)] == [
        ("original", "بدأت المحادثات في العاصمة صباح اليوم"),
        ("member", "انطلقت المفاوضات في المدينة مساء أمس"),
    ]


def test_passage_carries_the_words_before_it():
    original = "بدأت المحادثات في العاصمة صباح اليوم بحضور الوفدين"
    (passage,) = differing_passages(original, original + " وغياب الصحافة")
    assert passage.before == "في العاصمة صباح اليوم بحضور الوفدين"
    assert passage.text == "وغياب الصحافة"
