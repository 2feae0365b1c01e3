"""Which face of a picture is explained: the largest, the one asked for, or the one in the box given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from synthetic import astronaut

from xaifake.audit.subjects import Question, Subject, subject_of
from xaifake.detector.resizing import resize
from xaifake.errors import NoFaceError, UsageError
from xaifake.faces import faces_of
from xaifake.images import as_picture
from xaifake.records import Box, Crop, Failure, View

pytestmark = pytest.mark.slow


class Eyes:
    """The part of a detector that looks and asks no model."""

    def __init__(self, crop: Crop = "face") -> None:
        self.crop = crop

    def faces(self, image: Any, box: Box | None = None) -> Any:
        return faces_of(as_picture(image), self.crop, box)

    def view(self, faces: Any) -> list[View]:
        return [View(face, resize(face.pixels, (96, 96), "opencv:bilinear")) for face in faces]


def two_faces() -> np.ndarray:
    """The astronaut, and beside her a smaller copy."""
    large = astronaut(whole=True)
    small = np.asarray(Image.fromarray(large).resize((256, 200)))
    picture = np.full((400, 768, 3), 90, np.uint8)
    picture[:, :512] = large
    picture[100:300, 512:] = small
    return picture


def test_all_faces_are_listed_and_the_largest_is_taken() -> None:
    """A subject keeps the boxes of every face; the first is the largest, and it is the view."""
    subject = subject_of(Eyes(), Question(two_faces()))

    assert isinstance(subject, Subject)
    assert len(subject.faces) == 2
    assert subject.view.face.box == subject.faces[0]
    assert subject.faces[0].height > subject.faces[1].height


def test_another_face_can_be_asked_for() -> None:
    """Number 2 is the smaller face, with its own landmarks within its own box."""
    subject = subject_of(Eyes(), Question(two_faces(), face=2))

    assert subject.view.face.box == subject.faces[1]
    assert subject.view.face.landmarks.shape == (468, 2)
    assert subject.view.face.landmarks[:, 0].min() > 512


def test_a_face_that_is_not_there_is_refused() -> None:
    """The refusal says how many faces there are."""
    failure = subject_of(Eyes(), Question(two_faces(), face=3))

    assert isinstance(failure, Failure)
    assert isinstance(failure.cause, UsageError)
    assert "2 faces; --face counts from 1" in failure.error


def test_a_box_is_taken_as_it_is() -> None:
    """No locator moves or widens it, and the mesh is laid on the face within."""
    box = Box(10, 110, 230, 340)
    subject = subject_of(Eyes(), Question(two_faces(), box=box))

    assert subject.faces == (box,)
    assert subject.view.face.landmarks is not None


def test_a_picture_without_a_face_is_no_subject_and_a_crop_is() -> None:
    """Noise is refused with the crop `face`, naming --crop whole; with `whole` it is a subject without landmarks."""
    noise = np.random.default_rng(0).integers(0, 255, (120, 120, 3), np.uint8)

    refused, taken = (subject_of(Eyes(crop), Question(noise)) for crop in ("face", "whole"))

    assert isinstance(refused.cause, NoFaceError)
    assert "--crop whole" in refused.error
    assert taken.view.face.landmarks is None


def test_a_picture_that_cannot_be_read_keeps_its_name(tmp_path: Path) -> None:
    """The failure says which file it was."""
    failure = subject_of(Eyes(), Question(tmp_path / "missing.png"))

    assert failure.image == str(tmp_path / "missing.png")


@pytest.mark.parametrize("crop", ["face", "whole"])
def test_the_original_is_seen_through_the_same_crop(crop: Crop) -> None:
    """A genuine picture equal to the explained one gives an equal view, and nothing is edited."""
    pixels = astronaut(whole=True)

    subject = subject_of(Eyes(crop), Question(pixels, original=pixels.copy()))

    np.testing.assert_allclose(subject.view.original, subject.view.pixels, atol=1)
    assert not subject.original.edited.any()
