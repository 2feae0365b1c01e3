"""Background, border and colour: what of another picture comes, and that the face stays."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from engines import linear
from meshes import mesh_on
from shortcut_trials import Shown, labels_of, noisy, scores, seen, trials
from synthetic import astronaut

from xaifake.faces.head import head_of
from xaifake.opencv import cv2
from xaifake.records import Box
from xaifake.shortcuts._faces import laid, mirrored
from xaifake.shortcuts.background import Background
from xaifake.shortcuts.border import FRAME, Border
from xaifake.shortcuts.colour import Colour, toned

RANDOM = np.random.default_rng(0)
LABELS = labels_of(30, 30)
FACE = Box(40, 50, 150, 140)


def one() -> Shown:
    return seen(landmarks=mesh_on(FACE))


def other() -> Shown:
    """Another picture, whose face lies elsewhere."""
    return seen(np.full((192, 192, 3), (200, 40, 90), np.uint8), mesh_on(Box(60, 40, 180, 150)))


def test_the_face_stays_and_the_background_comes() -> None:
    """Far from the seam, to the last bit and in full."""
    copies = Background().changed(linear(), one(), other(), RANDOM)
    copy = copies["other_background"]
    across, down = mesh_on(FACE).mean(axis=0).astype(int)
    middle = (slice(down - 8, down + 8), slice(across - 8, across + 8))
    assert np.allclose(astronaut()[middle], copy[middle], atol=0.01)
    assert np.allclose((200, 40, 90), copy[:10, :10], atol=0.01)


def test_the_control_is_the_picture_mirrored_about_its_face() -> None:
    """What lies between the eyes stays there, and what is left of them comes to their right."""
    mesh = mesh_on(FACE)
    head = head_of(mesh)
    level = head.turn[0]  # across the face, which is a little turned

    def spot(place: np.ndarray) -> np.ndarray:
        pixels = np.zeros((192, 192, 3), np.float32)
        cv2.circle(pixels, np.rint(place - 0.5).astype(int).tolist(), 3, (255, 255, 255), -1)
        back = laid(np.ascontiguousarray(pixels[:, ::-1]), mirrored(head, 192), head)
        rows, columns = np.nonzero(back[..., 0] > 127)
        return np.array([columns.mean() + 0.5, rows.mean() + 0.5])

    assert np.allclose(head.middle, spot(head.middle), atol=1)
    assert np.allclose(head.middle + 60 * level, spot(head.middle - 60 * level), atol=2)


@pytest.mark.parametrize(
    ("first", "second"),
    [(seen(), other()), (one(), None), (one(), seen()), (seen(landmarks=mesh_on(Box(-200, -200, 392, 392))), other())],
)
def test_without_faces_partner_or_background_nothing_is_laid(first, second) -> None:
    """And the test says so."""
    assert {} == Background().changed(linear(), first, second, RANDOM)


def test_the_frame_alone_is_replaced() -> None:
    """By another's, by its own mirror image, by what lies inside."""
    copies = Border().changed(linear(size=(192, 192)), one(), other(), RANDOM)
    pixels, width = astronaut().astype(np.float32), round(FRAME * 192)
    inner = (slice(width, -width), slice(width, -width))
    for name in ("other_frame", "own_frame", "inside_frame"):
        assert np.array_equal(pixels[inner], copies[name][inner])
    assert np.array_equal(np.broadcast_to(np.float32((200, 40, 90)), (width, 192, 3)), copies["other_frame"][:width])
    assert np.array_equal(pixels[:width, ::-1], copies["own_frame"][:width])
    assert np.array_equal(pixels[width, width:-width], copies["inside_frame"][width - 1, width:-width])


def test_a_whole_picture_is_cut_wider_by_its_mirror_image() -> None:
    """And tighter by less of itself; a face in a picture by more of that."""
    engine = linear(size=(192, 192))
    copies = Border().changed(engine, one(), None, RANDOM)
    assert {"own_frame", "inside_frame", "wider", "tighter"} == set(copies)
    inside = dataclasses.replace(one().view.face, box=Box(50, 50, 150, 150))
    (view,) = engine.view([inside])
    wider = Border().changed(engine, Shown(view), None, RANDOM)["wider"]
    (expected,) = engine.view([dataclasses.replace(inside, box=Box(40, 40, 160, 160))])
    assert np.array_equal(expected.pixels, wider)


def test_tone_is_the_partners() -> None:
    """Mean and contrast of each channel, as far as 0 to 255 allows."""
    first, like = RANDOM.uniform(80, 120, (40, 40, 3)), RANDOM.uniform(100, 160, (40, 40, 3))
    copy = toned(first.astype(np.float32), like.astype(np.float32))
    assert np.allclose(like.mean((0, 1)), copy.mean((0, 1)), atol=0.1)
    assert np.allclose(like.std((0, 1)), copy.std((0, 1)), atol=0.1)


def test_colours_change_and_all_else_stays() -> None:
    """Grey has no colour, swapped channels are swapped, gammas go up and down."""
    copies = Colour().changed(linear(), one(), None, RANDOM)
    pixels = astronaut().astype(np.float32)
    assert np.ptp(copies["grey"], axis=2).max() == 0
    assert np.array_equal(pixels[..., ::-1], copies["swapped"])
    assert copies["darker"].mean() < pixels.mean() < copies["lighter"].mean()
    assert "other_tone" not in copies


@pytest.mark.parametrize(
    ("test", "change", "control"),
    [
        (Background(), "other_background", "own_mirrored"),
        (Border(), "other_frame", "own_frame"),
        (Colour(), "other_tone", None),
    ],
)
def test_scores_that_go_with_the_partners_are_a_shortcut(test, change: str, control: str | None) -> None:
    """Not those that move any other way, and not those that the seam moves as much."""
    toward = np.concatenate([noisy(2, 30), noisy(-2, 30)])
    unmoved = {name: noisy(0, 60, 7, 0.05) for name in ("own_mirrored", "own_frame", "inside_frame", "grey")}

    def outcome(**after: np.ndarray) -> str:
        return test.judged(trials(unmoved | after, LABELS), scores(LABELS), 0).outcome

    assert "confirmed" == outcome(**{change: toward})
    assert "not seen" == outcome(**{change: -toward})
    assert "not seen" == outcome(**{change: noisy(2, 60)})
    if control is not None:
        assert "not seen" == outcome(**{change: toward, control: toward})


def test_without_labels_border_and_colour_still_speak() -> None:
    """The background does not."""
    nobody = labels_of(0, 0, 40)
    before = np.random.default_rng(5).normal(0, 1, 40)
    nothing = np.full(40, np.nan)
    sample = trials(
        dict.fromkeys(("other_background", "own_mirrored", "other_frame", "own_frame", "other_tone"), nothing)
        | {"inside_frame": noisy(2, 40), "grey": noisy(0, 40)},
        nobody,
        before,
    )
    found = {test: test.judged(sample, scores(nobody), 0) for test in (Background(), Border(), Colour())}
    assert ["not tested", "confirmed", "not seen"] == [one.outcome for one in found.values()]
    assert "no_labels" == found[Background()].reason
