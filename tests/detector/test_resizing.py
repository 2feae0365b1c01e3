"""Resizing equals the library that it names, to the last bit."""

from __future__ import annotations

import sys
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

pytestmark = pytest.mark.slow

SIDES = st.integers(1, 40)
WIDE = SIDES | st.integers(1, 1000)
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
@settings(max_examples=50)
@given(WIDE, WIDE, WIDE, WIDE)
def test_without_a_library_it_is_tf_image(
    name: str, antialias: str, height: int, width: int, rows: int, columns: int
) -> None:
    """Each filter of tf.image, with and without antialias, named or not: unrounded, unclipped, as near as float32 goes."""
    pixels = noise(height, width)
    expected = tensorflow().image.resize(pixels, (rows, columns), method=name, antialias=bool(antialias)).numpy()
    misplaced = 2.0**-23 * (height + width)  # pixels, along both sides: where tf.image samples is a float32 number
    exact = name == "nearest" or (name == "bicubic" and not antialias)

    for library in ("", "tf:"):
        actual = resize(pixels, (rows, columns), f"{library}{name}{antialias}")
        np.testing.assert_allclose(actual, expected.astype(np.float32), rtol=0, atol=0 if exact else 1e-3 + 255 * misplaced)


@pytest.mark.parametrize("spec", ["nearest", "bilinear", "area", "bilinear+antialias", "bicubic+antialias"])
def test_shrinking_as_tf_image_needs_no_tensorflow(spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A detector that is scored by another runtime does not wait seconds for one filter."""
    monkeypatch.setitem(sys.modules, "tensorflow", None)  # importing it fails

    assert resize(noise(40, 30), (20, 10), spec).shape == (20, 10, 3)


@given(
    spec=st.sampled_from(["nearest", "bilinear", "bilinear+antialias", "bicubic+antialias"])
    | st.builds("{}:{}".format, st.sampled_from(["opencv", "pil"]), st.sampled_from(FILTERS)),
    shape=st.tuples(SIDES, SIDES),
    size=st.tuples(SIDES, SIDES),
    grey=st.integers(0, 255),
    seed=st.integers(0, 99),
)
def test_no_light_is_made(spec: str, shape: tuple[int, int], size: tuple[int, int], grey: int, seed: int) -> None:
    """A picture of one grey stays that grey, and none gets brighter or darker than it was; cubics alone may overshoot."""
    pixels = np.random.default_rng(seed).integers(40, 200, (*shape, 3), np.uint8)

    flat, resized = resize(np.full_like(pixels, grey), size, spec), resize(pixels, size, spec)

    assert flat.shape == resized.shape == (*size, 3)
    np.testing.assert_allclose(flat, grey, atol=1e-3)
    if "bicubic" not in spec:
        assert pixels.min() - 1e-3 <= resized.min() <= resized.max() <= pixels.max() + 1e-3


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
