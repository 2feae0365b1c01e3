"""The domain of the discrete cosine transform: the detector sees frequencies."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from xaifake.domains._channels import channels_of, scaled, standardised
from xaifake.errors import ContractError, UsageError
from xaifake.records import Contract

TINY = 1e-24
STATISTICS_BYTES = 2**26
"""The largest file of statistics, packed or unpacked; a stranger's contract may name a device, or a bomb."""
"""Added to a variance: a black picture has none, and a root has no slope at 0."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Dct:
    r"""The two-dimensional DCT-II of grey or of each channel, low frequencies first: row u holds u/2 cycles a height.

    Source: Frank et al. 2020 (arXiv 2003.08685) and its code: the logarithm of magnitudes, standardised. The contract's
    range comes before the transform, its mean and std come last.

    The plane, in which gradients are taken and drawn, holds the coefficients, after the logarithm where there is one. The
    detector reads magnitudes by their logarithm, so that a step of ten per cent counts alike whether the coefficient is
    large or small. Before the logarithm the gradient goes with one over the coefficient: it has no mean over noise, and
    times a difference it would say little of what a vanished coefficient does. Standardising comes after the plane; of
    stored statistics the gradient times the difference is independent.

    Coefficients of float32 carry about 1e-6 of the largest one; the logarithm of a smaller one is that of rounding.

    Attributes:
        orthonormal: as `cv2.dct` and SciPy's ``norm="ortho"``; otherwise as SciPy's default, without a norm.
        log: log(\|coefficient\| + epsilon) in place of the coefficient.
        epsilon: what keeps the logarithm finite; Frank et al. take 1e-12.
        standardise: less the picture's own mean, over its own standard deviation, each channel by itself.
        statistics: an NPZ file with arrays ``mean`` and ``std``, (H, W) or (H, W, C), one number for each coefficient.
        sha256: of the statistics' bytes; loading a detector notes it, and a file with another is refused.
        block: so many rows and columns of the lowest frequencies are kept; without it, all.
    """

    unit: ClassVar[str] = "coefficient"
    step: ClassVar[str] = "unit of a coefficient"
    orthonormal: bool = True
    log: bool = False
    epsilon: float = 1e-12
    standardise: bool = False
    statistics: str | None = None
    sha256: str | None = None
    block: int | None = None

    def __post_init__(self) -> None:
        if self.block is not None and self.block < 1:
            raise UsageError(f"A block keeps at least one row and column of coefficients. Received: block={self.block}")
        if not self.epsilon > 0:
            raise UsageError(f"The epsilon under the logarithm must be above 0. Received: epsilon={self.epsilon}")
        if self.standardise and self.statistics:
            raise UsageError(
                "Coefficients are standardised by the picture's own mean and std or by stored ones, not by both. "
                f"Received: standardise and statistics={self.statistics}"
            )

    def completed(self, contract: Contract, height: int | None, width: int | None) -> Dct:
        """With the block that the model's input asks for, and the statistics' SHA-256.

        Raises:
            ContractError: the statistics cannot be read, are not those noted, or do not fit.
        """
        side = min(contract.size)
        block = height if height is not None and height == width and height < side else None
        domain = replace(self, block=self.block or block)
        if not self.statistics:
            return domain
        mean, _, found = _stored(Path(self.statistics), self.sha256)
        rows, columns, channels = domain.shape(contract)
        if mean.shape not in ((rows, columns, channels), (rows, columns, 1)):
            raise ContractError(
                f"The statistics must have one number for each of {_shown((rows, columns, channels))} coefficients "
                f"(--domain dct:statistics=FILE). Received: {_shown(mean.shape)} in {self.statistics}"
            )
        return replace(domain, sha256=found)

    def shape(self, contract: Contract) -> tuple[int, int, int]:
        """Rows, columns and channels of the model's input."""
        height, width = (min(self.block or side, side) for side in contract.size)
        return height, width, channels_of(contract)

    def plane(self, views: Any, contract: Contract, xp: Any) -> Any:
        """(N, h, w, 3) RGB in 0..255 → the coefficients (N, H, W, 1 or 3), or their logarithms."""
        down, across = (cosines(side, self.block, self.orthonormal) for side in contract.size)
        rows = xp.tensordot(scaled(views, contract), down, ((1,), (1,)))  # matmul by a constant crashes oneDNN
        coefficients = xp.moveaxis(xp.tensordot(rows, across, ((1,), (1,))), 1, 3)
        return xp.log(xp.abs(coefficients) + self.epsilon) if self.log else coefficients

    def encode(self, plane: Any, contract: Contract, xp: Any) -> Any:
        """(N, H, W, C) → the same, standardised."""
        values = plane
        if self.standardise:
            values = plane - xp.mean(plane, axis=(1, 2), keepdims=True)
            values = values / xp.sqrt(xp.mean(values**2, axis=(1, 2), keepdims=True) + TINY)
        elif self.statistics:
            mean, std, _ = _stored(Path(self.statistics), self.sha256)
            values = xp.divide(xp.subtract(plane, mean), std)
        return standardised(values, contract)


@lru_cache(maxsize=8)
def cosines(side: int, block: int | None, orthonormal: bool) -> Floats:
    """The DCT-II as a matrix: (frequencies, side) float32.

    >>> cosines(2, None, False).round(3).tolist()
    [[2.0, 2.0], [1.4140000343322754, -1.4140000343322754]]
    """
    frequencies = np.arange(min(block or side, side))[:, None]
    matrix = 2 * np.cos(np.pi * frequencies * (np.arange(side) + 0.5) / side)
    if orthonormal:
        matrix *= np.where(frequencies == 0, 0.5, np.sqrt(0.5)) / np.sqrt(side)
    return np.asarray(matrix, np.float32)


def _stored(file: Path, sha256: str | None) -> tuple[Floats, Floats, str]:
    """Mean and standard deviation of the coefficients, (H, W, 1 or 3), and the file's SHA-256, where noted the one noted."""
    try:
        if file.exists() and not (file.is_file() and file.stat().st_size <= STATISTICS_BYTES):
            raise OSError(None, f"no file of at most {STATISTICS_BYTES // 2**20} MiB")
        content = file.read_bytes()
    except OSError as error:
        raise ContractError(
            f"The statistics cannot be read, {error.strerror}; a path in a contract file counts from that file. "
            f"Received: {file}"
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if sha256 not in (None, found):
        raise ContractError(
            "The statistics are not those that the contract notes, their SHA-256 differs: take the right file, or take the "
            f"sha256 out of the contract's domain. Received: {file} with {found[:12]}…, noted {str(sha256)[:12]}…"
        )
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            if sum(member.file_size for member in arrays.zip.infolist()) > STATISTICS_BYTES:
                raise ValueError("unpacks to more than any statistics")
            mean, std = (np.atleast_3d(np.asarray(arrays[name], np.float32)) for name in ("mean", "std"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, MemoryError, zipfile.BadZipFile) as error:
        raise ContractError(
            "Statistics are an NPZ with the arrays mean and std, as numpy.savez('statistics.npz', mean=…, std=…) writes. "
            f"Received: {file}, {type(error).__name__}"
        ) from error
    if mean.shape != std.shape or not (np.isfinite(mean).all() and np.isfinite(std).all() and (std > 0).all()):
        raise ContractError(
            "Mean and std must have one shape and finite numbers, each std above 0. "
            f"Received: {file} with {_shown(mean.shape)} and {_shown(std.shape)}"
        )
    return mean, std, found


def _shown(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))
