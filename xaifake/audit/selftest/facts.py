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
from xaifake.records import Logits, Views

STEPS = 65
"""Points on the way from one picture to another on which gradients are added up."""
NOISE = 20.0
"""Its standard deviation in grey levels."""
MISSING = 0.05
"""What the sum of gradients may miss, as a share of all ups and downs of the logit on the way, for between two steps a
gradient may jump; and `CLOSE` more, for rounding.
"""
SHARE = 0.5
"""Of the layers, drawn anew in the copy that must leave the model as it was."""


def facts_of(detector: Detector, subject: str, picture: PlantedPicture) -> Iterator[Finding]:
    """What is found of each fact; the model is never changed, which is the last of them."""
    views = masked(picture)
    weights = weights_digest(detector)
    yield repeats(detector, subject, views)
    yield alone(detector, subject, views)
    yield runtimes_agree(detector, subject, views)
    yield gradients_add_up(detector, subject, way(picture))
    yield layer_adds_up(detector, subject, way(picture))
    detector.randomised(SHARE, 0)
    known = "asking, and drawing a copy's weights anew, leaves the model's weights as they were"
    if weights is None:
        yield Finding("weights", subject, known, "the model is shut in, so they cannot be read", None)
    else:
        same = weights == weights_digest(detector)
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
    """From the picture's mean colour to the planted picture with noise, in `STEPS` equal steps, (STEPS, h, w, 3).

    Noise has something of all that a detector may look for.
    """
    grain = np.random.default_rng(0).normal(0, NOISE, picture.pixels.shape)
    planted = np.clip(picture.pixels + grain, 0, 255).astype(np.float32)
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
    return gap(
        "batch", subject, known, _apart(together, np.concatenate([engine.score(view[None]) for view in views])), CLOSE
    )


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
    told, right = _adds_up(logits, engine.plane(views), gradients)
    scores = _apart(engine.score(views), logits)
    return Finding("gradient", subject, known, f"{told}, scores {scores:.0e} apart", right and scores <= CLOSE)


def layer_adds_up(engine: Engine, subject: str, views: Views) -> Finding:
    """Whether the same holds in the layer that Grad-CAM takes. A score that also goes around it says nothing of it."""
    known = "in the layer that Grad-CAM takes, gradients on the same way add up to it too"
    try:
        tapped = engine.tap(views)
    except NotADetectorError as error:
        return Finding("layer", subject, known, str(error), None)
    scores = _apart(engine.score(views), tapped.logits)
    if scores > CLOSE:
        return Finding("layer", subject, known, f"the tapped model's scores are {scores:.0e} apart from the model's", False)
    told, right = _adds_up(tapped.logits, tapped.activations, tapped.gradients)
    around = "" if right else ": the score may go around that layer"
    return Finding("layer", subject, known, f"{told} in {tapped.layer}{around}", right or None)


def _adds_up(logits: Logits, places: NDArray[np.float32], gradients: NDArray[np.float32]) -> tuple[str, bool]:
    """What the steps of a way add by their gradients, the mean of those at both ends, beside the change of the logit."""
    change = np.diff(logits.astype(np.float64))
    steps, means = np.diff(places.astype(np.float64), axis=0), (gradients[:-1] + gradients[1:]) / 2
    total = float((steps * means).sum())
    allowed = MISSING * float(np.abs(change).sum()) + CLOSE * max(1.0, float(np.abs(logits).max()))
    return f"{total:+.4g} of {change.sum():+.4g}, {allowed:.1g} may miss", abs(float(change.sum()) - total) <= allowed


def weights_digest(detector: Detector) -> str | None:
    """SHA-256 of all weights of the model; None of one that is shut in a process of its own."""
    if detector.runtimes.isolated:
        return None
    content = hashlib.sha256()
    for weight in getattr(detector.model, "weights", ()):
        content.update(np.ascontiguousarray(weight).tobytes())
    return content.hexdigest()


def _apart(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """The largest difference of logits, as a part of those larger than 1."""
    return float((np.abs(one - other) / np.maximum(1.0, np.abs(one))).max())
