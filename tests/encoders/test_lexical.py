import numpy as np
import pytest

from framing.encoders.lexical import Lexical

TEXTS = ["انهار الجسر القديم", "الجسر القديم انهار أمس", "ارتفعت أسعار القمح", "", "\ud800", "ﷺ" * 2000]


def test_rows_are_finite_of_length_one_and_as_promised():
    rows = Lexical().encode(TEXTS)
    assert (rows.dtype, rows.shape) == (np.float32, (len(TEXTS), Lexical.n_dims))
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


def test_vector_does_not_depend_on_its_neighbours():
    together = Lexical().encode(TEXTS)
    backwards = Lexical().encode(TEXTS[::-1])[::-1]
    alone = np.vstack([Lexical().encode([text]) for text in TEXTS])
    assert together.tobytes() == backwards.tobytes() == alone.tobytes()


def test_shared_words_are_nearer_than_none():
    one, two, other = Lexical().encode(TEXTS[:3])
    assert one @ two > one @ other


def test_spelling_variants_are_the_same_text():
    assert Lexical().encode(["أسعارُ"]).tobytes() == Lexical().encode(["اسعار"]).tobytes()


def test_no_texts_give_no_rows_and_one_text_is_refused():
    assert Lexical().encode([]).shape == (0, Lexical.n_dims)
    with pytest.raises(TypeError, match="it needs a list of texts"):
        Lexical().encode("نص")
