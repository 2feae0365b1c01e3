"""The whole search: planted contracts are recovered, and what does not discriminate is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from xaifake.detector.calibration import Calibration, Labelled, Search, labelled
from xaifake.detector.loading import wrap_model
from xaifake.detector.planted import planted_model, planted_picture
from xaifake.detector.runtime import keras

pytestmark = pytest.mark.keras
KNOWN = {"crop": "whole", "resize": "nearest"}
"""Stated where a test is not about them: a search of half the length, and no looking for faces."""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Labelled:
    """Planted pictures, labelled FAKE as often as the planted detector's probability says: it is calibrated."""
    root = tmp_path_factory.mktemp("labelled")
    random = np.random.default_rng(0)
    made = [
        planted_picture(seed, fake=fake, real=real).pixels
        for seed, (fake, real) in enumerate(random.uniform(15, 45, (90, 2)))
    ]
    p = 1 / (1 + np.exp(-wrap_model(planted_model(), resize="nearest").logits(made)))
    for number, (pixels, fake) in enumerate(zip(made, random.random(90) < p, strict=True)):
        folder = root / ("Fake" if fake else "Original")
        folder.mkdir(exist_ok=True)
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    return labelled(root)


def saved(model: Any, folder: Path) -> str:
    path = folder / "planted.keras"
    model.save(path)
    return str(path)


def by_aspect(found: Calibration) -> dict[str, bool]:
    return {finding.aspect: finding.decided for finding in found.findings}


def test_range_and_fake_side_are_found_and_what_cannot_be_told_is_said(pictures: Labelled, tmp_path: Path) -> None:
    """A detector of 0..1 whose low output is FAKE: both are found. It sees grey, so the order of channels stays assumed."""
    found = Search(saved(planted_model(fake_first=True), tmp_path), pictures, stated=KNOWN).run()

    assert found.refusal is None
    assert (found.contract.range, found.contract.fake_when, found.contract.channels) == ((0.0, 1.0), "low", "rgb")
    assert found.p_value < 0.01
    assert by_aspect(found)["fake"]
    assert not by_aspect(found)["channels"]
    assert {assumption.field for assumption in found.assumptions} == {"domain", "threshold"}


def test_a_softmax_is_read_at_its_fake_output(pictures: Labelled, tmp_path: Path) -> None:
    """With the outputs in the order FAKE, REAL, index 0 is found, against the usual assumption."""
    found = Search(saved(planted_model(head="softmax", fake_first=True), tmp_path), pictures, stated=KNOWN).run()
    assert found.contract.fake_index == (0,)
    assert by_aspect(found)["fake"]


def test_scaling_inside_keeps_raw_pixels(pictures: Labelled, tmp_path: Path) -> None:
    """What the file states of its range is what the pictures find, too."""
    found = Search(saved(planted_model(rescaling_inside=True), tmp_path), pictures, stated=KNOWN).run()
    assert found.contract.range == (0.0, 255.0)


def test_a_range_that_the_file_does_not_state_is_found(pictures: Labelled, tmp_path: Path) -> None:
    """A detector of raw pixels that says nothing of it, and is dead when fed 0..1: the data overrule the assumption."""
    model = planted_model()
    kernel, bias = model.get_layer("stripes").get_weights()
    model.get_layer("stripes").set_weights([kernel / 255, bias])
    found = Search(saved(model, tmp_path), pictures, stated=KNOWN).run()
    assert found.contract.range == (0.0, 255.0)
    reason = next(finding.reason for finding in found.findings if finding.aspect == "range")
    assert "cannot tell it from 0,255 mean 123.68,116.779,103.939 (AUC the same" in reason  # stripes have no mean
    assert "from 0,1" not in reason


def test_all_aspects_are_tried_where_nothing_is_stated(pictures: Labelled, tmp_path: Path) -> None:
    """Planted pictures show no face, so none is looked for; at the model's own size every filter comes to the same."""
    search = Search(saved(planted_model(), tmp_path), pictures)
    asked: list[int] = []
    found = search.run(asked.append)

    assert found.contract.crop == "whole"
    assert found.left_out == ()
    reasons = {finding.aspect: finding.reason for finding in found.findings}
    assert reasons["crop"] == "nothing else could be tried on these pictures"
    assert "cannot tell it from nearest" in reasons["resize"]
    assert sum(asked) <= search.calls


