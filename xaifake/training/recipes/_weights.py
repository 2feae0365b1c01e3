"""Backbones from files: a network's weights, or a whole model up to where its grid ends."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py

from xaifake.detector.contract import find_contract, infer, read_contract
from xaifake.detector.inspection import inspect_model
from xaifake.detector.inspection.record import Inspection
from xaifake.detector.loading import load_model_of
from xaifake.detector.loading.naming import named_like
from xaifake.detector.loading.weights import saved_layers
from xaifake.errors import ModelFileError, UnsafeModelError, UsageError, in_one_line
from xaifake.records import Contract
from xaifake.training.learning.optimising import free
from xaifake.training.recipes._backbones import settle

MODELS = ("keras 3 .keras", "keras 3 hdf5")
WEIGHTS = ("legacy weights", "weights.h5", "keras 2 hdf5")
"""Of a Keras 2 model in HDF5 only the weights are read: detectors are trained in Keras 3."""
RESERVED = ("pooled", "dropout", "logit", "p_fake")
"""Names that the end of every recipe's model bears."""


def inspected(path: str) -> Inspection:
    """What the file says of itself; nothing in it is run.

    Raises:
        UsageError: there is no such file.
        ModelFileError: it holds neither weights nor a model of Keras 3.
        UnsafeModelError: loading it could run code from it.
    """
    if not Path(path).exists():
        raise UsageError(f"--weights takes imagenet, none, or a file of weights or of a model. Received: {path}")
    inspection = inspect_model(path)
    if inspection.format not in MODELS + WEIGHTS:
        raise ModelFileError(
            "A backbone is taken from a .keras or HDF5 file of Keras 3, or from a network's weights in HDF5 (--weights). "
            f"Received: {path}, {inspection.format}"
        )
    if inspection.risks and inspection.format in MODELS:
        reason = inspection.risks[0].sentence.rstrip(".")
        raise UnsafeModelError(f"{reason}: no backbone is taken from such a file (--weights). Received: {path}")
    return inspection


def holds_model(inspection: Inspection) -> bool:
    """Whether the file brings its own network."""
    return inspection.format in MODELS


def contract_of(inspection: Inspection) -> Contract:
    """How a backbone from that model is fed: as the contract beside the file says, else as `infer` finds.

    Raises:
        NotADetectorError: it takes no pictures.
        ContractError: the contract beside it is wrong, or does not fit.
    """
    beside = find_contract(inspection.path)
    fed, _ = infer(replace(inspection, outputs=()), read_contract(beside) if beside else {})
    usual = Contract(fed.size)
    return replace(fed, head=usual.head, fake_index=usual.fake_index, fake_when=usual.fake_when, threshold=usual.threshold)


def fill(network: Any, title: str, path: Path) -> None:
    """Put a file's weights into a network of `keras.applications`, whatever stands behind it in the file: its classifier.

    Older files are read by position, as Keras does with its own: official ones bear names of Keras 1. Within a flat network
    positions do not depend on what was frozen.

    Raises:
        ModelFileError: they are another network's.
    """
    try:
        with h5py.File(path) as file:
            group = file.get("model_weights", file)
            if "layer_names" in group.attrs:
                _place(group, network)
            else:
                with named_like(path, ".weights.h5") as named, warnings.catch_warnings():
                    warnings.simplefilter("error", UserWarning)  # else layers could be left as they are
                    network.load_weights(str(named))
    except (ValueError, KeyError, OSError, UserWarning) as error:
        reason = in_one_line(error, 160)
        raise ModelFileError(
            f"These are not the weights of {title}, {reason}: name the network that they are of (transfer:backbone=NAME). "
            f"Received: {path}"
        ) from error
    settle(network)


def _place(group: h5py.Group, network: Any) -> None:
    saved = saved_layers(group)
    layers = [layer for layer in network.layers if layer.weights]
    if len(saved) < len(layers):
        raise ValueError(f"which has {len(layers)} layers with weights where the file has {len(saved)}")
    for (name, weights), layer in zip(saved, layers, strict=False):  # what is left over is the classifier
        arrays = [group[name][weight][()] for weight in weights]
        shapes, wanted = [array.shape for array in arrays], [tuple(weight.shape) for weight in layer.weights]
        if shapes != wanted:
            raise ValueError(f"whose layer {layer.name} has weights of {wanted} where the file's {name} has {shapes}")
        layer.set_weights(arrays)


def network_of(inspection: Inspection, shape: tuple[int, int, int]) -> Any:
    """The model of a file up to where its last grid is pooled or flattened, for pictures of that shape; all of it may learn.

    Raises:
        ModelFileError: it cannot be rebuilt, or has no grid.
        UsageError: it takes no pictures of that shape.
    """
    import keras

    model = load_model_of(inspection)
    features = _features(model) if len(getattr(model, "inputs", None) or ()) == 1 else None
    if features is None:
        raise ModelFileError(
            "A backbone takes one picture and makes a grid of it, as convolutions do (--weights). "
            f"Received: {inspection.path}"
        )
    network = keras.Model(model.inputs[0], features)
    try:
        copied = keras.models.clone_model(network, keras.Input(shape, name="picture"), clone_function=_copied)
        copied.set_weights(network.get_weights())
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"The backbone takes no pictures but of {network.input_shape[1:]} (--size). "
            f"Received: {shape} for {inspection.path}"
        ) from error
    free(copied)
    return copied


def _features(model: Any) -> Any:
    """The last grid of a model: what it gives, or what goes into its last layer that takes one; None without any."""
    import keras

    if _is_grid(model.outputs[0]):
        return model.outputs[0]
    for layer in reversed(model.layers):
        if isinstance(layer, keras.layers.InputLayer):
            continue
        tensor = layer._inbound_nodes[-1].input_tensors[0]  # noqa: SLF001 - a nested model's `input` is of its own graph
        if _is_grid(tensor):
            nested = isinstance(layer, keras.Model)
            return keras.Model(layer.inputs[0], _features(layer))(tensor) if nested else tensor
    return None


def _is_grid(tensor: Any) -> bool:
    shape = tuple(tensor.shape)
    return len(shape) == 4 and shape[1:3] != (1, 1)


def _copied(layer: Any) -> Any:
    """A fresh layer of the same kind, in the precision asked for, out of the way of the names at the end."""
    config = layer.get_config()
    config.pop("dtype", None)
    config["name"] = f"backbone_{layer.name}" if layer.name in RESERVED else layer.name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras' advice to whoever built the model
        return type(layer).from_config(config)
