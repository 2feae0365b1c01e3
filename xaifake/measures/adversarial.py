"""The adversarial test: how far does a small attack get that may change nothing but a map's strongest regions?"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from xaifake.errors import UsageError
from xaifake.interfaces import Engine, Explained
from xaifake.measures._attack import Attack, Strength, attack
from xaifake.measures._maps import Order, means, measurable, measure_of, random_maps, ranked
from xaifake.records import Measure, Prediction

Regions = frozenset[int]


@dataclass(frozen=True)
class Adversarial:
    """What an attack confined to the first one, two, … regions of a map takes off the score, and whether the label flips.

    Source: Tsigos et al. 2024 (arXiv:2404.18649), re-implemented from a description: an NES attack of 40 samples, σ 0.001,
    at most 50 steps of 1/255, within 16/255. Deviations: every method's map is ranked by its mean density on the game's
    regions; random regions stand beside; the logit is attacked, not the probability; a sample is a pair of views; an attack
    ends when the label has flipped; and a picture scored REAL is attacked too, towards FAKE, where its map says the most
    for REAL.

    Attributes:
        regions: the most that an attack may change.
        samples: pairs of views that a step's gradient is estimated from.
        steps: of an attack, at most.
        controls: random choices of regions.
    """

    regions: int = 3
    samples: int = 40
    steps: int = 50
    controls: int = 2

    def __post_init__(self) -> None:
        if min(self.regions, self.samples, self.steps, self.controls) < 1:
            raise UsageError(
                "The measure adversarial needs at least 1 of each of its options. Received: "
                f"regions {self.regions}, samples {self.samples}, steps {self.steps}, controls {self.controls}"
            )

    def calls(self, methods: int) -> int:
        """Every step of every attack: 12,150 for each map with the usual options."""
        return (methods + self.controls) * self.regions * self.steps * (2 * self.samples + 1)

    def measure(self, engine: Engine, explained: Sequence[Explained], seed: int) -> list[list[Measure]]:
        """For 1 to ``regions`` regions K: ``logit_K`` and ``probability_K``, how far the score was moved towards the other
        label, ``flipped_K`` and ``steps_K``; the same of random regions, in the mean, with ``_random``.
        """
        return [self._measures(engine, one, seed) for one in explained]

    def _measures(self, engine: Engine, one: Explained, seed: int) -> list[Measure]:
        maps = measurable(one)
        if not maps:
            return []
        way = -1 if one.prediction.label == "FAKE" else 1
        own = [self._leading(ranked(-way * means(each, one.game.labels), seed)) for each in maps]
        random = [self._leading(ranked(each, seed)) for each in random_maps(one.game.players, self.controls, seed)]
        attacks = {regions: _attack_on(one, regions, way, seed) for each in own for regions in chain(each, *random)}
        attack(engine, [*attacks.values()], Strength(self.samples, self.steps), functools.partial(_flipped, one.prediction))
        chance = [_told(one.prediction, [attacks[regions] for regions in each]) for each in random]
        measures, known = [], set[Regions]()
        for each, leading in zip(maps, own, strict=True):
            asked = set(chain(leading, *random))
            calls, saved = (sum(attacks[regions].calls for regions in some) for some in (asked, asked & known))
            values = _told(one.prediction, [attacks[regions] for regions in leading])
            means_of = {f"{name}_random": float(np.mean([told[name] for told in chance])) for name in values}
            measures.append(measure_of(self, each, values | means_of, seed=seed, calls=calls, saved=saved))
            known |= asked
        return measures

    def _leading(self, order: Order) -> list[Regions]:
        """The first region, the first two, and so on."""
        return [frozenset(order[:count].tolist()) for count in range(1, min(self.regions, len(order)) + 1)]


def _attack_on(one: Explained, regions: Regions, way: int, seed: int) -> Attack:
    """An attack that may change those regions; which they are decides all of it, whichever map names them."""
    places = np.isin(one.game.labels, list(regions))
    return Attack(one.game.view.pixels, places, way, np.random.default_rng(seed), one.prediction.logit)


def _flipped(prediction: Prediction, logit: float) -> bool:
    """Whether a logit has the other label."""
    return Prediction(logit, prediction.threshold).label != prediction.label


def _told(prediction: Prediction, attacks: Sequence[Attack]) -> dict[str, Any]:
    """What attacks on one, two, … regions did."""
    values: dict[str, Any] = {}
    for count, one in enumerate(attacks, 1):
        after = Prediction(one.logit, prediction.threshold)
        values[f"logit_{count}"] = one.way * (after.logit - prediction.logit)
        values[f"probability_{count}"] = one.way * (after.p_fake - prediction.p_fake)
        values[f"flipped_{count}"] = _flipped(prediction, one.logit)
        values[f"steps_{count}"] = one.steps
    return values
