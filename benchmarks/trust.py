"""What it costs to say how far maps can be believed: ``python benchmarks/trust.py``.

The usual methods alone, and with all checks, knowledge limits and changed copies, in turns, on an open detector. What is
asked once for a model and its methods (the check of whether they depend on the model) was asked and kept before.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measuring import BARE, publish, ratio, rounds
from stock import trained_cnn

import xaifake

DEMO = Path(xaifake.__file__).parent / "demo"
ROUNDS = 5


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XAIFAKE_CACHE"] = folder  # so that the runtime is chosen here and now
        path, face, fields = trained_cnn()
        cnn = xaifake.load_detector(path, crop="whole", **fields)
        rows = [
            row("demo, 128 pixels", xaifake.load_detector(DEMO / "detector.keras"), DEMO / "edited.png"),
            row("trained CNN of six convolutions, 192 pixels", cnn, face),
        ]
    publish("trust", "Checks, limits and changed copies beside the methods alone", rows)


def row(name: str, detector: xaifake.Detector, image: Any) -> dict[str, object]:
    said: dict[str, xaifake.Case] = {}

    def asking(what: str, **options: Any) -> Callable[[], None]:
        def ask() -> None:
            said[what] = xaifake.explain(detector, image, **options)

        return ask

    seconds = rounds({"alone": asking("alone", **BARE), "whole": asking("whole")}, ROUNDS)
    checks = said["whole"].checks
    once = {check.method: check.measures.get("calls_once", 0) for check in checks if check.name == "depends_on_model"}
    return {
        "detector": name,
        "runtime": said["whole"].runtime,
        "forward passes alone": said["alone"].forwards,
        "with all": said["whole"].forwards,
        "more": said["whole"].forwards - said["alone"].forwards,
        "goal": "≤ 512",
        "time with all / alone": ratio(seconds["whole"], seconds["alone"]),
        "once for each model": sum(once.values()),
    }


if __name__ == "__main__":
    main()
