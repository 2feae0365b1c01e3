"""How many faces there are to confuse."""

from __future__ import annotations

import numpy as np
import pytest
from engines import constant
from showing import Shown, shown
from synthetic import astronaut

from xaifake.limits.several_faces import SeveralFaces
from xaifake.records import Limit

FACE = np.ascontiguousarray(astronaut())
ONE, TWO, NONE = FACE, np.hstack([FACE, FACE[:, ::-1]]), np.full((200, 200, 3), 128, np.uint8)


def judged(one: Shown) -> Limit:
    (limit,) = SeveralFaces().measure(constant(), [one])
    return limit


@pytest.mark.parametrize(("count", "status"), [(1, "within"), (2, "outside"), (7, "outside")])
def test_faces_that_were_located_are_counted(count: int, status: str) -> None:
    """All of the picture; nobody looks for them again."""
    assert Limit("several_faces", status, count, 1.0, "faces") == judged(shown(NONE, locator="blazeface", faces=count))


@pytest.mark.parametrize("locator", ["whole", "given"])
@pytest.mark.parametrize(("pixels", "count", "status"), [(ONE, 1, "within"), (TWO, 2, "outside"), (NONE, None, "not known")])
def test_in_what_was_given_they_are_looked_for(locator: str, pixels: np.ndarray, count: int | None, status: str) -> None:
    """A whole picture, or a box from the user, may hold one, several, or none that can be found."""
    limit = judged(shown(np.ascontiguousarray(pixels), locator=locator))
    assert (status, count) == (limit.status, limit.value)


def test_a_face_that_the_mesh_found_counts_as_one() -> None:
    """It looks with a margin about tight crops, where the locator may miss it."""
    limit = judged(shown(NONE, landmarks=np.zeros((468, 2), np.float32)))
    assert ("within", 1) == (limit.status, limit.value)
