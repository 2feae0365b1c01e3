"""The detectors of the page: each loaded once in the process, when it is first asked, and shared by all visitors."""

from __future__ import annotations

import functools
import threading
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from xaifake.app.settings import Settings
from xaifake.errors import UnknownNameError

if TYPE_CHECKING:
    from xaifake.detector.engine import Detector


class Opened:
    """One detector of the page.

    Attributes:
        title: how the page calls it.
        model: its file.
        lock: held while it is loaded; who waits for it gets what was loaded.
    """

    def __init__(self, settings: Settings, title: str, model: str) -> None:
        self.title = title
        self.model = model
        self.lock = threading.Lock()
        self._settings = settings
        self._detector: Detector | None = None

    @property
    def loaded(self) -> bool:
        """Whether it can be asked at once."""
        return self._detector is not None

    @property
    def detector(self) -> Detector:
        """The detector; loading it takes seconds, and may be refused as `load_detector` says."""
        from xaifake.detector.loading import load_detector

        with self.lock:
            if self._detector is None:
                self._detector = load_detector(self.model, **self._settings.loading)
            return self._detector


def inspected(settings: Settings) -> None:
    """Refuse detectors that could not be loaded, as `load_detector` would before TensorFlow starts; nothing is loaded.

    Raises:
        XaifakeError: as `xaifake.detector.loading.inspect_detector` does.
    """
    from xaifake.detector.loading import inspect_detector

    options = {name: value for name, value in settings.loading.items() if name not in ("builder", "custom_objects")}
    for model in settings.models:
        inspect_detector(model, **options)


def titles(settings: Settings) -> tuple[str, ...]:
    """What the page calls its detectors: the names of their files, with their folder's where two are called alike.

    >>> titles(Settings(models=("meso.h5", "old/xception.keras", "new/xception.keras")))
    ('meso.h5', 'old/xception.keras', 'new/xception.keras')
    """
    paths = [Path(model) for model in settings.models]
    alike = Counter(path.name for path in paths)
    return tuple(path.name if alike[path.name] == 1 else path.as_posix() for path in paths)


def opened(settings: Settings, title: str) -> Opened:
    """The detector of that title, the same one for everybody; nothing is loaded before its `Opened.detector` is asked for.

    Raises:
        UnknownNameError: no detector of the page has that title.
    """
    known = titles(settings)
    if title not in known:
        raise UnknownNameError(f"The page has no detector of that name; it has {', '.join(known)}. Received: {title}")
    return _opened(settings, title)


@functools.cache
def _opened(settings: Settings, title: str) -> Opened:
    return Opened(settings, title, settings.models[titles(settings).index(title)])
