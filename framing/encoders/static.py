"""Word vectors distilled from another encoder: a text is the mean of its words. For first looks and millions of units.

Word order is lost, and with it who did what to whom. `framing encoders build static` makes
the table (`static_build.py`); this module only reads it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from framing.encoders.base import unit_length
from framing.encoders.static_folder import ABOUT, StaticTable, read_table
from framing.encoders.static_words import Coverage, WordTable
from framing.errors import EncoderError
from framing.files import cache_folder

logger = logging.getLogger(__name__)

# Texts whose sums are held at once.
ROWS_AT_ONCE = 4096
# Words from which a text's equal words are counted before they are added: a million float32 sums drift.
MANY_WORDS = 20_000


class Static:
    """A table of word vectors as an encoder.

    Parameters
    ----------
    table : words, their vectors (weights included), and the vector of a text without a known word.
    """

    name = "static"
    precision = "fp32"

    def __init__(self, table: StaticTable) -> None:
        self.about = table.about
        self.revision = f"sha256-{table.sha256[:16]}"
        self.n_dims = int(table.vectors.shape[1])
        self._words = WordTable(table.keys)
        # The last row is that of unknown words: it adds nothing.
        self._vectors = np.vstack([table.vectors, np.zeros((1, self.n_dims), dtype=np.float32)])
        self._lone = unit_length(table.lone[None, :])[0]

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Give float32 `(len(texts), n_dims)`, rows of length 1.

        A text without a known word gets the vector of a full stop.
        """
        if isinstance(texts, str):
            raise TypeError("encode() got one text; it needs a list of texts. Write encode([text]).")
        rows = np.empty((len(texts), self.n_dims), dtype=np.float32)
        for start in range(0, len(texts), ROWS_AT_ONCE):
            part = [self._words.rows(text) for text in texts[start : start + ROWS_AT_ONCE]]
            rows[start : start + ROWS_AT_ONCE] = self._sums(part)
        return unit_length(rows)

    def _sums(self, part: list[list[int]]) -> np.ndarray:
        """Add the vectors of each text's words, in their order, so that no text touches another's sum."""
        from scipy.sparse import csr_matrix

        places = np.fromiter(chain.from_iterable(part), dtype=np.int32)
        ends = np.cumsum([0, *map(len, part)])
        counts = csr_matrix((np.ones(len(places), np.float32), places, ends), shape=(len(part), len(self._vectors)))
        sums = np.asarray(counts @ self._vectors)
        for number, rows in enumerate(part):
            if len(rows) > MANY_WORDS:
                different, times = np.unique(rows, return_counts=True)
                sums[number] = (self._vectors[different] * times[:, None]).sum(axis=0, dtype=np.float64)
        sums[~sums.any(axis=1)] = self._lone
        return sums

    def coverage(self, texts: Sequence[str]) -> Coverage:
        """Count the running words of texts that the table knows."""
        return self._words.coverage(texts)


def is_static(name: str) -> bool:
    """Tell whether a name means a table of word vectors: `static`, `static-<hash>`, or the folder of one."""
    return (
        name == "static"
        or (name.startswith("static-") and "/" not in name)
        or (name != "" and (Path(name) / ABOUT).is_file())
    )


def load_static(name: str = "static") -> Static:
    """Load the newest table of the cache folder, or the one that `name` says (`static-<hash>`, or a folder).

    Raises
    ------
    EncoderError : none was built yet, or it is damaged.
    """
    if name != "static":
        return Static(read_table(Path(name) if (Path(name) / ABOUT).is_file() else cache_folder() / name))
    found = sorted(cache_folder().glob(f"static-*/{ABOUT}"), key=lambda path: (path.stat().st_mtime_ns, path))
    if not found:
        raise EncoderError(
            "encoder static: no word vectors were built on this machine yet."
            " Build them from the articles of the study, once: framing encoders build static ARTICLES.",
            ar="المُرمِّز static: لم يُبنَ جدول الكلمات على هذا الجهاز بعد."
            " ابنِه مرة واحدة من مقالات الدراسة: framing encoders build static ARTICLES",
        )
    folder = found[-1].parent
    if len(found) > 1:
        logger.warning(
            "encoder static: %d tables were built; the newest is used, %s. Another one: encoder: static-<hash>",
            len(found), folder.name,
        )  # fmt: skip
    return Static(read_table(folder))
