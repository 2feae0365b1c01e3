"""Inputs, outputs, head and layers, read off configs of every shape that either Keras writes."""

from __future__ import annotations

from typing import Any

import pytest
from model_files import (
    PICTURE,
    Entry,
    chained,
    conv,
    dense,
    functional,
    layer,
    operator,
    picture_input,
    sequential,
    tf_operator,
)

from xaifake.detector.inspection import Inspection, inspect_config
from xaifake.errors import ModelFileError


def inspected(config: Entry) -> Inspection:
    """The inspection of a model in memory."""
    return inspect_config(config, keras_major=2, path="model in memory", sha256="", format="unknown")


def activation(name: Any) -> Entry:
    return layer("Activation", "activation", activation=name)


DROPPED = layer("Dropout", rate=0.5)
LINEAR = dense(2, "linear")
INNER = chained(conv(), layer("GlobalAveragePooling2D"), dense(), name="inner")

HEADS: dict[str, tuple[list[Entry], str]] = {
    "sigmoid": ([dense()], "sigmoid"),
    "softmax": ([dense(2, "softmax")], "softmax"),
    "logit": ([dense(1, "linear")], "logit"),
    "activation layer": ([LINEAR, activation("softmax")], "softmax"),
    "activation as a function entry": ([dense(1, {"class_name": "function", "config": "sigmoid"})], "sigmoid"),
    "activation as a layer entry": ([dense(2, {"class_name": "Softmax", "config": {"axis": -1}})], "softmax"),
    "Softmax layer": ([LINEAR, layer("Softmax")], "softmax"),
    "Keras 3 operator": ([LINEAR, operator("Sigmoid", "sigmoid", "dense", module="keras.src.ops.nn")], "sigmoid"),
    "Keras 2 operator": ([LINEAR, tf_operator("math.sigmoid", "tf.math.sigmoid", "dense")], "sigmoid"),
    "Keras 2.1 operator": ([LINEAR, layer("TensorFlowOpLayer", node_def='{"name": "s", "op": "Softmax"}')], "softmax"),
    "then cast, dropped out, reshaped": (
        [dense(), tf_operator("cast", "cast", "dense"), DROPPED, layer("Reshape", target_shape=[1]), layer("Flatten")],
        "sigmoid",
    ),
    "then linear in float32": ([dense(2, "softmax"), layer("Activation", activation="linear", dtype="float32")], "softmax"),
    "convolution, averaged": ([conv(1, activation="linear"), layer("GlobalAveragePooling2D")], "logit"),
    "normalised logit": ([LINEAR, layer("BatchNormalization")], "logit"),
    "nested model last": ([INNER], "sigmoid"),
    "twice nested, then Identity": ([chained(INNER, name="outer"), layer("Identity")], "sigmoid"),
    "wrapped": ([layer("TimeDistributed", layer=dense())], "sigmoid"),
    "averaged probabilities are no head": ([conv(1, activation="sigmoid"), layer("GlobalAveragePooling2D")], "unknown"),
    "relu": ([dense(1, "relu")], "unknown"),
    "custom layer": ([dense(), layer("Gate")], "unknown"),
    "Lambda": ([dense(), layer("Lambda")], "unknown"),
}


@pytest.mark.parametrize("name", HEADS)
def test_head_is_what_the_last_step_is(name: str) -> None:
    """The activation is found in the last layer, after it, in it or around it; what hides it makes the head unknown."""
    layers, head = HEADS[name]
    assert head == inspected(chained(layer("Flatten", "flat"), *layers)).head


