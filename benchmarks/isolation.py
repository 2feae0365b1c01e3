"""What it costs to shut a model in: ``python benchmarks/isolation.py``.

The same file, a nested MobileNetV2-224, loaded in this process and in a closed one of its own, by the same runtime. The
two take turns; loading is measured in whole processes, which import TensorFlow either way.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from measuring import BARE, publish, ratio, rounds, saved_mobilenet
from skimage.data import astronaut

import xaifake

ROUNDS, STARTS, VIEWS = 3, 2, 64
METHODS = "gradcam,shap,lime,parts"
LOAD = "import sys, xaifake; xaifake.load_detector(sys.argv[1], runtime='tensorflow', isolate=sys.argv[2] == 'shut in')"
HERE, THERE = "in this process", "shut in"


def main() -> None:
    model = saved_mobilenet()
    detectors = {
        where: xaifake.load_detector(model, runtime="tensorflow", isolate=where == THERE) for where in (HERE, THERE)
    }
    views = np.random.default_rng(0).uniform(0, 255, (VIEWS, 224, 224, 3)).astype(np.float32)
    face = np.ascontiguousarray(astronaut()[:224, 110:334])
    questions: dict[str, Callable[[Any], object]] = {
        f"score {VIEWS} views": lambda detector: detector.score(views),
        "score one view": lambda detector: detector.score(views[:1]),
        "gradients of 16 views": lambda detector: detector.gradient(views[:16]),
        "the usual layer of 16 views": lambda detector: detector.tap(views[:16]),
        f"explain a face: {METHODS}": lambda detector: xaifake.explain(detector, face, methods=METHODS, **BARE),
    }
    seconds = {"start and load": rounds({where: lambda where=where: started(model, where) for where in detectors}, STARTS)}
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


def started(model: object, where: str) -> None:
    """A whole process that loads the model and ends."""
    subprocess.run(
        [sys.executable, "-c", LOAD, str(model), where], check=True, env={**os.environ, "XAIFAKE_CACHE": os.devnull}
    )


if __name__ == "__main__":
    main()
