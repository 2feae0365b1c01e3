"""Bands share out the spectrum, and what they hold adds up to the view."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake.game import spectrum

SIDES = st.integers(1, 40)


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 255, (height, width, 3)).astype(np.float32)


@settings(max_examples=40)
@given(height=SIDES, width=SIDES)
def test_the_masks_part_every_frequency_but_the_mean(height: int, width: int) -> None:
    """Shares lie in 0..1 and sum to 1; the mean belongs to no band."""
    masks = spectrum.masks((height, width))

    total = masks.sum(axis=0)
    assert total[0, 0] == 0
    total[0, 0] = 1
    np.testing.assert_allclose(total, 1, rtol=1e-6)
    assert masks.min() >= 0
    assert masks.shape == (spectrum.BANDS, height, width)


def test_the_edges_are_where_neighbours_share_evenly() -> None:
    """At the radius between two bands both have about half, and below the lower one's middle it has all."""
    masks, edges = spectrum.masks((1, 4096)), spectrum.edges((1, 4096))
    radius = spectrum.radii((1, 4096))[0]

    for band in range(3, 6):
        place = int(np.abs(radius - edges[band]).argmin())
        middle = int(np.abs(radius - np.sqrt(edges[band] * edges[band + 1])).argmin())
        assert masks[band - 1 : band + 1, 0, place] == pytest.approx([0.5, 0.5], abs=0.1)
        assert masks[band, 0, middle] == pytest.approx(1, abs=0.01)


def test_the_edges_are_known_numbers() -> None:
    """At 224 × 224 they run in about octaves from half a cycle per picture to the corner of the plane."""
    cycles = spectrum.edges((224, 224)) * 224

    assert cycles.round(1).tolist() == [0.5, 1.0, 2.1, 4.3, 8.9, 18.3, 37.5, 77.1, 158.4]


@settings(max_examples=25)
@given(height=SIDES, width=SIDES, seed=st.integers(0, 99))
def test_the_parts_add_up_to_the_view(height: int, width: int, seed: int) -> None:
    """Mean and bands together are the view, up to the rounding of float32."""
    pixels = noise(height, width, seed)

    parts = spectrum.parts(pixels, spectrum.masks((height, width)))

    np.testing.assert_allclose(parts.sum(axis=0) + pixels.mean(axis=(0, 1)), pixels, atol=1e-3)


@settings(max_examples=25)
@given(height=SIDES, width=SIDES, seed=st.integers(0, 99))
def test_energy_is_kept(height: int, width: int, seed: int) -> None:
    """Parseval: the spectrum's energy is the view's, and without the mean it is its variance."""
    pixels = noise(height, width, seed)

    energy = float((spectrum.analyse(pixels) ** 2).sum())

    assert energy == pytest.approx(float((pixels.astype(np.float64) ** 2).sum()))
    variance = float(pixels.astype(np.float64).var(axis=(0, 1)).sum()) * height * width
    assert spectrum.power(pixels).sum() == pytest.approx(variance, abs=1e-3)


@pytest.mark.parametrize(("period", "band"), [(96, 1), (24, 3), (12, 4), (2.4, 7)])
def test_a_wave_lies_in_its_band(period: float, band: int) -> None:
    """A grating has nearly all its energy in the band of its frequency and the two beside it."""
    wave = 128 + 50 * np.cos((np.arange(96) + 0.5) * 2 * np.pi / period)
    pixels = np.broadcast_to(wave[None, :, None], (96, 96, 3)).astype(np.float32)

    shares = np.array(spectrum.energy_shares(pixels))

    assert shares.argmax() == band
    assert shares[max(0, band - 1) : band + 2].sum() > 0.999
    assert shares.sum() == pytest.approx(1)


def test_a_slope_leaves_no_cross() -> None:
    """The mirrored border adds little to the finest bands; the bare periodic one would add a hundred times as much."""
    slope = np.broadcast_to(np.linspace(0, 255, 64, dtype=np.float32)[None, :, None], (64, 64, 3))
    wrapped = np.abs(np.fft.fft(slope[0, :, 0] - slope.mean())) ** 2
    fine = np.abs(np.fft.fftfreq(64)) > 0.3

    assert spectrum.energy_shares(slope)[7] < 0.01 * wrapped[fine].sum() / wrapped.sum()


def test_a_view_of_one_colour_has_no_energy() -> None:
    """Shares are all 0 and the profile is silent: no division by nothing, no noise drawn as a spectrum."""
    flat = np.full((32, 32, 3), 77.7, np.float32)

    assert spectrum.energy_shares(flat) == (0.0,) * spectrum.BANDS
    assert set(spectrum.profile(flat)) == {spectrum.SILENCE}


@pytest.mark.parametrize("shape", [(128, 128), (64, 200), (200, 100)])
def test_white_noise_has_a_flat_profile(shape: tuple[int, int]) -> None:
    """Noise of variance 100 has 20 decibels in every ring, whatever the shape of the view."""
    pixels = np.random.default_rng(0).normal(128, 10, (*shape, 3)).astype(np.float32)

    profile = spectrum.profile(pixels)

    assert len(profile) == spectrum.PROFILE
    np.testing.assert_allclose(profile[4:-4], 20, atol=1.5)
    assert np.mean(profile[8:-8]) == pytest.approx(20, abs=0.2)


@settings(max_examples=30)
@given(height=SIDES, width=SIDES)
def test_no_ring_is_empty(height: int, width: int) -> None:
    """On noise every ring of a profile has power, or there is but the mean."""
    profile = spectrum.profile(noise(height, width))

    assert len(profile) == min(spectrum.PROFILE, height, width)
    assert all(isinstance(level, float) for level in profile)
    assert height == width == 1 or min(profile) > 0


def test_a_wave_is_told_as_the_mean_of_its_ring() -> None:
    """The innermost of 64 rings holds eight frequencies of three colours, less the mean."""
    wave = 2 * np.cos((np.arange(128) + 0.5) * np.pi / 128)
    pixels = np.broadcast_to(128 + wave[None, :, None], (128, 128, 3)).astype(np.float32)

    assert spectrum.profile(pixels)[0] == pytest.approx(10 * np.log10(3 * 2 * 128**2 / (3 * 8 - 3)), abs=1e-3)


@pytest.mark.parametrize(("energy", "total"), [(0.9, 0), (1.1, 1)])
def test_silence_is_a_millionth_of_a_grey_level_squared(energy: float, total: float) -> None:
    """A frequency, in the mean: what is less has no shares."""
    checks = (-1.0) ** np.add.outer(np.arange(32), np.arange(32))[..., None]
    pixels = (0.5 + (energy * 1e-6 / 3) ** 0.5 * checks * np.ones(3)).astype(np.float32)

    assert sum(spectrum.energy_shares(pixels)) == pytest.approx(total)


def test_masks_are_kept_and_cannot_be_changed() -> None:
    """Whoever asks again gets the same array."""
    assert spectrum.masks((8, 9)) is spectrum.masks((8, 9))
    assert not spectrum.masks((8, 9)).flags.writeable
