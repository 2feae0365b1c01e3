"""The genuine picture laid over the one that is explained, and where the two differ."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import PictureError
from xaifake.opencv import cv2
from xaifake.records import Original, Picture, Pixels

Mask = NDArray[np.bool_]
Transform = NDArray[np.float64]
"""(2, 3): takes (x, y, 1) of the original to the picture."""
Features = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Places and descriptors."""

FEATURES = 2000
"""Features looked for in each picture, at most."""
WORKING_SIDE = 1200
"""The longest side on which features and differences are looked for, in pixels: more costs time and tells little."""
DISTINCT = 0.8
"""A match counts where the second best is this much farther (Lowe 2004, section 7.1)."""
FEWEST_MATCHES = 20
"""Matches on one transform below which two pictures are not taken for the same photograph."""
WITHIN = 2.0
"""Pixels of the working size by which a match may miss."""
STILL = 0.5
"""A transform that moves no corner by more than this many pixels is none: resampling would only blur."""
TONES = 32
"""Knots of the tone curve of each channel."""
SAMPLE = 1_000_000
"""Pixels that the tone curve is fitted to, at most."""
SOFT = 1.5
"""Standard deviation, in pixels, of the blur in which pictures are compared: it takes the grain of files away."""
BEYOND = 2.0
"""Standard deviation, in pixels, of the blur of their difference: single pixels that differ are no edit."""
LEAST = 10.0
"""Grey levels of one channel below which a difference is no edit, however clean the rest is."""
EXACT = 2.0
"""The same, where most pixels of the files are equal: no compression lies between them then, and grain is edit too."""
NOISES = 6.0
"""Standard deviations of the whole picture's differences below which a difference is no edit."""
JOINED = 0.02
"""Gaps within an edit that are closed, as a share of the picture's shorter side."""
SMALLEST = 0.0005
"""Share of the picture below which an edited spot is taken for noise."""


def register(picture: Picture, original: Picture) -> Original:
    """Lay the genuine picture over the one that is explained.

    SIFT features of both are matched, an affine transform is fitted to the matches by RANSAC, and a rising tone curve for
    each channel to the pixels that were not edited. What is left of the difference, beyond what a pixel's neighbours, JPEG
    and resampling explain, is the edit: it shows where the files differ, not who changed what.

    Args:
        picture: the picture that is explained.
        original: the genuine one: of another size, cut, a little turned, or of another tone, but of the same scene.

    Raises:
        PictureError: too few features of the two match.
    """
    transform, matches = _transform(picture, original)
    laid, covered = _laid(original.pixels, transform, picture.pixels.shape[:2])
    toned = _toned(laid, picture.pixels, covered)
    unedited = covered & ~_edited(picture.pixels, toned, covered)
    if unedited.any():  # once more, without what the first curve left over
        toned = _toned(laid, picture.pixels, unedited)
    edited = _edited(picture.pixels, toned, covered)
    pixels = np.where(covered[..., None], toned, picture.pixels)
    return Original(original, pixels, edited, matches, transform)


def _transform(picture: Picture, original: Picture) -> tuple[Transform, int]:
    """(2, 3), from the original's (x, y, 1) to the picture's, and the number of matches that it explains."""
    theirs, ours = _features(original.pixels), _features(picture.pixels)
    pairs = _matched(theirs, ours)
    if len(pairs) >= FEWEST_MATCHES:
        source, target = theirs[0][pairs[:, 0]], ours[0][pairs[:, 1]]
        scale = max(1.0, max(picture.pixels.shape[:2]) / WORKING_SIDE)
        found, inliers = cv2.estimateAffine2D(
            source, target, method=cv2.RANSAC, ransacReprojThreshold=WITHIN * scale, maxIters=10000, confidence=0.9999
        )
        transform, matches = np.array(found, np.float64), int(np.sum(inliers))  # of no value where none was found
        if matches >= FEWEST_MATCHES and _plausible(transform):
            return _unless_still(transform, picture.pixels.shape[:2]), matches
    raise PictureError(
        "The original could not be laid over the picture: too few of their features match. Give the photograph that "
        f"this picture was made from, with --original. Received: {original.source}"
    )


def _features(pixels: Pixels) -> Features:
    """Places (n, 2) in pixels of the picture, and descriptors (n, 128)."""
    grey = _reduced(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))
    keypoints, descriptors = cv2.SIFT.create(FEATURES, contrastThreshold=0.02).detectAndCompute(grey, None)
    if not keypoints:
        return np.empty((0, 2), np.float32), np.empty((0, 128), np.float32)
    stretch = np.array([pixels.shape[1] / grey.shape[1], pixels.shape[0] / grey.shape[0]])
    places = (np.array([keypoint.pt for keypoint in keypoints]) + 0.5) * stretch - 0.5  # a pixel's place is its centre's
    return places.astype(np.float32), np.sqrt(descriptors / np.maximum(descriptors.sum(axis=1, keepdims=True), 1))


