import logging
import os
import random

import numpy as np
import pytest

from framing.encoders import Encoder, load_encoder
from framing.encoders.static import load_static
from framing.encoders.static_folder import ABOUT, write_table
from framing.errors import EncoderError

KEYS = ["مدرسه", "كتاب", "بيت", "قمح", "سفينه"]
ROWS = np.random.default_rng(1).normal(size=(5, 8)).astype(np.float32)
LONE = np.eye(8, dtype=np.float32)[0]


@pytest.fixture
def static(cache):
    write_table(cache / "static-aaa", KEYS, ROWS, LONE, {})
    return load_static()


def test_text_is_the_mean_of_its_words(static):
    wanted = ROWS[1] + 2 * ROWS[3]
    assert np.allclose(static.encode(["القمح، والكتاب! قمح xyz"])[0], wanted / np.linalg.norm(wanted), atol=1e-6)


def test_it_is_an_encoder_that_the_registry_knows(static):
    found = load_encoder("static")
    assert isinstance(found, Encoder)
    assert (found.name, found.precision, found.n_dims, found.revision) == ("static", "fp32", 8, static.revision)


def test_vector_does_not_depend_on_its_neighbours(static):
    random.seed(2)
    texts = [" ".join(random.choices([*KEYS, "والمدرسة", "شجرة"], k=random.randint(0, 30))) for _ in range(60)]
    together = static.encode(texts)
    assert together.tobytes() == static.encode(texts[::-1])[::-1].tobytes()
    assert together.tobytes() == np.vstack([static.encode([text]) for text in texts]).tobytes()


def test_hostile_texts_give_whole_vectors(static):
    random.seed(5)
    letters = [chr(code) for code in range(0x110000)]
    texts = ["\ufdfa" * 2000, "\x00", "\ud800", "\udc00\ud800 x", "", " ", "&#" + "9" * 9000 + ";", "<" * 5000]
    texts += ["".join(random.choices(letters, k=random.randint(1, 40))) for _ in range(500)]
    rows = static.encode(texts)
    assert rows.shape == (len(texts), 8)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_text_behind_a_nul_counts(static):
    one, two, three = static.encode(["الكتاب\x00 القمح", "الكتاب", "كتاب قمح"])
    assert np.array_equal(one, three)
    assert not np.allclose(one, two)


def test_ten_megabytes_are_one_text(static):
    text = "كتاب قمح " * 600_000
    assert np.allclose(static.encode([text])[0], static.encode(["كتاب قمح"])[0], atol=1e-3)


@pytest.mark.parametrize("text", ["", " ", "؟!", "شجرة"])
def test_text_without_a_known_word_gets_the_vector_of_a_full_stop(static, text):
    assert np.array_equal(static.encode([text])[0], LONE)


def test_no_texts_give_no_rows(static):
    assert static.encode([]).shape == (0, 8)


def test_one_text_is_refused(static):
    with pytest.raises(TypeError, match="list of texts"):
        static.encode("نص")


def test_revision_changes_with_the_vectors(static, cache):
    write_table(cache / "static-bbb", KEYS, ROWS + 1, LONE, {})
    assert load_static("static-bbb").revision != static.revision


def test_without_a_table_the_error_names_the_command():
    with pytest.raises(EncoderError, match="framing encoders build static ARTICLES") as caught:
        load_encoder("static")
    assert "framing encoders build static" in caught.value.in_language("ar")


def test_newest_table_is_taken_and_named(static, cache, caplog):
    write_table(cache / "static-bbb", KEYS, ROWS + 1, LONE, {})
    os.utime(cache / "static-aaa" / ABOUT, (1, 1))
    with caplog.at_level(logging.WARNING):
        assert load_static().revision == load_static("static-bbb").revision
    assert "2 tables were built; the newest is used, static-bbb" in caplog.text


def test_table_is_loaded_by_name_or_folder(static, cache):
    assert load_encoder("static-aaa").revision == load_encoder(str(cache / "static-aaa")).revision == static.revision


def test_unknown_table_is_an_error_not_a_search_of_the_hub():
    with pytest.raises(EncoderError, match="static-zzz is missing"):
        load_encoder("static-zzz")
