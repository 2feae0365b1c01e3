"""Forward passes a second, by each runtime and by Keras' own predict: ``python benchmarks/forwards.py [NETWORK ...]``.

Detectors with random weights and batch statistics of noise. All rivals are fed the same views of 0..255 in turns: Keras'
``model.predict(batch_size=32)``, the detector by TensorFlow, by ONNX Runtime, and by whichever it has chosen itself.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from typing import Any

import numpy as np
from measuring import publish, ratio, rounds

import xaifake

NETWORKS = {"MobileNetV2": (224, 3.0), "EfficientNetB0": (224, 2.5), "Xception": (299, 1.3), "ResNet50": (224, 1.0)}
"""Side of the input, and the ratio to predict that is to be reached."""
VIEWS, ROUNDS, PLANNED = 64, 5, 10_000


def main() -> None:
    rows, raw = [], {}
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XAIFAKE_CACHE"] = cache  # so that the choice is made here and now
        for name in sys.argv[1:] or NETWORKS:
            side, goal = NETWORKS[name]
            detectors, model = detectors_of(name, side)
            raw[name] = seconds = rounds(rivals(detectors, model, side), ROUNDS)
            rows.append(row(name, goal, seconds, detectors["chosen"].runtime))
    publish("forwards", f"Forward passes a second ({VIEWS} views a round)", rows, raw=raw)


def detectors_of(name: str, side: int) -> tuple[dict[str, xaifake.Detector], Any]:
    """The detector by each runtime, and the model itself."""
    model = built(name, side)
    fields: dict[str, Any] = {"size": side, "range": (0, 255), "fake_when": "high"}
    found = {
        runtime: xaifake.wrap_model(model, runtime=runtime, **fields) for runtime in ("tensorflow", "onnxruntime", "auto")
    }
    found["chosen"] = found.pop("auto")
    found["chosen"].prepare(PLANNED)
    return found, model


def built(name: str, side: int) -> Any:
    """Scaling where the network has none, the network, pooling, one sigmoid."""
    import keras

    keras.utils.set_random_seed(0)
    backbone = getattr(keras.applications, name)(include_top=False, weights=None, input_shape=(side, side, 3))
    picture = keras.Input((side, side, 3))
    scaled = picture if name.startswith("EfficientNet") else keras.layers.Rescaling(1 / 127.5, offset=-1.0)(picture)
    pooled = keras.layers.GlobalAveragePooling2D()(backbone(scaled))
    model = keras.Model(picture, keras.layers.Dense(1, activation="sigmoid")(pooled))
    for layer in backbone.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    model(np.random.default_rng(0).uniform(0, 255, (8, side, side, 3)).astype(np.float32), training=True)
    return model


def rivals(detectors: dict[str, xaifake.Detector], model: Any, side: int) -> dict[str, Callable[[], object]]:
    views = np.random.default_rng(1).uniform(0, 255, (VIEWS, side, side, 3)).astype(np.float32)
    asked: dict[str, Callable[[], object]] = {"predict": lambda: model.predict(views, batch_size=32, verbose=0)}
    return asked | {name: lambda found=found: found.score(views) for name, found in detectors.items()}


def row(name: str, goal: float, seconds: dict[str, list[float]], runtime: str) -> dict[str, object]:
    better = [min(pair) for pair in zip(seconds["tensorflow"], seconds["onnxruntime"], strict=True)]
    return {
        "network": name,
        **{f"{rival}, views/s": VIEWS / statistics.median(each) for rival, each in seconds.items()},
        "chosen runtime": runtime,
        "chosen / predict": ratio(seconds["predict"], seconds["chosen"]),
        "goal": f"≥ {goal}",
        "chosen / better of both": ratio(better, seconds["chosen"]),
    }


if __name__ == "__main__":
    main()
