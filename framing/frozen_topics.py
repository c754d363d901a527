"""Topics that stay as they are: centroids, a distance limit each, words. New units get the nearest, or -1.

BERTopic's own saved form drops UMAP and HDBSCAN and then knows no outlier; a pickle runs what it holds. Here
the numbers go to `topics.safetensors` and the rest to `topics.json`, which holds the other's checksum.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from framing.encoders.safetensors_file import SINGLE, Tensors
from framing.errors import ResultsError
from framing.files import sha256_bytes, sha256_file, write_bytes, write_json
from framing.topic_model import Rows, Topics, centred, centroids, distance_limits, own_cosine
from framing.vectors import Vectors

NUMBERS, ABOUT, FORMAT = SINGLE, "topics.json", "framing-topics/1"
_BLOCK = 20_000
FROZEN_COLUMNS = ["topic", "limit", "numbers"]
# The row of the common direction in the table of frozen topics; topics are 0 and more.
MEAN_ROW = -2


@dataclass(frozen=True)
class FrozenTopics:
    """Topics as numbers that can be kept.

    `mean` : float32 `(d,)`, the common direction taken off every vector. `centroids` : float32 `(k, d)`, rows
    of length 1. `limits` : `(k,)`, the lowest cosine to its centroid that belongs to a topic. `numbers` : the
    topics' numbers, `(k,)`. `words`, `names`, `packages` : by number. `encoder` : name, revision, precision, n_dims.
    """

    mean: Rows
    centroids: Rows
    limits: np.ndarray
    numbers: tuple[int, ...]
    words: dict[int, list[str]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    packages: dict[int, str] = field(default_factory=dict)
    encoder: dict[str, Any] = field(default_factory=dict)

    def summary(self) -> str:
        """Say how many topics there are and for which encoder."""
        return f"{len(self.numbers)} frozen topics for vectors by {self.encoder.get('name', '?')}"

    def place(self, vectors: Vectors) -> pd.DataFrame:
        """Give units their topic: `unit_id, topic, margin`; topic -1 is beyond the limit of the nearest.

        Raises
        ------
        ValueError : the vectors are of another encoder than the topics.
        """
        for key in ("name", "revision", "precision"):
            want, got = self.encoder.get(key), vectors.encoder.get(key)
            if want != got:
                raise ValueError(
                    f"the topics are of encoder {key} {want!r}, the vectors of {got!r}; embed with the former"
                )
        topic, margin = self.place_rows(vectors.matrix)
        return pd.DataFrame({"unit_id": list(vectors.unit_ids), "topic": topic, "margin": margin.round(4)})

    def place_rows(self, matrix: Rows) -> tuple[Topics, np.ndarray]:
        """Give topic and margin of vectors `(n, d)`, block by block."""
        topic = np.full(len(matrix), -1, dtype=np.int64)
        margin = np.zeros(len(matrix))
        for start in range(0, len(matrix), _BLOCK):
            cosine = self.cosines(matrix[start : start + _BLOCK])
            best = cosine.argmax(axis=1)
            inside = cosine[np.arange(len(cosine)), best] >= self.limits[best]
            topic[start : start + _BLOCK] = np.where(inside, np.array(self.numbers)[best], -1)
            margin[start : start + _BLOCK] = np.where(inside, own_margin(cosine, best), 0.0)
        return topic, margin

    def cosines(self, matrix: Rows) -> np.ndarray:
        """Give the cosine of each vector to each centroid, `(n, k)`."""
        with threadpool_limits(limits=1):
            return np.asarray(centred(matrix, self.mean) @ self.centroids.T, dtype=np.float64)

    def to_frame(self) -> pd.DataFrame:
        """Give the numbers as a table, to be kept beside that of the topics: `topic, limit, numbers`.

        The row of topic -2 holds the common direction and no limit.
        """
        topics = [MEAN_ROW, *self.numbers]
        limits = [float("nan"), *(float(limit) for limit in self.limits)]
        return pd.DataFrame({"topic": topics, "limit": limits, "numbers": [*np.vstack([self.mean, self.centroids])]})

    def save(self, folder: str | Path) -> Path:
        """Write `model.safetensors` and `topics.json` into a folder; the same topics give the same bytes."""
        folder = Path(folder)
        data = _tensor_file({"mean": self.mean, "centroids": self.centroids, "limits": self.limits})
        write_bytes(folder / NUMBERS, data)
        about = {
            "format": FORMAT, "encoder": self.encoder, "numbers": list(self.numbers), "sha256": sha256_bytes(data),
            "words": _texts(self.words), "names": _texts(self.names), "packages": _texts(self.packages),
        }  # fmt: skip
        write_json(folder / ABOUT, about)
        return folder


def own_margin(cosine: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Give the cosine to the own centroid less that to the nearest other; with one centroid, the cosine itself."""
    rows = np.arange(len(cosine))
    here = cosine[rows, own]
    if cosine.shape[1] < 2:
        return np.asarray(here)
    others = cosine.copy()
    others[rows, own] = -np.inf
    return np.asarray(here - others.max(axis=1))


