"""What each member of a group of copies is, and who tells an agency's item in other words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from framing.readers.agencies import SEVERAL, is_agency
from framing.relays import alike_by_words
from framing.text_pairs import Pairs

COPY = 0.9
# Set on pairs that were read (benchmarks/copies.md): at a cosine of .5 to .6 two items on one person still met, and
# below the agreement telegrams of one form did.
RELAY_COSINE, RELAY_AGREEMENT, RELAY_DAYS = 0.6, 0.6, 1

# Number of the group, role, similarity; and the day and moment of printing, for sorting.
Entry = tuple[int, str, float]
When = tuple[str, str]


def name_roles(
    number: int,
    members: list[int],
    pairs: Pairs,
    outlets: Sequence[str],
    credit: Sequence[str],
    order: Sequence[When],
) -> dict[int, Entry]:
    """Name each member's role in its group."""
    agency = Counter(credit[i] for i in members if credit[i] and credit[i] != SEVERAL).most_common(1)
    name = agency[0][0] if agency else ""

    def rank(i: int) -> tuple[str, bool, str, int]:
        day, moment = order[i]
        return (day, not is_agency(outlets[i], name), moment, i)

    ranked = sorted(members, key=rank)
    original, seen = ranked[0], {outlets[ranked[0]]}
    found = {original: (number, "original", 1.0)}
    for i in ranked[1:]:
        there, back = pairs.containment(i, original)
        role = "self" if outlets[i] in seen else "copy" if min(there, back) >= COPY else "edited"
        seen.add(outlets[i])
        found[i] = (number, role, max(there, back))
    return found


def find_relays(
    pairs: Pairs,
    outlets: Sequence[str],
    credit: Sequence[str],
    entries: Mapping[int, Entry],
    order: Sequence[When],
) -> dict[int, Entry]:
    """Find articles in no group that tell an agency's item in other words: same agency, day and words.

    Only the most alike article counts that is in a group or was printed earlier, at most one day apart, in
    another outlet; an outlet that the group has already prints a further item. In the order of printing, so
    that a relay never leads to a further relay.
    """
    near = _alike(pairs, outlets, credit)
    found: dict[int, Entry] = {}
    printed_by: list[set[str]] = [set() for _ in range(1 + max((n for n, _, _ in entries.values()), default=-1))]
    for i, (number, _, _) in entries.items():
        printed_by[number].add(outlets[i])
    for i in sorted(near, key=lambda i: (*order[i], i)):
        if i in entries:
            continue
        earlier = []
        for alike, j in near[i]:
            number, role, _ = entries.get(j) or found.get(j) or (-1, "", 0.0)
            leads = j in entries or (role != "relay" and (*order[j], j) < (*order[i], i))
            if leads and (number < 0 or outlets[i] not in printed_by[number]):
                earlier.append((alike, -j, number))
        if not earlier:
            continue
        best, minus, number = max(earlier)
        if number < 0:
            number, found[-minus] = len(printed_by), (len(printed_by), "original", 1.0)
            printed_by.append({outlets[-minus]})
        found[i] = (number, "relay", best)
        printed_by[number].add(outlets[i])
    return found


def _alike(pairs: Pairs, outlets: Sequence[str], credit: Sequence[str]) -> dict[int, list[tuple[float, int]]]:
    """Give for each article that credits an agency those of other outlets that may tell the same item.

    Two that share their text are no relays of each other: where they are in no common group, one of them holds
    a second story.
    """
    rows = [i for i, name in enumerate(credit) if name and name != SEVERAL and pairs.days[i] is not None]
    near: dict[int, list[tuple[float, int]]] = {i: [] for i in rows}
    names, when = [credit[i] for i in rows], [pairs.days[i] or 0 for i in rows]
    for a, b, alike in alike_by_words(pairs.weights.matrix(rows), names, when, least=RELAY_COSINE, apart=RELAY_DAYS):
        i, j = rows[a], rows[b]
        if outlets[i] == outlets[j] or pairs.confirmed(i, j):
            continue
        if pairs.weights.agreement(i, j) >= RELAY_AGREEMENT:
            near[i].append((alike, j))
            near[j].append((alike, i))
    return near
