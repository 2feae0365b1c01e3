"""Whether a process that works for long stays as it is: ``python benchmarks/soak.py [RUN ...]``.

Each run is a process of its own, which explains thousands of small pictures, or loads and drops detectors, and looks at
itself a hundred times on the way: memory (resident set), open descriptors, threads, temporary files, and time. The first
part, in which libraries fill what they keep, is passed over; through the rest a straight line is laid, whose slope is what a
picture leaves behind. Its interval (95 %) holds for looks that err independently of each other, which looks at memory do not
quite.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from measuring import BARE, publish
from tables import RESULTS, read

import xaifake
from xaifake.__main__ import main as xaifake_main
from xaifake.audit.cases import explain_many
from xaifake.memory import resident
from xaifake.records import Failure

DEMO = Path(xaifake.__file__).parent / "demo"
SIDE = 64
TITLE = "What a long run leaves behind in its process"
NOTE = (
    "A step is a picture, or a detector loaded, asked and dropped; where what a dropped one leaves is held was not found. "
    "While this was measured others filled the machine, so times say little."
)
LOOKS = 100
WARM = 0.3
"""The part of a run that is passed over."""
FEW: dict[str, Any] = {"calls": 32, "regions": 10}


@dataclass(frozen=True)
class Look:
    """What a process holds once it has taken so many steps."""

    steps: int
    seconds: float
    memory: int
    descriptors: int
    threads: int
    temporary: int


def main() -> None:
    """Take the runs that are named, or all; those that are not keep the rows that they have."""
    for name in sys.argv[1:] or RUNS:
        looks = taken(name)
        known = read(RESULTS).get("soak", {"rows": [], "raw": {}})
        mine = {"run": name, **told(looks)}
        rows = {row["run"]: {column: row[column] for column in mine} for row in known["rows"]} | {name: mine}
        memory = {"steps": [look.steps for look in looks], "megabytes": [round(look.memory / 1e6, 1) for look in looks]}
        raw = known["raw"] | {name: memory}
        publish("soak", TITLE, [rows[run] for run in RUNS if run in rows], raw=raw, note=NOTE)


def taken(name: str) -> list[Look]:
    """A run in a process of its own, with a folder of its own for temporary files."""
    with tempfile.TemporaryDirectory() as folder:
        line = [sys.executable, __file__, "--run", name]
        done = subprocess.run(line, check=True, stdout=subprocess.PIPE, text=True, env=os.environ | {"TMPDIR": folder})
    return [Look(**look) for look in json.loads(done.stdout.splitlines()[-1])]


def told(looks: Sequence[Look]) -> dict[str, object]:
    """A run in numbers: its last look, and what changes with each step once it is warm."""
    warm = [look for look in looks if look.steps >= WARM * looks[-1].steps]
    slope, half = line(warm, lambda look: look.memory)
    paces = np.diff([look.seconds for look in warm]) / np.diff([look.steps for look in warm])
    first, last = (float(np.median(part)) for part in np.array_split(paces, 2))
    return {
        "steps": looks[-1].steps,
        "MB when warm": round(warm[0].memory / 1e6),
        "MB at the end": round(warm[-1].memory / 1e6),
        "bytes a step": f"{slope:,.0f} ± {half:,.0f}",
        "descriptors": span(look.descriptors for look in warm),
        "threads": span(look.threads for look in warm),
        "temporary files": span(look.temporary for look in warm),
        "ms a step, first half": round(1000 * first, 1),
        "second half": round(1000 * last, 1),
    }


def line(looks: Sequence[Look], of: Callable[[Look], float]) -> tuple[float, float]:
    """The slope a step of the line of least squares, and half the width of its interval: twice its standard error."""
    steps, values = (np.array([one(look) for look in looks], np.float64) for one in (lambda look: look.steps, of))
    away = steps - steps.mean()
    slope = float(away @ values / (away @ away))
    rest = values - values.mean() - slope * away
    return slope, 2 * float(np.sqrt(rest @ rest / (len(looks) - 2) / (away @ away)))


def span(values: Iterable[int]) -> str:
    """The least and the most, or the one value that never changed."""
    found = sorted(set(values))
    return f"{found[0]}" if len(found) == 1 else f"{found[0]} … {found[-1]}"


def looked(steps: Iterable[object], count: int) -> Iterator[Look]:
    """Looks at this process at even distances on the way through the steps."""
    import psutil

    process, started = psutil.Process(), time.perf_counter()
    every = max(1, count // LOOKS)
    for number, step in enumerate(steps, 1):
        if isinstance(step, Failure):
            raise step.cause
        if number % every == 0:
            files = sum(1 for _ in Path(tempfile.gettempdir()).iterdir())
            seconds = time.perf_counter() - started
            yield Look(number, seconds, resident(), process.num_fds(), process.num_threads(), files)


def run(name: str) -> None:
    """Take all steps of a run, and print what was seen of it."""
    count, begun = RUNS[name]
    with tempfile.TemporaryDirectory() as folder:
        looks = []
        for look in looked(begun(Path(folder), count), count):
            print(f"{name}: {look}", file=sys.stderr, flush=True)
            looks.append(vars(look))
    print(json.dumps(looks))


def pictures(folder: Path, count: int, stay: int = 200) -> Iterator[Path]:
    """Faces of a few kilobytes, no two alike, made when they are asked for and removed when so many others are."""
    from PIL import Image

    image = Image.open(DEMO / "original.png").convert("RGB").resize((SIDE, SIDE))
    random, face = np.random.default_rng(0), np.asarray(image, np.int16)
    for number in range(count):
        path = folder / f"{number}.jpg"
        noisy = (face + random.integers(-20, 21, face.shape)).clip(0, 255).astype(np.uint8)
        Image.fromarray(noisy).save(path, quality=90)
        yield path
        (folder / f"{number - stay}.jpg").unlink(missing_ok=True)


def explained(folder: Path, count: int, **options: Any) -> Iterator[object]:
    """Pictures explained by the toy detector, one after another."""
    detector = xaifake.load_detector(DEMO / "detector.keras", crop="whole")
    return explain_many(detector, pictures(folder, count), **options)


def commanded(folder: Path, count: int) -> Iterator[object]:
    """``xaifake explain`` of all pictures at once; a step is a report on disk."""
    kept = folder / "pictures"
    kept.mkdir()
    paths = [str(path) for path in pictures(kept, count, stay=count)]
    options = ["--methods", "gradcam", "--checks", "none", "--limits", "none", "--no-robustness", "--quiet"]
    words = ["explain", str(DEMO / "detector.keras"), *paths, "--crop", "whole", *options, "-o", str(folder / "out")]
    command = threading.Thread(target=xaifake_main, args=(words,))
    command.start()
    seen = 0
    while seen < count and command.is_alive():
        time.sleep(0.01)
        written = sum(1 for _ in (folder / "out").glob("*.html"))
        yield from range(seen, written)
        seen = written
    command.join()


def reloaded(folder: Path, count: int) -> Iterator[object]:
    """Files of three models in turn, opened by TensorFlow and by ONNX Runtime, asked for a map, and dropped."""
    models = [toy(folder / f"{size}.keras", size) for size in (32, 48, 64)]
    for number, path in enumerate(pictures(folder, count)):
        runtime = ("tensorflow", "onnxruntime")[number % 2]
        detector = xaifake.load_detector(models[number % len(models)], crop="whole", range=(0, 255), runtime=runtime)
        yield xaifake.explain(detector, path, methods=["gradcam"], **BARE)


def toy(path: Path, size: int) -> Path:
    """A small detector with random weights."""
    import keras

    keras.utils.set_random_seed(size)
    picture = keras.Input((size, size, 3))
    tensor = keras.layers.Conv2D(8, 3, strides=2, activation="relu")(keras.layers.Rescaling(1 / 255)(picture))
    tensor = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(16, 3, activation="relu")(tensor))
    keras.Model(picture, keras.layers.Dense(1, activation="sigmoid")(tensor)).save(path)
    return path


RUNS: dict[str, tuple[int, Callable[[Path, int], Iterator[object]]]] = {
    "gradcam": (20_000, partial(explained, methods=["gradcam"], **BARE)),
    "gradcam, and shap of few samples": (500, partial(explained, methods=["gradcam", "shap"], **FEW, **BARE)),
    "gradcam, shap, lime and all checks": (100, partial(explained, methods=["gradcam", "shap", "lime"], **FEW)),
    "the command, with reports": (400, commanded),
    "detectors loaded and dropped": (60, reloaded),
}
"""How many steps each takes, and the steps."""

if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        run(sys.argv[2])
    else:
        main()
