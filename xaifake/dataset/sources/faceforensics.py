"""Frames in the tree of FaceForensics++."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import ClassVar

from xaifake.dataset.places import Place
from xaifake.dataset.protocol import Finding, Said
from xaifake.dataset.reading import Reading
from xaifake.dataset.sources._trees import frames, listing
from xaifake.errors import UsageError
from xaifake.records import Truth

LABELS: Mapping[str, Truth] = {"original_sequences": "REAL", "manipulated_sequences": "FAKE"}
VIDEO = re.compile(r"(\d{2,4})(_\d{2,4})?(__.*)?")
"""000, 000_003, or of actors 01__hugging_happy and 01_02__hugging_happy__YVGY8LOK."""
SPLITS = ("train", "val", "test")


class Faceforensics:
    """``original_sequences/SOURCE/…/VIDEO/FRAME`` and ``manipulated_sequences/METHOD/…/VIDEO/FRAME``.

    The method is the group. A manipulated video is called ``TARGET_SOURCE``; the identity is the target's number, so that a
    video and all its manipulations share one. Splits are read from ``train.json``, ``val.json`` and ``test.json``, lists of
    pairs of numbers, in the folder or in ``splits`` of it. Masks lie in ``masks`` instead of ``frames``.

    A. Rössler et al., "FaceForensics++: Learning to Detect Manipulated Facial Images", ICCV 2019.
    """

    title: ClassVar[str] = "FaceForensics++ trees"

    def recognises(self, place: Place) -> bool:
        """A folder with either class."""
        return bool(LABELS.keys() & set(place.names))

    def find(self, place: Place, reading: Reading) -> Iterator[Finding]:
        """Every frame."""
        splits = _splits(place)

        def said(parts: Sequence[str]) -> Said:
            target = _target(parts)
            return Said(split=splits.get(target or ""), group=parts[1] if len(parts) > 2 else None, identity=target)

        return frames(place, reading, LABELS, said)


def _target(parts: Sequence[str]) -> str | None:
    """The number of the video that was filmed."""
    found = (VIDEO.fullmatch(part) for part in (*parts[2:-1], PurePosixPath(parts[-1]).stem))
    return next((match[1] for match in found if match), None)


def _splits(place: Place) -> dict[str, str]:
    """The split of each video's number."""
    paths = {name: f"{name}.json" for name in SPLITS}
    if "splits" in place.names:
        paths = {name: f"splits/{path}" for name, path in paths.items()}
    elif not set(paths.values()) <= set(place.names):
        return {}
    try:
        return {number: name for name, path in paths.items() for pair in json.loads(listing(place, path)) for number in pair}
    except (ValueError, TypeError) as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError(
            f"The splits are lists of pairs of videos' numbers, in JSON ({error}). Received: {place.given}"
        ) from error
