"""A real detector on Ray: the bytes of a local run, for every picture's scores and for whole cases."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from light import content_of
from PIL import Image
from small_models import saved, small
from synthetic import astronaut

from xaifake.audit.running.by_ray import cluster, run_stage_on_ray
from xaifake.audit.running.jobs import begun, key_of
from xaifake.audit.running.local import run_stage
from xaifake.audit.running.protocol import Opening, Work
from xaifake.audit.running.stages.cases import CasesStage
from xaifake.audit.running.stages.scores import ScoresStage
from xaifake.audit.running.store import Store
from xaifake.detector.runtime import keras
from xaifake.records import Entry

pytestmark = [
    pytest.mark.keras,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray"),  # it copies options that it no longer wants
]
CASES = CasesStage(methods=("gradcam", "lime"), checks=("mattered",), limits=(), robustness=False, budget=64)


def works(folder: Path) -> list[Work]:
    """Six faces of other sides and qualities, and a file that is none."""
    files = [folder / f"{side}.jpg" for side in range(96, 192, 16)]
    for number, path in enumerate(files):
        Image.fromarray(astronaut()).resize((int(path.stem), int(path.stem))).save(path, quality=60 + 5 * number)
    files.append(folder / "broken.jpg")
    files[-1].write_bytes(b"no picture")
    return [Work(Entry(hashlib.sha256(path.read_bytes()).hexdigest(), str(path))) for path in files]


def test_rows_of_a_real_detector_are_those_of_a_local_run(tmp_path: Path) -> None:
    """TensorFlow in the actors alone: the same shards, byte for byte, with scores, maps, shares, cases and one error."""
    model = saved(small(keras(3)), tmp_path / "small.keras")
    local, on_ray = Store(str(tmp_path / "local")), Store(str(tmp_path / "ray"))
    detector, opening = begun(local, Opening(str(model), {"crop": "whole", "range": (0, 1), "runtime": "tensorflow"}), 100)
    asked = works(tmp_path)
    with cluster(None):
        for stage in (ScoresStage(), CASES):
            key = key_of(stage, detector)
            run = run_stage(stage, asked, local, key, detector, lambda _: None)
            assert run == run_stage_on_ray(stage, asked, on_ray, key, opening, lambda _: None)
            assert (7, 1) == (run.pictures, run.failed)

    rows = {name: content for name, content in content_of(local).items() if name.startswith("rows/")}
    assert 3 == len(rows)
    assert rows == content_of(on_ray)
