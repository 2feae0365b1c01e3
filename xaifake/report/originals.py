"""The section on the genuine picture: both pictures side by side, where they differ, and how each of them scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaifake.opencv import cv2
from xaifake.records import Case, Original, Prediction
from xaifake.report.figures import Photograph, photograph
from xaifake.report.sentences import score_words
from xaifake.report.words import words

SIDE = 480
"""The longest side of each of the two pictures on the page, in pixels."""


@dataclass(frozen=True)
class Section:
    """The picture as a whole, the original as it was laid over it, and the outline of what differs as an SVG path."""

    picture: Photograph
    original: Photograph
    outline: str
    sentences: tuple[str, ...]


def section(case: Case) -> Section | None:
    """The section of a case as it was recorded, or None where no original was given."""
    original = case.original
    if original is None:
        return None
    told = (_difference(original), *_scores(case))
    picture, laid = photograph(case.picture.pixels, SIDE), photograph(original.pixels, SIDE)
    return Section(picture, laid, _outline(original), told)


def _difference(original: Original) -> str:
    say, share = words(), float(original.edited.mean())
    laid = {"name": original.picture.name, "matches": original.matches}
    return str(say.original.differ(**laid, share=share) if share else say.original.same(**laid))


def genuine(case: Case) -> Prediction | None:
    """How the original scores in the picture's place, where restoring was asked."""
    asked = case.attributions.get("restoration")
    return None if asked is None else Prediction(asked.diagnostics["genuine"], case.prediction.threshold)


def _scores(case: Case) -> tuple[str, ...]:
    """The scores of both, where that of the original is known."""
    other = genuine(case)
    if other is None:
        return ()
    say = words()
    picture, original = (say.original.score(score=score_words(p.p_fake), logit=p.logit) for p in (case.prediction, other))
    return (say.original.scores(picture=picture, original=original),)


def _outline(original: Original) -> str:
    """The borders of all that differs, in pixels of the picture, as fine as the page shows them."""
    fine = max(original.edited.shape) / SIDE
    contours, _ = cv2.findContours(original.edited.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    points = [cv2.approxPolyDP(contour, fine, closed=True).reshape(-1, 2) + 0.5 for contour in contours]
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in each) + "Z" for each in points)
