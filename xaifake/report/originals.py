"""The section on the genuine picture: both pictures side by side, where they differ, and how each of them scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaifake.opencv import cv2
from xaifake.records import Case, Original, Prediction
from xaifake.report.figures import Photograph, photograph
from xaifake.report.sentences import percent, score_words, signed

SIDE = 480
"""The longest side of each of the two pictures on the page, in pixels."""
CAUTION = (
    "The outline shows where the two files differ beyond noise, after the original was laid over the picture and brought "
    "to its tone. It does not show who changed what, nor which of the two was there first. Changes of few grey levels are "
    "missed."
)


@dataclass(frozen=True)
class Section:
    """The picture as a whole, the original as it was laid over it, and the outline of what differs as an SVG path."""

    picture: Photograph
    original: Photograph
    outline: str
    sentences: tuple[str, ...]
    caution: str = CAUTION


def section(case: Case) -> Section | None:
    """The section of a case as it was recorded, or None where no original was given."""
    original = case.original
    if original is None:
        return None
    told = (_difference(original), *_scores(case))
    picture, laid = photograph(case.picture.pixels, SIDE), photograph(original.pixels, SIDE)
    return Section(picture, laid, _outline(original), told)


def _difference(original: Original) -> str:
    given = f"The original {original.picture.name} was laid over the picture by {original.matches} features that match"
    share = float(original.edited.mean())
    if not share:
        return f"{given}; the two differ nowhere beyond noise."
    return f"{given}; the two differ on {percent(share)} of the picture."


def _scores(case: Case) -> tuple[str, ...]:
    """How the original scores in the picture's place, where restoring was asked."""
    asked = case.attributions.get("restoration")
    if asked is None:
        return ()
    genuine = Prediction(asked.diagnostics["genuine"], case.prediction.threshold)
    picture, original = (f"{score_words(p.p_fake)} for FAKE (logit {signed(p.logit)})" for p in (case.prediction, genuine))
    return (f"The detector scores the picture {picture}, and the original, as it was laid over it, {original}.",)


def _outline(original: Original) -> str:
    """The borders of all that differs, in pixels of the picture, as fine as the page shows them."""
    fine = max(original.edited.shape) / SIDE
    contours, _ = cv2.findContours(original.edited.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    points = [cv2.approxPolyDP(contour, fine, closed=True).reshape(-1, 2) + 0.5 for contour in contours]
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in each) + "Z" for each in points)
