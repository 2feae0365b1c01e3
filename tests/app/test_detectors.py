"""The page's detectors: found by their titles, loaded once whoever asks, refused before they are loaded."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from light import light_detector

from xaifake.app.detectors import inspected, opened, titles
from xaifake.app.settings import Settings
from xaifake.detector import loading
from xaifake.detector.engine import Detector
from xaifake.errors import ContractError, ModelFileError, UnknownNameError, UsageError


def test_titles_tell_detectors_apart() -> None:
    """The file's name, with its folders where two have the same."""
    assert titles(Settings()) == ("detector.keras",)
    assert titles(Settings(models=("a/m.h5", "b/m.h5", "c/n.h5"))) == ("a/m.h5", "b/m.h5", "n.h5")


def test_detector_is_loaded_once_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten threads that ask at the same time get the same one, loaded by one call with the settings' options."""
    calls: list[tuple[str, dict[str, Any]]] = []

    def load(path: str, **options: Any) -> Detector:
        calls.append((path, options))
        time.sleep(0.02)
        return light_detector()

    monkeypatch.setattr(loading, "load_detector", load)
    settings = Settings(models=("once.h5",), fields=(("size", "64"),))
    found: list[Detector] = []
    threads = [threading.Thread(target=lambda: found.append(opened(settings, "once.h5").detector)) for _ in range(10)]
    assert not opened(settings, "once.h5").loaded
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({id(detector) for detector in found}) == 1
    assert [path for path, _ in calls] == ["once.h5"]
    assert calls[0][1]["size"] == "64"
    assert opened(settings, "once.h5").loaded


def test_model_that_is_not_served_is_not_opened() -> None:
    """A visitor cannot name a file: only titles of the page lead to models."""
    with pytest.raises(UnknownNameError, match=r"it has detector\.keras\. Received: /etc/passwd"):
        opened(Settings(), "/etc/passwd")


@pytest.mark.parametrize(
    ("settings", "error", "reason"),
    [
        (Settings(models=("nowhere.h5",)), ModelFileError, "nowhere.h5"),
        (Settings(fields=(("size", "64"), ("channels", "grey"))), ContractError, "channels"),
        (Settings(runtime="abacus"), UsageError, "abacus"),
        (Settings(memory="much"), UsageError, "--memory takes a size"),
    ],
    ids=["missing", "contract", "runtime", "memory"],
)
def test_what_cannot_be_served_is_refused_before_it_is_loaded(
    settings: Settings, error: type[Exception], reason: str
) -> None:
    """By inspection alone; the demo's detector itself passes."""
    inspected(Settings())
    with pytest.raises(error, match=reason):
        inspected(settings)


def test_every_model_is_looked_at(tmp_path: Path) -> None:
    """Also one that stands behind a good one."""
    (tmp_path / "bad.h5").write_bytes(b"not a model")
    with pytest.raises(ModelFileError, match=r"bad\.h5"):
        inspected(Settings(models=(*Settings().models, str(tmp_path / "bad.h5"))))