OUTPUTS: dict[str, tuple[list[Entry], tuple[int | None, ...]]] = {
    "dense": ([layer("Flatten"), dense(2)], (None, 2)),
    "dense after pooling": ([conv(), layer("GlobalAveragePooling2D"), dense(1)], (None, 1)),
    "pooled convolution": ([conv(2), layer("GlobalAveragePooling2D"), activation("softmax")], (None, 2)),
    "segmentation": ([conv(1, "score")], (None, None, None, 1)),
    "dense on a grid": ([conv(), dense(1)], (None, None, None, 1)),
    "reshaped": ([layer("Flatten"), dense(4), layer("Reshape", target_shape=[2, 2])], (None, None, 2)),
    "nested": ([INNER], (None, 1)),
    "unknown before dense": ([layer("Gate"), dense(3)], (None, 3)),
    "unknown": ([dense(3), layer("Gate")], ()),
    "picture out": ([layer("Activation", activation="relu")], (None, 64, 64, 3)),
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_output_shape_is_read_backwards(name: str) -> None:
    """Units come from the last layer that has some, the rank from what fed it; nothing is guessed past the unknown."""
    layers, shape = OUTPUTS[name]
    (output,) = inspected(chained(*layers)).outputs
    assert shape == output.shape
    assert layers[-1]["name"] == output.name


def test_several_inputs_and_outputs_are_told_apart() -> None:
    """Each input has its shape and dtype, each output its units, in the model's order."""
    model = functional(
        [
            picture_input("right", [None, 32, 32, 3]),
            layer("InputLayer", "left", batch_input_shape=[None, 5], dtype="int32"),
            layer("Flatten", "flat", ["right"]),
            layer("Concatenate", "both", ["left", "flat"]),
            dense(2, "softmax", "kind") | {"inbound_nodes": [[["both", 0, 0, {}]]]},
            dense(1, "sigmoid", "score") | {"inbound_nodes": [[["both", 0, 0, {}]]]},
        ],
        input_layers=[["left", 0, 0], ["right", 0, 0]],
        output_layers=[["score", 0, 0], ["kind", 0, 0]],
    )
    inspection = inspected(model)
    assert [(spec.name, spec.shape, spec.dtype) for spec in inspection.inputs] == [
        ("left", (None, 5), "int32"),
        ("right", (None, 32, 32, 3), "float32"),
    ]
    assert [(spec.name, spec.shape) for spec in inspection.outputs] == [("score", (None, 1)), ("kind", (None, 2))]


POLICY = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float16"}, "registered_name": None}

SEQUENTIALS: dict[str, Entry] = {
    "an InputLayer of Keras 3": {
        "class_name": "Sequential",
        "config": {
            "layers": [{"class_name": "InputLayer", "config": {"batch_shape": PICTURE, "dtype": POLICY, "name": "x"}}]
        },
    },
    "the first layer, as a bare list": {
        "class_name": "Sequential",
        "config": [{"class_name": "Conv2D", "config": {"batch_input_shape": PICTURE, "dtype": "float16", "name": "x"}}],
    },
    "a nested model": {
        "class_name": "Sequential",
        "config": {"layers": [functional([layer("InputLayer", "x", batch_shape=PICTURE, dtype="float16")])]},
    },
}


@pytest.mark.parametrize("name", SEQUENTIALS)
def test_sequential_input_is_in_its_first_layer(name: str) -> None:
    """A Sequential model's input stands in an InputLayer, in its first layer, or in a model nested first."""
    (spec,) = inspected(SEQUENTIALS[name]).inputs
    assert (spec.name, spec.shape, spec.dtype) == ("x", (None, 64, 64, 3), "float16")


@pytest.mark.parametrize(
    "config",
    [
        {"class_name": "Sequential", "config": {"name": "net", "layers": [], "build_input_shape": PICTURE}},
        {"class_name": "Net", "config": {"name": "net"}, "build_config": {"input_shape": [1, 64, 64, 3]}},
    ],
)
def test_shape_of_building_stands_in_for_an_input(config: Entry) -> None:
    """A model without an input layer, subclassed even, tells the shape that it was built on; the batch is open."""
    (spec,) = inspected(config).inputs
    assert (spec.name, spec.shape) == ("net", (None, 64, 64, 3))


def test_layers_are_listed_with_their_paths() -> None:
    """Models and wrappers come before what is in them, each path from the outermost model in."""
    model = sequential(chained(conv(), name="base"), layer("TimeDistributed", "each", layer=dense()))
    assert [(spec.path, spec.class_name) for spec in inspected(model).layers] == [
        ("input_1", "InputLayer"),
        ("base", "Functional"),
        ("base/base_input", "InputLayer"),
        ("base/conv2d", "Conv2D"),
        ("each", "TimeDistributed"),
        ("each/dense", "Dense"),
    ]


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"class_name": 7, "config": 7},
        {
            "class_name": "Functional",
            "config": {"layers": [None, 3, {"class_name": {}, "inbound_nodes": {"a": [["a", 0]]}}]},
        },
        {"class_name": "Sequential", "config": {"layers": {}, "build_input_shape": [["a"], 10**400, -1, True]}},
        {
            "class_name": "Functional",
            "config": {"layers": [layer("Dense", "a", ["a"], units=10**400)], "output_layers": "a"},
        },
        {
            "class_name": "Functional",
            "config": {"layers": [layer("Reshape", "a", target_shape=[])], "input_layers": {"a": 1}},
        },
    ],
)
def test_nonsense_tells_nothing(config: Entry) -> None:
    """A config that no Keras wrote gives an empty answer, not an error; a layer that feeds itself does not hang."""
    assert inspected(config).inputs == ()


def test_models_nest_only_so_deep() -> None:
    """What nests deeper than anybody builds is refused."""
    model: Entry = dense()
    for depth in range(40):
        model = sequential(model, name=f"level_{depth}")
    with pytest.raises(ModelFileError, match="nest at most 32 deep"):
        inspected(model)
