"""JSON Lines, streamed, and JSON files; numbers stay as they are written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TextIO

from framing.errors import ArticleError
from framing.readers.compressed import open_bytes, read_all
from framing.readers.delimited import unique_names
from framing.readers.encoding import Encoding, broken_bytes, decode, find_encoding, open_text
from framing.readers.records import MAX_CELL, Read, Record, Rejection, Source

# An object is parsed whole, at about six bytes of memory to one of the file.
MAX_JSON_BYTES = 100_000_000
HEAD = 1 << 16
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
    """Read a JSON list of objects, an object that holds such a list, one object, or JSON Lines named .json.

    A list and JSON Lines are streamed, one item in memory at a time. An object that holds the list must
    be read whole, and may have `MAX_JSON_BYTES`.

    Raises
    ------
    ArticleError : the file is not JSON, or an object too large to be read at once.
    """
    encoding = find_encoding(lambda: open_bytes(source.path))
    with open_text(open_bytes(source.path), encoding) as stream:
        head = stream.read(HEAD)
        if head.lstrip().startswith("["):
            for row, item in enumerate(_stream_items(source, stream, head), 1):
                yield _from_item(source, row, item, encoding)
            return
    if _is_object(head.strip().partition("\n")[0]) and "\n" in head.strip():
        yield from read_jsonl(source)
        return
    yield from _read_whole(source)


def _read_whole(source: Source) -> Read:
    text, encoding = decode(read_all(source.path, max_bytes=MAX_JSON_BYTES))
    try:
        content = _loads(text)
    except (ValueError, RecursionError) as error:
        if _is_object(text.strip().partition("\n")[0]):  # a first line longer than the head
            yield from read_jsonl(source)
            return
        raise _not_json(source, error) from error
    for row, item in enumerate(_items(source, content), 1):
        yield _from_item(source, row, item, encoding)


def _not_json(source: Source, error: Exception | str) -> ArticleError:
    return ArticleError(
        f"{source.name}: not valid JSON ({error}). Repair it at the source, or save the articles as JSONL or CSV.",
        ar=f"{source.name}: ملف JSON غير صحيح ({error}). أصلحه في مصدره أو احفظ المواد بصيغة JSONL أو CSV.",
    )


def _stream_items(source: Source, stream: TextIO, head: str) -> Iterator[Any]:
    """Give the items of a list as they come. The buffer doubles while an item is not whole: linear time."""
    buffer, place, n_items = head, head.index("[") + 1, 0
    while True:
        start = _SPACE.match(buffer, place).end()  # type: ignore[union-attr] # it matches nothing too
        if buffer[start : start + 1] == "]":
            break
        if n_items and buffer[start : start + 1] == ",":
            start = _SPACE.match(buffer, start + 1).end()  # type: ignore[union-attr]
        elif n_items and start < len(buffer):
            raise _not_json(source, f"after item {n_items}: a comma or ] is expected")
        found = _next_item(source, buffer, start, n_items)
        if found is None:
            more = stream.read(max(HEAD, len(buffer) - place))
            if not more:
                raise _not_json(source, f"it ends inside item {n_items + 1}")
            buffer, place = buffer[place:] + more, 0
            continue
        item, place = found
        n_items += 1
        yield item
    if (buffer[start + 1 :] + stream.read(HEAD)).strip():
        raise _not_json(source, "there is more after the list")


_SPACE = re.compile(r"[ \t\r\n]*")
# The parser stops this near the end of what was read where a word, number or escape is cut.
CUT = 20


def _next_item(source: Source, buffer: str, start: int, n_items: int) -> tuple[Any, int] | None:
    """Parse one item and give where it ends; None where more must be read."""
    try:
        item, end = _DECODER.raw_decode(buffer, start)
    except json.JSONDecodeError as error:
        is_cut = error.msg.startswith("Unterminated string") or error.pos >= len(buffer) - CUT
        if is_cut and len(buffer) - start <= MAX_CELL:
            return None
        raise _not_json(source, f"item {n_items + 1}: {error.msg}") from error
    except RecursionError as error:
        raise _not_json(source, f"item {n_items + 1}: lists nested too deep") from error
    return (item, end) if _SPACE.match(buffer, end).end() < len(buffer) else None  # type: ignore[union-attr]


def _is_object(line: str) -> bool:
    """Tell whether a file's first line is a whole object: JSON Lines under the name .json."""
    try:
        return isinstance(_loads(line), dict)
    except (ValueError, RecursionError):
        return False


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
    return _DECODER.decode(text)


def _named(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object; a name that stands twice is numbered, as a column is: no value is lost."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    return dict(zip(unique_names([name for name, _ in pairs]), (value for _, value in pairs), strict=True))


_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=lambda _: "", object_pairs_hook=_named)


def _from_item(source: Source, row: int, item: Any, encoding: Encoding) -> Record | Rejection:
    if not isinstance(item, dict):
        return _rejected(source, row, str(item), 'not an object with named values. Write {"text": ...}.')
    values: dict[str, str] = {}
    for key, value in item.items():
        if isinstance(value, dict):
            inside = {f"{key}.{inner}": as_text(part) for inner, part in value.items()}
            values |= {f"{name}_2" if name in item else name: part for name, part in inside.items()}
        else:
            values[key] = as_text(value)
    if encoding.errors == "surrogateescape" and (bad := sum(map(broken_bytes, values.values()))):
        return _rejected(source, row, str(item), f"{bad} bytes are not UTF-8. Save the file again as UTF-8.")
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
