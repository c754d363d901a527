import json

import numpy as np
import pytest

from framing.encoders.safetensors_file import Tensors, tensor_bytes, weight_files


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


# Writing


MIXED = {
    "b": np.arange(6, dtype=np.float64).reshape(2, 3) / 7,
    "a": NUMBERS,
    "scalar": np.array(2.5),
    "empty": np.zeros((0, 4), dtype=np.float32),
    "turned": np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)),
}


def test_what_is_written_is_read_as_it_was(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(tensor_bytes(MIXED))
    tensors = Tensors(tmp_path)
    assert tensors.names == set(MIXED)
    for name, values in MIXED.items():
        found = tensors.array(name)
        assert found.dtype == values.dtype
        assert tensors.shape(name) == values.shape
        assert np.array_equal(found, values)


def test_copy_of_a_tensor_may_be_changed_and_outlives_its_file(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(tensor_bytes(MIXED))
    found = Tensors(tmp_path).array("a")
    found[0, 0] = 99.0
    assert Tensors(tmp_path).get("a")[0, 0] == NUMBERS[0, 0]
    path.unlink()
    assert found[0, 0] == 99.0


def test_other_kinds_of_numbers_are_written_as_float32(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(tensor_bytes({"a": np.arange(3), "b": np.array([True, False])}))
    tensors = Tensors(tmp_path)
    assert tensors.array("a").tolist() == [0.0, 1.0, 2.0]
    assert tensors.array("b").dtype == np.float32


def test_same_arrays_give_the_same_bytes_in_any_order():
    assert tensor_bytes(MIXED) == tensor_bytes(dict(reversed(MIXED.items())))


def test_numbers_begin_at_a_multiple_of_eight():
    data = tensor_bytes({"a": NUMBERS})
    assert (8 + int.from_bytes(data[:8], "little")) % 8 == 0


def test_nothing_is_a_file_too(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(tensor_bytes({}))
    assert Tensors(tmp_path).names == set()


def test_the_library_reads_what_is_written_and_is_read(tmp_path):
    library = pytest.importorskip("safetensors.numpy")
    path = tmp_path / "model.safetensors"
    path.write_bytes(tensor_bytes(MIXED))
    for name, values in library.load_file(path).items():
        assert values.dtype == MIXED[name].dtype
        assert np.array_equal(values, MIXED[name])
    library.save_file({name: np.array(values, order="C") for name, values in MIXED.items()}, path)
    tensors = Tensors(tmp_path)
    assert all(np.array_equal(tensors.array(name), values) for name, values in MIXED.items())
