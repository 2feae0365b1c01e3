"""Score-CAM weighs each channel by what it does to the logit as a mask, and lays that where the channel shows."""

from __future__ import annotations

import dataclasses
from dataclasses import asdict

import numpy as np
import pytest
from engines import FAKE, REAL, SIZE, NumpyEngine, constant, planted, planted_view
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xaifake.errors import UsageError
from xaifake.explainers.scorecam import ScoreCAM, shown
from xaifake.game.fills.mean import Mean
from xaifake.game.region_game import RegionGame, new_game
from xaifake.interfaces import Tapped
from xaifake.records import Attribution, Omission, Views

GRID = 12


def channels(*boxes: tuple[slice, slice], tail: int = 0) -> np.ndarray:
    """Activations (GRID, GRID, C): one channel on each box of the view, and some that are flat."""
    result = np.ones((GRID, GRID, len(boxes) + tail), np.float32)
    for channel, (rows, columns) in enumerate(boxes):
        result[..., channel] = 0
        result[rows.start // 4 : rows.stop // 4, columns.start // 4 : columns.stop // 4, channel] = channel + 2
    return result


class Layered(NumpyEngine):
    """Another engine's scores, and one layer whose activations are given."""

    def __init__(self, scores: NumpyEngine, activations: np.ndarray) -> None:
        super().__init__(scores.score)
        self.activations = activations
        self.tapped: list[str | None] = []

    def tap(self, views: Views, layer: str | None = None) -> Tapped:
        self.tapped.append(layer)
        stacked = np.stack([self.activations] * len(views))
        return Tapped(layer or "last", stacked, np.zeros_like(stacked), self.score(views))


PLANTS = channels(FAKE.rows_and_columns, REAL.rows_and_columns, tail=3)


def game() -> RegionGame:
    return new_game(planted_view(), fill=Mean())


def explained(engine: NumpyEngine, method: ScoreCAM | None = None) -> Attribution:
    (attribution,) = (method or ScoreCAM()).explain(engine, [game()], 0)
    assert isinstance(attribution, Attribution)
    return attribution


@pytest.mark.parametrize("sign", [1, -1])
def test_the_extremes_lie_in_the_plants(sign: int) -> None:
    """A channel on the evidence for FAKE gets a positive value there, one on that for REAL a negative one."""
    drawn = sign * explained(Layered(planted(sign), PLANTS)).on(SIZE, SIZE, smooth=False)

    assert drawn[FAKE.rows_and_columns].min() == drawn.max() > 0
    assert drawn[12:24, 40:].max() == 0
    assert drawn.min() == drawn[REAL.rows_and_columns].min() < 0


def test_a_channels_cells_add_up_to_its_increase() -> None:
    """The map of one channel sums to the logit of what it shows less that of the fill; of several, to their mean."""
    engine = Layered(planted(), PLANTS)

    alone = [explained(Layered(planted(), PLANTS[..., [channel]])).values.sum() for channel in (0, 1)]

    fake = np.zeros((1, SIZE, SIZE), np.float32)
    fake[0, FAKE.top : FAKE.bottom, FAKE.left : FAKE.right] = 1
    ends = game().score_masks(planted(), [np.concatenate([fake * 0, fake])])
    assert alone[0] == pytest.approx(ends[1] - ends[0], rel=0.2)  # the channel's mask has soft edges
    assert explained(engine).values.sum() == pytest.approx(np.mean(alone), abs=1e-5)


@settings(max_examples=30)
@given(
    activations=arrays(np.float32, (3, 4, 6), elements=st.floats(-4, 4, width=16)),
    most=st.integers(1, 8),
)
def test_channels_are_brought_to_shares(activations: np.ndarray, most: int) -> None:
    """Every channel asked reaches from 0 to 1; flat ones are left out."""
    masks = shown(activations, most)

    varied = np.ptp(activations, axis=(0, 1)) > 0
    assert len(masks) == min(most, varied.sum())
    if len(masks):
        assert set(masks.min(axis=(1, 2)).tolist()) == {0.0}
        np.testing.assert_allclose(masks.max(axis=(1, 2)), 1, atol=1e-6)


def test_the_channels_that_vary_most_are_asked() -> None:
    """Of three channels of unlike contrast and a budget of two, the faintest is left out."""
    ramp = np.arange(4, dtype=np.float32).reshape(2, 2, 1)

    masks = shown(np.concatenate([ramp, 5 * ramp, -9 * ramp], axis=2), 2)

    np.testing.assert_allclose(masks, [1 - ramp[..., 0] / 3, ramp[..., 0] / 3], atol=1e-6)


@pytest.mark.parametrize("engine", [Layered(constant(), PLANTS), Layered(planted(), PLANTS[..., 2:])])
def test_nothing_gives_no_evidence(engine: NumpyEngine) -> None:
    """A score that never changes leaves exact zeros, and so does a layer whose channels are all flat."""
    assert explained(engine).is_empty


def test_a_transforms_grid_is_not_the_pictures() -> None:
    """Of a detector in another domain nothing is said, and nothing is asked."""
    engine = Layered(planted(), PLANTS)
    engine.contract = dataclasses.replace(engine.contract, domain="dct:log")

    (answer,) = ScoreCAM().explain(engine, [game()], 0)

    assert isinstance(answer, Omission)
    assert (answer.method, answer.reason) == (
        "scorecam",
        "this detector's layers see the picture's dct transform, so their grid is not the picture's",
    )
    assert engine.batches == []


def test_the_record_is_whole() -> None:
    """Calls are what the engine saw; grid, unit, layer, the channels asked, options and the fill are there, and no seed."""
    engine = Layered(planted(), PLANTS)

    attribution = explained(engine, ScoreCAM(layer="deep"))

    assert engine.tapped == ["deep"]
    assert sum(engine.batches) == attribution.calls == 4 <= ScoreCAM().calls
    assert attribution.grid == (GRID, GRID)
    assert (attribution.method, attribution.unit, attribution.domain) == ("scorecam", "logit per cell", "pixel")
    assert (attribution.seed, attribution.options) == (None, asdict(ScoreCAM(layer="deep")))
    assert attribution.diagnostics == {"layer": "deep", "channels": 2, "fill": "mean"}


def test_no_channels_are_refused() -> None:
    """There must be something to ask."""
    with pytest.raises(UsageError, match="at least one channel"):
        ScoreCAM(channels=0)
