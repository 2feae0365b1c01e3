"""Weights of an ensemble's members, from pictures whose labels are known: stacked, as `xaifake compare` calls it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.comparing.ensembles import FOLDS, stacking
from xaifake.dataset import read_entry
from xaifake.detector.engine import Detector
from xaifake.errors import DataError, PictureError
from xaifake.records import Entry, Face

Numbers = NDArray[np.float64]

TOGETHER = 16
"""Pictures read at once."""


@dataclass(frozen=True)
class Stacked:
    """What pictures say of the members: weights of their logits, and what is added to the sum.

    ``fake`` and ``real`` pictures said it; ``left_out`` could not be read, or show no face where one is looked for.
    """

    weights: tuple[float, ...]
    bias: float
    fake: int
    real: int
    left_out: int


def stacked(
    members: Mapping[str, Detector], entries: Sequence[Entry], advance: Callable[[int], None] = lambda _: None
) -> Stacked:
    """The logistic regression of labels on the members' logits. A negative weight is that of a member read the wrong way
    round, or of one that corrects another.

    Args:
        members: detectors by name.
        entries: pictures, of which those with a label count. No member should have been trained on them: one that knows
            them by heart would be believed too much.
        advance: told how many pictures are done.

    Raises:
        DataError: fewer than five pictures of either class can be scored.
    """
    labelled = [entry for entry in entries if entry.label]
    detectors = list(members.values())
    rows: list[Numbers] = []
    fake: list[bool] = []
    for start in range(0, len(labelled), TOGETHER):
        some = labelled[start : start + TOGETHER]
        found = [(entry.label == "FAKE", face) for entry in some if (face := _face(entry, detectors[0]))]
        if found:
            fake += [label for label, _ in found]
            rows.append(_logits([face for _, face in found], detectors))
        advance(len(some))
    fakes = sum(fake)
    if min(fakes, len(fake) - fakes) < FOLDS:
        raise DataError(
            f"Weights take {FOLDS} pictures or more of either class (--stacked). "
            f"Received: {fakes} fake and {len(fake) - fakes} real that can be scored"
        )
    scaler, regression = (step for _, step in stacking().fit(np.concatenate(rows), fake).steps)
    weights = regression.coef_[0] / scaler.scale_
    bias = float(regression.intercept_[0] - weights @ scaler.mean_)
    return Stacked(tuple(map(float, weights)), bias, fakes, len(fake) - fakes, len(labelled) - len(fake))


def _face(entry: Entry, detector: Detector) -> Face | None:
    """The largest face of a picture, or the whole picture, as all members' contracts say."""
    try:
        return detector.faces(read_entry(entry))[0]
    except PictureError:
        return None


def _logits(faces: Sequence[Face], detectors: Sequence[Detector]) -> Numbers:
    """(faces, detectors)"""
    scored = [one.score(np.stack([view.pixels for view in one.view(faces)])) for one in detectors]
    return np.stack(scored, axis=1).astype(np.float64)
