"""Faces: where they are, the points on them, and their parts. Nothing here knows the detector."""

from __future__ import annotations

from xaifake import plugins
from xaifake.errors import NoFaceError, UsageError
from xaifake.records import Box, Crop, Face, Picture

LOCATORS: dict[Crop, str] = {"whole": "whole", "face": "blazeface"}
GIVEN = "given"
"""Stands in a face's ``locator`` where a person said where the face is."""


def faces_of(picture: Picture, crop: Crop, box: Box | None = None) -> tuple[Face, ...]:
    """The faces of a picture, largest first; with ``whole``, the picture itself as the one face.

    Args:
        picture: where to look.
        crop: who looks: ``face`` asks BlazeFace, ``whole`` takes all of the picture.
        box: where the one face is, instead of looking for any; taken as it is, not widened.

    Raises:
        NoFaceError: the locator finds none. The whole picture is never taken in its place.
        UsageError: the box does not lie within the picture.
    """
    if box is not None:
        return (_given(picture, box),)
    faces: tuple[Face, ...] = plugins.find("locator", LOCATORS[crop])().locate(picture)
    if not faces:
        raise NoFaceError(
            "No face was found in the picture; where it is a crop of a face already, say so with --crop whole. "
            f"Received: {picture.source}"
        )
    return faces


def _given(picture: Picture, box: Box) -> Face:
    if box.top < 0 or box.left < 0 or box.bottom > picture.height or box.right > picture.width:
        raise UsageError(
            f"The box reaches out of {picture.source}, whose pixels lie within 0,0,{picture.height},{picture.width}; give "
            "it in whole pixels from the picture's top left corner, as --box TOP,LEFT,BOTTOM,RIGHT. "
            f"Received: {box.top},{box.left},{box.bottom},{box.right}"
        )
    return Face(picture, box, GIVEN)
