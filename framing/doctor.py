"""What works on this machine, and what to do about the rest."""

from __future__ import annotations

import shutil
from importlib.metadata import PackageNotFoundError, version

from framing import __version__
from framing.encoders import load_encoder
from framing.errors import FramingError
from framing.files import cache_folder
from framing.folder import machine


def examine() -> list[str]:
    """Give one line per thing that a study may need; nothing is installed."""
    about = machine()
    return [
        f"framing {__version__}, Python {about['python']},"
        f" {about['system']} {about['architecture']}, {about['cpus']} CPUs",
        f"cache: {cache_folder()} ({shutil.disk_usage(_existing(cache_folder())).free // 10**9} GB free)",
        _encoder("e5-small", "the default; works offline"),
        _encoder("use-multilingual", "works offline on every system"),
        _encoder("lexical", "works everywhere"),
        _library("torch", 'for arabert and other hub models: pip install "arabic-media-framing[hub]"'),
        _library("transformers", 'for arabert and other hub models: pip install "arabic-media-framing[hub]"'),
        _library("bertopic", "for clusters: pip install bertopic"),
        _library("trafilatura", 'for web pages: pip install "arabic-media-framing[ingest]"'),
        _library("matplotlib", "3.11 or newer shapes Arabic by itself: pip install -U matplotlib"),
    ]


def _existing(folder: object) -> str:
    from pathlib import Path

    path = Path(str(folder))
    while not path.exists():
        path = path.parent
    return str(path)


def _encoder(name: str, note: str) -> str:
    try:
        rows = load_encoder(name).encode(["نصّ قصير للتجربة"])
    except FramingError as error:
        return f"no   {name}: {error}"
    return f"ok   {name}: {rows.shape[1]} dimensions; {note}"


def _library(name: str, note: str) -> str:
    try:
        return f"ok   {name} {version(name)}"
    except PackageNotFoundError:
        return f"no   {name}; {note}"
