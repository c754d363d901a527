"""Files: written whole or not at all, hashed, safely named; and the cache folder."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from framing.errors import FramingError

MAX_YAML_BYTES = 8_000_000
MAX_YAML_ALIASES = 100
# What a file may grow to once its aliases are written out, in characters and nodes; and how deep it may nest.
MAX_YAML_EXPANDED = 20_000_000
MAX_YAML_DEPTH = 50
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path` that replaces it when the block ends well."""
    path = Path(path)
    part: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part")
        os.close(handle)
        part = Path(name)
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.chmod(0o644)
        part.replace(path)
    except OSError as error:
        raise FramingError(
            f"{path}: could not be written ({error.strerror or error}). The old file, if any, is intact."
            " Free space or choose another folder with --out.",
            ar=f"تعذّرت كتابة الملف {path.name}. الملف القديم سليم. أفرغ مساحة أو اختر مجلدًا آخر بالخيار --out.",
        ) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    with atomic_path(path) as part:
        part.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text whole or not at all, line ends as given."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Write indented JSON with Arabic left readable."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def write_parquet(path: Path, table: pd.DataFrame) -> None:
    """Write a table as Parquet: the same table gives the same bytes."""
    with atomic_path(path) as part:
        table.to_parquet(part, index=False, compression="zstd")


def guard_formula(value: Any) -> Any:
    """Put an apostrophe before text that a spreadsheet would run as a formula."""
    if isinstance(value, str) and (value.startswith(FORMULA_STARTS) or _is_guarded(value)):
        return "'" + value
    return value


def unguard_formula(value: str) -> str:
    """Take off the apostrophe that `guard_formula` put on."""
    return value[1:] if _is_guarded(value) else value


def _is_guarded(value: str) -> bool:
    return value.startswith("'") and value.lstrip("'").startswith(FORMULA_STARTS)


def write_csv(path: Path, table: pd.DataFrame) -> None:
    """Write a CSV for people: UTF-8 with a mark Excel knows, no cell that runs as a formula."""
    write_bytes(path, b"\xef\xbb\xbf" + csv_text(table).encode("utf-8"))


def csv_text(table: pd.DataFrame, *, header: bool = True) -> str:
    """Give the lines of a CSV for people, no cell of which runs as a formula."""
    safe = table.copy()
    safe.columns = [guard_formula(str(column)) for column in safe.columns]
    for position, kind in enumerate(safe.dtypes):
        if not (pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_bool_dtype(kind)):
            guarded = safe.iloc[:, position].map(guard_formula, na_action="ignore")
            safe.isetitem(position, guarded.to_numpy())
    buffer = io.StringIO()
    # CRLF, as RFC 4180 has it: the writer quotes a cell for the letters of the line end alone,
    # and a bare CR tears a row.
    safe.to_csv(buffer, index=False, header=header, lineterminator="\r\n")
    return buffer.getvalue()


def read_csv(path: Path) -> pd.DataFrame:
    """Read a CSV that `write_csv` wrote, every cell as text."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    table.columns = [unguard_formula(column) for column in table.columns]
    return table.map(unguard_formula)


def read_yaml(path: Path) -> Any:
    """Read YAML from a stranger: safe tags only, size and aliases capped.

    Raises
    ------
    FramingError : the file is missing, too large, or not YAML; one line with file and place.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FramingError(
            f"{path}: cannot be read ({error.strerror}). Check the path.",
            ar=f"تعذّرت قراءة الملف {path}. تحقّق من المسار.",
        ) from error
    if len(data) > MAX_YAML_BYTES:
        raise FramingError(f"{path}: {len(data)} bytes; a YAML file may have {MAX_YAML_BYTES}.")
    try:
        text = data.decode("utf-8-sig")
        _check_growth(text, path)
        return yaml.load(text, Loader=_UniqueKeys)  # noqa: S506 - a SafeLoader child
    except UnicodeDecodeError as error:
        raise FramingError(f"{path}: not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise FramingError(f"{path}{where}: not valid YAML ({problem}). Check indentation and quotes.") from error


def _check_growth(text: str, path: Path) -> None:
    """Refuse a file that is small on disk and endless in memory, before anything is built of it."""
    sizes: dict[str, int] = {}
    opened: list[tuple[str | None, int]] = []
    size = aliases = 0
    for event in yaml.parse(text, Loader=_LOADER):
        size += 1
        if isinstance(event, yaml.AliasEvent):
            aliases += 1
            holds_itself = any(anchor == event.anchor for anchor, _ in opened)
            size += MAX_YAML_EXPANDED if holds_itself else sizes.get(str(event.anchor), 0)
        elif isinstance(event, yaml.ScalarEvent):
            size += len(event.value)
            sizes |= {event.anchor: len(event.value) + 1} if event.anchor else {}
        elif isinstance(event, yaml.CollectionStartEvent):
            opened.append((event.anchor, size))
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = opened.pop()
            sizes |= {anchor: size - before} if anchor else {}
        if aliases > MAX_YAML_ALIASES or size > MAX_YAML_EXPANDED:
            raise FramingError(
                f"{path}: YAML aliases (`*name`) that repeat too much or hold themselves; {MAX_YAML_ALIASES} plain ones"
                " are allowed. Write values out."
            )
        if len(opened) > MAX_YAML_DEPTH:
            raise FramingError(f"{path}: lists nested over {MAX_YAML_DEPTH} deep. Check the brackets.")


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _UniqueKeys(_LOADER):  # type: ignore[misc] # the C loader where there is one
    """A safe loader in which a repeated key is a fault, not a silent overwrite."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = getattr(key_node, "value", None)
            if isinstance(key, str) and key != "<<" and key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key '{key}' stands twice", key_node.start_mark)
            if isinstance(key, str):
                seen.add(key)
        return dict(super().construct_mapping(node, deep=deep))


def sha256_bytes(data: bytes) -> str:
    """Give the SHA-256 of bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def sha256_text(text: str) -> str:
    """Give the SHA-256 of a text; lone surrogates are kept as they are."""
    return sha256_bytes(text.encode("utf-8", "surrogatepass"))


def sha256_file(path: Path) -> str:
    """Give the SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def safe_name(name: str) -> str:
    """Turn any name into a file name: a readable slug and a short hash, never a path."""
    slug = re.sub(r"[^\w]+", "-", name, flags=re.UNICODE).strip("-_")
    slug = slug.encode("utf-8", "ignore")[:60].decode("utf-8", "ignore").casefold()
    return f"{slug or 'x'}-{sha256_text(name)[:8]}"


def cache_folder() -> Path:
    """Give the user's cache folder; `FRAMING_CACHE` overrides it. Nothing is created here."""
    if override := os.environ.get("FRAMING_CACHE"):
        return Path(override).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return base / "framing"


def package_data(*parts: str) -> Path:
    """Give the path of a shipped file: inside the wheel, or in the checkout's `data/`."""
    inside = Path(__file__).parent / "_data"
    root = inside if inside.is_dir() else Path(__file__).parent.parent / "data"
    return root.joinpath(*parts)
