"""TensorFlow as a runtime: every question, answered by graphs of the model itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from xaifake.detector.footprint import bytes_per_view
from xaifake.detector.room import Room
from xaifake.detector.runtimes.protocol import Arrays
from xaifake.detector.runtimes.tracing import Graph, Traced, cannot_run
from xaifake.interfaces import BATCH
from xaifake.records import Contract, Views


class TensorFlowRuntime:
    """Answers by the model's own graphs. Nothing is loaded or traced before it is asked for.

    Args:
        load: gives the model; see `Traced`.
        contract: how to feed and read it.
        path: what to call it in refusals.
        room: what the memory ceiling leaves; a batch of gradients is cut to what fits.
    """

    def __init__(self, load: Callable[[], Any], contract: Contract, path: str, room: Room) -> None:
        self._load = load
        self._room = room
        self._contract = contract
        self._path = path
        self._taps: dict[str | None, tuple[str, Graph]] = {}
        self._most: dict[Graph, int] = {}

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

    @cached_property
    def gradient_graph(self) -> Graph:
        """The graph of the gradient at the domain's plane."""
        return self.traced.gradient()

    def tap_graph(self, layer: str | None) -> tuple[str, Graph]:
        """The path of the layer that a tap by that name looks into, and its graph."""
        if layer not in self._taps:
            self._taps[layer] = self.traced.tap(layer)
        return self._taps[layer]

    def score(self, views: Views) -> Arrays:
        return self._run(self.score_graph, views)

    def tap(self, views: Views, layer: str | None) -> Arrays:
        _, graph = self.tap_graph(layer)
        return self._run_in_parts(graph, views)

    def layer(self, layer: str | None) -> str:
        """The path of the layer that a tap by that name looks into.

        Raises:
            UnknownNameError: no such layer.
            NotADetectorError: no layer can be tapped, or the score does not depend on that layer.
        """
        return self.tap_graph(layer)[0]

    def gradient(self, views: Views) -> Arrays:
        """Logits (N,), and their gradient at the domain's plane (N, H, W, C)."""
        return self._run_in_parts(self.gradient_graph, views)

    def _fitting(self, graph: Graph) -> int:
        """How many views a graph of gradients takes at once: found out when it first runs, and kept."""
        if graph not in self._most:
            self._most[graph] = self._room.batch(bytes_per_view(graph.graph), BATCH, "A gradient of this model")
        return self._most[graph]

    def _run_in_parts(self, graph: Graph, views: Views) -> Arrays:
        most = self._fitting(graph)
        parts = [self._run(graph, views[start : start + most]) for start in range(0, len(views), most)]
        return [np.concatenate(column) for column in zip(*parts, strict=True)]

    def _run(self, graph: Graph, views: Views) -> Arrays:
        tf = self.traced.tf
        try:
            return [np.asarray(tensor) for tensor in graph(tf.constant(views, tf.float32))]
        except tf.errors.OpError as error:
            raise cannot_run(error, self._contract, self._path) from error
