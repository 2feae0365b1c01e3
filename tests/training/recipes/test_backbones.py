"""Networks of Keras: all by name, fed as they were trained, and what happens where weights cannot be fetched."""

from __future__ import annotations

import importlib
import socket
import urllib.error
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from backbones_made import SIDE, encoded, features, pooled, views
from small_models import legacy_weights, randomised

from xaifake.detector.runtime import keras
from xaifake.errors import MissingLibraryError, UnknownNameError, UsageError
from xaifake.records import Phase
from xaifake.training.recipes import _backbones
from xaifake.training.recipes.transfer import Transfer

pytestmark = pytest.mark.keras

SMALLEST = {"xception": 71, "inceptionv3": 75}
FAMILIES = (
    "vgg16", "resnet50", "ResNet50V2", "densenet121", "xception", "inceptionv3", "efficientnet-b0", "efficientnetv2-b0",
    "mobilenet", "mobilenet_v2", "mobilenet_v3_small", "convnext_tiny",
)  # fmt: skip


def preprocessed(factory: Callable[..., Any], pixels: np.ndarray) -> np.ndarray:
    """What Keras itself does to pixels: beside the network, or in it where it can be left out there."""
    if not _backbones._bare(factory):
        return importlib.import_module(factory.__module__).preprocess_input(pixels.copy())
    whole = factory(include_top=False, weights=None, input_shape=pixels.shape[1:], include_preprocessing=True)
    first = next(place for place, layer in enumerate(whole.layers) if layer.weights)
    return keras(3).Model(whole.input, whole.layers[first - 1].output)(pixels).numpy()


@pytest.fixture
def scope() -> Any:
    """Models of a test are forgotten after it, and so are Keras' numbers for their layers."""
    yield
    keras(3).backend.clear_session()


@pytest.mark.usefixtures("scope")
@pytest.mark.parametrize("name", [*FAMILIES, "EfficientNetV2S"])
def test_pictures_are_encoded_as_keras_preprocesses_them(name: str) -> None:
    """What the contract makes of a random picture is what Keras makes of it, beside the network or in it."""
    side = SMALLEST.get(name, SIDE)
    contract = replace(Transfer(backbone=name).contract, size=(side, side))
    expected = preprocessed(_backbones.factory_of(name), views(side))
    np.testing.assert_allclose(encoded(contract, views(side)), expected, atol=1e-5 * np.ptp(expected))


@pytest.mark.usefixtures("scope")
@pytest.mark.parametrize("name", FAMILIES)
def test_each_family_ends_in_one_logit(name: str) -> None:
    """Without weights, the model of each family scores a picture, and all of it learns at once."""
    recipe = Transfer(backbone=name, weights="none")
    side = SMALLEST.get(name, SIDE)
    model = recipe.build(replace(recipe.contract, size=(side, side)))
    assert ["logit", "p_fake"] == [layer.name for layer in model.layers[-2:]]
    assert (None, side, side, 3) == model.input_shape
    scores = model(encoded(recipe.contract, views(side)), training=False).numpy()
    assert (2, 1) == scores.shape
    assert np.all((scores > 0) & (scores < 1))
    assert [Phase("all", 40, 1e-3)] == list(recipe.phases(model))


def test_every_network_of_keras_is_known() -> None:
    """All networks of `keras.applications` can be named, and it is known how they are fed and at which size."""
    applications = keras(3).applications
    names = [name for name in dir(applications) if name[0].isupper()]
    assert 40 == len(names)
    for name in names:
        side, _ = Transfer(backbone=name).contract.size
        assert 224 <= side <= 600, name


def test_a_network_that_keras_has_not_is_refused_with_what_was_meant() -> None:
    """The message lists the networks, and names the nearest."""
    with pytest.raises(UnknownNameError, match=r"VGG16, VGG19, Xception. Did you mean ResNet50\? Received: resnet-500"):
        _ = Transfer(backbone="resnet-500").contract


def test_a_network_of_which_it_is_not_known_how_it_is_fed_is_refused() -> None:
    """A network that a later Keras brings is not fed by a guess."""

    def NetOfTomorrow() -> None:  # noqa: N802 - as Keras names its networks
        """Nothing is built."""

    with pytest.raises(UnknownNameError, match=r"not known how this network is fed; .* Received: NetOfTomorrow"):
        _backbones.feeding(NetOfTomorrow)


def test_a_size_that_leaves_nothing_is_refused() -> None:
    """Keras' reason is passed on in one line."""
    recipe = Transfer(backbone="vgg16", weights="none")
    with pytest.raises(
        UsageError, match=r"VGG16 takes no such pictures, .*at least 32x32.* \(--size\). Received: \(16, 16, 3\)"
    ):
        recipe.build(replace(recipe.contract, size=(16, 16)))


@pytest.mark.usefixtures("scope")
def test_efficientnet_is_scaled_alike_whether_keras_or_a_file_brings_its_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its official files hold deviations where variances belong: fetched, and from the file, features are as Keras' are."""
    path = tmp_path / "notop.h5"
    source = randomised(keras(3).applications.EfficientNetB0(include_top=False, weights=None))
    normalisation = next(layer for layer in source.layers if isinstance(layer, keras(3).layers.Normalization))
    normalisation.set_weights([np.float32([0.485, 0.456, 0.406]), np.float32(_backbones.DEVIATIONS), np.int32(0)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that HDF5 is old
        legacy_weights(source)(str(path))
    monkeypatch.setattr("keras.src.utils.file_utils.get_file", lambda *_, **__: str(path))
    official = keras(3).applications.EfficientNetB0(include_top=False, weights="imagenet")
    fetched = _backbones.pretrained(keras(3).applications.EfficientNetB0, (SIDE, SIDE, 3))
    recipe = Transfer(backbone="efficientnetb0", weights=str(path))
    expected = pooled(official, views())
    np.testing.assert_allclose(pooled(fetched, views()), expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max())
    model = recipe.build(replace(recipe.contract, size=(SIDE, SIDE)))
    np.testing.assert_allclose(features(model, views()), expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max())


def test_without_a_network_one_line_says_what_would_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A download that breaks off leaves no file and nothing on stdout, and the line names both ways out."""
    begun = []

    def broken(_origin: str, target: str, _report: Any) -> None:
        begun.append(Path(target))
        assert _backbones.PATIENCE == socket.getdefaulttimeout()
        Path(target).write_bytes(b"half")
        raise urllib.error.URLError("Name or service not known")

    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", broken)
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path))
    recipe = Transfer(backbone="mobilenet")
    with pytest.raises(MissingLibraryError) as caught:
        recipe.build(replace(recipe.contract, size=(SIDE, SIDE)))
    message = str(caught.value)
    assert message.startswith("ImageNet's weights of MobileNet cannot be fetched: --weights FILE takes them from a file")
    assert "--weights none trains without. Received: URL fetch failure on" in message
    assert "\n" not in message
    assert [tmp_path] == [file.parents[1] for file in begun]
    assert not begun[0].exists()
    assert "" == capsys.readouterr().out
    assert socket.getdefaulttimeout() is None
