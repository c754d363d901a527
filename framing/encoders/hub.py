"""Find a model: a folder, the Hugging Face cache of this machine, or the hub itself; never a hang.

A hub id may end in `@commit`, which pins it.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from framing.encoders.safetensors_file import weight_files
from framing.errors import EncoderError, FramingError
from framing.files import sha256_file
from framing.optional import require

SECONDS_TO_REACH_HUB = 10
# Not the same weights again for other programs, and nothing that is run.
WANTED = ["*.json", "*.txt", "*.model", "*.safetensors"]
UNWANTED = ["onnx/*", "openvino/*", "runs/*", "coreml/*", "original/*"]
_COMMIT = re.compile(r"[0-9a-f]{40}")


def find_model(name: str, source: str, *, weights: bool = True) -> Path:
    """Give the folder of a model.

    Parameters
    ----------
    name : what the user calls it, for messages.
    source : a folder, or `owner/model`, or `owner/model@commit`.
    weights : False where the tokenizer is enough.

    Raises
    ------
    EncoderError : it is not on this machine and the hub cannot be reached, or has no safe weights.
    MissingLibraryError : it must be downloaded and huggingface_hub is not installed.
    """
    if Path(source).is_dir():
        return Path(source)
    model, _, revision = source.partition("@")
    found = _in_cache(model, revision or "main")
    if found is not None and _is_whole(found, weights=weights):
        return found
    return _download(name, model, revision, weights=weights)


def refuse_pickles(name: str, folder: Path) -> None:
    """Raise where a model, or a layer of it in a folder below, has its weights only as pickles.

    Raises
    ------
    EncoderError : with how to make safetensors of them.
    """
    found = sorted(folder.rglob("pytorch_model*.bin"))
    pickles = [path.name for path in found if not any(path.parent.glob("*.safetensors"))]
    if not pickles:
        return
    raise EncoderError(
        f"encoder {name}: its weights are a pickle ({pickles[0]}), which can run code and is never read."
        " It needs model.safetensors: choose a revision that has it (owner/model@commit), or, where you trust the file,"
        " convert it once with transformers: AutoModel.from_pretrained(FOLDER).save_pretrained(NEW_FOLDER).",
        ar=f"أوزان النموذج {name} محفوظة بصيغة pickle غير الآمنة ولا تُقرأ."
        " المطلوب ملف model.safetensors: اختر إصدارًا يتضمنه أو حوّله مرة واحدة بمكتبة transformers.",
    )


def revision_of(folder: Path) -> str:
    """Pin the weights: the hub's commit where the folder is a snapshot of one, else a hash of weights and settings."""
    if folder.parent.name == "snapshots" and _COMMIT.fullmatch(folder.name):
        return folder.name
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.safetensors")) + sorted(folder.rglob("*.json")) + sorted(folder.glob("vocab.*")):
        digest.update(sha256_file(path).encode())
    return f"sha256-{digest.hexdigest()[:16]}"


def _in_cache(model: str, revision: str) -> Path | None:
    """Look a snapshot up in the cache that Hugging Face's libraries share; needs none of them."""
    home = Path(os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface")
    cache = Path(os.environ.get("HF_HUB_CACHE") or home / "hub").expanduser()
    folder = cache / f"models--{model.replace('/', '--')}"
    try:
        commit = revision if _COMMIT.fullmatch(revision) else (folder / "refs" / revision).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    found = folder / "snapshots" / commit
    return found if _COMMIT.fullmatch(commit) and found.is_dir() else None


def _is_whole(folder: Path, *, weights: bool) -> bool:
    """Tell whether a snapshot holds what is needed: other programs fetch parts of one."""
    tokens = [folder / name for name in ("tokenizer.json", "vocab.txt", "sentencepiece.bpe.model")]
    if not any(path.is_file() for path in [*tokens, folder / "modules.json"]):
        return False
    if not weights:
        return True
    try:
        files = weight_files(folder)
    except (OSError, ValueError, KeyError):
        files = sorted(folder.rglob("*.safetensors"))
    return bool(files) and all(path.is_file() for path in files)


def _download(name: str, model: str, revision: str, *, weights: bool) -> Path:
    wanted = WANTED if weights else [pattern for pattern in WANTED if "safetensors" not in pattern]
    try:
        if os.environ.get("HF_HUB_OFFLINE", "0").upper() not in ("0", "", "FALSE", "NO", "OFF"):
            raise OSError("HF_HUB_OFFLINE is set")
        hub = require("huggingface_hub", why=f"to download the encoder {name}")
        _within(SECONDS_TO_REACH_HUB, lambda: hub.HfApi().model_info(model, timeout=SECONDS_TO_REACH_HUB / 2))
        given = {"revision": revision or None, "allow_patterns": wanted, "ignore_patterns": UNWANTED}
        return Path(hub.snapshot_download(model, **given))
    except FramingError:
        raise
    except Exception as error:  # the hub's client raises many kinds; each means: no weights
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise EncoderError(
            f"encoder {name}: the weights of {model} are not on this machine and the hub gave none ({reason})."
            " Connect once, or give a folder that holds the model, or choose encoder: e5-small, which works offline.",
            ar=f"أوزان النموذج {model} ليست على هذا الجهاز ولم يمكن تنزيلها."
            " اتصل بالإنترنت مرة، أو أعطِ مجلد النموذج، أو اختر encoder: e5-small.",
        ) from error


def _within(seconds: float, ask: Callable[[], Any]) -> None:
    """Run a question in a thread and stop waiting for it: looking a name up has no time limit of its own."""
    failure: list[BaseException] = [TimeoutError(f"no answer within {seconds} seconds")]

    def run() -> None:
        try:
            ask()
            failure.clear()
        except BaseException as error:  # handed to the caller below
            failure[:] = [error]

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if failure:
        raise failure[0]
