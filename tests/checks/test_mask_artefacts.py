"""Masks that act by themselves are told from masks that do not."""

from __future__ import annotations

import numpy as np
import pytest
from engines import SIZE, NumpyEngine, constant, linear, planted, view_of
from hand_made import explained, map_of, squares, true_map

from xaifake.checks.mask_artefacts import MaskArtefacts, _record
from xaifake.game.regions import grid
from xaifake.records import Check, View, Views


def checked(engine: NumpyEngine) -> Check:
    ((check,),) = MaskArtefacts().check(engine, [explained(squares(), map_of("true", true_map()))], seed=0)
    return check


def smooth() -> View:
    """A picture that goes from dark to bright and has not one edge."""
    slope = np.linspace(20, 235, SIZE)[:, None, None] + np.linspace(-20, 20, SIZE)[None, :, None]
    return view_of(np.repeat(slope, 3, axis=2))


def edges() -> NumpyEngine:
    """A detector of steps between neighbouring columns."""

    def logits(views: Views) -> np.ndarray:
        return 30 * np.maximum(np.abs(np.diff(views.mean(axis=3), axis=2)) - 8, 0).mean(axis=(1, 2))

    return NumpyEngine(logits)


def test_a_detector_of_the_picture_holds_up() -> None:
    """It sees what is planted; how it is hidden hardly matters."""
    check = checked(planted())

    assert check.method is None
    assert check.outcome == "held up"
    assert check.measures["artefact_percent"] < 10
    assert check.measures["effect"] > 0.8


def test_a_detector_of_edges_does_not() -> None:
    """Each hard mask makes edges and looks FAKE, wherever it lies; soft ones make fewer."""
    game = squares(smooth(), side=6)

    ((check,),) = MaskArtefacts().check(edges(), [explained(game)], seed=0)

    assert check.outcome == "did not hold up"
    assert check.measures["more_fake_hard_percent"] > 90
    assert check.measures["hard_mean"] > 1.5 * check.measures["soft_mean"]


def test_the_strongest_places_count_as_true_effects() -> None:
    """With a map that finds the place, the greatest effect is its; without one, what random places happen to hit."""
    engine = NumpyEngine(lambda views: planted().score(views) - planted(0.5).score(views[:, ::-1]))
    without = explained(squares())

    found = MaskArtefacts().check(engine, [explained(squares(), map_of("true", true_map()))], seed=0)[0][0]
    ((missed,),) = MaskArtefacts().check(engine, [without], seed=0)

    assert found.measures["artefact"] == missed.measures["artefact"]
    assert found.measures["effect"] > missed.measures["effect"]
    assert found.calls == missed.calls + 1


def test_what_cannot_be_tested_says_why() -> None:
    """A detector that nothing moves; a picture of three regions, which is not even asked."""
    assert checked(constant()).reason == "weak"

    engine = linear()
    ((check,),) = MaskArtefacts().check(engine, [explained(squares().among(grid((48, 48), 1, 3)))], seed=0)

    assert (check.reason, check.calls, engine.batches) == ("few_regions", 0, [])


def test_what_hard_masks_do_is_told_in_percent_of_the_greatest_true_effect() -> None:
    """By its root mean square; what leaves the score as it is, is not more FAKE."""
    record = _record(np.array([0.0, 3.0, 1.0, 3.0, 4.0, 2.0]), np.array([3.0, 3.0, 5.0, 3.0]))
    measures = record["measures"]

    assert (measures["effect"], measures["compared"]) == (3, 4)
    assert measures["artefact"] == pytest.approx((6 / 4) ** 0.5)
    assert measures["artefact_percent"] == pytest.approx(100 * (6 / 4) ** 0.5 / 3)
    assert (measures["more_fake_hard_percent"], measures["more_fake_soft_percent"]) == (25, 25)
    assert (measures["hard_mean"], measures["hard_greatest"], measures["soft_mean"]) == (0.5, 2, -0.5)


@pytest.mark.parametrize(
    ("percent", "outcome"), [(9, "held up"), (11, "mixed"), (32, "mixed"), (34, "did not hold up"), (90, "did not hold up")]
)
def test_masks_hold_up_to_a_tenth_and_are_mixed_to_a_third(percent: float, outcome: str) -> None:
    """Of an effect of one logit."""
    softly = np.zeros(22)
    softly[0] = -1.0

    assert _record(softly, np.full(20, percent / 100))["outcome"] == outcome


def test_twenty_random_places_are_enough() -> None:
    """As many as are asked at least."""
    ((check,),) = MaskArtefacts(areas=20).check(planted(), [explained(squares())], seed=0)

    assert check.measures["compared"] == 20
