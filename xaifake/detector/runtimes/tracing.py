"""A model with its contract as TensorFlow graphs: one for each question, traced once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from xaifake import plugins
from xaifake.detector.heads import fake_logit
from xaifake.detector.runtime import tensorflow
from xaifake.detector.tapping import LayerCall, choose, recorded
from xaifake.errors import NotADetectorError, XaifakeError
from xaifake.records import Contract

ANSI = re.compile(r"\x1b\[[0-9;]*m")

Graph = Any
"""A concrete function of TensorFlow: views (N, h, w, 3) float32 in 0..255 → a list of tensors, the logits (N,) first."""


class Traced:
    """The graphs of one model.

    Args:
        model: a Keras 2 or Keras 3 model, or any callable from a float32 tensor (N, H, W, C) to one row of scores a picture.
        contract: how to feed and read it.
        path: what to call it in refusals.
    """

    def __init__(self, model: Any, contract: Contract, path: str) -> None:
        self.tf = tensorflow()  # here once: AutoGraph reads what is called while tracing, and this is not for its eyes
        self._model = model
        self._contract = contract
        self._path = path
        self._domain = plugins.make("domain", contract.domain)
        self._xp = self.tf.experimental.numpy

    def score(self) -> Graph:
        """Logits."""
        return self._compiled(lambda views: [self._logit(views)])

    def gradient(self) -> Graph:
        """Logits and their gradient at the domain's plane."""
        return self._compiled(self._traced_gradient)

    def tap(self, layer: str | None, count: int | None = None) -> tuple[str, Graph]:
        """The layer's path, and the graph of logits, activations and gradients there, of ``count`` views or any number."""
        tf = self.tf
        chosen: list[LayerCall] = []

        def traced(views: Any) -> list[Any]:
            with recorded(self._model) as calls:
                logits = self._logit(views)
            call = choose([c for c in calls if getattr(c.output, "graph", None) is logits.graph], layer)
            gradient = tf.gradients(tf.reduce_sum(logits), call.output)[0]
            if gradient is None:
                raise NotADetectorError(f"The score does not depend on that layer. Received: {call.path}")
            chosen.append(call)
            return [logits, tf.cast(call.output, tf.float32), tf.cast(gradient, tf.float32)]

        run = self._compiled(traced, count)
        return chosen[-1].path, run

    def _logit(self, views: Any) -> Any:
        return self._logit_of(self._domain.plane(views, self._contract, self._xp))

    def _logit_of(self, plane: Any) -> Any:
        output = self._model(self._fed(self._domain.encode(plane, self._contract, self._xp)), **self._inference)
        flat = self.tf.nest.flatten(output)
        if len(flat) != 1:
            raise NotADetectorError(f"A detector has one output, a row of scores a picture. Received: {len(flat)} outputs")
        return fake_logit(self.tf, flat[0], self._contract)

    def _fed(self, batch: Any) -> Any:
        """The batch as the model wants it: a model with several picture inputs gets the same batch at each."""
        if len(getattr(self._model, "inputs", None) or ()) > 1:
            return self.tf.nest.map_structure(lambda _: batch, self._model.input)
        return batch

    @property
    def _inference(self) -> dict[str, Any]:
        return {"training": False} if hasattr(self._model, "layers") else {}

    def _traced_gradient(self, views: Any) -> list[Any]:
        tf = self.tf
        plane = tf.identity(self._domain.plane(views, self._contract, self._xp))
        logits = self._logit_of(plane)
        gradient = tf.gradients(tf.reduce_sum(logits), plane)[0]
        return [logits, tf.zeros_like(plane) if gradient is None else gradient]

    def _compiled(self, function: Callable[[Any], list[Any]], count: int | None = None) -> Graph:
        tf = self.tf
        shape = tf.TensorSpec((count, *self._contract.size, 3), tf.float32)
        refusals: list[XaifakeError] = []

        def traced(views: Any) -> list[Any]:
            try:
                return function(views)
            except XaifakeError as refusal:
                refusals.append(refusal)  # AutoGraph would hand it on as an error of its own
                raise

        try:
            compiled: Graph = tf.function(traced, input_signature=[shape]).get_concrete_function()
        except Exception as error:
            raise refusals[-1] if refusals else cannot_run(error, self._contract, self._path) from error
        return compiled


def cannot_run(error: Exception, contract: Contract, path: str) -> NotADetectorError:
    """The refusal of a model that fails on a batch of its own contract, with the heart of what it said."""
    text = ANSI.sub("", str(error)).partition("Arguments received by")[0]
    said = [line.strip() for line in text.splitlines() if line.strip()] or [type(error).__name__]
    height, width = contract.size
    return NotADetectorError(
        f"The model cannot be run on pictures of {height} × {width}; check the contract's size and channels. "
        f"Received: {path}, which says: {said[-1][:200]}"
    )
