"""How many pixels show the face."""

from __future__ import annotations

import numpy as np
import pytest
from engines import constant
from showing import shown

from xaifake.errors import UsageError
from xaifake.limits.face_size import FaceSize
from xaifake.records import Box, Contract, Limit

PICTURE = np.zeros((300, 400, 3), np.uint8)


def engine_of(side: int) -> object:
    engine = constant()
    engine.contract = Contract((side, side + 40))
    return engine


@pytest.mark.parametrize(("side", "status"), [(127, "outside"), (128, "within"), (300, "within")])
def test_the_shorter_side_of_the_box_counts(side: int, status: str) -> None:
    """In the picture's pixels; 128 of them are within."""
    for box in (Box(0, 10, side, 310), Box(0, 10, 300, 10 + side)):
        (limit,) = FaceSize().measure(engine_of(224), [shown(PICTURE, box, "blazeface")])
        assert Limit("face_size", status, float(side), 128.0, "pixels") == limit


def test_a_whole_picture_says_that_it_is_one() -> None:
    """Its face was not looked for, so the unit names what was measured."""
    (limit,) = FaceSize().measure(engine_of(224), [shown(PICTURE)])
    assert (300.0, "pixels of the whole picture") == (limit.value, limit.unit)


@pytest.mark.parametrize(("input_side", "bound"), [(96, 128), (256, 128), (380, 190), (512, 256)])
def test_a_large_input_asks_for_a_larger_face(input_side: int, bound: float) -> None:
    """It may not be enlarged more than twice."""
    (limit,) = FaceSize().measure(engine_of(input_side), [shown(PICTURE)])
    assert bound == limit.bound


def test_options_move_the_bound_and_have_bounds_of_their_own() -> None:
    """Each is refused where it says nothing."""
    (limit,) = FaceSize(least=64, enlarged=10).measure(engine_of(224), [shown(PICTURE, Box(0, 0, 64, 64))])
    assert ("within", 64.0) == (limit.status, limit.bound)
    with pytest.raises(UsageError, match=r"^The option least of the limit face_size lies between .* Received: 0$"):
        FaceSize(least=0)
    with pytest.raises(UsageError, match=r"^The option enlarged of the limit face_size .* Received: 0$"):
        FaceSize(enlarged=0)
