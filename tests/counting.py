"""A planted detector that counts the views it is given, whatever it is asked about them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

import xaifake
from xaifake.detector.engine import Detector
from xaifake.detector.planted import planted_model
from xaifake.interfaces import Tapped
from xaifake.records import Logits, Views


class Counting(Detector):
    """Counts."""

    counted = 0

    def score(self, views: Views) -> Logits:
        self.counted += len(views)
        return super().score(views)

    def tap(self, views: Views, layer: str | None = None) -> Tapped:
        self.counted += len(views)
        return super().tap(views, layer)

    def gradient(self, views: Views) -> tuple[Logits, NDArray[np.float32]]:
        self.counted += len(views)
        return super().gradient(views)


def counting_detector() -> Counting:
    """The planted detector, nothing counted yet."""
    plain = xaifake.wrap_model(planted_model(shape="nested"))
    detector = Counting(plain.model, plain.contract, plain.file, plain.assumptions)
    detector.counted = 0
    return detector
