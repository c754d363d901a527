import numpy as np

from framing.shingles import number_words, shingle, shingle_sets


def text(first: int, last: int) -> str:
    return " ".join(f"كلمة{chr(0x628 + n % 18)}{chr(0x628 + n // 18)}" for n in range(first, last))


def sets(*texts: str, outlets: list[str]):
    return shingle_sets(number_words(texts), outlets)


def test_same_word_has_the_same_number_whatever_its_marks():
    one, two = number_words(["أعلنت الوزارة اليوم", "اليوم اعلنت الوزارةُ."])
    assert one.tolist() == [0, 1, 2]
    assert two.tolist() == [2, 0, 1]


def test_text_has_a_shingle_for_each_five_words_in_a_row():
    (numbers,) = number_words([text(0, 20)])
    assert len(shingle(numbers)) == 16
    assert len(shingle(numbers[:3])) == 1
    assert set(shingle(numbers[2:9])) <= set(shingle(numbers))


def test_what_one_outlet_repeats_in_very_many_texts_is_a_formula():
    texts = [f"{text(5 * n, 5 * n + 5)} {text(300, 320)}" for n in range(50)]
    kept, repeated = sets(*texts, outlets=["ألف"] * 50)
    assert all(len(found) == 5 for found in kept)  # 21 shingles, of which 16 lie in the formula (.76)
    assert not any(len(found) for found in repeated)


def test_what_very_many_outlets_print_once_is_a_story():
    texts = [f"{text(5 * n, 5 * n + 5)} {text(300, 320)}" for n in range(50)]
    kept, repeated = sets(*texts, outlets=[f"و{n}" for n in range(50)])
    assert all(len(found) == 21 for found in kept)
    assert all(len(found) == 16 for found in repeated)


def test_text_that_one_outlet_prints_again_and_again_stays_whole():
    kept, _ = sets(*(f"{text(n, n + 1)} {text(300, 330)}" for n in range(50)), outlets=["ألف"] * 50)
    assert all(len(found) == 27 for found in kept)


def test_no_text_at_all_gives_no_set():
    assert sets(outlets=[]) == ([], [])
    assert np.array_equal(shingle(number_words([""])[0]), shingle(number_words(["..."])[0]))
