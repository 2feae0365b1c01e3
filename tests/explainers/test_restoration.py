"""Restoration gives each region what its genuine pixels take off the logit, and says what it needs where it has none."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from engines import FAKE, REAL, SIZE, linear, planted, planted_view, view_of, weights_of

from xaifake.explainers.restoration import Restoration
from xaifake.game.original import GenuinePixels
from xaifake.game.region_game import RegionGame, new_game
from xaifake.game.regions import grid
from xaifake.records import Attribution, Box, Omission, View


def restorable(edit: Box, seed: int = 0) -> View:
    """The planted view, whose genuine picture lacks the stripes of one box and is the same everywhere else."""
    view = planted_view(seed)
    genuine = view.pixels.copy()
    genuine[edit.rows_and_columns] = genuine[edit.rows_and_columns].mean(axis=(0, 1))
    return dataclasses.replace(view, original=genuine)


def cells(view: View) -> RegionGame:
    """The game of 6 × 6 cells of 8 × 8 pixels with hard edges."""
    return RegionGame(view, lambda pixels: grid(pixels.shape[:2], 6, 6), GenuinePixels(view.pixels), feather=0)


@pytest.mark.parametrize(("edit", "sign"), [(FAKE, 1), (REAL, -1)])
def test_the_edit_is_recovered(edit: Box, sign: int) -> None:
    """Regions of the edit have the sign that the detector gives the edit; all regions that the edit leaves alone have 0."""
    (attribution,) = Restoration().explain(planted(), [cells(restorable(edit))], seed=0)

    assert isinstance(attribution, Attribution)
    edited = np.zeros((SIZE, SIZE), bool)
    edited[edit.rows_and_columns] = True
    touched = np.zeros(36, bool)
    touched[np.unique(attribution.regions[edited])] = True
    values = attribution.region_values
    assert (sign * values[touched]).min() > 0
    assert np.abs(values[~touched]).max() == 0


def test_an_additive_detector_is_recovered() -> None:
    """On a linear detector each value is the region's share of the difference, and the values sum to the whole drop."""
    view = restorable(FAKE)
    game = new_game(view, regions=25)
    difference = (view.pixels - view.original) * weights_of(0, (SIZE, SIZE))

    (attribution,) = Restoration().explain(linear(), [game], seed=0)

    expected = (game.soft_masks.summed(np.eye(game.players))[..., None] * difference).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(attribution.region_values, expected, atol=2e-4 * np.abs(expected).max())
    np.testing.assert_allclose(attribution.diagnostics["drop"], attribution.region_values.sum(), rtol=1e-3)


def test_a_picture_that_is_its_own_original_has_no_evidence() -> None:
    """Nothing is restored, so nothing has a value."""
    view = planted_view()
    (attribution,) = Restoration().explain(planted(), [cells(dataclasses.replace(view, original=view.pixels))], seed=0)

    assert attribution.is_empty
    assert attribution.diagnostics["drop"] == 0


def test_without_the_genuine_picture_it_says_what_it_needs() -> None:
    """Each picture is answered in its place: an omission that names the option, beside attributions of the others."""
    engine = planted()
    views = [planted_view(), restorable(FAKE), view_of(planted_view().pixels)]

    answers = Restoration().explain(engine, [new_game(view) for view in views], seed=0)

    assert [type(answer) for answer in answers] == [Omission, Attribution, Omission]
    assert answers[0].method == answers[1].method == "restoration"
    assert "--original" in answers[0].reason
    assert answers[1].calls == sum(engine.batches)


def test_it_restores_with_the_regions_and_edges_of_the_game() -> None:
    """The record names the fill and keeps the game's regions and feather, and the game itself keeps its own fill."""
    game = new_game(restorable(FAKE), regions=16, feather=2.5)

    (attribution,) = Restoration().explain(planted(), [game], seed=0)

    assert attribution.diagnostics["fill"] == "original"
    assert attribution.diagnostics["feather"] == 2.5
    assert attribution.calls == game.players + 2
    np.testing.assert_array_equal(attribution.regions, game.labels)
    assert game.settings["fill"] == "median"


def test_the_genuine_view_is_of_the_same_size() -> None:
    """Pixels of another shape are no view of the same face."""
    with pytest.raises(ValueError, match="shape"):
        GenuinePixels(np.zeros((4, 4, 3), np.float32)).fill(np.zeros((5, 4, 3), np.float32))
