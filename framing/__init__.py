"""Compare how outlets frame a story in Arabic news, with uncertainty and human coding accounted for.

Public names are resolved at first use, so that `import framing` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "FrameAssignment": "frames",
    "FrameModel": "frames",
    "Robustness": "robustness",
    "RobustnessGrid": "robustness",
    "build_corpus": "corpus",
    "build_report": "report",
    "check_codebook": "codebook_check",
    "compare_outlets": "comparison",
    "corpus_flow": "corpus",
    "display_units": "html",
    "embed": "vectors",
    "find_voices": "voices",
    "fit_topics": "topics",
    "group_copies": "copies",
    "ingest_articles": "ingest",
    "judge_relevance": "relevance",
    "load_codebook": "codebook",
    "load_encoder": "encoders",
    "load_frozen_topics": "frozen_topics",
    "load_study": "study",
    "measure_relevance": "relevance_check",
    "measure_units": "unit_statistics",
    "merge_topics": "topic_edits",
    "move_units": "topic_edits",
    "new_codebook": "new_codebook",
    "open_results": "pipeline",
    "pin_units": "topic_edits",
    "preview_articles": "preview",
    "read_articles": "articles",
    "read_edits": "topic_files",
    "read_sheet": "coding_sheets",
    "rename_topic": "topic_edits",
    "run_robustness": "robustness",
    "run_study": "pipeline",
    "sample_for_coding": "coding",
    "save_edits": "topic_files",
    "split_topic": "topic_edits",
    "split_units": "units",
    "tokenize": "tokens",
    "undo_reassigned": "topic_edits",
    "wrap_topics": "topics",
    "write_sheet": "coding_sheets",
}
_MODULES = ("plots",)

__all__ = ["__version__", *sorted(_PUBLIC), *_MODULES]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"framing.{name}")
    if name in _PUBLIC:
        return getattr(import_module(f"framing.{_PUBLIC[name]}"), name)
    raise AttributeError(f"framing has no {name!r}; its public names are in framing.__all__")


def __dir__() -> list[str]:
    return __all__
