"""The engine: every question that anybody asks a detector goes through here (score, tap, gradient)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake import plugins
from xaifake.detector.notes import notes_of
from xaifake.detector.resizing import resize
from xaifake.detector.runtimes import Answering, Runtimes
from xaifake.detector.runtimes.protocol import Arrays
from xaifake.errors import NumbersError
from xaifake.faces import faces_of
from xaifake.images import as_picture
from xaifake.interfaces import BATCH, Tapped
from xaifake.records import Assumption, Box, Contract, Face, Logits, ModelFile, Prediction, View, Views


class Detector:
    """A model with its contract, ready to be asked.

    Args:
        model: a Keras 2 or Keras 3 model, any callable from a float32 tensor (N, H, W, C) to one row of scores a picture, or
            what answers for one.
        contract: how to feed and read it.
        file: which model it is.
        assumptions: what of the contract nobody stated.
        code: SHA-256 of the user's own code that the model is made of, by the option that named it.

    The model is traced once and never changed. Batches of any length are cut to `batch` views, as many as the memory ceiling
    leaves room for. How many they are changes answers by the rounding of float32 and by nothing else.
    """

    def __init__(
        self,
        model: Any,
        contract: Contract,
        file: ModelFile,
        assumptions: Sequence[Assumption] = (),
        code: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.contract = contract
        self.file = file
        self.assumptions = tuple(assumptions)
        self.code = code
        self.runtimes: Answering = model if isinstance(model, Answering) else Runtimes(model, contract, file.path)
        self.batch = self.runtimes.room.batch(self.runtimes.bytes_per_view, BATCH, "Scoring a view by this model")
        self.notes = notes_of(self.runtimes.file, contract)
        self._domain = plugins.make("domain", contract.domain)

    @property
    def model(self) -> Any:
        """The model itself, loaded where nothing has asked for it yet."""
        return self.runtimes.tensorflow.model

    @property
    def runtime(self) -> str:
        """What scores, by name and version. Gradients, and layers named or beyond it, are always TensorFlow's."""
        return self.runtimes.scoring.name

    def prepare(self, views: int) -> None:
        """Announce how many views are going to be scored: for many, the faster runtime is found out first."""
        self.runtimes.prepare(views, self.batch)

    def together(self, most: int) -> int:
        """How many pictures of 4,096 pixels a side may be explained together under the memory ceiling, one to ``most``."""
        return self.runtimes.room.pictures(self.runtimes.bytes_per_view, self.batch, most)

    def score(self, views: Views) -> Logits:
        """FAKE logits (N,) float32 of views (N, h, w, 3) in 0..255."""
        return np.asarray(self._answers(self.runtimes.scoring.score, views)[0], np.float32)

    def tap(self, views: Views, layer: str | None = None) -> Tapped:
        """Activations and gradients of a layer, named by its name or path, or the last one that still has a grid.

        Raises:
            UnknownNameError: no such layer.
            NotADetectorError: no layer can be tapped, or the score does not depend on that layer.
        """
        runtime = self.runtimes.tapping(layer)
        path = runtime.layer(layer)
        logits, activations, gradients = self._answers(lambda batch: runtime.tap(batch, layer), views)
        return Tapped(path, activations, gradients, logits)

    def gradient(self, views: Views) -> tuple[Logits, NDArray[np.float32]]:
        """Logits (N,) and d(FAKE logit)/d(plane) (N, H, W, C), in logits per unit of the plane."""
        logits, gradients = self._answers(self.runtimes.tensorflow.gradient, views)
        return logits, gradients

    def plane(self, views: Views) -> NDArray[np.float32]:
        """The views as the detector's domain lays them out, (N, H, W, C): in pixels, the views themselves."""
        return np.asarray(self._domain.plane(views, self.contract, np), np.float32)

    def input(self, views: Views) -> NDArray[np.float32]:
        """What the model receives for views, (N, H, W, C) float32, after the contract, as NumPy computes it."""
        return np.asarray(self._domain.encode(self.plane(views), self.contract, np), np.float32)

    def faces(self, image: object, box: Box | None = None) -> tuple[Face, ...]:
        """The faces of a picture, path or array as the contract's crop says, largest first; or the one in the box given."""
        return faces_of(as_picture(image), self.contract.crop, box)

    def view(self, faces: Sequence[Face]) -> list[View]:
        """Each face at the contract's size, RGB float32 in 0..255."""
        return [View(face, resize(face.pixels, self.contract.size, self.contract.resize)) for face in faces]

    def randomised(self, share: float, seed: int) -> Detector | None:
        """A copy whose last layers, ``share`` of all that have weights, have new random ones; this one stays as it is.

        With a share of 0 the copy scores as this one does. It runs in TensorFlow, by the graphs of this one's model, which
        is loaded now if it was not. None where there are no weights to be drawn anew (a SavedModel that no Keras reads
        back), or no memory for them.
        """
        runtimes = self.runtimes.randomised(share, seed)
        if runtimes is None:
            return None
        file = replace(self.file, path=f"{self.file.path}, {share:.0%} of its layers random by seed {seed}", sha256="")
        return Detector(runtimes, self.contract, file, self.assumptions)

    def logits(self, images: Sequence[object]) -> Logits:
        """FAKE logits (N,) of the largest face of each picture (paths, uint8 arrays (H, W, 3) or `Picture`)."""
        views = self.view([self.faces(image)[0] for image in images])
        return self.score(np.stack([view.pixels for view in views]))

    def predict(self, images: Sequence[object]) -> list[Prediction]:
        """The detector's score of the largest face of each picture."""
        return [Prediction(float(logit), self.contract.threshold) for logit in self.logits(images)]

    def _answers(self, ask: Callable[[Views], Arrays], views: Views) -> Arrays:
        """The answers for views, batch by batch."""
        batches = [ask(views[start : start + self.batch]) for start in range(0, len(views), self.batch)]
        parts = batches[0] if len(batches) == 1 else [np.concatenate(column) for column in zip(*batches, strict=True)]
        if not all(np.isfinite(part).all() for part in parts):
            raise NumbersError(
                "The detector answered with NaN or infinity, so nothing can be said about this picture. A detector gives "
                f"finite scores; check its weights, and the contract's range and head. Received: {self.file.path}"
            )
        return parts
