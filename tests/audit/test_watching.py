"""A watched engine: it counts what was planned, and whoever watches may end whatever is asked."""

from __future__ import annotations

import numpy as np
import pytest
from engines import SIZE, NumpyEngine, constant

from xaifake.audit.watching import Watched

VIEWS = np.zeros((3, SIZE, SIZE, 3), np.float32)


class Copied(NumpyEngine):
    """An engine whose random copy is another engine of constant score."""

    def randomised(self, share: float, seed: int) -> NumpyEngine:  # noqa: ARG002 - one copy is like another
        return constant(1.0)


def copied() -> Copied:
    return Copied(lambda views: np.zeros(len(views)))


def test_copies_count_for_nothing() -> None:
    """Views scored by the engine are counted, those of its copy are not: nobody planned for them."""
    told: list[int] = []
    watched = Watched(copied(), told.append)
    copy = watched.randomised(1.0, 0)
    assert copy is not None
    watched.score(VIEWS)
    assert copy.score(VIEWS).tolist() == [1, 1, 1]
    assert sum(told) == 3


def test_whoever_watches_ends_copies_too() -> None:
    """What is raised on being told ends the call, of the engine and of its copy."""

    def stop(_: int) -> None:
        raise InterruptedError

    watched = Watched(copied(), stop)
    copy = watched.randomised(1.0, 0)
    assert copy is not None
    for engine in (watched, copy):
        with pytest.raises(InterruptedError):
            engine.score(VIEWS)
