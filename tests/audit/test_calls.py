"""What a case says it asked is what the detector was asked."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic import astronaut

import xaifake
from xaifake.audit.cases import explain_many
from xaifake.detector.engine import Detector
from xaifake.detector.planted import planted_model, planted_picture
from xaifake.interfaces import Tapped
from xaifake.records import Case, Logits, Views

pytestmark = pytest.mark.keras


class Counting(Detector):
    """A detector that counts the views it is given."""

    counted = 0

    def score(self, views: Views) -> Logits:
        self.counted += len(views)
        return super().score(views)

    def tap(self, views: Views, layer: str | None = None) -> Tapped:
        self.counted += len(views)
        return super().tap(views, layer)


@pytest.mark.parametrize(
    "methods",
    [("gradcam", "shap", "lime", "occlusion", "parts", "bands"), ("occlusion", "lime", "shap"), ("bands", "gradcam")],
)
def test_forwards_are_counted_exactly(methods: tuple[str, ...]) -> None:
    """Of several pictures, one of them with a face and its parts: asked less saved is what went through the model."""
    plain = xaifake.wrap_model(planted_model(shape="nested"))
    detector = Counting(plain.model, plain.contract, plain.file, plain.assumptions)
    detector.counted = 0
    pictures = [planted_picture(0).pixels, np.ascontiguousarray(astronaut()), planted_picture(1).pixels]

    cases = [case for case in explain_many(detector, pictures, methods=methods, calls=200) if isinstance(case, Case)]

    assert len(cases) == 3
    assert detector.counted == sum(case.forwards for case in cases)
    assert all(case.saved > 0 for case in cases)
