"""Clusters with BERTopic: Arabic survives, nothing given is changed, too little is said plainly."""

import re

import numpy as np
import pandas as pd
import pytest

from framing.arabic import lexical_view, words
from framing.codebook import load_codebook
from framing.frames import FrameAssignment
from framing.topics import TOPIC_COLUMNS, TopicAssignment, fit_topics, stem, stop_words
from framing.vectors import Vectors

ABOUT = {"name": "made", "revision": "1", "precision": "fp32", "n_dims": 8}
OUTLETS = ["صحيفة الفنار", "قناة جيم"]
# Three groups of sentences; every one holds function words, a reporting verb and the name of an outlet.
GROUPS = {
    "safety": "وقالت صحيفة الفنار إن انهيار الأعمدة في {} خطر على هذا الممر",
    "economy": "وأضافت قناة جيم أن كلفة الموازنة في {} زادت خلال ذلك العام",
    "": "وذكرت صحيفة الفنار أن طيور النهر في {} هاجرت منذ الشتاء",
}
PLACES = ["القرية", "المدينة", "الضاحية", "البلدة", "الميناء", "الحقول", "الجزيرة", "الغابة", "الصحراء", "الهضبة"]


@pytest.fixture(scope="module")
def make(request):
    """Give a function that makes an assignment and vectors of three tight groups of units."""
    codebook = load_codebook(request.path.parent / "data" / "codebook.yaml")

    def made(n, *, spread=0.05, apart=True):
        rng = np.random.default_rng(0)
        names = list(GROUPS)
        kinds = [i % 3 if apart else 0 for i in range(n)]
        texts = [GROUPS[names[k]].format(PLACES[(i // 3) % len(PLACES)]) for i, k in enumerate(kinds)]
        ids = [f"a{i // 2}#{i}" for i in range(n)]
        units = pd.DataFrame({"unit_id": ids, "article_id": [f"a{i // 2}" for i in range(n)], "text": texts})
        centres = np.eye(8, dtype=np.float32)[:3]
        matrix = centres[kinds] + rng.normal(0, spread, (n, 8)).astype(np.float32)
        matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
        rows = [
            (ids[i], frame, 0.9 if names[kinds[i]] == frame else 0.1, "carried" if names[kinds[i]] == frame else "none")
            for i in range(n)
            for frame in ("safety", "economy")
        ]
        frames = pd.DataFrame(rows, columns=["unit_id", "frame", "score", "state"])
        return FrameAssignment(frames, units, codebook), Vectors(tuple(ids), matrix, ABOUT)

    return made


@pytest.fixture(scope="module")
def clustered(make):
    """Cluster 90 units once; keep what was given beside what came of it."""
    assignment, vectors = make(90)
    before = vectors.matrix.copy(), assignment.units.copy(), assignment.frames.copy()
    return fit_topics(assignment, vectors, outlets=OUTLETS, min_size=8, seed=3), assignment, vectors, before


def real(found: TopicAssignment) -> pd.DataFrame:
    return found.topics[found.topics["topic"] >= 0]


def all_words(found: TopicAssignment) -> list[str]:
    return [word for phrases in found.topics["words"] for phrase in phrases for word in phrase.split()]


def test_three_groups_of_units_become_three_clusters(clustered):
    found, assignment, *_ = clustered
    assert len(real(found)) == 3
    kind = assignment.dominant().to_numpy()
    topic = found.unit_topics["topic"].to_numpy()
    assert all(len(set(kind[topic == t])) == 1 for t in real(found)["topic"])


def test_every_unit_has_a_topic_or_is_an_outlier(clustered):
    found, assignment, *_ = clustered
    assert found.unit_topics["unit_id"].tolist() == assignment.units["unit_id"].tolist()
    assert set(found.unit_topics["topic"]) <= {-1, *found.topics["topic"]}
    counts = found.unit_topics["topic"].value_counts()
    assert found.topics.set_index("topic")["n_units"].to_dict() == counts.to_dict()


def test_arabic_letters_survive_in_the_words_of_clusters(clustered):
    found, *_ = clustered
    assert all(real(found)["words"].map(len) > 0)
    assert all(re.fullmatch(r"[\u0621-\u064a]{3,}", word) for word in all_words(found))
    assert any("انهيار" in phrases for phrases in real(found)["words"])


def test_words_are_shown_as_they_are_written(clustered):
    found, assignment, *_ = clustered
    written = {token for text in assignment.units["text"] for token in text.split()}
    assert set(all_words(found)) <= written


def test_stop_words_and_names_of_outlets_name_no_cluster(clustered):
    found, *_ = clustered
    seen = {lexical_view(word) for word in all_words(found)}
    unwanted = {"صحيفه", "الفنار", "فنار", "قناه", "جيم", "هذا", "ذلك", "خلال", "منذ", "وقالت", "قالت", "واضافت", "علي"}
    assert seen
    assert not seen & unwanted


def test_package_is_a_frame_or_nothing(clustered):
    found, *_ = clustered
    packages = [package for package in found.topics["package"] if package is not None and package == package]
    assert sorted(packages) == ["economy", "safety"]
    assert found.topics["name"].isna().all()


def test_vectors_units_and_frames_are_left_as_they_were(clustered):
    _, assignment, vectors, (matrix, units, frames) = clustered
    assert vectors.matrix.tobytes() == matrix.tobytes()
    pd.testing.assert_frame_equal(assignment.units, units)
    pd.testing.assert_frame_equal(assignment.frames, frames)


def test_representative_units_are_members_from_different_articles(clustered):
    found, assignment, *_ = clustered
    topic = found.unit_topics.set_index("unit_id")["topic"]
    article = assignment.units.set_index("unit_id")["article_id"]
    for row in real(found).itertuples():
        assert 1 <= len(row.representative) <= 5
        assert set(topic[row.representative]) == {row.topic}
        assert article[row.representative].is_unique


def test_margin_is_nought_for_outliers_and_positive_inside(clustered):
    unit_topics = clustered[0].unit_topics
    inside = unit_topics["topic"] >= 0
    assert (unit_topics.loc[~inside, "margin"] == 0).all()
    assert (unit_topics.loc[inside, "margin"] > 0).all()


def test_summary_counts_clusters_packages_and_outliers(clustered):
    found, *_ = clustered
    assert found.summary().startswith("3 clusters, 2 of them packages of a frame;")
    assert found.to_frame().equals(found.topics)
    assert list(found.topics.columns) == TOPIC_COLUMNS


@pytest.mark.parametrize("n", [0, 1, 39])
def test_too_few_units_give_a_reason_and_no_clusters(make, n):
    assignment, vectors = make(max(n, 1))
    part = FrameAssignment(assignment.frames, assignment.units.head(n), assignment.codebook)
    found = fit_topics(part, Vectors(vectors.unit_ids[:n], vectors.matrix[:n], ABOUT))
    assert found.reason == f"{n} units; clusters need at least 40"
    assert found.summary() == f"no clusters: {found.reason}"
    assert found.unit_topics["topic"].tolist() == [-1] * n
    assert found.topics.empty
    assert list(found.topics.columns) == TOPIC_COLUMNS


def test_vectors_of_other_units_are_refused(make):
    assignment, vectors = make(6)
    other = Vectors(vectors.unit_ids[::-1], vectors.matrix, ABOUT)
    with pytest.raises(ValueError, match="vectors are of other units than the assignment; embed its units"):
        fit_topics(assignment, other)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("والحرب", "حرب"), ("بالحرب", "حرب"), ("للحرب", "حرب"), ("الحرب", "حرب"), ("حرب", "حرب"), ("ولاية", "ولاية")],
)
def test_stem_takes_conjunction_and_article_off(word, expected):
    assert stem(word) == expected


def test_stop_words_hold_function_words_verbs_and_outlets():
    found = stop_words(OUTLETS)
    assert {"الذي", "قال", "اضاف", "جيم", *map(stem, words("صحيفة الفنار"))} & found
    assert {stem(word) for outlet in OUTLETS for word in words(outlet)} <= found
    assert "حرب" not in found


@pytest.mark.slow
def test_same_seed_gives_the_same_clusters(make):
    first, again = (fit_topics(*make(90), outlets=OUTLETS, min_size=8, seed=3) for _ in range(2))
    pd.testing.assert_frame_equal(first.unit_topics, again.unit_topics)
    pd.testing.assert_frame_equal(first.topics, again.topics)


@pytest.mark.slow
def test_units_beyond_the_sample_join_the_nearest_cluster(make):
    assignment, vectors = make(300)
    found = fit_topics(assignment, vectors, min_size=8, sample=100, seed=3)
    assert len(found.unit_topics) == 300
    topic, kind = found.unit_topics["topic"].to_numpy(), assignment.dominant().to_numpy()
    assert (topic >= 0).sum() > 200
    assert all(len(set(kind[topic == t])) == 1 for t in real(found)["topic"])
    assert real(found)["n_units"].sum() > 100


@pytest.mark.slow
def test_sample_depends_on_the_seed_alone(make):
    first, again = (fit_topics(*make(120), min_size=8, sample=100, seed=5) for _ in range(2))
    pd.testing.assert_frame_equal(first.unit_topics, again.unit_topics)


@pytest.mark.slow
def test_units_that_are_all_alike_do_not_end_the_run(make):
    assignment, vectors = make(60, spread=0.0, apart=False)
    found = fit_topics(assignment, vectors)
    assert len(found.unit_topics) == 60
    assert found.reason or len(found.topics) >= 1


@pytest.mark.slow
def test_units_without_any_frame_are_clustered_unguided(make):
    assignment, vectors = make(90)
    none = FrameAssignment(assignment.frames.assign(state="none"), assignment.units, assignment.codebook)
    found = fit_topics(none, vectors, min_size=8, seed=3)
    assert len(real(found)) >= 2
    assert found.topics["package"].isna().all()


@pytest.mark.slow
def test_unit_without_a_single_word_does_not_end_the_run(make):
    assignment, vectors = make(60)
    units = assignment.units.assign(text="؟ 12")
    found = fit_topics(FrameAssignment(assignment.frames, units, assignment.codebook), vectors, min_size=8)
    assert len(found.unit_topics) == 60
    assert found.reason or all(phrases == [] for phrases in found.topics["words"])
