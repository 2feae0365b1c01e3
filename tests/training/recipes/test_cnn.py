"""The recipe cnn: five sizes, what its options change, and what its fixed filters leave of a picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xaifake import plugins
from xaifake.errors import UsageError
from xaifake.records import Contract
from xaifake.training.learning.fitting import fit
from xaifake.training.plan import Plan
from xaifake.training.recipes._grain import FILTERS
from xaifake.training.recipes.cnn import CNN, SIZES

pytestmark = pytest.mark.keras

SMALL = Contract((64, 64), range=(-1.0, 1.0))


def built(spec: str, contract: Contract = SMALL, seed: int = 0) -> Any:
    import keras

    keras.utils.set_random_seed(seed)
    return plugins.make("recipe", spec).build(contract)


@pytest.mark.parametrize("size", SIZES)
def test_sizes_differ_in_reach_and_width(size: str) -> None:
    """The last grid is as coarse as the depth says, and as deep as width and depth say."""
    model, shape = built(f"cnn:size={size}"), SIZES[size]
    cells = 64 // 2 ** (shape.depth + 1)
    assert (None, cells, cells, shape.width * 2**shape.depth) == model.get_layer("pooled").input.shape


def test_no_two_sizes_are_one() -> None:
    """Five variants are five networks."""
    assert 5 == len({CNN(size).build(SMALL).count_params() for size in SIZES})


def test_options_override_the_size() -> None:
    """Each alone, the rest staying as the size has it."""
    assert (None, 16, 16, 16) == built("cnn:size=large:width=8:depth=1").get_layer("pooled").input.shape
    assert (7, 7) == built("cnn:kernel=7").get_layer("stage1_first").kernel_size
    assert 0.1 == built("cnn:size=large:dropout=0.1").get_layer("dropout").rate


def test_dropout_of_nothing_is_no_layer() -> None:
    """It is left out, also where the size has some."""
    assert "dropout" not in [layer.name for layer in built("cnn:size=large:dropout=0").layers]


@pytest.mark.parametrize("channels", ["rgb", "bgr", "grey"])
@pytest.mark.parametrize("residual", [False, True])
def test_models_take_the_contracts_channels(channels: Any, residual: bool) -> None:
    """Grey pictures have one, with and without the filters."""
    contract = replace(SMALL, channels=channels, size=(64, 96))
    model = CNN("tiny", residual=residual).build(contract)
    assert (None, 64, 96, 1 if channels == "grey" else 3) == model.input_shape


def grain_of(pictures: np.ndarray) -> np.ndarray:
    """What the fixed filters leave of pictures, away from their borders."""
    import keras

    model = built("cnn:size=tiny:residual", replace(SMALL, size=pictures.shape[1:3]))
    return np.asarray(keras.Model(model.input, model.get_layer(FILTERS).output)(pictures))[:, 2:-2, 2:-2]


def test_smooth_parts_leave_no_grain() -> None:
    """A picture whose channels rise evenly in any direction gives zero everywhere."""
    rows, columns = np.mgrid[0:32, 0:32].astype(np.float32) / 32
    picture = np.stack([rows, 1 - columns, rows + columns - 1], axis=2)[None]
    np.testing.assert_allclose(grain_of(picture), 0, atol=1e-6)


def test_a_single_pixel_leaves_the_filters_themselves() -> None:
    """Their weights are those of the spatial rich model: -2/2, -4/4 and -12/12 at the pixel, each channel by itself."""
    picture = np.zeros((1, 32, 32, 3), np.float32)
    picture[0, 16, 16, 1] = 1
    grain = grain_of(picture)[0]
    np.testing.assert_allclose([0, 0, 0, -1, -1, -1, 0, 0, 0], grain[14, 14], atol=1e-6)
    np.testing.assert_allclose([0.5, 0.5, 8 / 12], grain[14, 13, 3:6], atol=1e-6)
    np.testing.assert_allclose([0, -0.25, -0.5], grain[13, 13, 3:6], atol=1e-6)


def test_the_filters_stand_still_in_training(tmp_path: Path) -> None:
    """After some steps they are what they were, and the stem behind them is not."""
    from tiny_training import striped

    plan = Plan("cnn:size=tiny:residual", size=(32, 32), epochs=1, batch=8, augment="none")
    model = built(plan.recipe, plan.contract)
    before = {name: model.get_layer(name).get_weights()[0] for name in (FILTERS, "stem")}
    fit(model, plan.made.phases(model), striped(16, 1), striped(8, 2), plan.contract, plan, tmp_path)
    np.testing.assert_array_equal(before[FILTERS], model.get_layer(FILTERS).get_weights()[0])
    assert not np.array_equal(before["stem"], model.get_layer("stem").get_weights()[0])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("size=huge", r"The sizes of cnn are tiny, small, medium, large, wide\. Received: huge$"),
        ("width=2", r"4 to 256 channels.* Received: width=2, depth=3$"),
        ("depth=9", r"1 to 6 stages\. Received: width=16, depth=9$"),
        ("kernel=4", r"The kernel of cnn is 3, 5, 7 or 9 pixels wide\. Received: 4$"),
        ("dropout=1", r"from 0 and below 1\. Received: 1$"),
    ],
)
def test_options_that_make_no_network_are_refused(options: str, message: str) -> None:
    """In one line that says what would do."""
    with pytest.raises(UsageError, match=message):
        plugins.make("recipe", f"cnn:{options}")


def test_a_picture_of_fewer_than_two_cells_is_refused() -> None:
    """With the least size, and the option that lowers it."""
    with pytest.raises(UsageError, match=r"from 32 × 32 \(--size, or depth=\)\. Received: 31 × 64$"):
        built("cnn", replace(SMALL, size=(31, 64)))
