"""Grad-CAM equals the published definitions, and tf-keras-vis where that works."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from xaifake.detector.engine import Detector
from xaifake.detector.planted import SIZE, planted_model, planted_picture
from xaifake.detector.runtime import keras
from xaifake.errors import UsageError
from xaifake.explainers.gradcam import MAPS, GradCAM
from xaifake.game.region_game import new_game
from xaifake.records import Attribution, Box, Contract, Face, ModelFile, Omission, Picture, View

FILE = ModelFile("planted", "0" * 64, "in memory", 3)


def games_of(pixels: np.ndarray) -> list[Any]:
    faces = [Face(Picture("planted", p, ""), Box(0, 0, *p.shape[:2]), "whole") for p in pixels]
    return [new_game(View(face, face.pixels.astype(np.float32))) for face in faces]


def maps_of(explainer: GradCAM, detector: Detector, pixels: np.ndarray) -> list[Attribution]:
    """What it gives of each picture, all of them maps."""
    given = explainer.explain(detector, games_of(pixels), seed=0)
    maps = [one for one in given if isinstance(one, Attribution)]
    assert len(given) == len(maps)
    return maps


def trained_like_cnn() -> Any:
    """A flat CNN of random weights with outputs of order one."""
    k = keras(3)
    k.utils.set_random_seed(4)
    picture = k.Input((SIZE, SIZE, 3))
    tensor = picture
    for filters in (8, 12, 16):
        tensor = k.layers.Conv2D(filters, 3, padding="same", activation="relu")(tensor)
        tensor = k.layers.MaxPooling2D()(tensor)
    tensor = k.layers.Conv2D(16, 3, padding="same", activation="relu", name="last")(tensor)
    tensor = k.layers.Dense(8, "relu")(k.layers.Flatten()(tensor))
    return k.Model(picture, k.layers.Dense(1, "sigmoid")(tensor))


@pytest.mark.keras
@pytest.mark.filterwarnings("ignore:.*scipy.ndimage:DeprecationWarning")  # tf-keras-vis imports a SciPy namespace that goes
@pytest.mark.parametrize("variant", ["gradcam", "gradcam++", "layercam"])
def test_flat_models_agree_with_tf_keras_vis(variant: Any) -> None:
    """On a flat Keras 3 model the positive maps equal tf-keras-vis' to 1e-4 of their maximum."""
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.gradcam_plus_plus import GradcamPlusPlus
    from tf_keras_vis.layercam import Layercam
    from tf_keras_vis.utils.model_modifiers import ReplaceToLinear

    theirs = {"gradcam": Gradcam, "gradcam++": GradcamPlusPlus, "layercam": Layercam}[variant]
    model = trained_like_cnn()
    pixels = np.random.default_rng(0).integers(0, 256, (3, SIZE, SIZE, 3), np.uint8)
    expected = theirs(model, model_modifier=ReplaceToLinear(), clone=True)(
        lambda output: output[:, 0],
        pixels / np.float32(255),
        penultimate_layer="last",
        expand_cam=False,
        normalize_cam=False,
    )
    expected = np.asarray(expected[0] if isinstance(expected, list) else expected)

    detector = Detector(model, Contract((SIZE, SIZE), head="sigmoid"), FILE)
    if variant == "gradcam++":  # the factor exp(score), dropped here as a constant of the picture
        expected = expected / np.exp(detector.score(pixels.astype(np.float32)))[:, None, None]
    attributions = maps_of(GradCAM(variant=variant, positive=True, layer="last"), detector, pixels)
    actual = np.stack([attribution.values for attribution in attributions])

    np.testing.assert_allclose(actual, expected, atol=1e-4 * expected.max())
    assert expected.max() > 0


@pytest.mark.keras
def test_with_a_pooling_head_the_cells_add_up_to_the_logit() -> None:
    """Behind global average pooling and one dense layer, Grad-CAM's cells sum to the logit less the bias."""
    detector = Detector(planted_model(shape="nested"), Contract((SIZE, SIZE), head="sigmoid"), FILE)
    pixels = np.stack([planted_picture(seed).pixels for seed in range(2)])

    attributions = maps_of(GradCAM(), detector, pixels)

    np.testing.assert_allclose([a.values.sum() for a in attributions], detector.score(pixels.astype(np.float32)), rtol=1e-4)


@pytest.mark.keras
@pytest.mark.parametrize("variant", MAPS)
def test_opposite_contracts_give_opposite_maps(variant: Any) -> None:
    """Taking a low output as FAKE instead of a high one negates every variant's signed map."""
    model, pixels = trained_like_cnn(), planted_picture().pixels[None]

    high, low = (
        maps_of(
            GradCAM(variant=variant), Detector(model, Contract((SIZE, SIZE), head="sigmoid", fake_when=when), FILE), pixels
        )[0]
        for when in ("high", "low")
    )

    np.testing.assert_array_equal(low.values, -high.values)
    assert not high.is_empty


@pytest.mark.keras
def test_a_model_without_a_grid_is_said_to_have_none() -> None:
    """Each picture gets the reason in place of a map, so that other methods can speak for it."""
    k = keras(3)
    model = k.Sequential([k.Input((SIZE, SIZE, 3)), k.layers.Flatten(), k.layers.Dense(1, activation="sigmoid")])
    detector = Detector(model, Contract((SIZE, SIZE), head="sigmoid"), FILE)
    pixels = np.stack([planted_picture(seed).pixels for seed in range(2)])
    for omission in GradCAM().explain(detector, games_of(pixels), seed=0):
        assert isinstance(omission, Omission)
        assert "No layer of this model" in omission.reason


def test_an_unknown_variant_is_refused() -> None:
    """The variants are named in the refusal."""
    with pytest.raises(UsageError, match="gradcam, gradcam\\+\\+, layercam"):
        GradCAM(variant="scorecam")  # type: ignore[arg-type]
