"""A face blended into itself: where it differs from its picture, by how much, and what its masks look like."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from meshes import mesh_on
from synthetic import astronaut

from xaifake.faces.head import head_of
from xaifake.faces.parts import PARTS, parts_of
from xaifake.faces.pasting import hull_of, mixed
from xaifake.opencv import cv2
from xaifake.records import Box
from xaifake.training.pictures.self_blending import (
    DEFORMED,
    FEATHER,
    GROWN,
    RATIOS,
    ROOM,
    drawn_mask,
    other_self,
    self_blended,
)

pytestmark = pytest.mark.slow

SIDE = 128
VIEW = cv2.resize(astronaut(), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
MESH = mesh_on(Box(0, 0, SIDE, SIDE))
SAMPLE = 80


def random(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@cache
def masks() -> tuple[np.ndarray, ...]:
    return tuple(drawn_mask(MESH, (SIDE, SIDE), random(seed)) for seed in range(SAMPLE))


@pytest.mark.parametrize("seed", range(8))
def test_a_blend_is_its_other_self_within_the_mask_and_its_picture_beyond(seed: int) -> None:
    """To the rounding to whole grey levels."""
    pixels, mask = self_blended(VIEW, MESH, random(seed))
    drawn = random(seed)
    source, same = other_self(VIEW, MESH, drawn), drawn_mask(MESH, (SIDE, SIDE), drawn)
    assert (np.uint8, np.float32) == (pixels.dtype, mask.dtype)
    assert np.array_equal(same, mask)
    assert np.array_equal(VIEW[mask == 0], pixels[mask == 0])
    assert 0.5 >= np.abs(mixed(source, VIEW, mask) - pixels).max()
    assert (pixels != VIEW).any()


def test_blends_hang_on_their_generator_alone() -> None:
    """The same again from one seed, another from another; the picture stays as it was."""
    before = VIEW.copy()
    (first, mask), (again, same), (other, _) = (self_blended(VIEW, MESH, random(seed)) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert np.array_equal(mask, same)
    assert not np.array_equal(first, other)
    assert np.array_equal(before, VIEW)


def test_most_blends_can_be_seen() -> None:
    """Within the mask nine of ten differ by two grey levels and more, in the mean, and hardly any by more than forty."""
    changes = []
    for seed in range(40):
        pixels, mask = self_blended(VIEW, MESH, random(seed))
        changes.append(np.abs(pixels.astype(int) - VIEW)[mask > mask.max() / 2].mean())
    assert 36 <= np.sum(np.array(changes) >= 2)
    assert 40 > np.quantile(changes, 0.95)


def test_masks_stay_about_the_face() -> None:
    """Within its hull, grown by all that bends, widens and softens a mask."""
    height = head_of(MESH).height
    reach = height * (1.5 * DEFORMED + ROOM * (GROWN[1] + 4 * FEATHER[1])) + 2
    beyond = cv2.distanceTransform(1 - hull_of(MESH, (SIDE, SIDE)), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    assert all(0 == mask[beyond > reach].max(initial=0) for mask in masks())


def test_masks_keep_to_their_ratios() -> None:
    """None is empty, none above 1, and all ratios occur; a blur takes a little of narrow ones."""
    highest = np.array([mask.max() for mask in masks()])
    nearest = {float(min(RATIOS, key=lambda ratio: abs(ratio - high))) for high in highest}
    assert set(RATIOS) == nearest
    assert 0.15 < highest.min()
    assert 1 >= highest.max()


def test_masks_are_of_the_whole_face_and_of_single_parts() -> None:
    """Some leave all but one eye, the nose or the mouth; some hold the forehead, cheeks and chin."""
    labels = parts_of(MESH, (SIDE, SIDE))
    held = [
        {
            part
            for part in ("left eye", "right eye", "nose", "mouth", "forehead", "chin and jaw")
            if (mask > mask.max() / 2)[labels == PARTS.index(part)].mean() > 0.3
        }
        for mask in masks()
    ]
    for part in ("left eye", "right eye", "nose", "mouth"):
        assert {part} in held
    assert any({"forehead", "chin and jaw", "nose"} <= parts for parts in held)
    assert {"left eye", "right eye"} in held


def test_a_part_beyond_the_view_gives_way_to_the_face() -> None:
    """Of a view that ends below the nose every mask has pixels."""
    shape = (int(MESH[2, 1]), SIDE)
    assert all(drawn_mask(MESH, shape, random(seed)).max() > 0 for seed in range(SAMPLE))


def test_irises_may_follow_the_mesh() -> None:
    """MediaPipe's 478 points have the mesh's 468 first."""
    points = np.concatenate([MESH, MESH[:10]])
    pixels, mask = self_blended(VIEW, points, random(0))
    assert (VIEW.shape, VIEW.shape[:2]) == (pixels.shape, mask.shape)


def test_the_other_self_is_as_often_sharper_as_softer() -> None:
    """So that neither says FAKE."""

    def grain(pixels: np.ndarray) -> float:
        return float(cv2.Laplacian(pixels.astype(np.float32), cv2.CV_32F).std())

    sharper = [grain(other_self(VIEW, MESH, random(seed))) > grain(VIEW) for seed in range(SAMPLE)]
    assert 0.35 * SAMPLE < sum(sharper) < 0.65 * SAMPLE


def test_the_other_self_stays_near_its_picture() -> None:
    """In tone and in place: the mean within 60 grey levels in each channel, and hardly any copy within one."""
    changes = np.array([(other_self(VIEW, MESH, random(seed)) - VIEW).mean(axis=(0, 1)) for seed in range(SAMPLE)])
    assert 60 > np.abs(changes).max()
    assert 0.1 > np.mean(np.abs(changes).max(axis=1) < 1)
    assert 6 > np.abs(changes.mean(axis=0)).max()
