"""Resizing equals the library that it names, to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from xaifake.detector.resizing import parse_spec, resize
from xaifake.detector.runtime import tensorflow
from xaifake.errors import ContractError
from xaifake.opencv import cv2

SIDES = st.integers(1, 40)
FILTERS = ("nearest", "bilinear", "bicubic", "area")


def noise(height: int, width: int) -> Any:
    return np.random.default_rng(height * 100 + width).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize("name", FILTERS)
@given(SIDES, SIDES, SIDES, SIDES)
def test_opencv_is_opencv(name: str, height: int, width: int, rows: int, columns: int) -> None:
    """Each filter of OpenCV, up and down, from and to a single pixel."""
    way = {"nearest": cv2.INTER_NEAREST, "bilinear": cv2.INTER_LINEAR, "bicubic": cv2.INTER_CUBIC, "area": cv2.INTER_AREA}
    pixels = noise(height, width)
    expected = cv2.resize(pixels, (columns, rows), interpolation=way[name])

    actual = resize(pixels, (rows, columns), f"opencv:{name}")

    np.testing.assert_array_equal(actual, expected)
    assert actual.dtype == np.float32


@pytest.mark.parametrize("antialias", ["", "+antialias"])
@pytest.mark.parametrize("name", FILTERS)
@given(SIDES, SIDES, SIDES, SIDES)
def test_pillow_is_pillow(name: str, antialias: str, height: int, width: int, rows: int, columns: int) -> None:
    """Each filter of Pillow, which antialiases whether or not one says so."""
    way = {"nearest": "NEAREST", "bilinear": "BILINEAR", "bicubic": "BICUBIC", "area": "BOX"}
    pixels = noise(height, width)
    expected = Image.fromarray(pixels).resize((columns, rows), Image.Resampling[way[name]])

    np.testing.assert_array_equal(resize(pixels, (rows, columns), f"pil:{name}{antialias}"), np.asarray(expected))


@pytest.mark.keras
@pytest.mark.parametrize("antialias", ["", "+antialias"])
@pytest.mark.parametrize("name", FILTERS)
@settings(max_examples=25, deadline=None)
@given(SIDES, SIDES, SIDES, SIDES)
def test_without_a_library_it_is_tf_image(
    name: str, antialias: str, height: int, width: int, rows: int, columns: int
) -> None:
    """Each filter of tf.image, with and without antialias, named or not, unrounded and unclipped."""
    pixels = noise(height, width)
    expected = tensorflow().image.resize(pixels, (rows, columns), method=name, antialias=bool(antialias)).numpy()

    for library in ("", "tf:"):
        actual = resize(pixels, (rows, columns), f"{library}{name}{antialias}")
        np.testing.assert_array_equal(actual, expected.astype(np.float32))


def test_a_picture_of_the_right_size_is_not_touched() -> None:
    """Nothing is resampled where nothing needs to be."""
    pixels = noise(7, 9)

    np.testing.assert_array_equal(resize(pixels, (7, 9), "pil:bicubic"), pixels)


@pytest.mark.parametrize("spec", ["lanczos", "cv:area", "bilinear+", "bilinear+sharp", "", "tf:", "tf:area:x"])
def test_an_unknown_filter_is_refused(spec: str) -> None:
    """The refusal names the filters, the libraries and the flag."""
    with pytest.raises(ContractError, match=r"nearest, bilinear, bicubic or area.*--resize"):
        parse_spec(spec)


def test_opencv_has_no_antialias() -> None:
    """An antialiased filter of OpenCV is refused with the one that averages."""
    with pytest.raises(ContractError, match="opencv:area"):
        parse_spec("opencv:bilinear+antialias")
