"""ONNX Runtime as a runtime: scores, and the usual tap where it could be converted, from bytes and without TensorFlow."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from xaifake.detector.runtimes.protocol import Arrays
from xaifake.detector.runtimes.tracing import cannot_run
from xaifake.errors import ModelError
from xaifake.records import Contract, Views

QUIET = 4
"""Only fatal errors are logged; all others are raised."""


@dataclass(frozen=True, eq=False)
class Converted:
    """A model as ONNX.

    Attributes:
        score: the graph of its score.
        tap: the graph of the tap of one view, at the layer that is chosen where none is named; None where there is none.
        layer: that layer's path.
    """

    score: bytes
    tap: bytes | None = None
    layer: str | None = None


class OnnxRuntime:
    """Answers by sessions on the processor.

    Args:
        converted: the model.
        contract: how its graphs are fed.
        path: what to call the model in refusals.

    Raises:
        ModelError: ONNX Runtime does not take the graph.
    """

    def __init__(self, converted: Converted, contract: Contract, path: str) -> None:
        self._score = session(converted.score)
        self._tap_graph = converted.tap
        self._layer = converted.layer
        self._contract = contract
        self._path = path

    @property
    def name(self) -> str:
        import onnxruntime

        return f"onnxruntime {onnxruntime.__version__}"

    @property
    def taps(self) -> bool:
        """Whether it can look into the layer that is chosen where none is named."""
        return self._tap_graph is not None

    def score(self, views: Views) -> Arrays:
        return self._answer(self._score, views)

    def tap(self, views: Views, layer: str | None) -> Arrays:  # noqa: ARG002 - asked for the usual layer alone
        """View by view: in a graph of one view every shape is known, so that more gradients could be converted."""
        rows = [self._answer(self._tap, views[i : i + 1]) for i in range(len(views))]
        return [np.concatenate(column) for column in zip(*rows, strict=True)]

    def layer(self, layer: str | None) -> str:
        return layer or self._layer or ""

    @cached_property
    def _tap(self) -> Callable[[Views], Arrays]:
        return session(self._tap_graph or b"")

    def _answer(self, run: Callable[[Views], Arrays], views: Views) -> Arrays:
        try:
            return run(views)
        except Exception as error:  # its errors share no base of their own
            raise cannot_run(error, self._contract, self._path) from error


def session(graph: bytes) -> Callable[[Views], Arrays]:
    """What runs a graph, as ONNX, on a batch of views.

    Raises:
        ModelError: ONNX Runtime does not take the graph.
    """
    try:
        import onnxruntime

        onnxruntime.set_default_logger_severity(QUIET)  # of what is said before the session's own options count
        options = onnxruntime.SessionOptions()
        options.log_severity_level = QUIET
        options.intra_op_num_threads = cores()  # its own choice counts the machine's cores, whatever this process may use
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle threads would take others' cores
        made: Any = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors share no base of their own
        said = str(error).strip().partition("\n")[0][:200]
        raise ModelError(f"ONNX Runtime does not take the model's graph. Received: {said}") from error
    name = made.get_inputs()[0].name
    return lambda views: [np.asarray(array) for array in made.run(None, {name: np.ascontiguousarray(views, np.float32)})]


def cores() -> int:
    """The processor's cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