def test_a_free_size_is_found(pictures: Labelled, tmp_path: Path) -> None:
    """A model of any size that is blind to stripes as faint as 224 pixels leave them: the pictures' own size is found."""
    model = planted_model()
    kernel, _ = model.get_layer("stripes").get_weights()
    model.get_layer("stripes").set_weights([kernel, np.full(4, -0.06)])
    free = keras(3).Sequential([keras(3).Input((None, None, 3)), *model.layers[1:]])
    stated = {"crop": "whole", "channels": "rgb", "resize": "bilinear", "range": (0.0, 1.0)}
    found = Search(saved(free, tmp_path), pictures, stated=stated).run()
    assert found.contract.size == (64, 64)
    assert "224" not in next(finding.reason for finding in found.findings if finding.aspect == "size")


def test_a_constant_detector_is_refused(pictures: Labelled, tmp_path: Path) -> None:
    """No contract, and one sentence with the best AUC and its p-value."""
    found = Search(saved(planted_model(gain=0), tmp_path), pictures, stated=KNOWN).run()
    assert found.contract is None
    assert found.findings == ()
    assert found.p_value == 1
    assert "do not show that the detector tells FAKE from REAL" in found.refusal


def test_a_detector_of_frequencies_is_found(tmp_path: Path) -> None:
    """A planted detector of the magnitudes of 32 x 32 DCT coefficients: no range of pixels will do, and the DCT does."""
    layers = keras(3).layers
    model = keras(3).Sequential(
        [keras(3).Input((32, 32, 1)), layers.Conv2D(2, 1, activation="relu"), layers.Flatten(), layers.Dense(1, "sigmoid")]
    )
    high = np.zeros((32, 32, 2))
    high[16:, 16:] = 1 / 256
    model.layers[0].set_weights([np.array([1.0, -1.0]).reshape(1, 1, 1, 2), np.zeros(2)])
    model.layers[2].set_weights([high.reshape(-1, 1), np.array([-8.0])])
    random = np.random.default_rng(0)
    for number, strength in enumerate(random.uniform(4, 16, 60)):
        fake = random.random() < 1 / (1 + np.exp(8 - 0.8 * strength))
        folder = tmp_path / ("fake" if fake else "real")
        folder.mkdir(exist_ok=True)
        grey = random.uniform(90, 160) + random.normal(0, strength, (64, 64))
        Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).save(folder / f"{number:02}.png")

    found = Search(saved(model, tmp_path), labelled(tmp_path), stated=KNOWN).run()

    assert (found.contract.domain, found.contract.size) == ("dct:block=32", (64, 64))
    assert (found.contract.range, found.contract.fake_when) == ((0.0, 255.0), "high")


def test_two_runs_say_the_same(pictures: Labelled, tmp_path: Path) -> None:
    """All randomness comes from the seed."""
    model = saved(planted_model(), tmp_path)
    first, second = (Search(model, pictures, seed=3, stated={**KNOWN, "channels": "rgb"}).run() for _ in range(2))
    assert first == second


def sampled(folder: Path, limit: int) -> Labelled:
    return labelled(folder).sample(limit, 0)


def test_the_contract_of_a_real_detector_is_found(data: Path) -> None:
    """A network found in the wild, on faces of the kind it was trained on: 0..1 and REAL = 1, as its owner's code has it."""
    pictures = sampled(data / "faces" / "kaggle_256" / "test", 60)
    found = Search(str(data / "detectors" / "sabari_cnn.keras"), pictures, stated={"crop": "whole"}).run()
    assert (found.contract.range, found.contract.channels, found.contract.fake_when) == ((0.0, 1.0), "rgb", "low")
    assert by_aspect(found)["fake"]
    resize = next(finding for finding in found.findings if finding.aspect == "resize")
    assert "nearest" in f"{resize.fields['resize']} {resize.reason}"


@pytest.mark.parametrize("name", ["dbhade_rescaling.h5", "malay_meso.hdf5", "meso4_df.weights.h5"])
def test_real_detectors_that_do_not_discriminate_are_refused(name: str, data: Path) -> None:
    """By their true contracts their AUC on these faces is .51, .51 and .50, each interval around one half."""
    builder = "xaifake.training.recipes.mesonet:meso4" if "weights" in name else None
    pictures = sampled(data / "faces" / "kaggle_256" / "test", 20)
    found = Search(str(data / "detectors" / name), pictures, stated=KNOWN, builder=builder).run()
    assert found.contract is None
    assert found.p_value > 0.05
