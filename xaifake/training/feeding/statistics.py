"""Mean and standard deviation of each number of a plane over the training pictures, kept beside the contract."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake import plugins
from xaifake.errors import UsageError
from xaifake.images import write_whole
from xaifake.records import Contract
from xaifake.training.pictures.examples import Examples

BATCH = 32
"""Views of one step: of 256 × 256 they and their coefficients take 60 MB."""
FLOOR = 0.01
"""The least standard deviation, in parts of the median one. A number that hardly varies over the training pictures, such as
a frequency that resizing took from all of them, says nothing there; divided by nearly nothing, it would outweigh all others
in the first picture in which it does vary."""

Floats = NDArray[np.float32]


def statistics_of(examples: Examples, contract: Contract) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each number of the plane over all views, in one pass over them.

    Source: Chan, Golub and LeVeque 1983, equations 1.5: the moments of two parts make those of both. So memory is that of
    one batch however many views there are, and a mean far from 0 costs the deviation no digits.

    Args:
        examples: of the training part.
        contract: how they are fed; its domain has no statistics yet.

    Returns:
        Mean and standard deviation, (H, W, C) float32; no deviation is below `FLOOR` of the median one, nor 0.

    Raises:
        UsageError: the domain keeps no statistics.
    """
    domain = _keeping(contract, statistics=None)
    count, mean, squares = 0, np.zeros(()), np.zeros(())
    for start in range(0, len(examples), BATCH):
        views = np.asarray(examples.views[start : start + BATCH], np.float32)
        plane = np.asarray(domain.plane(views, contract, np), np.float64)
        own, before = plane.mean(axis=0), count
        count += len(plane)
        squares = squares + ((plane - own) ** 2).sum(axis=0) + (own - mean) ** 2 * (before * len(plane) / count)
        mean = mean + (own - mean) * (len(plane) / count)
    std = np.sqrt(squares / count)
    floor = FLOOR * float(np.median(std)) or 1.0  # all views alike: nothing varies, and nothing is scaled
    return mean.astype(np.float32), np.maximum(std, floor).astype(np.float32)


def keep_statistics(path: Path, mean: Floats, std: Floats) -> None:
    """Write the NPZ that a domain's ``statistics`` reads; the same numbers are the same bytes whenever they are written.

    Raises:
        OutputError: it cannot be written.
    """
    memory = io.BytesIO()
    np.savez(memory, mean=mean, std=std)
    write_whole(path, memory.getvalue())


def standardised(contract: Contract, examples: Examples, path: Path) -> Contract:
    """The contract with a domain that standardises by the statistics of these examples, kept there and noted by SHA-256.

    Raises:
        UsageError: the domain keeps no statistics.
        OutputError: they cannot be written.
    """
    keep_statistics(path, *statistics_of(examples, contract))
    domain = _keeping(contract, statistics=str(path)).completed(contract, None, None)
    return dataclasses.replace(contract, domain=plugins.spec_of(domain))


def _keeping(contract: Contract, *, statistics: str | None) -> Any:
    """The contract's domain, with those statistics in place of any that it has."""
    domain = plugins.make("domain", contract.domain)
    if not hasattr(domain, "statistics"):
        raise UsageError(
            f"Only a domain with the option statistics is standardised by them, as dct:log. Received: {contract.domain}"
        )
    return dataclasses.replace(domain, statistics=statistics, sha256=None)
