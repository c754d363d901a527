import numpy as np

from framing.relays import alike_by_words
from framing.shingles import number_words
from framing.word_weights import WordWeights


def story(seed: int, n_words: int = 40) -> list[str]:
    drawn = np.random.default_rng(seed)
    return ["ك" + "".join(map(chr, letters)) for letters in 0x628 + drawn.integers(0, 18, (n_words, 3))]


def alike(texts, *, agencies=None, days=None, least=0.6, apart=1):
    weights = WordWeights(number_words(texts)).matrix(range(len(texts)))
    found = alike_by_words(
        weights, agencies or ["رويترز"] * len(texts), days or [5] * len(texts), least=least, apart=apart
    )
    return {(i, j): round(cosine, 6) for i, j, cosine in found}


def test_same_words_in_another_order_are_alike():
    words = story(1)
    assert alike([" ".join(words), " ".join(words[::-1])]) == {(0, 1): 1.0}


def test_other_agency_or_a_later_day_is_not_compared():
    text = " ".join(story(1))
    assert not alike([text, text], agencies=["رويترز", "واس"])
    assert not alike([text, text], days=[5, 7])
    assert alike([text, text], days=[6, 5])


def test_no_pair_above_the_limit_is_missed():
    drawn = np.random.default_rng(3)
    pool = story(2, 60)
    texts = [" ".join(drawn.choice(pool, 45)) for _ in range(60)]
    weights = WordWeights(number_words(texts)).matrix(range(60))
    cosine = (weights @ weights.T).toarray()
    expected = {(i, j) for i in range(60) for j in range(i + 1, 60) if cosine[i, j] >= 0.6}
    assert len(expected) > 20
    assert set(alike(texts)) == expected


def test_rows_are_compared_in_pieces(monkeypatch):
    texts = [" ".join(story(1)[k:] + story(9)[:k]) for k in range(12)]
    whole = alike(texts)
    monkeypatch.setattr("framing.relays.CHUNK", 3)
    assert alike(texts) == whole
