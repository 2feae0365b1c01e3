"""One face for all: where each place about a face lies on a canonical one, so that maps of many pictures can be averaged."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.faces import outlines
from xaifake.faces._mean_mesh import THOUSANDTHS
from xaifake.faces.mesh import OUTER_CORNERS, Points, levelling
from xaifake.faces.parts import parts_of
from xaifake.records import CANONICAL, Attribution, Labels, Map

FINE = 3
"""Each cell of the canonical face is looked up at FINE × FINE places."""
REACH = 0.3
"""How far beyond the face's edge the head's surroundings still move with it, in distances of the edge from the middle; where
the picture ends sooner, `MOST` of the way there."""
MOST = 0.5
EDGE = 1e-6
"""Rounding, in cells: of a turned head's square, corners lie on the middle of the picture's border, with no area."""
STOPS = np.arange(32) / 8
"""Places along the border of the picture that lie on the canonical square's border, in sides from the first corner."""

Places = NDArray[np.float64]
"""(x, y), (n, 2), in sides of a box."""


def canonical_of(attribution: Attribution, landmarks: Points) -> Map:
    """A map laid on the canonical face: float32 (28, 28), in the map's unit per cell of its own.

    Points of the mesh come to lie on those of a mean frontal mesh, the picture's border on the square's border, and
    between them places are carried by the triangles that they lie in (piecewise affine). Each cell is the mean of what the
    map says at its places, so a map that is even stays even, whatever is enlarged. Where the face is turned away, and
    beyond the map, there is no evidence: 0. Hair, background and frame are kept.
    The canonical face stands upright however the head does; its left eye is the one on the left once that is upright too.

    Source: Canonical Saliency Maps (John, Balasubramanian and Jawahar 2021, IEEE T-BIOM 3(4), arXiv:2105.01386), which lays
    saliency maps on one face model, for one picture and averaged over many. Here the face model is flat, and what lies
    about the face is kept.

    Args:
        attribution: of the pixel domain.
        landmarks: of its face, (468, 2), (x, y) in pixels of the picture.

    Raises:
        UsageError: the map lies in another domain than the picture.
    """
    attribution.lies_on("the canonical face")
    box, (rows, columns) = attribution.box, attribution.grid
    mesh = (landmarks - (box.left, box.top)) / (box.width, box.height)
    net = _net(_anchors(mesh, _turns(landmarks))) * (columns, rows)
    falling, rising = net[1:, 1:] - net[:-1, :-1], net[:-1, 1:] - net[1:, :-1]
    areas = falling[..., 1] * rising[..., 0] - falling[..., 0] * rising[..., 1]
    places = (net[1:, 1:] + net[:-1, :-1] + net[:-1, 1:] + net[1:, :-1]) / 4
    within = ((places > -EDGE) & (places < (columns + EDGE, rows + EDGE))).all(axis=2)
    x, y = places.clip(0, (columns - 1, rows - 1)).astype(np.int64).transpose(2, 0, 1)
    said = np.where(within & (areas > -EDGE), attribution.values[y, x], 0)  # turned over is turned away
    return np.asarray(said.reshape(CANONICAL, FINE, CANONICAL, FINE).mean(axis=(1, 3)), np.float32)


@cache
def canonical_mesh() -> Points:
    """The canonical face's 468 points, float32 (468, 2), (x, y) in sides of the square."""
    mesh = np.asarray(np.array(THOUSANDTHS.split(), np.float32).reshape(-1, 2) / 1000, np.float32)
    mesh.setflags(write=False)
    return mesh


@cache
def canonical_parts() -> Labels:
    """The part of each cell of the canonical face, int32 (28, 28), as `xaifake.faces.parts.parts_of` numbers them."""
    labels = parts_of(canonical_mesh() * CANONICAL, (CANONICAL, CANONICAL))
    labels.setflags(write=False)
    return labels


def canonical_outline() -> tuple[tuple[tuple[float, float], ...], ...]:
    """The lines of the canonical face, to be drawn under maps: face, brows, eyes, nose, lips; (x, y) in 0..1 each."""
    mesh = canonical_mesh()
    return tuple(tuple((round(float(x), 3), round(float(y), 3)) for x, y in mesh[list(line)]) for line in outlines.LINES)


def _turns(landmarks: Points) -> float:
    """How far the head is turned in the picture, in quarters."""
    across, down = levelling(*landmarks[list(OUTER_CORNERS)])[0]
    return float(np.arctan2(down, across)) / (np.pi / 2)


def _anchors(mesh: NDArray[np.floating], turns: float) -> Places:
    """The points that are brought onto each other: of the mesh, of the head about it, and of the box's border."""
    return np.concatenate([mesh[list(_outlined())], _surroundings(mesh), _border(STOPS + turns)])


@cache
def _outlined() -> tuple[int, ...]:
    """The points that part the face; all 468 fold more where a head is turned, and serve the parts no better."""
    named = (outlines.FACE, *outlines.BROWS, *outlines.EYES, outlines.NOSE, outlines.MOUTH)
    return tuple(sorted({point for outline in named for point in outline}))


def _surroundings(mesh: NDArray[np.floating]) -> Places:
    """The face's edge moved outwards."""
    middle, edge = mesh.mean(axis=0), mesh[list(outlines.FACE)]
    outwards = edge - middle
    room = np.where(outwards > 0, 1 - edge, edge) / np.maximum(np.abs(outwards), 1e-6)
    return np.asarray(edge + np.clip(MOST * room.min(axis=1), 0, REACH)[:, None] * outwards)


def _border(stops: NDArray[np.float64]) -> Places:
    """Places on the border of the unit square, by their way along it in sides, clockwise from its first corner."""
    x = np.clip(1.5 - np.abs(stops % 4 - 1.5), 0, 1)
    y = np.clip(1.5 - np.abs((stops - 1) % 4 - 1.5), 0, 1)
    return np.stack([x, y], axis=1)


def _net(anchors: Places) -> NDArray[np.float64]:
    """Where the corners of the canonical square's fine cells lie, (85, 85, 2), given the anchors."""
    side = CANONICAL * FINE + 1
    return np.asarray(_weights() @ anchors).reshape(side, side, 2)


@cache
def _weights() -> Any:
    """How much of each anchor goes into the place of each fine cell's corner: sparse (7225, anchors), three a row."""
    from scipy.sparse import csr_array
    from scipy.spatial import Delaunay

    side = np.linspace(0, 1, CANONICAL * FINE + 1)
    places = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    anchors = _anchors(canonical_mesh(), 0.0)
    triangles = Delaunay(anchors)
    within = triangles.find_simplex(places, tol=1e-9)
    turned = triangles.transform[within]
    first = np.einsum("nij,nj->ni", turned[:, :2], places - turned[:, 2])
    weights = np.column_stack([first, 1 - first.sum(axis=1)])
    starts = np.arange(0, weights.size + 1, 3)
    return csr_array((weights.ravel(), triangles.simplices[within].ravel(), starts), shape=(len(places), len(anchors)))
