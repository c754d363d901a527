"""Codebooks: the frames of one story, checked on load.

A codebook names its frames, defines them, lists the words that point to them
(`terms`) and away from them (`veto`), and teaches by examples. A frame may have
children by position; a child's full id is `parent.child`, and a parent is
carried where any of its children is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from framing.errors import CodebookError, FramingError
from framing.files import package_data, read_yaml, sha256_text

TOP_KEYS = ("id", "title", "version", "citation", "frames", "none_examples", "fields", "relevance", "notes")
FRAME_KEYS = (
    "id", "parent", "name", "definition", "functions", "include", "exclude", "terms", "veto", "generic",
    "source", "examples", "contested_examples",
)  # fmt: skip
EXAMPLE_KEYS = ("text", "style", "also", "hard")
FUNCTIONS = ("problem", "cause", "moral", "remedy")
RELATIONS = ("exact", "narrower", "overlaps")


@dataclass(frozen=True)
class Example:
    """One unit that teaches: its frames (full ids of the deepest level), or none; or contested ones."""

    text: str
    style: str = ""
    frames: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()
    hard: bool = False


@dataclass(frozen=True)
class Frame:
    """One frame of a codebook; `frame_id` is `parent` or `parent.child`."""

    frame_id: str
    name: Mapping[str, str]
    definition: Mapping[str, str] = field(default_factory=dict)
    parent: str | None = None
    functions: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    veto: tuple[str, ...] = ()
    generic: tuple[Mapping[str, str], ...] = ()
    source: str = ""

    def name_in(self, language: str) -> str:
        """Give the name in a language, or in the other one, or the id."""
        return self.name.get(language) or next(iter(self.name.values()), self.frame_id)


@dataclass(frozen=True)
class Codebook:
    """Frames in the order of the file, parents before their children, and every example once."""

    codebook_id: str
    title: Mapping[str, str]
    version: str
    frames: tuple[Frame, ...]
    examples: tuple[Example, ...]
    sha256: str
    relevance: tuple[str, ...] = ()
    citation: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    path: Path | None = None

    def __getitem__(self, frame_id: str) -> Frame:
        for frame in self.frames:
            if frame.frame_id == frame_id:
                return frame
        raise KeyError(f"no frame {frame_id!r} in codebook {self.codebook_id!r}; it has {', '.join(self.frame_ids)}")

    @property
    def frame_ids(self) -> tuple[str, ...]:
        """Ids of all frames, each parent followed by its children."""
        return tuple(
            f"{inner.frame_id}" for parent in self.parents for inner in (parent, *self.children(parent.frame_id))
        )

    @property
    def parents(self) -> tuple[Frame, ...]:
        """Frames of the top level, in order."""
        return tuple(frame for frame in self.frames if frame.parent is None)

    def children(self, parent: str) -> tuple[Frame, ...]:
        """Children of a frame, in order; none for a frame without positions."""
        return tuple(frame for frame in self.frames if frame.parent == parent)

    def name_of(self, frame_id: str, language: str) -> str:
        """Give the shown name of a frame: the child's own name behind its parent's."""
        frame = self[frame_id]
        if frame.parent is None:
            return frame.name_in(language)
        return f"{self[frame.parent].name_in(language)} · {frame.name_in(language)}"

    def terms_of(self, parent: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give the terms and veto words of a parent with those of its children."""
        family = (self[parent], *self.children(parent))
        return (
            tuple(dict.fromkeys(term for frame in family for term in frame.terms)),
            tuple(dict.fromkeys(term for frame in family for term in frame.veto)),
        )

    def to_frame(self) -> pd.DataFrame:
        """Give the examples as a table: text, style, frames, contested, hard."""
        rows = [(e.text, e.style, e.frames, e.contested, e.hard) for e in self.examples]
        return pd.DataFrame(rows, columns=["text", "style", "frames", "contested", "hard"])

    def n_examples(self, frame_id: str) -> int:
        """Count the examples of a frame, those of its children included."""
        return sum(any(f == frame_id or f.startswith(frame_id + ".") for f in e.frames) for e in self.examples)

    def summary(self) -> str:
        """Say in a few lines what the codebook holds."""
        lines = [f"{self.title.get('en') or self.codebook_id}, version {self.version} ({self.sha256[:12]})"]
        lines += [f"  {f.frame_id}: {self.n_examples(f.frame_id)} examples" for f in self.frames]
        none = sum(not e.frames and not e.contested for e in self.examples)
        return "\n".join([*lines, f"  none: {none} examples"])


