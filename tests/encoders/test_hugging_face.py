"""The AraBERT path on a tiny checkpoint of the same architecture, loaded by the same code as the real one."""

import logging
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from framing.encoders import bert_encoder, fingerprint, hugging_face, load_encoder
from framing.encoders.arabert_text import safe_preprocessor
from framing.encoders.hugging_face import is_arabert
from framing.encoders.torch_model import TorchEncoder
from framing.errors import EncoderError, MissingLibraryError

pytestmark = pytest.mark.slow
pytest.importorskip("tokenizers", reason="the full set is not installed")

TEXTS = [
    "وصلت معدات الحفر صباح اليوم إلى موقع الجسر الجديد.",
    "قال متحدث: «القرار يخص بلادنا وحدها» https://example.org/a",
    "",
    "صَوَّتَ ١٢ نائبًا",
    "كلمة " * 900,
]


@pytest.fixture(scope="module")
def encoder(checkpoint):
    return load_encoder(str(checkpoint))


def test_folder_named_arabert_gets_its_preprocessing(checkpoint, tmp_path):
    assert is_arabert(str(checkpoint))
    assert is_arabert("aubmindlab/bert-base-arabertv02")
    assert not is_arabert(str(tmp_path.parent))
    assert not is_arabert("owner/model")


def test_vectors_are_finite_of_length_one_and_as_promised(encoder):
    rows = encoder.encode(TEXTS)
    assert (rows.dtype, rows.shape, encoder.n_dims) == (np.float32, (len(TEXTS), 32), 32)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_vector_has_the_same_bytes_alone_together_and_reversed(encoder):
    together = encoder.encode(TEXTS)
    alone = np.vstack([encoder.encode([text]) for text in TEXTS])
    assert together.tobytes() == alone.tobytes() == encoder.encode(TEXTS[::-1])[::-1].tobytes()


def test_texts_are_preprocessed_as_in_pretraining(encoder):
    raw = ["صَوَّتَ ١٢ نائبًا", "اكتب إلى a@example.org", "ﻻ يزال المکتب"]
    ready = ["صوت 12 نائبا", "اكتب إلى [بريد]", "لا يزال المكتب"]
    assert encoder.encode(raw).tobytes() == encoder.encode(ready).tobytes()


def test_model_of_another_family_reads_its_text_as_written(checkpoint, tmp_path):
    for file in checkpoint.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    one, two = load_encoder(str(tmp_path)).encode(["صَوَّتَ ١٢ نائبًا", "صوت 12 نائبا"])
    assert not np.allclose(one, two, atol=1e-3)


def test_tokens_of_arabert_are_never_split(checkpoint):
    from arabert.preprocess import NEVER_SPLIT_TOKENS
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    assert [tokenizer.tokenize(token) for token in NEVER_SPLIT_TOKENS] == [[token] for token in NEVER_SPLIT_TOKENS]


def test_vector_is_the_mean_over_the_real_tokens(checkpoint):
    import torch
    from transformers import AutoModel, AutoTokenizer

    text = safe_preprocessor("bert-base-arabertv02")(TEXTS[0])
    tokenizer, model = AutoTokenizer.from_pretrained(checkpoint), AutoModel.from_pretrained(checkpoint).eval()
    with torch.inference_mode():
        states = model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0, 1:-1]
    mean = states.mean(dim=0).numpy()
    exact = load_encoder(str(checkpoint), precision="fp32")
    assert np.allclose(exact.encode([TEXTS[0]])[0], mean / np.linalg.norm(mean), atol=1e-5)


def test_revision_pins_the_weights(encoder, checkpoint):
    assert encoder.revision.startswith("sha256-")
    assert load_encoder(str(checkpoint)).revision == encoder.revision


def test_hostile_text_is_survived(encoder):
    rows = encoder.encode(["ﷺ" * 2000, "a\x00b", "\ud800", "ا" * 100_000])
    assert np.isfinite(rows).all()


def test_folder_without_a_model_says_what_it_needs(tmp_path):
    with pytest.raises(EncoderError, match=r"could not be loaded.*config\.json, a tokenizer and model\.safetensors"):
        load_encoder(str(tmp_path))


def test_pickled_weights_are_not_read(checkpoint, tmp_path):
    for file in checkpoint.iterdir():
        name = "pytorch_model.bin" if file.suffix == ".safetensors" else file.name
        (tmp_path / name).write_bytes(file.read_bytes())
    with pytest.raises(
        EncoderError, match=r"pickle \(pytorch_model\.bin\).*never read.*model\.safetensors.*convert it"
    ):
        load_encoder(str(tmp_path))


