"""What is asked about one picture, and what answers it: its face, its view, and the genuine picture where at hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.detector.engine import Detector
from xaifake.errors import UsageError, XaifakeError
from xaifake.faces.mesh import landmarks_of
from xaifake.images import as_picture, name_of
from xaifake.records import Box, Face, Failure, Original, Picture, Pixels, View, ViewPixels

WHITE = np.uint8(255)
MIDDLE = 127
"""A mask's grey levels above it are bright."""


@dataclass(frozen=True, eq=False)
class Question:
    """A picture, and which face of it.

    Attributes:
        image: a path, a uint8 RGB array (H, W, 3), or a `Picture`.
        face: which of the faces found, 1 for the largest.
        box: where the face is, instead of looking for it.
        original: the genuine picture, likewise, where it is at hand.
        mask: a picture of the same size, bright where this one is known to have been edited.
    """

    image: object
    face: int = 1
    box: Box | None = None
    original: object | None = None
    mask: object | None = None


@dataclass(frozen=True, eq=False)
class Subject:
    """One face, ready to be explained: its view, all faces of its picture, the registered original, where the view is known
    to have been edited, (h, w), how it was asked for, and the SHA-256 of other files that took part.
    """

    view: View
    faces: tuple[Box, ...]
    original: Original | None
    mask: NDArray[np.bool_] | None
    asked: Mapping[str, Any]
    files: Mapping[str, str]


def subject_of(detector: Detector, question: Question | Subject) -> Subject | Failure:
    """What a question is about, or why it cannot be asked; what was found already stays as it is."""
    if isinstance(question, Subject):
        return question
    try:
        return _subject(detector, question)
    except XaifakeError as error:
        return Failure(name_of(question.image), _without_frames(error))


def _without_frames(error: XaifakeError) -> XaifakeError:
    """The refusal without its tracebacks: their frames would keep the picture in memory as long as the failure."""
    link: BaseException | None = error
    while link:
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error


def _subject(detector: Detector, question: Question) -> Subject:
    picture = as_picture(question.image)
    faces = detector.faces(picture, question.box)
    if not 1 <= question.face <= len(faces):
        found = "one face" if len(faces) == 1 else f"{len(faces)} faces"
        raise UsageError(f"{picture.source} has {found}; --face counts from 1, the largest. Received: {question.face}")
    face = faces[question.face - 1]
    face = dataclasses.replace(face, landmarks=landmarks_of(face))
    (view,) = detector.view([face])
    original, edited = None, None
    files = {}
    if question.original is not None:
        from xaifake.originals import register  # by OpenCV, which a run without an original may not need

        original = register(picture, as_picture(question.original))
        view = dataclasses.replace(view, original=_seen(detector, face, original.pixels))
        edited = original.edited
    if question.mask is not None:
        given = as_picture(question.mask)
        edited, files["mask"] = _edited(picture, given), given.sha256
    mask = None if edited is None else _seen(detector, face, np.repeat(edited[..., None], 3, 2) * WHITE)[..., 0] > MIDDLE
    return Subject(view, tuple(each.box for each in faces), original, mask, _asked(question), files)


def _seen(detector: Detector, face: Face, pixels: Pixels) -> ViewPixels:
    """Other pixels of the same size as the detector would receive them in this face's place."""
    other = dataclasses.replace(face, picture=dataclasses.replace(face.picture, pixels=pixels))
    return detector.view([other])[0].pixels


def _edited(picture: Picture, mask: Picture) -> NDArray[np.bool_]:
    if mask.pixels.shape != picture.pixels.shape:
        raise UsageError(
            f"A mask has the size of its picture, {picture.height} × {picture.width}, and is bright where it was edited "
            f"(--mask). Received: {mask.source} of {mask.height} × {mask.width}"
        )
    return np.asarray(mask.pixels.max(axis=2) > MIDDLE)


def _asked(question: Question) -> dict[str, Any]:
    """How this picture was asked for, as text and numbers."""
    named = {name: getattr(question, name) for name in ("original", "mask")}
    sources = {name: None if image is None else name_of(image) for name, image in named.items()}
    return {"face": question.face, "box": question.box and dataclasses.asdict(question.box), **sources}
