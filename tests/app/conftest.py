"""The page, served by the command as its users serve it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import serving

from xaifake.app.settings import DEMO


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page with the demo's detector, and with one more that takes faces alone; files up to 1 MB.

    TensorFlow alone runs them: there is nothing to be converted, measured and kept first.
    """
    folder = tmp_path_factory.mktemp("served")
    models = (DEMO, str(_faces(folder)))
    cache = {"XAIFAKE_CACHE": str(folder / "cache")}
    with serving(folder, *models, "--max-upload=1", "--runtime=tensorflow", environment=cache) as page:
        yield page.address
    assert "Traceback" not in page.log.read_text()


def _faces(folder: Path) -> Path:
    """The demo's detector, fed with the face and not with the picture as a whole."""
    model = folder / "faces.keras"
    shutil.copy(DEMO, model)
    contract = Path(DEMO).with_name("detector.contract.toml").read_text()
    (folder / "faces.contract.toml").write_text(contract.replace('crop = "whole"', 'crop = "face"'))
    return model
