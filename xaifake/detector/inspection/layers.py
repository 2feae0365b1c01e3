"""A model's config as a tree of layers, whatever Keras wrote it: Sequential or functional, nested or wrapped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from xaifake.detector.inspection.bounds import NAME_LENGTH, NESTED_MODELS
from xaifake.errors import ModelFileError

WRAPPED = ("layer", "forward_layer", "cell")
"""Where wrappers such as TimeDistributed and Bidirectional keep the layer that they wrap."""
ENDS = 100
"""How many inputs or outputs of a model are told."""
NODE_OPERATION = re.compile(r'"op"\s*:\s*"(\w+)"')


@dataclass(frozen=True, eq=False)
class Layer:
    """One entry of a config. Of a model (or wrapper), ``inner`` holds its layers; ``inputs`` and ``outputs`` name some."""

    name: str
    class_name: str
    module: str | None
    config: Mapping[str, Any] = field(repr=False)
    nodes: Any = field(default=None, repr=False)
    """Where the layer is called and with what, as the file has it."""
    sources: tuple[str, ...] = ()
    """Names of the layers that feed it, in order."""
    build_shape: Any = None
    """The input shape that the layer was built on, where the file states it."""
    inner: tuple[Layer, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()

    @property
    def operation(self) -> str:
        """What it computes, in lower case: the class, or the function of a layer that stands for a TensorFlow operator.

        >>> Layer("x", "TFOpLambda", None, {"function": "math.truediv"}).operation
        'truediv'
        """
        if self.class_name in ("TFOpLambda", "SlicingOpLambda"):
            return str(self.config.get("function")).rpartition(".")[2].lower()
        if self.class_name == "TensorFlowOpLayer":
            found = NODE_OPERATION.search(str(self.config.get("node_def")))
            return found[1].lower() if found else ""
        return self.class_name.rpartition(">")[2].lower()


def tree(entry: Mapping[str, Any], depth: int = 0) -> Layer:
    """The layer or model of one config entry.

    Raises:
        ModelFileError: models lie deeper in models than anybody builds them.
    """
    if depth > NESTED_MODELS:
        raise ModelFileError(f"Models nest at most {NESTED_MODELS} deep. Received: a config that nests deeper")
    stated = entry.get("config")
    config = stated if isinstance(stated, dict) else {}
    class_name, module = entry.get("class_name"), entry.get("module")
    inner = tuple(_inner(stated, depth + 1))
    names = {layer.name for layer in inner}
    ends = [_ends(config.get(side), names) for side in ("input_layers", "output_layers")]
    built = entry.get("build_config")
    return Layer(
        name=_name(entry.get("name", config.get("name"))) or _name(class_name),
        class_name=_name(class_name),
        module=module if isinstance(module, str) else None,
        config=config,
        nodes=entry.get("inbound_nodes"),
        sources=tuple(references(entry.get("inbound_nodes"))),
        build_shape=built.get("input_shape") if isinstance(built, dict) else None,
        inner=inner,
        inputs=ends[0] or tuple(layer.name for layer in inner[:1]),
        outputs=ends[1] or tuple(layer.name for layer in inner[-1:]),
    )


def flattened(layer: Layer, path: str = "") -> Iterator[tuple[str, Layer]]:
    """All layers inside a model with their paths, ``outer/inner``; models and wrappers before what is in them."""
    for inner in layer.inner:
        inner_path = f"{path}{inner.name}"
        yield inner_path, inner
        yield from flattened(inner, f"{inner_path}/")


def backwards(model: Layer, output: str | None = None) -> Iterator[Layer]:
    """One path from an output back to an input, into nested models and out of them; the first way where paths meet."""
    layers = {layer.name: layer for layer in model.inner}
    name = output or next(iter(model.outputs), "")
    seen: set[str] = set()
    while name in layers and name not in seen:
        seen.add(name)
        layer = layers[name]
        if layer.inner:
            yield from backwards(layer)
        else:
            yield layer
        name = next((source for source in layer.sources if source in layers), "")


def references(nodes: Any) -> Iterator[str]:
    """Names of the layers that a list of nodes refers to, in order: each is ``["conv", 0, 0]`` somewhere in it."""
    stack = [nodes]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            stack.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            if is_reference(value):
                yield value[0]
                value = value[3:]
            stack.extend(reversed(value))


def is_reference(value: Any) -> bool:
    """Whether a value is ``[layer name, node, tensor, …]``."""
    if not (isinstance(value, list) and len(value) >= 3 and isinstance(value[0], str)):
        return False
    return all(isinstance(index, int) for index in value[1:3])


def _inner(config: Any, depth: int) -> Iterator[Layer]:
    """The layers of a model, chained where it is Sequential; Keras before 2.2 kept those as a bare list."""
    entries = config.get("layers") if isinstance(config, dict) else config
    if isinstance(entries, list):
        chained = not isinstance(config, dict) or "output_layers" not in config
        previous: tuple[str, ...] = ()
        for entry in entries:
            if not isinstance(entry, dict):
                continue
            layer = tree(entry, depth)
            yield replace(layer, sources=previous) if chained else layer
            previous = (layer.name,)
    elif isinstance(config, dict):
        wrapped = (config.get(key) for key in WRAPPED)
        yield from (tree(entry, depth) for entry in wrapped if isinstance(entry, dict) and "class_name" in entry)


def _ends(nodes: Any, names: set[str]) -> tuple[str, ...]:
    """The layers at one side of a model, each once."""
    return tuple(islice(dict.fromkeys(name for name in references(nodes) if name in names), ENDS))


def _name(value: Any) -> str:
    return value[:NAME_LENGTH] if isinstance(value, str) else ""
