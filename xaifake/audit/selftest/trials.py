"""Trials of checks: maps of planted pictures that are known to be true, and maps that are known to be wrong.

The planted detector's evidence at each pixel is known (`xaifake.detector.planted.planted_evidence`). Plants lie at random
places, in random sizes. Four maps are made of each picture, as a method that plays with its superpixels would give them:

    true       the evidence itself
    inverted   with the other sign
    random     smooth noise
    shifted    the evidence, moved by a third to half of the picture
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, get_args

import numpy as np
from numpy.typing import NDArray

from xaifake import plugins
from xaifake.audit.cases import explain_many
from xaifake.audit.selftest.plants import demo
from xaifake.detector.engine import Detector
from xaifake.detector.planted import SIZE, PlantedPicture, planted_evidence, planted_picture
from xaifake.game import whole
from xaifake.game.game import play
from xaifake.game.region_game import RegionGame, new_game
from xaifake.interfaces import Engine, Explained
from xaifake.placing import place
from xaifake.records import Attribution, Box, Check, Face, Failure, Map, Outcome, Picture, Prediction, View

SIDES = (10, 21)
"""Patches' sides in pixels of `SIZE`, from and below which: 2 to 10 % of the picture."""
CELLS = 7
"""Rows and columns of the smooth noise."""
VOICES = {"grid": 8, "pixels": SIZE}
"""Rows and columns of the true maps beside which the tested one is laid, where maps are compared with each other."""

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

Draw = Callable[[NDArray[np.float32], np.random.Generator], Map]
"""Makes a map (h, w) of the view's pixels, (h, w, 3)."""


def _shifted(pixels: NDArray[np.float32], random: np.random.Generator) -> Map:
    side = len(pixels)
    down, across = random.integers(side // 3, side // 2 + 1, 2) * random.choice((-1, 1), 2)
    return np.roll(planted_evidence(pixels), (down, across), axis=(0, 1))


def _noise(pixels: NDArray[np.float32], random: np.random.Generator) -> Map:
    """Smooth, and as large as evidence is; another one for other pixels."""
    own = int.from_bytes(hashlib.sha256(pixels.tobytes()).digest()[:4], "big")
    cells = np.random.default_rng([own, int(random.integers(2**32))]).normal(size=(CELLS, CELLS)).astype(np.float32)
    drawn = place(cells, (0, 0, *pixels.shape[:2]), pixels.shape[:2], smooth=True)
    return np.asarray(drawn * np.abs(planted_evidence(pixels)).max(), np.float32)


KINDS: Mapping[str, Draw] = {
    "true": lambda pixels, _: planted_evidence(pixels),
    "inverted": lambda pixels, _: -planted_evidence(pixels),
    "random": _noise,
    "shifted": _shifted,
}
TELLS = {
    "mattered": tuple(KINDS),
    "enough": tuple(KINDS),
    "agrees": tuple(KINDS),
    "adds_up": ("true", "inverted", "random"),
    "repeats": ("true", "random"),
    "survives": ("true", "random"),
}
"""Which maps a check can tell: a wrong map that is the same each time repeats and survives, and a shifted one adds up."""


@dataclass(frozen=True)
class Oracle:
    """An explainer that knows, or pretends to: it draws the map of that kind."""

    title: ClassVar[str] = "Oracle"
    kind: str = "true"
    calls: int = 1

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution]:
        """One value a superpixel, and what they miss of the logit that they should sum to."""
        ends = [np.array([[False], [True]]).repeat(game.players, axis=1) for game in games]
        logits = play(engine, games, ends)
        return [self._one(game, float(empty), float(full), seed) for game, (empty, full) in zip(games, logits, strict=True)]

    def _one(self, game: RegionGame, empty: float, full: float, seed: int) -> Attribution:
        drawn = KINDS[self.kind](game.view.pixels, np.random.default_rng(seed))
        values = np.bincount(game.labels.ravel(), drawn.ravel()).astype(np.float32)
        gap = abs(float(values.sum(dtype=np.float64)) - (full - empty))
        told = {"additivity_gap": gap, "full": full, "empty": empty, **game.settings}
        return _attribution(
            self.kind, game, values[game.labels], seed=seed, regions=game.labels, region_values=values, diagnostics=told
        )


def trial(engine: Engine, number: int, checks: Sequence[str], kinds: Sequence[str] = tuple(KINDS)) -> Iterator[Check]:
    """What checks say of the maps of one planted picture; a check's method is the map's kind, or None for a control.

    Args:
        engine: a planted detector.
        number: of the picture and of all that is random.
        checks: by name.
        kinds: of maps.
    """
    game = new_game(view_of(picture_of(number)))
    (logit,) = whole.score(engine, [game])
    oracles = {name: Oracle(name) for name in KINDS}
    maps = {kind: oracles[kind].explain(engine, [game], number)[0] for kind in kinds}
    beside = {name: _voice(name, game) for name in VOICES}
    for name in checks:
        for kind in kinds:
            shown = {kind: maps[kind], **(beside if name == "agrees" else {})}
            one = Explained(game, Prediction(logit), oracles, shown)
            yield plugins.make("check", name).check(engine, [one], number)[0][0]


def counted(
    engine: Engine, numbers: Sequence[int], checks: Sequence[str], kinds: Sequence[str] = tuple(KINDS)
) -> dict[tuple[str, str], Counter[Outcome]]:
    """The outcomes of many trials, by check and kind of map; a control's count for each."""
    counts: dict[tuple[str, str], Counter[Outcome]] = {(name, kind): Counter() for name in checks for kind in kinds}
    for number in numbers:
        for check in trial(engine, number, checks, kinds):
            for kind in kinds if check.method is None else (check.method,):
                counts[check.name, kind][check.outcome] += 1
    return counts


def blind(detectors: Sequence[Detector]) -> dict[str, Counter[Outcome]]:
    """What each check says of the usual methods on detectors that have learnt nothing, of a planted picture and a face."""
    counts: dict[str, Counter[Outcome]] = {name: Counter() for name in plugins.names("check")}
    for number, detector in enumerate(detectors):
        pictures = [picture_of(number).pixels, demo("edited")]
        for case in explain_many(detector, pictures, limits=(), robustness=False, seed=number):
            if isinstance(case, Failure):
                raise case.cause
            for check in case.checks:
                counts[check.name][check.outcome] += 1
    return counts


def picture_of(number: int) -> PlantedPicture:
    """A picture with plants at random places, of a random size."""
    return planted_picture(number, side=int(np.random.default_rng([number, 1]).integers(*SIDES)))


def view_of(picture: PlantedPicture) -> View:
    """The whole picture as a view, on which nobody looks for a face."""
    box = Box(0, 0, *picture.pixels.shape[:2])
    return View(Face(Picture("planted", picture.pixels, ""), box, "whole"), picture.pixels.astype(np.float32))


def _voice(name: str, game: RegionGame) -> Attribution:
    """The evidence itself on a grid, as another method would give it."""
    cells = VOICES[name]
    evidence = planted_evidence(game.view.pixels)
    return _attribution(name, game, evidence.reshape(cells, SIZE // cells, cells, -1).sum(axis=(1, 3)))


def _attribution(name: str, game: RegionGame, values: Map, **record: object) -> Attribution:
    box, unit = game.view.face.box, "logit per region" if "regions" in record else "logit per cell"
    record = {"seed": None, **record}
    return Attribution(name, values, unit, "pixel", box, (box.height, box.width), {}, calls=1, **record)  # type: ignore[arg-type]  # the fields of Attribution
