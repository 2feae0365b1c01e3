"""OpenCV, or one sentence that says what it lacks: ``from xaifake.opencv import cv2`` wherever it is needed."""

from xaifake.errors import MissingLibraryError

try:
    import cv2
except ImportError as error:
    raise MissingLibraryError(
        "OpenCV cannot be imported; without its windows it needs no system library: pip install opencv-python-headless, "
        f"or as root: apt-get install libgl1 libglib2.0-0. Received: {error}"
    ) from error

__all__ = ["cv2"]
