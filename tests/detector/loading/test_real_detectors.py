"""Third-party files load with the contract their owners state."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from xaifake.detector.loading import load_detector

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    ("name", "major", "size", "scale"),
    [
        ("malay_meso.hdf5", 2, 256, (0.0, 1.0)),
        ("sabari_cnn.keras", 3, 128, (0.0, 1.0)),
        ("dbhade_rescaling.h5", 3, 224, (0.0, 255.0)),
        ("notcleo_dct.h5", 2, 32, (0.0, 1.0)),
    ],
)
def test_real_detectors_load_with_the_contract_their_readme_states(
    name: str, major: int, size: int, scale: tuple[float, float], data: Path
) -> None:
    """Third-party detectors, without any flag: size, range and head come out right (which side is FAKE cannot)."""
    detector = load_detector(data / "detectors" / name)
    assert (detector.file.keras_major, detector.contract.size, detector.contract.range) == (major, (size, size), scale)
    blank = np.full((1, size, size, 3), 127, np.float32)
    assert np.isfinite(detector.score(blank)).all()


def test_real_weights_load_through_a_builder(data: Path) -> None:
    """MesoNet's published weights of Keras 2.1.5 fill a Meso4 of Keras 3."""
    detector = load_detector(
        data / "detectors" / "meso4_df.weights.h5", builder="xaifake.training.recipes.mesonet:meso4", fake_when="low"
    )
    assert detector.contract.size == (256, 256)
    assert np.isfinite(detector.score(np.zeros((1, 256, 256, 3), np.float32))).all()


def test_a_real_model_of_something_else_is_refused_before_tensorflow_starts(data: Path) -> None:
    """A dense network on 40 numbers: one sentence, and no ten seconds of import."""
    path = data / "detectors" / "niteezzz_not_an_image_model.h5"
    code = dedent(f"""
        import sys
        from xaifake.detector.loading import load_detector
        from xaifake.errors import NotADetectorError
        try:
            load_detector({str(path)!r})
        except NotADetectorError as error:
            print(error, "tensorflow" in sys.modules)
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "does not take pictures" in done.stdout
    assert "(any, 40)" in done.stdout
    assert done.stdout.endswith("False\n")
