"""Whether a model takes raw pixels, by what its first steps compute."""

from __future__ import annotations

import pytest
from model_files import Entry, chained, conv, dense, layer, operator, tf_operator

from xaifake.detector.inspection import inspect_config

MEANS = [103.939, 116.779, 123.68]
TENSOR = {"class_name": "__tensor__", "config": {"value": [[[[-103.9, -116.8, -123.7]]]], "dtype": "float32"}}
FLIP = layer("RandomFlip")
INPUT = "model_input"

RAW: dict[str, list[Entry]] = {
    "Rescaling to 0..1": [layer("Rescaling", scale=1 / 255, offset=0.0)],
    "Rescaling to -1..1, after augmentation": [FLIP, layer("Rescaling", scale=1 / 127.5, offset=-1)],
    "Rescaling by each channel": [layer("Rescaling", scale=[0.017, 0.0175, 0.0174], offset=[-2.1, -2.0, -1.8])],
    "Normalization with pixels' means": [layer("Normalization", mean=MEANS, variance=[3400.0] * 3)],
    "adapted Normalization": [layer("Normalization", mean=None)],
    "Keras 3 divides": [operator("TrueDivide", "a", INPUT, 127.5), operator("Subtract", "b", "a", 1.0)],
    "Keras 3 subtracts means": [operator("Add", "a", INPUT, TENSOR)],
    "Keras 3 multiplies after a cast": [operator("Cast", "a", INPUT), operator("Multiply", "b", "a", 1 / 255)],
    "Keras 2 divides": [tf_operator("math.truediv", "a", INPUT, y=127.5, name=None)],
    "Keras 2 subtracts means": [tf_operator("nn.bias_add", "a", INPUT, bias=[-m for m in MEANS])],
    "Keras 2.1 multiplies": [layer("TensorFlowOpLayer", node_def='{"op": "Mul"}', constants={"1": 0.00392})],
    "a nested backbone scales": [chained(layer("Rescaling", scale=1 / 255, offset=0.0), conv(), name="inside")],
}
SCALED: dict[str, list[Entry]] = {
    "nothing": [FLIP],
    "Rescaling from 0..1 to -1..1": [layer("Rescaling", scale=2.0, offset=-1.0)],
    "Rescaling up before a backbone that scales down": [
        layer("Rescaling", scale=255.0, offset=0.0),
        layer("Rescaling", "down", scale=1 / 255, offset=0.0),
    ],
    "Normalization of 0..1": [layer("Normalization", mean=[0.485, 0.456, 0.406], variance=[0.05] * 3)],
    "Keras 3 doubles": [operator("Multiply", "a", INPUT, 2.0), operator("Subtract", "b", "a", 1.0)],
    "tensors divided by tensors": [operator("TrueDivide", "a", INPUT)],
    "after a convolution": [conv(), layer("Rescaling", scale=1 / 255, offset=0.0)],
}


@pytest.mark.parametrize(("name", "raw"), [(name, True) for name in RAW] + [(name, False) for name in SCALED])
def test_the_first_step_tells_whether_pixels_are_raw(name: str, raw: bool) -> None:
    """Numbers of the size of 255 before any weights mean raw pixels; anything else does not."""
    config = chained(*(RAW | SCALED)[name], conv(name="last_conv"), layer("GlobalAveragePooling2D"), dense())
    inspection = inspect_config(config, keras_major=3, path="", sha256="", format="unknown")
    assert raw == inspection.rescaling_inside
