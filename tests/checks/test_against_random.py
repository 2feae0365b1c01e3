"""What a place does against random places: when it stands out, what it costs, and what must not matter to it."""

from __future__ import annotations

import numpy as np
import pytest
from engines import NumpyEngine, planted, planted_view
from hand_made import explained, map_of, squares, true_map

from xaifake.checks._against_random import AgainstRandom, Effect
from xaifake.checks._outcomes import MATERIAL
from xaifake.checks.enough import Enough
from xaifake.checks.mask_artefacts import MaskArtefacts
from xaifake.checks.mattered import Mattered
from xaifake.checks.random_maps import RandomMaps
from xaifake.interfaces import Explained


def picture(seed: int = 0) -> Explained:
    """A planted picture with its true map, in a game that knows nothing yet."""
    return explained(squares(planted_view(seed)), map_of("true", true_map()))


def test_an_effect_stands_out_where_it_counts_and_nothing_reaches_it() -> None:
    """`MATERIAL` counts; as much as a random place's is not more than that."""
    assert Effect(MATERIAL, np.array([0.1, -0.3])).stands_out
    assert not Effect(0.99 * MATERIAL, np.array([0.1, -0.3])).stands_out
    assert not Effect(0.5, np.array([0.5, 0.1])).stands_out


def test_an_effect_is_told_beside_the_random_ones() -> None:
    """By the estimate of their spread from a sample, and by how many are less."""
    numbers = Effect(1.0, np.array([1.0, 0.0, -1.0])).numbers

    assert numbers["random_spread"] == 1
    assert numbers["percentile"] == pytest.approx(200 / 3)
    assert (numbers["random_mean"], numbers["random_greatest"]) == (0, 1)


@pytest.mark.parametrize("check", [Mattered(), Enough(), MaskArtefacts()])
def test_a_constant_in_the_logit_changes_nothing_but_scores(check: AgainstRandom) -> None:
    """Effects are differences, so a detector that adds three logits to all it sees is the same detector."""
    biased = NumpyEngine(lambda views: planted().score(views) + 3)

    ((here,), (there,)) = (check.check(engine, [picture()], 0)[0] for engine in (planted(), biased))

    assert here.outcome == there.outcome == "held up"
    for name, number in here.measures.items():
        if isinstance(number, float) and "score" not in name:
            assert there.measures[name] == pytest.approx(number, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("check", [Mattered(), Enough(), MaskArtefacts()])
def test_what_is_asked_again_is_known(check: AgainstRandom) -> None:
    """The second time it says the same and costs nothing."""
    one, engine = picture(), planted()

    (first,), (second,) = (check.check(engine, [one], 0)[0] for _ in range(2))

    assert first.calls == second.calls == second.saved > first.saved
    assert dict(first.measures) == dict(second.measures)


@pytest.mark.parametrize("check", [Mattered(), Enough(), MaskArtefacts(), RandomMaps()])
def test_pictures_come_out_as_each_does_alone(check: Mattered) -> None:
    """They share batches, and nothing else."""
    together = check.check(planted(), [picture(seed) for seed in range(3)], 0)

    for seed, (mine,) in enumerate(together):
        ((alone,),) = check.check(planted(), [picture(seed)], 0)
        assert (mine.outcome, mine.calls, mine.saved) == (alone.outcome, alone.calls, alone.saved)
        for name, number in alone.measures.items():
            if isinstance(number, float):
                assert mine.measures[name] == pytest.approx(number, abs=1e-4)


def test_calls_are_known_beforehand() -> None:
    """Two fills, each with nothing, all, 28 random places and a place for each method; the random maps show them too."""
    assert Mattered().calls(3) == Enough().calls(3) == 2 * (2 + 28 + 3)
    assert MaskArtefacts().calls(3) == 2 + 3 + 2 * 28
    assert RandomMaps().calls(3) == 2 * 2 * (2 + 28)

    ((check,),) = Mattered().check(planted(), [picture()], 0)
    assert check.calls == Mattered().calls(1)


def test_areas_are_told_in_percent_of_the_view() -> None:
    """Of 144 squares a tenth is fourteen, and random places have about as many."""
    ((check,),) = Mattered().check(planted(), [picture()], 0)

    assert check.measures["area_percent"] == pytest.approx(100 * 14 / 144)
    regions = np.asarray(check.measures["random_area_percents"]) * 144 / 100
    assert regions == pytest.approx(regions.round())
    assert set(regions.round()) <= {13, 14, 15}


def test_pictures_may_have_other_maps_than_their_neighbours() -> None:
    """More of them, or none."""
    more, none = explained(squares(), map_of("true", true_map()), map_of("other", true_map()[::-1])), explained(squares())

    checks = Mattered().check(planted(), [picture(), more, none], 0)

    assert [[check.method for check in mine] for mine in checks] == [["true"], ["true", "other"], []]
