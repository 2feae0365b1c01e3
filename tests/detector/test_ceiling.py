"""A whole process stays under its ceiling: measured from outside the arithmetic, as the system counts it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.keras, pytest.mark.slow]

ROUTINE = """
import json, sys
import numpy as np
import psutil, threading, time
import keras
import xaifake

keras.utils.set_random_seed(0)
picture = keras.Input((256, 256, 3))
tensor = picture
for _ in range(4):
    tensor = keras.layers.Conv2D(48, 1, activation="relu")(tensor)
tensor = keras.layers.GlobalAveragePooling2D()(tensor)
model = keras.Model(picture, keras.layers.Dense(1, activation="sigmoid")(tensor))
most, stop = [0], threading.Event()

def watch():
    while not stop.is_set():
        most[0] = max(most[0], psutil.Process().memory_info().rss)
        time.sleep(0.002)

watcher = threading.Thread(target=watch)
watcher.start()
try:
    detector = xaifake.wrap_model(model, range=(0, 255), memory=sys.argv[1])
    views = np.random.default_rng(0).uniform(0, 255, (32, 256, 256, 3)).astype(np.float32)
    detector.score(views)
    logits, gradients = detector.gradient(views)
finally:
    stop.set()
    watcher.join()
print(json.dumps({"most": most[0], "batch": detector.batch, "logits": logits.tolist()}))
"""
"""A model whose activations are large beside its weights: 13 MB a layer for each view."""


def answered(memory: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A process of its own under that ceiling."""
    return subprocess.run([sys.executable, "-c", ROUTINE, memory], cwd=folder, capture_output=True, text=True, check=False)


def test_a_process_stays_under_its_ceiling(tmp_path: Path) -> None:
    """What goes far beyond it with plenty of room stays under it, by smaller batches, and says the same."""
    tight, wide = (json.loads(answered(memory, tmp_path).stdout.splitlines()[-1]) for memory in ("1.6GB", "16GB"))
    assert tight["most"] <= 1.6e9 < wide["most"]
    assert tight["batch"] < wide["batch"] == 16
    assert tight["logits"] == pytest.approx(wide["logits"], rel=1e-4, abs=1e-5)


def test_what_cannot_fit_is_refused(tmp_path: Path) -> None:
    """One sentence, before anything is run that would not fit."""
    done = answered("1GB", tmp_path)
    assert done.returncode == 1
    assert "MemoryCeilingError: Scoring a view by this model takes " in done.stderr
