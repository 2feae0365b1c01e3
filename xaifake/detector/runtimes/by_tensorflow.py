"""TensorFlow as a runtime: every question, answered by graphs of the model itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from xaifake.detector.footprint import bytes_per_view
from xaifake.detector.runtimes.protocol import Arrays
from xaifake.detector.runtimes.tracing import Graph, Traced, cannot_run
from xaifake.records import Contract, Views


class TensorFlowRuntime:
    """Answers by the model's own graphs. Nothing is loaded or traced before it is asked for.

    Args:
        load: gives the model; see `Traced`.
        contract: how to feed and read it.
        path: what to call it in refusals.
    """

    def __init__(self, load: Callable[[], Any], contract: Contract, path: str) -> None:
        self._load = load
        self._contract = contract
        self._path = path
        self._taps: dict[str | None, tuple[str, Graph]] = {}

    @property
    def name(self) -> str:
        return f"tensorflow {self.traced.tf.__version__}"

    @cached_property
    def model(self) -> Any:
        """The model itself."""
        return self._load()

    @cached_property
    def traced(self) -> Traced:
        """The model, ready to be traced."""
        return Traced(self.model, self._contract, self._path)

    @cached_property
    def score_graph(self) -> Graph:
        """The graph that scores."""
        return self.traced.score()

    @cached_property
    def bytes_per_view(self) -> int:
        """About how many bytes each view of a batch takes while it is scored."""
        return bytes_per_view(self.score_graph.graph)

    def score(self, views: Views) -> Arrays:
        return self._run(self.score_graph, views)

    def tap(self, views: Views, layer: str | None) -> Arrays:
        return self._run(self._tap(layer)[1], views)

    def layer(self, layer: str | None) -> str:
        """The path of the layer that a tap by that name looks into.

        Raises:
            UnknownNameError: no such layer.
            NotADetectorError: no layer can be tapped, or the score does not depend on that layer.
        """
        return self._tap(layer)[0]

    def gradient(self, views: Views) -> Arrays:
        """Logits (N,), and their gradient at the domain's plane (N, H, W, C)."""
        return self._run(self._gradient, views)

    @cached_property
    def _gradient(self) -> Graph:
        return self.traced.gradient()

    def _tap(self, layer: str | None) -> tuple[str, Graph]:
        if layer not in self._taps:
            self._taps[layer] = self.traced.tap(layer)
        return self._taps[layer]

    def _run(self, graph: Graph, views: Views) -> Arrays:
        tf = self.traced.tf
        try:
            return [np.asarray(tensor) for tensor in graph(tf.constant(views, tf.float32))]
        except tf.errors.OpError as error:
            raise cannot_run(error, self._contract, self._path) from error
