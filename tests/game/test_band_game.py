"""The band game: its ends are exact, its coalitions add up, and its controls have the bands' energy."""

from __future__ import annotations

import numpy as np
import pytest
from engines import NumpyEngine, linear, view_of
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake.game import spectrum
from xaifake.game.band_game import LAYERS, SECTORS, BandGame, _until, outside
from xaifake.game.game import play

SHAPES = st.sampled_from([(1, 1), (1, 9), (8, 8), (20, 13), (32, 32)])


def game_of(shape: tuple[int, int] = (32, 32), seed: int = 0) -> BandGame:
    """A game of brown noise: most of its energy lies in the coarse bands, as in photographs."""
    noise = np.random.default_rng(seed).normal(0, 1, (*shape, 3)).cumsum(axis=0).cumsum(axis=1)
    return BandGame(view_of((128 + 60 * noise / max(np.abs(noise).max(), 1e-9)).astype(np.float32)))


def painted(game: BandGame, coalitions: np.ndarray) -> np.ndarray:
    views = np.empty((len(coalitions), *game.view.pixels.shape), np.float32)
    game.painter()(coalitions, views)
    return views


@settings(max_examples=25)
@given(shape=SHAPES, seed=st.integers(0, 99))
def test_the_ends_of_the_game_are_exact(shape: tuple[int, int], seed: int) -> None:
    """All bands are the view and none are its mean colour, bit for bit, also among others."""
    game = game_of(shape, seed)

    everything, nothing, _ = painted(game, np.array([[True] * 8, [False] * 8, [True] * 4 + [False] * 4]))

    assert everything.tobytes() == game.view.pixels.tobytes()
    assert nothing.tobytes() == np.broadcast_to(game.mean, game.view.pixels.shape).tobytes()


@settings(max_examples=25)
@given(shape=SHAPES, bits=st.integers(0, 255))
def test_a_coalition_and_its_complement_add_up(shape: tuple[int, int], bits: int) -> None:
    """What is shown and what is hidden make the view and the mean, and the mean colour is the same in all."""
    game = game_of(shape)
    coalition = (bits >> np.arange(8)) % 2 == 1

    shown, hidden = painted(game, np.stack([coalition, ~coalition]))

    np.testing.assert_allclose(shown + hidden, game.view.pixels + game.mean, atol=1e-3)
    np.testing.assert_allclose(shown.mean(axis=(0, 1)), game.mean, atol=1e-2)


def test_a_linear_detector_is_additive() -> None:
    """Nothing is clipped: the score of two bands together is the sum of their scores."""
    game = game_of()
    rows = np.array([[False] * 8, [True] + [False] * 7, [False] * 7 + [True], [True] + [False] * 6 + [True]])

    (logits,) = play(linear(size=(32, 32)), [game], [rows])

    nothing, first, last, both = logits
    assert both - nothing == pytest.approx(first + last - 2 * nothing, abs=1e-5)


def test_no_coalition_is_scored_twice() -> None:
    """The game remembers, whatever its players are."""
    game, engine = game_of(), linear(size=(32, 32))
    rows = np.eye(8, dtype=bool)

    play(engine, [game, game], [rows, rows])

    assert sum(engine.batches) == game.scored == 8


@settings(max_examples=20)
@given(shape=st.sampled_from([(8, 8), (20, 13), (32, 32)]), seed=st.integers(0, 99))
def test_controls_have_the_energy_of_their_band(shape: tuple[int, int], seed: int) -> None:
    """Each draw takes away just as much as the band, and no more of any frequency than there is."""
    game = game_of(shape, seed)
    whole = spectrum.analyse(game.view.pixels)
    removed = whole - np.stack([spectrum.analyse(view) for view in game.controls(2, seed)])

    for band, mask in enumerate(spectrum.masks(shape)):
        expected = ((whole * mask[..., None]) ** 2).sum()
        for draw in removed[2 * band : 2 * band + 2]:
            assert (draw**2).sum() == pytest.approx(expected, rel=1e-3, abs=1e-3)
            assert (np.abs(draw) <= np.abs(whole) * (1 + 1e-4) + 0.01).all()
            assert (draw * whole >= -0.01 * np.abs(whole)).all()  # none is turned over


