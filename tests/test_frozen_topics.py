"""Frozen topics: the same for ever, -1 beyond the limit, no pickle, damage noticed."""

import json
from dataclasses import replace

import numpy as np
import pytest

from framing.errors import ResultsError
from framing.frozen_topics import ABOUT, NUMBERS, freeze, load_frozen_topics, own_margin
from framing.vectors import Vectors

ENCODER = {"name": "made", "revision": "1", "precision": "fp32", "n_dims": 8}


@pytest.fixture
def known():
    """Give 60 vectors in two groups numbered 2 and 5, and their topics."""
    rng = np.random.default_rng(0)
    matrix = np.eye(8, dtype=np.float32)[np.arange(60) % 2] + rng.normal(0, 0.05, (60, 8)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    return matrix, np.where(np.arange(60) % 2 == 0, 2, 5)


@pytest.fixture
def frozen(known):
    matrix, topic = known
    return freeze(matrix, matrix.mean(axis=0), topic, encoder=ENCODER, words={2: ["كلمة"], 5: ["أخرى"]})


def test_units_near_a_centroid_join_it_and_others_are_outliers(known, frozen):
    matrix, topic = known
    placed, margin = frozen.place_rows(matrix)
    assert set(placed[placed >= 0] - topic[placed >= 0]) == {0}
    assert 0 < (placed == -1).mean() < 0.1
    stranger = np.zeros((1, 8), dtype=np.float32)
    stranger[0, 7] = 1
    assert frozen.place_rows(stranger)[0].tolist() == [-1]
    assert (margin[placed == -1] == 0).all()


def test_saved_topics_read_back_place_alike(known, frozen, tmp_path):
    matrix, _ = known
    again = load_frozen_topics(frozen.save(tmp_path / "topics"))
    assert again.place_rows(matrix)[0].tolist() == frozen.place_rows(matrix)[0].tolist()
    assert again.words == {2: ["كلمة"], 5: ["أخرى"]}
    assert again.numbers == (2, 5)
    assert again.encoder == ENCODER


def test_the_same_topics_give_the_same_bytes_and_no_pickle(frozen, tmp_path):
    one, two = (frozen.save(tmp_path / name) for name in ("one", "two"))
    assert sorted(path.name for path in one.iterdir()) == sorted([ABOUT, NUMBERS])
    for name in (ABOUT, NUMBERS):
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_safetensors_library_reads_the_numbers(frozen, tmp_path):
    library = pytest.importorskip("safetensors.numpy")
    read = library.load_file(frozen.save(tmp_path) / NUMBERS)
    assert np.array_equal(read["centroids"], frozen.centroids)


def test_vectors_of_another_encoder_are_refused(known, frozen):
    other = Vectors(tuple(map(str, range(60))), known[0], {**ENCODER, "revision": "2"})
    with pytest.raises(ValueError, match="encoder revision '1', the vectors of '2'; embed with the former"):
        frozen.place(other)
    table = frozen.place(replace(other, encoder=ENCODER))
    assert list(table.columns) == ["unit_id", "topic", "margin"]


@pytest.mark.parametrize("harm", ["numbers", "about", "format", "missing"])
def test_damage_is_noticed(frozen, tmp_path, harm):
    folder = frozen.save(tmp_path / "topics")
    if harm == "numbers":
        data = bytearray((folder / NUMBERS).read_bytes())
        data[-1] ^= 1
        (folder / NUMBERS).write_bytes(bytes(data))
    elif harm == "about":
        (folder / ABOUT).write_text("{", encoding="utf-8")
    elif harm == "format":
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        (folder / ABOUT).write_text(json.dumps({**about, "format": "other"}), encoding="utf-8")
    else:
        (folder / NUMBERS).unlink()
    with pytest.raises(ResultsError, match=r"no frozen topics can be read here.*Fit the topics again") as caught:
        load_frozen_topics(folder)
    assert "العناقيد" in caught.value.ar


def test_units_without_topics_cannot_be_frozen(known):
    with pytest.raises(ValueError, match="nothing to freeze; fit topics first"):
        freeze(known[0], known[0].mean(axis=0), np.full(60, -1), encoder=ENCODER)


def test_margin_with_one_centroid_is_the_cosine_itself():
    assert own_margin(np.array([[0.5], [0.25]]), np.array([0, 0])).tolist() == [0.5, 0.25]
