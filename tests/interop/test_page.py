"""docs/interop.md: its blocks, one after another as a reader would type them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import xaifake

pytestmark = pytest.mark.keras

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "docs/interop.md").read_text(encoding="utf-8"), re.DOTALL)


def test_the_page_runs_from_top_to_bottom(tmp_path: Path) -> None:
    """The blocks, run as one script beside the demo's files, leave what the page says, in the shapes that it says."""
    for name in ("detector.keras", "detector.contract.toml", "original.png", "edited.png"):
        shutil.copy(Path(xaifake.__file__).parent / "demo" / name, tmp_path)
    shown = "print(maps.shape, tracking.active_run(), len(tracking.search_runs(output_format='list')))"
    script = "\n".join([*BLOCKS, shown])

    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "MLFLOW_DISABLE_TELEMETRY": "true", "KERAS_BACKEND": "tensorflow"},
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "(2, 64, 64, 1) None 1"
    folders = [f"epoch_{number:04d}" for number in range(4)]
    assert sorted(path.name for path in (tmp_path / "watched").iterdir()) == [*folders, "epochs.png"]
    for folder in folders:
        written = {path.name for path in (tmp_path / "watched" / folder).iterdir()}
        assert written == {"edited.png", "original.png", "scores.csv"}
    with np.load(tmp_path / "quantus.npz") as quantus, np.load(tmp_path / "captum.npz") as captum:
        assert {name: quantus[name].shape for name in quantus} == {
            "x_batch": (2, 3, 128, 128),
            "y_batch": (2,),
            "a_batch": (2, 1, 128, 128),
        }
        assert captum["attributions"].shape == captum["inputs"].shape == (2, 3, 128, 128)
