"""The engine answers score, tap and gradient for every model shape, and leaves the model as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from xaifake.detector.engine import BATCH, Detector
from xaifake.detector.planted import SHAPES, SIZE, planted_model, planted_picture
from xaifake.detector.runtime import keras, tensorflow
from xaifake.detector.tapping import layers_of
from xaifake.errors import ContractError, NotADetectorError, NumbersError, UnknownNameError
from xaifake.records import Contract, ModelFile

pytestmark = pytest.mark.keras

FILE = ModelFile("planted", "0" * 64, "in memory", 3)


def detector_of(model: Any, **fields: Any) -> Detector:
    return Detector(model, Contract((SIZE, SIZE), **{"head": "unknown", **fields}), FILE)


def planted_views(count: int) -> np.ndarray:
    return np.stack([planted_picture(seed).pixels for seed in range(count)]).astype(np.float32)


def left_behind(model: Any) -> list[str]:
    return [path for path, layer in layers_of(model) if "call" in vars(layer)]


@pytest.mark.parametrize("major", [2, 3])
@pytest.mark.parametrize("shape", SHAPES)
def test_score_is_the_logit_of_the_models_own_probability(major: int, shape: Any) -> None:
    """The score's sigmoid equals what the model itself answers for the scaled pictures."""
    model = planted_model(major, shape)
    views = planted_views(3)

    expected = np.asarray(model(views / 255.0))[:, 0]
    actual = 1 / (1 + np.exp(-detector_of(model).score(views)))

    np.testing.assert_allclose(actual, expected, atol=1e-6)
    assert (expected > 0.8).all()


@pytest.mark.parametrize("major", [2, 3])
@pytest.mark.parametrize(
    ("head", "fields"),
    [
        ("sigmoid", {"fake_when": "low"}),
        ("softmax", {"fake_index": (0,)}),
        ("logit", {"fake_when": "low", "head": "logit"}),
    ],
)
def test_every_head_gives_the_same_logit(major: int, head: Any, fields: dict[str, Any]) -> None:
    """Sigmoid, softmax and plain logit heads agree, with FAKE first or low as the contract says."""
    views = planted_views(2)
    expected = detector_of(planted_model(major)).score(views)

    actual = detector_of(planted_model(major, head=head, fake_first=True), **fields).score(views)

    np.testing.assert_allclose(actual, expected, rtol=1e-5)


def test_saturated_scores_keep_their_logit() -> None:
    """Where the probability is 1 to float32, the logit still tells pictures apart and has a gradient."""
    detector = detector_of(planted_model(gain=30_000.0))
    views = planted_views(2)
    views[1] = 0.5 * views[1]

    logits, gradients = detector.gradient(views)

    assert logits.min() > 50
    assert logits[0] != logits[1]
    assert (np.abs(gradients).max(axis=(1, 2, 3)) > 0).all()


def test_more_than_a_batch_is_scored_as_one_by_one() -> None:
    """The length of the batch does not change scores beyond rounding."""
    detector = detector_of(planted_model())
    views = planted_views(BATCH + 3)

    np.testing.assert_allclose(
        detector.score(views), np.concatenate([detector.score(view[None]) for view in views]), rtol=1e-5
    )


@pytest.mark.parametrize("major", [2, 3])
@pytest.mark.parametrize("shape", SHAPES)
def test_tapping_leaves_nothing_behind(major: int, shape: Any) -> None:
    """After a tap, and after a refused one, no layer of the model carries a wrapped call."""
    model = planted_model(major, shape)
    detector = detector_of(model)

    detector.tap(planted_views(1))
    with pytest.raises(UnknownNameError, match="no layer of that name"):
        detector.tap(planted_views(1), "nowhere")

    assert left_behind(model) == []


def test_nothing_is_left_behind_when_the_model_itself_fails() -> None:
    """A layer that raises while it is being looked into is unwrapped all the same, and the refusal quotes it."""
    k = keras(3)

    class Fails(k.layers.Layer):
        armed = False

        def call(self, inputs: Any) -> Any:
            if self.armed:
                raise RuntimeError("on purpose")
            return inputs

    model = k.Sequential(
        [k.Input((SIZE, SIZE, 3)), Fails(), k.layers.GlobalAveragePooling2D(), k.layers.Dense(1, "sigmoid")]
    )
    detector = detector_of(model)
    Fails.armed = True

    with pytest.raises(NotADetectorError, match=r"cannot be run on pictures of 64 × 64.*on purpose"):
        detector.tap(planted_views(1))

    assert left_behind(model) == []


@pytest.mark.parametrize("major", [2, 3])
def test_a_dotted_name_is_a_name(major: int) -> None:
    """A layer is found by its name, dots and all, or by its path through the nested models."""
    detector = detector_of(planted_model(major, "twice nested"))
    views = planted_views(1)

    by_name = detector.tap(views, "evidence.x1")
    by_path = detector.tap(views, "outer/backbone_1.00_64/evidence.x1")

    assert by_name.layer == by_path.layer == "outer/backbone_1.00_64/evidence.x1"
    np.testing.assert_array_equal(by_name.activations, by_path.activations)


