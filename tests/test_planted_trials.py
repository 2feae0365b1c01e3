"""Checks tell true maps from wrong ones, many times over, and believe nothing of detectors that have learnt nothing."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from xaifake import plugins, wrap_model
from xaifake.audit.selftest.explaining import Planted
from xaifake.audit.selftest.trials import KINDS, TELLS, blind, counted, picture_of
from xaifake.detector.planted import planted_evidence, planted_model
from xaifake.detector.untrained import untrained_model

pytestmark = pytest.mark.keras

TRIALS = 40
RIGHT = 0.95
LEAST = int(binom.ppf(0.01, TRIALS, RIGHT))
"""A check that is right 95 times in 100 is right as often as this, or more often, in 99 of 100 such runs. The trials are
seeded: they come out the same each time. ``benchmarks/trials.py`` has 200 of them.
"""


@cache
def outcomes(check: str) -> dict[tuple[str, str], Counter[Any]]:
    return counted(Planted().detector(), range(TRIALS), [check])


@pytest.mark.parametrize(("check", "kind"), [(check, kind) for check, kinds in TELLS.items() for kind in kinds])
def test_maps_are_told_for_what_they_are(check: str, kind: str) -> None:
    """True maps hold up, wrong, random and shifted ones do not."""
    found = outcomes(check)[check, kind]
    assert LEAST <= (found["held up"] if kind == "true" else TRIALS - found["held up"]), dict(found)


@pytest.mark.parametrize(("check", "kind"), [(check, kind) for check in ("mattered", "enough") for kind in KINDS])
def test_what_hiding_tells_it_tells_outright(check: str, kind: str) -> None:
    """What hides and shows places says of wrong maps that they did not hold up, not merely less than that they did."""
    found = outcomes(check)[check, kind]
    assert LEAST <= found["held up" if kind == "true" else "did not hold up"], dict(found)


def test_nothing_holds_up_of_detectors_that_have_learnt_nothing() -> None:
    """Neither of networks of random weights nor of one that always scores the same does any map hold up, in any check."""
    detectors = [wrap_model(model) for model in (untrained_model(0), untrained_model(1), planted_model(gain=0.0))]
    found = blind(detectors)
    assert dict.fromkeys(plugins.names("check"), 0) == {name: counts["held up"] for name, counts in found.items()}
    assert all(sum(counts.values()) > 0 for counts in found.values())


@pytest.mark.parametrize("number", range(3))
def test_the_evidence_is_what_the_planted_detector_sees(number: int) -> None:
    """Pixel by pixel it sums to the logit, and where a patch of stripes lies it has the patch's sign."""
    picture = picture_of(number)
    pixels = picture.pixels.astype(np.float32)
    evidence = planted_evidence(pixels)
    (logit,) = Planted().detector().score(pixels[None])
    assert evidence.sum() == pytest.approx(float(logit), abs=1e-4)
    assert evidence[picture.fake.rows_and_columns].min() >= 0
    assert evidence[picture.real.rows_and_columns].max() <= 0
