"""What must be true of any detector before an explanation of it means anything: its answers repeat, do not hang on who else
is in the batch or on what computes them, and agree with its gradients; and asking changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.selftest.findings import Finding, gap
from xaifake.audit.selftest.plants import REGIONS, planted_view
from xaifake.detector.engine import Detector
from xaifake.detector.inspection.formats import digest
from xaifake.detector.planted import PlantedPicture
from xaifake.detector.runtimes.choosing import CLOSE
from xaifake.errors import NotADetectorError
from xaifake.game.coalitions import paired
from xaifake.game.region_game import new_game
from xaifake.interfaces import BATCH, Engine
from xaifake.records import Views

STEPS = 65
"""Points on the way from one picture to another on which gradients are added up."""
MISSING = 0.05
"""The share of all that happens on the way that the sum of gradients may miss: a way of so many steps has kinks."""
SHARE = 0.5
"""Of the layers, drawn anew in the copy that must leave the model as it was."""


def facts(detector: Detector, subject: str, picture: PlantedPicture) -> Iterator[Finding]:
    """What is found of each fact; the model is never changed, which is the last of them."""
    views = masked(picture)
    weights = weights_digest(detector)
    yield repeats(detector, subject, views)
    yield alone(detector, subject, views)
    yield runtimes_agree(detector, subject, views)
    yield gradients_add_up(detector, subject, way(picture))
    yield layer_adds_up(detector, subject, way(picture))
    detector.randomised(SHARE, 0)
    same = weights == weights_digest(detector)
    known = "asking, and drawing a copy's weights anew, leaves the model's weights as they were"
    yield Finding("weights", subject, known, "the same" if same else "they changed", same)
    if Path(detector.file.path).exists():
        same = digest(Path(detector.file.path)) == detector.file.sha256
        yield Finding("file", subject, "the model's file is left as it was", "the same" if same else "it changed", same)


def masked(picture: PlantedPicture) -> Views:
    """A batch of the planted picture with regions hidden, (BATCH, h, w, 3)."""
    game = new_game(planted_view(picture), regions=REGIONS)
    views = np.empty((BATCH, *picture.pixels.shape), np.float32)
    game.painter()(paired(game.players, BATCH, 0), views)
    return views


def way(picture: PlantedPicture) -> Views:
    """From the picture's mean colour to the planted picture in `STEPS` equal steps, (STEPS, h, w, 3)."""
    planted = picture.pixels.astype(np.float32)
    mean = planted.mean(axis=(0, 1))
    return np.asarray(mean + np.linspace(0, 1, STEPS, dtype=np.float32)[:, None, None, None] * (planted - mean), np.float32)


def repeats(engine: Engine, subject: str, views: Views) -> Finding:
    """Whether the same views get the same bytes twice."""
    known = "the same pictures get the same scores and gradients, to the last bit"
    first, second = ([engine.score(views), *engine.gradient(views[:4])] for _ in range(2))
    same = all(a.tobytes() == b.tobytes() for a, b in zip(first, second, strict=True))
    apart = max(float(np.abs(a - b).max()) for a, b in zip(first, second, strict=True))
    return Finding("repeats", subject, known, "the same" if same else f"{apart:.1e} apart", same)


def alone(engine: Engine, subject: str, views: Views) -> Finding:
    """Whether a view scored alone gets the score that it gets among others."""
    known = "a picture scored alone gets what it gets among others"
    together = engine.score(views)
    return gap("batch", subject, known, _apart(together, np.concatenate([engine.score(view[None]) for view in views])), CLOSE)


def runtimes_agree(detector: Detector, subject: str, views: Views) -> Finding:
    """Whether the runtime that scores gives what TensorFlow gives, from which gradients come."""
    known = "what scores, and TensorFlow, from which gradients come, give the same scores"
    if detector.runtimes.scoring is detector.runtimes.tensorflow:
        return Finding("runtimes", subject, known, "TensorFlow alone scores this model here", None)
    views = views[: detector.batch]
    (there,) = detector.runtimes.tensorflow.score(views)
    return gap("runtimes", subject, known, _apart(there, detector.score(views)), CLOSE)


def gradients_add_up(engine: Engine, subject: str, views: Views) -> Finding:
    """Whether the gradients on the way from one view to another sum to the change of the logit (the fundamental theorem)."""
    known = "gradients on the way from a plain picture to a planted one add up to the change of the score"
    logits, gradients = engine.gradient(views)
    told = _along(engine.plane(views), gradients)
    missing = _missing(logits, told)
    scores = _apart(engine.score(views), logits)
    right = missing <= MISSING and scores <= CLOSE
    found = f"{told.sum():+.3g} of {logits[-1] - logits[0]:+.3g}, {missing:.1%} of the way missing; scores {scores:.0e} apart"
    return Finding("gradient", subject, known, found, right)


def layer_adds_up(engine: Engine, subject: str, views: Views) -> Finding:
    """Whether the same holds in the layer that Grad-CAM takes. A score that also goes around it says nothing of it."""
    known = "in the layer that Grad-CAM takes, gradients on the same way add up to it too"
    try:
        tapped = engine.tap(views)
    except NotADetectorError as error:
        return Finding("layer", subject, known, str(error), None)
    told = _along(tapped.activations, tapped.gradients)
    missing = _missing(tapped.logits, told)
    found = f"{told.sum():+.3g} of {tapped.logits[-1] - tapped.logits[0]:+.3g}, {missing:.1%} missing in {tapped.layer}"
    if _apart(engine.score(views), tapped.logits) > CLOSE:
        return Finding("layer", subject, known, "the tapped model scores otherwise than the model", False)
    if missing > MISSING:
        return Finding("layer", subject, known, f"{found}: the score may go around that layer", None)
    return Finding("layer", subject, known, found, True)


def weights_digest(detector: Detector) -> str:
    """SHA-256 of all weights of the model."""
    content = hashlib.sha256()
    for weight in getattr(detector.model, "weights", ()):
        content.update(np.ascontiguousarray(weight).tobytes())
    return content.hexdigest()


def _along(places: NDArray[np.float32], gradients: NDArray[np.float32]) -> NDArray[np.float64]:
    """What each step of a way adds by its gradients, the mean of those at its two ends: (N - 1,)."""
    steps, means = np.diff(places.astype(np.float64), axis=0), (gradients[:-1] + gradients[1:]) / 2
    return np.asarray((steps * means).reshape(len(steps), -1).sum(axis=1))


def _missing(logits: NDArray[np.float32], told: NDArray[np.float64]) -> float:
    """The gap between the change of the logit and what the steps add, as a share of all ups and downs on the way."""
    change = np.diff(logits.astype(np.float64))
    rounding = 8 * float(np.finfo(np.float32).eps) * max(1.0, float(np.abs(logits).max())) * len(change)
    return max(0.0, abs(float(change.sum() - told.sum())) - rounding) / max(float(np.abs(change).sum()), rounding)


def _apart(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """The largest difference of logits, as a part of those larger than 1."""
    return float((np.abs(one - other) / np.maximum(1.0, np.abs(one))).max())
