"""Labelled pictures: which files are FAKE and which REAL, from the names of their folders or as told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xaifake.errors import UsageError

WORDS = {
    "fake": {
        "fake",
        "fakes",
        "forged",
        "manipulated",
        "synthetic",
        "generated",
        "deepfake",
        "deepfakes",
        "altered",
        "tampered",
    },
    "real": {"real", "reals", "original", "originals", "genuine", "authentic", "pristine"},
}
"""What a folder of either class may be called."""
ENDINGS = frozenset((".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm"))
FEWEST = 10
"""Pictures of either class that are needed: with fewer, the best of some dozens of ways looks good by chance."""


@dataclass(frozen=True)
class Labelled:
    """Files of either class, in a fixed order."""

    fake: tuple[Path, ...]
    real: tuple[Path, ...]

    @property
    def paths(self) -> tuple[Path, ...]:
        """The fakes, then the real ones."""
        return self.fake + self.real

    def sample(self, limit: int, seed: int) -> Labelled:
        """At most so many of either class, drawn by the seed."""
        random = np.random.default_rng(seed)
        return Labelled(_drawn(self.fake, limit, random), _drawn(self.real, limit, random))


def labelled(data: str | Path | None = None, *, real: Sequence[str] = (), fake: Sequence[str] = ()) -> Labelled:
    """The pictures in a folder whose subfolders name their class, or in folders whose class is told.

    A subfolder counts by the words of its name, in any case (``real``, ``01_Fake_images``, ``original``). Numbers are never
    taken for labels.

    Raises:
        UsageError: neither or both are given, a folder is missing, no subfolder names a class, or there are too few
            pictures.
    """
    if (data is None) == (not real and not fake) or bool(real) != bool(fake):
        raise UsageError(
            "Labelled pictures are one folder DATA with subfolders such as real and fake, or both --real DIR... and "
            f"--fake DIR... Received: DATA {data}, --real {' '.join(real) or None}, --fake {' '.join(fake) or None}"
        )
    if data is not None:
        return _enough(*_by_name(_folder(data)))
    return _enough(_pictures(map(_folder, fake)), _pictures(map(_folder, real)))


def label_of(name: str) -> str | None:
    """The class that a folder's name states: ``fake``, ``real`` or None.

    >>> label_of("02_Original-Faces"), label_of("FAKE"), label_of("1"), label_of("real_and_fake")
    ('real', 'fake', None, None)
    """
    words = set(re.findall("[a-z]+", name.lower()))
    found = [label for label, known in WORDS.items() if words & known]
    return found[0] if len(found) == 1 else None


def _by_name(folder: Path) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    inside = sorted(path for path in folder.iterdir() if path.is_dir())
    labels = [label_of(path.name) for path in inside]
    if not {"fake", "real"} <= set(labels):
        names = ", ".join(path.name for path in inside[:8]) or "no subfolders"
        raise UsageError(
            "The folder must have subfolders whose names say which pictures are real and which are fake (numbers are not "
            f"guessed); or name them with --real DIR... and --fake DIR... Received: {folder} with {names}"
        )
    chosen = {
        label: _pictures(path for path, named in zip(inside, labels, strict=True) if named == label)
        for label in ("fake", "real")
    }
    return chosen["fake"], chosen["real"]


def _pictures(folders: Iterable[Path]) -> tuple[Path, ...]:
    """The picture files in folders and in whatever folders these hold, each once, sorted."""
    return tuple(sorted({path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in ENDINGS}))


def _enough(fake: tuple[Path, ...], real: tuple[Path, ...]) -> Labelled:
    if min(len(fake), len(real)) < FEWEST:
        raise UsageError(
            f"At least {FEWEST} fake and {FEWEST} real pictures are needed: with fewer, the best of many ways to feed a "
            f"detector looks right by chance. Received: {len(fake)} fake and {len(real)} real"
        )
    return Labelled(fake, real)


def _folder(path: str | Path) -> Path:
    if not Path(path).is_dir():
        raise UsageError(f"Labelled pictures lie in folders, and there is no folder of that name. Received: {path}")
    return Path(path)


def _drawn(paths: tuple[Path, ...], limit: int, random: np.random.Generator) -> tuple[Path, ...]:
    if len(paths) <= limit:
        return paths
    return tuple(paths[index] for index in sorted(random.choice(len(paths), limit, replace=False)))
