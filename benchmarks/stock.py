"""Four methods on one face, beside stock lime and shap: ``python benchmarks/stock.py [cnn]``.

Ours are Grad-CAM, SHAP, LIME and the part table with their default budgets, on the runtime that loading chooses and on
TensorFlow; theirs are `peers/stock.py` in an environment of its own, lime and shap at 1,000 calls each as their tutorials
ask them. All sides load the same file and explain the same pixels: a nested MobileNetV2-224 of random weights, or with
``cnn`` the trained detector of `train_reacting_detector`, since when ours stop depends on the game. Everything is warm:
rounds take turns after one that does not count.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from measuring import BARE, CACHE, publish, ratio, rounds, saved_mobilenet
from numpy.typing import NDArray
from rivals import Peer, environment

import xaifake

METHODS = ("gradcam", "shap", "lime", "parts")
RUNTIMES = ("auto", "tensorflow")
CALLS, ROUNDS, GOAL = 1000, 3, 8
THEIRS = {"lime": "stock lime", "shap": "stock shap Partition"}
TITLES = {"mobilenet": "nested MobileNetV2-224, random weights", "cnn": "trained CNN of six convolutions, 192 pixels"}


def main(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XAIFAKE_CACHE"] = folder  # so that the runtime is chosen here and now
        measure(name)


def measure(name: str) -> None:
    from PIL import Image

    path, face, fields = SUBJECTS[name]()
    picture = path.with_suffix(".png")
    Image.fromarray(face).save(picture)
    low, high = fields["range"]
    ours = {runtime: xaifake.load_detector(path, crop="whole", runtime=runtime, **fields) for runtime in RUNTIMES}
    said: dict[str, Any] = {}

    def noting(what: str, ask: Callable[..., Any], *given: object, **options: object) -> Callable[[], None]:
        def run() -> None:
            said[what] = ask(*given, **options)

        return run

    with Peer(environment("stock"), "stock.py", path, picture, str((high - low) / 255)) as stock:
        rivals = {task: noting(task, stock.run, task, calls=CALLS) for task in THEIRS}
        for runtime, detector in ours.items():
            rivals[runtime] = noting(runtime, xaifake.explain, detector, face, methods=METHODS, **BARE)
        seconds = rounds(rivals, ROUNDS)
    theirs = [sum(together) for together in zip(*(seconds[task] for task in THEIRS), strict=True)]
    rows: list[dict[str, object]] = [
        {"what": f"{THEIRS[task]} {CALLS:,}", "seconds": statistics.median(seconds[task]), "forward passes": said[task]}
        for task in THEIRS
    ]
    rows.append({"what": "both", "seconds": statistics.median(theirs), "forward passes": sum(said[task] for task in THEIRS)})
    rows += [row(runtime, said[runtime], seconds[runtime], theirs) for runtime in ours]
    publish(
        "stock" if name == "mobilenet" else f"stock_{name}",
        f"Grad-CAM, SHAP, LIME and part table of one face, beside stock lime and shap ({TITLES[name]})",
        rows,
        raw={"seconds": seconds, "stopped": {runtime: stops(said[runtime]) for runtime in ours}},
        peers={"stock": stock.versions},
    )


def row(asked: str, case: xaifake.Case, seconds: list[float], theirs: list[float]) -> dict[str, object]:
    chosen = f"{asked}: {case.runtime}" if asked == "auto" else case.runtime
    return {
        "what": f"xaifake {', '.join(case.attributions)} ({chosen})",
        "seconds": statistics.median(seconds),
        "forward passes": case.forwards,
        "calls asked": case.asked,
        "of them known": case.saved,
        "stock / ours": ratio(theirs, seconds),
        "goal": f"≥ {GOAL}",
    }


def stops(case: xaifake.Case) -> dict[str, object]:
    """Calls of each method, and why no more were asked."""
    told = case.attributions.items()
    return {name: {"calls": one.calls, "known": one.saved, "stopped": one.stopped} for name, one in told}


def nested_mobilenet() -> tuple[Path, NDArray[np.uint8], dict[str, Any]]:
    from skimage.data import astronaut

    return saved_mobilenet(), np.ascontiguousarray(astronaut()[:224, 110:334]), {"range": (0, 255)}


def trained_cnn() -> tuple[Path, NDArray[np.uint8], dict[str, Any]]:
    from skimage.data import astronaut
    from train_reacting_detector import reacting_detector

    detector = reacting_detector("cnn")
    path = CACHE / "models" / "cnn.keras"
    if not path.is_file() or path.stat().st_mtime < (CACHE / "cnn.weights.h5").stat().st_mtime:
        path.parent.mkdir(parents=True, exist_ok=True)
        detector.model.save(path)
    (view,) = detector.view([detector.faces(astronaut())[0]])
    return path, view.pixels.round().astype(np.uint8), {"range": (0, 1)}


SUBJECTS = {"mobilenet": nested_mobilenet, "cnn": trained_cnn}
"""The model's file, the face as it receives it, and what the contract states of it."""

if __name__ == "__main__":
    main(*(sys.argv[1:] or ["mobilenet"]))
