"""A codebook extended: further examples, and a frame from a cluster that a person read and named.

A room of its own above `codebook.py`: the rules on what may be added, on plain YAML content. Nothing given
is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

import pandas as pd

from framing.arabic import words
from framing.codebook_faults import TOP, Faults, Place
from framing.codebook_schema import Example
from framing.errors import CodebookError
from framing.files import sha256_text

COLUMNS = ("text", "frames", "style", "contested", "hard")
# METHODS, section 1: what a person must have read before a cluster may be called a frame. "Several" is two or more.
MIN_READ, MIN_OUTLETS = 20, 2


@dataclass(frozen=True)
class Reading:
    """What a person read of a cluster before naming it: unit ids of the cluster, and their outlets."""

    topic: int
    n_units: int
    read: tuple[str, ...]
    n_foreign: int
    outlets: tuple[str, ...]
    by: str
    when: date


def next_version(version: str, wanted: str | None) -> str:
    """Give the version of an extended codebook: the one wanted, or the present one counted up (1.0 to 1.1).

    Raises
    ------
    CodebookError : the one wanted is blank or the present one, or the present one is no number to count up.
    """
    if wanted is None:
        numbers = re.fullmatch(r"(\d+)(?:\.(\d+))?((?:\.\d+)*)", version)
        if numbers:
            return f"{numbers[1]}.{int(numbers[2] or 0) + 1}" + re.sub(r"\d+", "0", numbers[3])
    elif str(wanted).strip() and str(wanted) != version:
        return str(wanted)
    raise CodebookError(
        f"version '{version if wanted is None else wanted}': an extended codebook needs another version than"
        f" '{version}'. Pass version=, such as version=\"1.1\".",
        ar=f"يحتاج الدليل بعد توسيعه إلى رقم نسخة غير '{version}'. اكتب version= مثل version=\"1.1\".",
    )


def with_examples(
    raw: Mapping[str, Any],
    present: Sequence[Example],
    frame_ids: Sequence[str],
    examples: pd.DataFrame | Iterable[Mapping[str, Any] | Example],
    faults: Faults,
) -> dict[str, Any]:
    """Give the content of a codebook with further examples; what cannot be added is noted as a fault."""
    grown = deepcopy(dict(raw))
    seen = {_key(example.text): example for example in present}
    rows = examples.to_dict("records") if isinstance(examples, pd.DataFrame) else list(examples)
    if not rows:
        faults.add(TOP, "no example was given; give at least one", "لا أمثلة؛ أعطِ مثالًا واحدًا على الأقل")
    for number, row in enumerate(rows, 1):
        place = Place(f"example {number}: ", f"المثال {number}: ")
        example = _read(row, place, faults)
        if example is not None and _fits(example, frame_ids, seen, place, faults):
            seen[_key(example.text)] = example
            _put(grown, example)
    return grown


def _key(text: str) -> str:
    """Give what two examples of the same words share: spelling of alef and ya, marks and punctuation aside."""
    return " ".join(words(text)) or text.strip()


def _read(row: Any, place: Place, faults: Faults) -> Example | None:
    if isinstance(row, Example):
        return row
    if not isinstance(row, Mapping) or not isinstance(row.get("text"), str) or not row["text"].strip():
        faults.add(place, "has no text; give text and frames", "بلا نص؛ أعطِ text وframes")
        return None
    if unknown := [key for key in row if key not in COLUMNS]:
        keys = ", ".join(COLUMNS)
        faults.add(place, f"'{unknown[0]}' is not known; give {keys}", f"'{unknown[0]}' غير معروف؛ المفاتيح: {keys}")
        return None
    style = row.get("style")
    return Example(
        row["text"],
        style if isinstance(style, str) else "",
        _ids(row.get("frames")),
        _ids(row.get("contested")),
        str(row.get("hard")).strip().lower() in ("true", "1", "1.0", "yes"),
    )


def _ids(value: Any) -> tuple[str, ...]:
    """Read frame ids: a list of them, or one text with `;` or a comma between; nothing for a missing value."""
    if isinstance(value, str):
        return tuple(part.strip() for part in re.split(r"[;,،؛]", value) if part.strip())
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return ()
    return tuple(str(part) for part in value)


def _fits(
    example: Example, frame_ids: Sequence[str], seen: Mapping[str, Example], place: Place, faults: Faults
) -> bool:
    """Tell whether an example can be added; where not, say why."""
    named = (*example.frames, *example.contested)
    for frame in (frame for frame in named if frame not in frame_ids):
        near = get_close_matches(frame, frame_ids, 1)
        hint = near[0] if near else ", ".join(frame_ids)
        faults.add(place, f"no frame '{frame}'; write {hint}", f"لا إطار باسم '{frame}'؛ اكتب {hint}")
    if both := set(example.frames) & set(example.contested):
        frame = sorted(both)[0]
        faults.add(
            place,
            f"'{frame}' is both carried and contested; choose one",
            f"الإطار '{frame}' وارد ومُعترَض عليه معًا؛ اختر أحدهما",
        )
    elif len(example.contested) > 1:
        faults.add(
            place,
            "names several contested frames; a file can hold one",
            "يذكر أكثر من إطار مُعترَض عليه؛ يُكتب واحد فقط",
        )
    elif all(frame in frame_ids for frame in named):
        return _is_new(example, seen.get(_key(example.text)), place, faults)
    return False


def _is_new(example: Example, other: Example | None, place: Place, faults: Faults) -> bool:
    if other is None:
        return True
    said, now = labels_of(other), labels_of(example)
    shown = example.text[:60]
    if said == now:
        faults.add(place, f"stands already: '{shown}'; leave it out", f"موجود من قبل: «{shown}»؛ احذفه")
    else:
        faults.add(
            place,
            f"contradicts one of the same words: '{shown}' is {said} there and {now} here; keep one",
            f"يناقض مثالًا بالكلمات نفسها: «{shown}» هناك {said} وهنا {now}؛ أبقِ واحدًا",
        )
    return False


def labels_of(example: Example) -> str:
    """Say what an example teaches: its frames, contested ones marked, or `none`."""
    return "; ".join([*sorted(example.frames), *(f"contested {frame}" for frame in example.contested)]) or "none"


def _put(raw: dict[str, Any], example: Example) -> None:
    """Write an example where it belongs in the content."""
    item: dict[str, Any] = {"text": example.text}
    if example.style:
        item["style"] = example.style
    home, *others = (*example.contested, *example.frames) or ("",)
    if others:
        item["also"] = list(others)
    if example.hard:
        item["hard"] = True
    if not home:
        raw["none_examples"] = [*(raw.get("none_examples") or []), item]
        return
    block = next(block for block in raw["frames"] if _full_id(block) == home)
    key = "contested_examples" if example.contested else "examples"
    block[key] = [*(block.get(key) or []), item]


def _full_id(block: Mapping[str, Any]) -> str:
    return f"{block['parent']}.{block['id']}" if block.get("parent") else str(block["id"])


def read_reading(
    topic: int, topics: Any, units: pd.DataFrame, read_units: Iterable[str], by: str, when: date
) -> Reading:
    """Gather what a person read of a cluster.

    Raises
    ------
    ValueError : a table lacks a column.
    """
    table = getattr(topics, "unit_topics", topics)
    for name, found, wanted in (("topics", table, ("unit_id", "topic")), ("units", units, ("unit_id", "outlet"))):
        if missing := [column for column in wanted if column not in found]:
            hint = " Join the outlets: units.merge(articles[['article_id', 'outlet']])." if "outlet" in missing else ""
            raise ValueError(f"{name} has no column '{missing[0]}'; it needs {', '.join(wanted)}.{hint}")
    inside = set(table.loc[table["topic"] == topic, "unit_id"].astype(str))
    read = list(dict.fromkeys(map(str, read_units)))
    counted = tuple(unit for unit in read if unit in inside)
    outlets = units.loc[units["unit_id"].astype(str).isin(counted), "outlet"].dropna().astype(str)
    names = tuple(sorted({outlet for outlet in outlets if outlet.strip()}))
    return Reading(int(topic), len(inside), counted, len(read) - len(counted), names, by.strip(), when)


def with_frame(
    raw: Mapping[str, Any],
    frame_ids: Sequence[str],
    block: Mapping[str, Any],
    reading: Reading,
    version: str,
    faults: Faults,
) -> dict[str, Any]:
    """Give the content of a codebook with an emergent frame and the log of how it came about.

    `block` holds the frame's `id`, `name` and `definition`.
    """
    frame_id = block["id"]
    _check_reading(reading, faults)
    if frame_id in frame_ids:
        faults.add(
            TOP, f"frame '{frame_id}' is there already; choose another id", f"الإطار '{frame_id}' موجود؛ اختر معرّفًا آخر"
        )
    grown = deepcopy(dict(raw))
    source = (
        f"emergent frame: cluster {reading.topic}, read and named by {reading.by}, {reading.when.isoformat()}"
        f" ({len(reading.read)} units of {len(reading.outlets)} outlets read)"
    )
    new = {key: value if isinstance(value, str) else dict(value) for key, value in block.items()}
    grown["frames"] = [*grown["frames"], new | {"source": source}]
    entry = {
        "action": "add_frame", "frame": frame_id, "version": version, "by": reading.by,
        "date": reading.when.isoformat(), "topic": reading.topic, "n_units": reading.n_units,
        "n_read": len(reading.read), "outlets": list(reading.outlets),
        "read_sha256": sha256_text("\n".join(sorted(reading.read))),
    }  # fmt: skip
    grown["log"] = [*(grown.get("log") or []), entry]
    grown["version"] = version
    return grown


def _check_reading(reading: Reading, faults: Faults) -> None:
    """Note what is missing before a cluster may be called a frame."""
    place = Place(f"cluster {reading.topic}: ", f"العنقود {reading.topic}: ")
    n_read = len(reading.read)
    if reading.topic < 0:
        faults.add(
            place, "these units are outliers, no cluster; choose 0 or more", "وحدات خارج العناقيد؛ اختر رقمًا من 0 فأكثر"
        )
    elif not reading.n_units:
        faults.add(place, "no unit is in it; choose a number of the topics", "لا وحدات فيه؛ اختر رقم عنقود موجود")
    if n_read < MIN_READ:
        foreign = f" ({reading.n_foreign} others are not in it)" if reading.n_foreign else ""
        faults.add(
            place,
            f"{n_read} of its {reading.n_units} units were read{foreign}; read at least {MIN_READ}"
            " and pass their ids as read_units=",
            f"قُرئ منه {n_read} من {reading.n_units}؛ اقرأ {MIN_READ} وحدة على الأقل واكتب معرّفاتها في read_units=",
        )
    if len(reading.outlets) < MIN_OUTLETS:
        faults.add(
            place,
            f"what was read is from {len(reading.outlets)} outlet(s); read units of at least {MIN_OUTLETS}",
            f"عدد وسائل ما قُرئ {len(reading.outlets)}؛ اقرأ من {MIN_OUTLETS} على الأقل",
        )
    if not reading.by:
        faults.add(TOP, "named_by is empty; write who read it", "named_by فارغ؛ اكتب من قرأه")
