"""Views whose evidence was planted, explainers that ask little of them, and whether a map found the plants."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from xaifake import plugins
from xaifake.detector.planted import PlantedPicture
from xaifake.errors import PictureError
from xaifake.faces.mesh import landmarks_of
from xaifake.images import read_picture
from xaifake.interfaces import Explainer
from xaifake.records import Attribution, Box, Face, Picture, View

FRUGAL = {"calls": 250, "samples": 8}
"""What explainers ask at most of small pictures, by the names of their options."""
Index = tuple[slice, slice] | NDArray[np.bool_]
"""Places of a map."""
REGIONS = 36
"""Superpixels of a planted picture: no smaller than its patches."""


def frugal(name: str) -> Explainer:
    """The explainer of that name, asking no more than `FRUGAL` says."""
    found = plugins.find("explainer", name)
    options = {option.name for option in dataclasses.fields(found)}
    explainer: Explainer = found(**{key: value for key, value in FRUGAL.items() if key in options})
    return explainer


def planted_view(picture: PlantedPicture) -> View:
    """The whole picture as a view, with all that an explainer may ask for: a mesh, although there is no face, and the
    picture before anything was planted.
    """
    height, width = picture.pixels.shape[:2]
    box = Box(0, 0, height, width)
    face = Face(Picture("planted", picture.pixels, ""), box, "whole", landmarks=mesh_on(box))
    return View(face, picture.pixels.astype(np.float32), picture.original.astype(np.float32))


def mesh_on(box: Box) -> NDArray[np.float32]:
    """The mesh of the demo's face laid on a picture that shows none, (468, 2): it fills the box but for a tenth a side."""
    return np.asarray((0.1 + 0.8 * _mesh()) * (box.width, box.height) + (box.left, box.top), np.float32)


@cache
def _mesh() -> NDArray[np.float32]:
    """In shares of its own height and width."""
    picture = demo("original")
    landmarks = landmarks_of(Face(picture, Box(0, 0, picture.height, picture.width), "whole"))
    if landmarks is None:
        raise PictureError(f"The demo's face has no mesh; install xaifake anew. Received: {picture.source}")
    low, high = landmarks.min(axis=0), landmarks.max(axis=0)
    return np.asarray((landmarks - low) / (high - low), np.float32)


def demo(name: str) -> Picture:
    """One of the demo's pictures: edited, original."""
    return read_picture(str(files("xaifake.demo") / f"{name}.png"))


@dataclass(frozen=True)
class Plants:
    """Where evidence was planted, in the picture or in the plane where a map lies, and in which band of the spectrum."""

    fake: Index
    real: Index
    band: int = -1

    @classmethod
    def on(cls, picture: PlantedPicture, band: int = -1) -> Plants:
        """Those of a planted picture."""
        return cls(picture.fake.rows_and_columns, picture.real.rows_and_columns, band)

    def found_by(self, attribution: Attribution) -> bool:
        """Whether the map has its extremes where the plants are.

        In pixels, the strongest evidence for FAKE lies on the one patch and the strongest for REAL on the other. In
        frequencies both kinds of stripes lie in one band, and those for FAKE are the stronger ones.
        """
        if attribution.domain == "frequency":
            values = np.asarray(attribution.region_values)
            return bool(values[self.band] > 0 and values[self.band] == np.abs(values).max())
        greatest, on_fake, least, on_real = self._extremes(attribution)
        return on_fake == greatest > 0 > least == on_real

    def told_by(self, attribution: Attribution) -> str:
        """The extremes, beside those where the plants are."""
        if attribution.domain == "frequency":
            values = np.asarray(attribution.region_values)
            strongest = int(np.abs(values).argmax())
            return f"strongest {values[strongest]:+.3g} in band {strongest + 1}, planted band {values[self.band]:+.3g}"
        greatest, on_fake, least, on_real = self._extremes(attribution)
        return f"most {greatest:+.3g}, on its patch {on_fake:+.3g}; least {least:+.3g}, on its patch {on_real:+.3g}"

    def _extremes(self, attribution: Attribution) -> tuple[float, float, float, float]:
        """The greatest value, that on the plant for FAKE, the least value, that on the plant for REAL.

        A region that overlaps a plant counts as on it.
        """
        size = attribution.picture_size
        drawn = attribution.on(*size) if attribution.domain == "pixel" else attribution.values
        fake, real = (drawn[index] for index in (self.fake, self.real))
        return float(drawn.max()), float(fake.max()), float(drawn.min()), float(real.min())
