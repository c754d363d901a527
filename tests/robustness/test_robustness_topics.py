"""Two clusterings held against each other, worked out by hand."""

import pandas as pd
import pytest

from framing.robustness_topics import matched_words, topic_row, topic_table
from framing.topics import TopicAssignment


def clusters(topic, words, reason=""):
    units = pd.DataFrame({"unit_id": [f"u{n}" for n in range(len(topic))], "topic": topic})
    table = pd.DataFrame({"topic": list(words), "words": list(words.values())})
    return TopicAssignment(units, table, {}, reason)


BASE = clusters([0, 0, 0, 1, 1, 1, -1, -1], {-1: [], 0: ["a", "b"], 1: ["c", "d"]})
# The same groups under other numbers, one unit moved out; one word of cluster 1 is another.
OTHER = clusters([1, 1, 1, 0, 0, -1, -1, -1], {-1: [], 1: ["a", "b"], 0: ["c", "e"]})


def test_a_clustering_agrees_with_itself():
    row = topic_row(BASE, BASE, seed=1, is_base=True)
    assert (row["ari"], row["ari_inside"], row["words_jaccard"], row["n_topics"]) == (1.0, 1.0, 1.0, 2)
    assert row["outlier_share"] == pytest.approx(0.25)


def test_numbers_of_clusters_do_not_matter():
    row = topic_row(OTHER, BASE, seed=2, is_base=False)
    assert row["ari_inside"] == 1.0
    assert row["ari"] < 1
    assert row["words_jaccard"] == pytest.approx((1 + 1 / 3) / 2)


def test_a_cluster_without_a_partner_counts_nothing():
    three = clusters([0, 0, 0, 1, 1, 2, 2, 2], {0: ["a", "b"], 1: ["c", "d"], 2: ["x"]})
    jaccard, n_matched = matched_words(three, BASE)
    assert (jaccard, n_matched) == (pytest.approx(2 / 3), 2)


def test_no_clusters_give_the_reason_and_no_figure():
    none = clusters([-1] * 8, {}, "too few units")
    row = topic_row(none, BASE, seed=3, is_base=False)
    assert row["reason"] == "too few units"
    assert topic_table([row])["ari"].isna().all()
    assert matched_words(none, BASE)[1] == 0
