"""Games whose Shapley values are known, of trained detectors on real faces: every answer kept in ``benchmarks/cache``."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from restoration import detector_of
from train_reacting_detector import CACHE, DATA

import xaifake
from xaifake.errors import NoFaceError
from xaifake.faces.groups import grouped
from xaifake.faces.mesh import landmarks_of
from xaifake.faces.parts import parts_of
from xaifake.game.game import play
from xaifake.game.region_game import new_game
from xaifake.images import read_picture
from xaifake.records import Coalitions, View

MOVED = 0.3
"""Least change of the probability from the hidden view to the whole one: below it a game is nearly flat."""
PARTS = 12
REGIONS = 50
KEEP_EVERY = 2500
"""Answers are written to the cache after so many."""
Logits = NDArray[np.float64]


def faces(detector: xaifake.Detector, wanted: int) -> Iterator[tuple[str, View, NDArray[np.float32]]]:
    """The first fakes of ``ciplab/test`` with a mesh whose probability moves by `MOVED` and more: name, view, mesh."""
    for path in sorted((DATA / "faces/ciplab/test/fake").iterdir()):
        try:
            face = detector.faces(read_picture(path))[0]
            face = dataclasses.replace(face, landmarks=landmarks_of(face))
        except NoFaceError:
            continue
        (view,) = detector.view([face])
        game = new_game(view)
        ends = np.repeat([[False], [True]], game.players, axis=1)
        hidden, whole = sigmoid(play(detector, [game], [ends])[0])
        if abs(whole - hidden) > MOVED:
            height, width = view.pixels.shape[:2]
            scale = np.array([width / face.box.width, height / face.box.height])
            yield path.stem, view, (face.landmarks - [face.box.left, face.box.top]) * scale
            wanted -= 1
        if not wanted:
            return


def every_answer(name: str, wanted: int) -> dict[str, Logits]:
    """Of each face the logits of all coalitions of its twelve parts, in the order of `coalitions.every`."""
    kept = CACHE / "convergence" / f"{name}_parts.npz"
    known = dict(np.load(kept)) if kept.is_file() else {}
    if len(known) < wanted:
        detector = detector_of(name)
        codes = np.arange(2**PARTS)[:, None] >> np.arange(PARTS) & 1
        for face, view, mesh in faces(detector, wanted):
            if face not in known:
                labels, _ = grouped(parts_of(mesh.astype(np.float32), view.pixels.shape[:2]), PARTS)
                (known[face],) = play(detector, [new_game(view).among(labels)], [codes.astype(np.bool_)])
                keep(kept, known)
    return dict(list(known.items())[:wanted])


class Known:
    """A game of at least `REGIONS` superpixels whose every answer is kept, so that it is asked once in all runs together.

    Args:
        name: of the detector.
        face: of the picture.
        view: of that face.
    """

    def __init__(self, name: str, face: str, detector: xaifake.Detector, view: View) -> None:
        asked = count(REGIONS)  # SLIC gives fewer than it is asked for
        self.game = next(game for regions in asked if (game := new_game(view, regions=regions)).players >= REGIONS)
        self.detector = detector
        self.path = CACHE / "convergence" / f"{name}_{face}_regions.npz"
        if self.path.is_file():
            with np.load(self.path) as kept:
                names = [row.tobytes() for row in kept["names"]]
                self.game.known.update(zip(names, kept["logits"].tolist(), strict=True))

    def answers(self, coalitions: Coalitions) -> Logits:
        """The logits of coalitions, (N,)."""
        parts = np.array_split(coalitions, -(-len(coalitions) // KEEP_EVERY))
        return np.concatenate([self._some(part) for part in parts])

    def _some(self, coalitions: Coalitions) -> Logits:
        before = self.game.scored
        (logits,) = play(self.detector, [self.game], [coalitions])
        if self.game.scored > before:
            names = np.frombuffer(b"".join(self.game.known), np.uint8).reshape(self.game.scored, -1)
            keep(self.path, {"names": names, "logits": np.array(list(self.game.known.values()))})
        return logits


def known_games(name: str, wanted: int) -> Iterator[Known]:
    """The games of the first faces of `faces`."""
    detector = detector_of(name)
    for face, view, _ in faces(detector, wanted):
        yield Known(name, face, detector, view)


def keep(path: Path, arrays: dict[str, NDArray[np.generic]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **arrays)


def sigmoid(logits: Logits) -> Logits:
    return 1 / (1 + np.exp(-logits))
