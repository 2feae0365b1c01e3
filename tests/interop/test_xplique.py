"""Scripts written for Xplique run by another import: same names and shapes, and the maps find what was planted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import xaifake
from xaifake.detector.planted import SIZE, planted_model, planted_picture
from xaifake.detector.runtime import tensorflow
from xaifake.domains.pixel import Pixel
from xaifake.errors import ContractError, UsageError
from xaifake.interop import xplique
from xaifake.interop.inputs import signs_of, views_of
from xaifake.records import Box, Contract

pytestmark = pytest.mark.keras

PLANTED = [planted_picture(seed) for seed in (0, 1)]
PICTURES = np.stack([one.pixels for one in PLANTED])
INPUTS = (PICTURES / 255).astype(np.float32)
FAKE = np.ones((2, 1), np.float32)
METHODS = {
    "GradCAM": {},
    "GradCAMPP": {},
    "SmoothGrad": {"nb_samples": 12},
    "IntegratedGradients": {"steps": 12},
    "Occlusion": {"patch_size": 8},
    "Rise": {"nb_samples": 600},
    "Lime": {"nb_samples": 300},
    "KernelShap": {"nb_samples": 300},
    "SobolAttributionMethod": {"grid_size": 8, "nb_design": 8},
}


def share_within(values: np.ndarray, box: Box) -> float:
    """How much of all positive evidence lies in a box and half its size about it."""
    positive, inside = np.maximum(values, 0), np.zeros(values.shape, bool)
    margin = box.height // 2
    inside[max(0, box.top - margin) : box.bottom + margin, max(0, box.left - margin) : box.right + margin] = True
    return float(positive[inside].sum() / positive.sum())


@pytest.mark.parametrize("name", METHODS)
def test_every_explainer_finds_what_was_planted(name: str) -> None:
    """Maps have the inputs' size and one channel; most evidence for FAKE lies at its plant, most for REAL at its own."""
    explainer = getattr(xplique, name)(planted_model(3, "nested"), **METHODS[name])

    maps = explainer(INPUTS, FAKE)

    assert maps.shape == (2, SIZE, SIZE, 1)
    assert maps.dtype == np.float32
    for values, planted in zip(maps[..., 0], PLANTED, strict=True):
        assert share_within(values, planted.fake) > 0.6
        assert share_within(-values, planted.real) > 0.6


@pytest.mark.parametrize("major", [2, 3])
def test_the_map_is_that_of_the_same_picture(major: int) -> None:
    """What was decoded from inputs is explained as the picture itself is, in Keras 2 and 3; tensors will do for arrays."""
    model = planted_model(major)
    case = xaifake.explain(
        xaifake.wrap_model(model), PICTURES[0], methods=["gradcam"], checks=(), limits=(), robustness=False
    )
    actual = xplique.GradCAM(model).explain(tensorflow().constant(INPUTS), FAKE)
    np.testing.assert_allclose(actual[0, ..., 0], case.attributions["gradcam"].on(SIZE, SIZE), rtol=1e-3, atol=1e-6)


def test_integrated_gradients_begin_where_xplique_says() -> None:
    """From ``baseline_value``, the sum over channels and pixels is the logit's change from that input on (completeness)."""
    model = planted_model(3)
    detector = xaifake.wrap_model(model)
    maps = xplique.IntegratedGradients(model, reducer="sum", steps=300, baseline_value=0.25)(INPUTS[:1], FAKE[:1])
    views = np.stack([PICTURES[0].astype(np.float32), np.full((SIZE, SIZE, 3), 0.25 * 255, np.float32)])
    full, empty = detector.score(views)
    assert maps.sum() == pytest.approx(full - empty, rel=0.02)
    by_mean = xplique.IntegratedGradients(model, steps=300, baseline_value=0.25)(INPUTS[:1])
    np.testing.assert_allclose(by_mean * 3, maps, rtol=1e-5)


