"""A case and an attribution as figures: what is drawn is the map, on the report's scale and in the report's colours."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import PathPatch
from matplotlib.text import Text
from PIL import Image
from synthetic import astronaut, make_case, smoothgrad
from unsettled import TURNED, unsettled_case

from xaifake.errors import UnknownNameError, UsageError
from xaifake.records import Attribution, Box, Case
from xaifake.report.colours import colours
from xaifake.report.overlays import close_up
from xaifake.report.scales import drawn, scales
from xaifake.settled import settled_maps

pytestmark = pytest.mark.slow

WIDTHS = (3.3, 6.9)
METHODS = {"Grad-CAM": "gradcam", "SHAP": "shap", "LIME": "lime", "SmoothGrad": "smoothgrad"}


def maps(figure: Figure) -> dict[str, AxesImage]:
    """What lies on top in each panel, by the panel's title."""
    return {ax.get_title(): ax.images[-1] for ax in figure.axes if ax.get_title()}


def texts(figure: Figure) -> list[Text]:
    """Everything that is written, once it has been drawn."""
    figure.draw_without_rendering()
    return [one for one in figure.findobj(Text) if one.get_text() and one.get_visible()]


def on_white(colour: np.ndarray) -> np.ndarray:
    """RGBA as it is printed."""
    return 255 + (colour[..., :3] - 255.0) * (colour[..., 3:] / 255.0)


def in_frequencies(case: Case) -> Attribution:
    return replace(case.attributions["gradcam"], domain="dct")


def everything() -> Case:
    """A case whose panels are of every kind: hatched, empty, a sensitivity, in frequencies, and a scale of its own."""
    case = unsettled_case()
    gradcam, lime = case.attributions["gradcam"], case.attributions["lime"]
    sensitive = smoothgrad(gradcam.box, gradcam.picture_size, sensitivity=True)
    more = {"smoothgrad": sensitive, "bands": replace(in_frequencies(case), method="bands")}
    empty = replace(lime, method="occlusion", values=0 * lime.values, region_values=0 * lime.region_values)
    return replace(case, attributions={**case.attributions, **more, "occlusion": empty})


def test_a_map_is_drawn_as_it_is() -> None:
    """The image holds the map's own cells in the unit that is drawn, nearest, its limits symmetric about zero."""
    attribution = make_case().attributions["gradcam"]
    image = maps(attribution.plot())["Grad-CAM"]
    expected = drawn(attribution)
    np.testing.assert_array_equal(image.get_array(), expected.values)
    assert image.get_interpolation() == "nearest"
    limit = scales({"gradcam": attribution})["gradcam"].own
    assert image.get_clim() == (-limit, limit)


def test_panels_of_a_unit_share_a_scale() -> None:
    """Every panel holds its map and the report's common limit; SmoothGrad, of another unit, has its own."""
    case = make_case()
    shown, expected = maps(case.plot()), scales(case.attributions)
    for title, method in METHODS.items():
        np.testing.assert_array_equal(shown[title].get_array(), drawn(case.attributions[method]).values)
        assert shown[title].get_clim() == (-expected[method].common, expected[method].common)
    assert shown["Grad-CAM"].get_clim() == shown["SHAP"].get_clim() == shown["LIME"].get_clim()
    assert shown["LIME"].get_clim() != shown["SmoothGrad"].get_clim()


@pytest.mark.parametrize("sensitive", [False, True])
def test_colours_are_those_of_the_report(sensitive: bool) -> None:
    """Each value takes the report's colour to within one of its 127 steps, 3 grey levels in print, and zero has none."""
    attribution = smoothgrad(Box(0, 0, 192, 192), (192, 192), sensitivity=sensitive)
    image = maps(attribution.plot())["SmoothGrad"]
    low, high = image.get_clim()
    assert low == (0 if sensitive else -high)
    values = np.linspace(-high * (not sensitive), high, 999, dtype=np.float32)
    expected = on_white(colours(values, high, has_sign=not sensitive))
    actual = on_white(image.to_rgba(values, bytes=True))
    assert np.abs(expected - actual).max() <= 3
    assert image.to_rgba(np.zeros(1), bytes=True)[0, 3] == 0


def test_a_stated_scale_is_taken() -> None:
    """Maps of several cases can be brought on one scale."""
    image = maps(make_case().attributions["lime"].plot(scale=2.5))["LIME"]
    assert image.get_clim() == (-2.5, 2.5)


