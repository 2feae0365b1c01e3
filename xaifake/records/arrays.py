"""The arrays that records hold, by name, and how they are made read-only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""A picture: (H, W, 3), RGB, 0..255."""
ViewPixels = NDArray[np.float32]
"""One view: (h, w, 3), RGB, 0..255, not rounded."""
Views = NDArray[np.float32]
"""A batch of views: (N, h, w, 3), RGB, 0..255."""
Logits = NDArray[np.float32]
"""FAKE logits: (N,)."""
Map = NDArray[np.float32]
"""Signed evidence on its native grid: (gh, gw)."""
Labels = NDArray[np.int32]
"""Region of each pixel of a view: (h, w), values 0..players-1."""
Coalitions = NDArray[np.bool_]
"""Sets of present regions: (N, players), True where the region keeps its pixels."""


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """The array, read-only; a copy where it is a view of memory that others hold."""
    result = array if array.base is None else array.copy()
    result.setflags(write=False)
    return result


def digest(array: NDArray[Any]) -> str:
    """SHA-256 of an array's dtype, shape and numbers."""
    content = hashlib.sha256(f"{array.dtype.str} {array.shape}".encode())
    content.update(np.ascontiguousarray(array).data)
    return content.hexdigest()


def digest_of_all(arrays: Mapping[str, NDArray[Any]]) -> str:
    """SHA-256 of named arrays, whatever their order and however a file packs them."""
    lines = [f"{name} {digest(arrays[name])}\n" for name in sorted(arrays)]
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
