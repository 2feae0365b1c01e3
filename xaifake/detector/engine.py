"""The engine: every question that anybody asks a detector goes through here (score, tap, gradient)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake import plugins
from xaifake.detector.heads import fake_logit
from xaifake.detector.resizing import resize
from xaifake.detector.runtime import tensorflow
from xaifake.detector.tapping import LayerCall, choose, recorded
from xaifake.errors import NotADetectorError, NumbersError, XaifakeError
from xaifake.faces import faces_of
from xaifake.images import as_picture
from xaifake.interfaces import BATCH, Tapped
from xaifake.records import Assumption, Box, Contract, Face, Logits, ModelFile, Prediction, View, Views

ANSI = re.compile(r"\x1b\[[0-9;]*m")


class Detector:
    """A model with its contract, ready to be asked.

    Args:
        model: a Keras 2 or Keras 3 model, or any callable from a float32 tensor (N, H, W, C) to one row of scores a picture.
        contract: how to feed and read it.
        file: which model it is.
        assumptions: what of the contract nobody stated.

    The model is traced once and never changed. Batches of any length are cut to `batch` views.
    """

    def __init__(self, model: Any, contract: Contract, file: ModelFile, assumptions: Sequence[Assumption] = ()) -> None:
        self.model = model
        self.contract = contract
        self.file = file
        self.assumptions = tuple(assumptions)
        self.batch = BATCH
        self._tf = tensorflow()  # here once: AutoGraph reads what is called while tracing, and this is not for its eyes
        self._domain = plugins.make("domain", contract.domain)
        self._xp = self._tf.experimental.numpy
        self._taps: dict[str | None, tuple[str, Callable[..., Any]]] = {}
        self._gradient: Callable[..., Any] | None = None
        self._score = self._compiled(lambda views: [self._logit(views)])

    def score(self, views: Views) -> Logits:
        """FAKE logits (N,) float32 of views (N, h, w, 3) in 0..255."""
        return np.asarray(self._run(self._score, views)[0], np.float32)

    def tap(self, views: Views, layer: str | None = None) -> Tapped:
        """Activations and gradients of a layer, named by its name or path, or the last one that still has a grid.

        Raises:
            UnknownNameError: no such layer.
            NotADetectorError: no layer can be tapped, or the score does not depend on that layer.
        """
        if layer not in self._taps:
            self._taps[layer] = self._compiled_tap(layer)
        path, run = self._taps[layer]
        logits, activations, gradients = self._run(run, views)
        return Tapped(path, activations, gradients, logits)

    def gradient(self, views: Views) -> tuple[Logits, NDArray[np.float32]]:
        """Logits (N,) and d(FAKE logit)/d(plane) (N, H, W, C), in logits per unit of the plane."""
        if self._gradient is None:
            self._gradient = self._compiled(self._traced_gradient)
        logits, gradients = self._run(self._gradient, views)
        return logits, gradients

    def plane(self, views: Views) -> NDArray[np.float32]:
        """The views as the detector's domain lays them out, (N, H, W, C): in pixels, the views themselves."""
        return np.asarray(self._domain.plane(views, self.contract, np), np.float32)

    def faces(self, image: object, box: Box | None = None) -> tuple[Face, ...]:
        """The faces of a picture, path or array as the contract's crop says, largest first; or the one in the box given."""
        return faces_of(as_picture(image), self.contract.crop, box)

    def view(self, faces: Sequence[Face]) -> list[View]:
        """Each face at the contract's size, RGB float32 in 0..255."""
        return [View(face, resize(face.pixels, self.contract.size, self.contract.resize)) for face in faces]

    def logits(self, images: Sequence[object]) -> Logits:
        """FAKE logits (N,) of the largest face of each picture (paths, uint8 arrays (H, W, 3) or `Picture`)."""
        views = self.view([self.faces(image)[0] for image in images])
        return self.score(np.stack([view.pixels for view in views]))

    def predict(self, images: Sequence[object]) -> list[Prediction]:
        """The detector's score of the largest face of each picture."""
        return [Prediction(float(logit), self.contract.threshold) for logit in self.logits(images)]

    def _logit(self, views: Any) -> Any:
        return self._logit_of(self._domain.plane(views, self.contract, self._xp))

    def _logit_of(self, plane: Any) -> Any:
        output = self.model(self._fed(self._domain.encode(plane, self.contract, self._xp)), **self._inference)
        flat = self._tf.nest.flatten(output)
        if len(flat) != 1:
            raise NotADetectorError(f"A detector has one output, a row of scores a picture. Received: {len(flat)} outputs")
        return fake_logit(self._tf, flat[0], self.contract)

    def _fed(self, batch: Any) -> Any:
        """The batch as the model wants it: a model with several picture inputs gets the same batch at each."""
        if len(getattr(self.model, "inputs", None) or ()) > 1:
            return self._tf.nest.map_structure(lambda _: batch, self.model.input)
        return batch

    @property
    def _inference(self) -> dict[str, Any]:
        return {"training": False} if hasattr(self.model, "layers") else {}

    def _traced_gradient(self, views: Any) -> list[Any]:
        tf = self._tf
        plane = tf.identity(self._domain.plane(views, self.contract, self._xp))
        logits = self._logit_of(plane)
        gradient = tf.gradients(tf.reduce_sum(logits), plane)[0]
        return [logits, tf.zeros_like(plane) if gradient is None else gradient]

    def _compiled_tap(self, layer: str | None) -> tuple[str, Callable[..., Any]]:
        tf = self._tf
        chosen: list[LayerCall] = []

        def traced(views: Any) -> list[Any]:
            with recorded(self.model) as calls:
                logits = self._logit(views)
            call = choose([c for c in calls if getattr(c.output, "graph", None) is logits.graph], layer)
            gradient = tf.gradients(tf.reduce_sum(logits), call.output)[0]
            if gradient is None:
                raise NotADetectorError(f"The score does not depend on that layer. Received: {call.path}")
            chosen.append(call)
            return [logits, tf.cast(call.output, tf.float32), tf.cast(gradient, tf.float32)]

        run = self._compiled(traced)
        return chosen[-1].path, run

    def _compiled(self, function: Callable[[Any], list[Any]]) -> Callable[..., Any]:
        """Trace a function of views once, for batches of any length."""
        tf = self._tf
        shape = tf.TensorSpec((None, *self.contract.size, 3), tf.float32)
        refusals: list[XaifakeError] = []

        def traced(views: Any) -> list[Any]:
            try:
                return function(views)
            except XaifakeError as refusal:
                refusals.append(refusal)  # AutoGraph would hand it on as an error of its own
                raise

        try:
            compiled: Callable[..., Any] = tf.function(traced, input_signature=[shape]).get_concrete_function()
        except Exception as error:
            raise refusals[-1] if refusals else self._cannot_run(error) from error
        return compiled

    def _run(self, function: Callable[..., Any], views: Views) -> list[NDArray[np.float32]]:
        tf = self._tf
        try:
            starts = range(0, len(views), self.batch)
            batches = [function(tf.constant(views[i : i + self.batch], tf.float32)) for i in starts]
        except tf.errors.OpError as error:
            raise self._cannot_run(error) from error
        parts = [np.concatenate([np.asarray(part) for part in column]) for column in zip(*batches, strict=True)]
        if not all(np.isfinite(part).all() for part in parts):
            raise NumbersError(
                "The detector answered with NaN or infinity, so nothing can be said about this picture. A detector gives "
                f"finite scores; check its weights and the contract's range. Received: {self.file.path}"
            )
        return parts

    def _cannot_run(self, error: Exception) -> NotADetectorError:
        """The refusal of a model that fails on a batch of its own contract, with the heart of what it said."""
        text = ANSI.sub("", str(error)).partition("Arguments received by")[0]
        said = [line.strip() for line in text.splitlines() if line.strip()] or [type(error).__name__]
        height, width = self.contract.size
        return NotADetectorError(
            f"The model cannot be run on pictures of {height} × {width}; check the contract's size and channels. "
            f"Received: {self.file.path}, which says: {said[-1][:200]}"
        )
