"""From TensorFlow's graphs to ONNX: variables made constants, then tf2onnx.

Not Keras' own export, which fails on EfficientNet and knows neither Keras 2 nor the contract: here the whole way from views
to the logit is in the graph.
"""

from __future__ import annotations

import hashlib
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from xaifake.detector.runtimes.by_onnx import Converted, session
from xaifake.detector.runtimes.tracing import Graph, Traced
from xaifake.errors import MissingLibraryError, ModelError
from xaifake.memory import give_back

OPSET = 17
LIBRARIES = ("onnxruntime", "tf2onnx")


class Frozen:
    """A graph whose variables are constants.

    Attributes:
        sha256: of all that it computes, whatever its operations are called.

    Raises:
        ModelError: TensorFlow does not make it.
    """

    def __init__(self, graph: Graph) -> None:
        from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

        try:
            self._function = convert_variables_to_constants_v2(graph)
            self._definition = self._function.graph.as_graph_def()
            self.sha256 = _digest(self._definition)
        except Exception as error:  # a graph is limited to 2 GB, and who says so depends
            raise ModelError(f"TensorFlow does not freeze the model's graph. Received: {_said(error)}") from error

    def onnx(self) -> bytes:
        """The graph as ONNX.

        Raises:
            ModelError: tf2onnx fails.
        """
        os.environ.setdefault("TF2ONNX_CATCH_ERRORS", "FALSE")  # else each of its passes copies the graph, weights and all
        try:
            with _quiet():
                import tf2onnx

                inputs, outputs = (
                    [tensor.name for tensor in side] for side in (self._function.inputs, self._function.outputs)
                )
                model, _ = tf2onnx.convert.from_graph_def(
                    self._definition, input_names=inputs, output_names=outputs, opset=OPSET
                )
                return bytes(model.SerializeToString())
        except Exception as error:  # it raises whatever it likes
            raise ModelError(f"tf2onnx does not convert the model's graph. Received: {_said(error)}") from error
        finally:
            give_back()  # its graphs hold on to one another


def _digest(definition: Any) -> str:
    """The SHA-256 of a graph's operations, their attributes and wiring. Their names differ from one trace to the next."""
    total = hashlib.sha256(definition.library.SerializeToString(deterministic=True))
    places = {node.name: place for place, node in enumerate(definition.node)}
    for node in definition.node:
        sources = [source.lstrip("^").partition(":") for source in node.input]
        wiring = [
            (places[name], output, source[0] == "^") for (name, _, output), source in zip(sources, node.input, strict=True)
        ]
        total.update(repr((node.op, wiring)).encode())
        for name in sorted(node.attr):
            if not name.startswith("_"):  # what is of no effect, such as where an operation would like to lie
                total.update(name.encode() + node.attr[name].SerializeToString(deterministic=True))
    return total.hexdigest()


def _said(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200] or type(error).__name__


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the advice that is meant for tf2onnx' developers; what it cannot convert is raised, by it or by a session."""
    loggers = [logging.getLogger(name) for name in ("tf2onnx", "tensorflow")]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def converted(score: Frozen, traced: Traced) -> Converted:
    """The model as ONNX.

    Raises:
        ModelError: its score cannot be converted, or ONNX Runtime does not take it.
    """
    graph = score.onnx()
    session(graph)
    try:
        layer, tap = traced.tap(None, count=1)
        look = Frozen(tap).onnx()
        session(look)
    except ModelError:  # no layer to look into, or no such gradient in ONNX: TensorFlow answers that question
        return Converted(graph)
    return Converted(graph, look, layer)


def available() -> bool:
    """Whether the libraries of the extra ``fast`` are installed."""
    return all(find_spec(name) for name in LIBRARIES)


def must_be_available() -> None:
    """Refuse where they are not.

    Raises:
        MissingLibraryError: with what to install.
    """
    if not available():
        raise MissingLibraryError(
            f"ONNX Runtime needs {' and '.join(LIBRARIES)}: pip install 'xaifake[fast]', or take --runtime tensorflow. "
            "Received: --runtime onnxruntime"
        )
