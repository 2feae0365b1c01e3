"""Backbones from files: weights of every shape, other detectors, and what is refused."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from backbones_made import SIDE, features, network, pooled, views
from model_files import chained, dense, layer, write_archive
from small_models import legacy_weights, randomised

from xaifake.detector.contract import write_contract
from xaifake.detector.runtime import keras
from xaifake.errors import ModelFileError, UnsafeModelError, UsageError
from xaifake.records import Contract
from xaifake.training.recipes.transfer import Transfer

pytestmark = pytest.mark.keras

WEIGHTS_FILES = ((3, "new.weights.h5"), (2, "new.weights.h5"), (3, "legacy.h5"), (3, "oldest.h5"), (2, "whole.h5"))
"""With the Keras major that saved them."""


@pytest.fixture
def scope() -> Any:
    """Models of a test are forgotten after it, and so are Keras' numbers for their layers."""
    yield
    keras(3).backend.clear_session()


def as_keras_1_named_them(model: Any) -> Callable[[str], None]:
    """Save weights as Keras' oldest official files hold them: without a version, named otherwise."""

    def save(path: str) -> None:
        with h5py.File(path, "w") as file:
            layers = [layer for layer in model.layers if layer.weights]
            file.attrs["layer_names"] = [f"old_{place}".encode() for place in range(len(layers))]
            for place, layer in enumerate(layers):
                group = file.create_group(f"old_{place}")
                group.attrs["weight_names"] = [f"old_{place}_W_{at}:0".encode() for at in range(len(layer.weights))]
                for name, value in zip(group.attrs["weight_names"], layer.get_weights(), strict=True):
                    group[name] = value

    return save


