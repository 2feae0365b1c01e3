"""One face from a cold start, whole processes: ``python benchmarks/cold.py``.

Ours is ``xaifake explain MODEL PICTURE --methods gradcam,shap,lime,parts``, report written: the first time ever, when the
runtime is chosen and the model converted; again, when that is kept; and in TensorFlow alone, as without the fast extra.
Beside it stands the stock script, `peers/stock.py` in an environment of its own, lime and shap at 1,000 calls each. All load
the same file, a nested MobileNetV2-224, and explain the same pixels. Processes take turns after a round that does not count,
so that all find their files in memory.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from measuring import publish, ratio, rounds, saved_mobilenet
from rivals import PEERS, Peer, environment

ROUNDS, GOAL = 3, 3.5
STOCK = "stock script: lime 1,000 + shap Partition 1,000"
FLAGS = ("--methods", "gradcam,shap,lime,parts", "--crop", "whole", "--json")
FLAGS += ("--checks", "none", "--limits", "none", "--no-robustness")


def main() -> None:
    from PIL import Image
    from skimage.data import astronaut

    model, python = saved_mobilenet(), environment("stock")
    picture = model.with_suffix(".png")
    Image.fromarray(np.ascontiguousarray(astronaut()[:224, 110:334])).save(picture)
    with Peer(python, "stock.py", model, picture, "1") as stock:
        versions = stock.versions
    cases: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        kept, empty = Path(folder, "kept"), Path(folder, "empty")

        def explained(what: str, cache: Path, runtime: str) -> None:
            command = [
                sys.executable,
                "-m",
                "xaifake",
                "explain",
                model,
                picture,
                *FLAGS,
                "--runtime",
                runtime,
                "-o",
                folder,
            ]
            (cases[what],) = json.loads(process(command, {**os.environ, "XAIFAKE_CACHE": str(cache)}))

        def first(what: str) -> None:
            shutil.rmtree(empty, ignore_errors=True)
            explained(what, empty, "auto")

        rivals = {
            "xaifake, the first time": first,
            "xaifake, again": lambda what: explained(what, kept, "auto"),
            "xaifake, TensorFlow alone": lambda what: explained(what, kept, "tensorflow"),
        }
        alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        script = [python, PEERS / "stock.py", model, picture, "1", "lime", "shap"]
        turns = {what: (lambda what=what, run=run: run(what)) for what, run in rivals.items()}
        seconds = rounds({STOCK: lambda: process(script, alone), **turns}, ROUNDS)
    publish(
        "cold",
        "One face from a cold start, whole processes (nested MobileNetV2-224)",
        [
            {"what": STOCK, "seconds": statistics.median(seconds[STOCK])},
            *(row(what, case, seconds[what], seconds[STOCK]) for what, case in cases.items()),
        ],
        raw={"seconds": seconds},
        peers={"stock": versions},
    )


def process(command: list[Any], variables: Mapping[str, str]) -> str:
    """What a process prints, which must succeed."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, env=variables)
    if done.returncode:
        raise RuntimeError(f"{command[1:4]} failed: {done.stderr[-2000:]}")
    return done.stdout


def row(what: str, case: dict[str, Any], seconds: list[float], stock: list[float]) -> dict[str, object]:
    return {
        "what": what,
        "seconds": statistics.median(seconds),
        "runtime": case["runtime"],
        "stock / ours": ratio(stock, seconds),
        "goal": f"≥ {GOAL}",
    }


if __name__ == "__main__":
    main()