@pytest.mark.parametrize(
    ("targets", "contract", "signs"),
    [
        (None, {}, [1, 1]),
        ([[1], [-1]], {}, [1, -1]),
        ([1, -1], {"fake_when": "low"}, [-1, 1]),
        ([[0, 1], [1, 0]], {}, [1, -1]),
        ([[0, 0, 1], [0, 1, 0]], {"fake_index": (1, 2)}, [1, 1]),
    ],
)
def test_a_target_asks_for_a_side(targets: Any, contract: dict[str, Any], signs: list[int]) -> None:
    """FAKE's output gives the map of the FAKE logit, any other its negative."""
    assert signs_of(targets, 2, Contract((4, 4), **contract)).tolist() == signs


def test_the_map_of_real_is_the_negative() -> None:
    """One-hot targets of a softmax: REAL's map is FAKE's with the other sign."""
    explainer = xplique.GradCAM(planted_model(3, head="softmax"), output_layer=-2, batch_size=8, operator="classification")
    fake, real = (explainer(INPUTS, np.eye(2)[[side, side]]) for side in (1, 0))
    np.testing.assert_array_equal(fake, -real)


@pytest.mark.parametrize(
    "stated",
    [
        {"range": (0.0, 1.0)},
        {"range": (-1.0, 1.0), "channels": "bgr"},
        {"range": (0.0, 1.0), "mean": (0.4, 0.5, 0.6), "std": (0.2, 0.3, 0.25)},
        {"range": (0.0, 255.0), "mean": (104.0, 117.0, 124.0), "channels": "bgr"},
        {"range": (0.0, 1.0), "channels": "grey"},
    ],
)
def test_the_model_receives_what_it_was_given(stated: dict[str, Any]) -> None:
    """Inputs, brought back to pictures and fed again by the contract, are the inputs."""
    contract = Contract((SIZE, SIZE), **stated)
    pictures = PICTURES.astype(np.float32)
    fed = np.asarray(Pixel().encode(pictures, contract, np), np.float32)
    views = views_of(fed, contract)
    assert views.shape == pictures.shape
    np.testing.assert_allclose(Pixel().encode(views, contract, np), fed, rtol=1e-5, atol=1e-5)


def test_regions_are_the_users_own() -> None:
    """``map_to_interpret_space`` names the regions, any labels: four quarters get one value each."""
    quarters = np.kron([[7, 3], [5, 9]], np.ones((SIZE // 2, SIZE // 2), int))
    maps = xplique.KernelShap(planted_model(3), map_to_interpret_space=lambda _: quarters, nb_samples=16)(INPUTS)
    for values in maps[..., 0]:
        assert [np.ptp(values[quarters == label]) for label in (7, 3, 5, 9)] == [0, 0, 0, 0]


def test_what_does_not_fit_is_refused() -> None:
    """Arguments without an equal, other operators, overlapping patches, foreign inputs and soft targets: a sentence each."""
    model = planted_model(3)
    with pytest.raises(UsageError, match=r"Lime has no such argument here.*Received: kernel_width, prob"):
        xplique.Lime(model, kernel_width=45.0, prob=0.5)
    with pytest.raises(UsageError, match=r"leave out operator. Received: regression"):
        xplique.Rise(model, 32, "regression")
    with pytest.raises(UsageError, match=r"leave out patch_stride. Received: 4"):
        xplique.Occlusion(model, patch_size=8, patch_stride=4)
    with pytest.raises(UsageError, match=r"mean or sum \(reducer\). Received: max"):
        xplique.SmoothGrad(model, reducer="max")
    explainer = xplique.GradCAM(model)
    with pytest.raises(ContractError, match=r"range=\(-1, 1\).*Received: inputs from -1 to"):
        explainer(np.append(INPUTS[:1], INPUTS[:1] * 0 - 1, axis=0))
    with pytest.raises(UsageError, match=r"array or tensor \(N, H, W, C\).*batch by batch"):
        explainer(tensorflow().data.Dataset.from_tensor_slices((INPUTS, FAKE)))
    with pytest.raises(UsageError, match=r"one-hot, \(2, outputs\)"):
        explainer(INPUTS, [[0.5, 0.5], [0.5, 0.5]])
    with pytest.raises(ContractError, match=r"the 3 channels of rgb.*Received: shape \(2, 64, 64, 1\) in the domain pixel"):
        explainer(INPUTS[..., :1])
    with pytest.raises(UsageError, match=r"one label for each of the 64 × 64 pixels"):
        xplique.Lime(model, map_to_interpret_space=lambda _: np.zeros((2, 2), int))(INPUTS)