def freeze(
    matrix: Rows,
    mean: Rows,
    topics: Topics,
    *,
    encoder: Mapping[str, Any],
    words: Mapping[int, list[str]] | None = None,
) -> FrozenTopics:
    """Learn centroids and limits from units whose topics are known.

    Parameters
    ----------
    matrix : float32 `(n, d)`, as the encoder gave it. mean : the common direction.
    topics : int `(n,)`; -1 is no topic. Numbers need not follow each other.

    Raises
    ------
    ValueError : no unit has a topic.
    """
    numbers = tuple(int(number) for number in np.unique(topics[topics >= 0]))
    if not numbers:
        raise ValueError("no unit has a topic, so there is nothing to freeze; fit topics first")
    inside = topics >= 0
    rows = centred(matrix[inside], mean)
    place = np.searchsorted(numbers, topics[inside]).astype(np.int64)
    limits = distance_limits(own_cosine(rows, place), place)
    about = {key: encoder.get(key) for key in ("name", "revision", "precision", "n_dims")}
    kept = {number: list((words or {}).get(number, [])) for number in numbers}
    return FrozenTopics(mean, centroids(rows, place), limits.astype(np.float32), numbers, kept, {}, {}, about)


def load_frozen_topics(folder: str | Path) -> FrozenTopics:
    """Read what `FrozenTopics.save` wrote; nothing in it is executed.

    Raises
    ------
    ResultsError : a file is missing, damaged, or not of this format.
    """
    folder = Path(folder)
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if about["format"] != FORMAT or about["sha256"] != sha256_file(folder / NUMBERS):
            raise ValueError("its two files do not belong together")
        tensors = Tensors(folder)
        mean, centres, limits = (tensors.get(name) for name in ("mean", "centroids", "limits"))
        numbers = tuple(int(number) for number in about["numbers"])
        if centres.shape != (len(numbers), len(mean)) or limits.shape != (len(numbers),):
            raise ValueError("its shapes do not fit each other")
        words, names, packages = (_numbered(about[name]) for name in ("words", "names", "packages"))
        return FrozenTopics(mean, centres, limits, numbers, words, names, packages, dict(about["encoder"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ResultsError(
            f"{folder}: no frozen topics can be read here ({error}). Fit the topics again and save them.",
            ar=f"تعذّرت قراءة العناقيد المحفوظة في المجلد {folder.name}. أعد استخراجها واحفظها من جديد.",
        ) from error


def frozen_from(numbers: pd.DataFrame, topics: pd.DataFrame, encoder: Mapping[str, Any]) -> FrozenTopics | None:
    """Put topics together from the tables of a results folder; None where there are none.

    Parameters
    ----------
    numbers : as `FrozenTopics.to_frame` gives it. topics : `topic, words, package, name`. encoder : its manifest.
    """
    rows = numbers[numbers["topic"] >= 0]
    if rows.empty:
        return None
    mean = np.asarray(numbers.loc[numbers["topic"] == MEAN_ROW, "numbers"].iloc[0], dtype=np.float32)
    centres = np.stack([np.asarray(row, dtype=np.float32) for row in rows["numbers"]])
    told = topics[topics["topic"] >= 0].set_index("topic")
    numbered = [int(number) for number in told.index]
    names, packages = (
        {number: value for number, value in zip(numbered, told[column], strict=True) if isinstance(value, str)}
        for column in ("name", "package")
    )
    words = {number: list(value) for number, value in zip(numbered, told["words"], strict=True)}
    about = {key: encoder.get(key) for key in ("name", "revision", "precision", "n_dims")}
    limits, places = rows["limit"].to_numpy(np.float32), tuple(int(number) for number in rows["topic"])
    return FrozenTopics(mean, centres, limits, places, words, names, packages, about)


def _numbered(values: Mapping[str, Any]) -> dict[int, Any]:
    return {int(key): value for key, value in values.items()}


def _texts(values: Mapping[int, Any]) -> dict[str, Any]:
    return {str(key): values[key] for key in sorted(values)}


def _tensor_file(tensors: Mapping[str, np.ndarray]) -> bytes:
    """Lay out tensors in the safetensors format: length of the header, header, numbers."""
    header: dict[str, Any] = {}
    data = b""
    for name in sorted(tensors):
        rows = np.ascontiguousarray(tensors[name], dtype="<f4")
        header[name] = {"dtype": "F32", "shape": list(rows.shape), "data_offsets": [len(data), len(data) + rows.nbytes]}
        data += rows.tobytes()
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    return len(head).to_bytes(8, "little") + head + data
