"""What the graph of a SavedModel would run: every operator in it, read from its bytes and compared with a list.

TensorFlow's loader makes the objects that the file describes, fills their variables, and runs functions of the graph to
set up resources; scoring runs the serving function; gradients run others. Which function is run when is the file's own
say, so all of them are judged. Only the saver that `tf.saved_model.save` adds to every file may read and write
checkpoints: it may stand in functions that nothing but the outermost graph refers to, and that graph is never run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from xaifake.detector.inspection.bounds import shown, too_large
from xaifake.detector.inspection.graph_operators import COMPUTING, SAVING
from xaifake.detector.inspection.protobuf import fields, integer, messages, text
from xaifake.detector.inspection.record import Risk

# Field numbers of meta_graph.proto, graph.proto, function.proto, node_def.proto, attr_value.proto, tensor.proto
GRAPH, ASSETS, OBJECTS = 2, 6, 7
NODES, LIBRARY = 1, 2
FUNCTIONS, GRADIENTS, REGISTERED_GRADIENTS = 1, 2, 3
SIGNATURE, FUNCTION_NODES, FUNCTION_ATTRIBUTES = 1, 3, 5
NAME, OPERATOR, ATTRIBUTES = 1, 2, 5
KEY, VALUE = 1, 2
LIST, TEXT, TENSOR, FUNCTION = 1, 2, 8, 10
LISTED_FUNCTION = 9
TENSOR_SHAPE, DIMENSION, SIZE = 2, 2, 1
# and of saved_object_graph.proto
OBJECT, CONCRETE = 1, 2
ASSET, OBJECT_FUNCTION, BARE_FUNCTION, REGISTERED_NAME, SERIALIZED, REGISTERED_SAVER = 5, 6, 8, 13, 14, 16

ELEMENT_BYTES = 8
CONSTANT = "tf.TrackableConstant"
"""The one registered class that Keras' own files name: a tensor."""


@dataclass
class Part:
    """One function of a graph, or the outermost graph: what it runs, and every text by which it may name a function."""

    name: str
    operators: set[str] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)
    constants: int = 0


def graph_risks(meta_graph: memoryview, size: int) -> Iterator[Risk]:
    """What in a graph of a SavedModel, of ``size`` bytes, is not known to only compute on tensors.

    Raises:
        ValueError: the bytes are no graph.
    """
    functions = [_function(function) for function in messages(meta_graph, GRAPH, LIBRARY, FUNCTIONS)]
    outermost = _part("the graph", messages(meta_graph, GRAPH, NODES))
    names = {function.name for function in functions}
    run = set(_named_by_objects(meta_graph)).union(*(function.mentioned for function in functions))
    for part in (outermost, *functions):
        allowed = COMPUTING | names if part.name in run else COMPUTING | names | SAVING
        for operator in sorted(part.operators - allowed):
            yield Risk(
                "operator",
                shown(part.name),
                f"The SavedModel's graph runs {shown(operator)} in {shown(part.name)}, which is not known to only compute",
            )
    yield from _object_risks(meta_graph)
    declared = sum(part.constants for part in (outermost, *functions))
    if too_large(declared, size):
        yield Risk(
            "bomb",
            "saved_model.pb",
            f"The graph of {size} bytes holds constants of {declared}: loading could exhaust the memory",
        )


def _function(function: memoryview) -> Part:
    names = [text(signature, NAME) for signature in messages(function, SIGNATURE)]
    part = _part(names[-1] if names else "", messages(function, FUNCTION_NODES))
    for entry in messages(function, FUNCTION_ATTRIBUTES):
        for attribute in messages(entry, VALUE):
            _read_attribute(attribute, part)
        if not text(entry, KEY).startswith("_"):  # api_implements: TensorFlow may put it in another's place
            part.mentioned.add(part.name)
    return part


def _part(name: str, nodes: Iterator[memoryview]) -> Part:
    part = Part(name)
    for node in nodes:
        for number, value in fields(node):
            if number == OPERATOR and isinstance(value, memoryview):
                part.operators.add(_decoded(value))
            elif number == ATTRIBUTES and isinstance(value, memoryview):
                for attribute in messages(value, VALUE):
                    _read_attribute(attribute, part)
    part.mentioned |= part.operators
    return part


def _read_attribute(attribute: memoryview, part: Part) -> None:
    for number, value in fields(attribute):
        if not isinstance(value, memoryview):
            continue
        if number == TEXT:
            part.mentioned.add(_decoded(value))
        elif number == FUNCTION:
            part.mentioned.add(text(value, NAME))
        elif number == TENSOR:
            part.constants += _bytes_of(value)
        elif number == LIST:
            part.mentioned.update(map(_decoded, messages(value, TEXT)))
            part.mentioned.update(text(function, NAME) for function in messages(value, LISTED_FUNCTION))
            part.constants += sum(map(_bytes_of, messages(value, TENSOR)))


def _bytes_of(tensor: memoryview) -> int:
    """What a constant takes once it is unpacked, at most; one value may stand for all of a large tensor."""
    sides = [integer(dimension, SIZE) for dimension in messages(tensor, TENSOR_SHAPE, DIMENSION)]
    return ELEMENT_BYTES * math.prod(max(side, 0) for side in sides)


def _named_by_objects(meta_graph: memoryview) -> Iterator[str]:
    """Functions that the described objects or gradients can run."""
    for graph in messages(meta_graph, OBJECTS):
        for entry in messages(graph, CONCRETE):
            yield text(entry, NAME)
        for node in messages(graph, OBJECT):
            yield from map(_decoded, messages(node, OBJECT_FUNCTION, 1))
            yield from map(_decoded, messages(node, BARE_FUNCTION, 1))
    for library in messages(meta_graph, GRAPH, LIBRARY):
        for gradients in (GRADIENTS, REGISTERED_GRADIENTS):
            for gradient in messages(library, gradients):
                yield from (_decoded(value) for _, value in fields(gradient) if isinstance(value, memoryview))


def _object_risks(meta_graph: memoryview) -> Iterator[Risk]:
    """Objects that TensorFlow would make by other code than that of variables, constants and functions."""
    if not any(True for _ in messages(meta_graph, OBJECTS)):
        yield Risk(
            "operator", "saved_model.pb", "The SavedModel has no object graph, so that loading runs its start-up operators"
        )
    if any(True for _ in messages(meta_graph, ASSETS)):
        yield Risk("asset", "assets", "The SavedModel has asset files, which its graph reads when it is loaded")
    for node in messages(meta_graph, OBJECTS, OBJECT):
        for number, value in fields(node):
            if number not in (REGISTERED_NAME, SERIALIZED, REGISTERED_SAVER) or not isinstance(value, memoryview):
                continue
            if value and not (number == REGISTERED_NAME and _decoded(value) == CONSTANT):
                named = shown(text(node, REGISTERED_NAME) or "one with a saver of its own")
                yield Risk("object", "saved_model.pb", f"The SavedModel holds an object of a registered class, {named}")


def _decoded(value: memoryview) -> str:
    return bytes(value).decode("utf-8", "replace")
