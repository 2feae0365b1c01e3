"""Methods stop when more calls would change nothing shown, say why, and count what they asked and what was known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from engines import SIZE, NumpyEngine, constant, linear, planted, planted_view, view_of

from xaifake.explainers._anytime import leads, unsure_signs
from xaifake.explainers.lime import Lime
from xaifake.explainers.occlusion import Occlusion
from xaifake.explainers.shap import Shap
from xaifake.game import whole
from xaifake.game.region_game import new_game
from xaifake.game.regions import grid
from xaifake.records import Attribution

pytestmark = pytest.mark.slow


def random_engine() -> NumpyEngine:
    """Scores that follow no rule, so that nothing but asking can tell them."""
    return NumpyEngine(lambda views: (views.astype(np.float64).sum(axis=(1, 2, 3)) * 1e3) % 1)


def explained(method: Any, engine: NumpyEngine, regions: int = 25) -> Attribution:
    (attribution,) = method.explain(engine, [new_game(planted_view(), regions=regions)], 0)
    return attribution


@pytest.mark.parametrize("kind", [Shap, Lime])
def test_a_clear_answer_stops_early(kind: Any) -> None:
    """A detector whose regions act alone needs the first round; the reason is a sentence."""
    attribution = explained(kind(calls=1000), linear(), regions=16)

    assert attribution.calls <= 144
    assert attribution.stopped == (f"The 5 leading regions and all shown signs were stable after {attribution.calls} calls.")


@pytest.mark.parametrize("kind", [Shap, Lime])
def test_a_doubtful_answer_uses_all_calls(kind: Any) -> None:
    """Where errors are as large as values, the limit is reached, and the sentence says what may change."""
    attribution = explained(kind(calls=300), random_engine())

    assert attribution.calls == 300
    assert attribution.stopped is not None
    assert attribution.stopped.startswith(
        "The limit of 300 calls was reached; more calls may still change which 5 regions lead"
    )
    assert attribution.region_errors is not None
    assert attribution.region_errors.min() > 0


@pytest.mark.parametrize("kind", [Shap, Lime])
def test_nothing_to_find_stops_at_once(kind: Any) -> None:
    """A constant detector is asked one round."""
    attribution = explained(kind(calls=1000), constant())

    assert attribution.is_empty
    assert attribution.stopped == f"No region had any value after {attribution.calls} calls."
    assert attribution.calls < 200


def test_every_coalition_is_the_end() -> None:
    """Six regions have 64 coalitions: all are asked, and the values have no errors."""
    game = new_game(planted_view()).among(grid((SIZE, SIZE), 2, 3))

    (attribution,) = Shap().explain(random_engine(), [game], 0)

    assert attribution.calls == 64
    assert attribution.stopped == "Every mixture of shown and hidden regions was asked, in 64 calls."
    assert attribution.region_errors is None


def test_full_asks_for_all() -> None:
    """Also where fewer would do."""
    assert explained(Shap(calls=400, full=True), linear()).calls == 400


@pytest.mark.parametrize("order", [(Shap(), Lime(), Occlusion()), (Occlusion(), Lime(), Shap())])
def test_methods_share_their_questions(order: Any) -> None:
    """Asked less saved is what the engine counts, over methods and pictures, whichever comes first; with the view's own
    score, which costs one call a picture and no second one.
    """
    engine = planted()
    games = [new_game(planted_view(seed), regions=25) for seed in range(3)]
    whole.score(engine, games)

    answers = [attribution for method in order for attribution in method.explain(engine, games, 0)]

    assert sum(engine.batches) == len(games) + sum(answer.calls - answer.saved for answer in answers)
    assert sum(engine.batches) < sum(answer.calls for answer in answers)


def test_shap_and_lime_cost_the_longer_of_the_two() -> None:
    """Both ask the beginning of one sequence, so forwards are those of the one that goes further."""
    engine, game = planted(), new_game(planted_view(), regions=25)

    (shap,), (lime,) = (method.explain(engine, [game], 0) for method in (Shap(), Lime()))

    assert sum(engine.batches) == game.scored == max(shap.calls, lime.calls)
    assert (shap.saved, lime.saved) == (0, min(shap.calls, lime.calls))


def test_company_changes_nothing() -> None:
    """A picture that is done early leaves the others to go on, and each is asked what it is asked alone."""
    engine = NumpyEngine(lambda views: linear().score(views) + (views[:, 0, 0, 0] > 128) * random_engine().score(views))
    views = [view_of(np.clip(planted_view().pixels + shift, 0, 255)) for shift in (-60, 60)]

    together = Shap(calls=200).explain(engine, [new_game(view, regions=25) for view in views], 0)
    alone = [Shap(calls=200).explain(engine, [new_game(view, regions=25)], 0)[0] for view in views]

    assert together[0].calls != together[1].calls
    assert [each.calls for each in together] == [each.calls for each in alone]
    assert [each.stopped for each in together] == [each.stopped for each in alone]


def test_leaders_are_a_set() -> None:
    """Their order among themselves does not matter; who belongs to them does."""
    values = np.array([5.0, -4.0, 3.0, 0.1])
    swapped, other = np.array([4.0, -5.0, 3.0, 0.1]), np.array([5.0, -4.0, 0.1, 3.0])

    assert leads(values, np.stack([swapped] * 20), 3)
    assert not leads(values, np.stack([swapped] * 18 + [other] * 2), 3)


def test_small_values_need_no_sign() -> None:
    """Only values of at least a tenth of the largest are looked at."""
    values = np.array([1.0, -0.5, 0.05])

    assert unsure_signs(values, np.stack([values * [1, 1, -1]] * 20)) == 0
    assert unsure_signs(values, np.stack([values] * 18 + [values * [1, -1, 1]] * 2)) == 1
