import json

import numpy as np
import pytest

from framing.encoders.safetensors_file import Tensors, weight_files


def write(path, tensors):
    header, body = {"__metadata__": {"format": "pt"}}, b""
    for name, (kind, values) in tensors.items():
        data = values.tobytes()
        header[name] = {"dtype": kind, "shape": list(values.shape), "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    head = json.dumps(header).encode()
    path.write_bytes(len(head).to_bytes(8, "little") + head + body)


NUMBERS = np.array([[1.5, -2.0], [0.25, 8.0]], dtype=np.float32)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("F32", NUMBERS),
        ("F16", NUMBERS.astype(np.float16)),
        ("BF16", (NUMBERS.view(np.uint32) >> 16).astype(np.uint16)),
        ("F64", NUMBERS.astype(np.float64)),
    ],
)
def test_every_kind_of_float_is_read_as_float32(tmp_path, kind, values):
    write(tmp_path / "model.safetensors", {"a": (kind, values), "ids": ("I64", np.arange(3))})
    tensors = Tensors(tmp_path)
    assert tensors.names == {"a"}
    assert tensors.get("a").dtype == np.float32
    assert np.array_equal(tensors.get("a"), NUMBERS)
    assert np.array_equal(tensors.rows("a", np.array([1, 1])), NUMBERS[[1, 1]])


def test_parts_named_by_an_index_are_read_and_only_inside_the_folder(tmp_path):
    write(tmp_path / "one.safetensors", {"a": ("F32", NUMBERS)})
    write(tmp_path / "two.safetensors", {"b": ("F32", NUMBERS)})
    index = {"weight_map": {"a": "one.safetensors", "b": "../../elsewhere/two.safetensors"}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    assert {path.parent for path in weight_files(tmp_path)} == {tmp_path}
    assert Tensors(tmp_path).names == {"a", "b"}


def test_agrees_with_the_library(tmp_path):
    save = pytest.importorskip("safetensors.numpy").save_file
    save({"x": NUMBERS, "y": np.arange(4, dtype=np.float32)}, tmp_path / "model.safetensors")
    assert np.array_equal(Tensors(tmp_path).get("x"), NUMBERS)


def test_damage_is_named(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes((1 << 40).to_bytes(8, "little") + b"{}")
    with pytest.raises(ValueError, match="its header ends past the file"):
        Tensors(tmp_path)
    write(path, {"a": ("F32", NUMBERS)})
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(ValueError, match="a tensor lies outside it"):
        Tensors(tmp_path)


def test_a_tensor_that_is_not_there_is_named(tmp_path):
    write(tmp_path / "model.safetensors", {"a": ("F32", NUMBERS)})
    with pytest.raises(ValueError, match="it has no tensor b"):
        Tensors(tmp_path).get("b")
