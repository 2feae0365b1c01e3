"""The small maps of a gallery: few bytes, the unit and the scale of the case's report, its colours."""

from __future__ import annotations

import base64
from dataclasses import replace

import numpy as np
import pytest
from exhibits_made import many

from xaifake.records import Shown
from xaifake.report.audits.maps import HATCHED, methods_of, ramps, small_maps
from xaifake.report.colours import RAMP


def test_levels_tell_the_values_within_a_step() -> None:
    """A map is kept in parts of its peak, 127 on each side; what is not settled is told apart."""
    values = np.array([[0.5, -0.25], [np.nan, 0.0]], np.float32)
    (map_,) = small_maps(replace(many(1)[0], maps=(Shown("shap", values, "logit per cell", cells=True),)), "face")
    levels, peak = map_.levels(common=9.0)
    density = np.nan_to_num(values) * 4 / 100
    assert HATCHED == levels[1, 0]
    np.testing.assert_allclose(np.where(levels == HATCHED, 0, levels) * peak / 127, density, atol=peak / 254 + 1e-9)


def test_what_saturates_takes_no_levels() -> None:
    """One extreme cell does not use up the levels that colours are made of."""
    values = np.full((20, 20), 0.01, np.float32)
    values[0, 0] = 100.0
    (map_,) = small_maps(replace(many(1)[0], maps=(Shown("shap", values, "logit per cell"),)), "face")
    levels, peak = map_.levels(common=0.08)
    assert (127, pytest.approx(0.08)) == (levels[0, 0], peak)
    assert levels[1, 1] > 50


def test_empty_maps_have_nothing_to_draw() -> None:
    """All levels are zero, the scale is zero, and the sentence says so."""
    zero = Shown("gradcam", np.zeros((7, 7), np.float32), "logit per cell")
    (map_,) = small_maps(replace(many(1)[0], maps=(zero,)), "face")
    assert not map_.levels(0.0)[0].any()
    assert (0.0, "No evidence above noise.") == (map_.own, map_.sentence)


def test_the_browser_has_the_colours_of_the_program() -> None:
    """The ramp is the one by which reports of cases are painted."""
    assert RAMP.tobytes() == base64.b64decode(ramps()["signed"])


def test_methods_come_from_all_pictures() -> None:
    """A method that only some pictures have is offered."""
    maps = [map_ for one in many(6, 2) for map_ in small_maps(one, "face")]
    assert ["gradcam", "shap", "lime", "smoothgrad"] == [method.name for method in methods_of(maps)]
