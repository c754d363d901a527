"""The AraBERT path on a tiny checkpoint of the same architecture, loaded by the same code as the real one."""

import json
import logging
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from framing.encoders import load_encoder
from framing.encoders.arabert_text import safe_preprocessor
from framing.encoders.hugging_face import is_arabert
from framing.errors import EncoderError

pytestmark = pytest.mark.slow
pytest.importorskip("tokenizers", reason="the full set is not installed")

DEMO = Path(__file__).parents[2] / "data" / "demo" / "articles.jsonl"
TEXTS = [
    "وصلت معدات الحفر صباح اليوم إلى موقع الجسر الجديد.",
    "قال متحدث: «القرار يخص بلادنا وحدها» https://example.org/a",
    "",
    "صَوَّتَ ١٢ نائبًا",
    "كلمة " * 900,
]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def save_tokenizer(folder: Path, *, lines: list[str]) -> int:
    """Train a WordPiece vocabulary with the tokens that AraBERT never splits; give its size."""
    from arabert.preprocess import NEVER_SPLIT_TOKENS
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertTokenizerFast

    kept = sorted(NEVER_SPLIT_TOKENS)
    trainer = BertWordPieceTokenizer(strip_accents=False, lowercase=False)
    trainer.train_from_iterator(lines, vocab_size=1500, special_tokens=[*SPECIAL, *kept], show_progress=False)
    trainer.save(str(folder / "trained.json"))
    tokenizer = BertTokenizerFast(
        tokenizer_file=str(folder / "trained.json"), do_lower_case=False, additional_special_tokens=kept,
        pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]",
    )  # fmt: skip
    (folder / "trained.json").unlink()
    tokenizer.save_pretrained(folder)
    return len(tokenizer)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory) -> Path:
    import torch
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("models") / "tiny-arabert"
    folder.mkdir()
    clean = safe_preprocessor("bert-base-arabertv02")
    lines = [clean(str(json.loads(line)["text"])) for line in DEMO.read_text(encoding="utf-8").splitlines()]
    n_tokens = save_tokenizer(folder, lines=lines)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=n_tokens, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=128,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    return folder


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


def test_vector_is_the_mean_over_the_real_tokens(encoder, checkpoint):
    import torch
    from transformers import AutoModel, AutoTokenizer

    text = safe_preprocessor("bert-base-arabertv02")(TEXTS[0])
    tokenizer, model = AutoTokenizer.from_pretrained(checkpoint), AutoModel.from_pretrained(checkpoint).eval()
    with torch.inference_mode():
        states = model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0, 1:-1]
    mean = states.mean(dim=0).numpy()
    assert np.allclose(encoder.encode([TEXTS[0]])[0], mean / np.linalg.norm(mean), atol=1e-5)


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
    with pytest.raises(EncoderError, match=r"model\.safetensors"):
        load_encoder(str(tmp_path))


@pytest.mark.parametrize("name", ["arabert", "arabert-sts", "nobody/no-such-model"])
def test_weights_that_are_out_of_reach_are_told_within_seconds(monkeypatch, tmp_path, name):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    __import__("transformers")
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
