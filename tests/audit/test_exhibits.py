"""Which pictures an audit's report shows, in which order, and what it keeps of them."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scores_made import entry, scores_of
from synthetic import astronaut, make_case, parts
from whole_cases import whole_case

from xaifake.audit.exhibits import exhibits_of, facts_of, name_of, outside_share, top_part
from xaifake.audit.showing import display_copy, shown_grid, shown_maps
from xaifake.errors import PictureError
from xaifake.records import Box, Case, Check, Entry, Evidence, Limit
from xaifake.risks import risk
from xaifake.settled import settled_maps


def never(asked: Entry) -> np.ndarray:
    raise PictureError(f"The picture is gone. Received: {asked.uri}")


def grey(asked: Entry) -> np.ndarray:
    return np.full((64, 48, 3), int(asked.id[:2], 16), np.uint8)


def grids(rows: list[int]) -> Evidence:
    """Maps that hold the number of their row."""
    values = np.array(rows, np.float32)[:, None, None]
    return Evidence(np.array(rows), values * np.ones((1, 7, 7), np.float32), np.zeros((len(rows), 28, 28), np.float32))


@pytest.fixture
def five() -> list[Entry]:
    return [entry(0, "REAL"), entry(1, "FAKE"), entry(2, "FAKE"), entry(3, None), entry(4, "REAL")]


def test_riskiest_come_first(five: list[Entry]) -> None:
    """A confident error, then a slight one, then a borderline score, then what could not be scored, then the rest."""
    scores = scores_of(five, [4.0, -0.2, 5.0, 0.1, None])
    found = exhibits_of(scores, [], [grids([0, 1, 2, 3])], grey)
    assert ["0000.png", "0001.png", "0003.png", "0004.png", "0002.png"] == [one.name for one in found]
    assert ["FP", "FN", "FAKE", None, "TP"] == [one.outcome for one in found]


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ((0.99, 0.5, "FP"), (0.01, 0.5, "TN")),
        ((0.51, 0.5, "FP"), (0.5, 0.5, "TP")),
        ((0.59, 0.5, "TP"), (0.9, 0.5, "TP", ("did not hold up",))),
        ((0.9, 0.5, "TP", ("did not hold up", "mixed")), (0.9, 0.5, "TP", ("mixed",), 6)),
        ((0.9, 0.5, "TP", (), 1), (None, 0.5, None)),
        ((None, 0.5, None), (0.61, 0.5, "TP")),
    ],
    ids=["error", "slight error", "borderline", "disagreement", "out of scope", "unusable"],
)
def test_reasons_stand_in_their_order(more: tuple, less: tuple) -> None:
    """Each reason outweighs all that stand behind it, however strong they are."""
    assert risk(*more) > risk(*less)


def test_no_more_pictures_than_asked_unless_looked_at_closely(five: list[Entry]) -> None:
    """The most risky fill up what the closely looked at leave."""
    case = make_case(sha256=five[2].id)
    scores = scores_of(five, [4.0, -0.2, 5.0, 0.1, None])
    assert [five[0].id, five[2].id] == [one.entry.id for one in exhibits_of(scores, [case], [], grey, most=2)]
    assert [five[2].id] == [one.entry.id for one in exhibits_of(scores, [case], [], grey, most=0)]


def test_others_bear_gradcam_alone(five: list[Entry]) -> None:
    """A picture of which only the score is known has its Grad-CAM map from the chunks, and what the detector received."""
    (found,) = (
        one for one in exhibits_of(scores_of(five, [4.0] * 5), [], [grids([0, 1]), grids([2, 3])], grey) if "3" in one.name
    )
    (map_,) = found.maps
    assert ("gradcam", "logit per cell", "pixel", False) == (map_.method, map_.unit, map_.domain, map_.cells)
    assert np.full((7, 7), 3.0).tolist() == map_.values.tolist()
    assert (48, 64) == Image.open(io.BytesIO(found.image)).size


def test_a_map_among_frequencies_is_said_to_lie_there(five: list[Entry]) -> None:
    """A detector of another domain has maps that never lie on the picture."""
    found = exhibits_of(scores_of(five, [4.0] * 5), [], [grids([0])], grey, domain="dct")
    assert [("dct", True)] == [(map_.domain, map_.cells) for one in found for map_ in one.maps]


def test_fine_grids_are_summed_into_small_ones() -> None:
    """A detector whose layer has 56 × 56 cells takes no more bytes than others, and none of its evidence is lost."""
    grid = np.random.default_rng(0).normal(0, 1, (56, 56)).astype(np.float32)
    small = shown_grid(grid, "pixel")
    assert (28, 28) == small.values.shape
    np.testing.assert_allclose(grid[:2, :2].sum(), small.values[0, 0], rtol=1e-4)


def test_a_picture_that_went_away_says_so(five: list[Entry]) -> None:
    """What can no longer be read is shown without its picture, and the audit goes on."""
    found = exhibits_of(scores_of(five[:1], [4.0]), [], [], never)
    assert [(b"", "The picture is gone. Received: faces/REAL/0000.png")] == [(one.image, one.error) for one in found]


def test_same_audit_gives_same_exhibits(five: list[Entry]) -> None:
    """Bytes and order do not depend on when they are made."""
    first, second = (exhibits_of(scores_of(five, [1.0] * 5), [], [grids([0])], grey) for _ in range(2))
    assert [one.image for one in first] == [one.image for one in second]
    assert [one.entry for one in first] == [one.entry for one in second]


def closely() -> Case:
    """A case that is out of scope, whose methods disagree, with a table of parts."""
    box, size = Box(0, 0, 192, 192), (192, 192)
    case = make_case(sha256=entry(0).id, logit=3.0)
    return replace(
        case,
        attributions={**case.attributions, "parts": parts(box, size)},
        checks=(
            Check("agrees", "shap", "did not hold up"),
            Check("agrees", "lime", "held up"),
            Check("random_maps", None, "held up"),
        ),
        limits=(Limit("blur", "outside", 3.0, 2.0), Limit("distance", "not known")),
    )


def test_what_was_looked_at_closely_has_everything() -> None:
    """All maps, outcomes by method and check, limits, parts; strata, cluster and page by its id."""
    case, told = closely(), entry(0)
    id_ = told.id
    (found,) = exhibits_of(
        scores_of([told], [3.0]), [case], [], never, strata={id_: ["random"]}, clusters={id_: 2}, pages={id_: "cases/a.html"}
    )
    assert ["gradcam", "shap", "lime", "smoothgrad"] == [map_.method for map_ in found.maps]
    assert {
        "shap": {"agrees": "did not hold up"},
        "lime": {"agrees": "held up"},
        "": {"random_maps": "held up"},
    } == found.checks
    assert (("blur",), ("random",), 2, "cases/a.html") == (found.limits, found.strata, found.cluster, found.page)
    assert pytest.approx(0.84) == found.parts["mouth"]
    assert ("mouth", pytest.approx(0.2)) == (found.top_part, found.outside)
    assert risk(case.prediction.p_fake, 0.5, "FAKE", ["did not hold up", "held up"], 1) == found.risk


def test_changed_copies_are_named_by_kind_and_amount(picture: Path) -> None:
    """The score of a changed copy stands under the change."""
    case = whole_case(picture)
    (found,) = exhibits_of(scores_of([entry(0, id_=case.picture.sha256)], [1.6]), [case], [], never)
    assert [f"{one.change.kind} {one.change.amount:g}" for one in case.robustness] == list(found.robustness)


def test_display_copies_are_small_and_never_enlarged() -> None:
    """The longest side is at most 224 pixels, and small pictures stay as small as they are."""
    sizes = [Image.open(io.BytesIO(display_copy(pixels))).size for pixels in (astronaut(whole=True), astronaut()[:20, :30])]
    assert [(224, 175), (30, 20)] == sizes


def test_small_maps_keep_the_evidence_of_regions() -> None:
    """A map of regions comes to 28 × 28 cells whose logits sum to those of the regions."""
    case = make_case()
    shap = next(map_ for map_ in shown_maps(case) if map_.method == "shap")
    settled = settled_maps(case)["shap"].attribution
    assert ((28, 28), "logit per cell", True) == (shap.values.shape, shap.unit, shap.cells)
    np.testing.assert_allclose(np.nansum(shap.values), np.asarray(settled.region_values).sum(), atol=1e-5)


def test_what_is_not_settled_has_no_value() -> None:
    """Cells of regions whose sign may turn are NaN: no colour for them."""
    case = make_case()
    shap = case.attributions["shap"]
    errors = np.where(np.arange(49) < 7, 9.0, 0.0).astype(np.float32)  # the first row of tiles
    case = replace(case, attributions={"shap": replace(shap, region_errors=errors)})
    (map_,) = shown_maps(case)
    assert np.isnan(map_.values[0]).all()
    assert not np.isnan(map_.values[8:]).any()


def test_fine_maps_of_another_unit_are_averaged() -> None:
    """A sensitivity of each pixel does not add up within a cell: its mean is shown, in its own unit."""
    fine = next(map_ for map_ in shown_maps(make_case()) if map_.method == "smoothgrad")
    values = make_case().attributions["smoothgrad"].values
    assert ((28, 28), "logit per pixel", False) == (fine.values.shape, fine.unit, fine.cells)
    np.testing.assert_allclose(fine.values.mean(), values.mean(), rtol=1e-4)


def test_facts_that_are_not_known_are_left_out() -> None:
    """No NaN and no empty word reaches the report; whole numbers are whole."""
    scores = scores_of([entry(0), entry(1)], [0.0, None])
    assert {"bytes": 4096, "format": "PNG"} == facts_of(scores, 0)
    assert {} == facts_of(scores, 1)
    assert (None, None) == (top_part(scores, 1), outside_share(scores, 1))


@pytest.mark.parametrize(
    ("uri", "name"),
    [("a/b.png", "b.png"), ("s3://x/a.tar#c/d.jpg", "d.jpg"), ("C:\\a\\b.png", "b.png"), ("/", "/")],
)
def test_names_are_the_last_of_an_address(uri: str, name: str) -> None:
    """Of a member of a container, the member's."""
    assert name == name_of(Entry("00", uri))
