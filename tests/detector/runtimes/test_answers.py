"""Both runtimes give the same answers for every shape of model, and ONNX Runtime's stand by themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_models import SIDE, saved, small
from small_models import views as small_views

from xaifake.detector.engine import Detector
from xaifake.detector.loading import load_detector, wrap_model
from xaifake.detector.planted import SHAPES, SIZE, planted_model, planted_picture
from xaifake.detector.planted_dct import planted_dct_model
from xaifake.detector.runtime import keras, tensorflow
from xaifake.detector.runtimes import Runtimes
from xaifake.errors import ModelError, NumbersError
from xaifake.records import Contract, ModelFile

pytestmark = pytest.mark.keras

FILE = ModelFile("planted", "0" * 64, "in memory", 3)


def planted_views(count: int) -> np.ndarray:
    return np.stack([planted_picture(seed).pixels for seed in range(count)]).astype(np.float32)


def detectors(model: Any, **fields: Any) -> tuple[Detector, Detector]:
    """One model scored by TensorFlow, and by ONNX Runtime."""
    contract = Contract((SIZE, SIZE), **{"head": "unknown", **fields})
    onnx = Detector(Runtimes(model, contract, FILE.path, wanted="onnxruntime"), contract, FILE)
    assert onnx.runtime.startswith("onnxruntime ")
    return Detector(model, contract, FILE), onnx


def must_agree(by_tensorflow: Detector, by_onnx: Detector, views: np.ndarray) -> None:
    np.testing.assert_allclose(by_onnx.score(views), by_tensorflow.score(views), atol=1e-4)
    expected, actual = by_tensorflow.tap(views), by_onnx.tap(views)
    assert actual.layer == expected.layer
    np.testing.assert_allclose(actual.logits, expected.logits, atol=1e-4)
    np.testing.assert_allclose(actual.activations, expected.activations, atol=1e-4)
    np.testing.assert_allclose(actual.gradients, expected.gradients, atol=1e-4)


@pytest.mark.parametrize("major", [2, 3])
@pytest.mark.parametrize("shape", SHAPES)
def test_both_score_and_look_alike(major: int, shape: Any) -> None:
    """Logits, layer, activations and gradients are the same, and the tap too is ONNX Runtime's."""
    by_tensorflow, by_onnx = detectors(planted_model(major, shape))
    must_agree(by_tensorflow, by_onnx, planted_views(3))
    assert by_onnx.runtimes.tapping(None).name == by_onnx.runtime


@pytest.mark.parametrize(
    ("head", "fields"),
    [
        ("sigmoid", {"fake_when": "low"}),
        ("softmax", {"fake_index": (0,)}),
        ("logit", {"fake_when": "low", "head": "logit"}),
    ],
)
def test_every_head_is_converted(head: Any, fields: dict[str, Any]) -> None:
    """The logit is read before the activation in either runtime, on the side that the contract calls FAKE."""
    must_agree(*detectors(planted_model(3, head=head, fake_first=True), **fields), planted_views(2))


@pytest.mark.parametrize(
    ("spec", "log"), [("dct", False), ("dct:log", True), ("dct:standardise", False), ("dct:log:standardise", True)]
)
def test_the_transform_is_converted_with_the_model(spec: str, log: bool) -> None:
    """A detector of coefficients takes views in either runtime."""
    model = planted_dct_model(3, log=log)
    must_agree(*detectors(model, range=(0, 255), channels="grey", domain=spec), planted_views(2))


def test_two_picture_inputs_are_fed_alike() -> None:
    """A model with two inputs gets the same view at both."""
    k = keras(3)
    model, left, right = planted_model(), k.Input((SIZE, SIZE, 3)), k.Input((SIZE, SIZE, 3))
    twin = k.Model([left, right], k.layers.Average()([model(left), model(right)]))
    must_agree(*detectors(twin, head="sigmoid"), planted_views(2))


