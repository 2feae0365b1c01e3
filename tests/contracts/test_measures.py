"""Every measure that the folder holds: what it counts, what stands beside it, and what it leaves out."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest
from engines import SIZE, NumpyEngine, constant, planted, planted_view
from explaining import Grid, attribution_of, explained_as, explained_by

from xaifake import plugins
from xaifake.explainers.occlusion import Occlusion
from xaifake.game.region_game import new_game
from xaifake.interfaces import Explained
from xaifake.records import Measure

pytestmark = pytest.mark.slow

MEASURES = plugins.names("measure")
FRUGAL = {"samples": 3, "steps": 2, "controls": 2}
MASK = np.zeros((SIZE, SIZE), bool)
MASK[4:20, 4:20] = True


def measurer_of(name: str) -> Any:
    found = plugins.find("measure", name)
    return found(**{field.name: FRUGAL[field.name] for field in dataclasses.fields(found) if field.name in FRUGAL})


def pictures(engine: NumpyEngine, count: int = 2, regions: int = 12) -> list[Explained]:
    """Views of which a map of regions and a grid tell."""
    methods = {"occlusion": Occlusion(), "grid": Grid()}
    games = [new_game(planted_view(seed), regions=regions) for seed in range(count)]
    return [explained_by(engine, game, methods, MASK) for game in games]


def measured(name: str, engine: NumpyEngine, explained: list[Explained], seed: int = 3) -> list[list[Measure]]:
    return [list(mine) for mine in measurer_of(name).measure(engine, explained, seed)]


def assert_alike(first: list[list[Measure]], second: list[list[Measure]]) -> None:
    for one, other in zip(first, second, strict=True):
        assert [measure.method for measure in one] == [measure.method for measure in other]
        for left, right in zip(one, other, strict=True):
            assert dict(left.values) == pytest.approx(dict(right.values), rel=1e-3, abs=1e-5, nan_ok=False)


@pytest.mark.parametrize("name", MEASURES)
def test_each_map_is_measured_and_the_record_says_how(name: str) -> None:
    """One measure for each map in their order, with its name, every option, and numbers that JSON can hold."""
    engine = planted()

    for mine in measured(name, engine, pictures(engine)):
        assert [measure.method for measure in mine] == ["occlusion", "grid"]
        for measure in mine:
            assert measure.name == name
            assert dict(measure.options) == dataclasses.asdict(measurer_of(name))
            assert json.loads(json.dumps(dict(measure.values), allow_nan=False)) == dict(measure.values)


@pytest.mark.parametrize("name", MEASURES)
def test_what_chance_gives_stands_beside(name: str) -> None:
    """Every measure tells what random maps, or evidence spread evenly, would have."""
    engine = planted()

    for measure in measured(name, engine, pictures(engine, 1))[0]:
        assert any(key == "chance" or "random" in key for key in measure.values)


@pytest.mark.parametrize("batch", [1, 5, 16])
@pytest.mark.parametrize("name", MEASURES)
def test_calls_are_counted_exactly_and_announced(name: str, batch: int) -> None:
    """Asked less saved is what the engine received, and no more than was announced, whatever its batch."""
    engine = planted()
    engine.batch = batch
    explained = pictures(engine)
    engine.batches.clear()

    measures = measured(name, engine, explained)

    assert sum(engine.batches) == sum(measure.calls - measure.saved for mine in measures for measure in mine)
    for mine in measures:
        assert sum(measure.calls - measure.saved for measure in mine) <= measurer_of(name).calls(len(mine))


@pytest.mark.parametrize("name", MEASURES)
def test_the_same_seed_gives_the_same_numbers(name: str) -> None:
    """Two runs agree in every digit."""
    first, second = (measured(name, engine, pictures(engine)) for engine in (planted(), planted()))

    assert [[dict(m.values) for m in mine] for mine in first] == [[dict(m.values) for m in mine] for mine in second]


@pytest.mark.parametrize("name", MEASURES)
def test_company_and_batches_change_nothing(name: str) -> None:
    """Pictures measured together, in any batches, have the numbers that they have alone."""
    together, small = planted(), planted()
    small.batch = 3

    alone = [measured(name, small, [one])[0] for one in pictures(small)]

    assert_alike(measured(name, together, pictures(together)), alone)


@pytest.mark.parametrize("name", MEASURES)
def test_maps_that_name_no_place_are_left_out_and_cost_nothing(name: str) -> None:
    """An empty map, and one of another domain than the picture, are not measured, and nothing is asked for them."""
    engine, game = planted(), new_game(planted_view(), regions=12)
    empty = attribution_of(game, np.zeros(game.players), "occlusion")
    bands = attribution_of(game, np.ones((4, 4)), "bands", domain="frequency")
    explained = dataclasses.replace(
        explained_as(engine, game, empty, bands, mask=MASK), explainers={"occlusion": Occlusion(), "bands": Grid()}
    )
    engine.batches.clear()

    assert measured(name, engine, [explained]) == [[]]
    assert engine.batches == []


@pytest.mark.parametrize("regions", [1, 2])
@pytest.mark.parametrize("name", MEASURES)
def test_hardly_any_regions_and_a_detector_that_says_nothing(name: str, regions: int) -> None:
    """A map on one or two regions of a constant detector gets numbers that JSON can hold, or None."""
    engine, game = constant(), new_game(planted_view(), regions=regions)
    told = attribution_of(game, np.arange(1.0, game.players + 1), "occlusion")
    explained = dataclasses.replace(explained_as(engine, game, told, mask=MASK), explainers={"occlusion": Grid()})

    (mine,) = measured(name, engine, [explained])

    assert [json.dumps(dict(measure.values), allow_nan=False) for measure in mine]


@pytest.mark.parametrize("name", MEASURES)
def test_what_the_pictures_know_is_left_as_it_was(name: str) -> None:
    """The view and the maps stay as they are."""
    engine = planted()
    (one,) = pictures(engine, 1)
    before = [one.game.view.pixels.tobytes(), *(each.values.tobytes() for each in one.attributions.values())]

    measured(name, engine, [one])

    assert [one.game.view.pixels.tobytes(), *(each.values.tobytes() for each in one.attributions.values())] == before
