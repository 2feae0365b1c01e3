"""Model files as either Keras writes them, made by h5py, zipfile and json alone: small, quick, and as hostile as wanted."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

Entry = dict[str, Any]
PICTURE = [None, 64, 64, 3]


def layer(class_name: str, name: str = "", sources: Sequence[str] = (), **config: Any) -> Entry:
    """One entry of a Keras 2 config; without a name it is called after its class."""
    name = name or class_name.lower()
    nodes = [[[source, 0, 0, {}] for source in sources]] if sources else []
    return {"class_name": class_name, "config": {"name": name, **config}, "name": name, "inbound_nodes": nodes}


def picture_input(name: str = "input_1", shape: Sequence[int | None] = PICTURE) -> Entry:
    """An InputLayer as Keras 2 writes it."""
    return layer("InputLayer", name, batch_input_shape=list(shape), dtype="float32")


def functional(layers: Sequence[Entry], name: str = "model", **more: Any) -> Entry:
    """A functional Keras 2 model: its inputs are the InputLayers, its output is the last layer, unless said otherwise."""
    config = {
        "name": name,
        "layers": list(layers),
        "input_layers": [[entry["name"], 0, 0] for entry in layers if entry["class_name"] == "InputLayer"],
        "output_layers": [[layers[-1]["name"], 0, 0]],
        **more,
    }
    return {"class_name": "Functional", "config": config, "name": name, "inbound_nodes": []}


def chained(*layers: Entry, name: str = "model") -> Entry:
    """A functional model of one chain after an input of `PICTURE`'s shape."""
    first = picture_input(f"{name}_input")
    previous, linked = first["name"], [first]
    for entry in layers:
        nodes = entry["inbound_nodes"] or [[[previous, 0, 0, {}]]]
        linked.append({**entry, "inbound_nodes": nodes})
        previous = entry["name"]
    return functional(linked, name)


def sequential(*layers: Entry, name: str = "sequential", **more: Any) -> Entry:
    """A Sequential model with an InputLayer first."""
    return {"class_name": "Sequential", "config": {"name": name, "layers": [picture_input(), *layers], **more}}


def operator(class_name: str, name: str, source: str, *constants: Any, module: str = "keras.src.ops.numpy") -> Entry:
    """An operator between layers as Keras 3 writes it: the tensor first, then constants."""
    tensor = {
        "class_name": "__keras_tensor__",
        "config": {"shape": PICTURE, "dtype": "float32", "keras_history": [source, 0, 0]},
    }
    return {
        "module": module,
        "class_name": class_name,
        "config": {"name": name},
        "registered_name": class_name,
        "name": name,
        "inbound_nodes": [{"args": [tensor, *constants], "kwargs": {}}],
    }


def tf_operator(function: str, name: str, source: str, /, **constants: Any) -> Entry:
    """The same as Keras 2 writes it."""
    config = {"name": name, "trainable": True, "function": function}
    return {"class_name": "TFOpLambda", "config": config, "name": name, "inbound_nodes": [[source, 0, 0, constants]]}


def dense(units: int = 1, activation: Any = "sigmoid", name: str = "dense", **config: Any) -> Entry:
    """The usual last layer."""
    return layer("Dense", name, units=units, activation=activation, **config)


def conv(filters: int = 4, name: str = "conv2d", activation: str = "relu") -> Entry:
    """A convolution."""
    return layer("Conv2D", name, filters=filters, kernel_size=[3, 3], activation=activation)


def small_model() -> Entry:
    """A convolution, pooling and a sigmoid."""
    return sequential(conv(), layer("GlobalAveragePooling2D"), dense())


def write_hdf5(path: Path, config: Any = None, *, version: str | None = "2.13.1", **attributes: Any) -> Path:
    """A whole model in HDF5, with one array of weights."""
    with h5py.File(path, "w") as file:
        if config is not None:
            file.attrs["model_config"] = config if isinstance(config, str | bytes | np.ndarray) else json.dumps(config)
        if version is not None:
            file.attrs["keras_version"] = version
        for name, value in attributes.items():
            file.attrs[name] = value
        file["model_weights/dense/kernel:0"] = np.zeros((4, 1), np.float32)
    return path


def write_archive(
    path: Path,
    config: Any,
    *,
    version: str = "3.6.0",
    members: Mapping[str, bytes] | None = None,
    weights: bytes | None = None,
    compression: int = zipfile.ZIP_STORED,
) -> Path:
    """A ``.keras`` archive: metadata, config, weights, and whatever else is asked for."""
    text = config if isinstance(config, str | bytes) else json.dumps(config)
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": version, "date_saved": "2024-11-17@13:52:34"}))
        archive.writestr("config.json", text)
        archive.writestr("model.weights.h5", new_weights() if weights is None else weights)
        for name, content in (members or {}).items():
            archive.writestr(name, content)
    return path


def new_weights() -> bytes:
    """The bytes of a ``.weights.h5`` file."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file["layers/dense/vars/0"] = np.zeros((4, 1), np.float32)
        file.create_group("vars")
    return buffer.getvalue()


def message(number: int, value: int | bytes | str) -> bytes:
    """One field of a protocol buffer: an integer, or text, bytes and inner messages."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value & (2**64 - 1))
    content = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def write_saved_model(
    folder: Path,
    config: Entry | None = None,
    side: int = 64,
    *,
    metadata: str | None = None,
    more: bytes = b"",
    objects: bool = True,
) -> Path:
    """A SavedModel with a serving signature, and with Keras 2's metadata where there is a config (or metadata text).

    ``more`` are further fields of its graph's message, of which ``objects`` may describe none.
    """
    folder.mkdir()
    shape = b"".join(message(2, message(1, size)) for size in (-1, side, side, 3))
    tensors = [
        message(1, "picture") + message(2, message(1, "serving_picture:0") + message(2, 1) + message(3, shape)),
        message(1, "score") + message(2, message(1, "Call:0") + message(2, 1) + message(3, message(3, 1))),
    ]
    signature = message(1, tensors[0]) + message(2, tensors[1])
    graph = message(5, message(1, "serving_default") + message(2, signature)) + message(7, b"") * objects + more
    (folder / "saved_model.pb").write_bytes(message(1, 1) + message(2, graph))
    if config is not None:
        metadata = json.dumps({"class_name": config["class_name"], "keras_version": "2.9.0", "model_config": config})
    if metadata is not None:
        node = message(2, 0) + message(3, "root") + message(4, "_tf_keras_network") + message(5, metadata)
        (folder / "keras_metadata.pb").write_bytes(message(1, node))
    return folder


def _varint(value: int) -> bytes:
    parts = []
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])
