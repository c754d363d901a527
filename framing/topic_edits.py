"""What people change about clusters: merge, split, rename, re-assign, pin; undo; a log of it all.

Each edit gives a new result and leaves the old one as it was. The log holds what was done, by whom and when,
so that it can be kept in a manifest and done again on the same fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from framing.topic_model import centred
from framing.topic_result import TopicAssignment, fit_hash, with_tables

# A topic of an earlier fit goes on in a new one that shares at least this much of both, to keep its name.
SAME_TOPIC = 0.5


def merge_topics(found: TopicAssignment, topics: Iterable[int], *, by: str, at: str | None = None) -> TopicAssignment:
    """Make one topic of several; it has the lowest of their numbers and, where it had one, that topic's name."""
    numbers = sorted({int(topic) for topic in topics})
    _check(found, numbers)
    if len(numbers) < 2:
        raise ValueError(f"got topics {numbers}; a merge needs at least two different ones")
    topic = _topics(found)
    topic[np.isin(topic, numbers)] = numbers[0]
    return _edited(found, topic, _how(found), {"action": "merge", "topics": numbers}, by, at)


def split_topic(
    found: TopicAssignment, topic: int, *, n: int = 2, seed: int = 0, by: str, at: str | None = None
) -> TopicAssignment:
    """Cut a topic into `n` by k-means on its units' vectors; the largest part keeps the number and the name."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    _check(found, [topic])
    numbers, vectors = _topics(found), found.known()[1]
    member = np.flatnonzero(numbers == topic)
    assert found.frozen is not None
    rows = centred(vectors.matrix[member], found.frozen.mean)
    if not 2 <= n <= len(np.unique(rows.round(5), axis=0)):
        raise ValueError(f"topic {topic} cannot be cut into {n}; it has {len(member)} units. Ask for 2 or a few more")
    with threadpool_limits(limits=1):
        part = KMeans(n, n_init=10, random_state=seed).fit_predict(rows)
    order = np.argsort(-np.bincount(part, minlength=n), kind="stable")
    free = int(numbers.max()) + 1
    for place, old in enumerate(order[1:]):
        numbers[member[part == old]] = free + place
    return _edited(found, numbers, _how(found), {"action": "split", "topic": topic, "n": n, "seed": seed}, by, at)


def rename_topic(
    found: TopicAssignment, topic: int, name: str, *, definition: str = "", by: str, at: str | None = None
) -> TopicAssignment:
    """Name a topic after reading it. With a definition, and 20 units read, it may be called an emergent frame."""
    _check(found, [topic])
    if not name.strip():
        raise ValueError(f"the name of topic {topic} is empty; write one, or undo the naming")
    entry = {"action": "rename", "topic": topic, "name": name.strip(), "definition": definition}
    return _edited(found, _topics(found), _how(found), entry, by, at)


def move_units(
    found: TopicAssignment, unit_ids: Sequence[str], topic: int, *, by: str, at: str | None = None
) -> TopicAssignment:
    """Give units another topic, or -1 for none. A later fit decides anew; `pin_units` stays."""
    entry = {"action": "move", "unit_ids": list(unit_ids), "topic": topic}
    return _given(found, unit_ids, topic, "moved", entry, by, at)


def pin_units(
    found: TopicAssignment, unit_ids: Sequence[str], topic: int, *, by: str, at: str | None = None
) -> TopicAssignment:
    """Give units a topic that a later fit keeps (`fit_topics(..., keep=...)`)."""
    entry = {"action": "pin", "unit_ids": list(unit_ids), "topic": topic}
    return _given(found, unit_ids, topic, "pinned", entry, by, at)


def undo_reassigned(
    found: TopicAssignment, topics: Iterable[int] | None = None, *, by: str, at: str | None = None
) -> TopicAssignment:
    """Make outliers of the units that HDBSCAN called so and that were given to the nearest topic.

    Parameters
    ----------
    topics : only in these; None in all.
    """
    numbers = sorted({int(t) for t in (_real(found) if topics is None else topics)})
    _check(found, numbers)
    topic, how = _topics(found), _how(found)
    chosen = np.isin(topic, numbers) & (how == "reassigned")
    topic[chosen], how[chosen] = -1, "outlier"
    return _edited(found, topic, how, {"action": "undo_reassigned", "topics": numbers}, by, at)


def undo(found: TopicAssignment, *, by: str, at: str | None = None) -> TopicAssignment:
    """Take the last edit back; again, the one before it. The log keeps both.

    Raises
    ------
    ValueError : nothing was edited here.
    """
    if found.before is None:
        raise ValueError("there is no edit to undo; these topics are as they were fitted or read")
    entry = _entry({"action": "undo"}, by, at)
    return replace(found.before, log=(*found.log, entry))


def replay(found: TopicAssignment, log: Iterable[Mapping[str, Any]]) -> TopicAssignment:
    """Do the edits of a log again on the same fit.

    Raises
    ------
    ValueError : the log belongs to another fit, or holds an action that is not known.
    """
    for entry in log:
        action = str(entry.get("action"))
        if action not in ACTIONS:
            raise ValueError(f"the edit log holds {action!r}; known are {', '.join(sorted(ACTIONS))}")
        if not found.log and entry.get("fit") not in (None, fit_hash(found)):
            raise ValueError("the edit log belongs to another fit; fit with keep= to carry pins and names over")
        told = {key: value for key, value in entry.items() if key not in ("action", "fit")}
        found = ACTIONS[action](found, **told)
    return found


def carry_over(found: TopicAssignment, earlier: TopicAssignment) -> TopicAssignment:
    """Keep an earlier result's pinned units and names in a new fit.

    A topic goes on in the new topic that shares most of its units. A name goes on where they share half of the
    units of both; pinned units whose topic has no such successor get a topic of their own.
    """
    old = dict(zip(earlier.unit_topics["unit_id"].astype(str), _topics(earlier), strict=True))
    ids = found.unit_topics["unit_id"].astype(str).to_numpy()
    was = np.array([old.get(unit_id, -2) for unit_id in ids], dtype=np.int64)
    if found.frozen is None:
        return replace(found, log=earlier.log)
    topic, how, names = _topics(found), _how(found), dict(found.frozen.names)
    pinned_ids = set(earlier.unit_topics.loc[_how(earlier) == "pinned", "unit_id"].astype(str))
    pinned = np.isin(ids, list(pinned_ids))
    told = {int(r.topic): r.name for r in _named(earlier)}
    for number in sorted({*was[pinned].tolist(), *told} - {-2}):
        heir = -1 if number == -1 else _heir(topic, was, number)
        if heir is None:
            if not (pinned & (was == number)).any():
                continue
            heir = int(topic.max()) + 1
        mine = pinned & (was == number)
        topic[mine], how[mine] = heir, "pinned"
        if number in told:
            names[heir] = told[number]
    lost = sorted(pinned_ids - set(ids.tolist()))
    entry = {
        "action": "refit",
        "n_pinned": int(pinned.sum()),
        "lost": lost,
        "names": {str(k): v for k, v in names.items()},
    }
    units = found.unit_topics.assign(topic=topic, how=how)
    return with_tables(replace(found, unit_topics=units, log=(*earlier.log, entry)), names=names)


def _heir(topic: np.ndarray, was: np.ndarray, number: int) -> int | None:
    """Give the new topic that shares half of the units of both with an old one, or None."""
    inside = topic[(was == number) & (topic >= 0)]
    if not len(inside):
        return None
    best = int(np.bincount(inside).argmax())
    shared = int((inside == best).sum())
    whole = int(((was == number) | ((topic == best) & (was != -2))).sum())
    return best if shared / whole >= SAME_TOPIC else None


def _named(found: TopicAssignment) -> list[Any]:
    rows = found.topics[found.topics["name"].notna()] if len(found.topics) else found.topics
    return list(rows.itertuples())


def _given(
    found: TopicAssignment,
    unit_ids: Sequence[str],
    topic: int,
    how: str,
    entry: dict[str, Any],
    by: str,
    at: str | None,
) -> TopicAssignment:
    if isinstance(unit_ids, str):
        raise TypeError(f"got one text, {unit_ids!r}; a list of unit ids is needed. Write [unit_id]")
    if topic != -1:
        _check(found, [topic])
    place = {unit_id: row for row, unit_id in enumerate(found.unit_topics["unit_id"].astype(str))}
    lost = [unit_id for unit_id in unit_ids if unit_id not in place]
    if lost:
        raise ValueError(f"{len(lost)} of {len(unit_ids)} units are not among these, such as {lost[0]}; check the ids")
    rows = [place[unit_id] for unit_id in unit_ids]
    topics, states = _topics(found), _how(found)
    topics[rows], states[rows] = topic, how
    return _edited(found, topics, states, entry, by, at)


def _edited(
    found: TopicAssignment, topic: np.ndarray, how: np.ndarray, entry: dict[str, Any], by: str, at: str | None
) -> TopicAssignment:
    if not (topic >= 0).any():
        raise ValueError("after this no unit would have a topic; keep at least one")
    assert found.frozen is not None
    names = dict(found.frozen.names)
    if entry["action"] == "rename":
        names[int(entry["topic"])] = entry["name"]
    fit = {} if found.log else {"fit": fit_hash(found)}
    log = (*found.log, _entry(entry | fit, by, at))
    units = found.unit_topics.assign(topic=topic, how=how)
    return with_tables(replace(found, unit_topics=units, log=log, before=found), names=names)


def _entry(entry: dict[str, Any], by: str, at: str | None) -> dict[str, Any]:
    if not by.strip():
        raise ValueError("an edit needs by=, the pseudonym of who made it")
    return {**entry, "by": by, "at": at or datetime.now(UTC).date().isoformat()}


def _topics(found: TopicAssignment) -> np.ndarray:
    return found.unit_topics["topic"].to_numpy(np.int64).copy()


def _how(found: TopicAssignment) -> np.ndarray:
    return np.array(found.unit_topics["how"].astype(str).to_numpy(), dtype=object)


def _real(found: TopicAssignment) -> list[int]:
    return sorted({int(topic) for topic in found.unit_topics["topic"] if topic >= 0})


def _check(found: TopicAssignment, topics: Iterable[int]) -> None:
    real = _real(found)
    missing = [topic for topic in topics if topic not in real]
    if missing:
        raise ValueError(f"there is no topic {missing[0]}; there are {', '.join(map(str, real)) or 'none'}")


ACTIONS: dict[str, Callable[..., TopicAssignment]] = {
    "merge": merge_topics, "split": split_topic, "rename": rename_topic, "move": move_units, "pin": pin_units,
    "undo_reassigned": undo_reassigned, "undo": undo,
}  # fmt: skip
