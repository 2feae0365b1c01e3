"""Evidence is drawn per area, so that cells and regions share one scale; other units keep their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic import all_methods, gradcam, masking, smoothgrad

from xaifake.records import Attribution, Box
from xaifake.report.scales import DENSITY, drawn, limit_of, scales, shares

BOX, SIZE = Box(0, 0, 100, 100), (100, 100)


def methods() -> dict[str, Attribution]:
    return {a.method: a for a in all_methods(BOX, SIZE)}


def test_shares_of_one_map_cover_the_box() -> None:
    """Each region's share, counted once, adds up to the whole; so do the cells'."""
    lime = masking("lime", BOX, SIZE)
    _, first = np.unique(lime.regions, return_index=True)
    assert shares(lime).ravel()[first].sum() == pytest.approx(1)
    assert shares(gradcam(BOX, SIZE)).sum() == pytest.approx(1)


def test_density_is_value_over_share() -> None:
    """2 logits on a quarter of the face are 0.08 logits per 1 % of it, as a cell and as a region."""
    cell = replace(gradcam(BOX, SIZE), values=np.array([[2, 0], [0, 0]], np.float32))
    regions = np.array([[0, 1], [1, 1]], np.int32)
    values = np.array([2, 0], np.float32)
    region = replace(masking("shap", BOX, SIZE), values=values[regions], regions=regions, region_values=values)
    assert drawn(cell).values[0, 0] == drawn(region).values[0, 0] == np.float32(0.08)
    assert drawn(cell).unit == drawn(region).unit == DENSITY


def test_a_pixel_map_is_drawn_as_it_is() -> None:
    """SmoothGrad keeps its values and its unit."""
    attribution = smoothgrad(BOX, SIZE)
    assert drawn(attribution) is attribution


def test_methods_of_one_unit_share_one_limit() -> None:
    """Grad-CAM, SHAP and LIME have one common limit between their own ones; SmoothGrad stands apart."""
    found = scales(methods())
    shared = [found[name] for name in ("gradcam", "shap", "lime")]
    assert len({scale.common for scale in shared}) == 1
    assert min(s.own for s in shared) <= shared[0].common <= max(s.own for s in shared)
    assert shared[0].shared_with == ("shap", "lime")
    assert (found["smoothgrad"].shared_with, found["smoothgrad"].common) == ((), found["smoothgrad"].own)


def test_another_domain_does_not_share() -> None:
    """A Grad-CAM of frequencies has its own scale, and the face's methods keep theirs."""
    found = scales({**methods(), "gradcam": replace(gradcam(BOX, SIZE), domain="dct")})
    assert found["gradcam"].shared_with == ()
    assert found["shap"].shared_with == ("lime",)


def test_empty_maps_do_not_count() -> None:
    """A map without evidence neither moves the common limit nor is named beside it."""
    empty = replace(gradcam(BOX, SIZE), values=np.zeros((7, 7), np.float32))
    without = {name: a for name, a in methods().items() if name != "gradcam"}
    found = scales({**without, "gradcam": empty})
    assert found["shap"] == scales(without)["shap"]
    assert (found["gradcam"].own, found["gradcam"].common) == (0.0, 0.0)


def test_limit_is_a_share_of_area_not_of_cells() -> None:
    """A coarse map weighs as much as a fine one: the limit is reached by 0.5 % of their area."""
    fine, coarse = np.ones((100, 100), np.float32), np.full((2, 2), 3, np.float32)
    assert limit_of([fine, coarse]) == 3.0
    fine[0, :40] = 50
    assert limit_of([fine]) == 1.0


def test_a_single_small_spot_is_still_drawn() -> None:
    """Evidence on less area than the limit leaves out takes its own greatest magnitude."""
    values = np.zeros((100, 100), np.float32)
    values[3, 3] = -2
    assert limit_of([values]) == 2.0
