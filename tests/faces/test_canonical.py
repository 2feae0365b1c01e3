"""The canonical face: planted maps keep their part, even maps stay even, and what lies about the face is on the square."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from xaifake.errors import UsageError
from xaifake.faces.canonical import canonical_mesh, canonical_of, canonical_outline, canonical_parts
from xaifake.faces.mesh import OUTER_CORNERS, landmarks_of, levelling
from xaifake.faces.parts import PARTS, parts_of
from xaifake.images import read_picture
from xaifake.records import Attribution, Box, Face

BOX = Box(20, 60, 220, 260)
SIZE = 300, 300


def turned(quarters: float, scale: float = 1.0, middle: tuple[float, float] = (160, 120)) -> NDArray[np.float32]:
    """The canonical mesh in a picture: turned clockwise about its middle, in `BOX`'s scale or another."""
    angle = quarters * np.pi / 2
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    mesh = canonical_mesh().astype(np.float64)
    return ((mesh - mesh.mean(axis=0)) * 200 * scale @ turn + middle).astype(np.float32)


def in_box(landmarks: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Points in cells of a grid over `BOX`."""
    return ((landmarks - (BOX.left, BOX.top)) / (BOX.width, BOX.height) * shape[::-1]).astype(np.float32)


def laid(values: NDArray[np.float64], landmarks: NDArray[np.float32], domain: str = "pixel") -> NDArray[np.float32]:
    made = Attribution("gradcam", values.astype(np.float32), "logit", domain, BOX, SIZE, {}, None, 1)
    return canonical_of(made, landmarks)


def test_the_canonical_face_lies_on_itself() -> None:
    """A map of 28 × 28 about an upright face of the canonical size, in its place, is left as it is."""
    values = np.random.default_rng(0).normal(size=(28, 28))

    found = laid(values, (canonical_mesh() * 200 + (BOX.left, BOX.top)).astype(np.float32))

    assert found.dtype == np.float32
    np.testing.assert_allclose(found, values, atol=1e-5)


@pytest.mark.parametrize("quarters", [-0.3, 0.0, 0.2, 0.45, 1.0, 2.0])
@pytest.mark.parametrize("part", ["left eye", "nose", "mouth", "forehead", "chin and jaw"])
def test_evidence_on_a_part_lies_on_that_part_of_the_canonical_face(part: str, quarters: float) -> None:
    """A map of one part alone, however the head is turned in the picture: it is found there, to within a cell's width."""
    landmarks = turned(quarters, 0.8)
    labels = parts_of(in_box(landmarks, (112, 112)), (112, 112))
    expected = {"left eye": "right eye"}.get(part, part) if quarters == 2 else part

    found = laid((labels == PARTS.index(part)).astype(float), landmarks)

    here = canonical_parts() == PARTS.index(expected)
    grown = here | np.roll(here, 1, 0) | np.roll(here, -1, 0) | np.roll(here, 1, 1) | np.roll(here, -1, 1)
    assert found[grown].sum() > 0.9 * found.sum()


@pytest.mark.parametrize("quarters", [0.0, 0.25, 1.0, -0.7])
@pytest.mark.parametrize(("scale", "middle"), [(1.0, (160, 120)), (0.5, (130, 150))])
def test_an_even_map_stays_even(scale: float, middle: tuple[float, float], quarters: float) -> None:
    """However small the face is in the box, and however turned: nothing becomes stronger by being enlarged."""
    found = laid(np.full((7, 7), -0.25), turned(quarters, scale, middle))

    np.testing.assert_allclose(found, -0.25)


def test_beyond_the_map_there_is_no_evidence() -> None:
    """A face larger than its box: what lies within says what it says, the rest nothing."""
    found = laid(np.ones((7, 7)), turned(0, 2.5))

    assert found[14, 14] == 1
    assert (found[canonical_parts() == PARTS.index("chin and jaw")] < 0.5).any()


def test_the_frame_stays_the_frame() -> None:
    """Evidence along the box's edge alone lies along the square's, and a corner's in that corner."""
    frame, corner = np.zeros((2, 28, 28))
    frame[[0, -1]] = frame[:, [0, -1]] = 1
    corner[0, 0] = 1
    edge = np.ones((28, 28), bool)
    edge[2:-2, 2:-2] = False
    mesh = turned(0, 0.6, (150, 130))

    found = laid(frame, mesh)

    assert found[edge].sum() > 0.99 * found.sum()
    assert laid(corner, mesh)[:3, :3].sum() == laid(corner, mesh).sum() > 0


def test_a_mirrored_picture_gives_a_mirrored_map() -> None:
    """Neither side of the canonical face is preferred."""
    values, mesh = np.random.default_rng(2).normal(size=(7, 7)), turned(0.1, 0.7, (140, 125))
    mirrored = mesh.copy()
    mirrored[:, 0] = BOX.left + BOX.right - mirrored[:, 0]
    pairs = np.abs(canonical_mesh()[:, None] - ([1, 0] + [-1, 1] * canonical_mesh())[None]).sum(axis=2).argmin(axis=0)

    found = laid(values[:, ::-1], mirrored[pairs])

    np.testing.assert_allclose(found[:, ::-1], laid(values, mesh), atol=0.05)


def test_signs_are_kept() -> None:
    """Evidence for REAL is carried with its sign, and an empty map stays empty."""
    values = np.zeros((7, 7))
    values[3, 3] = -2

    assert laid(values, turned(0)).min() == -2
    assert laid(values, turned(0)).max() == 0
    assert not laid(np.zeros((7, 7)), turned(0)).any()


@pytest.mark.parametrize("grid", [(1, 1), (3, 5), (224, 224)])
@pytest.mark.parametrize(
    "landmarks",
    [turned(0, 8.0), turned(0, 0.05), turned(0, 1.0, (-500, -500)), np.full((468, 2), 100, np.float32)],
    ids=["huge", "tiny", "elsewhere", "a point"],
)
def test_no_mesh_breaks_it(landmarks: NDArray[np.float32], grid: tuple[int, int]) -> None:
    """Larger than the box, small, beside it, without extent: numbers between those of the map and 0, no warning."""
    found = laid(np.ones(grid), landmarks)

    assert found.shape == (28, 28)
    assert ((found >= 0) & (found <= 1)).all()


def test_a_map_of_another_domain_is_refused() -> None:
    """Frequencies have no place on a face."""
    with pytest.raises(UsageError, match="Only a map of the pixel domain lies on the canonical face"):
        laid(np.ones((8, 8)), turned(0), "dct")


def test_the_outline_is_drawn_on_the_square() -> None:
    """Eight lines within 0..1, the face's edge closed, its mirror image the same."""
    lines = canonical_outline()

    assert len(lines) == 8
    assert lines[0][0] == lines[0][-1]
    assert all(0 <= value <= 1 for line in lines for point in line for value in point)
    face = {(round(1 - x, 3), y) for x, y in lines[0]}
    assert face == set(lines[0])


def test_real_faces_keep_their_parts(data: Path) -> None:
    """On real faces turned to a side, seven tenths of the evidence planted on eyes, nose and mouth are found there."""
    kept = []
    for path in sorted((data / "faces/kaggle_256/train/real").iterdir())[:120]:
        picture = read_picture(path)
        face = Face(picture, Box(0, 0, 256, 256), "whole")
        mesh = landmarks_of(face)
        if mesh is None or not _sideways(mesh):
            continue
        labels = parts_of(mesh * (56 / 256), (56, 56))
        for part in ("left eye", "right eye", "nose", "mouth"):
            mask = labels == PARTS.index(part)
            if mask.sum() >= 12:
                made = Attribution("gradcam", mask.astype(np.float32), "logit", "pixel", face.box, (256, 256), {}, None, 1)
                found = canonical_of(made, mesh)
                kept.append(found[canonical_parts() == PARTS.index(part)].sum() / found.sum())

    assert len(kept) > 40
    assert np.mean(kept) > 0.7


def _sideways(mesh: NDArray[np.float32]) -> bool:
    """Whether the nose lies far from the middle of the face's sides."""
    level = mesh @ levelling(*mesh[list(OUTER_CORNERS)]).T
    nose, left, right = level[[1, 234, 454], 0]
    return bool(abs(nose - (left + right) / 2) > 0.3 * (right - left))