def _reduced(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """At the working size, or as they are where they are no larger."""
    height, width = pixels.shape[:2]
    scale = min(1.0, WORKING_SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _matched(theirs: Features, ours: Features) -> NDArray[np.intp]:
    """Pairs of features (n, 2) that are distinctly each other's best."""
    if min(len(theirs[1]), len(ours[1])) < 2:
        return np.empty((0, 2), np.intp)
    matcher = cv2.BFMatcher(cv2.NORM_L2)
    there = {
        (a.queryIdx, a.trainIdx) for a, b in matcher.knnMatch(theirs[1], ours[1], k=2) if a.distance < DISTINCT * b.distance
    }
    back = {(a.trainIdx, a.queryIdx) for a in matcher.match(ours[1], theirs[1])}
    return np.array(sorted(there & back), np.intp).reshape(-1, 2)


def _plausible(transform: Transform) -> bool:
    """Whether the same photograph could lie so: not mirrored, not squeezed, not shrunk to a point."""
    long, short = np.linalg.svd(transform[:, :2], compute_uv=False)
    return bool(np.linalg.det(transform[:, :2]) > 0 and short > 0.05 and long < 1.25 * short)


def _unless_still(transform: Transform, shape: tuple[int, int]) -> Transform:
    height, width = shape[:2]
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], np.float64)
    moved = np.abs(corners @ transform.T - corners[:, :2]).max()
    return np.eye(2, 3) if moved <= STILL else transform


def _laid(pixels: Pixels, transform: Transform, shape: tuple[int, int]) -> tuple[Pixels, Mask]:
    """The original in the picture's coordinates, and where it reaches."""
    scale = float(np.sqrt(np.linalg.det(transform[:, :2])))
    # what is finer than the smaller copy can show would come out as false patterns
    sigma = 0.5 * np.sqrt(1 / scale**2 - 1) if scale < 1 else 0.0
    source = cv2.GaussianBlur(pixels, (0, 0), sigma, borderType=cv2.BORDER_REFLECT) if sigma > 0.1 else pixels
    size = (shape[1], shape[0])
    laid = cv2.warpAffine(source, transform, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    inside = cv2.warpAffine(np.full(pixels.shape[:2], 255, np.uint8), transform, size, flags=cv2.INTER_LINEAR)
    return np.asarray(laid, np.uint8), np.asarray(inside == 255)


def _toned(laid: Pixels, target: Pixels, where: Mask) -> Pixels:
    """The laid original in the other's tone: for each channel the rising curve through medians of its levels."""
    every = max(1, int(where.sum()) // SAMPLE)
    soft, aim = (np.asarray(cv2.GaussianBlur(pixels, (0, 0), SOFT)[where][::every], np.uint8) for pixels in (laid, target))
    channels = [_curve(soft[:, channel], aim[:, channel])[laid[..., channel]] for channel in range(3)]
    return np.stack(channels, axis=2)


def _curve(soft: Pixels, aim: Pixels) -> Pixels:
    """The curve of one channel as a table of 256; beyond its outermost knots it goes on by the same step."""
    groups = np.array_split(np.argsort(soft, kind="stable"), min(TONES, len(soft)))
    levels, first = np.unique([np.median(soft[group]) for group in groups], return_index=True)
    values = np.maximum.accumulate(np.array([np.median(aim[group]) for group in groups])[first])
    every = np.arange(256.0)
    within = np.interp(every, levels, values)
    beyond = every - np.clip(every, levels[0], levels[-1])
    return np.asarray(np.clip(np.rint(within + beyond), 0, 255), np.uint8)


def _edited(picture: Pixels, toned: Pixels, covered: Mask) -> Mask:
    """Where the two differ by more than their neighbourhoods allow and than the rest of the picture does."""
    inside = _reduced(covered * np.uint8(255)) == 255
    one, other = _reduced(picture), _reduced(toned)
    exact = cv2.absdiff(one, other).max(axis=2).astype(np.float32)
    copies = bool(inside.any()) and float(np.median(exact[inside])) == 0
    difference = exact if copies else cv2.GaussianBlur(_apart(one, other), (0, 0), BEYOND)
    values = difference[inside]
    middle = np.median(values)
    noise = 1.4826 * np.median(np.abs(values - middle))  # the standard deviation, were it Gaussian
    strong = (difference > middle + max(EXACT if copies else LEAST, NOISES * noise)) & inside
    spots = cv2.resize(_cleaned(strong), covered.shape[::-1], interpolation=cv2.INTER_NEAREST)
    return np.asarray((spots > 0) & covered)


def _apart(one: Pixels, other: Pixels) -> NDArray[np.float32]:
    """How far the one lies outside what the other shows within a pixel, both blurred: (h, w) in grey levels."""
    ours, theirs = (cv2.GaussianBlur(pixels, (0, 0), SOFT).astype(np.float32) for pixels in (one, other))
    around = np.ones((3, 3), np.uint8)
    above, below = ours - cv2.dilate(theirs, around), cv2.erode(theirs, around) - ours
    return np.asarray(np.maximum(np.maximum(above, below), 0).max(axis=2), np.float32)


def _cleaned(strong: Mask) -> NDArray[np.uint8]:
    """Spots (1, or 0 beside them) joined where they nearly touch, without specks and without holes."""
    side = max(3, round(min(strong.shape) * JOINED))
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    joined = cv2.morphologyEx(strong.astype(np.uint8), cv2.MORPH_CLOSE, around)
    outlines, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    large = [outline for outline in outlines if cv2.contourArea(outline) >= SMALLEST * strong.size]
    return np.asarray(cv2.drawContours(np.zeros(strong.shape, np.uint8), large, -1, 1, cv2.FILLED), np.uint8)
