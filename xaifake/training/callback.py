"""What a detector looks at while it is trained: overlays of the same pictures, epoch by epoch."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from xaifake import plugins
from xaifake.audit.cases import explain_many
from xaifake.audit.running.store import Store
from xaifake.audit.saving import case_names
from xaifake.audit.subjects import Question, Subject, subject_of
from xaifake.dataset.spreadsheets import csv_bytes
from xaifake.detector.loading import wrap_model
from xaifake.errors import UsageError, in_one_line
from xaifake.images import png_of
from xaifake.interfaces import Explainer
from xaifake.records import Case, Contract, Failure
from xaifake.training.learning.logs import Log
from xaifake.training.strips import Strip, common_limit, scored

Explain = Callable[[], Iterable[Case | Failure]]
STRIP = "epochs.png"
SCORES = "scores.csv"
HEIGHT = 320
"""Rows of an overlay: pictures may be crops of 100 or photographs of thousands."""


class ExplainCallback:
    """Explains the same pictures after each epoch of a ``model.fit(callbacks=[ExplainCallback(…)])`` of Keras 3 or Keras 2.

    ``FOLDER/epoch_0003/NAME.png`` shows what the model looked at after three epochs, all pictures of an epoch on one scale,
    and ``scores.csv`` beside it holds their scores. ``FOLDER/epochs.png`` shows every picture over the epochs on one scale
    for all. The first is drawn before the first step, of the model as it comes into training.

    Pictures are read and faces found once, and the model is traced once into graphs that read the weights as they are, in
    inference mode: neither weights, optimizer, random state nor what `fit` returns are other than without it.

    What is wrong with pictures, contract or model is refused before the first step. From then on training goes first: an
    error in explaining or writing is told once, as a `RuntimeWarning`, and the next epoch tries again.

    Args:
        pictures: paths, uint8 arrays (H, W, 3) or `xaifake.records.Picture`. Those without a face are left out with a
            warning.
        folder: where to write; made where it is missing. An address of fsspec's (``s3://…``) will do.
        method: one explainer by name, with options in the name, or made with them. Grad-CAM takes one pass a picture.
        every: of how many epochs one is explained.
        tensorboard: a folder of logs; then overlays and scores are written there too, under ``xaifake/NAME``.
        seed: of methods that draw at random.
        contract: how pictures are brought to what the model is fed in training, as in `xaifake.wrap_model`.
        **fields: single fields of the contract: ``range=(-1, 1), fake_when="low", crop="face"``.

    Raises:
        UsageError: an argument that cannot be used.
    """

    async_safe = True
    """To Keras 3: batches need not wait for it."""
    _supports_tf_logs = True
    """To Keras 2: it reads no logs, so they need not be fetched for it."""

    def __init__(
        self,
        pictures: Sequence[object],
        folder: str | Path,
        *,
        method: str | Explainer = "gradcam",
        every: int = 1,
        tensorboard: str | Path | None = None,
        seed: int = 0,
        contract: str | Path | Contract | None = None,
        **fields: Any,
    ) -> None:
        if isinstance(pictures, str | Path) or not len(pictures):
            raise UsageError(f"The pictures are a list of paths or arrays, at least one. Received: {pictures}")
        if every < 1:
            raise UsageError(f"Of every so many epochs, 1 or more, one is explained (every). Received: {every}")
        self.params: Any = None
        self.model: Any = None
        self._pictures = list(pictures)
        self._folder = Store(str(folder))
        self._explainer: Explainer = plugins.make("explainer", method) if isinstance(method, str) else method
        self._method = plugins.name_of(type(self._explainer))
        self._every = every
        self._tensorboard = tensorboard
        self._seed = seed
        self._stated = {"contract": contract, **fields}
        self._explain: Explain | None = None
        self._names: list[str] = []
        self._strip = Strip()
        self._log: Log | None = None
        self._warned = False

    def set_params(self, params: Any) -> None:
        """Keras tells how long it will train."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Keras tells which model it trains; another than before is traced anew."""
        if model is not self.model:
            self.model, self._explain = model, None

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 - Keras' signature
        """Before the first step, find the faces and explain the model as it is; what is wrong shows now."""
        if self._explain is None:
            explain = self._prepared()
            self._write(epoch, self._cases(explain))
            self._explain = explain

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 - Keras' signature
        """Explain the model after an epoch."""
        done = epoch + 1
        if self._explain is None or done % self._every:
            return
        try:
            self._write(done, self._cases(self._explain))
        except Exception as error:  # noqa: BLE001 - a training of days must not be lost to a drawing
            if not self._warned:
                self._warned = True
                told = f"Epoch {done} is not explained, and training goes on: {in_one_line(error)}"
                warnings.warn(told, RuntimeWarning, stacklevel=2)

    def on_train_end(self, logs: Any = None) -> None:  # noqa: ARG002 - Keras' signature
        """Close TensorBoard's file."""
        if self._log:
            self._log.close()
            self._log = None

    def __getattr__(self, name: str) -> Callable[..., None]:
        """Whatever else either Keras asks as training, testing and predicting go on: nothing is done there.

        Keras 2 asks ``_implements_train_batch_hooks()`` and its like first, to which nothing means no.
        """
        if name.startswith(("on_", "_implements_")):
            return lambda *_, **__: None
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def _prepared(self) -> Explain:
        """Trace the model, and find the faces of the pictures as its contract says."""
        if not self.model.weights:
            raise UsageError(
                "A model without a shape has no weights before its first step: call model.build((None, HEIGHT, WIDTH, 3)) "
                f"before fit. Received: {self.model.name}"
            )
        detector = wrap_model(self.model, name=self.model.name, **self._stated)
        found = [subject_of(detector, Question(picture)) for picture in self._pictures]
        refused = [one for one in found if isinstance(one, Failure)]
        if len(refused) == len(found):
            raise refused[0].cause
        for one in refused:
            warnings.warn(f"{one.image} is left out of what is explained: {one.error}", RuntimeWarning, stacklevel=3)
        subjects = [one for one in found if isinstance(one, Subject)]
        self._names = case_names([subject.view.face.picture.source for subject in subjects])
        return functools.partial(
            explain_many,
            detector,
            subjects,
            methods=[self._explainer],
            checks=(),
            limits=(),
            robustness=False,
            seed=self._seed,
        )

    def _cases(self, explain: Explain) -> list[Case]:
        """What the model, as it is, makes of each picture.

        Raises:
            XaifakeError: one of them cannot be explained, or its map lies on no picture.
        """
        cases = []
        for outcome in explain():
            if isinstance(outcome, Failure):
                raise outcome.cause
            if self._method not in outcome.attributions:
                raise UsageError(outcome.omissions[0].reason)
            if outcome.attributions[self._method].domain != "pixel":
                raise UsageError(
                    "An overlay takes a method whose maps lie on the picture, such as shap, lime or occlusion (method). "
                    f"Received: {self._method}, whose map lies in {outcome.contract.domain}"
                )
            cases.append(outcome)
        return cases

    def _write(self, epoch: int, cases: Sequence[Case]) -> None:
        """Write what was found after so many epochs, and the strip of all epochs anew.

        Raises:
            OutputError: a file cannot be written.
        """
        import pyarrow as pa

        self._strip.add(epoch, cases)
        limit = common_limit(cases, self._method)
        overlays = {name: scored(case, self._method, limit, HEIGHT) for name, case in zip(self._names, cases, strict=True)}
        scores = {name: case.prediction.p_fake for name, case in zip(self._names, cases, strict=True)}
        table = pa.table({"picture": list(scores), "score": [round(score, 6) for score in scores.values()]})
        files = {f"{name}.png": png_of(pixels) for name, pixels in overlays.items()}
        for name, content in {**files, SCORES: csv_bytes(table)}.items():
            self._folder.write(f"epoch_{epoch:04d}/{name}", content)
        self._folder.write(STRIP, png_of(self._strip.drawing(self._method, self._names)))
        if self._tensorboard is not None:
            self._log = self._log or Log(Path(self._tensorboard))
            tagged = {f"xaifake/score/{name}": score for name, score in scores.items()}
            self._log.write(epoch, tagged, {f"xaifake/overlay/{name}": pixels for name, pixels in overlays.items()})
