"""Transfer learning: fed as the backbone is, the head before the rest, and a backbone again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from backbones_made import SIDE, features, network, views

from xaifake.detector.contract import write_contract
from xaifake.detector.loading import load_detector
from xaifake.detector.runtime import keras
from xaifake.errors import UsageError
from xaifake.records import Contract, Phase
from xaifake.training.learning.optimising import freeze
from xaifake.training.recipes.transfer import Transfer

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    ("options", "message"),
    [({"dropout": 1.0}, "below 1. Received: 1"), ({"unfrozen": 1.5}, "from 0 to 1. Received: unfrozen=1.5")],
)
def test_options_out_of_bounds_are_refused(options: dict[str, float], message: str) -> None:
    """A share is a share."""
    with pytest.raises(UsageError, match=message):
        Transfer(**options)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A backbone of one's own, for pictures of any size, with its contract beside it."""
    path = tmp_path / "network.keras"
    keras(3).utils.set_random_seed(0)  # with some weights every feature of two views is 0, and nothing learns from them
    network().save(path)
    write_contract(
        Contract((40, 48), (0.0, 255.0), (127.0,), (128.0,), resize="pil:bicubic", crop="face"),
        (),
        path.with_name("network.contract.toml"),
    )
    return path


def trained(model: Any, phase: Phase) -> tuple[set[str], set[str]]:
    """The names of layers that changed in one step of a phase, and of those of which nothing did."""
    freeze(phase, model)
    before = {layer.name: layer.get_weights() for layer in model.layers if layer.weights}
    model.compile("adam", "binary_crossentropy")
    model.train_on_batch(views(), np.array([[0.0], [1.0]]))
    same = {
        name
        for name, weights in before.items()
        if all(np.array_equal(old, new) for old, new in zip(weights, model.get_layer(name).get_weights(), strict=True))
    }
    return set(before) - same, same


@pytest.mark.parametrize(
    ("options", "learning"),
    [
        ({}, [{"logit"}, {"logit", "conv2"}]),
        ({"batch_norm": True}, [{"logit"}, {"logit", "conv2", "norm2"}]),
        ({"unfrozen": 1.0}, [{"logit"}, {"logit", "conv1", "conv2"}]),
        ({"unfrozen": 1.0, "batch_norm": True}, [{"logit"}, {"logit", "conv1", "norm1", "conv2", "norm2"}]),
        ({"unfrozen": 0.0}, [{"logit"}]),
    ],
)
def test_the_head_learns_before_the_upper_layers(file: Path, options: dict[str, Any], learning: list[set[str]]) -> None:
    """What a phase freezes is the same to the last bit after a step, statistics of batch norms too; the rest has changed."""
    recipe = Transfer(weights=str(file), **options)
    model = recipe.build(replace(recipe.contract, size=(SIDE, SIDE)))
    phases = recipe.phases(model)
    assert ["head", "fine-tuning"][: len(learning)] == [phase.name for phase in phases]
    assert sorted((phase.learning_rate for phase in phases), reverse=True) == [phase.learning_rate for phase in phases]
    everything = {"conv1", "norm1", "conv2", "norm2", "logit"}
    for phase, expected in zip(phases, learning, strict=True):
        assert (expected, everything - expected) == trained(model, phase)


def test_a_trained_detector_is_saved_loaded_and_a_backbone_again(file: Path, tmp_path: Path) -> None:
    """A model of this recipe loads as a detector in safe mode, and another is built on it."""
    recipe = Transfer(weights=str(file))
    model = recipe.build(recipe.contract)
    again = tmp_path / "detector.keras"
    model.save(again)
    write_contract(recipe.contract, (), tmp_path / "detector.contract.toml")
    detector = load_detector(again, runtime="tensorflow")
    pixels = np.random.default_rng(1).integers(0, 256, (2, 40, 48, 3)).astype(np.float32)
    expected = model((pixels - 127) / 128, training=False).numpy()[:, 0]
    np.testing.assert_allclose(1 / (1 + np.exp(-detector.score(pixels))), expected, rtol=1e-4)
    second = Transfer(weights=str(again))
    assert recipe.contract == second.contract
    np.testing.assert_array_equal(features(second.build(second.contract), pixels), features(model, pixels))


def test_a_file_is_fed_as_its_contract_says_or_as_it_is_inferred(file: Path) -> None:
    """Contract and size of the file are taken, but for how a detector is read; without a contract they are inferred."""
    recipe = Transfer(weights=str(file))
    expected = Contract((40, 48), (0.0, 255.0), (127.0,), (128.0,), resize="pil:bicubic", crop="face")
    assert expected == recipe.contract
    assert (None, 40, 48, 3) == recipe.build(recipe.contract).input_shape
    file.with_name("network.contract.toml").unlink()
    assert Contract((224, 224)) == recipe.contract
