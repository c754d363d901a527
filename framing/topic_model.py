"""The two parts that BERTopic is built from here: several UMAP maps side by side, and dense cores that grow.

One UMAP map is a draw of many: distances averaged over a few maps of the same neighbours move less with the
seed and with the sample. HDBSCAN finds the dense cores (its leaves) and so how many clusters there are;
k-means that starts from them gives the units between the cores a place; a limit per cluster, in the space
of the vectors themselves, says which are too far from all.

References
----------
Grootendorst (2022), BERTopic, arXiv 2203.05794. McInnes, Healy & Melville (2018), UMAP, arXiv 1802.03426.
Campello, Moulavi & Sander (2013), HDBSCAN, PAKDD, 160-172. Strehl & Ghosh (2002), Cluster ensembles, JMLR 3:583-617.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from framing.optional import require
from framing.topic_words import Tokens, vectoriser

# Epochs: with 200 clusters moved a little less between draws (ARI +.01), in twice the time.
N_MAPS, N_NEIGHBORS, N_COMPONENTS, N_EPOCHS = 4, 20, 10, 100
# Strangers that push a unit away, per neighbour that pulls it. UMAP's five take twice the time for an ARI between draws
# that is .02 to .03 higher; with one, topics are worse.
N_STRANGERS = 2
# Of each cluster's members, this share, the farthest from its centroid, is left outside.
OUTSIDE = 0.03
# The weight of the frames against the neighbours; 0 is no guidance, 1 frames alone.
GUIDE_WEIGHT = 0.3
_BLOCK = 1000
Rows = npt.NDArray[np.float32]
Topics = npt.NDArray[np.int64]


def smallest_cluster(n_units: int) -> int:
    """Give the smallest cluster, in units, for a number of units: it grows with the root, never below 8."""
    return max(8, round(0.55 * math.sqrt(n_units)))


def map_settings() -> dict[str, Any]:
    """Give the settings of maps and limits, for a manifest."""
    return {
        "n_maps": N_MAPS, "n_neighbors": N_NEIGHBORS, "n_components": N_COMPONENTS, "n_epochs": N_EPOCHS,
        "negative_sample_rate": N_STRANGERS, "guide_weight": GUIDE_WEIGHT, "outside": OUTSIDE,
    }  # fmt: skip


def centred(matrix: Rows, mean: Rows) -> Rows:
    """Take the vectors' common direction off and bring rows to length 1; a row equal to the mean stays zero."""
    rows = np.asarray(matrix, dtype=np.float32) - mean
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.divide(rows, length, out=np.zeros_like(rows), where=length > 1e-6), dtype=np.float32)


def nearest_rows(asked: Rows, rows: Rows, k: int) -> tuple[npt.NDArray[np.int64], Rows]:
    """Give the places of the `k` nearest of `rows` for each row asked, and their cosine distances, exactly."""
    places = np.empty((len(asked), k), dtype=np.int64)
    distances = np.empty((len(asked), k), dtype=np.float32)
    for start in range(0, len(asked), _BLOCK):
        cosine = asked[start : start + _BLOCK] @ rows.T
        found = np.sort(np.argpartition(-cosine, k - 1, axis=1)[:, :k], axis=1)
        near = np.take_along_axis(cosine, found, axis=1)
        order = np.argsort(-near, axis=1, kind="stable")
        places[start : start + _BLOCK] = np.take_along_axis(found, order, axis=1)
        distances[start : start + _BLOCK] = np.maximum(0, 1 - np.take_along_axis(near, order, axis=1))
    return places, distances


class SeveralMaps:
    """Several UMAP maps of the same neighbours, side by side; takes UMAP's place in BERTopic.

    Parameters
    ----------
    seed : the maps have seeds that follow from it.
    n_maps, n_neighbors, n_components : see UMAP; neighbours and dimensions shrink with few units.
    """

    def __init__(
        self, *, seed: int, n_maps: int = N_MAPS, n_neighbors: int = N_NEIGHBORS, n_components: int = N_COMPONENTS
    ) -> None:
        self.seed, self.n_maps, self.n_neighbors, self.n_components = seed, n_maps, n_neighbors, n_components
        self.rows: Rows | None = None
        self.embedding_: Rows | None = None

    def fit(self, rows: Rows, y: Any = None) -> SeveralMaps:
        """Draw the maps. `rows` : centred. `y` : a number of a frame for each row, -1 for none, or None."""
        umap = require("umap", why="to cluster units")
        k = min(self.n_neighbors, len(rows) - 1)
        with threadpool_limits(limits=1):  # the last bits of a sum depend on the number of threads
            neighbours = nearest_rows(rows, rows, k)
        self.rows = rows
        maps = []
        for number in range(self.n_maps):
            drawn = umap.UMAP(
                n_neighbors=k, n_components=min(self.n_components, len(rows) - 2), min_dist=0.0, metric="cosine",
                random_state=(self.seed * 100 + number) % 2**32, n_epochs=N_EPOCHS, n_jobs=1,
                negative_sample_rate=N_STRANGERS, target_weight=GUIDE_WEIGHT, precomputed_knn=neighbours,
            )  # fmt: skip
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                maps.append(drawn.fit_transform(rows, y=None if y is None else np.asarray(y)))
        self.embedding_ = np.nan_to_num(np.hstack(maps).astype(np.float32))
        return self

    def fit_transform(self, rows: Rows, y: Any = None) -> Rows:
        """Draw the maps and give `(n, n_maps * n_components)`."""
        self.fit(rows, y)
        assert self.embedding_ is not None
        return self.embedding_

    def transform(self, rows: Rows) -> Rows:
        """Give new rows a place: the mean of the places of their five nearest rows."""
        if self.rows is None or self.embedding_ is None:
            raise ValueError("the maps are not drawn yet; call fit first")
        if rows is self.rows:
            return self.embedding_
        places, _ = nearest_rows(np.asarray(rows, dtype=np.float32), self.rows, min(5, len(self.rows)))
        return np.asarray(self.embedding_[places].mean(axis=1), dtype=np.float32)


