"""The frequencies of a view, cut into radial bands with soft edges, and put together again.

The view is continued beyond its border by its mirror image. A bare Fourier transform continues it by itself, and the jump
where the left edge meets the right one spreads a cross over all frequencies, so that a fine band would hold the border
and no grain. Parting the jump off (periodic plus smooth, Moisan 2011) also heals the cross, but leaves a smooth part that
belongs to no band. The Fourier transform of the mirrored view is the view's orthonormal DCT-II: a quarter of the mirrored
plane, real, as many numbers as pixels, and of the same energy. A band weights it by a real mask, so phases stay.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from xaifake.records import ViewPixels

BANDS = 8
CORNER = float(np.sqrt(0.5))
"""The highest radius there is, in cycles per pixel: half a cycle along rows and along columns."""
PROFILE = 64
"""At most so many rings in the mean spectrum."""
SILENCE = -60.0
"""The least power that is told, in decibels: rounding to whole grey levels alone has −11."""

Shape = tuple[int, int]
Spectrum = NDArray[np.float64]
"""DCT-II coefficients of a view, orthonormal: (h, w, 3), in grey levels; half a cycle per picture each step."""
Masks = NDArray[np.float32]
"""How much of each frequency a band holds: (bands, h, w) in 0..1."""


def analyse(pixels: ViewPixels) -> Spectrum:
    """The spectrum of a view, (h, w, 3)."""
    from scipy.fft import dctn

    return np.asarray(dctn(pixels.astype(np.float64), axes=(0, 1), norm="ortho"))


def synthesise(spectrum: Spectrum) -> ViewPixels:
    """The view of a spectrum, not clipped."""
    from scipy.fft import idctn

    return np.asarray(idctn(spectrum, axes=(0, 1), norm="ortho"), np.float32)


def radii(shape: Shape) -> NDArray[np.float64]:
    """Cycles per pixel of each coefficient, (h, w): 0 for the mean, below `CORNER` everywhere.

    >>> radii((1, 4)).tolist()
    [[0.0, 0.125, 0.25, 0.375]]
    """
    down, across = (np.arange(side) / (2 * side) for side in shape)
    return np.hypot(down[:, None], across)


def edges(shape: Shape) -> NDArray[np.float64]:
    """Where the bands meet, (BANDS + 1,) in cycles per pixel: even steps of the logarithm.

    From half a cycle on the view's longer side, the lowest frequency there is, to `CORNER`.
    """
    return np.geomspace(0.5 / max(shape), CORNER, BANDS + 1)


@lru_cache(maxsize=2)
def masks(shape: Shape) -> Masks:
    """The share that each band has of each frequency: raised cosines in the logarithm of the radius, read-only.

    Source: the cosine log filters of Peli 1990, section 3. Deviation: the outermost bands do not fall off outwards. A
    band falls from all to nothing between the middle of the next lower and that of the next higher one, so the shares sum
    to 1 everywhere but at the mean, which belongs to no band.
    """
    radius = radii(shape)
    limits = edges(shape)
    radius[0, 0] = limits[0]
    step = np.log(limits[1] / limits[0])
    place = np.clip(np.log(radius / limits[0]) / step - 0.5, 0, BANDS - 1)  # a whole number in the middle of each band
    distance = np.clip(np.abs(place - np.arange(BANDS)[:, None, None]), 0, 1)
    shares = np.cos(distance * np.pi / 2) ** 2
    shares[:, 0, 0] = 0
    result: Masks = shares.astype(np.float32)
    result.setflags(write=False)
    return result


def parts(pixels: ViewPixels, shares: Masks) -> NDArray[np.float32]:
    """What each mask keeps of a view, (N, h, w, 3) in grey levels about 0 where the mask leaves the mean out."""
    spectrum = analyse(pixels)
    return np.stack([synthesise(spectrum * share[..., None]) for share in shares])


def power(pixels: ViewPixels) -> NDArray[np.float64]:
    """Energy of each frequency but the mean, all colours together: (h, w), in squared grey levels."""
    energy = np.asarray((analyse(pixels - pixels.mean(axis=(0, 1), dtype=np.float64)) ** 2).sum(axis=2))
    energy[0, 0] = 0
    return energy


def energy_shares(pixels: ViewPixels) -> tuple[float, ...]:
    """The share of the view's variance that lies in each band; they sum to 1, or are all 0 on a view of one colour.

    A frequency that two bands share gives its energy to both by their shares of it.
    """
    energy = power(pixels)
    total = float(energy.sum())
    if total <= 10 ** (SILENCE / 10) * energy.size:
        return (0.0,) * BANDS
    return tuple(float((mask * energy).sum() / total) for mask in masks(pixels.shape[:2]))


def profile(pixels: ViewPixels) -> tuple[float, ...]:
    """The mean power of rings of equal width from 0 to `CORNER`, in decibels of one squared grey level a coefficient.

    Source: Durall et al. 2020, section 3.1 (azimuthal average of the power spectrum, drawn on a logarithmic scale).
    Deviations: the spectrum is the mirrored view's, without the border's cross; up to the corner; without the mean; three
    colours averaged. White noise of variance 1 is flat at 0.
    """
    height, width = shape = pixels.shape[:2]
    rings = min(PROFILE, height, width)
    ring = (radii(shape) / CORNER * rings + 1e-9).astype(np.int64).ravel()  # the diagonal lies on the rings' borders
    counts = np.bincount(ring, minlength=rings) * 3
    counts[0] -= 3  # the mean
    mean = np.bincount(ring, power(pixels).ravel(), minlength=rings) / np.maximum(counts, 1)
    return tuple((10 * np.log10(np.maximum(mean, 10 ** (SILENCE / 10)))).tolist())
