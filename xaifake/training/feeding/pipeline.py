"""What feeds training: pictures in random order, changed, encoded as the contract says, ready before they are asked for."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake import plugins
from xaifake.records import Contract
from xaifake.training.feeding.augmenting import Augmentation
from xaifake.training.pictures.examples import Examples

READY = 2
"""Batches that are ready before they are asked for."""
SEEDS = 2**31


def steps_of(examples: Examples, batch: int) -> int:
    """Batches of one epoch, each of ``batch`` pictures at most."""
    return math.ceil(len(examples) / batch)


def batches(
    examples: Examples,
    contract: Contract,
    augmentation: Augmentation,
    *,
    batch: int,
    seed: int,
    first_epoch: int = 0,
    training: bool = True,
) -> Any:
    """A `tf.data.Dataset` of (input (B, H, W, C), label (B, 1), weight (B, 1)), all float32; labels are 1 for FAKE.

    Inputs are what `xaifake.detector.engine.Detector.input` gives, by the same domain. An epoch is `steps_of` batches whose
    sizes differ by one at most, so that no step learns from a few pictures that were left over, and every picture is in it
    once. Order and changes come from the seed and the epoch's number alone: a run that begins at a later epoch sees what an
    uninterrupted one sees. Keras fits it with ``steps_per_epoch=steps_of(…)`` and ``shuffle=False``.

    Args:
        examples: the pictures.
        contract: how they are fed.
        augmentation: how they are changed.
        batch: pictures in a batch, at most.
        seed: of order and changes.
        first_epoch: from 0; epochs follow each other without end.
        training: False for one pass in order, without changes and with every weight 1.
    """
    import tensorflow as tf

    domain, xp = plugins.make("domain", contract.domain), tf.experimental.numpy
    labels = examples.fake.astype(np.float32)[:, None]
    weights = balanced(examples.fake) if training else np.ones_like(labels)
    drawn = augmentation if training else Augmentation.parse("none")

    def read(indices: NDArray[np.int64]) -> NDArray[np.uint8]:
        return np.asarray(examples.views[indices])

    def fed(indices: Any, seeds: Any) -> tuple[Any, Any, Any]:
        views = tf.ensure_shape(tf.numpy_function(read, [indices], tf.uint8), (None, *contract.size, 3))
        plane = domain.plane(drawn.changed(views, seeds), contract, xp)
        inputs = tf.ensure_shape(domain.encode(plane, contract, xp), (None, *domain.shape(contract)))
        return inputs, tf.gather(labels, indices), tf.gather(weights, indices)

    steps = steps_of(examples, batch)
    chosen = _drawn(tf, len(examples), steps, seed, first_epoch) if training else _in_order(tf, len(examples), steps)
    made = chosen.map(_as_written(tf, fed), num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
    count = tf.data.INFINITE_CARDINALITY if training else steps
    return made.apply(tf.data.experimental.assert_cardinality(count)).prefetch(READY)


def balanced(fake: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Weights (N, 1) of mean 1 by which FAKE and REAL count alike, however many there are of each.

    >>> balanced(np.array([True, False, False, False, False])).ravel().tolist()
    [2.5, 0.625, 0.625, 0.625, 0.625]
    """
    counts = np.bincount(fake, minlength=2)
    shares = np.count_nonzero(counts) * counts[fake.astype(np.intp)]
    return np.asarray(len(fake) / shares, np.float32)[:, None]


def _drawn(tf: Any, count: int, steps: int, seed: int, first_epoch: int) -> Any:
    """Indices (B,) of the pictures of each batch, and their seeds (B, 2), epoch after epoch."""

    def drawn(epoch: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        random = np.random.default_rng((seed, int(epoch)))
        return random.permutation(count), random.integers(SEEDS, size=(count, 2), dtype=np.int32)

    def parted(epoch: Any) -> Any:
        order, seeds = tf.numpy_function(drawn, [epoch], (tf.int64, tf.int32))
        return _parted(tf, (tf.ensure_shape(order, (count,)), tf.ensure_shape(seeds, (count, 2))), count, steps)

    return tf.data.Dataset.range(first_epoch, np.iinfo(np.int64).max).flat_map(_as_written(tf, parted))


def _in_order(tf: Any, count: int, steps: int) -> Any:
    """The same of one pass in order."""
    return _parted(tf, (tf.range(count, dtype=tf.int64), tf.zeros((count, 2), tf.int32)), count, steps)


def _parted(tf: Any, arrays: tuple[Any, Any], count: int, steps: int) -> Any:
    """Both arrays in so many batches, as even as can be."""
    bounds = tf.constant(np.linspace(0, count, steps + 1).astype(np.int64))

    def part(step: Any) -> tuple[Any, ...]:
        return tuple(array[bounds[step] : bounds[step + 1]] for array in arrays)

    return tf.data.Dataset.range(steps).map(_as_written(tf, part))


def _as_written(tf: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    """Without AutoGraph, which would wrap the refusals of domains in errors of its own."""
    kept: Callable[..., Any] = tf.autograph.experimental.do_not_convert(function)
    return kept
