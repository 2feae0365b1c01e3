"""The dct recipe: fed standardised log magnitudes, linear from zero weights, or deep on the coefficients' plane."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from xaifake import plugins
from xaifake.errors import UsageError
from xaifake.records import Contract

SMALL = (16, 24)


def built(spec: str, size: tuple[int, int] = SMALL) -> Any:
    recipe = plugins.make("recipe", spec)
    return recipe.build(replace(recipe.contract, size=size))


def test_it_is_fed_log_magnitudes_of_grey() -> None:
    """Orthonormal, of whole pictures in grey levels; what is below one grey level counts as rounding."""
    expected = Contract((256, 256), range=(0.0, 255.0), channels="grey", domain="dct:log=yes:epsilon=1.0:block=128")
    recipe = plugins.make("recipe", "dct:block=128")
    assert expected == recipe.contract
    assert recipe.standardised


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("dct:variant=ridge", r"linear and deep.*Received: ridge"),
        ("dct:l2=-1", r"from 0.*Received: l2=-1"),
        ("dct:dropout=1", r"from 0 to below 1.*Received: dropout=1"),
        ("dct:block=0", r"at least one row"),
        ("dct:epsilon=0", r"above 0"),
    ],
)
def test_options_that_cannot_be_are_refused(spec: str, sentence: str) -> None:
    """When the recipe is made, or asked how it is fed: before any picture is read."""
    with pytest.raises(UsageError, match=sentence):
        _ = plugins.make("recipe", spec).contract


@pytest.mark.keras
@pytest.mark.parametrize("spec", ["dct", "dct:block=8"])
def test_the_linear_variant_has_one_weight_a_coefficient(spec: str) -> None:
    """They start at 0, so that a fresh model says 0.5 of everything, and the penalty is the sum of their squares."""
    model = built(spec + ":l2=0.5")
    weights = model.get_layer("logit").get_weights()[0]
    assert (np.prod(model.input_shape[1:]), 1) == weights.shape
    assert not weights.any()
    model.get_layer("logit").kernel.assign(np.full_like(weights, 2.0))
    (penalty,) = model.losses
    assert 0.5 * 4 * weights.size == float(penalty)


@pytest.mark.keras
def test_the_deep_variant_keeps_the_place_on_the_plane() -> None:
    """Four convolutions of 3, 8, 16 and 32 filters, two poolings, and a weight for each place that is left."""
    model = built("dct:variant=deep")
    filters = [layer.filters for layer in model.layers if "convolution" in layer.name]
    assert [3, 8, 16, 32] == filters
    assert (4 * 6 * 32, 1) == model.get_layer("logit").kernel.shape


@pytest.mark.keras
def test_too_few_coefficients_for_pooling_are_refused() -> None:
    """By the flags that give more."""
    with pytest.raises(UsageError, match=r"8 rows and columns.*--size, dct:block.*Received: 4 × 4"):
        built("dct:variant=deep:block=4")


@pytest.mark.keras
@pytest.mark.parametrize(("size", "rate"), [((8, 8), 0.01), (SMALL, 0.01), ((64, 64), 10 / 4097)])
def test_the_more_weights_the_smaller_the_linear_variants_steps(size: tuple[int, int], rate: float) -> None:
    """All weights together move the logit, so their steps are cut by their number; few weights take usual steps."""
    recipe = plugins.make("recipe", "dct")
    (phase,) = recipe.phases(built("dct", size))
    assert rate == pytest.approx(phase.learning_rate)
    assert phase.frozen == ()
