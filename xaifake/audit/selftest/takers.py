"""Detectors in plain NumPy that take one shortcut each, or none, and the pictures on which each is right.

Every one reads one feature of a view. Its FAKE pictures are REAL ones to which that feature was given and nothing else, so
what the label hangs on is known. The clean ones read something that was done to the face itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from xaifake.audit.selftest import shortcut_features as features
from xaifake.audit.selftest import shortcut_marks as marks
from xaifake.audit.selftest.plants import demo
from xaifake.audit.selftest.shortcut_features import SIDE, Values
from xaifake.detector.resizing import resize
from xaifake.faces.mesh import Points, landmarks_of
from xaifake.images import picture_of
from xaifake.images.jpeg import recompressed
from xaifake.interfaces import BATCH
from xaifake.records import Box, Contract, Face, Logits, Picture, Pixels, View, Views

FEATURE_GAP = 6.0
"""Logits between the mean of REAL pictures and that of FAKE ones."""
QUALITY = 60
"""Of FAKE pictures' files, where the detector reads JPEG's blocks."""

Mark = Callable[[Pixels, Points, np.random.Generator], Values]
"""What is done to a REAL picture (h, w, 3), whose mesh is at hand, to make a FAKE one."""


@dataclass(frozen=True)
class Taker:
    """A feature that a detector reads, how FAKE pictures come by it, and the shortcut that this is; None of a clean one."""

    shortcut: str | None
    mark: Mark
    read: Callable[[Views], Values]
    quality: int | None = None
    """JPEG quality of FAKE pictures' files."""

    def fake(self, face: Face, random: np.random.Generator) -> Face:
        """A FAKE picture made of a REAL one, as it comes from its file."""
        points = face.landmarks
        if points is None:
            raise ValueError(f"Plants need a mesh. Received: {face.picture.name}")
        pixels = np.clip(np.rint(self.mark(face.pixels, points, random)), 0, 255).astype(np.uint8)
        if self.quality is not None:
            pixels = recompressed(pixels, self.quality)
        format_ = "PNG" if self.quality is None else "JPEG"
        picture = dataclasses.replace(picture_of(pixels), format=format_, jpeg_quality=self.quality)
        return dataclasses.replace(face, picture=picture)


@dataclass(frozen=True, eq=False)
class Reader:
    """The detector of a `Taker`, as an engine: linear in its feature, REAL and FAKE pictures about 0 in the mean."""

    taker: Taker
    real: Sequence[Face]
    fake: Sequence[Face]
    contract: Contract = field(default=Contract((SIDE, SIDE)))
    batch: int = BATCH

    def score(self, views: Views) -> Logits:
        """FAKE logits (N,)."""
        low, high = self._means
        return np.asarray(FEATURE_GAP * ((self.taker.read(views) - low) / (high - low) - 0.5), np.float32)

    def view(self, faces: Sequence[Face]) -> list[View]:
        """The pictures have the size already, or are brought to it by Pillow."""
        return [View(face, resize(face.pixels, self.contract.size, "pil:bilinear")) for face in faces]

    @cached_property
    def _means(self) -> tuple[float, float]:
        pixels = (np.stack([face.pixels for face in faces]).astype(np.float32) for faces in (self.real, self.fake))
        low, high = (float(self.taker.read(views).mean()) for views in pixels)
        return low, high


TAKERS: Mapping[str, Taker] = {
    "reads JPEG's blocks": Taker("jpeg", marks.as_it_is, features.blocks, QUALITY),
    "reads the finest frequencies": Taker("resize", marks.reduced, features.grain),
    "reads the background": Taker("background", marks.other_place, features.around),
    "reads the frame": Taker("border", marks.framed, features.frame_against_inside),
    "reads edges around faces": Taker("blending", marks.pasted, features.edges),
    "reads the colour": Taker("colour", marks.tinted, features.redness),
    "reads one band": Taker("bands", marks.one_band, features.middle_band),
    "reads whose face it is": Taker("identity", marks.stamped, features.person),
    "reads a mark on the face": Taker(None, marks.stamped, features.stamp),
    "reads the face's texture": Taker(None, marks.rough, features.roughness),
}


def variations(count: int, seed: int) -> list[Face]:
    """The demo's face, each time another way round, moved, sized, lit and grained: REAL pictures of `SIDE` with meshes."""
    from xaifake.opencv import cv2

    picture = demo("original")
    points = landmarks_of(Face(picture, Box(0, 0, picture.height, picture.width), "whole"))
    if points is None:
        raise ValueError("The demo's face has no mesh.")
    faces = []
    for number in range(count):
        random = np.random.default_rng([seed, number])
        scale = 0.5 * SIDE / float(np.ptp(points[:, 1])) * random.uniform(0.95, 1.1)
        flip = random.choice((-1, 1))
        turn = scale * np.array([[flip, 0], [0, 1]])
        shift = SIDE / 2 + random.uniform(-4, 4, 2) - turn @ (points.min(0) + points.max(0)) / 2
        matrix = np.column_stack([turn, shift])
        drawn = cv2.warpAffine(picture.pixels, matrix, (SIDE, SIDE), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT)
        lit = drawn * random.uniform(0.8, 1.15, 3) + random.normal(0, random.uniform(1, 4), drawn.shape)
        pixels = np.clip(np.rint(lit), 0, 255).astype(np.uint8)
        face = Picture(f"variation {number}", pixels, "", format="PNG")
        faces.append(Face(face, Box(0, 0, SIDE, SIDE), "whole", landmarks=np.asarray(points @ turn.T + shift, np.float32)))
    return faces
