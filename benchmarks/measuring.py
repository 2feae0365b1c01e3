"""What all benchmarks share: interleaved timing, a typical detector, and how a table is printed and kept.

Timings on shared machines drift, so every comparison is made of rounds in which the rivals take turns, and the figure to
quote is the median of the rounds' ratios.
"""

from __future__ import annotations

import json
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

RESULTS = Path(__file__).parent / "results"


def rounds(rivals: Mapping[str, Callable[[], object]], count: int) -> dict[str, list[float]]:
    """Seconds of each rival in each round, after one uncounted round."""
    seconds: dict[str, list[float]] = {name: [] for name in rivals}
    for number in range(count + 1):
        for name, run in rivals.items():
            started = time.perf_counter()
            run()
            if number:
                seconds[name].append(time.perf_counter() - started)
    return seconds


def ratio(over: Sequence[float], under: Sequence[float]) -> float:
    """The median of the rounds' ratios."""
    return statistics.median(a / b for a, b in zip(over, under, strict=True))


def nested_mobilenet(size: int = 224) -> Any:
    """The commonest detector: scaling, MobileNetV2, pooling, one sigmoid. Random weights, batch statistics of noise."""
    import keras

    keras.utils.set_random_seed(0)
    backbone = keras.applications.MobileNetV2(include_top=False, weights=None, input_shape=(size, size, 3))
    picture = keras.Input((size, size, 3))
    tensor = backbone(keras.layers.Rescaling(1 / 127.5, offset=-1.0)(picture))
    tensor = keras.layers.GlobalAveragePooling2D()(tensor)
    model = keras.Model(picture, keras.layers.Dense(1, activation="sigmoid")(tensor))
    for layer in backbone.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    noise = np.random.default_rng(0).uniform(0, 255, (8, size, size, 3)).astype(np.float32)
    model(noise, training=True)
    return model


def publish(name: str, title: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Print a Markdown table with machine and versions, and keep it as JSON."""
    packages = ("tensorflow", "keras", "shap", "lime", "numpy", "scikit-image")
    machine = {"python": platform.python_version(), "machine": platform.machine()}
    facts = {**machine, **{package: version(package) for package in packages}}
    columns = list(rows[0])
    print(f"## {title}\n\n{', '.join(f'{k} {v}' for k, v in facts.items())}\n")
    print("| " + " | ".join(columns) + " |\n|" + "---|" * len(columns))
    for row in rows:
        print("| " + " | ".join(str(row[column]) for column in columns) + " |")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps({"title": title, "facts": facts, "rows": list(rows)}, indent=2))
