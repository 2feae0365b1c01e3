"""BlazeFace, MediaPipe's face detector (Bazarevsky et al., 2019, arXiv:1907.05047)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from xaifake.faces._models import answers
from xaifake.records import Box, Face, Picture, Pixels, frozen

WIDENED = 1.3
"""How much wider and taller than BlazeFace's own box a face is taken. FaceForensics++ (Rössler et al., 2019, §4), whose
crops most detectors were trained on, enlarges the tracked face by 1.3 about its centre. BlazeFace's box runs from the
brows to the chin; widened, it holds the forehead and the jaw too."""
LEAST_SCORE = 0.5
SAME_FACE = 0.3
"""Two boxes whose intersection is more than this share of their union are one face (MediaPipe's own value)."""

Found = NDArray[np.float32]
"""Faces of one picture: (n, 8, 2), each the (x, y) of its centre, its width and height, and its six keypoints."""


@dataclass(frozen=True)
class _Network:
    """One of the two networks, and the anchors it was trained with: (stride, anchors a cell), in pixels of its input."""

    file: str
    side: int
    grids: tuple[tuple[int, int], ...]
    boxes: str
    scores: str


_SHORT = _Network("face_detection_short_range", 128, ((8, 2), (16, 6)), "regressors", "classificators")
_FULL = _Network("face_detection_full_range", 192, ((4, 1),), "reshaped_regressor_face_4", "reshaped_classifier_face_4")


class BlazeFace:
    """All faces down to about 6 % of the picture's longer side in width, upright or turned by up to a right angle.

    The short-range network places large faces best and finds them where they fill the picture; the full-range one adds
    those that the first missed, for the most part small ones. ``keypoints`` are in the order that `Face` names, which is of
    an upright face. The same model's back-camera network is not asked: it finds faces in cats and coffee.

    Deviation from MediaPipe: boxes are widened by 1.3 (`WIDENED`) and clipped to the picture.
    """

    def locate(self, picture: Picture) -> tuple[Face, ...]:
        """All faces, largest first."""
        near, far = (_find(network, picture.pixels) for network in (_SHORT, _FULL))
        new = [face for face in far if not np.any(_overlaps(face, near) > SAME_FACE)]
        return _largest_first([*near, *new], picture)

    def largest(self, picture: Picture) -> Face | None:
        """The largest face that the short-range network finds; only where it finds none, the full-range one is asked.

        That takes a quarter of the time of `locate`. In 3 of 160 pictures of people it is another face than the largest that
        `locate` finds: one wholly in the picture, in place of one that the picture's edge cuts.
        """
        faces = (face for network in (_SHORT, _FULL) for face in _largest_first(_find(network, picture.pixels), picture))
        return next(faces, None)


def _largest_first(found: Iterable[NDArray[np.float32]], picture: Picture) -> tuple[Face, ...]:
    ordered = sorted(found, key=lambda face: -float(face[1].prod()))
    boxes = [(_box(face, picture), face[2:]) for face in ordered]
    return tuple(Face(picture, box, "blazeface", keypoints=points) for box, points in boxes if box is not None)


def _find(network: _Network, pixels: Pixels) -> Found:
    """The faces that one network finds, in pixels of the picture."""
    canvas, offset, scale = _letterboxed(pixels, network.side)
    boxes, scores = answers(network.file, canvas / np.float32(127.5) - 1, (network.boxes, network.scores))
    evidence = scores.reshape(-1)
    sure = evidence > np.log(LEAST_SCORE / (1 - LEAST_SCORE))
    if not sure.any():
        return np.empty((0, 8, 2), np.float32)
    faces = boxes.reshape(-1, 8, 2)[sure]
    faces[:, [0, 2, 3, 4, 5, 6, 7]] += _anchors(network)[sure, None]
    merged = _merged(faces, 1 / (1 + np.exp(-evidence[sure])))
    merged[:, [0, 2, 3, 4, 5, 6, 7]] -= offset
    return merged / scale


def _letterboxed(pixels: Pixels, side: int) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """The picture in the middle of a black square, where in it (x, y), and by how much it was scaled (x, y)."""
    from xaifake.opencv import cv2

    size = np.array(pixels.shape[1::-1])
    scaled = np.maximum(np.rint(size * side / size.max()), 1).astype(int)
    across, down = (side - scaled) // 2
    canvas = np.zeros((side, side, 3), np.float32)
    shrinks = size.max() > side
    canvas[down : down + scaled[1], across : across + scaled[0]] = cv2.resize(
        pixels, scaled.tolist(), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    )
    return canvas, np.array([across, down], np.float32), (scaled / size).astype(np.float32)


@cache
def _anchors(network: _Network) -> NDArray[np.float32]:
    """Anchor centres (x, y) in pixels of the input, (n, 2), in the order of the network's answers."""
    grids = []
    for stride, times in network.grids:
        centres = (np.arange(network.side // stride, dtype=np.float32) + 0.5) * stride
        rows, columns = np.meshgrid(centres, centres, indexing="ij")
        grids.append(np.stack([columns, rows], axis=-1).reshape(-1, 2).repeat(times, axis=0))
    return frozen(np.concatenate(grids))


def _merged(faces: Found, scores: NDArray[np.float32]) -> Found:
    """One face for each group of overlapping boxes: their mean weighted by score (BlazeFace, §3 "post-processing")."""
    merged = []
    left = np.argsort(-scores, kind="stable")
    while left.size:
        same = _overlaps(faces[left[0]], faces[left]) > SAME_FACE
        same[0] = True  # also where the box has no area
        group = left[same]
        merged.append(np.average(faces[group], axis=0, weights=scores[group]))
        left = left[~same]
    return np.array(merged, np.float32)


def _overlaps(face: Found, others: Found) -> NDArray[np.float32]:
    """Intersection over union of one face's box (8, 2) with each of the others' (n, 8, 2): (n,)."""
    low = np.maximum(face[0] - face[1] / 2, others[:, 0] - others[:, 1] / 2)
    high = np.minimum(face[0] + face[1] / 2, others[:, 0] + others[:, 1] / 2)
    shared = np.maximum(high - low, 0).prod(axis=-1)
    total = face[1].prod() + others[:, 1].prod(axis=-1) - shared
    return np.asarray(shared / np.maximum(total, np.float32(1e-6)), np.float32)


def _box(face: Found, picture: Picture) -> Box | None:
    """The widened box within the picture; none where it lies wholly outside."""
    half = face[1] * WIDENED / 2
    limits = (picture.width, picture.height)
    left, top = np.clip(np.rint(face[0] - half), 0, limits).astype(int).tolist()
    right, bottom = np.clip(np.rint(face[0] + half), 0, limits).astype(int).tolist()
    return Box(top, left, bottom, right) if bottom > top and right > left else None
