"""What it costs to shut a model in: ``python benchmarks/isolation.py``.

The same file, a nested MobileNetV2-224, loaded in this process and in a closed one of its own, by the same runtime. The
two take turns. Each is loaded once, TensorFlow's import among it, in this process first.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from measuring import BARE, publish, ratio, rounds, saved_mobilenet
from skimage.data import astronaut

import xaifake

ROUNDS, VIEWS = 2, 64
METHODS = ("gradcam", "shap", "lime", "parts")
HERE, THERE = "in this process", "shut in"


def main() -> None:
    model, detectors, seconds = saved_mobilenet(), {}, {"load, once": {}}
    for where in (HERE, THERE):
        began = time.perf_counter()
        detectors[where] = xaifake.load_detector(model, runtime="tensorflow", isolate=where == THERE)
        seconds["load, once"][where] = [time.perf_counter() - began]
    views = np.random.default_rng(0).uniform(0, 255, (VIEWS, 224, 224, 3)).astype(np.float32)
    face = np.ascontiguousarray(astronaut()[:224, 110:334])
    questions: dict[str, Callable[[Any], object]] = {
        f"score {VIEWS} views": lambda detector: detector.score(views),
        "score one view": lambda detector: detector.score(views[:1]),
        "gradients of 16 views": lambda detector: detector.gradient(views[:16]),
        "the usual layer of 16 views": lambda detector: detector.tap(views[:16]),
        f"explain a face: {', '.join(METHODS)}": lambda detector: xaifake.explain(detector, face, methods=METHODS, **BARE),
    }
    for what, ask in questions.items():
        rivals = {where: (lambda one=one, ask=ask: ask(one)) for where, one in detectors.items()}
        seconds[what] = rounds(rivals, ROUNDS)
    publish(
        "isolation",
        "A model that is shut in",
        [
            {
                "what": what,
                f"{HERE} (s)": statistics.median(taken[HERE]),
                f"{THERE} (s)": statistics.median(taken[THERE]),
                "shut in / here": ratio(taken[THERE], taken[HERE]),
            }
            for what, taken in seconds.items()
        ],
        raw={"seconds": seconds},
    )


if __name__ == "__main__":
    main()