def test_a_saved_graph_is_converted(tmp_path: Path) -> None:
    """A SavedModel, in which no layer can be seen, scores alike."""
    path = saved(small(keras(3)), tmp_path / "exported")
    by_tensorflow, by_onnx = (
        load_detector(path, allow_unsafe=True, runtime=runtime) for runtime in ("tensorflow", "onnxruntime")
    )
    assert by_onnx.runtime.startswith("onnxruntime ")
    np.testing.assert_allclose(by_onnx.score(small_views()), by_tensorflow.score(small_views()), atol=1e-4)


def test_the_same_views_give_the_same_bytes() -> None:
    """A score is repeated to the bit, and its neighbours in the batch change no more than rounding."""
    _, by_onnx = detectors(planted_model())
    views = planted_views(19)
    np.testing.assert_array_equal(by_onnx.score(views), by_onnx.score(views))
    alone = np.concatenate([by_onnx.score(view[None]) for view in views])
    np.testing.assert_allclose(by_onnx.score(views), alone, rtol=1e-5)


def test_gradients_at_the_input_stay_with_tensorflow() -> None:
    """Whoever scores, the gradient is the same array."""
    by_tensorflow, by_onnx = detectors(planted_model())
    views = planted_views(1)
    np.testing.assert_array_equal(by_onnx.gradient(views)[1], by_tensorflow.gradient(views)[1])


def test_a_named_layer_is_looked_into_by_tensorflow() -> None:
    """Only the usual tap is converted; any other is asked of the model itself."""
    by_tensorflow, by_onnx = detectors(planted_model())
    views = planted_views(1)
    expected, actual = (detector.tap(views, "stripes") for detector in (by_tensorflow, by_onnx))
    assert (actual.layer, by_onnx.runtimes.tapping("stripes").name) == ("stripes", by_tensorflow.runtime)
    np.testing.assert_array_equal(actual.gradients, expected.gradients)


def test_nan_is_refused_by_either() -> None:
    """A model with a NaN weight does not pass its NaN on."""
    model = planted_model()
    weights = model.get_layer("score").get_weights()
    model.get_layer("score").set_weights([weights[0] * np.nan, weights[1]])
    for detector in detectors(model):
        with pytest.raises(NumbersError, match="NaN or infinity"):
            detector.score(planted_views(1))


def layer_of(call: Callable[[Any], Any]) -> Any:
    class Own(keras(3).layers.Layer):  # type: ignore[misc]  # the base is chosen at run time
        def call(self, inputs: Any) -> Any:
            return call(inputs)

    return Own()


def test_what_onnx_does_not_know_stays_with_tensorflow() -> None:
    """A model that calls Python is scored by TensorFlow, and ONNX Runtime asked for by name is refused in a line."""
    tf = tensorflow()
    own = layer_of(lambda x: tf.ensure_shape(tf.numpy_function(np.copy, [x], tf.float32), (None, SIDE - 2, SIDE - 2, 4)))
    model = small(keras(3), own)
    detector = wrap_model(model, runtime="auto")
    detector.prepare(1000)
    assert detector.runtime.startswith("tensorflow ")
    with pytest.raises(ModelError, match=r"--runtime.*Received: ") as refusal:
        wrap_model(model, runtime="onnxruntime")
    assert "\n" not in str(refusal.value)


def test_a_gradient_that_onnx_does_not_know_stays_with_tensorflow() -> None:
    """The score is converted all the same."""
    tf = tensorflow()
    model = small(keras(3), layer_of(lambda x: tf.nn.local_response_normalization(tf.reduce_mean(x, (1, 2), keepdims=True))))
    by_tensorflow, by_onnx = wrap_model(model), wrap_model(model, runtime="onnxruntime")
    assert by_onnx.runtimes.tapping(None).name.startswith("tensorflow ")
    must_agree(by_tensorflow, by_onnx, small_views())


def test_twins_keep_their_own_layers() -> None:
    """Two models of one graph, one nested deeper, are two: each tells its own layer, also after the other was converted."""
    told = [detectors(planted_model(3, shape))[1].tap(planted_views(1)).layer for shape in ("nested", "twice nested")]
    assert len(set(told)) == 2
