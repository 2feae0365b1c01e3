"""Each change alone: what it does to a picture, and that nothing else happens to it."""

from __future__ import annotations

import io
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter
from synthetic import astronaut

from xaifake.detector.runtime import tensorflow
from xaifake.training.feeding import changes
from xaifake.training.feeding.augmenting import Augmentation

pytestmark = pytest.mark.keras

NAMES = tuple(field.name for field in fields(Augmentation))
FIXED = ("flip", "grey")
"""Changes of which there is but one."""


def views(count: int = 6, size: tuple[int, int] = (48, 64)) -> np.ndarray:
    """Cuttings of a portrait, (N, h, w, 3) uint8."""
    height, width = size
    return np.stack([astronaut()[40 + 9 * i : 40 + 9 * i + height, 60 : 60 + width] for i in range(count)])


def seeds(count: int = 6, first: int = 0) -> np.ndarray:
    return np.stack([np.full(count, 7), first + np.arange(count)], axis=1).astype(np.int32)


def changed(text: str, pictures: np.ndarray, own: np.ndarray | None = None) -> np.ndarray:
    seeded = seeds(len(pictures)) if own is None else own
    return np.asarray(Augmentation.parse(text).changed(pictures, seeded))


def alone(name: str, picture: np.ndarray, seed: int) -> np.ndarray:
    """One picture after one change."""
    tf = tensorflow()
    return np.asarray(getattr(changes, name)(tf, tf.constant(picture, tf.float32), tf.constant([7, seed])))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("picture", ["portraits", "black", "white", "noise"])
def test_each_change_keeps_shape_type_and_range(name: str, picture: str) -> None:
    """Also of what lies at the ends of the range, and where filters overshoot."""
    pictures = {
        "portraits": views(),
        "black": np.zeros((6, 33, 47, 3), np.uint8),
        "white": np.full((6, 33, 47, 3), 255, np.uint8),
        "noise": np.random.default_rng(0).choice(np.array([0, 255], np.uint8), (6, 33, 47, 3)),
    }[picture]
    after = changed(f"{name}=1", pictures)
    assert pictures.shape == after.shape
    assert np.float32 == after.dtype
    assert 0 <= after.min()
    assert after.max() <= 255


@pytest.mark.parametrize("name", NAMES)
def test_each_change_changes_every_picture_in_its_own_way(name: str) -> None:
    """Every picture of a portrait, and no two alike by another seed; a mirror image there is but one of."""
    pictures = np.repeat(views(1), 6, axis=0)
    after = changed(f"{name}=1", pictures)
    assert all((one != pictures[0]).any() for one in after)
    assert (1 if name in FIXED else 6) == len(np.unique(after, axis=0))


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_pixels(name: str) -> None:
    """Whatever stands beside a picture, in whichever order."""
    pictures, own = views(), seeds()
    after = changed(f"{name}=0.5", pictures, own)
    np.testing.assert_array_equal(after[::-2], changed(f"{name}=0.5", pictures[::-2], own[::-2]))


@pytest.mark.parametrize("text", ["none", ",".join(f"{name}=0" for name in NAMES)])
def test_without_a_probability_nothing_changes(text: str) -> None:
    """The same levels, as float32."""
    after = changed(text, views())
    assert np.float32 == after.dtype
    np.testing.assert_array_equal(views(), after)


def test_a_change_comes_as_often_as_its_probability_says() -> None:
    """Among 400 pictures within four standard deviations, and by each picture's own seed."""
    pictures = np.random.default_rng(0).integers(256, size=(400, 8, 8, 3), dtype=np.uint8)
    after = changed("flip=0.3", pictures, seeds(400))
    flipped = (after != pictures).any(axis=(1, 2, 3))
    assert abs(flipped.mean() - 0.3) < 4 * np.sqrt(0.3 * 0.7 / 400)
    np.testing.assert_array_equal(pictures[flipped][:, :, ::-1], after[flipped])


