"""RISE: the masks are the paper's, and an additive detector's effects come back, smeared but whole."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
from engines import FAKE, REAL, NumpyEngine, constant, linear, planted, planted_view, view_of, weights_of
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake.errors import UsageError
from xaifake.explainers.rise import COIN, Rise, _pairs, _parts, _per_cell, _reach
from xaifake.game.region_game import new_game
from xaifake.records import Attribution, Box

pytestmark = pytest.mark.slow


def explained(engine: NumpyEngine, method: Rise | None = None, seed: int = 0) -> Attribution:
    (attribution,) = (method or Rise()).explain(engine, [new_game(planted_view())], seed)
    return attribution


def smear(cells: int, pixels: int) -> np.ndarray:
    """Covariance of each cell's share with each pixel's along one axis, over all shifts, for coins of variance 1."""
    shifts = (np.arange(400) + 0.5) / 400
    reach = _reach(shifts, cells, pixels)
    return np.einsum("nkc,npc->kp", _per_cell(reach, cells), reach) / len(shifts)


@settings(max_examples=25)
@given(cells=st.integers(2, 9), pixels=st.integers(9, 50), seed=st.integers(0, 99))
def test_masks_are_shares_and_come_in_pairs(cells: int, pixels: int, seed: int) -> None:
    """Each mask lies in 0..1, its neighbour is its complement, and coins that all show, show all."""
    random = np.random.default_rng(seed)
    coins = random.integers(0, 2, (20, cells + 2, cells + 2)).astype(np.float32)
    coins[0] = 1
    parts = _parts(coins, random.random((2, 20)), (pixels, pixels + 3), 3)

    masks = np.concatenate([_pairs(*part) for part in parts])

    assert masks.shape == (40, pixels, pixels + 3)
    assert masks.min() >= -1e-6
    assert masks.max() <= 1 + 1e-6
    np.testing.assert_allclose(masks[::2] + masks[1::2], 1, atol=1e-6)
    np.testing.assert_allclose(masks[0], 1, atol=1e-6)


@settings(max_examples=25)
@given(cells=st.integers(2, 9), pixels=st.integers(9, 50))
def test_a_cells_share_is_the_mean_of_its_pixels(cells: int, pixels: int) -> None:
    """Cells divide the view as regions of a grid do."""
    reach = _reach(np.array([0.3]), cells, pixels)
    cell_of = np.arange(pixels) * cells // pixels

    actual = _per_cell(reach, cells)[0]

    np.testing.assert_allclose(actual, [reach[0, cell_of == cell].mean(axis=0) for cell in range(cells)], atol=1e-6)


def test_a_pixels_effect_is_spread_and_kept() -> None:
    """What a pixel adds is divided among the cells around it: all of it, and at the picture's edge half or more."""
    kept = smear(8, 48).sum(axis=0)

    np.testing.assert_allclose(kept[12:-12], 1, atol=0.01)
    assert kept.min() > 0.5


def test_an_additive_detector_is_recovered_in_expectation() -> None:
    """On a linear detector the map is the smeared sum of the pixels' shares, within the error that the record gives."""
    game = new_game(planted_view())
    shares = ((game.view.pixels - game.fill) * weights_of(0, game.view.pixels.shape[:2])).sum(axis=2)
    expected = smear(8, 48) @ shares @ smear(8, 48).T

    (attribution,) = Rise(calls=8000).explain(linear(), [game], seed=0)

    error = attribution.diagnostics["standard_error"]
    assert 0.7 * error < np.sqrt(np.mean((attribution.values - expected) ** 2)) < 1.4 * error
    assert np.abs(expected).max() > 4 * error


@pytest.mark.slow
def test_the_error_is_the_spread_over_seeds() -> None:
    """The standard error of the record is what values of other seeds differ by."""
    maps = [explained(planted(), seed=seed) for seed in range(20)]

    spread = np.sqrt(np.var([attribution.values for attribution in maps], axis=0, ddof=1).mean())

    assert maps[0].diagnostics["standard_error"] == pytest.approx(spread, rel=0.2)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_extremes_lie_in_the_plants(sign: int) -> None:
    """The largest cell lies on the evidence for FAKE, the smallest on that for REAL; a negated detector swaps them."""
    drawn = sign * explained(planted(sign)).on(48, 48, smooth=False)

    assert drawn.max() == drawn[FAKE.rows_and_columns].max() > 0
    assert drawn.min() == drawn[REAL.rows_and_columns].min() < 0


def test_a_constant_detector_gives_no_evidence() -> None:
    """A score that never changes leaves exact zeros."""
    assert explained(constant()).is_empty


def test_a_seed_decides_every_byte() -> None:
    """One seed gives the same bytes twice, another seed other ones."""
    first, again, other = (explained(planted(), seed=seed) for seed in (3, 3, 4))

    assert first.values.tobytes() == again.values.tobytes()
    assert first.values.tobytes() != other.values.tobytes()


@pytest.mark.parametrize("calls", [16, 17, 100])
def test_it_asks_no_more_than_it_may(calls: int) -> None:
    """The engine sees as many views as the record counts, in pairs; and what is hidden shows the game's fill."""
    seen: list[np.ndarray] = []
    game = new_game(planted_view())

    def keep(views: np.ndarray) -> np.ndarray:
        seen.extend(views.copy())
        return np.zeros(len(views))

    (attribution,) = Rise(calls=calls).explain(NumpyEngine(keep), [game], 0)

    assert len(seen) == attribution.calls == calls // 2 * 2
    np.testing.assert_allclose(seen[0] + seen[1], game.view.pixels + game.fill, atol=1e-3)


def test_the_record_is_whole() -> None:
    """Grid, unit, domain, box, options and the fill are there."""
    attribution = explained(planted(), Rise(calls=32, cells=5), seed=9)

    assert attribution.grid == (5, 5)
    assert (attribution.method, attribution.unit, attribution.domain) == ("rise", "logit per cell", "pixel")
    assert (attribution.seed, attribution.box) == (9, Box(0, 0, 48, 48))
    assert attribution.options == asdict(Rise(calls=32, cells=5))
    assert attribution.diagnostics["fill"] == "median"
    assert COIN == np.var([0, 1])


def test_a_view_smaller_than_the_grid_gets_fewer_cells() -> None:
    """A view of 3 × 5 pixels has cells of whole pixels."""
    (attribution,) = Rise().explain(linear(size=(3, 5)), [new_game(view_of(np.eye(3, 5)[..., None] * 200 * np.ones(3)))], 0)

    assert attribution.grid == (3, 3)
    assert not attribution.is_empty


@pytest.mark.parametrize(
    ("options", "words"),
    [({"calls": 15}, "RISE needs at least 16 model calls; raise --calls"), ({"cells": 1}, "at least 2")],
)
def test_senseless_options_are_refused(options: dict[str, int], words: str) -> None:
    """Too few calls and a grid of one cell are named."""
    with pytest.raises(UsageError, match=words):
        Rise(**options)
