"""HDF5 files of the Keras versions that people still have: texts as str, bytes or arrays, Sequential models as lists."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from model_files import PICTURE, chained, conv, dense, layer, small_model, write_hdf5

from xaifake.detector.inspection import inspect_model

TEXT = json.dumps(small_model())


@pytest.mark.parametrize(
    "text",
    [TEXT, TEXT.encode(), np.bytes_(TEXT.encode()), np.array([TEXT.encode()]), np.array(TEXT, dtype=h5py.string_dtype())],
)
def test_config_is_read_however_it_was_put(text: Any, tmp_path: Path) -> None:
    """A config stored as str, bytes, fixed-length bytes or an array of one is the same config."""
    inspection = inspect_model(write_hdf5(tmp_path / "model.h5", text, version=np.bytes_(b"2.1.5")))
    assert (
        inspection.keras_version,
        inspection.head,
        inspection.inputs[0].shape,
    ) == ("2.1.5", "sigmoid", (None, 64, 64, 3))


def test_sequential_of_keras_2_1_is_a_bare_list(tmp_path: Path) -> None:
    """Before Keras 2.2.3 a Sequential model's config was the list of its layers."""
    first = conv()
    first["config"]["batch_input_shape"] = PICTURE
    config = {"class_name": "Sequential", "config": [first, layer("Flatten"), dense(2, "softmax")]}
    inspection = inspect_model(write_hdf5(tmp_path / "model.h5", config, version="2.1.5"))
    assert (inspection.head, inspection.outputs[0].shape, len(inspection.layers)) == ("softmax", (None, 2), 3)


def test_functional_of_keras_2_1_is_a_model(tmp_path: Path) -> None:
    """Before Keras 2.4 a functional model's class was Model."""
    config = {**chained(conv(), layer("Flatten"), dense()), "class_name": "Model"}
    inspection = inspect_model(write_hdf5(tmp_path / "model.h5", config, version="2.1.5"))
    assert (inspection.format, inspection.head, inspection.custom) == ("keras 2 hdf5", "sigmoid", ())


def test_training_config_is_not_read(tmp_path: Path) -> None:
    """A damaged training config, with custom losses in it, is no matter: loading never compiles."""
    path = write_hdf5(tmp_path / "model.h5", small_model(), training_config='{"loss": "my_loss", ')
    assert (inspect_model(path).risks, inspect_model(path).custom) == ((), ())


def test_config_is_kept_as_the_file_has_it(tmp_path: Path) -> None:
    """The loader gets the parsed config, unchanged."""
    assert small_model() == inspect_model(write_hdf5(tmp_path / "model.h5", small_model())).config


def test_weights_of_a_subclassed_model_are_weights(tmp_path: Path) -> None:
    """Keras 3 stores a subclassed model's weights under its own attributes' names, beside an empty group of its own."""
    with h5py.File(tmp_path / "net.weights.h5", "w") as file:
        file["head/vars/0"] = np.zeros(3)
        file.create_group("vars")
    assert inspect_model(tmp_path / "net.weights.h5").format == "weights.h5"


def test_legacy_weights_of_very_many_layers(tmp_path: Path) -> None:
    """Keras spreads names that take more than 64 KB over ``layer_names0``, ``layer_names1``…"""
    names = {f"layer_names{part}": np.array([b"conv"]) for part in range(2)}
    path = write_hdf5(tmp_path / "weights.h5", version="2.13.1", **names)
    assert inspect_model(path).format == "legacy weights"
