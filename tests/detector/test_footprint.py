"""What a view takes in a traced graph, on graphs small enough to count by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from xaifake.detector.footprint import SCRATCH, SLACK, bytes_of_weights, bytes_per_view

pytestmark = pytest.mark.keras

SIDE = 4 * 10
"""Bytes of one view: ten float32."""


def bytes_of(function: Callable[[Any], Any]) -> int:
    import tensorflow as tf

    graph = tf.function(function, input_signature=[tf.TensorSpec((None, 10), tf.float32)]).get_concrete_function().graph
    return bytes_per_view(graph)


def bound(kept: int, largest: int) -> int:
    return int(SLACK * kept + SCRATCH * largest)


def test_a_tensor_is_kept_until_its_last_reader() -> None:
    """A chain keeps two tensors at a time however long it is; a sum with its beginning keeps that too."""
    import tensorflow as tf

    assert bytes_of(lambda x: tf.sin(tf.sin(tf.sin(tf.sin(x))))) == bound(2 * SIDE, SIDE)
    assert bytes_of(lambda x: x + tf.sin(tf.sin(tf.sin(x)))) == bound(3 * SIDE, SIDE)


def test_what_nobody_needs_is_not_counted() -> None:
    """Neither what no output depends on, nor what is only asked for its shape, nor what every batch shares."""
    import tensorflow as tf

    def wasteful(x: Any) -> Any:
        tf.tile(x, [1, 1000])
        wide = tf.tile(x, [1, 3])
        shape = tf.shape(wide)
        return tf.reshape(tf.sin(x) * np.ones(10, np.float32), [shape[0], 10])

    assert bytes_of(wasteful) == bytes_of(lambda x: tf.sin(x) * np.ones(10, np.float32))


def test_functions_within_count() -> None:
    """What a branch keeps is kept, though the graph shows a single step."""
    import tensorflow as tf

    def wide(x: Any) -> Any:
        return tf.reduce_sum(tf.sin(tf.tile(x, [1, 100])), axis=1)

    def branched(x: Any) -> Any:
        return tf.cond(tf.reduce_sum(x) > 0, lambda: wide(x), lambda: x[:, 0])

    assert bytes_of(branched) >= bytes_of(wide) >= bound(200 * SIDE, 100 * SIDE)


def test_weights_are_variables_and_constants() -> None:
    """Each counted by its bytes."""
    import tensorflow as tf

    weight = tf.Variable(np.ones((10, 3), np.float32))
    constant = np.ones((3, 5), np.float32)
    signature = [tf.TensorSpec((None, 10), tf.float32)]
    graph = tf.function(lambda x: x @ weight @ constant, input_signature=signature).get_concrete_function().graph
    assert bytes_of_weights(graph) == 4 * (30 + 15)
