"""Run a graph of `bert_graph` with ONNX Runtime on the CPU, so that a text has the same bytes in any company.

Texts share a batch only with texts of the same number of tokens: padding would change
the order in which a softmax adds. A graph of floats takes them one at a time, as its
products add in another order where a batch has another size.

Each core takes a batch of its own, small enough to stay in its cache. One batch after
the other with all cores at each product took half as long again (AraBERT-base's size,
two cores): after every product they wait for the slower one.
"""

from __future__ import annotations

import os
import platform
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from framing.optional import require

# Measured with AraBERT-base's size on two cores: 128 to 384 are alike, 512 is a tenth slower, 1024 a quarter.
TOKENS_PER_BATCH = 256


def has_byte_products() -> bool:
    """Tell whether the CPU adds products of bytes exactly.

    x86 without VNNI adds pairs of them in 16 bits, which overflow.
    """
    if platform.machine().lower() in ("arm64", "aarch64"):
        return True
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return re.search(r"\bavx(512)?_vnni\b", flags) is not None


class GraphEngine:
    """A graph and the embeddings that go into it; the session is made at first use.

    Parameters
    ----------
    graph : the serialised graph, or the file that holds it.
    embed : token ids (texts, tokens) -> float32 (texts, tokens, n_dims), words and positions added up.
    alone : run one text at a time.
    """

    def __init__(self, graph: bytes | Path, embed: Callable[[np.ndarray], np.ndarray], *, alone: bool = False) -> None:
        self._graph = graph
        self._embed = embed
        self._limit = 1 if alone else TOKENS_PER_BATCH
        self._runtime = require("onnxruntime", why="for the fast engine of an encoder")

    def states(self, texts: Sequence[Sequence[int]]) -> Iterator[tuple[int, np.ndarray]]:
        """Give each text's number and its last layer, float32 (tokens, n_dims), the shortest texts first.

        Parameters
        ----------
        texts : token ids, begin and end included.
        """
        batches = iter(equal_batches([len(ids) for ids in texts], self._limit))
        session, n = self._session, n_cores()

        def run(batch: list[int]) -> np.ndarray:
            given = self._embed(np.array([texts[i] for i in batch]))
            return np.asarray(session.run(["hidden"], {"states": given})[0])

        with ThreadPoolExecutor(n) as cores:
            waiting: deque[tuple[list[int], Future[np.ndarray]]] = deque()
            while True:
                # One more than there are cores, so that none waits for the reader; no further, or memory would grow.
                while len(waiting) <= n and (batch := next(batches, None)) is not None:
                    waiting.append((batch, cores.submit(run, batch)))
                if not waiting:
                    return
                batch, found = waiting.popleft()
                yield from zip(batch, found.result(), strict=True)

    @cached_property
    def _session(self) -> Any:
        options = self._runtime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.use_deterministic_compute = True
        # More than this joins Add and LayerNormalization into one node that is slower; see `bert_graph`.
        options.graph_optimization_level = self._runtime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.log_severity_level = 3
        graph = str(self._graph) if isinstance(self._graph, Path) else self._graph
        return self._runtime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def n_cores() -> int:
    """Count the cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def equal_batches(lengths: Sequence[int], limit: int = TOKENS_PER_BATCH) -> list[list[int]]:
    """Group positions of equal length, shortest first, into batches of at most `limit` tokens (or one text)."""
    batches: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        last = batches[-1] if batches else []
        if last and lengths[last[0]] == lengths[i] and (len(last) + 1) * lengths[i] <= limit:
            last.append(i)
        else:
            batches.append([i])
    return batches
