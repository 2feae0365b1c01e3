"""Does the score rest on one narrow band of frequencies?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xaifake.game import spectrum
from xaifake.game.band_game import BandGame
from xaifake.interfaces import Engine, Seen
from xaifake.records import Scores, Shortcut, Trials, ViewPixels
from xaifake.shortcuts._judging import Answer, Ask, answered, either
from xaifake.shortcuts._telling import told

ALONE = 0.5
"""Share of all bands' shifts that one must have to be called the one that the score rests on."""


@dataclass(frozen=True)
class Bands:
    """Each of eight bands of the spectrum is taken away; the control takes as much energy from other bands instead.

    Sources: the frequency shortcuts of Wang et al. (2023, ICCV); bands and controls are those of `xaifake.game.band_game`.
    Every detector rests on some frequencies, so a band counts only where the scores of REAL pictures follow it beyond the
    control and its shift is more than half of all bands' together.
    """

    @property
    def calls(self) -> int:
        """Each band and its control."""
        return 2 * spectrum.BANDS

    def changed(
        self,
        engine: Engine,  # noqa: ARG002 - views are changed
        seen: Seen,
        partner: Seen | None,  # noqa: ARG002 - takes nothing of another picture
        random: np.random.Generator,
    ) -> Mapping[str, ViewPixels]:
        """The view without each band, coarse to fine, and without others of its energy; values may leave 0..255."""
        game = BandGame(seen.view)
        without = np.empty((game.players, *seen.view.pixels.shape), np.float32)
        game.painter()(~np.eye(game.players, dtype=np.bool_), without)
        controls = game.controls(1, int(random.integers(2**32)))
        names = [f"band_{number + 1}" for number in range(game.players)]
        return dict(zip(names, without, strict=True)) | dict(zip(map(_control, names), controls, strict=True))

    def judged(self, trials: Trials, scores: Scores, seed: int) -> Shortcut:  # noqa: ARG002 - the sample tells
        """Confirmed where one band alone moves REAL pictures more than all others together."""
        names = [f"band_{number + 1}" for number in range(spectrum.BANDS)]
        answers = answered(trials, [Ask(name, either(trials), _control(name)) for name in names])
        total = sum(_moved(answer) for answer in answers)
        shares = [_moved(answer) / total if total else 0.0 for answer in answers]
        lone = [replace(a, counts=a.counts and share > ALONE) for a, share in zip(answers, shares, strict=True)]
        measures: dict[str, Any] = {f"share_{name}": share for name, share in zip(names, shares, strict=True)}
        return told(self, trials, lone, measures if total else {})


def _control(name: str) -> str:
    return f"{name}_control"


def _moved(answer: Answer) -> float:
    return 0.0 if answer.shift is None else abs(answer.shift.value)
