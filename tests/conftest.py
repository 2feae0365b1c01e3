"""What all tests share: where the third-party data are, and a picture that may be redistributed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for third-party data is marked so, whether or not its author remembered."""
    for item in items:
        if "data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.data)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of third-party detectors and faces: XAIFAKE_DATA, or shared/data beside the checkout."""
    folder = Path(os.environ.get("XAIFAKE_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("third-party detectors and faces are not here (XAIFAKE_DATA, or ../shared/data)")
    return folder
