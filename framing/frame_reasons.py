"""Why a text gets its scores: nearest examples, words with their weight, veto terms hit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from framing.arabic import lexical_view, model_view, term_pattern
from framing.codebook import Codebook
from framing.encoders.base import Encoder
from framing.frame_learned import DECIMALS, LearnedFrames, decide, three_signals
from framing.frame_texts import AROUND
from framing.vectors import embed_texts

# Words that move a margin by less than this are not listed.
LEAST_WEIGHT = 0.005
# A notebook shows so many words of each frame.
MOST_WORDS = 8


@dataclass(frozen=True)
class UnitExplanation:
    """Why a text gets its scores.

    `scores` : `frame, score, state, threshold`, then what each signal adds to the odds: `margin`, `description`,
    `word`. `words` : `frame, word, kind (word | term | veto), weight`: what a word's letters and pairs add to the
    margin (-1 to 1), as the text writes it, largest first; terms and veto words of the codebook that the text holds
    have no weight of their own. `examples` : `cosine, frames, contested, style, text`, nearest first.
    """

    text: str
    scores: pd.DataFrame
    words: pd.DataFrame
    examples: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give the scores."""
        return self.scores.copy()

    def summary(self) -> str:
        """Say in a few lines what speaks for each frame and against it."""
        lines = [self.text]
        words = self.words[self.words["kind"] == "word"]
        for frame, score, state in self.scores[["frame", "score", "state"]].itertuples(index=False):
            said = words.loc[words["frame"] == frame, ["word", "weight"]].head(4)
            shown = "، ".join(
                f"{word} {weight:+.2f}" for word, weight in said[["word", "weight"]].itertuples(index=False)
            )
            lines.append(f"  {frame}: {score:.2f} ({state}) {shown}".rstrip())
        return "\n".join(lines)

    def plot(self) -> Any:
        """Draw each word's weight for the frame with the highest score; give the matplotlib figure."""
        from framing.word_plot import word_weights

        parents = self.scores[~self.scores["frame"].str.contains(".", regex=False)]
        frame = parents["frame"].iloc[int(parents["score"].to_numpy().argmax())]
        rows = self.words[(self.words["frame"] == frame) & (self.words["kind"] == "word")]
        return word_weights(rows, title=str(frame))

    def _repr_html_(self) -> str:
        from framing import html

        parts = [f'<p dir="auto">{html.escape(self.text)}</p>']
        words = self.words.groupby("frame", sort=False).head(MOST_WORDS)
        parts += [str(html.table(part)) for part in (self.scores, words, self.examples)]
        return html.block("".join(parts))


def explain_unit(codebook: Codebook, learned: LearnedFrames, encoder: Encoder, text: str, *, n: int) -> UnitExplanation:
    """Explain one text, taken alone."""
    matrix = encoder.encode([text])
    # As an object: pandas' own strings refuse lone surrogates.
    unit = pd.DataFrame({"unit_id": ["0"], "text": pd.Series([text], dtype=object)})
    signals = learned.signals(codebook, unit, matrix)
    scores = decide(codebook, learned, unit, signals).drop(columns="unit_id")
    parts = []
    for place, frame in enumerate(codebook.parents):
        curve = learned.curves[frame.frame_id]
        added = (three_signals(signals, learned.column(frame.frame_id), place)[0] * curve.weights).round(3)
        parts.append((frame.frame_id, round(curve.threshold, DECIMALS), *added.tolist()))
    added_table = pd.DataFrame(parts, columns=["frame", "threshold", "margin", "description", "word"])
    scores = scores.merge(added_table, on="frame", how="left")
    return UnitExplanation(text, scores, _words(codebook, learned, text), _nearest(codebook, encoder, matrix[0], n))


def _words(codebook: Codebook, learned: LearnedFrames, text: str) -> pd.DataFrame:
    view = lexical_view(text)
    written = _as_written(text)
    rows: list[tuple[str, str, str, float]] = []
    for frame in codebook.parents:
        terms, veto = codebook.terms_of(frame.frame_id)
        for kind, listed in (("term", terms), ("veto", veto)):
            rows += [(frame.frame_id, term, kind, np.nan) for term in listed if term_pattern(term).search(view)]
        if learned.machine is not None:
            weights = learned.machine.spelled[:, learned.column(frame.frame_id)]
            found = learned.machine.view.word_weights(text, weights)
            rows += [
                (frame.frame_id, written.get(word, word), "word", round(weight, 3))
                for word, weight in found.items()
                if abs(weight) >= LEAST_WEIGHT
            ]
    table = pd.DataFrame(rows, columns=["frame", "word", "kind", "weight"])
    rank = {frame.frame_id: place for place, frame in enumerate(codebook.parents)}
    keys = np.lexsort((table["word"], -table["weight"].abs().fillna(9.0), table["frame"].map(rank)))
    return table.iloc[keys].reset_index(drop=True)


def _as_written(text: str) -> dict[str, str]:
    """Give for each word of the lexical view how the text writes it first."""
    found: dict[str, str] = {}
    for token in model_view(text).split():
        plain = token.strip(AROUND)
        found.setdefault(lexical_view(plain).lower(), plain)
    return found


def _nearest(codebook: Codebook, encoder: Encoder, vector: np.ndarray, n: int) -> pd.DataFrame:
    texts = [example.text for example in codebook.examples]
    matrix, _ = embed_texts(texts, encoder=encoder)
    rows = codebook.to_frame().assign(cosine=(matrix @ vector).round(DECIMALS))
    rows = rows.assign(**{name: rows[name].map("; ".join) for name in ("frames", "contested")})
    columns = ["cosine", "frames", "contested", "style", "text"]
    return rows.nlargest(n, "cosine").reset_index(drop=True)[columns]
