"""Max-sensitivity and similarity: what a map that follows the view, one that never moves and one that is redrawn have."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from engines import NumpyEngine, linear, planted, planted_view
from explaining import Grid, attribution_of, explained_as, explained_by

from xaifake.errors import UsageError
from xaifake.explainers.occlusion import Occlusion
from xaifake.game.region_game import RegionGame, new_game
from xaifake.interfaces import Engine, Explainer
from xaifake.measures.max_sensitivity import MaxSensitivity
from xaifake.measures.similarity import Similarity
from xaifake.records import Attribution, Measure


@dataclass(frozen=True)
class Told:
    """A map that does not look at the detector: the same for every view, or drawn anew for each."""

    title: ClassVar[str] = "Told"
    anew: bool = False
    calls: int = 0

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution]:  # noqa: ARG002 - it does not look
        seeds = [zlib.crc32(game.view.pixels.tobytes()) if self.anew else 0 for game in games]
        return [
            attribution_of(game, np.random.default_rng(each).normal(size=game.players), "told")
            for game, each in zip(games, seeds, strict=True)
        ]


def measured(
    measurer: MaxSensitivity | Similarity, explainer: Explainer, engine: NumpyEngine, name: str = "told"
) -> Measure:
    one = explained_by(engine, new_game(planted_view()), {name: explainer})
    ((measure,),) = measurer.measure(engine, [one], 1)  # by seed 0 the noise would be the weights of `linear`
    return measure


def test_a_map_that_never_moves_is_perfectly_stable() -> None:
    """Distance 0 and similarity 1, although it tells nothing: stability is no faithfulness."""
    assert measured(MaxSensitivity(), Told(), linear()).values["max"] == 0
    assert measured(Similarity(), Told(), linear()).values["pearson"] == pytest.approx(1)


def test_a_map_drawn_anew_is_as_unstable_as_random_ones() -> None:
    """Its distance is near that of random maps, about √2, and its similarity within what chance gives."""
    moved, alike = (measured(each, Told(anew=True), linear()).values for each in (MaxSensitivity(), Similarity()))

    assert moved["max"] == pytest.approx(moved["random"], rel=0.35)
    assert moved["mean"] == pytest.approx(np.sqrt(2), rel=0.35)
    assert abs(alike["pearson"]) < 2 * alike["random_95"]


def test_a_map_that_follows_the_view_moves_a_little() -> None:
    """Occlusion of a linear detector changes far less than random maps, and more with more noise."""
    little, more = (measured(MaxSensitivity(radius=r), Occlusion(), linear(), "occlusion").values for r in (1.0, 8.0))

    assert 0 < little["mean"] <= little["max"] < more["max"] < more["random"]
    assert 0 < little["score_change"] < more["score_change"]


def test_the_copy_is_one_that_scores_nearly_the_same() -> None:
    """Noise is halved until the score moves by the change allowed, and the strongest such noise is taken."""
    measure = measured(Similarity(noise=8.0, change=0.01), Occlusion(), planted(), "occlusion")

    assert measure.values["noise"] in {8.0, 4.0, 2.0, 1.0, 0.5}
    assert measure.values["score_change"] <= 0.01
    assert measured(Similarity(noise=8.0, change=1.0), Occlusion(), planted(), "occlusion").values["noise"] == 8.0


def test_where_even_the_least_noise_moves_the_score_it_is_taken_and_told() -> None:
    """A detector that knows the picture by heart: the copy with a sixteenth of the noise, and what the score moves."""
    picture = planted_view().pixels
    touchy = NumpyEngine(lambda views: np.where(np.abs(views - picture).max(axis=(1, 2, 3)) > 0, -20.0, 20.0))

    values = measured(Similarity(noise=8.0), Told(), touchy).values

    assert values["noise"] == 0.5
    assert values["score_change"] == pytest.approx(1)


@pytest.mark.parametrize(("measurer", "tried"), [(MaxSensitivity(draws=3), 3), (Similarity(), 5)])
def test_methods_share_the_copies_scores(measurer: MaxSensitivity | Similarity, tried: int) -> None:
    """The first map asks for them, the second knows them."""
    engine, game = planted(), new_game(planted_view(), regions=12)
    one = explained_by(engine, game, {"told": Told(), "grid": Grid()})
    engine.batches.clear()

    ((first, second),) = measurer.measure(engine, [one], 0)

    assert (first.calls, first.saved) == (tried, 0)
    assert second.saved == tried
    assert sum(engine.batches) == first.calls + second.calls - second.saved


@pytest.mark.parametrize("measurer", [MaxSensitivity(budget=60), Similarity(budget=40)])
def test_methods_beyond_the_budget_are_left_out(measurer: MaxSensitivity | Similarity) -> None:
    """Occlusion's 51 calls a copy are too many; the grid's single one is not; and nothing is asked where none is left."""
    engine = planted()
    both, dear = (
        explained_by(engine, new_game(planted_view(), regions=12), methods)
        for methods in ({"occlusion": Occlusion(), "grid": Grid()}, {"occlusion": Occlusion()})
    )
    engine.batches.clear()

    left, none = measurer.measure(engine, [both, dear], 0)

    assert [measure.method for measure in left] == ["grid"]
    assert none == []
    assert sum(engine.batches) == sum(measure.calls - measure.saved for measure in left)


def test_maps_of_methods_that_are_not_at_hand_are_left_out() -> None:
    """Nobody can be asked again."""
    game = new_game(planted_view(), regions=12)
    one = explained_as(planted(), game, attribution_of(game, np.ones((4, 4)), "foreign"))

    assert [measurer.measure(planted(), [one], 0) for measurer in (MaxSensitivity(), Similarity())] == [[[]], [[]]]


@pytest.mark.parametrize("options", [{"draws": 0}, {"radius": 0.0}])
def test_no_copies_and_no_noise_are_refused(options: dict[str, float]) -> None:
    """Of max-sensitivity."""
    with pytest.raises(UsageError, match=r"The measure max_sensitivity needs at least 1 noisy copy .*Received: draws"):
        MaxSensitivity(**options)


@pytest.mark.parametrize("options", [{"noise": 0.0}, {"change": -0.1}])
def test_no_noise_and_no_change_are_refused(options: dict[str, float]) -> None:
    """Of similarity."""
    with pytest.raises(UsageError, match=r"The measure similarity needs noise above 0 grey levels .*Received: noise"):
        Similarity(**options)
