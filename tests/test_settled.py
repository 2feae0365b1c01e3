"""Nothing but what is settled is drawn as evidence."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from synthetic import astronaut, gradcam, make_case, masking, parts
from unsettled import TURNED, unsettled_case

from xaifake.records import Box, Check
from xaifake.report import figures, notebook
from xaifake.report import parts as parts_section
from xaifake.report.html import render
from xaifake.report.overlays import overlay, stripes
from xaifake.report.strongest import strongest
from xaifake.settled import settled, settled_maps

pytestmark = pytest.mark.slow

BOX, SIZE = Box(0, 0, 192, 192), (192, 192)


def repeats(method: str, *flipped: int) -> Check:
    return Check("repeats", method, "mixed", measures={"flipped": flipped})


def test_errors_and_seeds_both_unsettle() -> None:
    """A region is hatched if its own error reaches zero, or if another seed turned its sign; the others are as they were."""
    lime = masking("lime", BOX, SIZE)
    errors = np.zeros(49, np.float32)
    errors[7] = 99
    found = settled(replace(lime, region_errors=errors), [repeats("lime", 3), repeats("shap", 20)])
    assert found.turned == (3, 7)
    assert (found.count, found.regions) == (2, 49)
    regions = np.asarray(lime.regions)
    assert np.array_equal(found.hatched, np.isin(regions, [3, 7]))
    assert not found.attribution.values[found.hatched].any()
    assert np.array_equal(found.attribution.values[~found.hatched], lime.values[~found.hatched])


def test_a_map_without_regions_has_cells() -> None:
    """Other seeds may turn a cell of a grid, counted row by row."""
    found = settled(gradcam(BOX, SIZE), [repeats("gradcam", 8)])
    assert np.argwhere(found.hatched).tolist() == [[1, 1]]


def test_a_region_without_pixels_hatches_nothing() -> None:
    """A region that lies nowhere may be unsettled too, and does no harm."""
    lime = masking("lime", BOX, SIZE)
    values, errors = np.append(lime.region_values, np.float32(0.1)), np.append(np.zeros(49, np.float32), np.float32(1))
    found = settled(replace(lime, region_values=values, region_errors=errors))
    assert (found.turned, found.regions) == ((49,), 50)
    assert not found.hatched.any()


def test_a_map_below_noise_is_no_evidence() -> None:
    """Where a check found too little to tell from noise, the page says so and draws nothing; the record stays."""
    case = make_case()
    weak = tuple(Check("survives", name, "not tested", reason="weak") for name in case.attributions)
    page = render(replace(case, checks=weak))
    said = "No evidence above noise."
    assert page.count(said) >= len(case.attributions) > render(case).count(said)
    assert all(one.attribution.is_empty for one in settled_maps(replace(case, checks=weak)).values())
    assert '"is_empty":false' in page


def test_what_was_not_tested_is_drawn() -> None:
    """Without errors and without the check nothing is known to be unsettled."""
    lime = masking("lime", BOX, SIZE)
    untested = Check("repeats", "lime", "not tested", reason="no_seed")
    found = settled(lime, [untested])
    assert found.count == 0
    assert np.array_equal(found.attribution.values, lime.values)


def test_where_nothing_is_settled_the_map_is_empty() -> None:
    """That is no evidence, and the page, the notebook and the sentence say so."""
    lime = masking("lime", BOX, SIZE)
    case = replace(make_case(attributions=[lime]), checks=(repeats("lime", *range(49)),))
    assert settled_maps(case)["lime"].attribution.is_empty
    assert "no evidence above noise: no region keeps its sign" in render(case)
    assert "No evidence above noise" in figures.panels(case)[0].sentence
    assert "No evidence above noise" in notebook.show_case(case)


def test_the_strongest_evidence_is_settled() -> None:
    """The strongest region of all is left out of the table where seeds turn it, and the page says how many are."""
    case = unsettled_case()
    lime = case.attributions["lime"]
    first = int(np.argmax(lime.region_values))
    shaky = replace(case, checks=(repeats("lime", first),))
    (panel,) = [panel for panel in figures.panels(shaky) if panel.id == "lime"]
    assert strongest(lime).fake[0].value == pytest.approx(float(lime.region_values[first]))
    assert panel.strongest.fake[0] == strongest(lime).fake[1]
    assert "1 of 49 regions are left out, since their sign is not settled." in render(shaky)


def test_unsettled_regions_do_not_set_the_scale() -> None:
    """A great value that may turn makes no other fainter."""
    lime = masking("lime", BOX, SIZE)
    values = np.asarray(lime.region_values).copy()
    values[3] = 50
    loud = replace(lime, region_values=values, values=values[np.asarray(lime.regions)])
    quiet = figures.panels(replace(make_case(attributions=[lime]), checks=(repeats("lime", 3),)))[0].scale
    assert figures.panels(replace(make_case(attributions=[loud]), checks=(repeats("lime", 3),)))[0].scale == quiet


def test_overlays_stripe_what_is_not_settled() -> None:
    """Black and white stripes on the bare photograph, no colour between them, and nothing of it elsewhere."""
    case = unsettled_case()
    drawing, photograph = overlay(case, "lime"), astronaut()
    mask = replace(case.attributions["lime"], values=settled_maps(case)["lime"].hatched.astype(np.float32)).on(192, 192) > 0
    black, white = stripes(mask)
    assert min(black.sum(), white.sum()) > 200
    assert (drawing[black] == 0).all()
    assert (drawing[white] == 255).all()
    between = mask & ~black & ~white
    assert between.sum() > 500
    assert np.array_equal(drawing[between], photograph[between])
    settled_only = overlay(replace(case, checks=()), "lime")
    assert np.array_equal(drawing[~mask], settled_only[~mask])


def test_a_map_alone_is_striped_too() -> None:
    """A notebook that shows a map without its photograph has stripes where the method's errors reach zero."""
    shap = unsettled_case().attributions["shap"]
    exact = replace(shap, region_errors=None)
    assert figures.map_alone(settled(shap), 0.3) != figures.map_alone(settled(exact), 0.3)
    assert "not settled" in notebook.show_attribution(shap)
    assert "not settled" not in notebook.show_attribution(exact)