def shipped_codebooks() -> tuple[str, ...]:
    """Give the names of the codebooks that come with the package."""
    return tuple(sorted(path.stem for path in package_data("codebooks").glob("*.yaml")))


def load_codebook(source: str | Path, *, folder: Path | None = None) -> Codebook:
    """Read and check a codebook.

    Parameters
    ----------
    source : a shipped name (`"north-korea-russia"`) or a path to a YAML file.
    folder : what a relative path is relative to.

    Raises
    ------
    CodebookError : one line per fault, each with file, key and what to write.
    """
    path = _locate(source, folder)
    try:
        raw = read_yaml(path)
    except FramingError as error:
        raise CodebookError(str(error), ar=error.ar) from error
    faults: list[str] = []
    codebook = _build(raw, path, faults)
    if faults or codebook is None:
        raise CodebookError(
            "\n".join(f"{path}: {fault}" for fault in faults[:20]),
            ar="\n".join(f"دليل الترميز {path.name}: {fault}" for fault in faults[:20]),
        )
    return codebook


def _locate(source: str | Path, folder: Path | None) -> Path:
    name = str(source)
    if name in shipped_codebooks():
        return package_data("codebooks", f"{name}.yaml")
    path = Path(source)
    if folder is not None and not path.is_absolute():
        path = folder / path
    if path.is_file():
        return path
    near = get_close_matches(name, shipped_codebooks(), 1)
    hint = f" Did you mean '{near[0]}'?" if near else f" Shipped codebooks: {', '.join(shipped_codebooks())}."
    raise CodebookError(
        f"codebook '{name}': neither a shipped codebook nor a file.{hint}",
        ar=f"دليل الترميز '{name}' غير موجود: ليس اسمًا مرفقًا ولا ملفًا.{hint}",
    )


def _build(raw: Any, path: Path, faults: list[str]) -> Codebook | None:
    if not isinstance(raw, dict) or not isinstance(raw.get("frames"), list) or not raw.get("frames"):
        faults.append("'frames' is missing; write a list of frames, each with id, name and definition")
        return None
    _unknown(raw, TOP_KEYS, "", faults)
    frames = [frame for number, block in enumerate(raw["frames"], 1) if (frame := _frame(block, number, faults))]
    _check_ids(frames, faults)
    examples = list(_examples(raw, {frame.frame_id for frame in frames}, faults))
    _check_repeats(examples, faults)
    relevance = raw.get("relevance") or {}
    query = relevance.get("query", ()) if isinstance(relevance, dict) else ()
    version = raw.get("version")
    if not isinstance(version, (str, int, float)):
        faults.append("'version' is missing; write a text such as \"1.0\"")
    return Codebook(
        codebook_id=str(raw.get("id") or path.stem),
        title=_both(raw.get("title", path.stem), "title", faults),
        version=str(version),
        frames=tuple(frames),
        examples=tuple(examples),
        sha256=sha256_text(json.dumps(raw, ensure_ascii=False, sort_keys=True, default=str)),
        relevance=_texts(query, "relevance.query", faults),
        citation=str(raw.get("citation", "")),
        fields=raw.get("fields") or {},
        path=path,
    )


def _frame(block: Any, number: int, faults: list[str]) -> Frame | None:
    where = f"frames[{number}]"
    if not isinstance(block, dict) or not isinstance(block.get("id"), str):
        faults.append(f"{where}: 'id' is missing; write a short Latin name such as 'id: escalation'")
        return None
    where = f"frame '{block['id']}'"
    _unknown(block, FRAME_KEYS, where + ": ", faults)
    if not block["id"].replace("_", "").replace("-", "").isalnum():
        faults.append(f"{where}: 'id' may hold letters, digits, '-' and '_' only")
    faults += [
        f"{where}: '{key}' is missing; write {key}: {{ar: ..., en: ...}}"
        for key in ("name", "definition")
        if not block.get(key) and (key == "name" or not block.get("parent"))
    ]
    functions = _texts(block.get("functions", ()), f"{where}: functions", faults)
    faults += [f"{where}: function '{f}' is not one of {', '.join(FUNCTIONS)}" for f in functions if f not in FUNCTIONS]
    parent = block.get("parent")
    return Frame(
        frame_id=f"{parent}.{block['id']}" if parent else block["id"],
        name=_both(block.get("name", block["id"]), f"{where}: name", faults),
        definition=_both(block.get("definition", ""), f"{where}: definition", faults),
        parent=str(parent) if parent else None,
        functions=functions,
        include=_texts(block.get("include", ()), f"{where}: include", faults),
        exclude=_texts(block.get("exclude", ()), f"{where}: exclude", faults),
        terms=_texts(block.get("terms", ()), f"{where}: terms", faults),
        veto=_texts(block.get("veto", ()), f"{where}: veto", faults),
        generic=_generic(block.get("generic", ()), where, faults),
        source=str(block.get("source", "")),
    )


