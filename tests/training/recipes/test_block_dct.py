"""The block_dct recipe: each block's spectrum first, by weights that stand still, then convolutions over blocks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from xaifake import plugins
from xaifake.errors import UsageError
from xaifake.records import Channels
from xaifake.training.recipes.block_dct import TRANSFORM


def built(spec: str, size: tuple[int, int] = (64, 96), channels: Channels = "grey") -> Any:
    recipe = plugins.make("recipe", spec)
    return recipe.build(replace(recipe.contract, size=size, channels=channels))


@pytest.mark.keras
@pytest.mark.parametrize("channels", ["grey", "rgb"])
def test_its_first_step_is_the_dct_of_each_block(channels: Channels) -> None:
    """SciPy's orthonormal one of each channel by itself, a channel's 64 numbers side by side, low frequencies first."""
    import keras
    from scipy.fft import dctn

    model = built("block_dct", channels=channels)
    depth = model.input_shape[-1]
    picture = np.random.default_rng(0).uniform(0, 255, (1, 64, 96, depth)).astype(np.float32)
    blocks = picture[0].reshape(8, 8, 12, 8, depth).transpose(0, 2, 4, 1, 3)
    expected = dctn(blocks.astype(np.float64), axes=(3, 4), norm="ortho").reshape(8, 12, -1)
    actual = keras.Model(model.input, model.get_layer(TRANSFORM).output).predict(picture, verbose=0)[0]

    np.testing.assert_allclose(actual, expected, atol=1e-2)


@pytest.mark.keras
def test_the_transform_stands_still() -> None:
    """Neither a step of training nor the phase that frees all layers but those it names moves it."""
    recipe, model = plugins.make("recipe", "block_dct:width=4:depth=1"), built("block_dct:width=4:depth=1")
    (phase,) = recipe.phases(model)
    assert (TRANSFORM,) == phase.frozen
    before = [weight.copy() for weight in model.get_weights()]
    model.compile("adam", "binary_crossentropy")
    model.train_on_batch(np.random.default_rng(0).uniform(0, 255, (4, 64, 96, 1)), np.array([[0.0], [1.0]] * 2))
    np.testing.assert_array_equal(before[0], model.get_layer(TRANSFORM).get_weights()[0])
    assert any((old != new).any() for old, new in zip(before, model.get_weights(), strict=True))


@pytest.mark.keras
@pytest.mark.parametrize("spec", ["block_dct:depth=0", "block_dct:depth=2:width=8", "block_dct:dropout=0"])
def test_its_options_build_models(spec: str) -> None:
    """From blocks by themselves to grids of a cell for four blocks on a side."""
    depth = plugins.make("recipe", spec).depth
    model = built(spec)
    name = f"stage{depth}_pool" if depth else "mixed_relu"
    assert (8 // 2**depth, 12 // 2**depth) == model.get_layer(name).output.shape[1:3]


@pytest.mark.keras
@pytest.mark.parametrize("size", [(64, 60), (56, 64)])
def test_sizes_that_blocks_do_not_fill_are_refused(size: tuple[int, int]) -> None:
    """By the least size and the step that are taken."""
    with pytest.raises(UsageError, match=r"from 64 × 64, in steps of 8 \(--size\)"):
        built("block_dct", size)


@pytest.mark.parametrize("spec", ["block_dct:width=2", "block_dct:depth=5", "block_dct:dropout=1"])
def test_options_that_cannot_be_are_refused(spec: str) -> None:
    """Each by what it takes."""
    with pytest.raises(UsageError, match=r"block_dct is"):
        plugins.make("recipe", spec)
