"""What the engine adds to bare forward passes: ``python benchmarks/engine.py``.

Grad-CAM of a batch against one forward pass of it; N masked scores against N pictures of best-batch forwards; the time
that ``xaifake --help`` takes.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

import numpy as np
from measuring import nested_mobilenet, publish, ratio, rounds

import xaifake
from xaifake.explainers.gradcam import GradCAM
from xaifake.game.game import play
from xaifake.game.region_game import new_game
from xaifake.images import picture_of

SIZE, BATCH, MASKS, ROUNDS = 224, 16, 512, 5


def main() -> None:
    detector = xaifake.wrap_model(nested_mobilenet(SIZE))
    random = np.random.default_rng(0)
    pictures = [picture_of(random.integers(0, 256, (SIZE, SIZE, 3), np.uint8)) for _ in range(BATCH)]
    views = detector.view([detector.faces(picture)[0] for picture in pictures])
    batch = np.stack([view.pixels for view in views])
    games = [new_game(view) for view in views]
    coalitions = random.random((MASKS, 50)) < 0.5

    def score_masks() -> None:
        game = new_game(views[0])
        play(detector, [game], [coalitions[:, : game.players]])

    seconds = rounds(
        {
            "forward": lambda: detector.score(batch),
            "gradcam": lambda: GradCAM().explain(detector, games, seed=0),
            "masks": score_masks,
            "bare masks": lambda: [detector.score(batch) for _ in range(MASKS // BATCH)],
        },
        ROUNDS,
    )
    publish(
        "engine",
        "The engine over bare forward passes (nested MobileNetV2-224)",
        [
            row(
                f"Grad-CAM of {BATCH} pictures / one forward pass of them",
                ratio(seconds["gradcam"], seconds["forward"]),
                1.3,
            ),
            row(
                f"{MASKS} masked scores, regions and fill made / {MASKS} forwards",
                ratio(seconds["masks"], seconds["bare masks"]),
                1.15,
            ),
            row("`xaifake --help`, seconds (whole process)", help_seconds(), 0.4),
        ],
    )


def row(what: str, figure: float, goal: float) -> dict[str, object]:
    return {"what": what, "median": f"{figure:.2f}", "goal": f"≤ {goal}"}


def help_seconds() -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "xaifake", "--help"], check=True, capture_output=True)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


if __name__ == "__main__":
    main()
