"""The stage of scores with real models: one whose layers have a grid, and one whose layers have none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from light import light_entries

import xaifake
from xaifake.audit.running.protocol import Work
from xaifake.audit.running.stages.scores import ScoresStage
from xaifake.detector.planted import planted_model, planted_picture
from xaifake.detector.runtime import keras

pytestmark = pytest.mark.keras


def test_rows_say_what_explaining_says(tmp_path: Path) -> None:
    """Logit and map of the planted detector, as `explain` gives them for each picture alone."""
    detector = xaifake.wrap_model(planted_model(shape="nested"))
    entries = light_entries(tmp_path, 3, lambda number: planted_picture(number).pixels)
    for entry, row in zip(entries, ScoresStage().rows(detector, [Work(e) for e in entries], lambda _: None), strict=True):
        case = xaifake.explain(detector, entry.uri, methods=["gradcam"], checks=(), limits=(), robustness=False)
        assert case.prediction.logit == pytest.approx(row["logit"], abs=1e-5)
        values = np.frombuffer(row["map"], np.float32).reshape(row["map_rows"], row["map_columns"])
        np.testing.assert_allclose(case.attributions["gradcam"].values, values, atol=1e-5)


def test_a_model_of_dense_layers_is_scored(tmp_path: Path) -> None:
    """It has no layer with a grid: a score of every picture, and no map."""
    k3 = keras(3)
    k3.utils.set_random_seed(0)
    model = k3.Sequential([k3.Input((8, 8, 3)), k3.layers.Flatten(), k3.layers.Dense(1, activation="sigmoid")])
    detector = xaifake.wrap_model(model, range=(0, 1))
    entries = light_entries(tmp_path, 3)
    rows = ScoresStage().rows(detector, [Work(entry) for entry in entries], lambda _: None)
    assert detector.logits([entry.uri for entry in entries]).tolist() == pytest.approx([row["logit"] for row in rows])
    assert not any("map" in row for row in rows)
