import numpy as np

from framing.shingles import number_words
from framing.word_weights import WordWeights

COMMON = "كتب الوزير رسالة إلى نظيره حول العلاقات بين البلدين"


def weights(*texts: str) -> WordWeights:
    return WordWeights(number_words(texts))


def test_rare_and_repeated_words_weigh_most():
    found = weights(f"{COMMON} بوليفيا بوليفيا", COMMON, COMMON)
    ranks, values = found.of(0)
    assert ranks[np.argmax(values)] == ranks[0] == 0  # the rarest word has the lowest rank
    _, once = weights(f"{COMMON} بوليفيا", COMMON, COMMON).of(0)
    assert once[0] > once[1:].max()
    assert np.isclose(np.linalg.norm(values), 1)


def test_texts_of_one_form_disagree_on_their_names():
    bolivia, ecuador = f"{COMMON} {'بوليفيا ' * 6}", f"{COMMON} {'الإكوادور ' * 6}"
    found = weights(bolivia, ecuador, bolivia + " اليوم", *[COMMON] * 20)
    assert found.agreement(0, 1) < 0.6
    assert found.agreement(0, 2) == 1
    assert found.agreement(0, 1) == found.agreement(1, 0)


def test_shorter_text_is_asked_for_its_words():
    long = f"{COMMON} " + " ".join(f"زيادة{chr(0x628 + n)}" for n in range(15))
    assert weights(COMMON, long).agreement(0, 1) == 1


def test_matrix_has_a_row_of_length_one_per_text_and_none_for_no_words():
    found = weights(COMMON, "", COMMON).matrix([0, 1, 2])
    assert np.allclose(np.sqrt((found.multiply(found)).sum(axis=1)), [1, 0, 1])


def test_no_text_at_all_is_no_error():
    assert WordWeights([]).matrix([]).shape[0] == 0