def test_a_layer_without_a_grid_is_refused_by_name() -> None:
    """Asking for a dense layer's grid says that it has none."""
    with pytest.raises(UnknownNameError, match="no grid"):
        detector_of(planted_model()).tap(planted_views(1), "score")


def test_the_gradient_at_the_input_is_the_slope_of_the_score() -> None:
    """A small step along the gradient changes the logit by the step times its squared length."""
    detector = detector_of(planted_model())
    views = planted_views(1)

    logits, gradients = detector.gradient(views)
    step = 1e-3 / np.abs(gradients).max()
    moved = detector.score(views + step * gradients)

    np.testing.assert_allclose(moved - logits, step * (gradients**2).sum(), rtol=0.05)


def test_grey_and_bgr_reach_the_model_as_the_contract_says() -> None:
    """A model that reads its first channel sees blue under bgr; a one-channel model sees luma under grey."""
    k = keras(3)
    first = k.Sequential([k.Input((4, 4, 3)), k.layers.GlobalAveragePooling2D(), k.layers.Dense(1)])
    first.layers[-1].set_weights([np.float32([[1], [0], [0]]), np.zeros(1, np.float32)])
    single = k.Sequential([k.Input((4, 4, 1)), k.layers.GlobalAveragePooling2D(), k.layers.Dense(1, use_bias=False)])
    single.layers[-1].set_weights([np.float32([[1]])])
    views = np.broadcast_to(np.float32([10, 20, 30]), (1, 4, 4, 3)).copy()

    read = {
        channels: float(
            Detector(model, Contract((4, 4), range=(0, 255), channels=channels, head="logit"), FILE).score(views)[0]
        )
        for channels, model in (("rgb", first), ("bgr", first), ("grey", single))
    }

    assert read == pytest.approx({"rgb": 10, "bgr": 30, "grey": 0.299 * 10 + 0.587 * 20 + 0.114 * 30}, rel=1e-5)


def test_nan_is_refused_in_words() -> None:
    """A model with a NaN weight does not pass its NaN on."""
    model = planted_model()
    weights = model.get_layer("score").get_weights()
    model.get_layer("score").set_weights([weights[0] * np.nan, weights[1]])

    with pytest.raises(NumbersError, match="NaN or infinity"):
        detector_of(model).score(planted_views(1))


def test_half_precision_models_give_single_precision_logits() -> None:
    """A float16 compute policy still yields float32 logits close to the float32 model's."""
    k = keras(3)
    views = planted_views(2)
    expected = detector_of(planted_model()).score(views)
    k.config.set_dtype_policy("mixed_float16")
    try:
        model = planted_model()
    finally:
        k.config.set_dtype_policy("float32")

    actual = detector_of(model).score(views)

    assert actual.dtype == np.float32
    np.testing.assert_allclose(actual, expected, rtol=0.02)


@pytest.mark.parametrize(
    ("model", "fields", "sentence"),
    [
        (lambda: planted_model(), {"head": "softmax"}, "another head"),
        (lambda: planted_model(head="logit"), {}, "--head"),
        (lambda: planted_model(head="softmax"), {"fake_index": (2,)}, "some, not all, of 0 to 1"),
        (lambda: planted_model(head="softmax"), {"fake_index": (0, 1)}, "some, not all"),
    ],
)
def test_a_contract_that_does_not_fit_is_refused(model: Any, fields: dict[str, Any], sentence: str) -> None:
    """A stated head or FAKE output that the model does not have is refused in one sentence."""
    with pytest.raises(ContractError, match=sentence):
        detector_of(model(), **fields)


@pytest.mark.filterwarnings("ignore:You are using a softmax")  # Keras warns of the very fault that is refused
def test_a_softmax_over_one_output_scores_nothing() -> None:
    """A softmax over a single output is always 1, and is refused as such."""
    k = keras(3)
    model = k.Sequential([k.Input((SIZE, SIZE, 3)), k.layers.GlobalAveragePooling2D(), k.layers.Dense(1)])
    with pytest.raises(NotADetectorError, match="always 1"):
        detector_of(k.Sequential([model, k.layers.Softmax()]))


def test_a_hidden_activation_is_undone_from_the_probability() -> None:
    """Where the sigmoid lies inside a compiled call, a stated head gives the logit of the probability."""
    tf = tensorflow()
    model = planted_model()
    hidden = tf.function(lambda batch: model(batch, training=False))
    views = planted_views(2)

    np.testing.assert_allclose(detector_of(hidden, head="sigmoid").score(views), detector_of(model).score(views), rtol=1e-4)


def test_two_picture_inputs_of_one_shape_get_the_same_picture() -> None:
    """A model with two inputs is fed the same batch at both."""
    k = keras(3)
    model = planted_model()
    left, right = k.Input((SIZE, SIZE, 3)), k.Input((SIZE, SIZE, 3))
    twin = k.Model([left, right], k.layers.Average()([model(left), model(right)]))
    views = planted_views(2)

    np.testing.assert_allclose(detector_of(twin, head="sigmoid").score(views), detector_of(model).score(views), rtol=1e-4)
