"""Codebooks: the frames of one story, checked on load, extended in a notebook, saved.

A codebook names its frames, defines them, lists the words that point to them
(`terms`) and away from them (`veto`), and teaches by examples. A frame may have
children by position; a child's full id is `parent.child`, and a parent is
carried where any of its children is. A codebook is never changed in place: one
that was extended is another, with another version and hash.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from framing.codebook_faults import Faults
from framing.codebook_growth import next_version, read_reading, with_examples, with_frame
from framing.codebook_schema import Example, Frame, read_content
from framing.errors import CodebookError, FramingError
from framing.files import package_data, read_yaml, sha256_text, write_text

__all__ = ["Codebook", "Example", "Frame", "load_codebook", "shipped_codebooks"]

SAVED = "# كتبه framing. Written by framing; comments of the file it came from are not kept.\n"


@dataclass(frozen=True)
class Codebook:
    """Frames in the order of the file, parents before their children, and every example once.

    `purpose` is `form` where frames are named and defined for coders and mappings only. `log` holds one entry for
    each frame that was added from a cluster: who read what, and when. `raw` is the file as it is saved: leave it as
    it is, the hash is of it.
    """

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
    purpose: str = "scoring"
    log: tuple[Mapping[str, Any], ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_raw(cls, raw: Any, *, name: str, faults: Faults, path: Path | None = None) -> Codebook:
        """Check what a YAML file holds and make a codebook of it.

        Raises
        ------
        CodebookError : one line per fault.
        """
        content = read_content(raw, name=name, faults=faults)
        return cls(**vars(content), sha256=_hash(raw), path=path, raw=raw)

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

    @property
    def is_form(self) -> bool:
        """Whether the codebook is for coding and mapping only."""
        return self.purpose == "form"

    def check_scoring(self) -> None:
        """Refuse to be used by a model where this is a form.

        Raises
        ------
        CodebookError : the codebook is a form.
        """
        if self.is_form:
            raise CodebookError(
                f"codebook '{self.codebook_id}' is a form: for coding and mapping, not for scoring. Choose another"
                " codebook, or copy the file, write terms and examples into it and take out 'purpose: form'.",
                ar=f"دليل الترميز '{self.codebook_id}' نموذج فارغ: للترميز والمقابلة بين الأطر، لا لحساب الدرجات. اختر"
                " دليلًا آخر، أو انسخ الملف واكتب فيه كلمات دالّة وأمثلة واحذف 'purpose: form'.",
            )

    def add_examples(
        self, examples: pd.DataFrame | Iterable[Mapping[str, Any] | Example], *, version: str | None = None
    ) -> Codebook:
        """Give a codebook with further examples: another version, another hash.

        Parameters
        ----------
        examples : a table or dicts with `text` and, where they apply, `frames` and `contested` (full ids, as a list
            or with `;` between; neither: an example of no frame), `style` and `hard`. `to_frame()` gives such a table.
        version : of the new codebook; None counts up (1.0 becomes 1.1).

        Raises
        ------
        CodebookError : one line per example that has no text, names a frame that is not there, stands already, or
            contradicts another of the same words; or the codebook is a form. Nothing is added then.
        """
        self.check_scoring()
        faults = self._faults("add_examples")
        raw = with_examples(self.raw, self.examples, self.frame_ids, examples, faults)
        raw["version"] = next_version(self.version, version)
        return self._grown(raw, faults)

    def add_frame(
        self,
        frame_id: str,
        *,
        name: str | Mapping[str, str],
        definition: str | Mapping[str, str],
        from_topic: int,
        topics: Any,
        units: pd.DataFrame,
        read_units: Iterable[str],
        named_by: str,
        when: date | None = None,
        version: str | None = None,
    ) -> Codebook:
        """Give a codebook with a frame that a person found in a cluster: an emergent frame.

        A cluster is not a frame until a person has read at least 20 of its units from several outlets (two or more)
        and written a definition. Who, when and how much was read is written into the new codebook's `log`.

        Parameters
        ----------
        frame_id : short Latin name of the new frame.
        name, definition : in one language or as {ar, en}; the definition is the reader's own.
        from_topic : number of the cluster, 0 or more. topics : a `TopicAssignment`, or a table `unit_id, topic`.
        units : `unit_id, outlet` of the units that were clustered.
        read_units : ids of the units that the person read; only those of the cluster count.
        named_by : who read them, a name or a pseudonym. when : the day, today if None.

        Raises
        ------
        CodebookError : one line per thing that is missing, or the frame is there already.
        ValueError : a table lacks a column.
        """
        self.check_scoring()
        faults = self._faults("add_frame")
        reading = read_reading(from_topic, topics, units, read_units, named_by, when or date.today())
        chosen = next_version(self.version, version)
        block = {"id": frame_id, "name": name, "definition": definition}
        raw = with_frame(self.raw, self.frame_ids, block, reading, chosen, faults)
        return self._grown(raw, faults)

    def _faults(self, action: str) -> Faults:
        return Faults(f"codebook '{self.codebook_id}', {action}", f"دليل الترميز '{self.codebook_id}'، {action}")

    def _grown(self, raw: dict[str, Any], faults: Faults) -> Codebook:
        faults.stop()
        return Codebook.from_raw(raw, name=self.codebook_id, faults=faults)

    def to_yaml(self) -> str:
        """Give the text of a file that loads as this codebook, with the same hash.

        Raises
        ------
        CodebookError : a text in it holds marks that YAML cannot give back.
        """
        text = SAVED + yaml.safe_dump(
            dict(self.raw), allow_unicode=True, sort_keys=False, width=10_000, default_flow_style=None
        )
        if _hash(_read_back(text)) != self.sha256:
            raise CodebookError(
                f"codebook '{self.codebook_id}': a text in it holds marks that a file cannot give back. Take control"
                " characters out of the examples added last.",
                ar=f"دليل الترميز '{self.codebook_id}': في أحد نصوصه علامات لا تُحفظ في ملف. احذفها من آخر الأمثلة.",
            )
        return text

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the codebook as YAML, whole or not at all; give the path.

        Comments of the file it was loaded from are not kept, so a file that is there is replaced only if asked.

        Raises
        ------
        CodebookError : the file is there and `overwrite` is false.
        """
        target = Path(path)
        if target.exists() and not overwrite:
            raise CodebookError(
                f"{target} is there already. Save under another name, or pass overwrite=True (its comments are lost).",
                ar=f"الملف {target.name} موجود. احفظ باسم آخر، أو اكتب overwrite=True (تضيع تعليقاته).",
            )
        write_text(target, self.to_yaml())
        return target

    def summary(self) -> str:
        """Say in a few lines what the codebook holds."""
        lines = [f"{self.title.get('en') or self.codebook_id}, version {self.version} ({self.sha256[:12]})"]
        lines += [f"  {f.frame_id}: {self.n_examples(f.frame_id)} examples" for f in self.frames]
        none = sum(not e.frames and not e.contested for e in self.examples)
        return "\n".join([*lines, f"  none: {none} examples"])


def shipped_codebooks(*, forms: bool = True) -> tuple[str, ...]:
    """Give the names of the codebooks that come with the package; without forms, those a study can be scored by."""
    paths = sorted(package_data("codebooks").glob("*.yaml"))
    # A line of ours, read without parsing the whole file: naming the choices must be quick.
    return tuple(path.stem for path in paths if forms or "\npurpose: form" not in path.read_text(encoding="utf-8"))


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
    faults = Faults(str(path), f"دليل الترميز {path.name}")
    return Codebook.from_raw(raw, name=path.stem, faults=faults, path=path)


def _read_back(text: str) -> Any:
    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe ones both
    except yaml.YAMLError:
        return None


def _hash(raw: Any) -> str:
    """Hash the content of a file: comments, spacing and the order of keys are no part of it."""
    return sha256_text(json.dumps(raw, ensure_ascii=False, sort_keys=True, default=str))


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
