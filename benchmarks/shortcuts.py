"""Shortcut tests put to planted detectors: ``python benchmarks/shortcuts.py [matrix] [alarms] [power]``.

Which tests each planted shortcut raises, how often clean detectors raise any, and how many pictures each shortcut takes. On
real faces of Kaggle's set where the data are there, otherwise on variations of the demo's face.
"""

from __future__ import annotations

import dataclasses
import sys
from collections import Counter
from collections.abc import Sequence

import numpy as np
from measuring import publish
from train_reacting_detector import DATA

from xaifake import plugins
from xaifake.audit.running.stages.shortcuts import ShortcutsStage
from xaifake.audit.selftest.shortcut_features import SIDE
from xaifake.audit.selftest.shortcuts import judged
from xaifake.audit.selftest.takers import TAKERS, variations
from xaifake.faces.mesh import landmarks_of
from xaifake.images import picture_of, read_picture
from xaifake.opencv import cv2
from xaifake.records import Box, Face, Shortcut

MATRIX = 80
"""Pictures of each trial of the matrix, half of them FAKE."""
ALARMS = 60
SEEDS = 20
POWER = (20, 30, 40, 60, 100, 160)
PERSONS, EACH = 12, 10
MARKS = {"confirmed": "◆", "not seen": "·", "not tested": "–"}


def main(tables: Sequence[str]) -> None:
    faces = real_faces() or variations(240, 0)
    if "matrix" in tables:
        publish("shortcuts_matrix", "What each planted shortcut raises", [matrix_row(name, faces) for name in TAKERS])
    if "alarms" in tables:
        clean = [name for name, taker in TAKERS.items() if taker.shortcut is None]
        publish("shortcuts_alarms", "False alarms of clean detectors", [alarms_row(name, faces) for name in clean])
    if "power" in tables:
        own = [name for name, taker in TAKERS.items() if taker.shortcut not in (None, "identity")]
        publish("shortcuts_power", "How many pictures a shortcut takes", [power_row(name, faces) for name in own])


def real_faces() -> list[Face]:
    """REAL pictures of the test set with a mesh, at the planted size."""
    found = []
    for path in sorted((DATA / "faces" / "kaggle_256" / "test" / "real").glob("*")):
        picture = read_picture(path)
        landmarks = landmarks_of(Face(picture, Box(0, 0, picture.height, picture.width), "whole"))
        if landmarks is not None:
            pixels = np.asarray(cv2.resize(picture.pixels, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)
            small = dataclasses.replace(picture_of(pixels, picture.name), format="PNG")
            found.append(Face(small, Box(0, 0, SIDE, SIDE), "whole", landmarks=landmarks * SIDE / picture.width))
    return found


def matrix_row(name: str, faces: Sequence[Face]) -> dict[str, object]:
    """One detector through all tests, on the same pictures; that of persons on several pictures of each."""
    taker = TAKERS[name]
    if taker.shortcut == "identity":
        every = [(copy, f"{person}") for person in range(PERSONS) for copy in copies(faces[person], EACH)]
        found = judged(taker, [face for face, _ in every], 0, identities=[whose for _, whose in every])
    else:
        found = judged(taker, faces[:MATRIX], 0)
    row: dict[str, object] = {"detector": name, "its own": taker.shortcut or "none"}
    return row | {one.name: told(one) for one in found}


def told(one: Shortcut) -> str:
    """The outcome, and where one was sought, the largest shift beyond its control in logits."""
    size = one.measures.get("leading_size")
    return MARKS[one.outcome] + ("" if size is None else f" {size:.1f}")


def copies(face: Face, count: int) -> list[Face]:
    """Pictures of one person: shifted by a few pixels, in another light."""
    made = []
    for number in range(count):
        random = np.random.default_rng([number, 7])
        shift = random.integers(-3, 4, 2)
        moved = np.roll(face.pixels, shift, axis=(0, 1)) * random.uniform(0.85, 1.1)
        pixels = np.clip(np.rint(moved), 0, 255).astype(np.uint8)
        points = np.asarray(face.landmarks) + shift[::-1].astype(np.float32)
        made.append(Face(dataclasses.replace(picture_of(pixels), format="PNG"), face.box, face.locator, landmarks=points))
    return made


def alarms_row(name: str, faces: Sequence[Face]) -> dict[str, object]:
    """How often each test is confirmed, over samples drawn anew."""
    counts: Counter[str] = Counter()
    for seed in range(SEEDS):
        drawn = np.random.default_rng(seed).choice(len(faces), ALARMS, replace=False)
        found = judged(TAKERS[name], [faces[index] for index in drawn], seed)
        counts.update(one.name for one in found if one.outcome == "confirmed")
    return {"detector": name, "samples": SEEDS} | {test: counts[test] for test in plugins.names("shortcut")}


def power_row(name: str, faces: Sequence[Face]) -> dict[str, object]:
    """Of five samples of each size, how many confirm the detector's own shortcut."""
    taker = TAKERS[name]
    row: dict[str, object] = {"detector": name, "test": taker.shortcut}
    for count in POWER:
        seen = 0
        for seed in range(5):
            drawn = np.random.default_rng([seed, count]).choice(len(faces), count, replace=False)
            (one,) = judged(taker, [faces[n] for n in drawn], seed, ShortcutsStage((str(taker.shortcut),), seed))
            seen += one.outcome == "confirmed"
        row[f"{count} pictures"] = f"{seen} of 5"
    return row


if __name__ == "__main__":
    main(sys.argv[1:] or ["matrix", "alarms", "power"])
