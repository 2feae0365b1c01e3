"""Real faces as they are lie within; with a planted fault, outside. ``docs/limits.md`` has the rates of many more."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from engines import constant
from showing import shown

from xaifake import plugins
from xaifake.images import read_picture
from xaifake.opencv import cv2
from xaifake.records import Pixels

COUNT = 30


@pytest.fixture(scope="module")
def faces(data: Path) -> list[Pixels]:
    """Real faces of 256 × 256 that were not generated."""
    return [read_picture(file).pixels for file in sorted((data / "faces/kaggle_256/test/real").iterdir())[:COUNT]]


def outside(limit: str, pictures: list[Pixels]) -> int:
    told = plugins.make("limit", limit).measure(constant(), [shown(np.ascontiguousarray(pixels)) for pixels in pictures])
    return sum(one.status == "outside" for one in told)


@pytest.mark.data
@pytest.mark.parametrize("limit", ["blur", "upscaling", "face_size"])
def test_faces_as_they_are_lie_within(faces: list[Pixels], limit: str) -> None:
    """At most one of thirty is a false alarm."""
    assert outside(limit, faces) <= 1


@pytest.mark.data
def test_blurred_faces_lie_outside(faces: list[Pixels]) -> None:
    """All but one at most, by three pixels and more."""
    assert outside("blur", [cv2.GaussianBlur(pixels, (0, 0), 3) for pixels in faces]) >= COUNT - 1


@pytest.mark.data
def test_faces_made_twice_as_large_lie_outside(faces: list[Pixels]) -> None:
    """Four of five at least, by OpenCV's cubic filter."""
    larger = [cv2.resize(pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC) for pixels in faces]
    assert outside("upscaling", larger) >= 0.8 * COUNT
