"""The graph against the forward pass in numpy and in torch; equal bytes in any company; its place in the cache."""

import json
import threading

import numpy as np
import pytest

from framing.encoders import bert_graph, graph_engine, graph_store
from framing.encoders.bert_graph import LEAST_SIZE, SMOOTH, build_graph, channel_sizes, per_column
from framing.encoders.bert_reference import last_layers
from framing.encoders.graph_engine import GraphEngine, equal_batches, has_byte_products, n_cores
from framing.encoders.graph_store import checked_graph
from framing.errors import EncoderError, FramingError

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
KINDS = [pytest.param("int8", marks=pytest.mark.skipif(not has_byte_products(), reason="no VNNI")), "blocks", "fp32"]


def drawn(lengths, n_dims=32):
    draw = np.random.default_rng(3)
    return [draw.standard_normal((n, n_dims)).astype(np.float32) for n in lengths]


def engine_of(weights, kind, texts):
    """Run a graph on given states: a token id is a row of all texts' states together."""
    rows = np.concatenate(texts)
    graph = build_graph(weights, kind, "test").SerializeToString(deterministic=True)
    return GraphEngine(graph, lambda ids: rows[ids], alone=kind != "int8")


def ids_of(texts):
    ends = np.cumsum([len(text) for text in texts])
    return [list(range(end - len(text), end)) for end, text in zip(ends, texts, strict=True)]


@pytest.mark.parametrize(("kind", "least"), [("int8", 0.999), ("blocks", 0.999), ("fp32", 0.999999)])
def test_last_layer_agrees_with_the_forward_pass_in_numpy(random_bert, kind, least):
    texts = drawn([3, 17, 17, 40])
    expected = last_layers(random_bert, texts)
    for i, states in engine_of(random_bert, kind, texts).states(ids_of(texts)):
        one, two = states.ravel(), expected[i].ravel()
        assert one @ two / np.linalg.norm(one) / np.linalg.norm(two) > least


@pytest.mark.parametrize("kind", KINDS)
def test_sixty_texts_have_equal_bytes_alone_together_and_reversed(random_bert, kind):
    texts = drawn([3 + (7 * i) % 29 for i in range(60)])
    engine, ids = engine_of(random_bert, kind, texts), ids_of(texts)
    together = {i: states.tobytes() for i, states in engine.states(ids)}
    backwards = {59 - i: states.tobytes() for i, states in engine.states(ids[::-1])}
    alone = {i: next(engine.states([ids[i]]))[1].tobytes() for i in range(60)}
    assert together == alone == backwards


def test_forward_pass_in_numpy_agrees_with_torch(checkpoint):
    torch = pytest.importorskip("torch")
    from transformers import AutoModel

    from framing.encoders.bert_checkpoint import BertCheckpoint

    weights, ids = BertCheckpoint(checkpoint), np.array([[2, 40, 41, 42, 3]])
    with torch.inference_mode():
        expected = AutoModel.from_pretrained(checkpoint).eval()(torch.tensor(ids)).last_hidden_state[0].numpy()
    assert np.allclose(last_layers(weights, [weights.embed(ids)[0]])[0], expected, atol=1e-5)


def test_the_same_weights_give_the_same_bytes(random_bert):
    one, two = (build_graph(random_bert, "int8", "a").SerializeToString(deterministic=True) for _ in "ab")
    assert one == two


def test_whole_numbers_and_scales_give_the_matrix_back():
    matrix = np.array([[1.0, -0.5, 0.25], [0, 0, 0], [254, 1, -254]], dtype=np.float32)
    whole, scales = per_column(matrix)
    assert whole.dtype == np.int8
    assert np.allclose(whole * scales[:, None], matrix, atol=1.0)
    assert whole[0].tolist() == [127, -64, 32]


def test_channels_are_divided_by_a_part_of_the_size_their_norm_gives_them():
    gain, bias = np.array([1.0, 0.6, 4.0, 0.0, 1.0]), np.array([0.0, 0.8, 0.0, 0.0, 0.0])
    assert np.allclose(channel_sizes(gain, bias), [1.0, 1.0, 2.0, LEAST_SIZE**SMOOTH, 1.0])
    assert channel_sizes(np.zeros(3), np.zeros(3)).tolist() == pytest.approx([LEAST_SIZE**SMOOTH] * 3)


@pytest.mark.skipif(not has_byte_products(), reason="no VNNI")
def test_second_product_brings_bytes_nearer_to_floats(random_bert, monkeypatch):
    texts = drawn([12, 30, 7])
    expected = last_layers(random_bert, texts)

    def error() -> float:
        found = engine_of(random_bert, "int8", texts).states(ids_of(texts))
        return float(np.mean([np.abs(states - expected[i]).mean() for i, states in found]))

    with_it, product = error(), bert_graph._Graph._product
    once = lambda self, given, name, n_in=0, *, twice=False: product(self, given, name, n_in)  # noqa: E731
    monkeypatch.setattr(bert_graph._Graph, "_product", once)
    assert with_it < 0.97 * error()


