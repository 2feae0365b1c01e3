"""What is asked about one picture, and what answers it: its face, its view, and the genuine picture where at hand."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from xaifake.detector.engine import Detector
from xaifake.errors import UsageError, XaifakeError
from xaifake.faces.mesh import landmarks_of
from xaifake.images import as_picture, name_of
from xaifake.records import Box, Failure, Original, View


@dataclass(frozen=True, eq=False)
class Question:
    """A picture, and which face of it.

    Attributes:
        image: a path, a uint8 RGB array (H, W, 3), or a `Picture`.
        face: which of the faces found, 1 for the largest.
        box: where the face is, instead of looking for it.
        original: the genuine picture, likewise, where it is at hand.
    """

    image: object
    face: int = 1
    box: Box | None = None
    original: object | None = None


@dataclass(frozen=True, eq=False)
class Subject:
    """One face, ready to be explained: its view, all faces of its picture, and the registered original."""

    view: View
    faces: tuple[Box, ...]
    original: Original | None


def subject_of(detector: Detector, question: Question) -> Subject | Failure:
    """What a question is about, or why it cannot be asked."""
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
    boxes = tuple(each.box for each in faces)
    if question.original is None:
        return Subject(view, boxes, None)
    from xaifake.originals import register  # by OpenCV, which a run without an original may not need

    original = register(picture, as_picture(question.original))
    genuine = dataclasses.replace(face, picture=dataclasses.replace(picture, pixels=original.pixels))
    return Subject(dataclasses.replace(view, original=detector.view([genuine])[0].pixels), boxes, original)
