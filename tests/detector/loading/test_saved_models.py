"""SavedModels: loaded as their graph alone, where it only computes; logits without layers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hostile_models.payloads import lambda_layer
from model_files import sequential, write_saved_model
from small_models import expected_logits, saved, small, views

from xaifake.detector.inspection.graph_operators import COMPUTING, RANDOM, SAVING, VARIABLES
from xaifake.detector.loading import load_detector
from xaifake.detector.runtime import keras, tensorflow
from xaifake.errors import NotADetectorError, UnsafeModelError

pytestmark = pytest.mark.keras


@pytest.mark.parametrize("major", [2, 3])
def test_a_saved_model_that_only_computes_needs_no_word(major: int, tmp_path: Path) -> None:
    """A SavedModel of either major gives the detector's logits, with and without the user's word."""
    model = small(keras(major))
    path = saved(model, tmp_path / "folder", **({"save_format": "tf"} if major == 2 else {}))
    for allow_unsafe in (False, True):
        detector = load_detector(path, allow_unsafe=allow_unsafe)
        np.testing.assert_allclose(detector.score(views()), expected_logits(model), atol=1e-4)


def test_code_in_keras_metadata_is_never_given_to_keras(tmp_path: Path) -> None:
    """Keras 2 would run a Lambda's code out of ``keras_metadata.pb``; the graph scores without it."""
    marker = tmp_path / "marker"
    model = small(keras(2))
    path = saved(model, tmp_path / "folder", save_format="tf")
    write_saved_model(tmp_path / "other", sequential(lambda_layer(marker)))
    shutil.copy(tmp_path / "other" / "keras_metadata.pb", path)
    np.testing.assert_allclose(load_detector(path).score(views()), expected_logits(model), atol=1e-4)
    assert not marker.exists()


def exported(operator: Callable[[Any], Any], folder: Path) -> Path:
    """A SavedModel that scores pictures by a mean, and asks an operator on the way."""
    tf = tensorflow()

    @tf.function(input_signature=[tf.TensorSpec((None, 16, 16, 3), tf.float32, name="picture")])
    def serve(picture: Any) -> dict[str, Any]:
        with tf.control_dependencies([operator(picture)]):
            return {"score": tf.sigmoid(tf.reduce_mean(picture, axis=(1, 2, 3))[:, None])}

    module = tf.Module()
    module.serve = serve
    tf.saved_model.save(module, str(folder), signatures={"serving_default": serve})
    return folder


def test_forbidden_operators_are_refused_by_name(tmp_path: Path) -> None:
    """Files, network, Python, printing, tables and loops: each is refused with its name before TensorFlow sees the file."""
    tf = tensorflow()
    raw, marker = tf.raw_ops, str(tmp_path / "marker")
    forbidden: dict[str, Callable[[Any], Any]] = {
        "WriteFile": lambda _: raw.WriteFile(filename=marker, contents="x"),
        "ReadFile": lambda _: raw.ReadFile(filename="/etc/passwd"),
        "MatchingFiles": lambda _: raw.MatchingFiles(pattern="/etc/*"),
        "SaveV2": lambda _: raw.SaveV2(prefix=marker, tensor_names=["x"], shape_and_slices=[""], tensors=[tf.constant(1)]),
        "RestoreV2": lambda _: raw.RestoreV2(prefix="/x", tensor_names=["x"], shape_and_slices=[""], dtypes=[tf.int32])[0],
        "PrintV2": lambda _: raw.PrintV2(input="x", output_stream=f"file://{marker}"),
        "EagerPyFunc": lambda x: tf.py_function(lambda y: y, [x], tf.float32),
        "PyFunc": lambda x: tf.numpy_function(lambda y: y, [x], tf.float32),
        "DebugIdentityV2": lambda x: raw.DebugIdentityV2(input=x, debug_urls=[f"file://{marker}"]),
        "TextLineDataset": lambda _: raw.TextLineDataset(filenames="/etc/passwd", compression_type="", buffer_size=1),
        "HashTableV2": lambda _: raw.HashTableV2(key_dtype=tf.string, value_dtype=tf.int64),
        "DecodeJpeg": lambda _: raw.DecodeJpeg(contents=""),
        "StatelessWhile": lambda x: tf.while_loop(lambda _: True, lambda y: (y,), [x])[0],
    }
    for name, operator in forbidden.items():
        path = exported(operator, tmp_path / name)
        with pytest.raises(UnsafeModelError, match=rf"runs {name} in .*--allow-unsafe"):
            load_detector(path)
    assert not Path(marker).exists()


def test_operators_that_only_compute_are_registered_and_keep_no_state() -> None:
    """The list against TensorFlow's own: each name exists, and is stateless but for variables, calls and random numbers."""
    tensorflow()
    from tensorflow.python.framework import op_def_registry

    found = {name: op_def_registry.get(name) for name in COMPUTING | SAVING}
    assert set() == {name for name, definition in found.items() if definition is None}
    stateful = {name for name in COMPUTING if found[name].is_stateful}
    assert set() == stateful - VARIABLES - RANDOM - {"StatefulPartitionedCall"}


def test_an_exported_model_gives_logits_beyond_what_a_probability_can_hold(tmp_path: Path) -> None:
    """The logit is read before the exported sigmoid: 40 stays 40, where the probability is 1 in float32."""
    model = small(keras(3))
    model.get_layer("score").bias.assign([40.0])
    detector = load_detector(saved(model, tmp_path / "folder"))
    assert float(detector.score(views())[0]) > 35
    logits, gradient = detector.gradient(views())
    assert np.abs(gradient).max() > 0
    assert logits.shape == (3,)


def test_an_exported_model_has_no_layer_to_tap(tmp_path: Path) -> None:
    """Grad-CAM is refused in one sentence for a SavedModel without layers."""
    detector = load_detector(saved(small(keras(3)), tmp_path / "folder"))
    with pytest.raises(NotADetectorError):
        detector.tap(views())


def test_an_export_that_augments_at_random_is_refused(tmp_path: Path) -> None:
    """Keras 3 exports RandomFlip as it works in training: scores of such a file do not repeat."""
    k = keras(3)
    path = saved(small(k, k.layers.RandomFlip("horizontal")), tmp_path / "folder")
    with pytest.raises(NotADetectorError, match="at random"):
        load_detector(path)
