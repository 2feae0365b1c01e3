"""What every explainer's values pass: the floor below which a map is silent."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def above_noise(values: ArrayLike, logit: float) -> NDArray[np.float32]:
    """The values, or all zeros where none of them rises above the rounding of the logit that they explain.

    float32 carries a logit to about 1.2e-7 of its size; a map whose largest magnitude stays below eight such steps is
    rounding, not evidence. The whole map is silent or none of it: single small values beside large ones stay.

    >>> above_noise([1e-9, -2e-9], 4.0).tolist()
    [0.0, 0.0]
    """
    result = np.asarray(values, np.float32)
    floor = 8 * float(np.finfo(np.float32).eps) * max(1.0, abs(logit))
    return np.zeros_like(result) if float(np.abs(result).max(initial=0.0)) <= floor else result
