"""What a whole run holds at most, under a ceiling: ``python benchmarks/memory.py [MODEL ...]``.

Each row is a process of its own: a picture of 4,096 × 4,096 pixels is explained by Grad-CAM, SmoothGrad, SHAP and RISE with
so many model calls, the case and its report are written, and the process tells the most that it held. The models are the
architectures of Keras with random weights, nested in a detector: memory does not ask what they learned.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from measuring import BARE, CACHE, publish

FOLDER = CACHE / "memory"
SIDE = 4096
CALLS = {"MobileNetV2": 5000}
"""For the quick model; the others ask `FEW`, and two rows of one model show that calls take no memory."""
FEW = 208
SIZES = {"MobileNetV2": 224, "EfficientNetB0": 224, "Xception": 299, "ResNet50": 224, "DenseNet121": 224, "VGG16": 224}
CEILINGS = ("1.5GB", "2GB", "4GB")
RUNTIME = "tensorflow"
"""The one that holds more; a conversion would take minutes in each row."""


def main() -> None:
    names = sys.argv[1:] or list(SIZES)
    picture = big_picture()
    runs = [(name, ceiling, CALLS.get(name, FEW)) for name in names for ceiling in CEILINGS]
    runs += [(name, "2GB", FEW) for name in CALLS if name in names]
    rows = [row(name, ceiling, calls, explained(saved(name), picture, ceiling, calls)) for name, ceiling, calls in runs]
    publish("memory", f"What a run holds at most, for a picture of {SIDE} × {SIDE} pixels", rows)


def row(name: str, ceiling: str, calls: int, answer: dict[str, object]) -> dict[str, object]:
    shown = {"model": name, "ceiling": ceiling, "calls of SHAP and RISE": calls}
    return {**shown, "most held": answer["held"], "batch": answer["batch"], "seconds": answer["seconds"]}


def explained(model: Path, picture: Path, ceiling: str, calls: int) -> dict[str, object]:
    """What a process of its own says of itself."""
    line = [sys.executable, __file__, "--run", str(model), str(picture), ceiling, str(calls)]
    done = subprocess.run(line, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def run(model: str, picture: str, ceiling: str, calls: str) -> dict[str, object]:
    import xaifake
    from xaifake.errors import MemoryCeilingError
    from xaifake.report.html import write_report

    started = time.perf_counter()
    batch: int | str
    try:
        detector = xaifake.load_detector(model, crop="whole", memory=ceiling, runtime=RUNTIME)
        batch = detector.batch
        case = xaifake.explain(
            detector,
            picture,
            methods=["gradcam", "smoothgrad", f"shap:calls={calls}", f"rise:calls={calls}"],
            **BARE,
        )
        with tempfile.TemporaryDirectory() as folder:
            xaifake.save_case(case, folder)
            write_report(case, Path(folder, "report.html"))
    except MemoryCeilingError as error:
        batch = str(error).partition(" Received")[0]
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"held": f"{held / 1e9:.2f} GB", "batch": batch, "seconds": round(time.perf_counter() - started)}


def saved(name: str) -> Path:
    path = FOLDER / f"{name}.keras"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, __file__, "--build", name, str(path)], check=True)
    return path


def build(name: str, path: str) -> None:
    import keras

    keras.utils.set_random_seed(0)
    shape = (SIZES[name], SIZES[name], 3)
    backbone = getattr(keras.applications, name)(include_top=False, weights=None, input_shape=shape)
    picture = keras.Input(shape)
    tensor = keras.layers.GlobalAveragePooling2D()(backbone(keras.layers.Rescaling(1 / 127.5, offset=-1.0)(picture)))
    keras.Model(picture, keras.layers.Dense(1, activation="sigmoid")(tensor)).save(path)


def big_picture() -> Path:
    """Smooth shapes with grain, as photographs have."""
    path = FOLDER / "picture.png"
    if not path.exists():
        from PIL import Image

        FOLDER.mkdir(parents=True, exist_ok=True)
        random = np.random.default_rng(0)
        shapes = Image.fromarray(random.integers(0, 256, (64, 64, 3), np.uint8)).resize(
            (SIDE, SIDE), Image.Resampling.BICUBIC
        )
        Image.fromarray(np.asarray(shapes) // 2 + random.integers(0, 100, (SIDE, SIDE, 3), np.uint8)).save(path)
    return path


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        print(json.dumps(run(*sys.argv[2:])))
    elif sys.argv[1:2] == ["--build"]:
        build(*sys.argv[2:])
    else:
        main()
