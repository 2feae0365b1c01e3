"""Frames in the tree of Celeb-DF."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import ClassVar

from xaifake.dataset.places import Place
from xaifake.dataset.protocol import Finding, Said
from xaifake.dataset.reading import Reading
from xaifake.dataset.sources._trees import frames, listing
from xaifake.records import Truth

LABELS: Mapping[str, Truth] = {"Celeb-real": "REAL", "YouTube-real": "REAL", "Celeb-synthesis": "FAKE"}
VIDEO = re.compile(r"((id\d+)(?:_id\d+)?_\d{4}|\d{5})(?:_.*)?")
"""id0_0000, id0_id1_0000 and 00170, or beginnings of frames' names."""
TESTED = "List_of_testing_videos.txt"


class Celebdf:
    """``Celeb-real``, ``YouTube-real`` and ``Celeb-synthesis`` with frames of their videos.

    The folder is the group. The identity is the person in the video that was filmed, the first of ``id0_id1_0000``; videos
    from YouTube name none. The videos of ``List_of_testing_videos.txt`` are the test split, and all others are for training.

    Y. Li et al., "Celeb-DF: A Large-scale Challenging Dataset for DeepFake Forensics", CVPR 2020.
    """

    title: ClassVar[str] = "Celeb-DF trees"

    def recognises(self, place: Place) -> bool:
        """A folder with any of the three."""
        return bool(LABELS.keys() & set(place.names))

    def find(self, place: Place, reading: Reading) -> Iterator[Finding]:
        """Every frame."""
        listed = TESTED in place.names
        tested = set(re.findall(r"\S+/(\S+)\.mp4", listing(place, TESTED).decode(errors="replace"))) if listed else set()

        def said(parts: Sequence[str]) -> Said:
            found = (VIDEO.fullmatch(part) for part in (*parts[1:-1], PurePosixPath(parts[-1]).stem))
            video = next((match for match in found if match), None)
            split = ("test" if video and video[1] in tested else "train") if listed else None
            return Said(split=split, group=parts[0], identity=video[2] if video else None)

        return frames(place, reading, LABELS, said)
