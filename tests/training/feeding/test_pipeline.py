"""What feeds training is what a detector receives, each picture once an epoch, the same wherever a run begins."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xaifake.detector.engine import Detector
from xaifake.detector.runtime import keras, tensorflow
from xaifake.errors import ContractError
from xaifake.records import Contract, ModelFile
from xaifake.training.feeding.augmenting import Augmentation
from xaifake.training.feeding.pipeline import balanced, batches, steps_of
from xaifake.training.feeding.statistics import keep_statistics, statistics_of
from xaifake.training.pictures.examples import Examples

pytestmark = pytest.mark.keras

SIZE = (16, 24)
PLAIN = Contract(SIZE, range=(0.0, 255.0))
UNIT = Contract(SIZE)
NONE = Augmentation.parse("none")


def examples(count: int = 10, size: tuple[int, int] = SIZE, fakes: int = 3) -> Examples:
    """Noise of which each picture's first number is its index; the first ones are FAKE."""
    views = np.random.default_rng(2).integers(256, size=(count, *size, 3), dtype=np.uint8)
    views[:, 0, 0, 0] = np.arange(count)
    return Examples(views, np.arange(count) < fakes, tuple(f"{place:03d}" for place in range(count)))


def fed(found: Examples, epochs: int, batch: int = 4, seed: int = 5, first: int = 0, text: str = "none") -> list[Any]:
    """The batches of so many epochs, as arrays."""
    made = batches(found, PLAIN, Augmentation.parse(text), batch=batch, seed=seed, first_epoch=first)
    return list(itertools.islice(made.as_numpy_iterator(), epochs * steps_of(found, batch)))


def indices(given: list[Any]) -> np.ndarray:
    return np.concatenate([inputs[:, 0, 0, 0] for inputs, _, _ in given]).astype(int)


@pytest.fixture
def statistics(tmp_path: Path) -> str:
    """A domain with statistics of its own pictures, beside a contract."""
    keep_statistics(tmp_path / "model.npz", *statistics_of(examples(), replace(PLAIN, domain="dct:log")))
    return f"dct:log:statistics={tmp_path / 'model.npz'}"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"range": (-1.0, 1.0), "channels": "bgr", "mean": (0.1, 0.2, 0.3), "std": (0.5, 0.6, 0.7)},
        {"range": (0.0, 1.0), "channels": "grey", "mean": (0.4,), "std": (0.2,)},
        {"domain": "dct", "channels": "grey", "range": (0.0, 255.0)},
        {"domain": "dct:log:block=8", "mean": (1.5,), "std": (2.0,)},
        {"domain": "dct:log:standardise"},
    ],
)
def test_inputs_are_what_a_detector_receives(fields: dict[str, Any]) -> None:
    """Without augmentation each number is that of `Detector.input`, to 1e-6 of the largest; logarithms to 1e-4."""
    same_as_detector(replace(Contract(SIZE), **fields))


def test_inputs_with_stored_statistics_are_too(statistics: str) -> None:
    """The file that the contract names is read once, and its numbers are used."""
    same_as_detector(replace(PLAIN, domain=statistics))


def same_as_detector(contract: Contract) -> None:
    found = examples()
    detector = Detector(lambda tensor: tensor, contract, ModelFile("planted", "", "", None))
    expected = detector.input(found.views.astype(np.float32))
    made = batches(found, contract, Augmentation(), batch=4, seed=0, training=False)
    actual = np.concatenate([inputs for inputs, _, _ in made.as_numpy_iterator()])
    assert expected.shape == actual.shape
    assert np.float32 == actual.dtype
    share = 1e-4 if "log" in contract.domain else 1e-6  # the logarithm of a small coefficient shows how it was rounded
    assert np.abs(expected - actual).max() <= share * max(1, np.abs(expected).max())


@pytest.mark.parametrize(("count", "batch", "sizes"), [(10, 4, [3, 3, 4]), (8, 4, [4, 4]), (9, 8, [4, 5]), (3, 8, [3])])
def test_each_epoch_has_every_picture_once(count: int, batch: int, sizes: list[int]) -> None:
    """In an order of its own, in as many batches as `steps_of` says, none of them much smaller than another."""
    found = examples(count)
    given = fed(found, 3, batch)
    assert sizes * 3 == [len(inputs) for inputs, _, _ in given]
    orders = indices(given).reshape(3, count)
    assert [list(range(count))] * 3 == np.sort(orders, axis=1).tolist()
    assert 3 == len({tuple(order) for order in orders}) or count < 4


def test_labels_and_weights_stay_with_their_pictures() -> None:
    """FAKE is 1; the weights of all FAKE pictures sum to those of all REAL ones, and their mean is 1."""
    found = examples()
    given = fed(found, 1)
    label, weight = (np.concatenate(column) for column in list(zip(*given, strict=True))[1:])
    assert [(10, 1), (10, 1)] == [label.shape, weight.shape]
    assert [np.float32, np.float32] == [label.dtype, weight.dtype]
    np.testing.assert_array_equal(found.fake[indices(given)], label[:, 0])
    assert weight[label == 1].sum() == pytest.approx(weight[label == 0].sum())
    assert 1 == pytest.approx(weight.mean())


@pytest.mark.parametrize("fake", [[True], [False, False], [True, False, True, True], [True] * 99 + [False]])
def test_weights_are_balanced(fake: list[bool]) -> None:
    """Of mean 1, also where one label is missing."""
    given = balanced(np.array(fake))
    assert (len(fake), 1) == given.shape
    assert 1 == pytest.approx(given.mean())


