"""What may stand in a codebook file, and every fault of one: file, key and what to write, in English and Arabic.

A room of its own above `codebook.py`: the form of the file apart from what is done with a codebook.
The keys are those of METHODS, section 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from framing.codebook_faults import TOP, Faults, Place

TOP_KEYS = (
    "id", "title", "version", "purpose", "citation", "frames", "none_examples", "fields", "relevance", "notes", "log",
)  # fmt: skip
FRAME_KEYS = (
    "id", "parent", "name", "definition", "functions", "include", "exclude", "terms", "veto", "generic",
    "source", "examples", "contested_examples",
)  # fmt: skip
EXAMPLE_KEYS = ("text", "style", "also", "hard")
FUNCTIONS = ("problem", "cause", "moral", "remedy")
RELATIONS = ("exact", "narrower", "overlaps")
# A form names and defines frames, for coders and for `generic` mappings; no model can be taught by it.
PURPOSES = ("scoring", "form")
BOTH = "{ar: ..., en: ...}"


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
        return self.name.get(language) or next((name for name in self.name.values() if name), self.frame_id)


@dataclass(frozen=True)
class Content:
    """What a file holds, checked."""

    codebook_id: str
    title: Mapping[str, str]
    version: str
    purpose: str
    frames: tuple[Frame, ...]
    examples: tuple[Example, ...]
    relevance: tuple[str, ...]
    citation: str
    fields: Mapping[str, Any]
    log: tuple[Mapping[str, Any], ...]


def read_content(raw: Any, *, name: str, faults: Faults) -> Content:
    """Check what a codebook's YAML holds and give it.

    Parameters
    ----------
    raw : the file as YAML reads it. name : the codebook's id where the file gives none.

    Raises
    ------
    CodebookError : one line per fault.
    """
    if not isinstance(raw, dict) or not isinstance(raw.get("frames"), list) or not raw.get("frames"):
        faults.add(
            TOP,
            "'frames' is missing; write a list of frames, each with id, name and definition",
            "المفتاح 'frames' ناقص؛ اكتب قائمة أطر لكل منها id وname وdefinition",
        )
        faults.stop()
    _unknown(raw, TOP_KEYS, TOP, faults)
    frames = [frame for number, block in enumerate(raw["frames"], 1) if (frame := _frame(block, number, faults))]
    _check_ids(frames, faults)
    examples = list(_examples(raw, {frame.frame_id for frame in frames}, faults))
    _check_repeats(examples, faults)
    relevance = raw.get("relevance") or {}
    query = relevance.get("query", ()) if isinstance(relevance, dict) else ()
    content = Content(
        codebook_id=str(raw.get("id") or name),
        title=_both(raw["title"], "title", TOP, faults) if "title" in raw else {"ar": name, "en": name},
        version=_version(raw.get("version"), faults),
        purpose=_purpose(raw.get("purpose", PURPOSES[0]), faults),
        frames=tuple(frames),
        examples=tuple(examples),
        relevance=_texts(query, "relevance.query", TOP, faults),
        citation=str(raw.get("citation") or ""),
        fields=raw.get("fields") or {},
        log=_log(raw.get("log") or (), faults),
    )
    faults.stop()
    return content


def _version(value: Any, faults: Faults) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or not str(value).strip():
        faults.add(
            TOP, "'version' is missing; write a text such as \"1.0\"", "المفتاح 'version' ناقص؛ اكتب نصًا مثل \"1.0\""
        )
    return str(value)


def _purpose(value: Any, faults: Faults) -> str:
    if value not in PURPOSES:
        allowed = ", ".join(PURPOSES)
        faults.add(
            TOP, f"'purpose' is '{value}'; write one of {allowed}", f"قيمة 'purpose' هي '{value}'؛ اكتب إحدى: {allowed}"
        )
    return str(value)


def _log(value: Any, faults: Faults) -> tuple[Mapping[str, Any], ...]:
    if isinstance(value, (list, tuple)) and all(isinstance(entry, dict) for entry in value):
        return tuple(value)
    faults.add(
        TOP,
        "'log' must be a list of entries such as {version, date, action, by}",
        "'log' قائمة عناصر مثل {version, date, action, by}",
    )
    return ()


def _frame(block: Any, number: int, faults: Faults) -> Frame | None:
    if not isinstance(block, dict) or not isinstance(block.get("id"), str):
        faults.add(
            TOP.inside(f"frames[{number}]"),
            "'id' is missing; write a short Latin name such as 'id: escalation'",
            "المفتاح 'id' ناقص؛ اكتب معرّفًا قصيرًا بحروف لاتينية مثل 'id: escalation'",
        )
        return None
    place = Place.of_frame(block["id"])
    _unknown(block, FRAME_KEYS, place, faults)
    if not block["id"].replace("_", "").replace("-", "").isalnum():
        faults.add(place, "'id' may hold letters, digits, '-' and '_' only", "يُكتب 'id' بحروف وأرقام و'-' و'_' لا غير")
    functions = _texts(block.get("functions", ()), "functions", place, faults)
    for function in (f for f in functions if f not in FUNCTIONS):
        allowed = ", ".join(FUNCTIONS)
        faults.add(
            place,
            f"function '{function}' is not one of {allowed}",
            f"الوظيفة '{function}' غير معروفة؛ اكتب من: {allowed}",
        )
    parent = block.get("parent")
    return Frame(
        frame_id=f"{parent}.{block['id']}" if parent else block["id"],
        name=_both(block.get("name"), "name", place, faults),
        definition=_both(block.get("definition"), "definition", place, faults, needed=not parent),
        parent=str(parent) if parent else None,
        functions=functions,
        include=_texts(block.get("include", ()), "include", place, faults),
        exclude=_texts(block.get("exclude", ()), "exclude", place, faults),
        terms=_terms(block, "terms", place, faults),
        veto=_terms(block, "veto", place, faults),
        generic=_generic(block.get("generic", ()), place, faults),
        source=str(block.get("source") or ""),
    )


def _generic(block: Any, place: Place, faults: Faults) -> tuple[Mapping[str, str], ...]:
    found = []
    wanted = f"{{scheme, frame, relation: {' | '.join(RELATIONS)}}}"
    for item in block if isinstance(block, (list, tuple)) else [block]:
        if not isinstance(item, dict) or not {"scheme", "frame"} <= set(item) or item.get("relation") not in RELATIONS:
            faults.add(place, f"'generic' needs {wanted}", f"يحتاج 'generic' إلى {wanted}")
        else:
            found.append({key: str(value) for key, value in item.items()})
    return tuple(found)


def _examples(raw: Mapping[str, Any], known: set[str], faults: Faults) -> Iterator[Example]:
    for block in (block for block in raw["frames"] if isinstance(block, dict)):
        full = f"{block['parent']}.{block.get('id')}" if block.get("parent") else str(block.get("id"))
        place = Place.of_frame(full)
        for key, frames, contested in (("examples", (full,), ()), ("contested_examples", (), (full,))):
            for number, item in enumerate(_list(block, key, place, faults), 1):
                yield from _example(item, frames, contested, place.inside(f"{key}[{number}]"), known, faults)
    for number, item in enumerate(_list(raw, "none_examples", TOP, faults), 1):
        yield from _example(item, (), (), TOP.inside(f"none_examples[{number}]"), known, faults)


def _example(
    item: Any, frames: tuple[str, ...], contested: tuple[str, ...], place: Place, known: set[str], faults: Faults
) -> Iterator[Example]:
    block = {"text": item} if isinstance(item, str) else item
    if not isinstance(block, dict) or not isinstance(block.get("text"), str) or not block["text"].strip():
        faults.add(
            place,
            "needs a text; write '- text: ...' or the sentence itself",
            "ينقصه نص؛ اكتب '- text: ...' أو الجملة نفسها",
        )
        return
    _unknown(block, EXAMPLE_KEYS, place, faults)
    also = _texts(block.get("also", ()), "also", place, faults)
    for other in (other for other in also if other not in known):
        here = ", ".join(sorted(known))
        faults.add(
            place, f"'also' names '{other}'; frames here are {here}", f"يذكر 'also' الإطار '{other}'؛ الأطر هنا: {here}"
        )
    style = str(block.get("style") or "")
    yield Example(block["text"], style, (*frames, *also), contested, bool(block.get("hard", False)))


def _check_ids(frames: Sequence[Frame], faults: Faults) -> None:
    parents = [frame.frame_id for frame in frames if frame.parent is None]
    seen: set[str] = set()
    for frame in frames:
        if frame.frame_id in seen:
            faults.add(
                TOP,
                f"frame '{frame.frame_id}' stands twice; give one of them another id",
                f"الإطار '{frame.frame_id}' مكرر؛ غيّر معرّف أحدهما",
            )
        if frame.parent is not None and frame.parent not in parents:
            faults.add(
                Place.of_frame(frame.frame_id),
                f"parent '{frame.parent}' is not a frame of the top level; write the id of one",
                f"الإطار الأب '{frame.parent}' ليس إطارًا رئيسيًا هنا؛ اكتب معرّف إطار رئيسي",
            )
        seen.add(frame.frame_id)


def _check_repeats(examples: Sequence[Example], faults: Faults) -> None:
    seen: dict[str, Example] = {}
    for example in examples:
        other = seen.setdefault(example.text.strip(), example)
        if other is not example:
            faults.add(
                TOP,
                f"an example stands twice: '{example.text[:60]}'; keep one and name other frames under 'also'",
                f"مثال مكرر: «{example.text[:60]}»؛ أبقِ واحدًا واذكر الأطر الأخرى تحت 'also'",
            )


def _unknown(block: Mapping[str, Any], allowed: tuple[str, ...], place: Place, faults: Faults) -> None:
    for key in block:
        if key not in allowed:
            near = get_close_matches(str(key), allowed, 1)
            keys = ", ".join(allowed)
            faults.add(
                place,
                f"'{key}' is not a key of a codebook; "
                + (f"did you mean '{near[0]}'?" if near else f"known keys: {keys}"),
                f"'{key}' ليس من مفاتيح الدليل؛ " + (f"هل تقصد '{near[0]}'؟" if near else f"المفاتيح: {keys}"),
            )


def _both(value: Any, key: str, place: Place, faults: Faults, *, needed: bool = True) -> dict[str, str]:
    """Read a text in both languages; one language is enough, blank ones are left out."""
    named = {"ar": value, "en": value} if isinstance(value, str) or value is None else value
    is_right = isinstance(named, dict) and set(named) <= {"ar", "en"}
    if not is_right or not all(isinstance(text, str) or text is None for text in named.values()):
        faults.add(place, f"'{key}' must be a text or {BOTH}", f"'{key}' نص أو {BOTH}")
        return {}
    found = {language: text for language, text in named.items() if text and text.strip()}
    if needed and not found:
        state, state_ar = ("missing", "ناقص") if value is None else ("empty", "فارغ")
        faults.add(place, f"'{key}' is {state}; write {key}: {BOTH}", f"'{key}' {state_ar}؛ اكتب {key}: {BOTH}")
    return found


def _list(block: Mapping[str, Any], key: str, place: Place, faults: Faults) -> list[Any]:
    value = block.get(key) or []
    if isinstance(value, list):
        return value
    faults.add(
        place,
        f"'{key}' must be a list; write one '- text: ...' per line",
        f"'{key}' قائمة؛ اكتب '- text: ...' في كل سطر",
    )
    return []


def _texts(value: Any, key: str, place: Place, faults: Faults) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if values is None:
        return ()
    if isinstance(values, (list, tuple)) and all(isinstance(v, str) and v.strip() for v in values):
        return tuple(values)
    faults.add(
        place,
        f"'{key}' must be a list of texts; write {key}: [..., ...]",
        f"'{key}' قائمة نصوص؛ اكتب {key}: [..., ...]",
    )
    return ()


def _terms(block: Mapping[str, Any], key: str, place: Place, faults: Faults) -> tuple[str, ...]:
    """Read words to look for; each needs a letter or digit, or nothing could be found."""
    found = _texts(block.get(key, ()), key, place, faults)
    for term in (term for term in found if not any(letter.isalnum() for letter in term)):
        faults.add(
            place,
            f"'{key}' holds '{term}', which has no letter; write a word",
            f"في '{key}' '{term}' بلا حرف؛ اكتب كلمة",
        )
    return found
