"""Character n-grams hashed and projected: needs nothing, knows no meaning. For machines without another encoder.

The projection is random and fixed (not learned from the corpus), so that a text's
vector does not depend on the texts around it.

References
----------
Achlioptas (2003), Database-friendly random projections, JCSS 66:671-687.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from framing.arabic import lexical_view
from framing.encoders.base import unit_length


class Lexical:
    """Character n-grams (3 to 5, inside words) of the lexical view, hashed with signs into 1,024 dimensions."""

    name = "lexical"
    revision = "1"
    precision = "fp32"
    n_dims = 1024

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Give float32 `(len(texts), 1024)`, rows of length 1."""
        from sklearn.feature_extraction.text import HashingVectorizer

        if isinstance(texts, str):
            raise TypeError("encode() got one text; it needs a list of texts. Write encode([text]).")
        if not len(texts):
            return np.empty((0, self.n_dims), dtype=np.float32)
        hashing = HashingVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), n_features=self.n_dims, preprocessor=lexical_view, norm=None
        )
        counts = hashing.transform([text if text.strip() else "." for text in texts]).toarray()
        damped = np.sign(counts) * np.log1p(np.abs(counts))
        damped[~damped.any(axis=1), 0] = 1.0
        return unit_length(damped.astype(np.float32))
