"""A spectral trace that no eye sees: the dct recipe separates unseen pictures by it, and its evidence names its band."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from xaifake import plugins
from xaifake.detector.contract import write_contract
from xaifake.detector.engine import Detector
from xaifake.detector.loading import load_detector
from xaifake.errors import ContractError
from xaifake.explainers.bands import Bands
from xaifake.game import spectrum
from xaifake.game.region_game import RegionGame, new_game
from xaifake.records import Attribution
from xaifake.training.feeding.augmenting import Augmentation
from xaifake.training.feeding.pipeline import batches
from xaifake.training.feeding.statistics import standardised
from xaifake.training.keeping import Outputs, keep_model
from xaifake.training.learning.fitting import fit
from xaifake.training.pictures.examples import Examples
from xaifake.training.plan import Plan

pytestmark = pytest.mark.keras

SIDE = 64
BAND = 6
"""Where the trace lies: between a quarter and two fifths of a cycle per pixel."""
FAINT = 2.0
"""The trace's standard deviation in grey levels; that of the pictures is 40."""
PICTURES = 240


def examples(seed: int) -> Examples:
    """Noise whose power falls as in smooth faces; every other picture has a little more of it in one band."""
    random = np.random.default_rng(seed)
    fake = np.arange(PICTURES) % 2 == 0
    views = np.stack([_picture(random, FAINT * traced) for traced in fake])
    return Examples(views, fake, tuple(f"{place:04d}" for place in range(PICTURES)))


def _picture(random: np.random.Generator, height: float) -> np.ndarray:
    pixels = _noise(random, (spectrum.radii((SIDE, SIDE)) + 0.01) ** -2)
    trace = _noise(random, spectrum.masks((SIDE, SIDE))[BAND])
    return np.clip(128 + 40 * pixels + height * trace, 0, 255).round().astype(np.uint8)


def _noise(random: np.random.Generator, amplitudes: np.ndarray) -> np.ndarray:
    """Of standard deviation 1."""
    pixels = spectrum.synthesise(random.normal(0, 1, (SIDE, SIDE, 3)) * amplitudes[..., None])
    return np.asarray(pixels / pixels.std())


@dataclass(frozen=True)
class Trained:
    """A detector read back from its files, what it was written beside, and the logits before it was written."""

    detector: Detector
    outputs: Outputs
    test: Examples
    logits: np.ndarray


@pytest.fixture(scope="module", params=["linear", "deep"])
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Each variant, trained on half of the pictures and chosen by a sixth."""
    import keras

    outputs = Outputs(tmp_path_factory.mktemp(request.param) / "spectrum.keras")
    plan = Plan(f"dct:variant={request.param}", size=(SIDE, SIDE), epochs=10, batch=16, augment="none")
    whole = examples(1)
    test, validation, train = (_part(whole, places) for places in (slice(80), slice(80, 120), slice(120, None)))
    contract = standardised(plan.contract, train, outputs.statistics)
    keras.utils.set_random_seed(plan.seed)
    model = plan.made.build(contract)
    fit(model, plan.made.phases(model), train, validation, contract, plan, outputs.work)
    keep_model(model, outputs.model)
    write_contract(contract, [], outputs.contract)
    fed = batches(test, contract, Augmentation.parse("none"), batch=16, seed=0, training=False)
    before = keras.Model(model.inputs, model.get_layer("logit").output).predict(fed, verbose=0)[:, 0]
    return Trained(load_detector(outputs.model), outputs, test, before)


def _part(whole: Examples, places: slice) -> Examples:
    return Examples(whole.views[places], whole.fake[places], whole.ids[places])


def test_unseen_pictures_are_separated(trained: Trained) -> None:
    """All of them, on their side of the threshold."""
    logits = trained.detector.score(trained.test.views.astype(np.float32))
    np.testing.assert_array_equal(logits > 0, trained.test.fake)


def test_what_is_loaded_scores_as_what_was_trained(trained: Trained) -> None:
    """From the three files alone, without a flag: the contract, and what the model was fed in training, are one."""
    assert trained.detector.assumptions == ()
    actual = trained.detector.score(trained.test.views.astype(np.float32))
    np.testing.assert_allclose(actual, trained.logits, atol=1e-3)


def test_the_files_move_together(trained: Trained, tmp_path: Path) -> None:
    """In another folder they are the same detector; without its statistics there is none."""
    for path in (trained.outputs.model, trained.outputs.contract, trained.outputs.statistics):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    views = trained.test.views[:4].astype(np.float32)
    moved = Outputs(tmp_path / "spectrum.keras")
    np.testing.assert_array_equal(trained.detector.score(views), load_detector(moved.model).score(views))
    moved.statistics.unlink()
    with pytest.raises(ContractError, match=r"statistics cannot be read"):
        load_detector(moved.model)


def games(trained: Trained) -> list[RegionGame]:
    """Games on three unseen pictures with the trace."""
    fakes = [view for view, fake in zip(trained.test.views, trained.test.fake, strict=True) if fake][:3]
    faces = [trained.detector.faces(view)[0] for view in fakes]
    return [new_game(view, regions=4) for view in trained.detector.view(faces)]


def test_the_bands_name_the_trace(trained: Trained) -> None:
    """The largest band of each picture with the trace is the trace's own, and it speaks for FAKE."""
    found = Bands().explain(trained.detector, games(trained), 0)
    assert [BAND] * 3 == [int(np.argmax(one.region_values)) for one in found if one.region_values is not None]


@pytest.mark.parametrize("method", ["integrated_gradients", "smoothgrad"])
def test_gradients_lie_on_the_coefficients_of_the_trace(trained: Trained, method: str) -> None:
    """In the domain's own plane most of what speaks for FAKE lies in the trace's band."""
    for attribution in plugins.make("explainer", method).explain(trained.detector, games(trained), 0):
        assert isinstance(attribution, Attribution)
        assert ("dct", (SIDE, SIDE)) == (attribution.domain, attribution.values.shape)
        found = (np.maximum(attribution.values, 0) * spectrum.masks((SIDE, SIDE))).sum(axis=(1, 2))
        assert found.argmax() == BAND
        assert found[BAND] > 0.5 * found.sum()
