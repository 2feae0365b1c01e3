"""Pictures that are no more than a line."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from xaifake.faces import faces_of
from xaifake.faces.mesh import landmarks_of
from xaifake.images import picture_of


@pytest.mark.parametrize("shape", [(65_535, 24, 3), (24, 65_535, 3), (1, 1, 3)])
def test_a_line_takes_no_more_than_its_pixels(shape: tuple[int, int, int]) -> None:
    """The margin in which a face is looked for once more would be 10 GB about a line: a mutant of a TIFF hung there."""
    (face,) = faces_of(picture_of(np.zeros(shape, np.uint8)), "whole")
    tracemalloc.start()
    found = landmarks_of(face)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found is None
    assert most < 50_000_000
