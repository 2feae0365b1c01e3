"""How strongly the file was compressed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xaifake.interfaces import Engine, Seen
from xaifake.limits._judging import at_least, checked_option
from xaifake.records import Limit


@dataclass(frozen=True)
class JpegQuality:
    """The quality that the quantisation table of the JPEG file stands for, 1 to 100 (see `Picture.jpeg_quality`).

    Not known of other formats, whose pixels may have been JPEG before; and a file that was saved twice shows the last
    quality alone.

    Attributes:
        least: quality. 70 leaves 75 within, which libjpeg and its users write unless told otherwise, and which many face
            data sets hold; on the detectors in ``docs/limits.md``, labels change more often below it.
    """

    least: int = 70

    def __post_init__(self) -> None:
        checked_option(self, "least", 1, 100, "jpeg_quality")

    def measure(self, engine: Engine, seen: Sequence[Seen]) -> list[Limit]:  # noqa: ARG002 - the file alone tells
        """One limit for each face, without a unit."""
        qualities = (one.view.face.picture.jpeg_quality for one in seen)
        return [at_least("jpeg_quality", None if q is None else float(q), float(self.least), "") for q in qualities]
