"""Pictures become RGB a strip at a time, and nobody sees it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from xaifake.images import read_bytes, reading


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
def test_strips_join_without_a_seam(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture that is brought to RGB in three strips is the picture that Pillow brings to RGB whole."""
    monkeypatch.setattr(reading, "STRIP", 40)
    noise = np.random.default_rng(0).integers(0, 256, (100, 7, 3), np.uint8)
    picture = Image.fromarray(noise).convert(mode)
    file = io.BytesIO()
    picture.save(file, "PNG")
    np.testing.assert_array_equal(read_bytes(file.getvalue(), "picture").pixels, np.asarray(picture.convert("RGB")))
