"""Mean maps by outcome: planted places are found, and sums over chunks are those of all maps at once."""

from __future__ import annotations

import numpy as np
import pytest
from maps_made import bumps, chunks_of, scores_of

from xaifake.audit.drives import drives_of
from xaifake.records import Drives, MeanMap

OUTCOMES = ["TP"] * 12 + ["FP"] * 10 + ["TN"] * 14 + ["FN"]
"""Too few to be sorted into kinds."""
PLACES = {"TP": (0.75, 0.5), "FP": (0.05, 0.05), "TN": (0.3, 0.5), "FN": (0.5, 0.5)}


def maps() -> np.ndarray:
    """One hill a picture, at its outcome's place; every map as strong as its number."""
    random = np.random.default_rng(0)
    return np.concatenate([bumps(1, random, *PLACES[outcome]) * (1 + at) for at, outcome in enumerate(OUTCOMES)])


def found(size: int = 64) -> Drives:
    drives = drives_of(scores_of(OUTCOMES), chunks_of(maps(), size), (), seed=0)
    assert drives is not None
    return drives


def by_outcome(told: tuple[MeanMap, ...]) -> dict[str, MeanMap]:
    return {one.outcome: one for one in told}


def test_each_outcome_has_its_mean() -> None:
    """Maps weigh the same whatever their strength, and the mean of an outcome peaks where its maps do."""
    means = by_outcome(found().maps)

    assert {name: one.n for name, one in means.items()} == {"TP": 12, "FP": 10, "TN": 14, "all": 37}
    for name in ("TP", "FP", "TN"):
        values = np.array(means[name].values)
        peak = np.unravel_index(values.argmax(), values.shape)
        np.testing.assert_allclose(peak, np.array(PLACES[name]) * 28 - 0.5, atol=1.5)
        assert values.sum() == pytest.approx(1, abs=1e-3)


def test_means_and_errors_are_those_of_all_maps_at_once() -> None:
    """However maps are cut into chunks; the errors are standard errors of the mean."""
    laid = maps()[:12]
    laid /= laid.sum(axis=(1, 2), keepdims=True)

    for size in (1, 7, 64):
        mean = by_outcome(found(size).maps)["TP"]

        np.testing.assert_allclose(mean.values, laid.mean(axis=0), rtol=1e-3, atol=1e-9)
        np.testing.assert_allclose(mean.errors, laid.std(axis=0, ddof=1) / np.sqrt(12), rtol=2e-3, atol=1e-9)


def test_differences_say_what_one_outcome_has_and_the_other_has_not() -> None:
    """False alarms against rightly cleared pictures: more in the corner, less on the brow; errors of both together."""
    drives = found()
    means, difference = by_outcome(drives.maps), by_outcome(drives.differences)["FP"]

    values = np.array(difference.values)
    assert (difference.less, difference.n) == ("TN", 10)
    assert values[:4, :4].sum() > 0.5
    assert values[6:11, 11:17].sum() < -0.4
    np.testing.assert_allclose(difference.errors, np.hypot(means["FP"].errors, means["TN"].errors), rtol=2e-3, atol=1e-9)


def test_an_outcome_of_one_picture_has_no_mean() -> None:
    """Nothing is known of its error, so it is in no mean but that of all, and no difference."""
    drives = found()

    assert "FN" not in by_outcome(drives.maps)
    assert [(one.outcome, one.less) for one in drives.differences] == [("FP", "TN"), ("TP", "TN")]


def test_without_labels_predictions_are_compared() -> None:
    """FAKE less REAL, as they were called."""
    drives = drives_of(scores_of(["FAKE"] * 5 + ["REAL"] * 5), chunks_of(maps()[7:17]), (), seed=0)

    assert drives is not None
    assert [one.outcome for one in drives.maps] == ["FAKE", "REAL", "all"]
    assert [(one.outcome, one.less) for one in drives.differences] == [("FAKE", "REAL")]


def test_empty_maps_and_pictures_without_a_face_are_counted_and_in_no_mean() -> None:
    """A map without evidence, and one that there is no mesh for: the means are those of the others."""
    laid = maps()
    laid[3] = 0
    laid[4] = np.nan

    drives = drives_of(scores_of(OUTCOMES), chunks_of(laid), (), seed=0)

    assert drives is not None
    assert (drives.n, drives.empty, drives.without_face) == (35, 1, 1)
    assert by_outcome(drives.maps)["TP"].n == 10


def test_evidence_for_real_counts_as_much() -> None:
    """A map is divided by the sum of its magnitudes: two halves of either sign cancel in the sum, not in the map."""
    both = np.zeros((4, 28, 28))
    both[:, :14], both[:, 14:] = 1, -1

    drives = drives_of(scores_of(["TP"] * 4), chunks_of(both), (), seed=0)

    assert drives is not None
    values = np.array(drives.maps[0].values)
    assert np.abs(values).sum() == pytest.approx(1, abs=1e-3)
    assert values.sum() == pytest.approx(0, abs=1e-9)
