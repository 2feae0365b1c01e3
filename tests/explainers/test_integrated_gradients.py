"""Integrated gradients add up to the logit's change, and equal what is known in closed form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from engines import SIZE, NumpyEngine, planted_view, weights_of
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake.errors import UsageError
from xaifake.explainers.integrated_gradients import IntegratedGradients
from xaifake.game.fills.mean import Mean
from xaifake.game.region_game import RegionGame, new_game
from xaifake.records import Attribution, Views

WEIGHTS = weights_of(0, (SIZE, SIZE)) / 30


class Differentiable(NumpyEngine):
    """A function of the plane's weighted sum, its slope, and a plane that is some function of each pixel."""

    def __init__(
        self,
        function: Callable[[np.ndarray], np.ndarray],
        slope: Callable[[np.ndarray], np.ndarray],
        plane: Callable[[Views], np.ndarray] = lambda views: views,
    ) -> None:
        super().__init__(lambda views: function(self.sums(views)))
        self.slope = slope
        self.laid = plane

    def sums(self, views: Views) -> np.ndarray:
        return (self.plane(views).astype(np.float64) * WEIGHTS).sum(axis=(1, 2, 3))

    def plane(self, views: Views) -> np.ndarray:
        return self.laid(views)

    def gradient(self, views: Views) -> tuple[Any, np.ndarray]:
        return self.score(views), self.slope(self.sums(views))[:, None, None, None].astype(np.float32) * WEIGHTS


def game() -> RegionGame:
    return new_game(planted_view(), regions=25, fill=Mean())


def explained(engine: Differentiable, method: IntegratedGradients | None = None) -> Attribution:
    (attribution,) = (method or IntegratedGradients()).explain(engine, [game()], 0)
    return attribution


@pytest.mark.parametrize("steps", [2, 7, 32])
def test_a_linear_detector_is_recovered(steps: int) -> None:
    """Each pixel's value is its weights times its difference from the fill, from two steps on."""
    attribution = explained(Differentiable(lambda s: 5 + s, np.ones_like), IntegratedGradients(steps=steps))

    expected = ((game().view.pixels - game().fill) * WEIGHTS).sum(axis=2)
    np.testing.assert_allclose(attribution.values, expected, atol=1e-4 * np.abs(expected).max())
    assert attribution.diagnostics["completeness_gap"] < 1e-4


def test_a_curved_detector_is_recovered() -> None:
    """Of a function of one weighted sum the values are the function's change, divided as the sum's change is."""
    engine = Differentiable(np.exp, np.exp)

    attribution = explained(engine)

    shares = ((game().view.pixels - game().fill) * WEIGHTS).sum(axis=2)
    empty, full = engine.score(np.stack([game().fill, game().view.pixels]))
    expected = shares / shares.sum() * (full - empty)
    np.testing.assert_allclose(attribution.values, expected, atol=1e-3 * np.abs(expected).max())
    assert attribution.diagnostics["completeness_gap"] < 1e-3


@settings(max_examples=10)
@given(bend=st.floats(0.2, 3), steps=st.integers(2, 40))
def test_the_gap_is_what_the_sum_misses(bend: float, steps: int) -> None:
    """The record's gap is the difference of the map's sum and the logit's change, and its two logits are the path's ends."""
    engine = Differentiable(lambda s: np.sin(bend * s), lambda s: bend * np.cos(bend * s))

    attribution = explained(engine, IntegratedGradients(steps=steps))

    empty, full = engine.score(np.stack([game().fill, game().view.pixels]))
    told = attribution.diagnostics
    assert (told["empty"], told["full"]) == pytest.approx((empty, full), abs=1e-6)
    assert told["completeness_gap"] == pytest.approx(abs(attribution.values.sum(dtype=float) - (full - empty)), abs=1e-4)


def test_more_steps_leave_a_smaller_gap() -> None:
    """The trapezoid rule: the gap falls with the square of the steps."""
    engine = Differentiable(lambda s: s**2 + s**3, lambda s: 2 * s + 3 * s**2)

    few, many = (explained(engine, IntegratedGradients(steps=n)).diagnostics["completeness_gap"] for n in (5, 17))

    assert few / 20 < many < few / 10


def test_a_bent_plane_is_complete_too() -> None:
    """Where the domain's plane is a logarithm, the path bends in it, and the values still add up."""
    engine = Differentiable(lambda s: 40 * s, lambda s: np.full_like(s, 40.0), lambda views: np.log1p(views))

    attribution = explained(engine)

    planes = engine.plane(np.stack([game().fill, game().view.pixels]))
    expected = (40 * (planes[1] - planes[0]) * WEIGHTS).sum(axis=2)
    np.testing.assert_allclose(attribution.values, expected, atol=1e-4 * np.abs(expected).max())


def test_a_constant_detector_gives_no_evidence() -> None:
    """A score that never changes leaves exact zeros."""
    assert explained(Differentiable(lambda s: np.full_like(s, 3.7), np.zeros_like)).is_empty


def test_the_record_is_whole() -> None:
    """Calls are the gradients that the engine gave; unit, domain, options and the fill are there, and no seed."""
    engine = Differentiable(np.exp, np.exp)

    attribution = explained(engine, IntegratedGradients(steps=20))

    assert engine.batches == [16, 4]
    assert attribution.calls == IntegratedGradients(steps=20).calls == 20
    assert attribution.grid == (SIZE, SIZE)
    assert (attribution.method, attribution.unit, attribution.domain) == ("integrated_gradients", "logit per pixel", "pixel")
    assert (attribution.seed, attribution.options) == (None, asdict(IntegratedGradients(steps=20)))
    assert attribution.diagnostics["fill"] == "mean"


def test_too_few_steps_are_refused() -> None:
    """A path has two ends."""
    with pytest.raises(UsageError, match=r"at least 2 steps, the path's two ends\. Received: 1"):
        IntegratedGradients(steps=1)


@pytest.mark.keras
@pytest.mark.parametrize(("domain", "allowed"), [("pixel", 0.005), ("dct", 0.005), ("dct:log", 0.03)])
def test_keras_detectors_are_complete(domain: str, allowed: float) -> None:
    """On planted detectors of pixels and of coefficients, the values add up to the logit's change in the usual 32 steps."""
    from xaifake.detector.engine import Detector
    from xaifake.detector.planted import planted_model, planted_picture
    from xaifake.detector.planted_dct import planted_dct_model
    from xaifake.records import Box, Contract, Face, ModelFile, Picture, View

    pixels = planted_picture().pixels
    view = View(Face(Picture("planted", pixels, ""), Box(0, 0, *pixels.shape[:2]), "whole"), pixels.astype(np.float32))
    model = planted_model() if domain == "pixel" else planted_dct_model(log=domain == "dct:log")
    fed = {"range": (0, 1)} if domain == "pixel" else {"range": (0, 255), "channels": "grey"}
    contract = Contract(pixels.shape[:2], domain=domain, **fed)
    detector = Detector(model, contract, ModelFile("planted", "0" * 64, "in memory", 3))

    (attribution,) = IntegratedGradients().explain(detector, [new_game(view)], 0)

    told, ends = attribution.diagnostics, detector.score(np.stack([view.pixels, new_game(view).fill])).tolist()
    assert [told["full"], told["empty"]] == pytest.approx(ends, abs=1e-5)
    assert told["completeness_gap"] < allowed * (ends[0] - ends[1])
    assert attribution.unit == f"logit per {'pixel' if domain == 'pixel' else 'coefficient'}"
