import numpy as np
import pytest
from datasketch import MinHash

from framing.shingles import number_words
from framing.text_pairs import MAX_COMPARED, _sketch, find_pairs
from framing.word_weights import WordWeights


def text(first: int, last: int) -> str:
    return " ".join(f"كلمة{chr(0x628 + n % 18)}{chr(0x628 + n // 18)}" for n in range(first, last))


def pairs(*texts: str, least=0.5, back=0.25, seed=0, outlets=None, days=None):
    numbers = number_words(texts)
    return find_pairs(
        numbers, outlets=outlets or [f"و{n}" for n in range(len(texts))], days=days or [None] * len(texts),
        weights=WordWeights(numbers), seed=seed, least=least, least_back=back,
    )  # fmt: skip


def test_same_words_are_a_pair_whatever_their_marks():
    found = pairs("أعلنت الوزارة اليوم", "اعلنت الوزارةُ اليوم.")
    assert found.containment(0, 1) == (1.0, 1.0)
    assert found.confirmed(0, 1)
    assert found.resemblance(0, 1) == 1


def test_part_of_a_text_is_found_with_both_containments():
    found = pairs(text(0, 100), text(0, 60))
    there, back = found.containment(0, 1)
    assert back == 1.0
    assert 0.5 < there < 0.65
    assert found.containment(1, 0) == (back, there)
    assert found.by_resemblance() == [(0, 1)]


def test_short_text_inside_a_long_roundup_is_no_pair():
    assert not pairs(text(0, 40), text(0, 300)).confirmed(0, 1)


def test_other_words_are_no_pair():
    assert not pairs(text(0, 80), text(100, 180)).found


def test_footer_of_one_outlet_makes_no_pair():
    texts = [f"{text(5 * n, 5 * n + 5)} {text(300, 318)}" for n in range(50)]
    found = pairs(*texts, outlets=["ألف"] * 50)
    assert not found.found
    assert not found.leaders


def test_item_in_very_many_outlets_is_one_cluster():
    texts = [f"{text(5 * n, 5 * n + 3)} {text(300, 400)}" for n in range(50)]
    assert [len(cluster) for cluster in pairs(*texts).clusters().values()] == [50]


def test_texts_without_words_are_passed_over():
    found = pairs("", "...", "")
    assert not found.found
    assert not found.confirmed(0, 2)


def test_text_that_is_nearly_an_earlier_one_follows_it():
    found = pairs(text(0, 100), text(3, 100), text(0, 50))
    assert found.leaders == {1: 0}
    assert list(found.found) == [(0, 2)]
    assert found.clusters() == {0: [0, 1], 2: [2]}


def test_seed_does_not_change_what_is_confirmed_here():
    texts = [text(0, 100), text(0, 90), text(20, 110), text(200, 290)]
    assert pairs(*texts).found == pairs(*texts, seed=7).found


def test_text_of_many_megabytes_is_sketched_in_pieces(monkeypatch):
    empty = MinHash(num_perm=128, seed=1, hashfunc=int)
    shingles = np.arange(100, dtype=np.uint64)
    whole = _sketch(shingles, empty).hashvalues
    monkeypatch.setattr("framing.text_pairs.CHUNK", 10)
    assert np.array_equal(_sketch(shingles, empty).hashvalues, whole)


def test_texts_of_one_form_days_apart_are_no_pair_where_their_names_differ():
    form, bolivia, ecuador = text(0, 60), "بوليفيا موراليس " * 3, "الإكوادور كوريا " * 3
    telegrams = [f"{bolivia}{form}", f"{ecuador}{form}"]
    assert pairs(*telegrams, days=[0, 1]).confirmed(0, 1)
    assert not pairs(*telegrams, days=[0, 5]).confirmed(0, 1)
    assert pairs(telegrams[0], telegrams[0] + " " + text(80, 90), days=[0, 5]).confirmed(0, 1)


def versions(n_stories: int, n_versions: int) -> list[str]:
    """Write stories in versions: each has the same half of a text and a half of its own."""
    drawn = np.random.default_rng(5)

    def some(n: int) -> str:
        return " ".join(
            f"ك{chr(0x628 + a)}{chr(0x628 + b)}{chr(0x628 + c)}" for a, b, c in drawn.integers(0, 18, (n, 3))
        )

    return [f"{half} {some(40)}" for half in (some(60) for _ in range(n_stories)) for _ in range(n_versions)]


@pytest.mark.parametrize("grow", ["stories", "versions", "equal texts", "near twins"])
def test_compared_pairs_grow_with_the_number_of_texts(grow):
    def n_compared(n: int) -> int:
        texts = {
            "stories": versions(n, 4), "versions": versions(2, 4 * n), "equal texts": [text(0, 100)] * 4 * n,
            "near twins": [f"{text(k, k + 2)} {text(200, 320)}" for k in range(4 * n)],
        }[grow]  # fmt: skip
        return len(pairs(*texts).compared)

    small, large = n_compared(40), n_compared(80)
    assert large <= 2.3 * small + 1
    assert large <= MAX_COMPARED * 8 * 80