@pytest.mark.parametrize("name", ["arabert", "arabert-sts", "nobody/no-such-model"])
def test_weights_that_are_out_of_reach_are_told_within_seconds(monkeypatch, tmp_path, name):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    start = time.perf_counter()
    with pytest.raises(EncoderError, match=rf"encoder {name}: .*Connect once.*folder.*e5-small") as caught:
        load_encoder(name)
    assert time.perf_counter() - start < 30
    assert "e5-small" in caught.value.in_language("ar")


def test_arabert_says_once_that_it_is_no_sentence_model(checkpoint, monkeypatch, caplog):
    monkeypatch.setitem(sys.modules["framing.encoders.registry"].SHORT_NAMES, "arabert", str(checkpoint))
    with caplog.at_level(logging.WARNING):
        assert load_encoder("arabert").name == "arabert"
    assert caplog.text.count("arabert-sts") == 1


def test_no_torch_is_needed(checkpoint, monkeypatch, encoder):
    for library in ("torch", "transformers", "sentence_transformers"):
        monkeypatch.setitem(sys.modules, library, None)
    loaded = load_encoder(str(checkpoint))
    assert loaded.encode(TEXTS).tobytes() == encoder.encode(TEXTS).tobytes()


def test_precision_is_named_and_kept_apart(checkpoint, encoder):
    exact = load_encoder(str(checkpoint), precision="fp32")
    assert (encoder.precision, exact.precision) == ("int8", "fp32")
    assert fingerprint(exact) != fingerprint(encoder)
    cosines = (exact.encode(TEXTS) * encoder.encode(TEXTS)).sum(axis=1)
    assert 0.98 < cosines.min() < 1


def save_other_family(folder: Path, tokenizer_from: Path) -> None:
    from transformers import DistilBertConfig, DistilBertModel

    for file in tokenizer_from.glob("token*"):
        (folder / file.name).write_bytes(file.read_bytes())
    DistilBertModel(DistilBertConfig(vocab_size=1500, dim=32, n_layers=1, n_heads=2, hidden_dim=64)).save_pretrained(
        folder
    )


def test_another_architecture_goes_through_torch_and_says_so(checkpoint, tmp_path, caplog):
    save_other_family(tmp_path, checkpoint)
    other = load_encoder(str(tmp_path))
    assert (other.precision, other.n_dims) == ("fp32", 32)
    assert "torch is used, one text at a time, as its architecture is distilbert" in caplog.text
    together = other.encode(TEXTS)
    assert together.tobytes() == np.vstack([other.encode([text]) for text in TEXTS]).tobytes()
    with pytest.raises(EncoderError, match=r"precision int8 cannot be had here: its architecture.*precision: auto"):
        load_encoder(str(tmp_path), precision="int8")


def test_another_architecture_without_torch_gives_the_remedy(checkpoint, tmp_path, monkeypatch):
    save_other_family(tmp_path, checkpoint)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingLibraryError, match=r"torch is needed for the encoder .*pip install"):
        load_encoder(str(tmp_path))


def test_a_gpu_is_used_where_torch_finds_one(checkpoint, monkeypatch):
    monkeypatch.setattr(hugging_face, "finds_gpu", lambda: True)
    assert isinstance(load_encoder(str(checkpoint)), TorchEncoder)
    assert load_encoder(str(checkpoint), precision="int8").precision == "int8"


def test_without_vnni_int8_goes_in_blocks(checkpoint, monkeypatch, encoder):
    monkeypatch.setattr(hugging_face, "has_byte_products", lambda: False)
    blocks = load_encoder(str(checkpoint))
    assert blocks.precision == "int8"
    assert blocks.revision == f"{encoder.revision}-blocks"
    together = blocks.encode(TEXTS)
    assert together.tobytes() == np.vstack([blocks.encode([text]) for text in TEXTS]).tobytes()
    assert (together * encoder.encode(TEXTS)).sum(axis=1).min() > 0.98


def test_a_graph_that_fails_its_check_gives_way_to_fp32(checkpoint, monkeypatch, caplog):
    monkeypatch.setitem(bert_encoder.LEAST_COSINE, "int8", 1.1)
    assert load_encoder(str(checkpoint)).precision == "fp32"
    assert "int8 cannot be had here. The graph for ONNX Runtime" in caplog.text


def test_tokenizer_of_another_model_is_refused(checkpoint, tmp_path, caplog):
    from transformers import BertConfig, BertModel

    for file in checkpoint.glob("token*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    config = BertConfig(vocab_size=7, hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64)
    BertModel(config).save_pretrained(tmp_path)
    with pytest.raises(EncoderError, match=r"pieces and its table of words 7 rows.*fetch both again"):
        load_encoder(str(tmp_path), precision="int8")