def test_changes_are_drawn_apart_from_each_other() -> None:
    """Half of the pictures that are flipped are made grey in places too, and half of the others."""
    pictures = np.random.default_rng(0).integers(256, size=(400, 8, 8, 3), dtype=np.uint8)
    flipped = (changed("flip=0.5,jpeg=0", pictures, seeds(400)) != pictures).any(axis=(1, 2, 3))
    both = changed("flip=0.5,cutout=0.5", pictures, seeds(400))
    holes = (both == 127.5).any(axis=(1, 2, 3))
    flips = np.array([(one[:, ::-1] == before).mean() > 0.5 for one, before in zip(both, pictures, strict=True)])
    assert 0.4 < holes[flips].mean() < 0.6
    assert 0.4 < holes[~flips].mean() < 0.6
    assert 0.4 < flipped.mean() < 0.6


def test_flipped_twice_is_as_before() -> None:
    """And once is left for right."""
    once = changed("flip=1", views())
    np.testing.assert_array_equal(views()[:, :, ::-1], once)
    np.testing.assert_array_equal(views(), changed("flip=1", once))


def test_a_crop_is_a_window_brought_back_to_size() -> None:
    """A slope stays a slope: less steep by as much as the window is smaller, 85 to 100 %, in both directions alike."""
    rows, columns = np.mgrid[0:80, 0:120].astype(np.float32)
    slope = np.stack([rows, columns, np.zeros_like(rows)], axis=-1)
    shares = []
    for seed in range(12):
        after = alone("crop", slope, seed)
        down, across = np.diff(after[10:-10, 0, 0]).mean(), np.diff(after[0, 10:-10, 1]).mean()
        assert abs(down - across) < 0.01
        shares.append(down)
        assert after[..., 0].min() >= 0
        assert after[..., 1].max() <= 119
    assert 0.84 < min(shares) < 0.9
    assert 0.95 < max(shares) <= 1.0


def test_colour_moves_levels_evenly() -> None:
    """A grey slope stays grey; its middle moves by 20 levels at most, its contrast by a fifth at most."""
    slope = np.repeat(np.linspace(80, 176, 64, dtype=np.float32)[None, :, None], 3, axis=2).repeat(8, axis=0)
    for seed in range(12):
        after = alone("colour", slope, seed)
        np.testing.assert_allclose(after[..., :1].repeat(3, axis=2), after, atol=1e-3)
        assert abs(after.mean() - slope.mean()) <= 20
        assert 0.8 <= np.ptp(after) / np.ptp(slope) <= 1.2


def slope() -> np.ndarray:
    """Grey from 100 to 150, so that no change leads out of the range by much."""
    return np.repeat(np.linspace(100, 150, 64, dtype=np.float32)[None, :, None], 3, axis=2).repeat(8, axis=0)


def test_a_tint_is_a_gain_and_an_offset_of_each_channel() -> None:
    """Each channel stays a straight line, half to one and a half as steep, and moves by up to fifty levels by itself."""
    for seed in range(8):
        after = alone("tint", slope(), seed)
        steps = np.diff(after[0], axis=0)
        np.testing.assert_allclose(np.repeat(steps[:1], 63, axis=0), steps, atol=1e-3)
        gains = np.ptp(after[0], axis=0) / 50
        assert ((gains >= 0.499) & (gains <= 1.501)).all()
        middles = after.mean(axis=(0, 1)) - 127.5 - gains * (slope().mean() - 127.5)
        assert (np.abs(middles) <= 50.01).all()
        assert np.ptp(gains) > 0.01
        assert np.ptp(middles) > 0.1


def test_grey_is_the_luma_of_the_picture() -> None:
    """That of Rec. 601, as domains weigh it, in each channel."""
    picture = views(1)[0].astype(np.float32)
    luma = picture @ np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(np.repeat(luma[..., None], 3, axis=2), alone("grey", picture, 0), atol=0.05)


def test_fog_takes_contrast_towards_one_light_level() -> None:
    """Up to three fifths of it; what is hidden is a level of 120 to 255."""
    for seed in range(8):
        after = alone("fog", slope(), seed)
        hidden = 1 - np.ptp(after) / 50
        assert 0 < hidden <= 0.6
        level = (after[0, 0, 0] - (1 - hidden) * 100) / hidden
        assert 119 <= level <= 256


