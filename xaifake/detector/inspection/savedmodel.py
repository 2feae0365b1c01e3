"""SavedModel folders: of Keras 2, which keeps the config beside the graph, and of anything else that exports a graph.

A SavedModel is loaded as its graph alone, so its graph is what is judged (`graphs.py`). Keras 2's metadata, in which Lambda
layers lie as code, tells the architecture and is never given to Keras.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from xaifake.detector.inspection.bounds import RISKS, parsed, shown
from xaifake.detector.inspection.formats import ACCEPTED, damaged
from xaifake.detector.inspection.graphs import graph_risks
from xaifake.detector.inspection.protobuf import integer, messages, text
from xaifake.detector.inspection.record import Risk, Stored, TensorSpec
from xaifake.errors import ModelError, ModelFileError

GRAPH_BYTES = 2**28
"""The largest graph that is read: the format keeps weights elsewhere; EfficientNetB7 of Keras 2 has 20 MiB."""
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
GRAPH, WEIGHTS = "saved_model.pb", "variables"


def read_saved_model(path: Path) -> Stored:
    """What a SavedModel folder tells of itself: the signature, what its graph runs, and Keras 2's config where there is one.

    Raises:
        ModelFileError: damaged, or a folder of something else.
    """
    graph, metadata = path / GRAPH, path / "keras_metadata.pb"
    if not graph.is_file():
        if (path / "saved_model.pbtxt").is_file():
            raise ModelFileError(f"A SavedModel is read from its saved_model.pb; save it in that form. Received: {path}")
        if (path / "config.json").is_file() and (path / "metadata.json").is_file():
            raise ModelFileError(f"This folder is an unpacked .keras file: zip its contents again. Received: {path}")
        raise ModelFileError(f"This folder holds no saved_model.pb; {ACCEPTED}. Received: {path}")
    try:
        meta_graph, size = _meta_graph(graph, path)
        risks = tuple(islice(chain(_links(path), graph_risks(meta_graph, size)), RISKS))
        inputs, outputs = _signature(meta_graph)
        if not metadata.is_file():
            return Stored("savedmodel", None, None, risks, inputs, outputs)
        root = _root(metadata)
        config, version = root.get("model_config"), root.get("keras_version")
        if not isinstance(config, dict):  # a subclassed model
            config = None
        return Stored("keras 2 savedmodel", version if isinstance(version, str) else None, config, risks, inputs, outputs)
    except ModelError:
        raise
    except (OSError, ValueError) as error:
        raise damaged(path, "SavedModel", error) from error


def _links(folder: Path) -> Iterator[Risk]:
    """What lies outside the folder, or would be written by another name than it is read by."""
    for path in (folder / GRAPH, folder / WEIGHTS, *sorted((folder / WEIGHTS).glob("*"))):
        if path.is_symlink():
            name = shown(path.relative_to(folder))
            yield Risk("link", name, f"The SavedModel's {name} is a symbolic link to another file, which loading would read")


def _meta_graph(graph: Path, path: Path) -> tuple[memoryview, int]:
    size = graph.stat().st_size
    if size > GRAPH_BYTES:
        raise ModelFileError(
            f"The graph of a SavedModel must be at most {GRAPH_BYTES // 2**20} MiB, far more than any detector's. "
            f"Received: {path}"
        )
    found = list(messages(memoryview(graph.read_bytes()), META_GRAPHS))
    if len(found) != 1:
        raise ValueError(f"it must hold one graph, not {len(found)}")
    return found[0], size


def _signature(meta_graph: memoryview) -> tuple[tuple[TensorSpec, ...], tuple[TensorSpec, ...]]:
    for signature in messages(meta_graph, SIGNATURES):
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
