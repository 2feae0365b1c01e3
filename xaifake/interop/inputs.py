"""What a model is fed, back to the pictures that it was made of; and targets, to the side that they ask for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import ContractError, UsageError
from xaifake.records import Contract, Views

Floats = NDArray[np.float32]
SLACK = 1.0
"""By so many grey levels an input may leave the range of pictures: what rounding and resizing add."""


def inputs_of(inputs: Any) -> Floats:
    """Inputs as an array, (N, H, W, C).

    Raises:
        UsageError: they are none.
    """
    fed = np.asarray(inputs)
    if fed.ndim != 4 or fed.dtype.kind not in "fiu" or not len(fed):
        raise UsageError(
            "The inputs are an array or tensor (N, H, W, C) of what the model is fed; of a tf.data.Dataset, explain batch "
            f"by batch. Received: {type(inputs).__name__} of shape {fed.shape}"
        )
    return fed.astype(np.float32)


def views_of(fed: Floats, contract: Contract) -> Views:
    """The views (N, h, w, 3) in 0..255 of which the contract makes these inputs (N, h, w, C).

    Raises:
        ContractError: it makes none of them: they are no pixels, of other channels, or reach beyond the range of pictures.
    """
    channels = 1 if contract.channels == "grey" else 3
    if contract.domain_name != "pixel" or fed.shape[3] != channels:
        raise ContractError(
            f"Inputs are pixels with the {channels} channels of {contract.channels} (channels, domain). "
            f"Received: shape {fed.shape} in the domain {contract.domain}"
        )
    low, high = contract.range
    mean, std = (np.asarray(numbers, np.float32) for numbers in (contract.mean, contract.std))
    views = (fed * std + mean - np.float32(low)) * np.float32(255 / (high - low))
    if views.min() < -SLACK or views.max() > 255 + SLACK:
        raise ContractError(
            f"These inputs are not made of pictures as is known here, by range {low:g} to {high:g}, mean {contract.mean} "
            f"and std {contract.std}; say how they were: range=(-1, 1), or range, mean and std. "
            f"Received: inputs from {fed.min():g} to {fed.max():g}"
        )
    if contract.channels == "bgr":
        views = views[..., ::-1]
    return np.asarray(np.repeat(views, 3 // channels, axis=3), np.float32)


def signs_of(targets: Any, count: int, contract: Contract) -> Floats:
    """For each target +1 where it asks for FAKE, and -1 where it asks for REAL, (N,).

    Raises:
        UsageError: targets of another shape, or neither one-hot nor +1 and -1.
    """
    if targets is None:
        return np.ones(count, np.float32)
    asked = np.asarray(targets, np.float32)
    asked = asked[:, None] if asked.ndim == 1 else asked
    single = asked.ndim == 2 and asked.shape[1] == 1
    if len(asked) != count or asked.ndim != 2 or not np.array_equal((asked != 0).sum(axis=1), np.ones(count)):
        raise UsageError(
            f"The targets of {count} inputs are one-hot, ({count}, outputs), or +1 and -1 for a single output, ({count}, "
            f"1). Received: an array of shape {np.shape(targets)}"
        )
    if single:
        return np.sign(asked[:, 0]) * np.float32(1 if contract.fake_when == "high" else -1)
    return np.where(np.isin(asked.argmax(axis=1), contract.fake_index), 1, -1).astype(np.float32)
