"""What all benchmarks share: interleaved timing, a typical detector, and how a table is printed and kept.

Timings on shared machines drift, so every comparison is made of rounds in which the rivals take turns, and the figure to
quote is the median of the rounds' ratios.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import platform
import shlex
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from tables import RESULTS, made, markdown, to_json

from xaifake.audit.provenance import versions

CACHE = Path(__file__).parent / "cache"
BARE: dict[str, Any] = {"checks": (), "limits": (), "robustness": False}
"""Methods and nothing else: what rivals do too."""
LOAD_BEFORE = os.getloadavg()[0]


def rounds(rivals: Mapping[str, Callable[[], object]], count: int) -> dict[str, list[float]]:
    """Seconds of each rival in each round, after one uncounted round."""
    seconds: dict[str, list[float]] = {name: [] for name in rivals}
    for number in range(count + 1):
        print(f"round {number} of {count}", file=sys.stderr, flush=True)
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


def saved_mobilenet() -> Path:
    """`nested_mobilenet` as a file that both sides load, made once."""
    path = CACHE / "models" / "nested_mobilenet.keras"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        nested_mobilenet().save(path)
    return path


def publish(
    name: str,
    title: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    raw: Mapping[str, Any] | None = None,
    peers: Mapping[str, Mapping[str, str]] | None = None,
    note: str | None = None,
) -> None:
    """Print a table with machine and versions, and keep it as ``benchmarks/results/NAME.json``.

    Args:
        name: of the table.
        title: what it measures.
        rows: column → value; the first row says the columns' order. Floats are shown with three digits.
        raw: the unrounded numbers behind the rows, such as the seconds of each round.
        peers: rival → versions of its environment.
        note: a sentence that the page says with the table.
    """
    table: dict[str, Any] = {
        "title": title,
        "command": command(),
        "measured": dt.datetime.now(dt.UTC).date().isoformat(),
        "revision": revision(),
        "machine": machine(),
        "versions": used_versions(),
        "peers": peers or {},
        "columns": list(dict.fromkeys(column for row in rows for column in row)),
        "rows": [dict(row) for row in rows],
        "raw": raw or {},
    } | ({"note": note} if note else {})
    print(f"## {title}\n\n{made(table)}")
    for whose, used in {"xaifake": table["versions"], **table["peers"]}.items():
        print(f"{whose}: {', '.join(f'{package} {found}' for package, found in used.items())}")
    print(f"\n{markdown(table)}")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(to_json(table), "utf-8")


def used_versions() -> dict[str, str]:
    """Of all that a number may depend on, as far as it is installed."""
    found = dict(versions())
    for package in ("onnxruntime", "tf2onnx", "onnx"):
        with contextlib.suppress(PackageNotFoundError):
            found[package] = version(package)
    return {package: number for package, number in found.items() if number != "not installed"}


def command() -> str:
    """What was typed, as it is typed in the checkout; of paths only the name."""
    arguments = [Path(argument).name if "/" in argument else argument for argument in sys.argv[1:]]
    return shlex.join(["python", f"benchmarks/{Path(sys.argv[0]).name}", *arguments])


def revision() -> str:
    """The commit that was measured, with a + where the working tree had changed."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], capture_output=True, text=True, check=False, cwd=CACHE.parents[1]).stdout

    commit = git("rev-parse", "--short", "HEAD").strip() or "unknown"
    return commit + ("+" if git("status", "--porcelain", "--", "xaifake", "benchmarks") else "")


def machine() -> dict[str, Any]:
    """Processor, cores that may be used, memory, and the load when the script began and now."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.is_file() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.processor() or platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "load_before": round(LOAD_BEFORE, 1),
        "load_after": round(os.getloadavg()[0], 1),
    }
