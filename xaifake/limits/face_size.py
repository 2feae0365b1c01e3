"""How many pixels of the picture show the face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xaifake.interfaces import Engine, Seen
from xaifake.limits._judging import at_least, checked_option
from xaifake.records import Limit


@dataclass(frozen=True)
class FaceSize:
    """The shorter side of what the detector receives of the picture, in the picture's own pixels.

    AFP's verification plug-in refuses pictures below 128 × 128 to its detectors. A detector with a large input receives a
    face of 128 pixels enlarged, with detail that no camera saw: so the bound is also the input's shorter side over
    ``enlarged``.

    Where the contract says that the whole picture is the face (``crop`` whole), its size is the picture's, and the unit
    says so: the face in it may be smaller.

    Attributes:
        least: pixels.
        enlarged: how many times the input may be larger than the face.
    """

    least: int = 128
    enlarged: float = 2.0

    def __post_init__(self) -> None:
        checked_option(self, "least", 1, 10_000, "face_size")
        checked_option(self, "enlarged", 0.1, 1_000, "face_size")

    def measure(self, engine: Engine, seen: Sequence[Seen]) -> list[Limit]:
        """One limit for each face, in pixels."""
        bound = max(float(self.least), min(engine.contract.size) / self.enlarged)
        faces = [one.view.face for one in seen]
        units = ("pixels of the whole picture" if face.locator == "whole" else "pixels" for face in faces)
        sides = (float(min(face.box.height, face.box.width)) for face in faces)
        return [at_least("face_size", side, bound, unit) for side, unit in zip(sides, units, strict=True)]
