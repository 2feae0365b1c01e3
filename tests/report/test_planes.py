"""Maps in frequencies are drawn, told and tabled as frequencies, on the page and in a notebook, and never as places."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from synthetic import make_case

from xaifake.errors import UsageError
from xaifake.records import Attribution, Case
from xaifake.report import figures, notebook, sentences
from xaifake.report.html import render
from xaifake.report.overlays import overlay
from xaifake.report.planes import Plane, plane_of
from xaifake.report.strongest import Area
from xaifake.report.words import words


def frequencies() -> Case:
    """Grad-CAM and SmoothGrad of a detector that receives the lowest 32 × 32 of 64 × 64 coefficients; SHAP as ever."""
    case = make_case()
    fine_across = np.zeros((32, 32), np.float32)
    fine_across[2, 30], fine_across[30, 2] = 0.5, -0.2
    maps = {
        name: replace(case.attributions[name], domain="dct", values=fine_across, unit=unit)
        for name, unit in (("gradcam", "logit per cell"), ("smoothgrad", "logit per coefficient"))
    }
    contract = replace(case.contract, size=(64, 64), channels="grey", domain="dct:block=32")
    return replace(case, contract=contract, attributions={**maps, "shap": case.attributions["shap"]})


def test_a_plane_is_what_the_detector_receives_of_the_transform() -> None:
    """Its shape is the block's, its view the contract's; a map on the picture has none, and one of bands the view's."""
    case = frequencies()
    assert Plane((32, 32), (64, 64)) == plane_of(case, case.attributions["gradcam"])
    assert plane_of(case, case.attributions["shap"]) is None
    assert Plane((64, 64), (64, 64)) == plane_of(case, replace(case.attributions["gradcam"], domain="frequency"))


@pytest.mark.parametrize("method", ["gradcam", "smoothgrad"])
def test_no_map_of_frequencies_is_laid_on_the_photograph(method: str) -> None:
    """The map itself and the overlay refuse; the panel has a plane and no photograph."""
    case = frequencies()
    with pytest.raises(UsageError, match=f"Only a map of the pixel domain lies on the picture. Received: {method} in dct"):
        case.attributions[method].on(10, 10)
    with pytest.raises(UsageError, match="pixel domain"):
        overlay(case, method)
    page = render(replace(case, attributions={method: case.attributions[method]}))
    assert 'href="#photograph"' not in page
    assert "fine detail across →" in page
    assert "lowest 32 × 32" in page


def test_a_page_needs_no_statistics() -> None:
    """A case is drawn also where the file of statistics is no longer at hand."""
    case = frequencies()
    contract = replace(case.contract, domain=f"dct:statistics=gone.npz:sha256={'0' * 64}:block=32")
    assert "lowest 32 × 32" in render(replace(case, contract=contract))


def test_a_map_on_the_picture_is_never_drawn_in_the_plane() -> None:
    """Of a detector of coefficients, SHAP alone makes a page without the plane's axes."""
    case = frequencies()
    page = render(replace(case, attributions={"shap": case.attributions["shap"]}))
    assert page.count('href="#photograph"') == 1
    assert "fine detail across" not in page
    assert words().evidence.frequencies not in page


def test_the_table_tells_cycles() -> None:
    """SmoothGrad's 7 × 7 blocks are tabled by how fine they are and the cycles in their middles, SHAP's regions by place."""
    page = render(frequencies())
    headings = re.findall(r"<h3>([^<]+)</h3>(?:(?!<h3>).)*?(Cycles across|>Across)", page, re.DOTALL)
    assert [("Grad-CAM", "Cycles across"), ("SmoothGrad", "Cycles across"), ("SHAP", ">Across")] == headings
    assert page.count("Cycles across") == 2
    assert page.count(">fine across, coarse down<") == 2
    assert words().evidence.frequencies in page


def test_sentences_speak_of_detail() -> None:
    """No left and no upper; the face stays the face for methods that mask it."""
    told = {panel.attribution.method: panel.sentence for panel in figures.panels(frequencies())}
    assert (
        "FAKE is supported most by detail fine across, coarse down (+0.500 logit on 2.0\xa0% of the plane)"
        in told["gradcam"]
    )
    assert "REAL is supported most by detail coarse across, fine down (−0.200 logit" in told["smoothgrad"]
    assert "supported most by the lower centre" in told["shap"]


def test_a_sensitivity_in_the_plane_has_no_sign() -> None:
    """Its unit is that of a coefficient, and the score is sensitive to detail."""
    case = frequencies()
    smooth = case.attributions["smoothgrad"]
    unsigned: Attribution = replace(smooth, values=np.abs(smooth.values), unit="logit per unit of a coefficient")
    (panel,) = figures.panels(replace(case, attributions={"smoothgrad": unsigned}))
    assert panel.sentence.startswith("The score is most sensitive to detail fine across, coarse down (")
    assert not panel.has_sign


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        (Area(1, 0.1, 0.1, 0.2), "coarse both ways"),
        (Area(1, 0.1, 0.5, 0.9), "fine across, medium down"),
        (Area(1, 0.1, 1.0, 1.0), "fine both ways"),
    ],
)
def test_thirds_of_the_plane_have_names(area: Area, expected: str) -> None:
    """Coarse, medium and fine, across and down."""
    assert expected == sentences.where(area, "dct")


def test_a_notebook_says_what_the_plane_is() -> None:
    """A case and a map alone name the coefficients."""
    case = frequencies()
    assert notebook.show_case(case).count("the plane of the DCT coefficients of the picture at 64 × 64, of which") == 4
    assert "in the plane of DCT coefficients, low frequencies at the top left" in notebook.show_attribution(
        case.attributions["gradcam"]
    )