class GrownCores:
    """Dense cores by HDBSCAN, grown by k-means, cut by a limit per cluster; takes HDBSCAN's place in BERTopic.

    Parameters
    ----------
    min_size : smallest cluster, in units.
    rows : the centred vectors, in which the limits are learned.

    `labels_` : the cluster of each row, -1 beyond the limit. `core_` : what HDBSCAN alone said.
    """

    def __init__(self, min_size: int, rows: Rows) -> None:
        self.min_size, self.rows = min_size, rows
        self.labels_: Topics = np.full(len(rows), -1, dtype=np.int64)
        self.core_ = self.labels_.copy()
        self.centres_ = np.zeros((0, 0), dtype=np.float64)

    def fit(self, places: Rows, y: Any = None) -> GrownCores:
        """Find the clusters of rows whose places are given; `y` is ignored."""
        hdbscan = require("hdbscan", why="to cluster units")
        exact: npt.NDArray[np.float64] = np.asarray(places, dtype=np.float64)
        found = hdbscan.HDBSCAN(
            min_cluster_size=self.min_size, min_samples=min(self.min_size, len(exact) - 1),
            cluster_selection_method="leaf", core_dist_n_jobs=1,
        ).fit(exact)  # fmt: skip
        self.core_ = np.asarray(found.labels_, dtype=np.int64)
        self.labels_ = self.core_.copy()
        if (self.core_ >= 0).any():
            with threadpool_limits(limits=1):
                grown = self._grow(exact)
            own = own_cosine(self.rows, grown)
            limits = distance_limits(own, grown)
            self.labels_ = np.where(own >= limits[grown], grown, -1)
        return self

    def predict(self, places: Rows) -> Topics:
        """Give the nearest cluster of new places."""
        far = ((np.asarray(places)[:, None, :] - self.centres_[None]) ** 2).sum(axis=2)
        return np.asarray(far.argmin(axis=1), dtype=np.int64)

    def _grow(self, places: npt.NDArray[np.float64]) -> Topics:
        """Run k-means from the cores; a cluster that stays too small goes, and its units to the others."""
        from sklearn.cluster import KMeans

        cores = range(int(self.core_.max()) + 1)
        centres = np.stack([places[self.core_ == topic].mean(axis=0) for topic in cores])
        while True:
            machine = KMeans(len(centres), init=centres, n_init=1, random_state=0).fit(places)
            labels = machine.labels_.astype(np.int64)
            sizes = np.bincount(labels, minlength=len(centres))
            if len(centres) == 1 or sizes.min() >= self.min_size:
                self.centres_ = machine.cluster_centers_
                return self._as_numbered(labels)
            centres = np.delete(machine.cluster_centers_, int(sizes.argmin()), axis=0)

    def _as_numbered(self, labels: Topics) -> Topics:
        """Number the cores as the clusters they became; a core's own unit keeps the sign that it was dense."""
        self.core_ = np.where(self.core_ >= 0, labels, -1)
        return labels


def centroids(rows: Rows, topics: Topics) -> Rows:
    """Give the centroid of each topic 0, 1, ... of centred rows, of length 1."""
    found = np.zeros((int(topics.max()) + 1, rows.shape[1]), dtype=np.float64)
    for topic in range(len(found)):
        mean = rows[topics == topic].mean(axis=0, dtype=np.float64) if (topics == topic).any() else found[topic]
        found[topic] = mean / max(float(np.linalg.norm(mean)), 1e-12)
    return found.astype(np.float32)


def own_cosine(rows: Rows, topics: Topics) -> npt.NDArray[np.float64]:
    """Give each row's cosine to the centroid of its own topic; no topic may be -1."""
    return np.asarray((rows * centroids(rows, topics)[topics]).sum(axis=1), dtype=np.float64)


def distance_limits(own: npt.NDArray[np.float64], topics: Topics) -> npt.NDArray[np.float64]:
    """Give the lowest cosine to its centroid that still belongs to each topic."""
    numbers = range(int(topics.max()) + 1)
    return np.array([np.quantile(own[topics == t], OUTSIDE) if (topics == t).any() else 2.0 for t in numbers])


def fit_bertopic(
    texts: Sequence[str], rows: Rows, guide: Sequence[int] | None, *, min_size: int, seed: int, tokens: Tokens
) -> Any:
    """Fit BERTopic on centred vectors; give the fitted object.

    Parameters
    ----------
    rows : float32 `(n, d)`, centred; a copy is handed on, guidance rewrites what it is given.
    guide : a number of a frame per text, -1 for none; None fits unguided.
    """
    bertopic = require("bertopic", why="to cluster units")
    backend = require("bertopic.backend", why="to cluster units")
    given = rows.copy()
    model = bertopic.BERTopic(
        # Its default, "english", deletes every Arabic letter before naming topics; and without an
        # embedding model it falls back to another one in silence.
        language="multilingual",
        embedding_model=backend.BaseEmbedder(),
        umap_model=SeveralMaps(seed=seed),
        hdbscan_model=GrownCores(min_size, given),
        vectorizer_model=vectoriser(tokens),
        calculate_probabilities=False,
        verbose=False,
    )
    guided = guide is not None and any(label >= 0 for label in guide)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit_transform(list(texts), given, y=list(guide) if guided and guide is not None else None)
    return model
