"""What a case says it asked is what the detector was asked."""

from __future__ import annotations

import numpy as np
import pytest
from counting import counting_detector
from synthetic import astronaut

from xaifake.audit.cases import explain_many
from xaifake.detector.planted import planted_picture
from xaifake.records import Case

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    "methods",
    [("gradcam", "shap", "lime", "occlusion", "parts", "bands"), ("occlusion", "lime", "shap"), ("bands", "gradcam")],
)
def test_forwards_are_counted_exactly(methods: tuple[str, ...]) -> None:
    """Of several pictures, one of them with a face and its parts: asked less saved is what went through the model."""
    detector = counting_detector()
    pictures = [planted_picture(0).pixels, np.ascontiguousarray(astronaut()), planted_picture(1).pixels]

    cases = [case for case in explain_many(detector, pictures, methods=methods, calls=200) if isinstance(case, Case)]

    assert len(cases) == 3
    assert detector.counted == sum(case.forwards for case in cases)
    assert all(case.saved > 0 for case in cases)