@pytest.mark.usefixtures("scope")
@pytest.mark.parametrize("classes", [0, 7])
@pytest.mark.parametrize(("major", "name"), WEIGHTS_FILES)
def test_weights_of_every_shape_give_equal_features(major: int, name: str, classes: int, tmp_path: Path) -> None:
    """New, older and oldest files, and Keras 2's whole model, with the classifier and without, fill the same network."""
    k = keras(major)
    top = {"include_top": True, "classes": classes} if classes else {"include_top": False}
    whole = randomised(k.applications.MobileNet(weights=None, input_shape=(SIDE, SIDE, 3), **top))
    save = {
        "new": whole.save_weights,
        "legacy": legacy_weights(whole),
        "oldest": as_keras_1_named_them(whole),
        "whole": whole.save,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that HDF5 is old
        save[name.partition(".")[0]](str(tmp_path / name))
    recipe = Transfer(backbone="mobilenet", weights=str(tmp_path / name))
    assert Transfer(backbone="mobilenet").contract == recipe.contract
    model = recipe.build(replace(recipe.contract, size=(SIDE, SIDE)))
    pixels = views() / 255
    grid = k.Model(whole.input, whole.get_layer("conv_pw_13_relu").output)
    expected = pooled(grid, pixels)
    np.testing.assert_allclose(features(model, pixels), expected, rtol=1e-4, atol=1e-4 * np.abs(expected).max())


def flat(k: Any, inner: Any) -> Any:
    tensor = k.layers.GlobalAveragePooling2D()(inner.output)
    return k.Model(inner.input, k.layers.Dense(1, activation="sigmoid")(k.layers.Dense(5, name="dropout")(tensor)))


def sequential(k: Any, inner: Any) -> Any:
    layers = [inner, k.layers.Flatten(), k.layers.Dense(1, activation="sigmoid")]
    return k.Sequential([k.Input((SIDE, SIDE, 3)), *layers])


def pooled_inside(k: Any, inner: Any) -> Any:
    """A nested backbone that gives no grid any more, behind a layer of preprocessing."""
    nested = k.Model(inner.input, k.layers.GlobalMaxPooling2D()(inner.output))
    picture = k.Input((SIDE, SIDE, 3))
    tensor = nested(k.layers.Rescaling(1.0)(picture))
    return k.Model(picture, k.layers.Dense(1, activation="sigmoid")(tensor))


def named_like_a_head(k: Any, inner: Any) -> Any:
    tensor = k.layers.SpatialDropout2D(0.5, name="dropout")(inner.output)
    tensor = k.layers.Flatten(name="pooled")(k.layers.Activation("linear", name="logit")(tensor))
    return k.Model(inner.input, k.layers.Dense(1, activation="sigmoid", name="p_fake")(tensor))


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("shape", [flat, sequential, pooled_inside, named_like_a_head])
def test_another_detector_is_a_backbone_up_to_its_last_grid(
    shape: Callable[[Any, Any], Any], suffix: str, tmp_path: Path
) -> None:
    """However it is built, and frozen as it was, all up to the grid is taken, fed as its contract says, and may learn."""
    inner = network(SIDE)
    detector = shape(keras(3), inner)
    inner.trainable = False
    path = tmp_path / f"detector{suffix}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that HDF5 is old
        detector.save(path)
    contract = Contract((SIDE, SIDE), (-1.0, 1.0), fake_when="low", threshold=0.3)
    write_contract(contract, (), tmp_path / "detector.contract.toml")
    recipe = Transfer(weights=str(path))
    assert replace(contract, fake_when="high", threshold=0.5) == recipe.contract
    model = recipe.build(recipe.contract)
    assert len(model.trainable_weights) == len(network().trainable_weights) + 2
    np.testing.assert_allclose(features(model, views()), pooled(inner, views()), rtol=1e-5)


def test_a_nested_backbone_of_fixed_size_takes_no_other(tmp_path: Path) -> None:
    """The refusal names the size that it takes."""
    path = tmp_path / "nested.keras"
    sequential(keras(3), network(SIDE)).save(path)
    recipe = Transfer(weights=str(path))
    with pytest.raises(UsageError, match=r"takes no pictures but of \(32, 32, 3\) \(--size\). Received: \(48, 48, 3\)"):
        recipe.build(replace(recipe.contract, size=(48, 48)))


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    """By count, by shape, and in the new format by what Keras says; the sentence says how to name the right one."""
    k = keras(3)
    smaller, wider = network(SIDE), k.Sequential([k.Input((SIDE, SIDE, 3)), *(k.layers.Conv2D(3, 1) for _ in range(90))])
    saves = {
        "few.h5": (legacy_weights(smaller), "layers with weights where the file has 4"),
        "other.h5": (legacy_weights(wider), r"whose layer conv1 has weights of \[\(3, 3, 3, 32\)\] where"),
        "new.weights.h5": (smaller.save_weights, ""),
    }
    for name, (save, reason) in saves.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that HDF5 is old
            save(str(tmp_path / name))
        recipe = Transfer(backbone="mobilenet", weights=str(tmp_path / name))
        message = rf"^These are not the weights of MobileNet, .*{reason}.*\(transfer:backbone=NAME\). Received: .*{name}$"
        with pytest.raises(ModelFileError, match=message):
            recipe.build(replace(recipe.contract, size=(SIDE, SIDE)))


def test_a_model_without_a_grid_is_no_backbone(tmp_path: Path) -> None:
    """A grid of the input alone is none of the model's making."""
    k = keras(3)
    path = tmp_path / "dense.keras"
    k.Sequential([k.Input((8,)), k.layers.Dense(1)]).save(path)
    with pytest.raises(ModelFileError, match="A backbone takes one picture and makes a grid of it"):
        Transfer(weights=str(path)).build(Contract((8, 8)))


def test_files_that_could_run_code_or_are_none_are_refused_before_they_are_loaded(tmp_path: Path) -> None:
    """Risks, pictures, folders that Keras does not read back, and names without a file: each in a sentence."""
    risky = write_archive(tmp_path / "risky.keras", chained(layer("Lambda", function="code"), dense()), version="3.15.1")
    older = write_archive(tmp_path / "older.keras", chained(dense()), version="2.13.1")
    (tmp_path / "face.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    refused = {
        risky: (UnsafeModelError, "no backbone is taken from such a file"),
        older: (
            ModelFileError,
            r"of Keras 3, or from a network's weights in HDF5 \(--weights\). Received: .*, keras 2 .keras",
        ),
        tmp_path / "face.png": (ModelFileError, "a picture"),
        tmp_path / "imagnet": (UsageError, "--weights takes imagenet, none, or a file"),
    }
    for path, (error, message) in refused.items():
        with pytest.raises(error, match=message):
            _ = Transfer(weights=str(path)).contract
