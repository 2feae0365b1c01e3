"""Configs made to slip past inspection or to wear it out, each shape as small as it gets."""

from __future__ import annotations

from typing import Any

import pytest
from model_files import Entry, dense, layer, sequential

from xaifake.detector.inspection import inspect_config
from xaifake.detector.inspection.risks import config_risks, custom_names


def named(class_name: Any, config: Any, registered: str | None = "x") -> Entry:
    """An entry that a loader would import the module ``evil`` for."""
    return {"class_name": class_name, "config": config, "module": "evil", "registered_name": registered}


@pytest.mark.parametrize(
    "entry", [named("function", 5), named("function", ["relu"]), named(5, {}), named(["Dense"], {}, None)]
)
def test_a_module_is_seen_where_its_entry_has_no_name(entry: Entry) -> None:
    """tf_keras imports the module before it looks for the name: an entry without one is a risk all the same."""
    assert ["module"] == [risk.kind for risk in config_risks(sequential(dense(activation=entry)))]


@pytest.mark.parametrize(
    ("entry", "expected"), [(named("function", "relu"), "relu"), (named("__slice__", {}), "x"), (named("Dense", {}), "x")]
)
def test_a_name_of_keras_in_another_module_must_be_given(entry: Entry, expected: str) -> None:
    """A foreign ``relu`` is not Keras' own: what the user gives under that name is taken instead of its module."""
    assert [expected] == list(custom_names(sequential(dense(activation=entry))))


def test_a_long_row_of_poolings_ends() -> None:
    """Each pooling leaves the question to what feeds it, five thousand times."""
    rows = [layer("GlobalAveragePooling2D", f"pool_{i}") for i in range(5_000)]
    (output,) = inspect_config(sequential(*rows), keras_major=3, path="", sha256="", format="unknown").outputs
    assert (None, 3) == output.shape


def test_inputs_are_not_multiplied_by_nesting() -> None:
    """A model that names its nested model as input a hundred times, and so on inwards, is read in one pass."""
    model: Entry = layer("InputLayer", "inner", batch_shape=[None, 8, 8, 3])
    for depth in range(20):
        config = {"name": f"level_{depth}", "layers": [model], "input_layers": [[model["name"], 0, 0]] * 100}
        model = {"class_name": "Functional", "name": f"level_{depth}", "config": config}
    (spec,) = inspect_config(model, keras_major=3, path="", sha256="", format="unknown").inputs
    assert (None, 8, 8, 3) == spec.shape
