"""What the lines of a report enclose."""

from __future__ import annotations

import re

import numpy as np


def polygons(path: str) -> list[np.ndarray]:
    """The corners of each closed line of an SVG path, (n, 2): across and down."""
    steps = [re.findall(r"-?[\d.]+", part) for part in re.findall(r"M([^z]*)z", path)]
    return [np.round(np.cumsum(np.array(part, float).reshape(-1, 2), axis=0), 1) for part in steps]


def area(path: str) -> float:
    """What closed lines enclose, holes taken out by their winding."""
    signed = [float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)) / 2) for x, y in (p.T for p in polygons(path))]
    return abs(sum(signed))
