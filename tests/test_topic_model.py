"""Maps and cores: what they do with few, alike and strange rows."""

import numpy as np
import pytest

from framing.topic_model import (
    GrownCores,
    SeveralMaps,
    centred,
    centroids,
    distance_limits,
    nearest_rows,
    own_cosine,
    smallest_cluster,
)  # fmt: skip


def groups(n=90, k=3, spread=0.05, d=8):
    rng = np.random.default_rng(0)
    rows = np.eye(d, dtype=np.float32)[np.arange(n) % k] + rng.normal(0, spread, (n, d)).astype(np.float32)
    return centred(rows, rows.mean(axis=0))


@pytest.mark.parametrize(("n", "size"), [(40, 8), (200, 8), (1400, 21), (20_000, 78)])
def test_smallest_cluster_grows_with_the_root(n, size):
    assert smallest_cluster(n) == size


def test_row_equal_to_the_mean_stays_zero():
    rows = np.array([[1, 0], [0, 1], [0.5, 0.5]], dtype=np.float32)
    found = centred(rows, rows.mean(axis=0))
    assert np.allclose(np.linalg.norm(found, axis=1), [1, 1, 0])


def test_nearest_rows_are_those_of_a_full_sort():
    rows = groups(50)
    places, distances = nearest_rows(rows, rows, 7)
    cosine = rows @ rows.T
    assert np.allclose(distances, 1 - np.sort(cosine, axis=1)[:, ::-1][:, :7], atol=1e-6)
    assert (places[:, 0] == np.arange(50)).all()


def test_cores_grow_to_all_but_a_few_rows():
    rows = groups()
    found = GrownCores(8, rows).fit(rows)
    assert set(found.labels_) == {-1, 0, 1, 2}
    assert (found.labels_ == -1).mean() < 0.08
    for topic in range(3):
        assert len(set((np.arange(90) % 3)[found.labels_ == topic])) == 1


def test_a_core_is_numbered_as_the_cluster_it_became():
    found = GrownCores(8, groups()).fit(groups())
    both = (found.core_ >= 0) & (found.labels_ >= 0)
    assert (found.core_[both] == found.labels_[both]).all()


def test_no_cluster_is_smaller_than_asked_for():
    rng = np.random.default_rng(1)
    rows = centred(rng.normal(size=(120, 6)).astype(np.float32), np.zeros(6, dtype=np.float32))
    found = GrownCores(10, rows).fit(rows)
    sizes = np.bincount(found.labels_[found.labels_ >= 0], minlength=1)
    assert sizes.max() == 0 or sizes.min() >= 9  # the limit may leave the farthest few outside


def test_rows_without_any_dense_place_have_no_cluster():
    rows = np.zeros((40, 3), dtype=np.float32)
    assert (GrownCores(30, rows).fit(rows).labels_ == -1).all()


def test_limits_leave_the_farthest_outside():
    rows, topic = groups(), np.arange(90) % 3
    own = own_cosine(rows, topic)
    inside = own >= distance_limits(own, topic)[topic]
    assert 0.9 < inside.mean() < 1
    assert own[~inside].max() <= own[inside].max()


def test_centroids_have_length_one():
    assert np.allclose(np.linalg.norm(centroids(groups(), np.arange(90) % 3), axis=1), 1)


def test_maps_must_be_drawn_before_new_rows_get_a_place():
    with pytest.raises(ValueError, match="not drawn yet; call fit first"):
        SeveralMaps(seed=0).transform(groups())


@pytest.mark.slow
def test_maps_are_the_same_for_the_same_seed_and_place_new_rows_near_their_kind():
    rows = groups()
    first, again = (SeveralMaps(seed=1, n_maps=2).fit_transform(rows) for _ in range(2))
    assert first.tobytes() == again.tobytes()
    assert first.shape == (90, 2 * 10) or first.shape[1] == 2 * min(10, 88)
    maps = SeveralMaps(seed=1, n_maps=1).fit(rows)
    near = maps.transform(rows[:3].copy())
    home = [maps.embedding_[np.arange(90) % 3 == kind] for kind in range(3)]
    for kind in range(3):
        far = [np.linalg.norm(near[kind] - place.mean(axis=0)) for place in home]
        assert int(np.argmin(far)) == kind
