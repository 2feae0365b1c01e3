"""How often intervals of 95 % hold what they should: ``python benchmarks/intervals.py``.

Scores are drawn from two normal distributions of logits, too steep for a calibrated detector, as real ones are; the true
rates are those of two million pictures. A column is a number of fakes and of real pictures, a cell the per cent of a
thousand data sets in which the interval held the truth.
"""

from __future__ import annotations

import numpy as np
from measuring import publish
from numpy.typing import NDArray

from xaifake.audit.statistics.performance import rates_of

SIZES = ((20, 20), (50, 50), (120, 120), (40, 400), (1000, 1000))
DETECTORS = {"weak": 1.0, "good": 2.5, "nearly perfect": 4.5}
"""How far apart the means of the logits lie, in standard deviations."""
STEEP = 2.0
SETS = 1000
TRUTH = 1_000_000
THRESHOLD = 0.5


def main() -> None:
    found = {name: _rows(apart) for name, apart in DETECTORS.items()}
    rows = [{"detector": name, "rate": rate, **cells} for name, rates in found.items() for rate, cells in rates.items()]
    publish("intervals", "How often 95 % intervals hold the true rate, in per cent", rows)


def _rows(apart: float) -> dict[str, dict[str, float]]:
    """By rate, the coverage at every size."""
    rows: dict[str, dict[str, float]] = {}
    for fakes, reals in SIZES:
        scale = TRUTH // max(fakes, reals)
        truth = rates_of(*_drawn(fakes * scale, reals * scale, apart, 0), THRESHOLD, 0)
        held: dict[str, list[bool]] = {}
        for seed in range(1, SETS + 1):
            found = rates_of(*_drawn(fakes, reals, apart, seed), THRESHOLD, seed)
            for name, rate in found.rates.items():
                held.setdefault(name, []).append(rate.low <= truth.rates[name].value <= rate.high)
        for name, cells in held.items():
            rows.setdefault(name, {})[f"{fakes} + {reals}"] = round(100 * float(np.mean(cells)), 1)
    return rows


def _drawn(fakes: int, reals: int, apart: float, seed: int) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    fake = np.arange(fakes + reals) < fakes
    logits = STEEP * (np.random.default_rng(seed).normal(size=fake.size) + apart * (fake - 0.5))
    return fake, 1 / (1 + np.exp(-logits))


if __name__ == "__main__":
    main()
