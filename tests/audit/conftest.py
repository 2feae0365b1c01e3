"""A face on disk, and cases of it. No TensorFlow."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from synthetic import astronaut
from whole_cases import recorded_case, whole_case

from xaifake.records import Case


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A face on disk."""
    path = tmp_path / "face.png"
    Image.fromarray(astronaut()).save(path)
    return path


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
