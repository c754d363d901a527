"""What a sentence-transformers folder says of itself: pooling, prompt, window; or that torch is needed for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from framing.encoders.bert_checkpoint import UnreadableModel

Pooling = Literal["words", "all", "first"]
_OLD_MODES = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}


@dataclass(frozen=True)
class SentenceSettings:
    """How a text's vector is made of its tokens' vectors.

    Parameters
    ----------
    pooling : `words` (mean over real tokens, a plain BERT's), `all` (mean over all, begin and end
        included, as sentence-transformers does), `first` (the begin token).
    prompt : stands before every text.
    limit : tokens in a window, begin and end included; None where it is not said.
    normalise : windows get length 1 before they are averaged.
    weights : the folder that holds config.json.
    """

    weights: Path
    pooling: Pooling = "words"
    prompt: str = ""
    limit: int | None = None
    normalise: bool = False


def read_settings(folder: Path) -> SentenceSettings:
    """Read a model folder's own settings; a folder without modules.json is a plain model.

    Raises
    ------
    UnreadableModel : it asks for something that only sentence-transformers does.
    OSError, ValueError, KeyError : a file is missing or damaged.
    """
    if not (folder / "modules.json").is_file():
        return SentenceSettings(folder)
    steps = [(str(m["type"]).rpartition(".")[2], folder / str(m["path"])) for m in _json(folder / "modules.json")]
    kinds = [kind for kind, _ in steps]
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        raise UnreadableModel(f"its steps are {', '.join(kinds)}")
    weights = steps[0][1]
    about = _about_tokens(weights)
    if about.get("do_lower_case"):
        raise UnreadableModel("it lowers letters")
    limit = about.get("max_seq_length")
    return SentenceSettings(
        weights, _pooling(steps[1][1]), _prompt(folder), int(limit) if limit else None, "Normalize" in kinds
    )


def _pooling(folder: Path) -> Pooling:
    config = _json(folder / "config.json")
    mode = config.get("pooling_mode")
    modes = [mode] if isinstance(mode, str) else list(mode or [])
    modes += [_OLD_MODES.get(key, key) for key, on in config.items() if key.startswith("pooling_mode_") and on is True]
    if modes not in (["mean"], ["cls"]):
        raise UnreadableModel(f"its pooling is {', '.join(map(str, modes)) or 'not said'}")
    if not config.get("include_prompt", True):
        raise UnreadableModel("its pooling leaves the prompt out")
    return "all" if modes == ["mean"] else "first"


def _prompt(folder: Path) -> str:
    path = folder / "config_sentence_transformers.json"
    config = _json(path) if path.is_file() else {}
    return str((config.get("prompts") or {}).get(config.get("default_prompt_name") or "") or "")


def _about_tokens(folder: Path) -> dict[str, Any]:
    """Read `sentence_bert_config.json` or one of its older names."""
    for path in sorted(folder.glob("sentence_*_config.json")):
        return dict(_json(path))
    return {}


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
