"""Whether the picture shows one face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xaifake.faces.locators.blazeface import BlazeFace
from xaifake.interfaces import Engine, Seen
from xaifake.limits._judging import at_most, checked_option
from xaifake.records import Face, Limit, Picture


@dataclass(frozen=True)
class SeveralFaces:
    """How many faces there are to confuse with the one that was scored.

    Where BlazeFace located the face, all that it found in the picture are counted. Where the whole picture or a given box
    was scored, those that BlazeFace finds in that: a detector scores all of them at once. Where it finds none, the face
    mesh may still have, which looks with a margin about tight crops; without either the number is not known.

    Attributes:
        most: faces.
    """

    most: int = 1

    def __post_init__(self) -> None:
        checked_option(self, "most", 1, 1_000, "several_faces")

    def measure(self, engine: Engine, seen: Sequence[Seen]) -> list[Limit]:  # noqa: ARG002 - the picture alone tells
        """One limit for each face, in faces."""
        counts = (len(one.faces) if one.view.face.locator == "blazeface" else _count(one.view.face) for one in seen)
        return [at_most("several_faces", float(count) or None, float(self.most), "faces") for count in counts]


def _count(face: Face) -> int:
    """Faces within a box, at least the one that has landmarks."""
    within = Picture(face.picture.name, face.pixels, face.picture.sha256)
    return max(len(BlazeFace().locate(within)), int(face.landmarks is not None))
