"""How strongly the file was compressed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from engines import constant
from showing import Shown, shown

from xaifake.errors import UsageError
from xaifake.limits.jpeg_quality import JpegQuality
from xaifake.records import Face, Limit, View


def saved_with(quality: int | None) -> Shown:
    one = shown(np.zeros((8, 8, 3), np.uint8))
    picture = dataclasses.replace(one.view.face.picture, jpeg_quality=quality)
    return Shown(View(Face(picture, one.view.face.box, "whole"), one.view.pixels), one.faces)


@pytest.mark.parametrize(("quality", "status"), [(69, "outside"), (70, "within"), (100, "within"), (1, "outside")])
def test_quality_from_seventy_is_within(quality: int, status: str) -> None:
    """The file's own number, without a unit."""
    (limit,) = JpegQuality().measure(constant(), [saved_with(quality)])
    assert Limit("jpeg_quality", status, float(quality), 70.0) == limit


def test_of_other_files_it_is_not_known() -> None:
    """No number stands in for it; the bound is still told."""
    (limit,) = JpegQuality(least=50).measure(constant(), [saved_with(None)])
    assert Limit("jpeg_quality", "not known", None, 50.0) == limit


def test_a_quality_beyond_a_hundred_is_refused() -> None:
    """By the flag that would be right."""
    with pytest.raises(UsageError, match=r"between 1 and 100, as in --limits jpeg_quality:least=70\. Received: 101$"):
        JpegQuality(least=101)
