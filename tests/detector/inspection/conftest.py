"""Here files are read in the test's own process: a process for each would take most of the quick suite's time."""

from __future__ import annotations

from pathlib import Path

import pytest

from xaifake.detector.inspection import models
from xaifake.detector.inspection.hdf5 import read_hdf5
from xaifake.detector.inspection.keras_archive import read_archive
from xaifake.detector.inspection.record import Stored


@pytest.fixture(autouse=True)
def in_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads without another process, except in the tests of that process itself."""
    if request.path.name != "test_apart.py":

        def read(path: Path, container: str) -> Stored:
            return (read_hdf5 if container == "hdf5" else read_archive)(path)

        monkeypatch.setattr(models, "read_apart", read)