def test_controls_spare_their_band_where_the_others_have_the_energy() -> None:
    """The finest band's draws take little of it; the coarsest's must, since most of a face's energy lies there."""
    game = game_of()
    removed = spectrum.analyse(game.view.pixels) - np.stack([spectrum.analyse(view) for view in game.controls(4, 0)])
    finest = game.labels == 7

    share = (removed[-4:, finest] ** 2).sum(axis=(1, 2)) / (removed[-4:] ** 2).sum(axis=(1, 2, 3))

    assert share.max() < 0.5


def test_a_seed_decides_the_controls() -> None:
    """The same seed gives the same bytes, another seed other ones, and draws differ from each other."""
    first, again, other = (game_of().controls(2, seed) for seed in (3, 3, 4))

    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()
    assert first[0].tobytes() != first[1].tobytes()


def test_a_flat_view_has_controls_that_change_nothing() -> None:
    """Where there is no energy nothing is taken away."""
    game = BandGame(view_of(np.full((16, 16, 3), 90.0, np.float32)))

    np.testing.assert_allclose(game.controls(2, 0), 90, atol=1e-3)


def test_values_beyond_the_range_are_kept_and_counted() -> None:
    """A black and white edge overshoots without its fine bands; the detector gets what there is."""
    pixels = np.zeros((32, 32, 3), np.float32)
    pixels[:, 16:] = 255
    game, seen = BandGame(view_of(pixels)), []
    engine = NumpyEngine(lambda views: seen.append(views.copy()) or np.zeros(len(views)), (32, 32))

    play(engine, [game], [np.array([[True] * 5 + [False] * 3])])

    assert seen[0].max() > 260
    assert outside(game) > 0.1
    lacking = painted(game, ~np.eye(8, dtype=bool))
    assert outside(game) == ((lacking < -0.5) | (lacking > 255.5)).mean(axis=(1, 2, 3)).max()
    assert outside(BandGame(view_of(pixels / 4 + 96))) == 0


def test_five_layers_hold_each_band_once() -> None:
    """What people are shown adds up to the view."""
    assert sorted(band for bands in LAYERS.values() for band in bands) == list(range(8))


def test_the_settings_say_how_bands_are_cut() -> None:
    """Plain numbers for the record."""
    settings_ = game_of((20, 40)).settings

    assert settings_["players"] == 8
    assert settings_["edges"][0] == pytest.approx(0.5 / 40)
    assert settings_["edges"][-1] == pytest.approx(0.5**0.5)
    assert {type(edge) for edge in settings_["edges"]} == {float}


def test_bands_are_named_by_cycles_across_the_longer_side() -> None:
    """With a digit after the point below ten cycles."""
    names = BandGame(view_of(np.zeros((20, 312, 3), np.float32))).names

    assert names[0] == "0.5–1.1 cycles"
    assert names[3:5] == ("4.9–11 cycles", "11–22 cycles")
    assert len(names) == 8


def test_directions_are_angles_whatever_the_shape() -> None:
    """On the diagonal of a view four times as wide as high the two middle directions share evenly, the others have none."""
    shares = (
        BandGame(view_of(np.zeros((8, 32, 3), np.float32)))._sectors().reshape(8, SECTORS, 8, 32)[:, :, 4, 16].sum(axis=0)
    )

    np.testing.assert_allclose(shares, [0, 0.5, 0.5, 0], atol=1e-6)


def test_sectors_are_taken_until_the_energy_is_reached() -> None:
    """The last only in part; where they have less than is asked for, all of them."""
    products, order = np.diag([0.25, 0.25, 0.25]), np.array([2, 0, 1])

    np.testing.assert_allclose(_until(products, order, 0.375), [0.5**0.5, 0, 1])
    np.testing.assert_allclose(_until(products, order, 0.0625), [0, 0, 0.5])
    np.testing.assert_allclose(_until(products, order, 2.0), [1, 1, 1])
    np.testing.assert_allclose(_until(np.full((2, 2), 1.0), np.array([0, 1]), 2.25), [1, 0.5])
