"""The recipe mesonet, and its builders: the authors' layers in the authors' order, so that published weights fill them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xaifake import plugins
from xaifake.detector.loading import load_detector
from xaifake.detector.runtime import keras
from xaifake.errors import ModelFileError, UsageError
from xaifake.training.recipes import mesonet

pytestmark = pytest.mark.keras

PARAMETERS = {"meso4": 27_977, "mesoinception4": 28_615}
"""As the paper's abstract and section III count them, running means and variances not among them."""
POOLS = (2, 2, 2, 4)


def published(variant: str) -> Any:
    """The network in Keras 2, written by the paper's table, with numbers for names as in the published files."""
    layers = keras(2).layers
    picture = tensor = keras(2).Input((256, 256, 3))
    for step, pool in enumerate(POOLS):
        if step < 2 and variant == "mesoinception4":
            tensor = inception(layers, tensor, step + 1)
        else:
            filters, kernel = ((8, 3), (8, 5), (16, 5), (16, 5))[step]
            tensor = layers.Conv2D(filters, kernel, padding="same", activation="relu")(tensor)
        tensor = layers.MaxPooling2D(pool, padding="same")(layers.BatchNormalization()(tensor))
    tensor = layers.LeakyReLU(0.1)(layers.Dense(16)(layers.Dropout(0.5)(layers.Flatten()(tensor))))
    return keras(2).Model(picture, layers.Dense(1, activation="sigmoid")(layers.Dropout(0.5)(tensor)))


def inception(layers: Any, tensor: Any, first: int) -> Any:
    """1 × 1; 1 × 1 then 3 × 3; the same with dilations of 2 and of 3; of ``first``, 4, 4 and 2 filters."""
    branches = [layers.Conv2D(first, 1, padding="same", activation="relu")(tensor)]
    for filters, dilation in ((4, 1), (4, 2), (2, 3)):
        inner = layers.Conv2D(filters, 1, padding="same", activation="relu")(tensor)
        branches.append(layers.Conv2D(filters, 3, padding="same", dilation_rate=dilation, activation="relu")(inner))
    return layers.Concatenate()(branches)


def weights_of(variant: str, folder: Path) -> tuple[Any, Path]:
    """That network with random weights, and the file that holds them alone, as Keras 2 saves it."""
    keras(2).utils.set_random_seed(3)
    model, random = published(variant), np.random.default_rng(3)
    fresh = model.get_weights()
    model.set_weights([weight if weight.ndim > 1 else random.uniform(0.2, 0.8, weight.shape) for weight in fresh])
    path = folder / "weights.h5"
    model.save_weights(path, save_format="h5")
    return model, path


@pytest.mark.parametrize("variant", PARAMETERS)
def test_networks_have_as_many_parameters_as_published(variant: str) -> None:
    """Meso-4 has 27,977, MesoInception-4 28,615."""
    model = getattr(mesonet, variant)()
    assert PARAMETERS[variant] == sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


@pytest.mark.parametrize("variant", PARAMETERS)
def test_builders_are_filled_by_weights_of_keras_2(variant: str, tmp_path: Path) -> None:
    """Named on the command line, they score as the network that the weights were taken from."""
    model, path = weights_of(variant, tmp_path)
    detector = load_detector(path, builder=f"xaifake.training.recipes.mesonet:{variant}", fake_when="low")
    views = np.random.default_rng(0).uniform(0, 255, (3, 256, 256, 3)).astype(np.float32)
    model.layers[-1].activation = keras(2).activations.linear
    expected = np.asarray(model(views / 255, training=False))[:, 0]
    assert np.ptp(expected) > 1e-3
    np.testing.assert_allclose(expected, -detector.score(views), rtol=1e-4, atol=1e-4)


def test_weights_of_one_variant_do_not_fill_the_other(tmp_path: Path) -> None:
    """They are refused, not put somewhere."""
    _, path = weights_of("mesoinception4", tmp_path)
    with pytest.raises(ModelFileError, match="--builder must return the architecture that was saved"):
        load_detector(path, builder="xaifake.training.recipes.mesonet:meso4")


def test_dense_layers_fit_the_contracts_size() -> None:
    """At 64 × 64 the poolings leave 2 × 2 cells of 16 channels."""
    recipe = mesonet.MesoNet()
    assert (None, 64) == recipe.build(replace(recipe.contract, size=(64, 64))).get_layer("flat").output.shape


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("variant=meso5", r"The variants of mesonet are meso4 and mesoinception4\. Received: meso5$"),
        ("dropout=-0.5", r"from 0 and below 1\. Received: -0.5$"),
    ],
)
def test_options_that_make_no_network_are_refused(options: str, message: str) -> None:
    """In one line that says what would do."""
    with pytest.raises(UsageError, match=message):
        plugins.make("recipe", f"mesonet:{options}")


def test_a_picture_that_the_poolings_use_up_is_refused() -> None:
    """With the least size."""
    recipe = mesonet.MesoNet()
    with pytest.raises(UsageError, match=r"from 32 × 32 \(--size\)\. Received: 31 × 64$"):
        recipe.build(replace(recipe.contract, size=(31, 64)))
