import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.encoders import Encoder, fingerprint
from framing.encoders.base import MAX_PIECE_CHARS, encode_in_pieces, pieces, unit_length


def by_length(flat: list[str]) -> np.ndarray:
    return np.array([[len(text), 1.0] for text in flat], dtype=np.float32)


def test_fake_encoder_keeps_the_protocol(fake_encoder):
    assert isinstance(fake_encoder, Encoder)
    rows = fake_encoder.encode(["خطر الجسر", "كلفة الجسر", ""])
    assert (rows.dtype, rows.shape) == (np.float32, (3, 16))
    assert np.allclose(np.linalg.norm(rows, axis=1), 1)
    assert rows.argmax(axis=1).tolist() == [0, 1, 5]


def test_fingerprint_changes_with_revision_and_precision(fake_encoder):
    found = [fingerprint(fake_encoder)]
    fake_encoder.revision = "2"
    found.append(fingerprint(fake_encoder))
    fake_encoder.precision = "int8"
    found.append(fingerprint(fake_encoder))
    assert len(set(found)) == 3


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ab \u0627", max_size=300), st.integers(1, 40))
def test_pieces_are_short_and_lose_no_letter(text, limit):
    found = pieces(text, limit)
    assert all(0 < len(piece) <= limit for piece in found)
    assert "".join("".join(found).split()) == "".join(text.split())


def test_long_text_without_spaces_is_cut():
    assert [len(piece) for piece in pieces("ا" * (2 * MAX_PIECE_CHARS + 1))] == [MAX_PIECE_CHARS, MAX_PIECE_CHARS, 1]


def test_vectors_of_pieces_are_averaged_by_length():
    row = encode_in_pieces(["ا" * (MAX_PIECE_CHARS + 100)], by_length, 2)[0]
    weighed = np.array([MAX_PIECE_CHARS**2 + 100**2, MAX_PIECE_CHARS + 100])
    assert np.allclose(row, weighed / np.linalg.norm(weighed))


@pytest.mark.parametrize("text", ["", " \n", "\u200f", "<br>"])
def test_text_with_nothing_to_encode_gets_the_vector_of_a_full_stop(text):
    assert encode_in_pieces([text], by_length, 2).tolist() == encode_in_pieces(["."], by_length, 2).tolist()


def test_no_texts_give_no_rows():
    assert encode_in_pieces([], by_length, 2).shape == (0, 2)


def test_one_text_instead_of_a_list_is_refused():
    with pytest.raises(TypeError, match=r"Write encode\(\[text\]\)"):
        encode_in_pieces("نص", by_length, 2)


def test_row_of_zeros_stays_zero():
    assert unit_length(np.array([[0.0, 0.0], [3.0, 4.0]])).tolist() == [[0.0, 0.0], [np.float32(0.6), np.float32(0.8)]]
