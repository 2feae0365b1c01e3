"""Curves as few points as drawing needs."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import precision_recall_curve, roc_curve

from xaifake.audit.statistics.curves import POINTS, precision_recall_points, roc_points, thinned

RANDOM = np.random.default_rng(0)
MANY = np.arange(20_000) < 8000
SCORES = 1 / (1 + np.exp(-RANDOM.normal(np.where(MANY, 1.0, -1.0), 1.5)))


def test_a_roc_curve_of_many_pictures_keeps_its_shape_in_200_points() -> None:
    """Nowhere is the line that is drawn a pixel of 400 away."""
    curve = roc_points(MANY, SCORES)
    alarms, found, _ = roc_curve(MANY, SCORES, drop_intermediate=False)
    assert len(curve.x) <= POINTS
    upwards, sideways = np.interp(alarms, curve.x, curve.y) - found, np.interp(found, curve.y, curve.x) - alarms
    assert np.minimum(np.abs(upwards), np.abs(sideways)).max() < 1 / 400
    assert ((curve.x[0], curve.y[0]), (curve.x[-1], curve.y[-1])) == ((0, 0), (1, 1))


def test_a_precision_recall_curve_keeps_its_shape_in_200_points() -> None:
    """From recall 0.01 on, before which single pictures make it jump."""
    curve = precision_recall_points(MANY, SCORES)
    precision, recall, _ = precision_recall_curve(MANY, SCORES)
    assert len(curve.x) <= POINTS
    far = np.abs(np.interp(recall, curve.x, curve.y) - precision)[(recall > 0.01)]
    assert far.max() < 1 / 100


def test_few_points_are_all_kept_with_their_scores() -> None:
    """Three fakes and three reals: the rates at each score are those of that score as threshold."""
    fake = np.array([True, True, False, True, False, False])
    p_fake = np.array([0.9, 0.8, 0.7, 0.6, 0.2, 0.1])
    for alarms, found, score in zip(*vars(roc_points(fake, p_fake)).values(), strict=True):
        if (alarms, found) != (0, 0):
            assert found == pytest.approx((p_fake[fake] >= score).mean())
            assert alarms == pytest.approx((p_fake[~fake] >= score).mean())


def test_no_precision_is_invented_where_nothing_is_called_fake() -> None:
    """The curve begins at the highest score."""
    curve = precision_recall_points(np.array([False, True]), np.array([0.9, 0.8]))
    assert (curve.x, curve.y, curve.scores) == ((0.0, 1.0), (0.0, 0.5), (0.9, 0.8))


def test_points_on_a_line_are_left_out() -> None:
    """A straight line is its ends."""
    x = np.linspace(0, 1, 9)
    assert thinned(x, 0 * x, x).x == (0.0, 1.0)
