"""What is asked about one picture, and what answers it: its face, its view, and the genuine picture where at hand."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from xaifake.detector.engine import Detector
from xaifake.errors import UsageError, XaifakeError
from xaifake.faces.mesh import landmarks_of
from xaifake.images import as_picture, name_of
from xaifake.records import Box, Face, Failure, Original, Pixels, View


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
        return Failure(name_of(question.image), error)


def _subject(detector: Detector, question: Question) -> Subject:
    picture = as_picture(question.image)
    faces = detector.faces(picture, question.box)
    if not 1 <= question.face <= len(faces):
        found = "one face" if len(faces) == 1 else f"{len(faces)} faces"
        raise UsageError(f"{picture.source} has {found}; --face counts from 1, the largest. Received: {question.face}")
    face = faces[question.face - 1]
    face = dataclasses.replace(face, landmarks=landmarks_of(face))
    from xaifake.originals import register

    original = None if question.original is None else register(picture, as_picture(question.original))
    (view,) = detector.view([face])
    if original is not None:
        view = dataclasses.replace(view, original=_seen(detector, face, original.pixels).pixels)
    return Subject(view, tuple(each.box for each in faces), original)


def _seen(detector: Detector, face: Face, pixels: Pixels) -> View:
    """The same crop of other pixels."""
    (view,) = detector.view([dataclasses.replace(face, picture=dataclasses.replace(face.picture, pixels=pixels))])
    return view
