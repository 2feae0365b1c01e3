"""Planted shortcuts: each is told by its own test, and detectors that read the face by none."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from xaifake import plugins
from xaifake.audit.running.stages.shortcuts import ShortcutsStage
from xaifake.audit.selftest.shortcut_features import SIDE
from xaifake.audit.selftest.shortcuts import judged, on_takers
from xaifake.audit.selftest.takers import TAKERS, Reader, variations
from xaifake.records import Picture

pytestmark = pytest.mark.slow

OWN = [name for name, taker in TAKERS.items() if taker.shortcut not in (None, "identity")]
CLEAN = [name for name, taker in TAKERS.items() if taker.shortcut is None]
FACES = 40


def test_every_shortcut_test_has_a_detector_that_takes_it() -> None:
    """And two that take none."""
    assert sorted(plugins.names("shortcut")) == sorted(taker.shortcut for taker in TAKERS.values() if taker.shortcut)
    assert 2 == len(CLEAN)


@pytest.mark.parametrize("name", list(TAKERS))
def test_a_planted_detector_tells_its_own_pictures(name: str) -> None:
    """REAL below zero and FAKE above, in the mean by the same, and nearly all of them."""
    faces = variations(FACES, 3)
    real, fake = faces[::2], [TAKERS[name].fake(face, np.random.default_rng(5)) for face in faces[1::2]]
    reader = Reader(TAKERS[name], real, fake)
    low, high = (reader.score(np.stack([face.pixels for face in side]).astype(np.float32)) for side in (real, fake))
    assert pytest.approx([-3.0, 3.0], abs=0.05) == [float(low.mean()), float(high.mean())]
    assert (high[:, None] > low).mean() > (0.6 if TAKERS[name].shortcut == "identity" else 0.75)
    assert {(SIDE, SIDE, 3)} == {face.pixels.shape for face in fake}


@pytest.mark.parametrize("name", OWN)
def test_each_shortcut_raises_its_own_test(name: str) -> None:
    """On forty pictures of one face, half of them FAKE; edges take sixty."""
    own = str(TAKERS[name].shortcut)
    count = 60 if own == "blending" else FACES
    (found,) = judged(TAKERS[name], variations(count, 1), 1, ShortcutsStage((own,), 1))
    assert "confirmed" == found.outcome, found.measures


def test_a_detector_of_persons_raises_the_test_of_identity() -> None:
    """Six persons, each in six lights with either label; a detector that reads a mark does not."""
    random, stage = np.random.default_rng(0), ShortcutsStage(("identity",))
    faces, whose = [], []
    for person, face in enumerate(variations(6, 2)):
        for _ in range(12):
            lit = np.roll(face.pixels, 16 * person, axis=0) * random.uniform(0.9, 1.1)
            picture = Picture(face.picture.name, np.clip(lit, 0, 255).astype(np.uint8), "", format="PNG")
            faces.append(dataclasses.replace(face, picture=picture))
            whose.append(f"{person}")
    outcomes = [judged(TAKERS[name], faces, 0, stage, whose)[0].outcome for name in ("reads whose face it is", CLEAN[0])]
    assert ["confirmed", "not seen"] == outcomes


def test_clean_detectors_raise_none() -> None:
    """As the self test says it, of all tests."""
    findings = list(on_takers(CLEAN))
    assert [True, True] == [finding.right for finding in findings]


def test_the_self_test_tells_a_shortcut_by_its_name() -> None:
    """And leaves persons out, of which the demo shows one."""
    (finding,) = on_takers(["reads the frame", "reads whose face it is"])
    assert (True, "found: border") == (finding.right, finding.found)
