"""Kinds of maps (a small SpRAy): k-means on coarse canonical maps, where they fall into kinds at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.drives.means import Maps, grid_of
from xaifake.audit.drives.ties import ties_of
from xaifake.records import CANONICAL, Cluster, Clusters, Grid, Scores
from xaifake.threads import one_blas_thread

MOST = 1000
"""Maps that are sorted into kinds."""
FEWEST = 40
"""Below so many nothing is said about kinds."""
COARSE = 2
"""Rows and columns of the canonical face that are taken together: 14 × 14 remain."""
COMPONENTS = 10
NUMBERS = range(2, 9)
SMALLEST = 0.04
"""Which share of the maps a group must have: a few odd maps are no kind."""
VALLEY = 0.5
"""Two groups of maps are of two kinds where, midway between their means, there are less than half as many maps as about
either mean, and fewer than chance allows at `CHANCE`."""
CHANCE = 0.001
MEDOIDS = 3

Points = NDArray[np.float64]
"""(m, components)"""
Groups = NDArray[np.int64]
"""(m,), the number of each map's group."""


def clusters_of(scores: Scores, rows: NDArray[np.int64], maps: Maps, seed: int) -> Clusters | None:
    """The kinds of maps among (m, 28, 28), whose places among the scores are ``rows``; None where they are too few.

    After SpRAy (Lapuschkin et al. 2019, Nature Communications 10:1096): small maps, grouped; each kind shown by its mean and
    its medoids, and held against what else is known of the files (see `xaifake.audit.drives.ties`). Deviations: maps are
    aligned on the canonical face, and k-means on principal components takes the place of spectral clustering. Of 2 to 8
    groups that number is taken whose silhouette (Rousseeuw 1987) is highest. k-means cuts whatever it is given, also maps
    that go over into each other, so groups without a valley between them are then joined: one kind is a possible answer.
    """
    if len(maps) < FEWEST:
        return None
    points = _components(_forms(maps))
    members = _joined(points, _groups(points, seed))
    silhouette = _silhouette(points, members) if members.any() else 0.0
    means = [maps[members == kind].mean(axis=0) for kind in np.argsort(-np.bincount(members), kind="stable")]
    return _told(scores, rows, maps, [grid_of(mean) for mean in means], silhouette, seed)


def kinds_of(grids: Sequence[Grid], maps: Maps) -> NDArray[np.int64]:
    """Which kind each of (m, 28, 28) maps is of, (m,): the one whose mean, given as a grid, is most like it in form."""
    return np.asarray((_forms(maps) @ _forms(np.array(grids)).T).argmax(axis=1), np.int64)


def _told(
    scores: Scores, rows: NDArray[np.int64], maps: Maps, grids: Sequence[Grid], silhouette: float, seed: int
) -> Clusters:
    """The record, told from the means as they are written, so that whoever reads them sorts maps alike."""
    kinds, outcomes = kinds_of(grids, maps), scores.outcomes
    nearness = (_forms(maps) * _forms(np.array(grids))[kinds]).sum(axis=1)
    clusters = []
    for number, grid in enumerate(grids):
        mine = np.flatnonzero(kinds == number)
        nearest = mine[np.argsort(-nearness[mine], kind="stable")][:MEDOIDS]
        counts = Counter(outcomes[row] or "" for row in rows[mine])
        medoids = tuple(scores.entries[row].id for row in rows[nearest])
        clusters.append(Cluster(number, len(mine), grid, medoids, dict(sorted(counts.items()))))
    return Clusters(len(maps), silhouette, tuple(clusters), ties_of(scores, rows, kinds, seed))


def _forms(maps: Maps) -> Points:
    """Coarse maps as vectors of length 1, (m, 196): how strong or how concentrated a map is does not count."""
    cells = CANONICAL // COARSE
    coarse = maps.reshape(len(maps), cells, COARSE, cells, COARSE).sum(axis=(2, 4)).reshape(len(maps), -1)
    return np.asarray(coarse / np.maximum(np.linalg.norm(coarse, axis=1, keepdims=True), np.finfo(np.float64).tiny))


def _components(forms: Points) -> Points:
    from sklearn.decomposition import PCA

    with one_blas_thread():  # one rounding on every machine
        return np.asarray(PCA(min(COMPONENTS, len(forms) - 1), svd_solver="full").fit_transform(forms))


def _groups(points: Points, seed: int) -> Groups:
    """Of all numbers of groups, the ones that lie farthest apart; one where every number leaves some too small."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    best, found = -1.0, np.zeros(len(points), np.int64)
    for number in NUMBERS:
        with threadpool_limits(1):  # likewise, and no waiting for cores that others have
            groups = KMeans(number, n_init=4, random_state=seed).fit_predict(points)
        if np.bincount(groups, minlength=number).min() >= SMALLEST * len(points):
            silhouette = _silhouette(points, groups)
            best, found = max((best, found), (silhouette, groups), key=lambda one: one[0])
    return found


def _joined(points: Points, groups: Groups) -> Groups:
    """The groups, with those joined that no valley parts, be it through others."""
    from scipy.sparse.csgraph import connected_components

    number = int(groups.max()) + 1
    near = np.eye(number, dtype=bool)
    for one, other in combinations(range(number), 2):
        near[one, other] = not _valley(points[groups == one], points[groups == other])
    return np.asarray(connected_components(near, directed=False)[1][groups], np.int64)


def _valley(one: Points, other: Points) -> bool:
    """Whether maps thin out between two groups: counted in thirds of the way from mean to mean, projected on it."""
    from scipy.stats import binom

    start, way = one.mean(axis=0), other.mean(axis=0) - one.mean(axis=0)
    along = (np.concatenate([one, other]) - start) @ way / (way @ way)
    about, between, beyond = (int((np.abs(along - middle) < 1 / 6).sum()) for middle in (0, 0.5, 1))
    fewer = min(about, beyond)
    return between < VALLEY * fewer and bool(binom.cdf(between, between + fewer, 0.5) < CHANCE)


def _silhouette(points: Points, groups: Groups) -> float:
    from sklearn.metrics import silhouette_score

    return float(silhouette_score(points, groups))