def test_a_run_that_begins_later_sees_what_an_uninterrupted_one_sees() -> None:
    """From the fourth epoch on, order and augmentation to the last bit; another seed gives others."""
    found = examples(size=(32, 40))
    whole = given_by(found, 0, 5, seed=5)
    later = given_by(found, 3, 2, seed=5)
    assert all(itertools.starmap(np.array_equal, zip(whole[3 * 9 :], later, strict=True)))
    other = given_by(found, 3, 2, seed=6)
    assert not any(itertools.starmap(np.array_equal, zip(other[::3], later[::3], strict=True)))


def test_it_is_the_same_however_many_threads_work() -> None:
    """One thread gives the bits that many give."""
    tf = tensorflow()
    found = examples(32, size=(32, 40))
    made = batches(found, replace(PLAIN, size=(32, 40)), Augmentation(), batch=8, seed=1)
    options = tf.data.Options()
    options.threading.private_threadpool_size = 1
    options.threading.max_intra_op_parallelism = 1
    options.autotune.enabled = False
    for one, many in zip(taken(made.with_options(options), 8), taken(made, 8), strict=True):
        np.testing.assert_array_equal(one, many)


def given_by(found: Examples, first: int, epochs: int, seed: int) -> list[Any]:
    made = batches(found, replace(PLAIN, size=(32, 40)), Augmentation(), batch=4, seed=seed, first_epoch=first)
    return list(taken(made, epochs * steps_of(found, 4)))


def taken(made: Any, count: int) -> Iterator[Any]:
    return itertools.chain.from_iterable(itertools.islice(made.as_numpy_iterator(), count))


def test_what_is_not_trained_on_comes_once_in_order_as_it_is() -> None:
    """Whatever augmentation is asked for; every weight is 1."""
    found = examples()
    given = list(batches(found, PLAIN, Augmentation(), batch=4, seed=5, training=False).as_numpy_iterator())
    np.testing.assert_array_equal(found.views, np.concatenate([inputs for inputs, _, _ in given]))
    np.testing.assert_array_equal(np.ones((10, 1)), np.concatenate([weight for _, _, weight in given]))


def test_views_may_lie_on_disk(tmp_path: Path) -> None:
    """A memory map is read batch by batch."""
    found = examples()
    np.save(tmp_path / "views.npy", found.views)
    mapped = replace(found, views=np.load(tmp_path / "views.npy", mmap_mode="r"))
    for one, other in zip(fed(found, 1, text="all"), fed(mapped, 1, text="all"), strict=True):
        np.testing.assert_array_equal(one[0], other[0])


def test_augmented_pictures_are_encoded() -> None:
    """The contract's range and channels come after the changes: a flip in BGR of 0..1."""
    found = examples()
    contract = replace(PLAIN, range=(0.0, 1.0), channels="bgr")
    made = batches(found, contract, Augmentation.parse("flip=1"), batch=10, seed=0)
    inputs, _, _ = next(made.as_numpy_iterator())
    order = np.rint(inputs[:, 0, -1, 2] * 255).astype(int)
    np.testing.assert_allclose(found.views[order][:, :, ::-1, ::-1] / 255, inputs, atol=1e-6)


def test_a_refusal_of_the_domain_stays_itself() -> None:
    """Statistics that are gone are refused in the domain's own words."""
    with pytest.raises(ContractError, match=r"^The statistics cannot be read.*gone\.npz"):
        batches(examples(), replace(PLAIN, domain="dct:statistics=gone.npz"), NONE, batch=4, seed=0)


def unmoved(k: Any) -> Any:
    """A model that training leaves as it is."""
    model = k.Sequential([k.Input((*SIZE, 3)), k.layers.GlobalAveragePooling2D(), k.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer=k.optimizers.SGD(0.0), loss="binary_crossentropy")
    return model


def losses(model: Any, found: Examples) -> Any:
    p = model.predict(found.views / 255, verbose=0)[:, 0]
    return -np.log(np.where(found.fake, p, 1 - p))


def test_keras_fits_it() -> None:
    """Epoch after epoch with the weights, validated on a finite set, without a warning; the loss is the weighted one."""
    k = keras(3)
    found, model = examples(), unmoved(k)
    history = model.fit(
        batches(found, UNIT, Augmentation(), batch=4, seed=0),
        steps_per_epoch=steps_of(found, 4),
        epochs=2,
        shuffle=False,
        validation_data=batches(found, UNIT, NONE, batch=4, seed=0, training=False),
        verbose=0,
    ).history
    expected = losses(model, found).mean()
    assert [expected, expected] == pytest.approx(history["val_loss"], rel=1e-4)
    assert 2 == len(history["loss"])


def test_the_loss_that_keras_tells_is_that_of_all_pictures_alike() -> None:
    """Batches of three and of four: the mean over an epoch is the mean over its pictures with their weights."""
    k = keras(3)
    found, model = examples(), unmoved(k)
    fitted = model.fit(batches(found, UNIT, NONE, batch=4, seed=0), steps_per_epoch=3, shuffle=False, verbose=0)
    expected = (losses(model, found) * balanced(found.fake)[:, 0]).mean()
    assert expected == pytest.approx(fitted.history["loss"][0], rel=1e-4)
