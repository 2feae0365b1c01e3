"""What explaining a thousand pictures costs over scoring them: ``python benchmarks/many.py [DETECTOR ...]``.

Explaining is `explain_many` with Grad-CAM, and of each case the share of the map on every part of the face. Scoring is bare:
pictures are read, brought to the detector's size and scored in full batches, one step after the other. Both run on the same
runtime and take turns over slices of the same pictures. Then all pictures are explained in one go, and memory is read on the
way. A second table tells what each step costs a picture, one after another in one thread.
"""

from __future__ import annotations

import dataclasses
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from measuring import BARE, publish, ratio, rounds, saved_mobilenet

import xaifake
from xaifake.audit.cases import explain_many
from xaifake.explainers.gradcam import GradCAM
from xaifake.faces.locators.blazeface import BlazeFace
from xaifake.faces.mesh import landmarks_of
from xaifake.faces.shares import shares_of
from xaifake.game.region_game import new_game
from xaifake.images import read_picture
from xaifake.memory import resident
from xaifake.records import Face, Failure

DATA = Path(os.environ.get("XAIFAKE_DATA", Path(__file__).parents[2] / "shared" / "data"))
PICTURES, SLICES, STEPS = 1000, 5, 64
RUNTIMES = ("onnxruntime", "tensorflow")
GOAL = 1.6
DETECTORS: dict[str, Callable[[], tuple[Path, dict[str, Any]]]] = {
    "nested MobileNetV2-224": lambda: (saved_mobilenet(), {"crop": "whole"}),
    "dbhade_rescaling": lambda: (DATA / "detectors" / "dbhade_rescaling.h5", {"crop": "whole", "range": (0, 255)}),
}


def main() -> None:
    files = sorted((DATA / "faces" / "kaggle_256" / "train").rglob("*.jpg"))
    paths = files[:: len(files) // PICTURES][:PICTURES]
    rows: list[dict[str, object]] = []
    steps: list[dict[str, object]] = []
    raw: dict[str, object] = {}
    for name in sys.argv[1:] or DETECTORS:
        model, fields = DETECTORS[name]()
        for runtime in RUNTIMES:
            detector = xaifake.load_detector(model, runtime=runtime, **fields)
            seconds = rounds(rivals(detector, paths), SLICES)
            held = [round(size / 1e6) for size in memory(detector, paths)]
            raw[f"{name}, {runtime}"] = {"seconds": seconds, "megabytes": held}
            rows.append(row(name, runtime, seconds, held))
            steps.append({"detector": name, "runtime": runtime} | costs(detector, paths[:STEPS]))
    publish("many", f"{len(paths)} pictures: Grad-CAM and part shares over bare decoding and scoring", rows, raw=raw)
    publish("many_steps", "What each step costs a picture, in milliseconds of one thread and of the runtime", steps)


def rivals(detector: xaifake.Detector, paths: Sequence[Path]) -> dict[str, Callable[[], object]]:
    """Each takes the next slice of the pictures when it is called; the first slice twice, the first time not counted."""
    size = len(paths) // SLICES
    slices = [paths[start : start + size] for start in range(0, len(paths), size)]
    bare, explained = iter([slices[0], *slices]), iter([slices[0], *slices])
    return {
        "bare": lambda: score(detector, next(bare)),
        "explained": lambda: sum(1 for _ in explain(detector, next(explained))),
    }


def score(detector: xaifake.Detector, paths: Sequence[Path]) -> None:
    for start in range(0, len(paths), detector.batch):
        pictures = [read_picture(path) for path in paths[start : start + detector.batch]]
        views = detector.view([detector.faces(picture)[0] for picture in pictures])
        detector.score(np.stack([view.pixels for view in views]))


def explain(detector: xaifake.Detector, paths: Sequence[Path]) -> Iterator[object]:
    """The part shares of each picture; None where there is no mesh."""
    for case in explain_many(detector, paths, methods=["gradcam"], **BARE):
        if isinstance(case, Failure):
            raise case.cause
        landmarks = case.face.landmarks
        yield None if landmarks is None else shares_of(case.attributions["gradcam"], landmarks)


def memory(detector: xaifake.Detector, paths: Sequence[Path]) -> list[int]:
    """Bytes that the process holds after each slice, where all pictures are explained in one go."""
    done = explain(detector, paths)
    return [resident() for _ in range(SLICES) if sum(1 for _ in islice(done, len(paths) // SLICES))]


def costs(detector: xaifake.Detector, paths: Sequence[Path]) -> dict[str, float]:
    """Milliseconds a picture of each step, with all pictures in it before the next begins."""
    taken: dict[str, float] = {}

    def timed(step: str, work: Callable[[], list[Any]]) -> list[Any]:
        started = time.perf_counter()
        done = work()
        taken[step] = round(1000 * (time.perf_counter() - started) / len(paths), 2)
        return done

    pictures = timed("decode", lambda: [read_picture(path) for path in paths])
    faces: list[Face] = [detector.faces(picture)[0] for picture in pictures]
    found = timed("locate", lambda: [BlazeFace().largest(picture) for picture in pictures])
    known = [
        dataclasses.replace(face, keypoints=largest.keypoints if largest else None)
        for face, largest in zip(faces, found, strict=True)
    ]
    meshes = timed("mesh", lambda: [landmarks_of(face) for face in known if face.keypoints is not None])
    views = timed("view", lambda: detector.view(faces))
    batches = [np.stack([v.pixels for v in views[i : i + detector.batch]]) for i in range(0, len(views), detector.batch)]
    timed("score", lambda: [detector.score(batch) for batch in batches])
    timed("tap", lambda: [detector.tap(batch) for batch in batches])
    maps = timed("Grad-CAM", lambda: GradCAM().explain(detector, [new_game(view) for view in views], seed=0))
    timed("shares", lambda: [shares_of(*each) for each in zip(maps, meshes, strict=False) if each[1] is not None])
    return taken


def row(name: str, runtime: str, seconds: dict[str, list[float]], held: Sequence[int]) -> dict[str, object]:
    return {
        "detector": name,
        "runtime": runtime,
        **{f"{rival}, ms a picture": round(1000 * sum(taken) / PICTURES, 1) for rival, taken in seconds.items()},
        "ratio": f"{ratio(seconds['explained'], seconds['bare']):.2f}",
        "goal": f"≤ {GOAL}",
        "MB held after each fifth": ", ".join(map(str, held)),
    }


if __name__ == "__main__":
    main()
