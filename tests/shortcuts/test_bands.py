"""Bands: one that the score rests on alone, and many that it rests on together."""

from __future__ import annotations

import numpy as np
import pytest
from engines import linear
from shortcut_trials import labels_of, noisy, scores, seen, trials

from xaifake.game.spectrum import BANDS, energy_shares
from xaifake.shortcuts.bands import Bands

pytestmark = pytest.mark.slow

LABELS = labels_of(30, 30)


def judged(shifts: dict[int, float]):
    """Bands that move scores so much; their controls do not."""
    after = {f"band_{n}": noisy(shifts.get(n, 0.0), 60, n, 0.1) for n in range(1, BANDS + 1)}
    controls = {f"band_{n}_control": noisy(0, 60, 20 + n, 0.1) for n in range(1, BANDS + 1)}
    return Bands().judged(trials(after | controls, LABELS), scores(LABELS), 0)


def test_each_copy_lacks_its_band() -> None:
    """And its control as much energy of others."""
    pixels = seen().view.pixels
    copies = Bands().changed(linear(), seen(), None, np.random.default_rng(0))
    assert 2 * BANDS == len(copies) == Bands().calls
    whole = energy_shares(pixels)
    for number in range(3, BANDS):
        assert energy_shares(copies[f"band_{number + 1}"])[number] < 0.6 * whole[number]
        lost = [((copies[name] - pixels) ** 2).sum() for name in (f"band_{number + 1}", f"band_{number + 1}_control")]
        assert pytest.approx(lost[0], rel=0.01) == lost[1]


def test_one_band_alone_is_a_shortcut() -> None:
    """Either way; the leading change names it."""
    for shift in (3.0, -3.0):
        found = judged({5: shift})
        assert ("confirmed", "band_5") == (found.outcome, found.measures["leading"])
        assert found.measures["share_band_5"] > 0.8


def test_several_bands_are_how_detectors_work() -> None:
    """However strong each is."""
    assert "not seen" == judged({4: 3.0, 5: 3.0, 6: 3.0}).outcome
