"""Detectors that others trained and saved give, on real faces, the scores that their own code gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import xaifake
from xaifake.errors import NotADetectorError

pytestmark = [pytest.mark.keras, pytest.mark.data]


def faces(data: Path, folder: str, kind: str) -> list[str]:
    """Paths of the pictures of one kind, sorted."""
    return [str(path) for path in sorted((data / "faces" / folder / kind).iterdir())]


def p_fake(detector: xaifake.Detector, images: list[str]) -> list[float]:
    """The detector's scores."""
    return [prediction.p_fake for prediction in detector.predict(images)]


def test_malay_meso_scores_as_published(data: Path) -> None:
    """Keras 2.4 HDF5, a sigmoid for REAL, nearest: fakes .845 and .935, reals .000."""
    detector = xaifake.load_detector(data / "detectors/malay_meso.hdf5", fake_when="low", resize="nearest")

    assert sorted(p_fake(detector, faces(data, "mesonet_samples", "fake"))) == pytest.approx([0.845, 0.935], abs=2e-3)
    assert p_fake(detector, faces(data, "mesonet_samples", "real")) == pytest.approx([0, 0], abs=1e-3)


def test_meso4_weights_score_as_published(data: Path) -> None:
    """Keras 2.1.5 weights with the recipe's builder: fakes .959 and .951, reals .010 and .002."""
    detector = xaifake.load_detector(
        data / "detectors/meso4_df.weights.h5",
        builder="xaifake.training.recipes.mesonet:meso4",
        fake_when="low",
        resize="nearest",
    )

    assert sorted(p_fake(detector, faces(data, "mesonet_samples", "fake"))) == pytest.approx([0.951, 0.959], abs=2e-3)
    assert sorted(p_fake(detector, faces(data, "mesonet_samples", "real"))) == pytest.approx([0.002, 0.010], abs=2e-3)


def test_sabari_cnn_separates_as_in_plain_keras(data: Path) -> None:
    """Keras 3.6 Sequential, a sigmoid for REAL, nearest: AUC .664 on the 480 test faces, as plain Keras code gives."""
    from sklearn.metrics import roc_auc_score

    detector = xaifake.load_detector(data / "detectors/sabari_cnn.keras", fake_when="low", resize="nearest")
    fake, real = (detector.logits(faces(data, "kaggle_256/test", kind)) for kind in ("fake", "real"))

    auc = roc_auc_score(np.repeat([1, 0], [len(fake), len(real)]), np.concatenate([fake, real]))

    assert auc == pytest.approx(0.664, abs=2e-3)


def test_dbhade_scales_inside_and_is_nearly_constant(data: Path) -> None:
    """Keras 3.13 HDF5 with Rescaling inside: without one flag, scores between .51 and .53."""
    detector = xaifake.load_detector(data / "detectors/dbhade_rescaling.h5")

    scores = p_fake(detector, faces(data, "kaggle_256/test", "fake")[:20] + faces(data, "kaggle_256/test", "real")[:20])

    assert detector.contract.range == (0, 255)
    assert 0.505 <= min(scores) <= max(scores) <= 0.535


def test_a_model_that_takes_no_pictures_is_refused(data: Path) -> None:
    """The dense model of 40 numbers is refused in one sentence."""
    with pytest.raises(NotADetectorError, match="does not take pictures"):
        xaifake.load_detector(data / "detectors/niteezzz_not_an_image_model.h5")
