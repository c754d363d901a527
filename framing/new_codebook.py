"""A new codebook: from a definition and five examples, or a form to fill in; with notes in Arabic."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from string import Template

import yaml

from framing.codebook import Codebook, Example
from framing.codebook_faults import Faults
from framing.errors import CodebookError

MIN_EXAMPLES = 5


def new_codebook(
    definition: str,
    examples: Sequence[str | Example],
    *,
    name: str,
    frame_id: str = "frame_1",
    title: str = "",
    none_examples: Iterable[str | Example] = (),
    file: str = "codebook.yaml",
) -> str:
    """Write a codebook of one frame as YAML that loads as it is, with notes in Arabic on what to add.

    Parameters
    ----------
    definition : when a sentence carries the frame. examples : at least five that do; none is in the corpus studied.
    name : of the frame. frame_id : short Latin name. title : of the codebook; empty: the frame's name.
    none_examples : sentences on the same story that carry no frame.
    file : what the file will be called, for the notes in it.

    Raises
    ------
    CodebookError : fewer than five examples, or one line per fault of what was given.
    """
    missing = MIN_EXAMPLES - len(examples)
    if missing > 0:
        raise CodebookError(
            f"{len(examples)} examples; a codebook starts from {MIN_EXAMPLES}. Write {missing} more"
            " sentences that carry the frame.",
            ar=f"عدد الأمثلة {len(examples)}، ويبدأ الدليل بخمسة. اكتب جملًا أخرى تحمل الإطار.",
        )
    none = [_item(example, "") for example in none_examples]
    text = _fill(
        "codebook_from_examples.yaml",
        file=_line(file),
        identifier=_quoted(_identifier(file)),
        title=_quoted(title or name),
        frame=_quoted(frame_id),
        name=_quoted(name),
        definition=_quoted(definition),
        examples="\n".join(_item(example, "  ") for example in examples),
        none="".join(f"\n{item}" for item in none) if none else " []",
    )
    faults = Faults(f"new codebook {file}", f"الدليل الجديد {file}")
    Codebook.from_raw(yaml.safe_load(text), name=_identifier(file), faults=faults)
    return text


def blank_codebook(*, title: str = "", file: str = "codebook.yaml") -> str:
    """Write a codebook of two frames to fill in by hand; until it is filled, loading it names what is blank."""
    return _fill(
        "new_codebook.yaml", file=_line(file), identifier=_quoted(_identifier(file)), title=_quoted(title or file)
    )


def read_examples(text: str) -> list[Example]:
    """Read one example per line; a style and a tab may stand before it. Empty lines and notes (#) are left out."""
    lines = (line.strip() for line in text.splitlines())
    parts = (line.rpartition("\t") for line in lines if line and not line.startswith("#"))
    return [Example(sentence.strip(), style.strip()) for style, _, sentence in parts]


def read_example_file(path: Path | None) -> list[Example]:
    """Read the examples of a text file as `read_examples` does; none where no file is given.

    Raises
    ------
    CodebookError : the file cannot be read, or is not UTF-8.
    """
    if path is None:
        return []
    try:
        return read_examples(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise CodebookError(
            f"{path}: cannot be read as UTF-8 text. Give a .txt with one sentence per line, saved as UTF-8.",
            ar=f"تعذّرت قراءة {path}. أعطِ ملف txt فيه جملة في كل سطر، محفوظًا بترميز UTF-8.",
        ) from error


def _item(example: str | Example, indent: str) -> str:
    given = example if isinstance(example, Example) else Example(example)
    lines = [f"{indent}- text: {_quoted(given.text)}"]
    lines += [f"{indent}  style: {_quoted(given.style)}"] if given.style else []
    return "\n".join([*lines, f"{indent}  hard: true"] if given.hard else lines)


def _identifier(file: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", Path(file).stem).strip("-").lower() or "codebook"


def _line(text: str) -> str:
    """Give a text on one line, without marks that a YAML file cannot hold."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _quoted(text: str) -> str:
    return json.dumps(_line(text), ensure_ascii=False)


def _fill(template: str, **values: str) -> str:
    path = Path(__file__).parent / "templates" / template
    return Template(path.read_text(encoding="utf-8")).substitute(values)