def _generic(block: Any, where: str, faults: list[str]) -> tuple[Mapping[str, str], ...]:
    found = []
    for item in block if isinstance(block, (list, tuple)) else [block]:
        if not isinstance(item, dict) or not {"scheme", "frame"} <= set(item) or item.get("relation") not in RELATIONS:
            faults.append(f"{where}: 'generic' needs {{scheme, frame, relation: {' | '.join(RELATIONS)}}}")
        else:
            found.append({key: str(value) for key, value in item.items()})
    return tuple(found)


def _examples(raw: Mapping[str, Any], known: set[str], faults: list[str]) -> Iterator[Example]:
    blocks = [(block, "examples") for block in raw["frames"] if isinstance(block, dict)]
    for block, _ in blocks:
        full = f"{block['parent']}.{block.get('id')}" if block.get("parent") else str(block.get("id"))
        for number, item in enumerate(block.get("examples") or [], 1):
            yield from _example(item, (full,), (), f"frame '{full}': examples[{number}]", known, faults)
        for number, item in enumerate(block.get("contested_examples") or [], 1):
            yield from _example(item, (), (full,), f"frame '{full}': contested_examples[{number}]", known, faults)
    for number, item in enumerate(raw.get("none_examples") or [], 1):
        yield from _example(item, (), (), f"none_examples[{number}]", known, faults)


def _example(
    item: Any, frames: tuple[str, ...], contested: tuple[str, ...], where: str, known: set[str], faults: list[str]
) -> Iterator[Example]:
    block = {"text": item} if isinstance(item, str) else item
    if not isinstance(block, dict) or not isinstance(block.get("text"), str) or not block["text"].strip():
        faults.append(f"{where}: needs a text; write '- text: ...' or the sentence itself")
        return
    _unknown(block, EXAMPLE_KEYS, where + ": ", faults)
    also = _texts(block.get("also", ()), f"{where}: also", faults)
    frames_here = ", ".join(sorted(known))
    faults += [
        f"{where}: 'also' names '{other}'; frames here are {frames_here}" for other in also if other not in known
    ]
    yield Example(
        block["text"], str(block.get("style", "")), (*frames, *also), contested, bool(block.get("hard", False))
    )


def _check_ids(frames: list[Frame], faults: list[str]) -> None:
    parents = [frame.frame_id for frame in frames if frame.parent is None]
    seen: set[str] = set()
    for frame in frames:
        if frame.frame_id in seen:
            faults.append(f"frame '{frame.frame_id}' stands twice; give one of them another id")
        if frame.parent is not None and frame.parent not in parents:
            faults.append(f"frame '{frame.frame_id}': parent '{frame.parent}' is not a frame of the top level")
        seen.add(frame.frame_id)


def _check_repeats(examples: list[Example], faults: list[str]) -> None:
    seen: dict[str, Example] = {}
    for example in examples:
        other = seen.setdefault(example.text.strip(), example)
        if other is not example:
            faults.append(
                f"an example stands twice: '{example.text[:60]}'; keep one and name other frames under 'also'"
            )


def _unknown(block: Mapping[str, Any], allowed: tuple[str, ...], where: str, faults: list[str]) -> None:
    for key in block:
        if key not in allowed:
            near = get_close_matches(str(key), allowed, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(allowed)}"
            faults.append(f"{where}'{key}' is not a key of a codebook; {hint}")


def _both(value: Any, where: str, faults: list[str]) -> dict[str, str]:
    if isinstance(value, str):
        return {"ar": value, "en": value} if value else {}
    if isinstance(value, dict) and set(value) <= {"ar", "en"} and all(isinstance(v, str) for v in value.values()):
        return dict(value)
    faults.append(f"'{where}' must be a text or {{ar: ..., en: ...}}")
    return {}


def _texts(value: Any, where: str, faults: list[str]) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if values is None:
        return ()
    if isinstance(values, (list, tuple)) and all(isinstance(v, str) and v.strip() for v in values):
        return tuple(values)
    faults.append(f"'{where}' must be a list of texts")
    return ()
