"""A real DCT detector, fed by its contract, answers as it does after its owner's own few lines of OpenCV."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xaifake.detector.loading import load_detector

pytestmark = pytest.mark.keras


def test_a_real_detector_scores_as_after_opencv(data: Path) -> None:
    """20 faces: cv2.resize to 64 × 64, grey, cv2.dct, the first 32 × 32, and the model's own probability, to 1e-5."""
    import cv2

    faces = data / "faces" / "kaggle_256" / "test"
    paths = [path for label in ("fake", "real") for path in sorted((faces / label).iterdir())[:10]]
    detector = load_detector(data / "detectors" / "notcleo_dct.h5", domain="dct", size=64, resize="opencv:bilinear")
    assert ("dct:block=32", "grey", (0.0, 255.0)) == (
        detector.contract.domain,
        detector.contract.channels,
        detector.contract.range,
    )
    small = [cv2.resize(cv2.imread(str(path)), (64, 64)).astype(np.float32) for path in paths]
    fed = np.stack([cv2.dct(cv2.cvtColor(face, cv2.COLOR_BGR2GRAY))[:32, :32, None] for face in small])
    expected = np.asarray(detector.model(fed, training=False))[:, 0]
    actual = np.array([prediction.p_fake for prediction in detector.predict(paths)])
    assert len(set(expected.round(2))) > 10
    np.testing.assert_allclose(actual, expected, atol=1e-5)
