"""The vocabulary against the Keras that is installed: what it lacks would be taken for somebody else's."""

from __future__ import annotations

import importlib
import inspect

import pytest

from xaifake.detector.inspection.vocabulary import FUNCTIONS, KNOWN, LAYERS, OPERATORS, PARTS
from xaifake.detector.runtime import keras

pytestmark = pytest.mark.keras

PLACES = ("layers", "initializers", "regularizers", "constraints", "losses", "metrics", "optimizers", "dtype_policies")


@pytest.mark.parametrize("major", [2, 3])
def test_no_class_of_keras_is_missing(major: int) -> None:
    """Every class that this Keras exports from where models' parts are is in the vocabulary."""
    places = [getattr(keras(major), name) for name in PLACES if hasattr(keras(major), name)]
    classes = {name for place in places for name, value in vars(place).items() if inspect.isclass(value)}
    assert set() == classes - KNOWN - {"InputSpec"}
    assert len(classes) > 200


@pytest.mark.parametrize("major", [2, 3])
def test_no_activation_of_keras_is_missing(major: int) -> None:
    """Every activation function that this Keras exports is in the vocabulary."""
    place = keras(major).activations
    functions = {name for name, value in vars(place).items() if inspect.isfunction(value)}
    assert set() == functions - FUNCTIONS - {"get", "serialize", "deserialize"}


@pytest.mark.parametrize("place", ["numpy", "nn", "math", "core", "image", "linalg"])
def test_no_operator_of_keras_is_missing(place: str) -> None:
    """Every operator class of Keras 3 is in the vocabulary."""
    keras(3)
    module = importlib.import_module(f"keras.src.ops.{place}")
    operation = importlib.import_module("keras.src.ops.operation").Operation
    classes = {n for n, c in vars(module).items() if inspect.isclass(c) and issubclass(c, operation) and c is not operation}
    assert set() == classes - OPERATORS


def test_what_could_be_called_is_not_in_it() -> None:
    """None of the functions that load, download or execute has a name in the vocabulary."""
    gadgets = {"get_file", "load_model", "eval", "exec", "system", "open", "enable_unsafe_deserialization", "func_load"}
    assert set() == gadgets & (KNOWN | LAYERS | PARTS)
