"""JSON Lines, streamed, and JSON files; numbers stay as they are written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TextIO

from framing.errors import ArticleError
from framing.readers.compressed import open_bytes, read_all
from framing.readers.encoding import Encoding, broken_bytes, decode, find_encoding, open_text
from framing.readers.records import MAX_CELL, Read, Record, Rejection, Source

MAX_JSON_BYTES = 500_000_000
# Where a JSON object keeps its articles.
LIST_KEYS = ("articles", "data", "items", "results", "documents", "docs", "rows", "hits")


def read_jsonl(source: Source) -> Read:
    """Read one object per line; an empty line is no row, a broken one is rejected."""
    encoding = find_encoding(lambda: open_bytes(source.path))
    with open_text(open_bytes(source.path), encoding, newline="\n") as stream:
        for row, line in enumerate(_lines(stream), 1):
            if line.strip():
                yield _from_line(source, row, line, encoding)


def _lines(stream: TextIO) -> Iterator[str]:
    """Give lines; one beyond the cap is given cut, and its rest is passed over."""
    while line := stream.readline(MAX_CELL + 1):
        rest = line
        while len(rest) > MAX_CELL and not rest.endswith("\n"):
            rest = stream.readline(MAX_CELL + 1)
        yield line


def _from_line(source: Source, row: int, line: str, encoding: Encoding) -> Record | Rejection:
    if len(line) > MAX_CELL:
        return _rejected(source, row, line, f"a line of more than {MAX_CELL:,} characters. Split it.")
    if bad := broken_bytes(line):
        return _rejected(source, row, line, f"{bad} bytes are not UTF-8. Save the file again as UTF-8.")
    try:
        return _from_item(source, row, _loads(line), encoding)
    except (ValueError, RecursionError) as error:
        return _rejected(source, row, line, f"not valid JSON ({error}). Write one whole object per line.")


def read_json(source: Source) -> Read:
    """Read a JSON list of objects, an object that holds such a list, one object, or JSON Lines named .json."""
    text, encoding = decode(read_all(source.path, max_bytes=MAX_JSON_BYTES))
    try:
        content = _loads(text)
    except (ValueError, RecursionError) as error:
        if _is_object(text.strip().partition("\n")[0]):
            yield from _as_lines(source, text, encoding)
            return
        raise ArticleError(
            f"{source.name}: not valid JSON ({error}). Repair it at the source, or save the articles as JSONL or CSV.",
            ar=f"{source.name}: ملف JSON غير صحيح ({error}). أصلحه في مصدره أو احفظ المواد بصيغة JSONL أو CSV.",
        ) from error
    for row, item in enumerate(_items(source, content), 1):
        yield _from_item(source, row, item, encoding)


def _is_object(line: str) -> bool:
    """Tell whether a file's first line is a whole object: JSON Lines under the name .json."""
    try:
        return isinstance(_loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _as_lines(source: Source, text: str, encoding: Encoding) -> Read:
    for row, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _from_line(source, row, line, encoding)


def _items(source: Source, content: Any) -> list[Any]:
    if isinstance(content, list):
        return content
    if isinstance(content, dict):
        for key in LIST_KEYS:
            if isinstance(content.get(key), list):
                return list(content[key])
        return [content]
    raise ArticleError(
        f"{source.name}: holds {type(content).__name__}, not articles. Give a list of objects with a text each.",
        ar=f"{source.name}: لا يحوي قائمة مواد. المطلوب قائمة كائنات لكل منها نص.",
    )


def _loads(text: str) -> Any:
    """Parse JSON with numbers as their own text: an id 1e3 or 001.0 stays what it was."""
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=lambda _: "")


def _from_item(source: Source, row: int, item: Any, encoding: Encoding) -> Record | Rejection:
    if not isinstance(item, dict):
        return _rejected(source, row, str(item), 'not an object with named values. Write {"text": ...}.')
    values: dict[str, str] = {}
    for key, value in item.items():
        if isinstance(value, dict):
            values |= {f"{key}.{inner}": as_text(part) for inner, part in value.items()}
        else:
            values[key] = as_text(value)
    return Record(values, source.name, row, encoding=encoding.found)


def as_text(value: Any) -> str:
    """Give a parsed JSON value as text: nothing is empty, a list of texts is one paragraph per item."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "\n".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _rejected(source: Source, row: int, value: str, reason: str) -> Rejection:
    shown = value[:400].encode("utf-8", "replace").decode("utf-8")
    return Rejection(
        source.name, row, "", shown, reason, "السطر ليس كائن JSON صحيحًا. اكتب كائنًا كاملًا في كل سطر بترميز UTF-8."
    )
