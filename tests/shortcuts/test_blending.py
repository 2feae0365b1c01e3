"""A face blended into itself: an edge, and nothing of anybody else."""

from __future__ import annotations

import numpy as np
import pytest
from engines import linear
from meshes import mesh_on
from shortcut_trials import labels_of, noisy, scores, seen, trials
from synthetic import astronaut

from xaifake.records import Box
from xaifake.shortcuts.blending import CONTROL, FEATHERS, Blending

pytestmark = pytest.mark.slow

LABELS = labels_of(30, 30)
FACE = Box(40, 50, 150, 140)


def copies(seed: int = 0, landmarks: np.ndarray | None = None):
    return Blending().changed(linear(), seen(landmarks=landmarks), None, np.random.default_rng(seed))


def test_the_face_is_the_controls_and_the_rest_the_pictures() -> None:
    """The control changes all of it."""
    found = copies(landmarks=mesh_on(FACE))
    for name in FEATHERS:
        assert np.allclose(found[CONTROL][85:100, 90:105], found[name][85:100, 90:105], atol=0.1)
        assert np.array_equal(astronaut()[:15], found[name][:15])
    assert np.abs(found[CONTROL] - astronaut()).mean() > 5


def test_edges_are_drawn_anew_for_each_picture() -> None:
    """By its own generator alone."""
    first, again, other = (copies(seed, mesh_on(FACE))["sharp_edge"] for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_without_a_mesh_nothing_is_blended() -> None:
    """And the test says that it could not be made."""
    assert {} == copies()
    found = Blending().judged(trials({}, LABELS), scores(LABELS), 0)
    assert ("not tested", "not_made") == (found.outcome, found.reason)


def test_only_edges_that_move_real_pictures_toward_fake_count() -> None:
    """Not the change without an edge, and not what FAKE pictures do."""
    still = noisy(0, 60, 4, 0.05)

    def outcome(soft: np.ndarray, sharp: np.ndarray, control: np.ndarray = still) -> str:
        sample = trials({"soft_edge": soft, "sharp_edge": sharp, CONTROL: control}, LABELS)
        return Blending().judged(sample, scores(LABELS), 0).outcome

    up, fake_alone = noisy(2, 60), np.concatenate([noisy(0, 30), noisy(3, 30)])
    assert ["confirmed", "confirmed"] == [outcome(still, up), outcome(up, still)]
    assert ["not seen"] * 3 == [outcome(up, up, up), outcome(-up, -up), outcome(fake_alone, fake_alone)]
