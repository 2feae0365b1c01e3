"""Kinds of maps: planted ones are found and tied to what is known of files; maps of one kind are said to be so."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from maps_made import bumps, chunks_of, scores_of
from synthetic import hill

from xaifake.audit.drives import clusters_by_id, drives_of
from xaifake.audit.drives.clustering import FEWEST, clusters_of
from xaifake.audit.drives.ties import facts_of, ties_of
from xaifake.records import Clusters, Scores

pytestmark = pytest.mark.slow

N = 200
Random = np.random.Generator


def normalised(maps: np.ndarray) -> np.ndarray:
    return maps / np.abs(maps).sum(axis=(1, 2), keepdims=True)


def found(maps: np.ndarray, scores: Scores | None = None, seed: int = 0) -> Clusters:
    told = clusters_of(scores or scores_of(["TP"] * len(maps)), np.arange(len(maps)), normalised(maps), seed)
    assert told is not None
    return told


def two_kinds(noise: float = 0.05) -> tuple[np.ndarray, np.ndarray]:
    """Three of ten maps on the mouth, the others on an eye; and which those are."""
    random = np.random.default_rng(3)
    first = random.random(N) < 0.3
    maps = np.where(first[:, None, None], bumps(N, random, 0.75, 0.5), bumps(N, random, 0.35, 0.35))
    return maps + noise * random.normal(size=maps.shape), first


def test_planted_kinds_are_found() -> None:
    """Two kinds, the larger first, each with its mean; the ids nearest to it are of that kind."""
    maps, first = two_kinds()

    told = found(maps)

    assert [one.n for one in told.clusters] == [N - first.sum(), first.sum()]
    assert told.silhouette > 0.5
    for cluster, (down, across) in zip(told.clusters, [(0.35, 0.35), (0.75, 0.5)], strict=True):
        peak = np.unravel_index(np.array(cluster.values).argmax(), (28, 28))
        np.testing.assert_allclose(peak, np.array([down, across]) * 28 - 0.5, atol=1.5)
    assert all(first[int(id_, 16)] for id_ in told.clusters[1].medoids)
    assert len(told.clusters[1].medoids) == 3


def test_three_kinds_of_unequal_size_are_found() -> None:
    """Seven, two and one of ten."""
    random = np.random.default_rng(4)
    share = random.random(N)[:, None, None]
    mouth, eye, corner = (bumps(N, random, *place) for place in ((0.75, 0.5), (0.35, 0.3), (0.05, 0.95)))
    maps = np.where(share < 0.7, mouth, np.where(share < 0.9, eye, corner)) + 0.05 * random.normal(size=mouth.shape)

    assert len(found(maps).clusters) == 3


def _noise(random: Random) -> np.ndarray:
    return hill((28, 28), 0.5, 0.5, 0.2, 1.0) + 0.3 * random.normal(size=(N, 28, 28))


def _coarse(random: Random) -> np.ndarray:
    return hill((28, 28), 0.5, 0.5, 0.2, 1.0) + np.kron(0.3 * random.normal(size=(N, 7, 7)), np.ones((4, 4)))


def _heavy(random: Random) -> np.ndarray:
    return hill((28, 28), 0.5, 0.5, 0.2, 1.0) + np.kron(0.3 * random.standard_t(3, (N, 7, 7)), np.ones((4, 4)))


def _wandering(random: Random) -> np.ndarray:
    return bumps(N, random, 0.5, 0.5, jitter=0.12)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("maps", [_noise, _coarse, _heavy, _wandering])
def test_maps_of_one_kind_are_said_to_be_of_one_kind(maps: Callable[[Random], np.ndarray], seed: int) -> None:
    """Noise, fine, coarse and with outliers, and a hill that wanders: k-means would cut all of them; nothing parts them."""
    told = found(maps(np.random.default_rng(seed)), seed=seed)

    assert [one.n for one in told.clusters] == [N]
    assert (told.silhouette, told.ties) == (0, ())


def test_few_maps_have_no_kinds() -> None:
    """Nothing can be said."""
    few = normalised(two_kinds()[0])[: FEWEST - 1]

    assert clusters_of(scores_of(["TP"] * len(few)), np.arange(len(few)), few, 0) is None


def test_the_same_seed_gives_the_same_kinds() -> None:
    """Byte for byte."""
    maps, _ = two_kinds()

    assert repr(found(maps, seed=7)) == repr(found(maps, seed=7))


def test_a_kind_that_goes_with_the_format_is_tied_to_it() -> None:
    """Information 1 with the format and 0 with a source dealt out at random; only the first is beyond chance."""
    maps, first = two_kinds()
    random = np.random.default_rng(5)
    scores = scores_of(
        ["TP"] * N,
        facts={"format": np.where(first, "JPEG", "PNG")},
        sources=["abcdef"[at] for at in random.integers(6, size=N)],
    )

    ties = {tie.fact: tie for tie in found(maps, scores).ties}

    assert list(ties) == ["format", "source"]
    assert ties["format"].information == pytest.approx(1)
    assert ties["format"].p_value == 0.001
    assert ties["source"].information == pytest.approx(0, abs=0.03)
    assert ties["source"].p_value > 0.05


def test_information_is_scikit_learns() -> None:
    """The mutual information that is adjusted here and there is the same number."""
    from sklearn.metrics import adjusted_mutual_info_score

    random = np.random.default_rng(6)
    kinds = random.integers(3, size=N)
    sources = [str(kind) if random.random() < 0.5 else str(random.integers(5)) for kind in kinds]
    scores = scores_of(["TP"] * N, sources=sources)

    (tie,) = ties_of(scores, np.arange(N), kinds, seed=0)

    assert tie.information == pytest.approx(adjusted_mutual_info_score(sources, kinds))


def test_chance_takes_the_most_telling_of_all_facts() -> None:
    """Of ten facts dealt out at random one seems to tell something; the p-values take that into account."""
    random = np.random.default_rng(8)
    facts = {name: random.choice(["a", "b"], N) for name in ("format",)}
    scores = scores_of(
        random.choice(["TP", "FP", "TN", "FN"], N).tolist(),
        facts=facts,
        sources=[str(at) for at in random.integers(2, size=N)],
    )

    ties = ties_of(scores, np.arange(N), random.integers(3, size=N), seed=0)

    assert {"format", "source", "label", "prediction"} == {tie.fact for tie in ties}
    assert min(tie.p_value for tie in ties) > 0.05


def test_jpeg_quality_is_held_in_bands() -> None:
    """Up to 50, 75 and 90, and above; unknown for what is no JPEG."""
    scores = scores_of(["TP"] * 5, facts={"jpeg_quality": np.array([30.0, 51.0, 90.0, 95.0, np.nan])})

    assert facts_of(scores, np.arange(5))["jpeg_quality"] == ["0", "1", "2", "3", "unknown"]


def test_every_map_can_be_sorted_into_the_written_kinds() -> None:
    """By id, and as those were that made the kinds; a picture without a face is of none."""
    maps, first = two_kinds()
    maps[0] = np.nan
    scores = scores_of(["TP"] * N)
    drives = drives_of(scores, chunks_of(maps), (), seed=0)
    assert drives is not None
    assert drives.clusters is not None

    told = clusters_by_id(drives.clusters, scores, chunks_of(maps, 17))

    assert scores.entries[0].id not in told
    assert [told[entry.id] for entry in scores.entries[1:]] == first[1:].astype(int).tolist()
    counts = [list(told.values()).count(cluster.number) for cluster in drives.clusters.clusters]
    assert counts == [cluster.n for cluster in drives.clusters.clusters]
