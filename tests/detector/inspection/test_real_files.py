"""Files that Keras and tf_keras save here, and detectors that others trained, are read as what they are."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

from xaifake.detector.inspection import inspect_model

DETECTORS = {
    "malay_meso.hdf5": ("keras 2 hdf5", 2, "2.4.0", (None, 256, 256, 3), "sigmoid", False),
    "sabari_cnn.keras": ("keras 3 .keras", 3, "3.6.0", (None, 128, 128, 3), "sigmoid", False),
    "notcleo_dct.h5": ("keras 2 hdf5", 2, "2.13.1", (None, 32, 32, 1), "sigmoid", False),
    "dbhade_rescaling.h5": ("keras 3 hdf5", 3, "3.13.2", (None, 224, 224, 3), "sigmoid", True),
    "meso4_df.weights.h5": ("legacy weights", 2, "2.1.5", None, "unknown", False),
    "niteezzz_not_an_image_model.h5": ("keras 3 hdf5", 3, "3.13.2", (None, 40), "sigmoid", False),
}


@pytest.mark.parametrize("name", DETECTORS)
def test_third_party_detector_is_read_right(name: str, data: Path) -> None:
    """Format, version, input, head and scaling of each real detector; none is risky or needs anything."""
    found = inspect_model(data / "detectors" / name)
    shape = found.inputs[0].shape if found.inputs else None
    told = (found.format, found.keras_major, found.keras_version, shape, found.head, found.rescaling_inside)
    assert told == DETECTORS[name]
    assert (found.risks, found.custom) == ((), ())


def flat(k: Any) -> Any:
    """Scaled by operators, and without a last activation."""
    x = k.Input((32, 32, 3))
    y = k.layers.Conv2D(4, 3, activation="relu")(x / 127.5 - 1.0)
    return k.Model(x, k.layers.Dense(1)(k.layers.GlobalAveragePooling2D()(y)))


def nested(k: Any) -> Any:
    """A backbone in a model, and a sigmoid in a layer of its own."""
    base = k.applications.MobileNetV2(input_shape=(32, 32, 3), include_top=False, weights=None, alpha=0.35, pooling="avg")
    x = k.Input((32, 32, 3))
    return k.Model(x, k.layers.Activation("sigmoid", dtype="float32")(k.layers.Dense(1)(base(x))))


def sequential(k: Any) -> Any:
    """Never told its input, but built on a shape, and compiled with a lambda for its loss."""
    scaled = k.layers.Rescaling(1 / 255)
    model = k.Sequential([scaled, k.layers.Conv2D(4, 3), k.layers.Flatten(), k.layers.Dense(2, activation="softmax")])
    model.build((None, 32, 32, 3))
    model.compile("adam", loss=lambda truth, score: k.losses.binary_crossentropy(truth, score) * 2)
    return model


def two_inputs(k: Any) -> Any:
    """Two pictures in, one sigmoid out."""
    a, b = k.Input((32, 32, 3)), k.Input((32, 32, 3))
    both = k.layers.Concatenate()([a, b])
    return k.Model([a, b], k.layers.Dense(1, activation="sigmoid")(k.layers.GlobalAveragePooling2D()(both)))


MODELS = {
    "flat": (flat, "logit", 1, True, None, 1),
    "nested": (nested, "sigmoid", 1, False, "mobilenet_v2", 1),
    "sequential": (sequential, "softmax", 1, True, None, 2),
    "two_inputs": (two_inputs, "sigmoid", 2, False, None, 1),
}
FORMATS = {
    (3, "model.keras"): "keras 3 .keras",
    (3, "model.h5"): "keras 3 hdf5",
    (2, "model.keras"): "keras 2 .keras",
    (2, "model.h5"): "keras 2 hdf5",
    (2, "saved"): "keras 2 savedmodel",
}


@pytest.mark.keras
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(("major", "target"), FORMATS)
def test_real_save_is_read_right(name: str, major: int, target: str, tmp_path: Path) -> None:
    """Each kind of model in each format of either Keras: its architecture as it was built, no risk, no need."""
    from xaifake.detector.runtime import keras

    build, head, inputs, scales, backbone, units = MODELS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras' advice on formats
        model = build(keras(major))
        model.save(str(tmp_path / target), **({"save_format": "tf"} if target == "saved" else {}))
    found = inspect_model(tmp_path / target)
    assert (found.format, found.keras_major) == (FORMATS[major, target], major)
    assert [spec.shape for spec in found.inputs] == [(None, 32, 32, 3)] * inputs
    assert [spec.shape for spec in found.outputs] == [(None, units)]
    assert (found.head, found.rescaling_inside, found.backbone) == (head, scales, backbone)
    assert (found.risks, found.custom) == ((), ())


@pytest.mark.keras
def test_export_is_read_by_its_signature(tmp_path: Path) -> None:
    """What Keras 3 exports tells its input and output, and no more."""
    from xaifake.detector.runtime import keras

    sequential(keras(3)).export(str(tmp_path / "export"), verbose=False)
    found = inspect_model(tmp_path / "export")
    assert (found.format, found.inputs[0].shape, found.outputs[0].shape) == ("savedmodel", (None, 32, 32, 3), (None, 2))
    assert found.risks == ()


@pytest.mark.keras
@pytest.mark.parametrize("major", [2, 3])
def test_real_weights_are_told_from_models(major: int, tmp_path: Path) -> None:
    """What ``save_weights`` writes in the new format is weights; Keras 2 also writes the old one."""
    from xaifake.detector.runtime import keras

    model = flat(keras(major))
    model.save_weights(str(tmp_path / "model.weights.h5"))
    assert inspect_model(tmp_path / "model.weights.h5").format == "weights.h5"
    if major == 2:
        model.save_weights(str(tmp_path / "model.h5"))
        assert inspect_model(tmp_path / "model.h5").format == "legacy weights"


@pytest.mark.keras
@pytest.mark.parametrize(("major", "target"), FORMATS)
def test_real_custom_and_lambda_layers_are_found(major: int, target: str, tmp_path: Path) -> None:
    """A class of one's own is named as it must be given, a Lambda is a risk; a SavedModel needs neither, being a program."""
    from xaifake.detector.runtime import keras

    k = keras(major)

    class Gate(k.layers.Layer):  # type: ignore[misc, name-defined]
        def call(self, x: Any) -> Any:
            return x * 2

    model = k.Sequential([k.layers.Input((8, 8, 3)), Gate(), k.layers.Lambda(lambda x: x / 255), k.layers.Flatten()])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras' advice on formats and lambdas
        model.save(str(tmp_path / target), **({"save_format": "tf"} if target == "saved" else {}))
    found = inspect_model(tmp_path / target)
    if target == "saved":
        assert (found.risks, found.custom) == ((), ())  # the Lambda is part of the graph, which divides
    else:
        assert ({"lambda"} <= {risk.kind for risk in found.risks}, found.custom) == (True, ("Gate",))