def test_the_notebook_counts_what_is_hatched() -> None:
    """Whoever sees stripes reads what they mean."""
    fragment = notebook.show_case(unsettled_case())
    assert f"{len(TURNED)} of 49 regions are hatched: their sign is not settled" in fragment


def test_parts_of_unsettled_sign_support_neither_side() -> None:
    """They are hatched in their drawing, and their row in the table names no side."""
    picture = astronaut()
    asked = parts(Box(0, 0, 192, 192), picture.shape[:2], exact=False)
    (drawing,) = parts_section.section(make_case(picture, attributions=[asked])).drawings
    sides = {row.player: row.side for row in drawing.rows}
    assert asked.unsettled[[7, 8]].tolist() == [True, True]
    assert {player for player, side in sides.items() if not side} == set(np.flatnonzero(asked.unsettled).tolist())
    assert drawing.hatch
    assert "not settled" in render(make_case(picture, attributions=[asked]))


def test_a_single_cell_is_hatched_as_a_square() -> None:
    """Where one cell of a coarse grid is not settled, its four corners are hatched as well, and nothing beyond them."""
    case = unsettled_case()
    panel = next(panel for panel in figures.panels(case) if panel.id == "lime")
    cell = np.zeros((4, 4), bool)
    cell[1, 2] = True
    drawn = replace(panel, unsettled=replace(panel.unsettled, hatched=cell))
    first, *steps = (np.array(pair.split(), float) for pair in _pairs(drawn.hatch))
    places = np.vstack([first, first + np.cumsum(steps, axis=0)])
    box = panel.box
    corners = [(box.left + box.width * x / 4, box.top + box.height * y / 4) for x in (2, 3) for y in (1, 2)]
    for corner in corners:
        assert np.abs(places - corner).max(axis=1).min() < 0.03 * box.width
    assert np.ptp(places, axis=0) == pytest.approx([box.width / 4, box.height / 4], abs=0.06 * box.width)


def _pairs(path: str) -> list[str]:
    """The numbers of an SVG path of one line, by twos."""
    numbers = re.findall(r"-?[\d.]+", path)
    return [" ".join(numbers[at : at + 2]) for at in range(0, len(numbers), 2)]
