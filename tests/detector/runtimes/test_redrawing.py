"""How a model's weights are drawn anew. No TensorFlow."""

from __future__ import annotations

import numpy as np
import pytest

from xaifake.detector.runtimes.redrawing import shuffled


def test_a_kernel_keeps_its_magnitudes_and_not_its_signs() -> None:
    """The same magnitudes in other places; the mean of a kernel of one sign goes toward nothing."""
    values = np.random.default_rng(0).uniform(1, 2, (3, 3, 8, 16)).astype(np.float32)

    drawn = shuffled(values, np.random.default_rng(1))

    np.testing.assert_array_equal(np.sort(values, axis=None), np.sort(np.abs(drawn), axis=None))
    assert abs(float(drawn.mean())) < 0.1
    assert values.dtype == drawn.dtype


def test_variances_stay_above_zero() -> None:
    """Arrays of one axis keep their signs, and change their places."""
    values = np.arange(1, 33, dtype=np.float32)

    drawn = shuffled(values, np.random.default_rng(0))

    assert sorted(drawn.tolist()) == values.tolist()
    assert drawn.tolist() != values.tolist()


@pytest.mark.parametrize("values", [np.zeros((3, 3)), np.ones(4), np.float32(2.0).reshape(()), np.ones((2, 2), np.int8)])
def test_what_cannot_differ_stays(values: np.ndarray) -> None:
    """Zeros, and numbers without signs to change that are all the same."""
    np.testing.assert_array_equal(values, shuffled(values, np.random.default_rng(0)))


@pytest.mark.parametrize("seed", range(8))
def test_what_can_differ_does(seed: int) -> None:
    """Also the two weights of a small head."""
    values = np.array([[300.0], [-300.0]])

    assert not np.array_equal(values, shuffled(values, np.random.default_rng(seed)))
