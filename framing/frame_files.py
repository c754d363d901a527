"""A fitted frame model on disk: numbers as safetensors, the rest as JSON, and what they belong to."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from framing.encoders.safetensors_file import SINGLE, Tensors, tensor_bytes
from framing.errors import FrameModelError
from framing.files import sha256_file, sha256_text, write_bytes, write_json
from framing.frame_curve import Curve
from framing.frame_examples import Descriptions
from framing.frame_learned import LearnedFrames
from framing.frame_machine import Machine
from framing.frame_texts import TextView

ABOUT = "frame_model.json"
FORMAT = 1
HERE = Path(__file__).parent
DESCRIPTIONS = ("centre", "mean", "spread", "seeds")
MACHINE = ("mean", "meaning", "dual", "bias", "spelled")


@lru_cache(maxsize=1)
def learning_code() -> str:
    """Give the hash of the code that learning rests on, so that no stored model outlives a change of it."""
    names = (
        "arabic", "denials", "example_vectors", "frame_texts", "frame_machine", "frame_curve", "frame_examples",
        "frame_learned",
    )  # fmt: skip
    versions = [version(name) for name in ("numpy", "scipy", "scikit-learn")]
    return sha256_text(" ".join([*(sha256_file(HERE / f"{name}.py") for name in names), *versions]))


def save_frames(folder: Path, learned: LearnedFrames, belongs: Mapping[str, Any]) -> Path:
    """Write `model.safetensors`, then `frame_model.json` with its hash; give the folder."""
    arrays = {f"description.{place}": rows for place, rows in enumerate(learned.descriptions.vectors)}
    for name in DESCRIPTIONS:
        if (value := getattr(learned.descriptions, name)) is not None:
            arrays[f"descriptions.{name}"] = value
    features: dict[str, list[str]] = {}
    if learned.machine is not None:
        arrays |= {f"machine.{name}": getattr(learned.machine, name) for name in MACHINE}
        arrays |= {f"rarity.{name}": values for name, values in learned.machine.view.rarity.items()}
        features = learned.machine.view.features
    write_bytes(folder / SINGLE, tensor_bytes(arrays))
    about = {
        "format": FORMAT,
        **belongs,
        "columns": list(learned.columns),
        "taught": sorted(learned.taught),
        "denial": learned.denial if np.isfinite(learned.denial) else None,
        "curves": {
            frame: {"weights": curve.weights.tolist(), "bias": curve.bias, "shift": curve.shift}
            for frame, curve in learned.curves.items()
        },
        "n_examples": learned.n_examples,
        "n_coded": learned.n_coded,
        "n_frames": len(learned.descriptions.vectors),
        "sha256": sha256_file(folder / SINGLE),
        "features": features,
    }
    write_json(folder / ABOUT, about)
    return folder


def forget_oldest(folder: Path, *, most: int = 8) -> None:
    """Delete all but the `most` newest of the models kept in a folder: each takes about ten MB."""
    kept = sorted((path for path in folder.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
    for path in kept[:-most]:
        shutil.rmtree(path, ignore_errors=True)


def load_frames(folder: Path, belongs: Mapping[str, Any]) -> tuple[LearnedFrames, int]:
    """Read a saved model and its seed.

    Raises
    ------
    FrameModelError : it is missing or damaged, or belongs to something else than `belongs` says.
    """
    about = _read_about(folder)
    _check_belongs(folder, about, belongs)
    try:
        sound = (folder / SINGLE).is_file() and sha256_file(folder / SINGLE) == about["sha256"]
        learned = _read_learned(about, Tensors(folder)) if sound else None
        seed = int(about["seed"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FrameModelError(
            f"{folder}: {ABOUT} is damaged or does not fit {SINGLE} ({error}). Fit the model again and save it.",
            ar=f"الملف {ABOUT} تالف أو لا يوافق {SINGLE}. أعد تدريب نموذج الأطر واحفظه من جديد.",
        ) from error
    if learned is None:
        raise FrameModelError(
            f"{folder}: {SINGLE} is missing or not the file that was saved. Fit the model again and save it.",
            ar=f"الملف {SINGLE} مفقود أو تالف. أعد تدريب نموذج الأطر واحفظه من جديد.",
        )
    return learned, seed


def _read_learned(about: Mapping[str, Any], tensors: Tensors) -> LearnedFrames:
    machine = None
    if "machine.dual" in tensors.names:
        rarity = {name: tensors.array(f"rarity.{name}") for name in ("letters", "words")}
        parts = {name: tensors.array(f"machine.{name}") for name in MACHINE}
        machine = Machine(view=TextView.load(about["features"], rarity), **parts)
    stats = {
        name: tensors.array(f"descriptions.{name}") if f"descriptions.{name}" in tensors.names else None
        for name in DESCRIPTIONS
    }
    rows = tuple(tensors.array(f"description.{place}") for place in range(about["n_frames"]))
    curves = {
        frame: Curve(np.array(curve["weights"]), curve["bias"], curve["shift"])
        for frame, curve in about["curves"].items()
    }
    denial = np.inf if about["denial"] is None else float(about["denial"])
    return LearnedFrames(
        tuple(about["columns"]), machine, curves, frozenset(about["taught"]), Descriptions(rows, **stats), denial,
        about["n_examples"], about["n_coded"],
    )  # fmt: skip


def _read_about(folder: Path) -> dict[str, Any]:
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if not isinstance(about, dict):
            raise ValueError(f"it holds a {type(about).__name__}")
    except (OSError, ValueError) as error:
        raise FrameModelError(
            f"{folder}: no readable {ABOUT}. Give the folder that FrameModel.save wrote.",
            ar=f"لا يوجد ملف {ABOUT} مقروء في المجلد. أعطِ المجلد الذي كتبه FrameModel.save.",
        ) from error
    if about.get("format") != FORMAT:
        raise FrameModelError(
            f"{folder}: format {about.get('format')}, this version reads {FORMAT}. Fit the model again and save it.",
            ar="صيغة النموذج المحفوظ لا تقرؤها هذه النسخة. أعد تدريبه واحفظه من جديد.",
        )
    return about


def _check_belongs(folder: Path, about: Mapping[str, Any], belongs: Mapping[str, Any]) -> None:
    """Refuse a model of another codebook, encoder or library: its numbers would mean something else."""
    for key, wanted in belongs.items():
        if wanted is not None and about.get(key) != wanted:
            raise FrameModelError(
                f"{folder}: the model was learned with {key} {_short(about.get(key))}, this is {_short(wanted)}."
                f" Load it with the same {key}, or fit it again.",
                ar=f"النموذج المحفوظ تعلّم بغير هذا ({key}). استعمل الأصل نفسه أو أعد تدريبه.",
            )


def _short(value: Any) -> str:
    if isinstance(value, Mapping) and "sha256" in value:
        return f"{value['name']} {value['version']} ({str(value['sha256'])[:12]})"
    return str(value)
