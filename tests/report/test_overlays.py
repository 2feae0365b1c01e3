"""The photograph is untouched where there is no evidence, and evidence lies where it belongs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic import astronaut, gradcam, make_case, masking, smoothgrad

from xaifake.errors import UnknownNameError, UsageError
from xaifake.records import Attribution, Box, Case
from xaifake.report.overlays import close_up, overlay, resized
from xaifake.report.scales import scales

BOX = Box(30, 150, 180, 290)
WHOLE = Box(0, 0, 192, 192)


def spot(box: Box, size: tuple[int, int], cell: tuple[int, int], value: float) -> Attribution:
    values = np.zeros((7, 7), np.float32)
    values[cell] = value
    return replace(gradcam(box, size), values=values)


def case_of(attribution: Attribution) -> Case:
    return make_case(attributions=[attribution])


def test_without_evidence_the_photograph_is_plain() -> None:
    """An empty map gives the photograph, bit by bit."""
    case = case_of(spot(WHOLE, (192, 192), (0, 0), 0))
    assert np.array_equal(overlay(case, "gradcam"), astronaut())


def test_only_the_evidence_is_coloured() -> None:
    """One native cell is coloured, and not one grey level elsewhere changes."""
    drawing = overlay(case_of(spot(WHOLE, (192, 192), (2, 5), 1)), "gradcam", smooth=False)
    changed = (drawing != astronaut()).any(axis=2)
    inside = np.zeros((192, 192), bool)
    inside[round(192 * 2 / 7) : round(192 * 3 / 7), round(192 * 5 / 7) : round(192 * 6 / 7)] = True
    assert not changed[~inside].any()
    assert changed[inside].mean() > 0.95


def test_nothing_is_drawn_outside_the_face() -> None:
    """A map lies within its box of a larger picture."""
    picture = astronaut(whole=True)
    drawing = overlay(make_case(picture, box=BOX, attributions=[gradcam(BOX, picture.shape[:2])]), "gradcam")
    changed = (drawing != picture).any(axis=2)
    assert changed[BOX.rows_and_columns].any()
    changed[BOX.rows_and_columns] = False
    assert not changed.any()


@pytest.mark.parametrize(("value", "channel"), [(1, 0), (-1, 2)], ids=["FAKE is orange", "REAL is blue"])
def test_sign_is_colour(value: float, channel: int) -> None:
    """Evidence for FAKE draws towards red and away from blue, evidence for REAL the other way."""
    grey = np.full((70, 70, 3), 128, np.uint8)
    case = make_case(grey, attributions=[spot(Box(0, 0, 70, 70), (70, 70), (3, 3), value)])
    pixel = overlay(case, "gradcam", smooth=False)[35, 35].astype(int)
    assert pixel[channel] > 128 > pixel[2 - channel]


def test_sensitivity_has_neither_colour() -> None:
    """A map without a sign is violet: it claims neither FAKE nor REAL."""
    box = Box(0, 0, 128, 128)
    grey = np.full((128, 128, 3), 128, np.uint8)
    attribution = smoothgrad(box, (128, 128), sensitivity=True)
    drawing = overlay(make_case(grey, attributions=[attribution]), "smoothgrad")
    red, green, blue = drawing[np.unravel_index(attribution.values.argmax(), (128, 128))]
    assert blue > red > green


def test_methods_share_one_scale_unless_told() -> None:
    """The default limit is the common one; another can be given."""
    attributions = [gradcam(WHOLE, (192, 192), 0.1), masking("lime", WHOLE, (192, 192))]
    case = make_case(attributions=attributions)
    found = scales(case.attributions)["gradcam"]
    assert np.array_equal(overlay(case, "gradcam"), overlay(case, "gradcam", limit=found.common))
    own = overlay(case, "gradcam", limit=found.own)
    assert np.abs(own.astype(int) - astronaut()).sum() > np.abs(overlay(case, "gradcam").astype(int) - astronaut()).sum()


def test_height_scales_the_drawing() -> None:
    """The result has the height asked for and the picture's proportions."""
    picture = astronaut(whole=True)
    case = make_case(picture, box=BOX, attributions=[gradcam(BOX, picture.shape[:2])])
    assert overlay(case, "gradcam", height=100).shape == (100, 128, 3)


def test_no_opacity_is_the_photograph() -> None:
    """At opacity 0 nothing shows."""
    assert np.array_equal(overlay(make_case(), "shap", opacity=0), astronaut())


def test_wrong_requests_are_named() -> None:
    """Unknown methods, opacities and heights are refused with what was received."""
    case = make_case()
    with pytest.raises(UnknownNameError, match=r"gradcam, shap, lime, smoothgrad. Received: rise"):
        overlay(case, "rise")
    with pytest.raises(UsageError, match=r"between 0 and 1. Received: 1.5"):
        overlay(case, "shap", opacity=1.5)
    with pytest.raises(UsageError, match=r"from 1. Received: -3"):
        overlay(case, "shap", height=-3)


def test_another_domain_is_never_drawn_on_a_face() -> None:
    """A map of frequencies is refused."""
    case = case_of(replace(gradcam(WHOLE, (192, 192)), domain="dct"))
    with pytest.raises(UsageError, match=r"pixel domain.*Received: gradcam in dct"):
        overlay(case, "gradcam")


def test_close_up_moves_everything_together() -> None:
    """Seen from nearer, each pixel of the evidence lies on the same pixel of the face."""
    picture = astronaut(whole=True)
    case = make_case(picture, box=BOX, attributions=[gradcam(BOX, picture.shape[:2])])
    near = close_up(case)
    top, left = BOX.top - near.face.box.top, BOX.left - near.face.box.left
    height, width = near.picture.height, near.picture.width
    whole, close = overlay(case, "gradcam"), overlay(near, "gradcam")
    assert np.array_equal(near.face.pixels, case.face.pixels)
    assert np.array_equal(whole[top : top + height, left : left + width], close)


def test_close_up_stays_in_the_picture() -> None:
    """Where the face touches the picture's edge there is no margin."""
    near = close_up(make_case())
    assert near.picture.pixels.shape == astronaut().shape
    assert near.face.box == WHOLE


def test_resizing_keeps_at_least_one_column() -> None:
    """A very narrow picture stays a picture."""
    assert resized(np.zeros((1000, 2, 3), np.uint8), 10).shape == (10, 1, 3)
