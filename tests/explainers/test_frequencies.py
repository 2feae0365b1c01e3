"""On a detector of DCT coefficients, gradients are explained in the plane of frequencies and masks on the picture."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from xaifake import explain, plugins, wrap_model
from xaifake.detector.engine import Detector
from xaifake.detector.planted import PlantedPicture, planted_picture
from xaifake.detector.planted_dct import FINE_ACROSS, FINE_DOWN, planted_dct_model
from xaifake.game.region_game import new_game
from xaifake.records import Box, Case

pytestmark = pytest.mark.keras

KINDS = [(2, 1, False), (2, 3, True), (3, 1, True), (3, 3, False)]


@cache
def explained(major: int, channels: int, log: bool) -> tuple[PlantedPicture, Case]:
    planted = planted_picture(4)
    detector = wrap_model(planted_dct_model(major, channels=channels, log=log), domain="dct:log" if log else "dct")
    return planted, explain(
        detector, planted.pixels, methods=["gradcam", "smoothgrad", "integrated_gradients", "shap", "lime"]
    )


def extremes(values: np.ndarray) -> list[tuple[int, int]]:
    """Row and column of the maximum and of the minimum."""
    return [tuple(map(int, np.unravel_index(at, values.shape))) for at in (values.argmax(), values.argmin())]  # type: ignore[misc]


def holds(box: Box, place: tuple[int, int]) -> bool:
    return box.top <= place[0] < box.bottom and box.left <= place[1] < box.right


@pytest.mark.parametrize(("major", "channels", "log"), KINDS)
@pytest.mark.parametrize("method", ["gradcam", "smoothgrad", "integrated_gradients"])
def test_gradients_find_the_planted_coefficients(method: str, major: int, channels: int, log: bool) -> None:
    """The maximum lies on the coefficients that count for FAKE, the minimum on those for REAL, in the domain dct."""
    _, case = explained(major, channels, log)
    found = case.attributions[method]
    most, least = extremes(found.values)
    assert ("dct", (64, 64)) == (found.domain, found.grid)
    assert holds(FINE_DOWN, most), (most, case.prediction)
    assert holds(FINE_ACROSS, least), least
    assert found.values.max() > 0 > found.values.min()


@pytest.mark.parametrize(("major", "channels", "log"), KINDS)
@pytest.mark.parametrize("method", ["shap", "lime"])
def test_masking_finds_the_planted_stripes(method: str, major: int, channels: int, log: bool) -> None:
    """The regions with the most and the least evidence overlap the patches of stripes, in the domain of pixels."""
    planted, case = explained(major, channels, log)
    found = case.attributions[method]
    assert found.domain == "pixel"
    for box, wanted in ((planted.fake, found.values.max()), (planted.real, found.values.min())):
        assert (found.values[box.rows_and_columns] == wanted).any()
    assert found.values.max() > 0 > found.values.min()


@pytest.mark.parametrize("name", plugins.names("explainer"))
def test_every_explainer_says_where_its_map_of_a_dct_detector_lies(name: str) -> None:
    """Maps of the coefficients have the plane's grid; those of the larger view, of its bands or of masks have another."""
    found = plugins.find("explainer", name)
    frugal = {"calls": 250, "samples": 2, "steps": 4}
    explainer = found(**{key: value for key, value in frugal.items() if key in found.__dataclass_fields__})
    case = explain(cut(), planted_picture(4).pixels, methods=[explainer])
    for attribution in case.attributions.values():
        assert attribution.domain in {"dct", "frequency", "pixel"}
        assert (attribution.domain == "dct") == (attribution.grid == (64, 64))
    assert len(case.attributions) + len(case.omissions) == 1


@cache
def cut() -> Detector:
    """A detector that receives the lowest 64 × 64 coefficients of views of 96 × 96."""
    return wrap_model(planted_dct_model(), domain="dct", size=96)


def test_units_say_what_the_plane_is_made_of() -> None:
    """Logits per coefficient, and per unit of a coefficient for the map without a sign."""
    _, case = explained(3, 1, True)
    assert case.attributions["smoothgrad"].unit == case.attributions["integrated_gradients"].unit == "logit per coefficient"
    detector = wrap_model(planted_dct_model(), domain="dct")
    sensitivity = explain(detector, planted_picture().pixels, methods=["smoothgrad:samples=2:sensitivity"])
    assert sensitivity.attributions["smoothgrad"].unit == "logit per unit of a coefficient"


def test_without_noise_the_coefficients_add_up_to_the_first_order_change() -> None:
    """The planted score is a sum of magnitudes: the map sums to the slope of the logit from the view to its fill."""
    pixels = planted_picture(4).pixels
    detector = wrap_model(planted_dct_model(channels=3), domain="dct")
    found = explain(detector, pixels, methods=["smoothgrad:samples=1:noise=0"]).attributions["smoothgrad"]
    (view,) = detector.view(detector.faces(pixels))
    step = 1e-3 * (view.pixels - new_game(view).fill)
    full, less = detector.score(np.stack([view.pixels, view.pixels - step]))
    assert found.values.sum() == pytest.approx((full - less) / 1e-3, rel=0.02)
