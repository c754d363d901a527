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