def test_batches_hold_one_length_and_stay_under_the_limit():
    assert equal_batches([5, 9, 5, 5, 30, 9], limit=10) == [[0, 2], [3], [1], [5], [4]]
    assert equal_batches([2, 2], limit=1) == [[0], [1]]


def test_cores_of_this_process_are_counted():
    assert n_cores() >= 1


@pytest.mark.parametrize("kind", KINDS)
def test_any_number_of_cores_gives_the_same_bytes_in_the_same_order(random_bert, monkeypatch, kind):
    texts = drawn([7, 3, 60, 3, 7, 100, 3, 110, 90, 200])

    def found(n):
        monkeypatch.setattr(graph_engine, "n_cores", lambda: n)
        return [(i, states.tobytes()) for i, states in engine_of(random_bert, kind, texts).states(ids_of(texts))]

    assert found(1) == found(3)
    assert [i for i, _ in found(3)] == [1, 3, 6, 0, 4, 2, 8, 5, 7, 9]


def test_each_core_runs_a_batch_of_its_own_and_none_is_run_long_before_it_is_asked_for(random_bert, monkeypatch):
    monkeypatch.setattr(graph_engine, "n_cores", lambda: 2)
    texts, asked = drawn([200] * 12), []
    engine = engine_of(random_bert, "fp32", texts)
    embed, together = engine._embed, threading.Barrier(2, timeout=60)

    def embed_beside_another(ids):
        asked.append(threading.get_ident())
        together.wait()
        return embed(ids)

    monkeypatch.setattr(engine, "_embed", embed_beside_another)
    states = engine.states(ids_of(texts))
    next(states)
    assert 2 <= len(asked) <= 4  # two cores, one that waits, one that was read
    assert len(list(states)) == 11
    assert len(set(asked)) == 2
    assert threading.get_ident() not in asked


def test_a_reader_that_stops_early_stops_the_cores(random_bert):
    texts = drawn([200] * 6)
    states = engine_of(random_bert, "fp32", texts).states(ids_of(texts))
    next(states)
    before = threading.active_count()
    states.close()
    assert threading.active_count() < before


@pytest.mark.parametrize("in_two", [False, True])
def test_a_graph_is_built_once_and_again_where_its_file_is_damaged(random_bert, tmp_path, monkeypatch, in_two):
    if in_two:
        monkeypatch.setattr(graph_store, "MAX_BYTES", 1000)
    texts, built = drawn([4, 9]), []

    def build():
        built.append(1)
        return build_graph(random_bert, "int8", "test")

    def states(graph):
        rows = np.concatenate(texts)
        return b"".join(s.tobytes() for _, s in GraphEngine(graph, lambda ids: rows[ids]).states(ids_of(texts)))

    path = tmp_path / "cache" / "graph.onnx"
    first = states(checked_graph(path, build, lambda graph: float(bool(states(graph))), least=0.9))
    assert path.with_suffix(".weights").exists() == in_two
    assert states(checked_graph(path, build, lambda graph: 0.0, least=0.9)) == first
    assert len(built) == 1
    damaged = path.with_suffix(".weights") if in_two else path
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(bytes(data))
    assert states(checked_graph(path, build, lambda graph: 1.0, least=0.9)) == first
    assert len(built) == 2
    assert not list(path.parent.glob(".*"))


def test_a_graph_checked_by_another_runtime_is_checked_again(random_bert, tmp_path):
    path, checks = tmp_path / "graph.onnx", []
    for _ in range(2):
        checked_graph(path, lambda: build_graph(random_bert, "fp32", "t"), lambda g: checks.append(g) or 1.0, least=0.9)
        about = json.loads(path.with_suffix(".json").read_text())
        path.with_suffix(".json").write_text(json.dumps(about | {"onnxruntime": "0.1"}))
    assert len(checks) == 2


@pytest.mark.parametrize("cosine", [0.5, float("nan")])
def test_a_graph_that_differs_is_neither_used_nor_kept(random_bert, tmp_path, cosine):
    build = lambda: build_graph(random_bert, "fp32", "test")  # noqa: E731
    with pytest.raises(EncoderError, match=r"differs from its reference \(cosine.*0\.9 is needed"):
        checked_graph(tmp_path / "graph.onnx", build, lambda graph: cosine, least=0.9)
    assert not list(tmp_path.iterdir())


def test_a_graph_that_cannot_run_is_one_line(random_bert, tmp_path):
    def check(graph):
        raise RuntimeError("no such operator")

    with pytest.raises(EncoderError, match=r"does not run here \(no such operator\)"):
        checked_graph(tmp_path / "graph.onnx", lambda: build_graph(random_bert, "fp32", "t"), check, least=0.9)


def test_a_large_graph_needs_a_folder_that_can_be_written(random_bert, tmp_path, monkeypatch):
    monkeypatch.setattr(graph_store, "MAX_BYTES", 1000)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FramingError, match=r"could not be written.*FRAMING_CACHE"):
        checked_graph(
            tmp_path / "file" / "g.onnx", lambda: build_graph(random_bert, "fp32", "t"), lambda g: 1.0, least=0.9
        )
