"""Copies of a picture have its fingerprint, other pictures have not."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from synthetic import astronaut

from xaifake.dataset.duplicates import BOUND
from xaifake.dataset.fingerprints import fingerprint
from xaifake.images import picture_of


def differing(one: object, other: object) -> int:
    """Bits in which the fingerprints differ."""
    prints = [fingerprint(picture_of(np.asarray(pixels))) for pixels in (one, other)]
    return (prints[0] ^ prints[1]).bit_count()


def jpeg(pixels: np.ndarray, quality: int) -> Image.Image:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality)
    return Image.open(stream).convert("RGB")


@pytest.mark.parametrize("quality", [50, 75, 95])
def test_compression_changes_hardly_a_bit(quality: int) -> None:
    """However strong."""
    assert differing(astronaut(), jpeg(astronaut(), quality)) <= 1


def test_size_and_brightness_change_few_bits() -> None:
    """Half the size, and a gamma of 0.8."""
    face = astronaut()
    half = Image.fromarray(face).resize((96, 96), Image.Resampling.BICUBIC)
    assert differing(face, half) <= 1
    assert differing(face, (255 * (face / 255) ** 0.8).round().astype(np.uint8)) <= BOUND


def test_a_mild_crop_stays_within_the_bound() -> None:
    """One hundredth of each side."""
    assert differing(astronaut(), astronaut()[2:-2, 2:-2]) <= BOUND


def test_mirroring_and_another_picture_do_not() -> None:
    """They show something else."""
    face, whole = astronaut(), astronaut(whole=True)
    assert differing(face, face[:, ::-1]) > 2 * BOUND
    assert differing(face, whole) > 2 * BOUND


def test_flat_pictures_are_alike() -> None:
    """They have no frequencies; black has no brightness either."""
    flat = [picture_of(np.full((20, 30, 3), value, np.uint8)) for value in (0, 9, 255)]
    assert [0, 1, 1] == [fingerprint(picture) for picture in flat]
