"""What all tests share: where the third-party data are, a real Chromium, and how model files are read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from PIL import Image
from synthetic import astronaut

hypothesis.settings.register_profile("untimed", deadline=None)  # machines are shared: time says nothing of a single example
hypothesis.settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for third-party data is marked so, whether or not its author remembered."""
    for item in items:
        if "data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.data)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A face on disk."""
    path = tmp_path / "face.png"
    Image.fromarray(astronaut()).save(path)
    return path


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of third-party detectors and faces: XAIFAKE_DATA, or shared/data beside the checkout."""
    folder = Path(os.environ.get("XAIFAKE_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("third-party detectors and faces are not here (XAIFAKE_DATA, or ../shared/data)")
    return folder


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A headless Chromium; tests that need one are skipped by name where there is none."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("chromium and chromedriver are not installed")
    from browsing import started

    browser = started(chromium, driver, tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()


@pytest.fixture
def browser(chromium: Any) -> Iterator[Any]:
    """The same Chromium for every test, its settings as they were."""
    yield chromium
    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing that a test converts is kept among the user's own, nor is anything of theirs used."""
    os.environ["XAIFAKE_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(autouse=True)
def keras_three_first(request: pytest.FixtureRequest) -> None:
    """``tf.keras`` is Keras 3 in the tests' process, as tf-keras-vis expects: whatever is imported first decides that."""
    if request.node.get_closest_marker("keras"):
        from xaifake.detector.runtime import keras

        keras(3)


@pytest.fixture(autouse=True)
def in_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Model files are read in the test's own process, since one for each would take most of the quick suite's time.

    Not so in the tests of that other process, nor where TensorFlow is at work and a file is read once a test.
    """
    if request.path.name == "test_apart.py" or request.node.get_closest_marker("keras"):
        return
    from xaifake.detector.inspection import models
    from xaifake.detector.inspection.apart import read_here

    monkeypatch.setattr(models, "read_apart", read_here)
