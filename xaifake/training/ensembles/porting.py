"""A model of Keras 2 in Keras 3: rebuilt from its configuration, with its weights.

Works for functional and Sequential models of layers that both have, also nested ones where the older format tells which call
of the inner model is meant. Weights are of one order in both. What a rebuilt model computes is for the caller to compare.
"""

from __future__ import annotations

from typing import Any

from xaifake.errors import NotADetectorError

MODELS = {"Functional": "keras.src.models.functional", "Model": "keras", "Sequential": "keras"}
GONE = {
    "DepthwiseConv2D": ("groups",),
    "SeparableConv2D": ("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"),
}
"""What Keras 2 writes of some layers and never used."""


def in_keras_3(model: Any, path: str) -> Any:
    """The model itself where it is of Keras 3, else the same in Keras 3.

    Args:
        model: a functional or Sequential model of either Keras.
        path: what to call it in refusals.

    Raises:
        NotADetectorError: Keras 3 cannot read its configuration.
    """
    import keras

    if isinstance(model, keras.Model):
        return model
    kind = keras.Sequential if type(model).__name__ == "Sequential" else keras.Model
    try:
        rebuilt = kind.from_config(_as_keras_3(model.get_config()))
        rebuilt.set_weights(model.get_weights())
    except Exception as error:  # Keras 3 answers what it cannot read with nearly every type of exception
        raise NotADetectorError(
            "An ensemble is a Keras 3 model, and this member of Keras 2 cannot be rebuilt in it: train it again, or save it "
            f"with Keras 3. Received: {path}, {type(error).__name__}"
        ) from error
    return rebuilt


def _as_keras_3(config: Any) -> Any:
    """A configuration of Keras 2, or a part of one, with what Keras 3 writes otherwise."""
    if isinstance(config, list | tuple):
        return type(config)(_as_keras_3(part) for part in config)
    if not isinstance(config, dict):
        return config
    known = {key: _as_keras_3(value) for key, value in config.items()}
    name, inner = known.get("class_name"), known.get("config")
    if not isinstance(inner, dict):
        return known
    if name in MODELS:
        known |= {"module": MODELS[name], "registered_name": name}
    if name != "InputLayer":
        inner.pop("batch_input_shape", None)  # the first layer of a Sequential model repeats what its InputLayer says
    for gone in GONE.get(str(name), ()):
        inner.pop(gone, None)
    if name == "LeakyReLU" and "alpha" in inner:
        inner["negative_slope"] = inner.pop("alpha")
    if name == "BatchNormalization" and isinstance(inner.get("axis"), list):
        (inner["axis"],) = inner["axis"]
    return known
