"""What every domain does alike: colours, range, mean and std as the contract says."""

from __future__ import annotations

from typing import Any

import numpy as np

from xaifake.records import Contract

GREY = (0.299, 0.587, 0.114)
"""ITU-R BT.601 luma, the weights that OpenCV, PIL and tf.image share."""


def channels_of(contract: Contract) -> int:
    """How many channels the contract's colours make: 1 or 3."""
    return 1 if contract.channels == "grey" else 3


def scaled(views: Any, contract: Contract) -> Any:
    """(N, h, w, 3) RGB in 0..255 → (N, h, w, 1 or 3) in the contract's channels and range."""
    if contract.channels == "grey":
        views = sum(views[..., i : i + 1] * weight for i, weight in enumerate(GREY))
    elif contract.channels == "bgr":
        views = views[..., ::-1]
    low, high = contract.range
    return views * ((high - low) / 255.0) + low


def standardised(values: Any, contract: Contract) -> Any:
    """The values less the contract's mean, over its std."""
    mean, std = (np.asarray(numbers, np.float32) for numbers in (contract.mean, contract.std))
    return (values - mean) / std
