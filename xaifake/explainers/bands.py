"""Frequency bands: what each of eight radial bands of the spectrum adds to the logit, for any detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import UsageError
from xaifake.explainers._results import above_noise, of_regions
from xaifake.explainers._shapley import exact, strongest
from xaifake.game import spectrum
from xaifake.game.band_game import LAYERS, BandGame, outside
from xaifake.game.coalitions import every
from xaifake.game.game import play
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine
from xaifake.records import Attribution, Options

BAND = 1 << np.arange(spectrum.BANDS)
"""The coalition of each band alone, by its number among `every`."""
LAYER = np.array([BAND[list(bands)].sum() for bands in LAYERS.values()])
"""The coalition of each layer's bands."""
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Bands:
    """The exact Shapley value of each band: all 256 coalitions are scored.

    Sources: Shapley 1953; bands as the cosine log filters of Peli 1990 (see `xaifake.game.spectrum`). The view is cut as the
    detector receives it, resized by its contract and before any transform, so that every detector has bands. The same game
    holds the band-stop and band-pass scores. A change of the score says little by itself, since taking away much of any
    kind changes it; so each band-stop has a control: random other frequencies of the same energy (`BandGame.controls`).

    Attributes:
        control: random draws a band.
    """

    title: ClassVar[str] = "Frequency bands"
    control: int = 4

    def __post_init__(self) -> None:
        if self.control < 2:
            raise UsageError(f"A control needs at least two draws, to have a spread. Received: control {self.control}")

    @property
    def calls(self) -> int:
        """All coalitions of the bands, and the control's draws."""
        return int(2**spectrum.BANDS + spectrum.BANDS * self.control)

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution]:
        """One value a band, coarse to fine, painted on a quarter of the frequency plane (see `BandGame.labels`)."""
        bands = [BandGame(game.view).knowing(game) for game in games]
        logits = play(engine, bands, [every(spectrum.BANDS)] * len(bands))
        return [self._attribution(engine, game, mine, seed) for game, mine in zip(bands, logits, strict=True)]

    def _attribution(self, engine: Engine, game: BandGame, logits: Values, seed: int) -> Attribution:
        whole = len(logits) - 1
        values, interactions = exact(logits)
        return of_regions(
            self,
            game,
            values,
            logits,
            domain="frequency",
            seed=seed,
            calls=self.calls,
            saved=game.saved,
            names=game.names,
            interactions=strongest(above_noise(interactions, logits)),
            diagnostics={
                "exact": True,
                "empty": float(logits[0]),
                "full": float(logits[whole]),
                "additivity_gap": abs(float(values.sum() - (logits[whole] - logits[0]))),
                "band_stop": tuple(logits[whole - BAND].tolist()),
                "band_pass": tuple(logits[BAND].tolist()),
                "layer_stop": tuple(logits[whole - LAYER].tolist()),
                **self._control(engine, game, float(logits[whole]), seed),
                "outside": outside(game),
                "energy": spectrum.energy_shares(game.view.pixels),
                "spectrum": spectrum.profile(game.view.pixels),
            },
        )

    def _control(self, engine: Engine, game: BandGame, full: float, seed: int) -> Options:
        """Mean and standard deviation, over the draws, of what taking away random frequencies changes."""
        logits = engine.score(game.controls(self.control, seed)).astype(np.float64)
        changes = logits.reshape(game.players, self.control) - full
        return {
            "control_mean": tuple(changes.mean(axis=1).tolist()),
            "control_spread": tuple(changes.std(axis=1, ddof=1).tolist()),
        }
