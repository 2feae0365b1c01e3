"""SavedModel folders: of Keras 2, which keeps the config beside the graph, and of anything else that exports a graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from xaifake.detector.inspection.bounds import parsed, shown
from xaifake.detector.inspection.formats import ACCEPTED, damaged
from xaifake.detector.inspection.protobuf import integer, messages, text
from xaifake.detector.inspection.record import Risk, Stored, TensorSpec
from xaifake.errors import ModelError, ModelFileError

GRAPH_BYTES = 2**30
"""A larger graph is not read for its signature; the format itself ends at twice that."""
ENDPOINT = "serving_default"

# Field numbers of saved_model.proto, meta_graph.proto and tensor_shape.proto, and of Keras' saved_metadata.proto
META_GRAPHS, SIGNATURES, KEY, VALUE = 2, 5, 1, 2
INPUTS, OUTPUTS, DTYPE, SHAPE = 1, 2, 2, 3
DIMENSION, SIZE, UNKNOWN_RANK = 2, 1, 3
NODES, NODE_PATH, METADATA = 1, 3, 5

DTYPES = {
    1: "float32",
    2: "float64",
    3: "int32",
    4: "uint8",
    7: "string",
    9: "int64",
    10: "bool",
    14: "bfloat16",
    19: "float16",
}
PROGRAM = Risk(
    "savedmodel",
    "saved_model.pb",
    "A SavedModel is a program: running it runs whatever operations its graph holds, on files too",
)


def read_saved_model(path: Path) -> Stored:
    """What a SavedModel folder tells of itself: the signature, and Keras 2's config where there is one.

    Raises:
        ModelFileError: damaged, or a folder of something else.
    """
    graph, metadata = path / "saved_model.pb", path / "keras_metadata.pb"
    if not graph.is_file():
        if (path / "saved_model.pbtxt").is_file():  # TensorFlow loads it like the other; its signature is not parsed
            return Stored("savedmodel", None, None, (replace(PROGRAM, where="saved_model.pbtxt"),))
        if (path / "config.json").is_file() and (path / "metadata.json").is_file():
            raise ModelFileError(f"This folder is an unpacked .keras file: zip its contents again. Received: {path}")
        raise ModelFileError(f"This folder holds no saved_model.pb; {ACCEPTED}. Received: {path}")
    try:
        inputs, outputs = _signature(graph)
        if not metadata.is_file():
            return Stored("savedmodel", None, None, (PROGRAM,), inputs, outputs)
        root = _root(metadata)
        config = root.get("model_config")
        if not isinstance(config, dict):  # a subclassed model
            config = None
        return Stored("keras 2 savedmodel", root.get("keras_version"), config, (PROGRAM,), inputs, outputs)
    except ModelError:
        raise
    except (OSError, ValueError) as error:
        raise damaged(path, "SavedModel", error) from error


def _signature(graph: Path) -> tuple[tuple[TensorSpec, ...], tuple[TensorSpec, ...]]:
    if graph.stat().st_size > GRAPH_BYTES:
        return (), ()
    model = memoryview(graph.read_bytes())
    if not any(True for _ in messages(model, META_GRAPHS)):
        raise ValueError("it holds no graph")
    for signature in messages(model, META_GRAPHS, SIGNATURES):
        if text(signature, KEY) == ENDPOINT:
            return tuple(_specs(signature, INPUTS)), tuple(_specs(signature, OUTPUTS))
    return (), ()


def _specs(signature: memoryview, side: int) -> Iterator[TensorSpec]:
    for entry in messages(signature, VALUE, side):
        for tensor in messages(entry, VALUE):
            dtype = DTYPES.get(integer(tensor, DTYPE), "unknown")
            yield TensorSpec(shown(text(entry, KEY)), _shape(tensor), dtype)


def _shape(tensor: memoryview) -> tuple[int | None, ...]:
    if any(integer(shape, UNKNOWN_RANK) for shape in messages(tensor, SHAPE)):
        return ()
    sides = (integer(dimension, SIZE) for dimension in messages(tensor, SHAPE, DIMENSION))
    return tuple(None if side < 0 else side for side in sides)


def _root(metadata: Path) -> dict[str, Any]:
    """What Keras 2 notes of the model itself, as JSON with its tuples made lists."""
    for node in messages(memoryview(metadata.read_bytes()), NODES):
        if text(node, NODE_PATH) == "root":
            return parsed(text(node, METADATA), "keras_metadata.pb", str(metadata.parent), object_hook=_plain)
    raise ValueError("keras_metadata.pb tells of no model")


def _plain(entry: dict[str, Any]) -> Any:
    return entry["items"] if entry.get("class_name") in ("__tuple__", "TensorShape") and "items" in entry else entry
