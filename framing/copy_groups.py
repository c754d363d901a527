"""Groups of texts from pairs: each one story, never a chain of two."""

from __future__ import annotations

from collections.abc import Sequence

from framing.text_pairs import Pairs

# Two heavily edited versions of an item still have so much of each other; two stories have nothing.
NEARLY = 0.3
# So many members speak for a large group when two groups may join.
SPEAKERS = 12
# So many are weighed when a group's middle is sought.
WEIGHED = 40


def group_texts(pairs: Pairs) -> list[list[int]]:
    """Group texts that share their words; each group in the order of its texts, a text in one group at most.

    Groups grow by pairs, the most alike first. Two groups join only where most of their pairs are confirmed,
    and every member is confirmed against the group's middle: an article made of two stories does
    not glue them. Members that the middle does not hold may form a group of their own.
    """
    clusters = pairs.clusters()
    found = []
    for leaders in _grown(list(clusters), pairs):
        members = sorted(i for leader in leaders for i in clusters[leader])
        while len(members) > 1:
            middle = _middle(members, pairs)
            held = [i for i in members if i == middle or pairs.confirmed(i, middle)]
            found += [held] if len(held) > 1 else []
            members = [i for i in members if i not in set(held)]
    return sorted(found)


def _grown(leaders: Sequence[int], pairs: Pairs) -> list[list[int]]:
    """Join leaders that share their words, the most alike first."""
    group_of = {i: [i] for i in leaders}
    for i, j in pairs.by_resemblance():
        one, two = group_of[i], group_of[j]
        if one is two or not _belong(one, two, pairs):
            continue
        small, large = sorted((one, two), key=len)
        large += small
        group_of |= dict.fromkeys(small, large)
    return list({id(group): group for group in group_of.values()}.values())


def _belong(one: Sequence[int], two: Sequence[int], pairs: Pairs) -> bool:
    """Tell whether most pairs between two groups are confirmed; one that nearly is counts half."""
    some, others = _spread(one, SPEAKERS), _spread(two, SPEAKERS)
    score = sum(_weight(a, b, pairs) for a in some for b in others)
    return 2 * score > len(some) * len(others)


def _weight(i: int, j: int, pairs: Pairs) -> float:
    if pairs.confirmed(i, j):
        return 1.0
    return 0.5 if min(pairs.containment(i, j)) >= NEARLY else 0.0


def _middle(members: Sequence[int], pairs: Pairs) -> int:
    """Give the member most like all others."""
    weighed = _spread(members, WEIGHED)
    return max(weighed, key=lambda i: (sum(pairs.resemblance(i, j) for j in weighed if j != i), -i))


def _spread(members: Sequence[int], n: int) -> Sequence[int]:
    """Give at most n members, evenly from first to last."""
    return members if len(members) <= n else [members[k * len(members) // n] for k in range(n)]
