"""Locators: who finds the face. One file a locator, one public class a file. Nothing here knows the detector."""

from __future__ import annotations

from xaifake import plugins
from xaifake.errors import NoFaceError
from xaifake.records import Crop, Face, Picture

LOCATORS: dict[Crop, str] = {"whole": "whole", "face": "blazeface"}


def faces_of(picture: Picture, crop: Crop) -> tuple[Face, ...]:
    """The faces of a picture, largest first; with ``whole``, the picture itself as the one face.

    Raises:
        NoFaceError: the locator finds none. The whole picture is never taken in its place.
    """
    faces: tuple[Face, ...] = plugins.find("locator", LOCATORS[crop])().locate(picture)
    if not faces:
        raise NoFaceError(
            "No face was found in the picture; where it is a crop of a face already, say so with --crop whole. "
            f"Received: {picture.source}"
        )
    return faces