def test_specks_cover_cells_of_two_by_two() -> None:
    """In white or in black, five in a hundred at most; what is not covered stays as it is."""
    colours = set()
    for seed in range(8):
        after = alone("specks", np.full((64, 64, 3), 128, np.float32), seed)
        colours |= set(np.unique(after))
        covered = (after != 128).all(axis=2)
        np.testing.assert_array_equal(covered, (after != 128).any(axis=2))
        np.testing.assert_array_equal(covered[::2, ::2].repeat(2, axis=0).repeat(2, axis=1), covered)
        assert covered.mean() <= 0.07
    assert {0.0, 128.0, 255.0} == colours


def test_cutout_is_one_square_of_grey() -> None:
    """A side of 10 to 40 % of the shorter side, whole and within the picture; the rest stays as it is."""
    picture = views(1, (60, 90))[0].astype(np.float32)
    for seed in range(12):
        after = alone("cutout", picture, seed)
        rows, columns = np.nonzero((after == 127.5).all(axis=2))
        height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
        assert len(rows) == height * width
        assert abs(height - width) <= 1
        assert 5 <= height <= 25
        assert len(rows) == (after != picture).any(axis=2).sum()


def test_blur_is_scipys_gaussian() -> None:
    """With one standard deviation of 0.1 to 3 pixels each pixel is SciPy's, cut off at nine and mirrored at the border."""
    picture = views(1)[0].astype(np.float32)
    found = []
    for seed in range(6):
        after = alone("blur", picture, seed)
        tries = np.linspace(0.1, 3.0, 291)
        spread = [
            np.abs(gaussian_filter(picture, (s, s, 0), radius=(9, 9, 0), mode="reflect") - after).mean() for s in tries
        ]
        assert min(spread) < 0.1
        found.append(tries[int(np.argmin(spread))])
    assert np.ptp(found) > 0.5


def test_resizing_takes_the_finest_detail() -> None:
    """Stripes of one pixel fade, a slope stays: half the sides hold nothing finer than two pixels."""
    stripes = np.zeros((64, 64, 3), np.float32)
    stripes[::2] = 200
    slope = np.linspace(20, 230, 64, dtype=np.float32)[:, None, None] * np.ones((1, 64, 3), np.float32)
    shares = [alone("resize", stripes, seed).std() / stripes.std() for seed in range(12)]
    assert min(shares) < 0.2
    assert max(shares) < 1
    assert all(np.abs(alone("resize", slope, seed) - slope).mean() < 2 for seed in range(12))


def test_noise_is_gaussian_and_each_number_has_its_own() -> None:
    """Mean 0, twenty-five levels at most, a kurtosis of 3, and no channel like another."""
    grey = np.full((96, 96, 3), 128, np.float32)
    spreads = []
    for seed in range(8):
        added = alone("noise", grey, seed) - grey
        spreads.append(added.std())
        assert abs(added.mean()) < 4 * added.std() / np.sqrt(added.size)
        assert abs((added**4).mean() / added.std() ** 4 - 3) < 0.3
        assert abs(np.corrcoef(added[..., 0].ravel(), added[..., 1].ravel())[0, 1]) < 0.05
    assert max(spreads) < 25.1
    assert np.ptp(spreads) > 1


def test_jpeg_is_what_a_library_reads_from_such_a_file() -> None:
    """Every picture comes out as Pillow writes and reads it at one of the qualities from 40 to 95, to the last bit."""
    qualities = []
    for seed, picture in enumerate(views(6, (64, 80))):
        after = alone("jpeg", picture, seed)
        qualities.append(next(q for q in range(40, 96) if np.array_equal(after, saved(picture, q))))
    assert len(set(qualities)) > 3


def saved(picture: np.ndarray, quality: int) -> Any:
    memory = io.BytesIO()
    Image.fromarray(picture).save(memory, "JPEG", quality=quality)
    return np.asarray(Image.open(memory))
