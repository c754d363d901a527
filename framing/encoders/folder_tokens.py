"""The tokenizer of a model folder, without torch: pieces, windows, and the tokens that must stay whole.

AraBERT declares tokens that are never split (links, addresses, mentions; the version
for segmented text also prefixes like `ال+`) in `tokenizer_config.json`, a setting which
tokenizers in the fast format do not read: they are told here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from framing.encoders.bert_checkpoint import UnreadableModel
from framing.optional import require

MAX_TOKENS = 512
SENTENCE_MARKS = frozenset(".!?؟…")


class FolderTokens:
    """Turns a prepared text into token ids, and long texts into windows.

    Parameters
    ----------
    folder : holds `tokenizer.json`, or the `vocab.txt` of a BERT; and `tokenizer_config.json`.

    Raises
    ------
    UnreadableModel : its tokenizer is of another format.
    OSError, ValueError : a file is damaged.
    """

    def __init__(self, folder: Path) -> None:
        config = _json(folder / "tokenizer_config.json")
        self._tokenizer = _open(folder, config)
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._keep_whole(config)
        # The library's own view of begin and end, learnt from one letter between them.
        framed = self._tokenizer.encode("ا", add_special_tokens=True)
        inside = [i for i, special in enumerate(framed.special_tokens_mask) if not special] or [len(framed.ids)]
        self.begin = list(framed.ids[: inside[0]])
        self.end = list(framed.ids[inside[-1] + 1 :])
        self.n_words = self._tokenizer.get_vocab_size(with_added_tokens=True)
        self.limit = int(config.get("model_max_length") or config.get("max_len") or MAX_TOKENS)

    def encoding(self, text: str) -> Any:
        """Give the library's encoding of a text, without begin and end."""
        return self._tokenizer.encode(text, add_special_tokens=False)

    def unknown(self) -> int | None:
        """Give the id of the piece that stands for what the vocabulary lacks, None where nothing can be unknown."""
        model = self._tokenizer.model
        name = getattr(model, "unk_token", None)
        if isinstance(name, str):
            return _whole_or_none(self._tokenizer.token_to_id(name))
        return next((i for t in ("<unk>", "[UNK]") if (i := self._tokenizer.token_to_id(t)) is not None), None)

    def _keep_whole(self, config: dict[str, Any]) -> None:
        library = require("tokenizers", why="to read a model's tokenizer")
        known = self._tokenizer.get_vocab(with_added_tokens=False)
        # A token that the vocabulary lacks would get an id the model has no row for.
        whole = [token for token in config.get("never_split") or [] if token in known]
        self._tokenizer.add_tokens([library.AddedToken(t, single_word=True, normalized=False) for t in sorted(whole)])


def windows(encoding: Any, text: str, limit: int) -> list[list[int]]:
    """Cut a text's tokens into windows of at most `limit`: behind a sentence, else between words, else anywhere.

    Parameters
    ----------
    encoding : of the text, with `ids`, `offsets` and `word_ids`.
    text : what was encoded.
    limit : tokens in a window, without begin and end.
    """
    ids = encoding.ids
    if len(ids) <= limit:
        return [list(ids)] if ids else []
    offsets, words = encoding.offsets, encoding.word_ids
    found, start = [], 0
    while len(ids) - start > limit:
        end = _border(offsets, words, text, start + limit // 2, start + limit)
        found.append(list(ids[start:end]))
        start = end
    return [*found, list(ids[start:])]


def _border(offsets: Sequence[tuple[int, int]], words: Sequence[int | None], text: str, low: int, high: int) -> int:
    """Give where a window that may end after token `low` to `high` ends."""
    for end in range(high, low, -1):
        if text[offsets[end - 1][1] - 1 : offsets[end - 1][1]] in SENTENCE_MARKS:
            return end
    for end in range(high, low, -1):
        if words[end] != words[end - 1] or text[offsets[end][0] - 1 : offsets[end][0]] == " ":
            return end
    return high


def _open(folder: Path, config: dict[str, Any]) -> Any:
    library = require("tokenizers", why="to read a model's tokenizer")
    if (folder / "tokenizer.json").is_file():
        try:
            return library.Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # the library raises plain Exception
            raise ValueError(f"tokenizer.json cannot be read: {error}") from error
    if not (folder / "vocab.txt").is_file():
        raise UnreadableModel("it has no tokenizer.json and no vocab.txt")
    settings = {
        "lowercase": bool(config.get("do_lower_case", True)),
        "strip_accents": config.get("strip_accents"),
        "handle_chinese_chars": bool(config.get("tokenize_chinese_chars", True)),
    }
    return library.BertWordPieceTokenizer(str(folder / "vocab.txt"), **settings)._tokenizer


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}


def _whole_or_none(value: Any) -> int | None:
    return value if isinstance(value, int) else None