def test_what_is_not_settled_is_hatched() -> None:
    """The stripes cover exactly the regions of open sign, which have no colour; the page says what they mean."""
    case = unsettled_case()
    figure = case.plot("lime")
    (ax,) = [ax for ax in figure.axes if ax.get_title() == "LIME"]
    halo, stripes = (patch for patch in ax.patches if isinstance(patch, PathPatch))
    assert halo.get_hatch() == stripes.get_hatch() != ""
    open_regions = np.isin(case.attributions["lime"].regions, TURNED)
    np.testing.assert_array_equal(open_regions, settled_maps(case)["lime"].hatched)
    assert not np.any(ax.images[-1].get_array()[open_regions])
    rows, columns = np.mgrid[:128, :128] + 0.5
    middles = np.stack([columns.ravel(), rows.ravel()], axis=1) * 192 / 128
    inside = np.zeros(128 * 128, bool)
    for line in stripes.get_path().to_polygons():
        inside ^= type(stripes.get_path())(line).contains_points(middles)
    assert np.mean(inside.reshape(128, 128) != open_regions) < 0.005
    assert any("the sign is not settled" in one.get_text() for one in texts(figure))


def test_stripes_keep_the_corners_of_cells() -> None:
    """One cell of a coarse grid is striped as a square, not as a diamond."""
    grid = np.float32([[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    regions = np.arange(9, dtype=np.int32).reshape(3, 3)
    coarse = replace(
        make_case().attributions["lime"],
        values=grid,
        regions=regions,
        region_values=grid.ravel(),
        region_errors=np.ones(9, np.float32),
    )
    (stripes, _) = coarse.plot().axes[0].patches
    left, bottom, width, height = stripes.get_path().get_extents().bounds
    assert np.allclose((left, bottom, width, height), (1, 1, 1, 1), atol=0.02)


@pytest.mark.parametrize("width", WIDTHS)
def test_all_can_be_read_at_its_width(width: float) -> None:
    """At one column and at two, no text is smaller than 6 points, none leaves the figure, and none covers another."""
    figure = everything().plot(width=width)
    shown = texts(figure)
    assert width == figure.get_size_inches()[0]
    assert min(one.get_fontsize() for one in shown) >= 6
    boxes = [one.get_window_extent() for one in shown]
    for one, box in zip(shown, boxes, strict=True):
        assert figure.bbox.containsx(box.x0), one
        assert figure.bbox.containsx(box.x1), one
        assert figure.bbox.containsy(box.y0), one
        assert figure.bbox.containsy(box.y1), one
    overlaps = [
        (shown[first].get_text(), shown[second].get_text())
        for first in range(len(boxes))
        for second in range(first)
        if boxes[first].padded(-1).overlaps(boxes[second].padded(-1))
    ]
    assert overlaps == []


def test_over_a_picture_the_map_lies_in_its_box() -> None:
    """In coordinates of the source, also over a smaller copy of it."""
    case = make_case(astronaut(whole=True), box=Box(20, 128, 212, 320))
    attribution = case.attributions["shap"]
    for over in (case.picture, case.picture.pixels[::2, ::2]):
        photograph, evidence = attribution.plot(over=over).axes[0].images
        assert photograph.get_extent() == (0, 512, 400, 0)
        assert evidence.get_extent() == [128, 320, 212, 20]


def test_a_photograph_is_drawn_as_it_is() -> None:
    """Where there is no evidence, the figure's pixels are the photograph's: enlarged by a whole number, to the bit."""
    attribution = make_case().attributions["gradcam"]
    empty = replace(attribution, values=np.zeros((7, 7), np.float32))
    figure = empty.plot(over=astronaut())
    ax = figure.axes[0]
    figure.set_size_inches(2, 2)
    ax.set_position((0, 0, 1, 1))
    ax.set_title("")
    memory = io.BytesIO()
    figure.savefig(memory, format="png", dpi=96)
    assert np.array_equal(np.asarray(Image.open(memory).convert("RGB")).shape, (192, 192, 3))
    np.testing.assert_array_equal(np.asarray(Image.open(memory).convert("RGB"))[2:-2, 2:-2], astronaut()[2:-2, 2:-2])


def test_a_case_is_seen_as_near_as_in_its_report() -> None:
    """The photograph is the report's close-up of the face, and each map lies in the face's box on it."""
    case = make_case(astronaut(whole=True), box=Box(20, 128, 212, 320))
    near = close_up(case)
    photograph, evidence = case.plot("shap").axes[1].images
    np.testing.assert_array_equal(photograph.get_array(), near.picture.pixels)
    box = near.face.box
    assert evidence.get_extent() == [box.left, box.right, box.bottom, box.top]


def test_a_case_without_maps_is_its_photograph() -> None:
    """Where no method could speak for the picture, the prediction and the photograph are left."""
    figure = replace(make_case(), attributions={}).plot()
    assert [ax.get_title() for ax in figure.axes] == ["Photograph"]


def test_only_grids_can_be_smoothed() -> None:
    """Grad-CAM's cells are interpolated when that is asked for; no value is invented between LIME's regions."""
    case = make_case()
    assert maps(case.attributions["gradcam"].plot(smooth=True))["Grad-CAM"].get_interpolation() == "bilinear"
    assert maps(case.attributions["lime"].plot(smooth=True))["LIME"].get_interpolation() == "nearest"


def test_a_map_in_frequencies_stands_alone() -> None:
    """Its sides are named, no photograph lies under it, and it is refused over one."""
    case = make_case()
    alone = in_frequencies(case)
    shown = replace(case, attributions={"gradcam": alone}).plot()
    (ax,) = [ax for ax in shown.axes if ax.get_title() == "Grad-CAM"]
    assert len(ax.images) == 1
    assert ("fine detail across →", "fine detail down →") == (ax.get_xlabel(), ax.get_ylabel())
    with pytest.raises(UsageError, match="Only a map of the pixel domain lies on a picture"):
        alone.plot(over=case.picture)


def test_an_empty_map_says_so() -> None:
    """No noise is scaled up to colours, and there is no bar for colours that there are not."""
    attribution = make_case().attributions["gradcam"]
    figure = replace(attribution, values=np.zeros((7, 7), np.float32)).plot()
    assert [ax.get_title() for ax in figure.axes] == ["Grad-CAM\nno evidence above noise"]
    image = figure.axes[0].images[0]
    assert not image.to_rgba(image.get_array())[..., 3].any()


def test_axes_of_ones_own_are_given_back() -> None:
    """A map can be put into any figure, and the axes come back; a case has to be told which map."""
    case = make_case()
    left, right = Figure().subplots(1, 2)
    assert case.attributions["lime"].plot(left) is left
    assert case.plot("shap", ax=right) is right
    assert (left.get_title(), right.get_title()) == ("LIME", "SHAP")
    with pytest.raises(UsageError, match=r"One ax takes the map of one method: name it. Received: 4 methods"):
        case.plot(ax=left)  # type: ignore[call-overload]


def test_sentences_can_be_left_to_the_caption() -> None:
    """A paper tells them in its own words."""
    assert len(make_case().plot().texts) == 2
    assert make_case().plot(captioned=False).texts == []


def test_refusals_say_what_would_do() -> None:
    """An unknown method, another picture, a scale without colours, and a width that cannot be printed."""
    case = make_case()
    with pytest.raises(UnknownNameError, match=r"attributions of: gradcam, shap, lime, smoothgrad. Received: rise"):
        case.plot(["lime", "rise"])
    with pytest.raises(UsageError, match=r"picture of 192 × 192 pixels.*Received: 192 × 100 pixels"):
        case.attributions["lime"].plot(over=astronaut()[:, :100])
    with pytest.raises(UsageError, match=r"above 0. Received: 0"):
        case.attributions["lime"].plot(scale=0)
    with pytest.raises(UsageError, match=r"3.3 is one column of a page, 6.9 is two. Received: 690"):
        case.plot(width=690)


@pytest.mark.slow
def test_names_of_any_letters_are_drawn() -> None:
    """Formulas are none, and what is not seen is an escape: halves of letters cannot be drawn, controls are no XML."""
    from xml.etree import ElementTree as ET

    case = make_case()
    name = "$\\frac$ \ud800\x1b[2J\x00\n\u202egpj.h5"
    figure = replace(case, detector=replace(case.detector, path=name)).plot("gradcam")
    drawing = io.BytesIO()
    figure.savefig(drawing, format="svg")
    told = " ".join("".join(ET.fromstring(drawing.getvalue()).itertext()).split())  # noqa: S314 - our own
    assert "$\\frac$ \\ud800\\x1b[2J\\x00" in told
