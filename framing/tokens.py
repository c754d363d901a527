"""What a model sees: the pieces an encoder's tokenizer makes of texts, and their counts over a corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from framing.encoders.seen_text import Seen, load_reader
from framing.html import bdi, block, escape

_SHOWN = 20
_HEADINGS = ("النص", "ما يراه النموذج", "القطع", "مجهولة", "نوافذ")


@dataclass(frozen=True)
class Tokenization:
    """Texts as a model sees them.

    Parameters
    ----------
    encoder : whose tokenizer.
    window : most pieces a model reads at once; a longer text is cut into windows whose vectors are averaged.
    texts : as given. seen : one entry per text.
    """

    encoder: str
    window: int
    texts: tuple[str, ...]
    seen: tuple[Seen, ...]

    @property
    def pieces(self) -> list[list[str]]:
        """The pieces of each text; `##` continues a word (WordPiece), U+2581 begins one (SentencePiece)."""
        return [list(one.pieces) for one in self.seen]

    @property
    def n_pieces(self) -> list[int]:
        """The number of pieces of each text."""
        return [len(one.pieces) for one in self.seen]

    @property
    def unknown_share(self) -> float:
        """Pieces the vocabulary lacks, as a share of all, 0 to 1."""
        return sum(one.n_unknown for one in self.seen) / max(sum(self.n_pieces), 1)

    def summary(self) -> str:
        """Say it in a sentence."""
        return _counts(self.encoder, self.window, self.seen).summary()

    def to_frame(self) -> pd.DataFrame:
        """Give one row per text: `text, seen, pieces, n_pieces, unknown_share, n_windows, cut`."""
        return pd.DataFrame(
            {
                "text": list(self.texts),
                "seen": [one.text for one in self.seen],
                "pieces": [" ".join(one.pieces) for one in self.seen],
                "n_pieces": self.n_pieces,
                "unknown_share": [one.n_unknown / max(len(one.pieces), 1) for one in self.seen],
                "n_windows": [one.n_windows for one in self.seen],
                "cut": [one.n_windows > 1 for one in self.seen],
            }
        )

    def _repr_html_(self) -> str:
        rows = "".join(map(_row, self.texts[:_SHOWN], self.seen[:_SHOWN]))
        left = len(self.texts) - _SHOWN
        more = f"<p>{bdi(f'+ {left}', 'ltr')}</p>" if left > 0 else ""
        head = "".join(f'<th scope="col">{name}</th>' for name in _HEADINGS)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        return block(f'<p>{bdi(self.encoder)}</p><div class="scroll">{table}</div>{more}')


@dataclass(frozen=True)
class TokenStatistics:
    """Token statistics of a corpus.

    Parameters
    ----------
    encoder, window : as in `Tokenization`.
    n_units : texts counted.
    median, p95, longest : pieces per text.
    unknown_share : pieces the vocabulary lacks, 0 to 1.
    n_cut : texts longer than a window.
    """

    encoder: str
    window: int
    n_units: int
    median: float
    p95: float
    longest: int
    unknown_share: float
    n_cut: int

    def summary(self) -> str:
        """Say it in a sentence."""
        if not self.n_units:
            return f"{self.encoder}: no texts."
        return (
            f"{self.encoder}: {self.n_units} texts; pieces per text: median {self.median:g}, 95th percentile"
            f" {self.p95:.0f}, longest {self.longest}; unknown to the vocabulary {self.unknown_share:.2%};"
            f" longer than the window of {self.window}: {self.n_cut}."
        )

    def to_frame(self) -> pd.DataFrame:
        """Give one row with the figures."""
        return pd.DataFrame([self.__dict__])


def tokenize(texts: Sequence[str], *, encoder: str = "e5-small") -> Tokenization:
    """Show what an encoder's model sees of texts.

    Parameters
    ----------
    texts : any texts.
    encoder : a name as in `load_encoder`; only its tokenizer is loaded.

    Raises
    ------
    EncoderError : the encoder has no tokenizer, or it cannot be had here.
    """
    _check(texts)
    reader = load_reader(encoder)
    return Tokenization(encoder, reader.window, tuple(texts), tuple(map(reader.see, texts)))


def token_statistics(texts: Sequence[str], *, encoder: str = "e5-small") -> TokenStatistics:
    """Count an encoder's pieces over a corpus, without keeping them.

    Raises
    ------
    EncoderError : the encoder has no tokenizer, or it cannot be had here.
    """
    _check(texts)
    reader = load_reader(encoder)
    return _counts(encoder, reader.window, [_without_pieces(reader.see(text)) for text in texts])


def _check(texts: Sequence[str]) -> None:
    if isinstance(texts, str):
        raise TypeError("got one text; a list of texts is needed. Write [text].")


@dataclass(frozen=True)
class _Sizes:
    n_pieces: int
    n_unknown: int
    n_windows: int


def _without_pieces(seen: Seen) -> _Sizes:
    return _Sizes(len(seen.pieces), seen.n_unknown, seen.n_windows)


def _counts(encoder: str, window: int, found: Sequence[Seen] | Sequence[_Sizes]) -> TokenStatistics:
    sizes = [one if isinstance(one, _Sizes) else _without_pieces(one) for one in found]
    counts = np.array([one.n_pieces for one in sizes] or [0])
    return TokenStatistics(
        encoder=encoder,
        window=window,
        n_units=len(sizes),
        median=float(np.median(counts)),
        p95=float(np.percentile(counts, 95)),
        longest=int(counts.max()),
        unknown_share=sum(one.n_unknown for one in sizes) / max(int(counts.sum()), 1),
        n_cut=sum(one.n_windows > 1 for one in sizes),
    )


def _row(text: str, seen: Seen) -> str:
    marked = " ".join(f"<bdi><code>{escape(piece)}</code></bdi>" for piece in seen.pieces)
    counts = "".join(f'<td class="n">{bdi(n, "ltr")}</td>' for n in (len(seen.pieces), seen.n_unknown, seen.n_windows))
    return f"<tr><td>{bdi(text)}</td><td>{marked}</td>{counts}</tr>"
