"""What the engine adds to bare forward passes: ``python benchmarks/engine.py``.

On either runtime, a nested MobileNetV2-224: N masked scores (regions and fill made, masks painted) against N bare forwards
at the best of three batch sizes; Grad-CAM of a batch against one forward pass of it. Last, the time of ``xaifake --help``.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
from measuring import publish, ratio, rounds, saved_mobilenet

import xaifake
from xaifake.explainers.gradcam import GradCAM
from xaifake.game.game import play
from xaifake.game.region_game import new_game
from xaifake.images import picture_of

RUNTIMES = ("onnxruntime", "tensorflow")
SIZE, MASKS, REGIONS, ROUNDS = 224, 256, 50, 3
BATCHES = (4, 8, 16)


def main() -> None:
    rows: list[dict[str, object]] = []
    raw: dict[str, object] = {}
    for runtime in RUNTIMES:
        detector = xaifake.load_detector(saved_mobilenet(), crop="whole", runtime=runtime)
        raw[runtime] = seconds = rounds(rivals(detector), ROUNDS)
        best = min((f"{MASKS} bare, batch {batch}" for batch in BATCHES), key=lambda bare: statistics.median(seconds[bare]))
        rows += [
            row(f"{MASKS} masked scores / {best}", runtime, ratio(seconds["masks"], seconds[best]), 1.15),
            row(
                f"Grad-CAM of {BATCHES[-1]} pictures / one forward pass of them",
                runtime,
                ratio(seconds["gradcam"], seconds["forward"]),
                1.3,
            ),
        ]
    raw["help"] = started = help_seconds()
    rows.append(row("`xaifake --help`, seconds (whole process)", "", statistics.median(started), 0.4))
    publish("engine", "The engine over bare forward passes (nested MobileNetV2-224)", rows, raw=raw)


def rivals(detector: xaifake.Detector) -> dict[str, Callable[[], object]]:
    random = np.random.default_rng(0)
    pictures = [picture_of(random.integers(0, 256, (SIZE, SIZE, 3), np.uint8)) for _ in range(BATCHES[-1])]
    views = detector.view([detector.faces(picture)[0] for picture in pictures])
    batch = np.stack([view.pixels for view in views])
    coalitions = random.random((MASKS, REGIONS)) < 0.5

    def score_masks() -> None:
        game = new_game(views[0], regions=REGIONS)
        play(detector, [game], [coalitions[:, : game.players]])

    def bare(size: int) -> Callable[[], object]:
        return lambda: [detector.score(batch[:size]) for _ in range(MASKS // size)]

    return {
        "masks": score_masks,
        **{f"{MASKS} bare, batch {size}": bare(size) for size in BATCHES},
        "forward": lambda: detector.score(batch),
        "gradcam": lambda: GradCAM().explain(detector, [new_game(view) for view in views], seed=0),
    }


def row(what: str, runtime: str, figure: float, goal: float) -> dict[str, object]:
    return {"what": what, "runtime": runtime, "median": f"{figure:.2f}", "goal": f"≤ {goal}"}


def help_seconds() -> list[float]:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "xaifake", "--help"], check=True, capture_output=True)
        times.append(time.perf_counter() - started)
    return times


if __name__ == "__main__":
    main()
