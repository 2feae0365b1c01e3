"""A face on disk, and cases of it. No TensorFlow."""

from __future__ import annotations

from pathlib import Path

import pytest
from whole_cases import recorded_case, whole_case

from xaifake.records import Case


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder for results."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def case(picture: Path) -> Case:
    """A case of that face that has everything a case can have."""
    return whole_case(picture)


@pytest.fixture
def recorded(case: Case, out: Path) -> Path:
    """That case on disk with a provenance that is true, and a model of any bytes beside it."""
    return recorded_case(case, out)
