from itertools import permutations

import numpy as np
import pytest

from framing.copy_groups import group_texts
from framing.shingles import number_words
from framing.text_pairs import find_pairs
from framing.word_weights import WordWeights


def story(seed: int, n_words: int = 60) -> str:
    drawn = np.random.default_rng(seed)
    return " ".join("ك" + "".join(map(chr, letters)) for letters in 0x628 + drawn.integers(0, 18, (n_words, 3)))


def groups(texts):
    numbers = number_words(texts)
    pairs = find_pairs(
        numbers, outlets=[f"و{n}" for n in range(len(texts))], days=[None] * len(texts), weights=WordWeights(numbers),
        seed=0, least=0.5, least_back=0.25,
    )  # fmt: skip
    return group_texts(pairs)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_article_of_two_stories_joins_one_of_them_in_any_order(order):
    texts = [story(1), story(2), f"{story(1)} {story(2)}"]
    found = groups([texts[i] for i in order])
    assert len(found) == 1
    assert len(found[0]) == 2
    assert order.index(2) in found[0]  # the two stories alone are never together


def test_bridges_between_many_stories_glue_none():
    stories = [story(n) for n in range(8)]
    texts = stories * 2 + [f"{a} {b}" for a, b in zip(stories, stories[1:] + stories[:1], strict=True)]
    where = {i: n for n, group in enumerate(groups(texts)) for i in group}
    assert len({where[i] for i in range(8)}) == 8
    assert all(where[i] == where[i + 8] for i in range(8))


def test_edited_versions_that_have_little_of_each_other_still_join():
    first = story(1, 100).split()
    versions = [first, first[:70] + story(2, 10).split(), story(3, 10).split() + first[35:]]
    assert groups([" ".join(words) for words in versions]) == [[0, 1, 2]]


class KnownPairs:
    """Pairs by hand: five texts, of which the last two share their text with each other, 1 and 2, but not with 0."""

    def __init__(self):
        pairs = {0.7: [(0, 1), (0, 2)], 0.6: [(1, 2)], 0.5: [(3, 4)], 0.4: [(1, 3), (2, 3), (1, 4), (2, 4)]}
        self.alike = {pair: value for value, found in pairs.items() for pair in found}

    def clusters(self):
        return {i: [i] for i in range(5)}

    def by_resemblance(self):
        return sorted(self.alike, key=lambda pair: (-self.alike[pair], pair))

    def resemblance(self, i, j):
        return self.alike.get((min(i, j), max(i, j)), 0.0) + (0.5 if 0 in (i, j) else 0.0)

    def confirmed(self, i, j):
        return (min(i, j), max(i, j)) in self.alike

    def containment(self, i, j):
        return (0.5, 0.5)


def test_members_the_middle_does_not_hold_form_a_group_of_their_own():
    assert group_texts(KnownPairs()) == [[0, 1, 2], [3, 4]]


def test_large_group_is_one_group():
    body = story(1, 120)
    assert [len(group) for group in groups([f"{story(n + 9, 25)} {body}" for n in range(80)])] == [80]
