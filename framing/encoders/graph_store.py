"""Graphs kept in the cache folder: written whole, known by their checksum, tied to the runtime that checked them."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from framing.errors import EncoderError, FramingError
from framing.files import sha256_file, write_bytes, write_json
from framing.optional import require

logger = logging.getLogger(__name__)

# A protobuf ends at 2 GB: above this the weights go into a file beside the graph.
MAX_BYTES = 1_900_000_000


def checked_graph(
    path: Path, build: Callable[[], Any], check: Callable[[bytes | Path], float], *, least: float
) -> bytes | Path:
    """Take a graph from the cache folder, or build it, check it and keep it there.

    Parameters
    ----------
    path : where it is kept.
    build : gives the graph as an `onnx.ModelProto`.
    check : gives the lowest cosine between the graph's vectors and a reference's, -1 to 1.
    least : the cosine that is needed.

    Returns
    -------
    The file, or the graph's bytes where the folder cannot be written.

    Raises
    ------
    EncoderError : the graph does not run here, or differs from its reference.
    """
    runtime = require("onnxruntime", why="for the fast engine of an encoder").__version__
    if _is_kept(path, runtime):
        return path
    graph = _write(path, build())
    try:
        cosine = _measured(check, graph)
        if not cosine >= least:  # also where it is not a number
            raise EncoderError(
                f"The graph for ONNX Runtime {runtime} differs from its reference (cosine {cosine:.4f}; {least} is"
                " needed). Please report this."
            )
    except BaseException:
        _drop(path)
        raise
    if isinstance(graph, Path):
        _vouch(path, onnxruntime=runtime, min_cosine=cosine)
    return graph


def _measured(check: Callable[[bytes | Path], float], graph: bytes | Path) -> float:
    try:
        return check(graph)
    except FramingError:
        raise
    except Exception as error:  # ONNX Runtime's own errors share no base class
        raise EncoderError(f"The graph does not run here ({str(error)[:200]}).") from error


def _is_kept(path: Path, runtime: str) -> bool:
    """Tell whether the graph is whole and was checked with this version of ONNX Runtime."""
    try:
        about = json.loads(_about(path).read_text(encoding="utf-8"))
        sums = _sums(path)
    except (OSError, ValueError):
        return False
    return isinstance(about, dict) and about.get("sha256") == sums != {} and about.get("onnxruntime") == runtime


def _write(path: Path, model: Any) -> bytes | Path:
    if sum(len(tensor.raw_data) for tensor in model.graph.initializer) > MAX_BYTES:
        _write_in_two(path, model)
        return path
    graph = bytes(model.SerializeToString(deterministic=True))
    try:
        write_bytes(path, graph)
    except (FramingError, OSError) as error:
        _warn(path, error)
        return graph
    return path


def _write_in_two(path: Path, model: Any) -> None:
    onnx = require("onnx", why="to build the fast engine of an encoder")
    settings = {"location": _weights(path).name, "size_threshold": 1024, "all_tensors_to_one_file": True}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name[:40]}.") as folder:
            onnx.save_model(model, str(Path(folder) / path.name), save_as_external_data=True, **settings)
            for part in (_weights(path), path):
                (Path(folder) / part.name).replace(part)
    except OSError as error:
        raise FramingError(
            f"{path}: could not be written ({error.strerror or error})."
            " Free space, or set FRAMING_CACHE to another folder."
        ) from error


def _vouch(path: Path, **about: Any) -> None:
    try:
        write_json(_about(path), {"sha256": _sums(path), **about})
    except (FramingError, OSError) as error:
        _warn(path, error)


def _drop(path: Path) -> None:
    for part in (_about(path), path, _weights(path)):
        try:
            part.unlink(missing_ok=True)
        except OSError as error:
            logger.info("%s stays: %s", part.name, error)


def _warn(path: Path, error: Exception) -> None:
    logger.warning("the graph %s is built again next time: %s", path.name, error)


def _sums(path: Path) -> dict[str, str]:
    return {part.name: sha256_file(part) for part in (path, _weights(path)) if part.exists()}


def _about(path: Path) -> Path:
    return path.with_suffix(".json")


def _weights(path: Path) -> Path:
    return path.with_suffix(".weights")
