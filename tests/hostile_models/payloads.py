"""What the hostile files would do if they were let: write one marker file, and no more."""

from __future__ import annotations

import base64
import io
import marshal
import pickle
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from model_files import Entry, layer, small_model, write_archive, write_hdf5
from numpy.typing import NDArray


@dataclass(frozen=True)
class Hostile:
    """One file (or folder) that must not get through, or one that may, where it does no harm when it is loaded."""

    path: Path
    harmless: bool = False


def code(marker: Path) -> str:
    """Python code as Keras keeps a lambda: marshalled, in base64. It writes the marker and passes its tensor on."""
    source = f"lambda x: (open({str(marker)!r}, 'a').close(), x)[1]"
    function: Any = eval(source)  # noqa: S307 - our own line
    return "\n".join(textwrap.wrap(base64.b64encode(marshal.dumps(function.__code__)).decode(), 76)) + "\n"


def lambda_layer(marker: Path, name: str = "lambda") -> Entry:
    """A Lambda layer as Keras 2 writes it."""
    config = {
        "function": [code(marker), None, None],
        "function_type": "lambda",
        "module": "__main__",
        "output_shape": None,
        "output_shape_type": "raw",
        "output_shape_module": None,
        "arguments": {},
    }
    return layer("Lambda", name, **config)


def lambda_object(marker: Path, name: str = "lambda") -> Entry:
    """The same as Keras 3 writes it."""
    function = {"class_name": "__lambda__", "config": {"code": code(marker), "defaults": None, "closure": None}}
    return {
        "module": "keras.layers",
        "class_name": "Lambda",
        "config": {"name": name, "function": function, "trainable": True, "dtype": "float32", "arguments": {}},
        "registered_name": None,
        "name": name,
        "inbound_nodes": [],
    }


class Writes:
    """What, when it is unpickled, writes the marker."""

    def __init__(self, marker: Path) -> None:
        self._marker = str(marker)

    def __reduce__(self) -> tuple[Any, tuple[str, str]]:
        return open, (self._marker, "a")


def loadable(folder: Path, form: str) -> Path:
    """A small model that its Keras really loads: ``h5`` of Keras 2, ``3.keras``, and ``weights.h5``."""
    weights = {
        "conv2d": [np.ones((3, 3, 3, 4), np.float32), np.zeros(4, np.float32)],
        "dense": [np.ones((4, 1), np.float32), np.zeros(1, np.float32)],
    }
    path = folder / f"whole.{form}"
    if form == "h5":
        with h5py.File(write_hdf5(path, small_model()), "r+") as file:
            del file["model_weights"]
            _put_by_name(file.create_group("model_weights"), weights)
        return path
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for name, arrays in weights.items():
            for number, array in enumerate(arrays):
                file[f"layers/{name}/vars/{number}"] = array
        file.create_group("layers/global_average_pooling2d/vars")
    if form == "weights.h5":
        path.write_bytes(buffer.getvalue())
        return path
    model = {**small_model(), "module": "keras", "registered_name": None}
    for entry in model["config"]["layers"]:
        entry.update(module="keras.layers", registered_name=None)
    first = model["config"]["layers"][0]["config"]
    first["batch_shape"] = first.pop("batch_input_shape")
    return write_archive(path, model, weights=buffer.getvalue())


def _put_by_name(group: h5py.Group, weights: dict[str, list[NDArray[np.float32]]]) -> None:
    group.attrs["layer_names"] = [name.encode() for name in weights]
    group.attrs["keras_version"] = "2.13.1"
    for name, arrays in weights.items():
        inner = group.create_group(name)
        names = [f"{name}/{part}:0" for part in ("kernel", "bias")]
        inner.attrs["weight_names"] = [part.encode() for part in names]
        for part, array in zip(names, arrays, strict=True):
            inner[part] = array


def pickled(marker: Path, protocol: int = 4) -> bytes:
    """A pickle that writes the marker."""
    return pickle.dumps(Writes(marker), protocol)
