"""NumPy's names on tensors of a Keras model that is being built: a domain asked with them puts its own steps into the model.

Keras writes constants of operations into the configuration, number by number as text. Those of a transform are a hundred
thousand, so they become weights of built-in layers in their place.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Axes = tuple[tuple[int], tuple[int]]


class Operations:
    """Keras' operations, but that arrays which a tensor is multiplied with, or taken off by, are kept as weights.

    The layers work on flattened places: none of them gives a grid, so none is ever taken for the network's own.
    """

    def __getattr__(self, name: str) -> Any:
        from keras import ops

        return getattr(ops, name)

    def tensordot(self, tensor: Any, matrix: NDArray[np.float32], axes: Axes) -> Any:
        """One axis of (N, …) summed over with one axis of a matrix; the matrix' other axis comes last."""
        from keras import layers, ops

        (summed,), (along,) = axes
        moved = ops.moveaxis(tensor, summed, -1)
        kernel = np.moveaxis(matrix, along, 0)
        places = moved.shape[1:-1]
        dense = layers.Dense(kernel.shape[1], use_bias=False, dtype="float32")
        product = dense(ops.reshape(moved, (-1, int(np.prod(places)), kernel.shape[0])))
        dense.set_weights([kernel])
        return ops.reshape(product, (-1, *places, kernel.shape[1]))

    def subtract(self, tensor: Any, array: NDArray[np.float32]) -> Any:
        """(N, H, W, C) less an array that fits."""
        return _scaled_and_shifted(tensor, np.ones_like(array), -array)

    def divide(self, tensor: Any, array: NDArray[np.float32]) -> Any:
        """(N, H, W, C) over an array that fits."""
        return _scaled_and_shifted(tensor, np.reciprocal(array), np.zeros_like(array))


def _scaled_and_shifted(tensor: Any, scale: NDArray[np.float32], shift: NDArray[np.float32]) -> Any:
    from keras import layers, ops

    shape = tensor.shape[1:]
    count = int(np.prod(shape))
    layer = layers.EinsumDense("nk,k->nk", count, bias_axes="k", dtype="float32")
    changed = layer(ops.reshape(tensor, (-1, count)))
    layer.set_weights([np.broadcast_to(weight, shape).reshape(count) for weight in (scale, shift)])
    return ops.reshape(changed, (-1, *shape))
