"""An engine that says how far it has come."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from xaifake.interfaces import Engine, Notes, Tapped
from xaifake.records import Contract, Face, Logits, View, Views

Advance = Callable[[int], None]


class Watched:
    """An engine that reports how many pictures it has scored, so that progress is one thing and not each method's.

    What ``advance`` raises ends what is being asked.
    """

    def __init__(self, engine: Engine, advance: Advance) -> None:
        self._engine = engine
        self._advance = advance

    @property
    def contract(self) -> Contract:
        return self._engine.contract

    @property
    def batch(self) -> int:
        return self._engine.batch

    def score(self, views: Views) -> Logits:
        logits = self._engine.score(views)
        self._advance(len(views))
        return logits

    def plane(self, views: Views) -> NDArray[np.float32]:
        return self._engine.plane(views)

    def tap(self, views: Views, layer: str | None = None) -> Tapped:
        tapped = self._engine.tap(views, layer)
        self._advance(len(views))
        return tapped

    def gradient(self, views: Views) -> tuple[Logits, NDArray[np.float32]]:
        answer = self._engine.gradient(views)
        self._advance(len(views))
        return answer

    def view(self, faces: Sequence[Face]) -> list[View]:
        return self._engine.view(faces)

    def randomised(self, share: float, seed: int) -> Watched | None:
        copy = self._engine.randomised(share, seed)
        # nobody planned for its calls, so they count for nothing; but whoever is told may end them
        return None if copy is None else Watched(copy, lambda _: self._advance(0))

    @property
    def notes(self) -> Notes:
        return self._engine.notes
