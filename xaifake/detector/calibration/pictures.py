"""Labelled pictures: enough of either class, and a sample of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xaifake.dataset import Reading, listed
from xaifake.errors import UsageError

FEWEST = 10
"""Pictures of either class that are needed: with fewer, the best of some dozens of ways looks good by chance."""


@dataclass(frozen=True)
class Labelled:
    """Addresses of pictures of either class, in a fixed order."""

    fake: tuple[str, ...]
    real: tuple[str, ...]

    @property
    def uris(self) -> tuple[str, ...]:
        """The fakes, then the real ones."""
        return self.fake + self.real

    def sample(self, limit: int, seed: int) -> Labelled:
        """At most so many of either class, drawn by the seed."""
        random = np.random.default_rng(seed)
        return Labelled(_drawn(self.fake, limit, random), _drawn(self.real, limit, random))


def labelled(*addresses: str | Path, reading: Reading | None = None) -> Labelled:
    """The pictures of a data set that have a label; without addresses, of those that the reading calls fake and real.

    Raises:
        UsageError: no address, nothing there, no picture of one class, or too few.
    """
    reading = reading or Reading()
    if not addresses and not (reading.fake and reading.real):
        raise UsageError(
            "Labelled pictures are one data set DATA, such as a folder with subfolders real and fake, or both --real DIR... "
            f"and --fake DIR... Received: no DATA, --real {' '.join(reading.real) or None}, "
            f"--fake {' '.join(reading.fake) or None}"
        )
    meant = addresses or (*reading.fake, *reading.real)
    found = sorted(set(listed([str(address) for address in meant], reading)), key=lambda found: found.uri)
    classes = {label: tuple(picture.uri for picture in found if picture.label == label) for label in ("FAKE", "REAL")}
    if not all(classes.values()):
        places = Counter(picture.source or "" for picture in found if picture.label is None)
        names = ", ".join(sorted(places)[:8]) or "pictures of one class"
        raise UsageError(
            "The names of folders, or a column, must say which pictures are real and which are fake (numbers are not "
            "guessed); or name them with --real NAME... and --fake NAME... "
            f"Received: {', '.join(map(str, meant))} with {names}"
        )
    return _enough(Labelled(classes["FAKE"], classes["REAL"]))


def _enough(pictures: Labelled) -> Labelled:
    if min(len(pictures.fake), len(pictures.real)) < FEWEST:
        raise UsageError(
            f"At least {FEWEST} fake and {FEWEST} real pictures are needed: with fewer, the best of many ways to feed a "
            f"detector looks right by chance. Received: {len(pictures.fake)} fake and {len(pictures.real)} real"
        )
    return pictures


def _drawn(uris: tuple[str, ...], limit: int, random: np.random.Generator) -> tuple[str, ...]:
    if len(uris) <= limit:
        return uris
    return tuple(uris[index] for index in sorted(random.choice(len(uris), limit, replace=False)))
