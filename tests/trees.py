"""Small data sets on disk: pictures of noise, each its own, wherever a path says."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import numpy as np
from PIL import Image


def png(seed: str) -> bytes:
    """A small picture of noise, another one for each text."""
    pixels = np.random.default_rng(zlib.crc32(seed.encode())).integers(0, 256, (8, 8, 3), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def tree(root: Path, *paths: str) -> Path:
    """The folder, with a picture at each path."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(png(path))
    return root
