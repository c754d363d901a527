import numpy as np

from framing.shingles import find_pairs, word_cosine


def text(first: int, last: int) -> str:
    return " ".join(f"كلمة{chr(0x628 + n % 18)}{chr(0x628 + n // 18)}" for n in range(first, last))


def pairs(*texts: str, least: float = 0.5, back: float = 0.25):
    return find_pairs(texts, seed=0, least=least, least_back=back)


def test_same_words_are_a_pair_whatever_their_marks():
    found = pairs("أعلنت الوزارة اليوم", "اعلنت الوزارةُ اليوم.")
    assert found.containment(0, 1) == (1.0, 1.0)


def test_part_of_a_text_is_found_with_both_containments():
    found = pairs(text(0, 100), text(0, 60))
    there, back = found.containment(0, 1)
    assert back == 1.0
    assert 0.5 < there < 0.65
    assert found.containment(1, 0) == (back, there)


def test_short_text_inside_a_long_roundup_is_no_pair():
    assert not pairs(text(0, 40), text(0, 300)).confirmed(0, 1)


def test_other_words_are_no_pair():
    assert not pairs(text(0, 80), text(100, 180)).shared


def test_formula_in_very_many_texts_makes_no_pair():
    formula = text(300, 330)
    texts = [f"{text(5 * n, 5 * n + 3)} {formula}" for n in range(50)]
    assert not pairs(*texts).shared


def test_texts_without_words_are_passed_over():
    assert not pairs("", "...", "").shared


def test_seed_does_not_change_what_is_confirmed_here():
    texts = [text(0, 100), text(0, 90), text(20, 110), text(200, 290)]
    first = find_pairs(texts, seed=0, least=0.5, least_back=0.25)
    assert first.shared == find_pairs(texts, seed=7, least=0.5, least_back=0.25).shared


def test_word_cosine_is_one_for_itself_and_nothing_for_no_shared_word():
    cosine = word_cosine([text(0, 50), text(100, 150), text(0, 50)])
    assert np.allclose(np.diag(cosine), 1)
    assert cosine[0, 1] == 0  # no word in common
    assert np.isclose(cosine[0, 2], 1)
    assert word_cosine(["", ""]).tolist() == [[1, 0], [0, 1]]
