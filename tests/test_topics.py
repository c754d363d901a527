"""Clusters with BERTopic: Arabic survives, nothing given is changed, too little is said plainly."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from framing.arabic import lexical_view, words
from framing.frame_texts import stem
from framing.frames import FrameAssignment
from framing.topics import TOPIC_COLUMNS, TopicAssignment, fit_topics, stop_words, wrap_topics
from framing.vectors import Vectors

# As in the fixture `make`.
ABOUT = {"name": "made", "revision": "1", "precision": "fp32", "n_dims": 8}
OUTLETS = ["صحيفة الفنار", "قناة جيم"]


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


def test_units_say_how_they_came_to_their_topic(clustered):
    how = clustered[0].unit_topics.set_index("topic")["how"]
    assert set(how) <= {"core", "reassigned", "outlier"}
    assert set(how[how.index == -1]) <= {"outlier"}
    assert "outlier" not in set(how[how.index >= 0])


def test_reassigned_outliers_are_named_in_the_summary(clustered):
    found, *_ = clustered
    n = int((found.unit_topics["how"] == "reassigned").sum())
    assert (f"{n} were and have been given to the nearest cluster" in found.summary()) == (n > 0)


def test_topic_model_is_the_real_bertopic_with_these_topics(clustered):
    found, *_ = clustered
    assert type(found.topic_model).__module__.startswith("bertopic")
    assert list(found.topic_model.topics_) == found.unit_topics["topic"].tolist()
    assert found.topic_model._preprocess_text(np.array(["انهيار الجسر"])) == ["انهيار الجسر"]


def test_words_of_the_table_are_those_of_bertopic(clustered):
    found, *_ = clustered
    keys = found.topic_model.vectorizer_model.tokenizer.key
    for row in real(found).itertuples():
        theirs = {word for word, weight in found.topic_model.get_topic(row.topic) if weight > 0}
        ours = {" ".join(keys(part) for part in phrase.split()) for phrase in row.words}
        assert len(ours & theirs) >= 7


def test_bertopic_default_language_still_deletes_arabic_letters(make):
    # The failure that language="multilingual" guards against: once it is gone, this test says so.
    bertopic = pytest.importorskip("bertopic")
    cleaned = bertopic.BERTopic(language="english")._preprocess_text(np.array(["انهيار الجسر"]))
    assert not any(re.search(r"[\u0621-\u064a]", text) for text in cleaned)
    kept = bertopic.BERTopic(language="multilingual")._preprocess_text(np.array(["انهيار الجسر"]))
    assert kept == ["انهيار الجسر"]


def test_guidance_reaches_the_maps_and_not_the_callers_array(make, monkeypatch):
    from framing import topic_model

    seen = []
    whole = topic_model.SeveralMaps.fit

    def fit(self, rows, y=None):
        seen.append((rows, None if y is None else list(y)))
        return whole(self, rows, y)

    monkeypatch.setattr(topic_model.SeveralMaps, "fit", fit)
    assignment, vectors = make(60)
    fit_topics(assignment, vectors, min_size=8, unguided=False)
    rows, labels = seen[0]
    assert set(labels) == {-1, 0, 1}
    assert not np.shares_memory(rows, vectors.matrix)
    fit_topics(assignment, vectors, min_size=8, unguided=False, guided=False)
    assert seen[1][1] is None


def test_unguided_topics_stand_beside_the_guided_ones(clustered):
    found, assignment, *_ = clustered
    beside = found.unguided
    assert beside.unit_topics["unit_id"].tolist() == assignment.units["unit_id"].tolist()
    assert beside.together["topic"].tolist() == real(found)["topic"].tolist()
    assert beside.together["share"].between(0, 1).all()
    assert beside.ari > 0.8
    assert "without guidance" in beside.summary()
    # The birds carry no frame: their cluster leads the list of those without one.
    first = beside.to_frame().iloc[0]
    assert first["share_frameless"] == 1
    assert first["n_frameless"] == first["n_units"]


def test_shares_of_an_outlet_add_to_one(clustered):
    found, assignment, *_ = clustered
    ids = assignment.units["article_id"].unique()
    articles = pd.DataFrame({"article_id": ids, "outlet": ["NA" if i % 2 else "جيم" for i in range(len(ids))]})
    shares = found.by_outlet(articles)
    assert list(shares.columns) == ["topic", "outlet", "n_units", "n_outlet", "share"]
    assert np.allclose(shares.groupby("outlet")["share"].sum(), 1)
    assert set(shares["outlet"]) == {"NA", "جيم"}


def test_units_without_an_outlet_are_refused(clustered):
    articles = pd.DataFrame({"article_id": ["a0"], "outlet": ["جيم"]})
    with pytest.raises(ValueError, match="units have no outlet, such as of article a1; pass all articles"):
        clustered[0].by_outlet(articles)


def test_explain_gives_units_with_their_text(clustered):
    rows = clustered[0].explain(0, n=3)
    assert len(rows) == 3
    assert rows["text"].str.len().min() > 0
    assert rows["margin"].is_monotonic_decreasing


def test_manifest_and_page_hold_what_a_reader_needs(clustered):
    found, *_ = clustered
    assert found.manifest()["edits"] == []
    assert found.manifest()["seed"] == 3
    assert 'dir="rtl"' in found._repr_html_()


def test_tables_survive_parquet_and_show_themselves(clustered, tmp_path):
    found, *_ = clustered
    read = {}
    for name, table in found.tables().items():
        table.to_parquet(tmp_path / f"{name}.parquet")
        read[name] = pd.read_parquet(tmp_path / f"{name}.parquet")
    assert list(read) == ["unit_topics", "topics", "topics_frozen", "topics_unguided", "topics_together"]
    again = TopicAssignment(read["unit_topics"], read["topics"], found.settings)
    assert again.summary() == found.summary()
    assert "nan" not in again._repr_html_()
    with pytest.raises(ValueError, match="units and vectors are not with these topics"):
        again.explain(0)


def test_wrapping_takes_a_fitted_bertopic_as_it_is(clustered):
    found, assignment, vectors, _ = clustered
    wrapped = wrap_topics(found.topic_model, assignment, vectors, outlets=OUTLETS)
    assert wrapped.topic_model is found.topic_model
    assert wrapped.unit_topics["topic"].tolist() == found.unit_topics["topic"].tolist()
    assert wrapped.topics["words"].tolist() == found.topics["words"].tolist()
    assert wrapped.frozen is not None


def test_wrapping_a_model_of_other_units_is_refused(clustered, make):
    with pytest.raises(ValueError, match=r"topics of 90 units; here are 60 units\. Fit it on these units"):
        wrap_topics(clustered[0].topic_model, *make(60))


def test_units_alike_but_for_a_hair_give_a_reason(make):
    found = fit_topics(*make(60, spread=0.0, apart=False))
    assert "too alike to cluster" in found.reason
    assert found.unit_topics["topic"].eq(-1).all()


@pytest.mark.slow
def test_above_the_sample_every_unit_is_placed_by_the_frozen_topics(make):
    assignment, vectors = make(300)
    found = fit_topics(assignment, vectors, min_size=8, sample=100, seed=3)
    assert set(found.unit_topics["how"]) <= {"placed", "outlier"}
    topic, margin = found.frozen.place_rows(vectors.matrix)
    assert topic.tolist() == found.unit_topics["topic"].tolist()
    assert np.allclose(margin, found.unit_topics["margin"], atol=1e-4)


@pytest.mark.slow
def test_another_process_gives_the_same_bytes(make, tmp_path):
    code = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1]); import conftest;"
        "from framing.topics import fit_topics; make = conftest.make.__wrapped__();"
        "f = fit_topics(*make(90), min_size=8, seed=3); f.frozen.save(sys.argv[2]);"
        "print(hashlib.sha256(f.unit_topics.to_csv().encode() + f.topics.to_csv().encode()).hexdigest())"
    )
    here = str(Path(__file__).parent)
    said, files = [], []
    for name in ("one", "two"):
        done = subprocess.run(
            [sys.executable, "-c", code, here, str(tmp_path / name)], capture_output=True, text=True, check=True
        )
        said.append(done.stdout.strip())
        files.append([hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted((tmp_path / name).iterdir())])
    assert said[0] == said[1]
    assert files[0] == files[1]


def test_bertopic_never_sees_the_callers_rows(make, monkeypatch):
    from framing import topic_model

    def spoil(self, rows, y=None):
        rows[:] = 0  # as guidance by seed words does
        self.rows, self.embedding_ = rows, np.eye(len(rows), 5, dtype=np.float32)
        return self

    monkeypatch.setattr(topic_model.SeveralMaps, "fit", spoil)
    _, vectors = make(60)
    before = vectors.matrix.copy()
    tokens = topic_model.Tokens([], frozenset())
    topic_model.fit_bertopic(["كلمة"] * 60, vectors.matrix, None, min_size=8, seed=0, tokens=tokens)
    assert vectors.matrix.tobytes() == before.tobytes()


def test_bertopic_is_given_an_embedder_so_that_it_takes_no_other(clustered):
    # With vectors and no embedder it would fall back to TF-IDF or to a download, in silence.
    assert type(clustered[0].topic_model.embedding_model).__name__ == "BaseEmbedder"


def test_topics_over_time_works_on_timestamps(clustered):
    found, assignment, *_ = clustered
    days = pd.Timestamp("2024-10-01") + pd.to_timedelta(np.arange(90) % 3, unit="D")
    table = found.topic_model.topics_over_time(assignment.units["text"].tolist(), list(days))
    assert table["Frequency"].sum() == 90


def test_new_vectors_get_a_topic_from_bertopic_too(clustered):
    found, _, vectors, _ = clustered
    rows = vectors.matrix[:6] - vectors.matrix.mean(axis=0)
    topics, _ = found.topic_model.transform(["نص"] * 6, rows / np.linalg.norm(rows, axis=1, keepdims=True))
    inside = found.unit_topics["topic"].to_numpy()[:6]
    assert [t for t, k in zip(topics, inside, strict=True) if k >= 0] == [k for k in inside if k >= 0]


@pytest.mark.slow
def test_one_loose_group_does_not_end_the_run(make):
    found = fit_topics(*make(60, spread=0.2, apart=False), min_size=20)
    assert len(found.unit_topics) == 60
    assert found.reason or len(real(found)) >= 1
