"""How far the face is from pictures like those that the detector was checked on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import NotADetectorError, NumbersError, PictureError, UsageError
from xaifake.faces import faces_of
from xaifake.images import read_picture
from xaifake.interfaces import Engine, Seen
from xaifake.limits._judging import at_most, checked_option
from xaifake.records import Crop, Face, Limit, Views

FEWEST = 20
"""Reference pictures: with fewer, one of them alone is more than 5 in 100."""
LISTED = 5
"""Files that a refusal names."""
ROWS = 1024
"""Reference pictures whose distances to all others are held at once."""

Features = NDArray[np.float32]
"""(n, channels), each row of length 1."""


@dataclass(frozen=True)
class Distance:
    """How many of 100 reference pictures are closer to their like than the face is to them.

    After Sun et al. (2022, ICML, "Out-of-distribution detection with deep nearest neighbors", §3): the distance of a face is
    that of its k-th nearest neighbour among the references, between features of length 1. Features are the detector's own:
    its last layer that has a grid, averaged over the grid. The references' own distances, each to the others, say what is
    usual. Deviations: k is small, since references are few; their own distances stand in for a validation set; where the
    face's own file is among them, it is left out.

    Not known without references, or where the model has no layer with a grid, or no finite numbers there. Each picture takes
    one model call, and each reference one, once a run.

    Attributes:
        reference: a folder of at least 20 pictures, each with a face where the contract's crop is the face.
        neighbours: k.
        most: percentile.
    """

    reference: str | None = None
    neighbours: int = 5
    most: float = 95.0

    def __post_init__(self) -> None:
        checked_option(self, "neighbours", 1, FEWEST - 2, "distance")
        checked_option(self, "most", 0, 100, "distance")
        if self.reference is not None:
            _files(self.reference)

    def measure(self, engine: Engine, seen: Sequence[Seen]) -> list[Limit]:
        """One limit for each face, as a percentile.

        Raises:
            UsageError: reference pictures cannot be read, or no face is found in them.
        """
        limits = [at_most("distance", value, self.most, "percentile") for value in self._percentiles(engine, seen)]
        return [replace(limit, calls=int(limit.value is not None)) for limit in limits]

    def _percentiles(self, engine: Engine, seen: Sequence[Seen]) -> Sequence[float | None]:
        if self.reference is None:
            return [None] * len(seen)
        try:
            known = self._known.get(engine) or _read(self.reference, engine, self.neighbours)
            features = _features(engine, np.stack([one.view.pixels for one in seen]))
        except NotADetectorError:  # no layer with a grid: a plain network of numbers, or of DCT coefficients
            return [None] * len(seen)
        except NumbersError:
            if len(seen) > 1:  # whose it is shows when each is asked alone
                raise
            return [None]
        self._known[engine] = known
        shas = [one.view.face.picture.sha256 for one in seen]
        return [known.percentile(mine, sha) for mine, sha in zip(features, shas, strict=True)]

    @cached_property
    def _known(self) -> WeakKeyDictionary[Engine, _References]:
        """What was read for an engine, for as long as it is asked."""
        return WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class _References:
    """The pictures of a folder as a detector sees them, and what is usual among them."""

    shas: NDArray[np.str_]
    features: Features
    neighbours: int
    usual: NDArray[np.float32]
    """Each one's distance to its k-th nearest other, (n,)."""

    def percentile(self, mine: NDArray[np.float32], sha256: str) -> float:
        others = self.features[self.shas != sha256]
        distance = _kth_distances(mine[None], others, self.neighbours)[0]
        return 100 * int((self.usual < distance).sum()) / len(self.usual)


def _read(folder: str, engine: Engine, neighbours: int) -> _References:
    paths, crop = _files(folder), engine.contract.crop
    parts: list[Features] = []
    shas: list[str] = []
    refused: list[str] = []
    for start in range(0, len(paths), engine.batch):
        faces = [face for path in paths[start : start + engine.batch] if (face := _face(path, crop, refused))]
        shas += [face.picture.sha256 for face in faces]
        if faces and not refused:
            parts.append(_features(engine, np.stack([view.pixels for view in engine.view(faces)])))
    if refused:
        raise _unusable(folder, refused, crop)
    features = np.concatenate(parts)
    usual = _kth_distances(features, features, neighbours + 1)  # the nearest of each is itself
    return _References(np.array(shas), features, neighbours, usual)


def _face(path: Path, crop: Crop, refused: list[str]) -> Face | None:
    """The largest face of a file; where it cannot be had, its name goes to those refused."""
    try:
        return faces_of(read_picture(path), crop)[0]
    except PictureError:
        refused.append(path.name)
        return None


def _files(folder: str) -> list[Path]:
    """The files of the folder, hidden ones aside."""
    try:
        paths = sorted(path for path in Path(folder).iterdir() if path.is_file() and not path.name.startswith("."))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"--reference takes a folder of pictures ({reason}). Received: {folder}") from error
    if len(paths) < FEWEST:
        raise UsageError(
            f"--reference takes a folder of at least {FEWEST} pictures like those that the detector was checked on, not in "
            f"folders of their own. Received: {folder} with {len(paths)}"
        )
    return paths


def _unusable(folder: str, refused: Sequence[str], crop: Crop) -> UsageError:
    more = f" and {len(refused) - LISTED} more" if len(refused) > LISTED else ""
    wanted = "a picture that can be read, with a face in it" if crop == "face" else "a picture that can be read"
    return UsageError(
        f"Each file in the folder of --reference is {wanted}; take the others out of {folder}. "
        f"Received: {', '.join(refused[:LISTED])}{more}"
    )


def _features(engine: Engine, views: Views) -> Features:
    """The views' features; where every activation is zero, zeros."""
    pooled = engine.tap(views).activations.mean(axis=(1, 2), dtype=np.float64)  # squares of large ones leave float32
    lengths = np.linalg.norm(pooled, axis=1, keepdims=True)
    return np.asarray(pooled / np.where(lengths > 0, lengths, 1), np.float32)


def _kth_distances(features: Features, among: Features, k: int) -> NDArray[np.float32]:
    """Of each feature to the k-th nearest of the others, (n,)."""
    parts = []
    for start in range(0, len(features), ROWS):
        part = features[start : start + ROWS]
        squares = (part**2).sum(axis=1)[:, None] + (among**2).sum(axis=1) - 2 * part @ among.T
        parts.append(np.partition(squares, k - 1, axis=1)[:, k - 1])
    return np.asarray(np.sqrt(np.maximum(np.concatenate(parts), 0)), np.float32)
