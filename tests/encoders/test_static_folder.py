import json

import numpy as np
import pytest

from framing.encoders.static_folder import ABOUT, CONFIG, MODEL, TOKENIZER, is_whole, read_table, write_table
from framing.errors import EncoderError

KEYS = ["مدرسه", "كتاب", "بيت"]
ROWS = np.arange(12, dtype=np.float32).reshape(3, 4) + 1


@pytest.fixture
def folder(tmp_path):
    write_table(tmp_path / "static", KEYS, ROWS, np.ones(4, dtype=np.float32), {"seed": 1})
    return tmp_path / "static"


def test_table_comes_back_as_written(folder):
    table = read_table(folder)
    assert (table.keys, table.about["seed"]) == (KEYS, 1)
    assert np.array_equal(table.vectors, ROWS)
    assert np.array_equal(table.lone, np.ones(4))


def test_same_table_gives_the_same_bytes_and_hash(folder, tmp_path):
    again = write_table(tmp_path / "again", KEYS, ROWS, np.ones(4, dtype=np.float32), {"seed": 1})
    assert again == read_table(folder).sha256
    assert all((folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes() for name in (MODEL, ABOUT))


@pytest.mark.parametrize("name", [MODEL, TOKENIZER, CONFIG])
def test_damaged_file_is_found(folder, name):
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    assert not is_whole(folder)
    with pytest.raises(EncoderError, match=r"damaged.*framing encoders build static"):
        read_table(folder)


@pytest.mark.parametrize("note", ["", "[]", "{}", '{"files": 3}'])
def test_broken_note_means_no_table(folder, note):
    (folder / ABOUT).write_text(note, encoding="utf-8")
    assert not is_whole(folder)


def test_folder_without_a_note_is_no_table(folder):
    (folder / ABOUT).unlink()
    assert not is_whole(folder)


def test_safetensors_library_reads_the_vectors(folder):
    numpy = pytest.importorskip("safetensors.numpy")
    rows = numpy.load_file(folder / MODEL)["embeddings"]
    assert np.array_equal(rows[1:], ROWS)
    # The format asks for data that begin at a multiple of eight bytes.
    assert int.from_bytes((folder / MODEL).read_bytes()[:8], "little") % 8 == 0


def test_tokenizers_library_cuts_and_folds_words_alike(folder):
    tokenizers = pytest.importorskip("tokenizers")
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / TOKENIZER))
    assert tokenizer.encode("مَدرسةٌ، كتـاب/بيت 5 شجرة").tokens == ["مدرسه", "كتاب", "بيت", "[UNK]", "[UNK]"]


def test_configuration_names_the_format(folder):
    assert json.loads((folder / CONFIG).read_text(encoding="utf-8"))["model_type"] == "model2vec"
