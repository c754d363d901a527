"""Read and write safetensors files. Reading is mapped: a tensor is read when asked for, and nothing is executed.

The format: eight bytes with the length of a JSON header, the header (name -> dtype,
shape, place), then the numbers. A large model has several files and an index.

References
----------
https://huggingface.co/docs/safetensors (the format).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

INDEX = "model.safetensors.index.json"
SINGLE = "model.safetensors"
MAX_HEADER = 100_000_000
_KINDS = {"F32": "<f4", "F16": "<f2", "BF16": "<u2", "F64": "<f8"}


class Tensors:
    """The float tensors of a model folder.

    Parameters
    ----------
    folder : holds `model.safetensors`, or an index and its parts.

    Raises
    ------
    OSError : a file is missing.
    ValueError : a file is damaged, or not of this format.
    """

    def __init__(self, folder: Path) -> None:
        self._found: dict[str, np.ndarray] = {}
        self._kinds: dict[str, str] = {}
        for path in weight_files(folder):
            self._read_header(path)

    @property
    def names(self) -> set[str]:
        """The names of all float tensors."""
        return set(self._found)

    def get(self, name: str) -> np.ndarray:
        """Give a tensor as float32."""
        return self._floats(name, self._raw(name))

    def array(self, name: str) -> np.ndarray:
        """Give a copy of a tensor as it was stored: float32 or float64."""
        return np.array(self._raw(name))

    def rows(self, name: str, ids: np.ndarray) -> np.ndarray:
        """Give some rows of a tensor as float32: only these are read."""
        return self._floats(name, self._raw(name)[ids])

    def shape(self, name: str) -> tuple[int, ...]:
        """Give a tensor's shape."""
        return self._raw(name).shape

    def _raw(self, name: str) -> np.ndarray:
        if name not in self._found:
            raise ValueError(f"it has no tensor {name}")
        return self._found[name]

    def _floats(self, name: str, values: np.ndarray) -> np.ndarray:
        if self._kinds[name] == "BF16":  # the upper half of a float32
            return (values.astype(np.uint32) << 16).view(np.float32)
        return np.asarray(values, dtype=np.float32)

    def _read_header(self, path: Path) -> None:
        data = np.memmap(path, dtype=np.uint8, mode="r")
        length = int.from_bytes(data[:8].tobytes(), "little")
        if length > min(MAX_HEADER, len(data) - 8):
            raise ValueError(f"{path.name} is damaged: its header ends past the file")
        header = json.loads(data[8 : 8 + length].tobytes())
        for name, about in header.items():
            if name != "__metadata__" and about["dtype"] in _KINDS:
                start, end = about["data_offsets"]
                self._found[name] = _tensor(data[8 + length :], about["dtype"], about["shape"], start, end)
                self._kinds[name] = about["dtype"]


def _tensor(data: np.ndarray, kind: str, shape: list[int], start: int, end: int) -> np.ndarray:
    size = int(np.prod(shape, dtype=np.int64)) * np.dtype(_KINDS[kind]).itemsize
    if not 0 <= start <= end <= len(data) or end - start != size:
        raise ValueError("a safetensors file is damaged: a tensor lies outside it")
    return data[start:end].view(_KINDS[kind]).reshape(shape)


def weight_files(folder: Path) -> list[Path]:
    """Give the files that hold a folder's weights, those of an index in order of name."""
    if (folder / SINGLE).is_file():
        return [folder / SINGLE]
    if not (folder / INDEX).is_file():
        raise FileNotFoundError(f"no {SINGLE} in it")
    named = set(json.loads((folder / INDEX).read_text(encoding="utf-8"))["weight_map"].values())
    return [folder / Path(name).name for name in sorted(named)]


def read_single(path: Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Read one file: its float tensors as they were stored, and its metadata.

    Raises
    ------
    OSError, ValueError : the file is missing, damaged or not of this format.
    """
    data = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    length = int.from_bytes(data[:8].tobytes(), "little")
    if length > min(MAX_HEADER, len(data) - 8):
        raise ValueError(f"{path.name} is damaged: its header ends past the file")
    header = json.loads(data[8 : 8 + length].tobytes())
    metadata = {str(key): str(value) for key, value in header.pop("__metadata__", {}).items()}
    tensors = {
        name: _tensor(data[8 + length :], told["dtype"], told["shape"], *told["data_offsets"])
        for name, told in header.items()
        if told["dtype"] in _KINDS
    }
    return tensors, metadata


def tensor_bytes(arrays: Mapping[str, np.ndarray], *, about: Mapping[str, str] | None = None) -> bytes:
    """Give the bytes of a safetensors file that holds float16, float32 and float64 arrays, in order of name.

    `about` : texts for the file's metadata.
    """
    header: dict[str, object] = {"__metadata__": dict(about)} if about else {}
    parts = []
    end = 0
    for name in sorted(arrays):
        data = np.asarray(arrays[name])
        kind = {np.dtype(np.float64): "F64", np.dtype(np.float16): "F16"}.get(data.dtype, "F32")
        part = data.astype(_KINDS[kind]).tobytes()
        header[name] = {"dtype": kind, "shape": list(data.shape), "data_offsets": [end, end + len(part)]}
        parts.append(part)
        end += len(part)
    head = json.dumps(header).encode("utf-8")
    head += b" " * (-len(head) % 8)  # the numbers begin at a multiple of eight
    return len(head).to_bytes(8, "little") + head + b"".join(parts)
