"""Whether methods point to the same parts."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from engines import SIZE, planted, planted_view
from hand_made import explained, map_of, squares, true_map
from meshes import mesh_on

from xaifake.checks.agrees import Agrees, _lead_alike, _leading, _record, places_of
from xaifake.game.region_game import new_game
from xaifake.game.regions import grid
from xaifake.records import Attribution, Box, Check, View


def hiding(method: str, values: np.ndarray) -> Attribution:
    """A map of a method that hides 8 × 8 regions: each has the mean of the values within it."""
    labels = grid((SIZE, SIZE), 8, 8)
    means = np.bincount(labels.ravel(), values.ravel()) / np.bincount(labels.ravel())
    return dataclasses.replace(
        map_of(method, means[labels]), regions=labels, region_values=means.astype(np.float32), unit="logit per region"
    )


def checked(*maps: Attribution) -> dict[str, Check]:
    (checks,) = Agrees().check(planted(), [explained(squares(), *maps)], 0)
    return {str(check.method): check for check in checks}


def test_maps_of_the_same_evidence_agree() -> None:
    """A map of cells and one of regions, made of the same truth, lead at the same place."""
    checks = checked(map_of("gradcam", true_map()), hiding("lime", true_map()))

    assert ["held up", "held up"] == [check.outcome for check in checks.values()]
    assert checks["gradcam"].measures["others"] == ("lime",)
    assert checks["gradcam"].measures["leading_of_others"] == (checks["lime"].measures["leading"],)


def test_maps_that_point_elsewhere_do_not() -> None:
    """The one names the upper left, the other the lower right."""
    checks = checked(map_of("gradcam", true_map()), hiding("lime", true_map()[::-1, ::-1]))

    assert ["did not hold up", "did not hold up"] == [check.outcome for check in checks.values()]
    assert checks["gradcam"].measures["leading"] == "row 1, column 1"
    assert checks["gradcam"].measures["leading_of_others"] == ("row 3, column 3",)


def test_methods_that_hide_the_same_regions_have_one_voice() -> None:
    """That SHAP and LIME agree is no news; a map that contradicts both is not outvoted, and neither are they praised."""
    other = map_of("gradcam", true_map()[::-1, ::-1])

    alone = checked(hiding("shap", true_map()), hiding("lime", true_map()))
    contradicted = checked(hiding("shap", true_map()), hiding("lime", true_map()), other)

    assert {"mixed"} == {check.outcome for check in alone.values()}
    assert [1, 2] == [checks["shap"].measures["voices"] for checks in (alone, contradicted)]
    assert ["mixed", "mixed", "did not hold up"] == [check.outcome for check in contradicted.values()]


def test_what_cannot_be_compared_is_not_tested() -> None:
    """A map of frequencies, an empty one, one without signs, a weak one, and the only one that is left."""
    sensitivity = dataclasses.replace(map_of("smoothgrad", true_map() ** 2), unit="logit per grey level")

    checks = checked(
        map_of("bands", true_map(), "frequency"),
        map_of("gradcam", np.zeros((4, 4))),
        sensitivity,
        map_of("rise", np.full((4, 4), 1e-3)),
        map_of("occlusion", true_map()),
    )

    assert ["in_frequencies", "empty", "unsigned", "weak", "one_method"] == [check.reason for check in checks.values()]


def test_a_face_has_parts() -> None:
    """With a mesh, places are parts of the face, each pixel in one of them."""
    plain = planted_view()
    view = View(dataclasses.replace(plain.face, landmarks=mesh_on(plain.face.box)), plain.pixels)

    names, labels = places_of(view)

    assert "nose" in names
    assert set(np.unique(labels)) == set(range(len(names)))
    picture = explained(new_game(view), map_of("gradcam", true_map()), hiding("lime", true_map()))
    (checks,) = Agrees().check(planted(), [picture], 0)
    assert {check.measures["leading"] for check in checks} <= set(names)


def test_parts_lie_where_the_mesh_is_in_the_box() -> None:
    """A face amid its picture, shrunk to half its size, has the parts that the same mesh has on a view of its own."""
    plain = planted_view()
    mesh = mesh_on(plain.face.box)
    box = Box(10, 20, 10 + 2 * SIZE, 20 + 2 * SIZE)
    moved = dataclasses.replace(plain.face, box=box, landmarks=2 * mesh + np.array([box.left, box.top], np.float32))

    names, labels = places_of(View(dataclasses.replace(plain.face, landmarks=mesh), plain.pixels))

    assert places_of(View(moved, plain.pixels))[0] == names
    np.testing.assert_array_equal(places_of(View(moved, plain.pixels))[1], labels)


def test_a_place_leads_from_a_hundredth_of_the_view() -> None:
    """However dense a smaller one is, and even where the others say nothing."""
    assert _leading(np.array([9.0, -2.0, 1.0]), np.array([0.009, 0.01, 0.981])) == 1
    assert _leading(np.array([0.5, 0.0, 0.0]), np.array([0.009, 0.01, 0.981])) == 1


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        ([1.0, 2.0, 0.0], True),
        ([0.99, 2.0, 0.0], False),
        ([-2.0, 1.0, 0.0], False),
        ([-2.0, -1.0, 0.0], False),
        ([0.0, 0.0, -3.0], False),
    ],
)
def test_maps_lead_alike_where_a_leader_of_one_has_half_of_the_others(other: list[float], alike: bool) -> None:
    """For the same side; either way round, and for both sides."""
    one, two, sizes = np.array([4.0, 0.0, 1.0]), np.array(other), np.full(3, 1 / 3)

    assert {_lead_alike(*pair, sizes) for pair in ((one, two), (two, one), (-one, -two))} == {alike}


@pytest.mark.parametrize(
    ("order", "leads", "outcome"),
    [
        ((1, 2, 3, 4), True, "held up"),
        ((1, 4, 2, 3), True, "mixed"),
    ],
)
def test_a_method_agrees_by_order_and_by_its_leader(order: tuple[int, ...], leads: bool, outcome: str) -> None:
    """Both are asked for."""
    evidence = {"one": np.array([1.0, 2, 3, 4]), "two": np.array(order, np.float64)}
    record = _record("one", evidence, dict.fromkeys(evidence, "nose"), [["one"], ["two"]], np.full(4, 1 / 4))

    assert (record["outcome"], bool(record["measures"]["same_leading"])) == (outcome, leads)


def test_it_costs_nothing() -> None:
    """However many methods there are."""
    assert Agrees().calls(3) == 0
