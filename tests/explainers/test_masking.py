"""What methods that hide regions share: the plant is found with its sign, pictures share batches, the record is whole."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from engines import FAKE, REAL, NumpyEngine, constant, linear, planted, planted_view

from xaifake.errors import UsageError
from xaifake.explainers.lime import Lime
from xaifake.explainers.occlusion import Occlusion
from xaifake.explainers.shap import Shap
from xaifake.game.region_game import new_game
from xaifake.interfaces import BATCH
from xaifake.records import Attribution, Box

pytestmark = pytest.mark.slow

METHODS = [Shap(calls=200), Lime(calls=200)]
both = pytest.mark.parametrize("method", METHODS, ids=["shap", "lime"])
every = pytest.mark.parametrize("method", [*METHODS, Occlusion()], ids=["shap", "lime", "occlusion"])


def explained(method: Any, engine: Any, seed: int = 0, regions: int = 25) -> Attribution:
    (attribution,) = method.explain(engine, [new_game(planted_view(), regions=regions)], seed)
    return attribution


def strongest(attribution: Attribution, sign: int) -> Box:
    """The box around the region of the largest value of that sign."""
    values = sign * attribution.values
    assert values.max() > 0
    rows, columns = np.nonzero(values == values.max())
    return Box(int(rows.min()), int(columns.min()), int(rows.max()) + 1, int(columns.max()) + 1)


def overlap(one: Box, other: Box) -> bool:
    return one.top < other.bottom and other.top < one.bottom and one.left < other.right and other.left < one.right


@every
@pytest.mark.parametrize("sign", [1, -1])
def test_the_extremes_lie_in_the_plants(method: Any, sign: int) -> None:
    """The largest value lies on the evidence for FAKE, the smallest on that for REAL; a negated detector swaps them."""
    attribution = explained(method, planted(sign))

    assert overlap(strongest(attribution, sign), FAKE)
    assert overlap(strongest(attribution, -sign), REAL)


@every
def test_a_constant_detector_gives_no_evidence(method: Any) -> None:
    """A score that never changes leaves exact zeros; so does one that changes by float32's rounding only."""
    assert explained(method, constant()).is_empty
    rounding = NumpyEngine(lambda views: 3.7 + 3e-7 * (views[:, 10, 10, 0] > planted_view().pixels[10, 10, 0] - 20))
    assert explained(method, rounding).is_empty
    assert not explained(method, NumpyEngine(lambda views: 1e4 * (rounding.score(views) - np.float32(3.7)))).is_empty


@both
def test_a_seed_decides_every_byte(method: Any) -> None:
    """One seed gives the same bytes twice, another seed other ones, and NumPy's global state is left as it was."""
    state = np.random.get_state()[1].tolist()  # noqa: NPY002 - what must not change
    first, again, other = (explained(method, planted(), seed) for seed in (3, 3, 4))

    assert first.values.tobytes() == again.values.tobytes()
    assert first.values.tobytes() != other.values.tobytes()
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002 - what must not change


@every
def test_pictures_share_batches(method: Any) -> None:
    """Three pictures leave one short batch between them, and each gets what it gets alone."""
    games = [new_game(planted_view(seed), regions=25) for seed in range(3)]
    engine = planted()

    together = method.explain(engine, games, 0)

    assert engine.batches[:-1] == [BATCH] * (len(engine.batches) - 1)
    assert sum(engine.batches) == sum(game.scored for game in games)
    for seed, attribution in enumerate(together):
        (alone,) = method.explain(planted(), [new_game(planted_view(seed), regions=25)], 0)
        np.testing.assert_allclose(attribution.values, alone.values, atol=1e-4)


@every
def test_a_method_asked_again_costs_nothing(method: Any) -> None:
    """The game remembers: the same question needs no detector."""
    games, engine = [new_game(planted_view(), regions=25)], planted()
    method.explain(engine, games, 0)
    scored = sum(engine.batches)

    method.explain(engine, games, 0)

    assert sum(engine.batches) == scored <= method.calls


@every
def test_the_record_is_whole(method: Any) -> None:
    """Values are the regions' values painted; unit, options, seed, calls and the game's settings are there."""
    attribution = explained(method, planted(), seed=5)

    assert attribution.method == type(method).__module__.rpartition(".")[2]
    assert attribution.options == asdict(method)
    assert (attribution.unit, attribution.domain) == ("logit per region", "pixel")
    assert attribution.seed == (5 if method in METHODS else None)
    assert attribution.regions is not None
    assert attribution.region_values is not None
    calls = {"shap": 64, "lime": 200, "occlusion": len(attribution.region_values) + 1}
    assert attribution.calls == calls[attribution.method]
    assert (attribution.saved, attribution.stopped is None) == (0, method not in METHODS)
    np.testing.assert_array_equal(attribution.values, attribution.region_values[attribution.regions])
    assert attribution.values.dtype == np.float32
    assert attribution.diagnostics["fill"] == "median"
    assert attribution.diagnostics["players"] == len(attribution.region_values)


@every
def test_nothing_reaches_the_user(method: Any, capfd: Any, recwarn: Any) -> None:
    """No progress bar, no print and no warning of the packages."""
    explained(method, linear())

    assert capfd.readouterr() == ("", "")
    assert not recwarn.list


@pytest.mark.parametrize("method", [Shap, Lime])
def test_too_few_calls_are_refused(method: Any) -> None:
    """The refusal names the flag and the least."""
    with pytest.raises(UsageError, match="at least 16 model calls; raise --calls"):
        method(calls=15)
