"""How the same pictures were explained as training went on: one drawing, a row a picture and a column an epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from xaifake.records import Case, Pixels
from xaifake.report.overlays import close_up, overlay
from xaifake.report.scales import drawn, limit_of

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont, ImageFont

MOST = 12
"""Columns at most: where there would be more, every other one gives way."""
HEIGHT = 160
"""Rows of pixels of each picture in a strip."""
LETTERS = 14
"""Height of the text in pixels."""
LINE, GAP = 22, 8


class Strip:
    """What is drawn of the epochs so far. Epochs are added in order; one that comes again begins anew from there."""

    def __init__(self) -> None:
        self._columns: list[tuple[int, int, Sequence[Case]]] = []
        self._every = 1

    @property
    def epochs(self) -> list[int]:
        """The epochs that are drawn, by their numbers: evenly spread ones, and the last."""
        return [epoch for _, epoch, _ in self._columns]

    def add(self, epoch: int, cases: Sequence[Case]) -> None:
        """Add an epoch and its cases, one for each picture and always in one order."""
        before = [column for column in self._columns if column[1] < epoch]
        place = before[-1][0] + 1 if before else 0
        kept = [column for column in before if column[0] % self._every == 0]
        if len(kept) == MOST:
            self._every *= 2
            kept = kept[::2]
        self._columns = [*kept, (place, epoch, cases)]

    def drawing(self, method: str, names: Sequence[str]) -> Pixels:
        """All of it, uint8 RGB (H, W, 3), on one scale: what grows as training goes on is seen to grow."""
        from PIL import Image, ImageDraw

        limit = common_limit([case for _, _, cases in self._columns for case in cases], method)
        rows = [
            [scored(cases[at], method, limit, HEIGHT, f"epoch {epoch}: ") for _, epoch, cases in self._columns]
            for at in range(len(names))
        ]
        height, width = rows[0][0].shape[0] + LINE + GAP, max(cell.shape[1] for row in rows for cell in row) + GAP
        canvas = Image.new("RGB", (GAP + width * len(self._columns), GAP + height * len(rows)), "white")
        for at, (name, row) in enumerate(zip(names, rows, strict=True)):
            ImageDraw.Draw(canvas).text((GAP, GAP + height * at), name, "black", _font())
            for column, cell in enumerate(row):
                canvas.paste(Image.fromarray(cell), (GAP + width * column, GAP + height * at + LINE))
        return np.asarray(canvas)


def common_limit(cases: Sequence[Case], method: str) -> float:
    """The magnitude that takes the strongest colour where one method's maps of several cases share a scale."""
    return limit_of([drawn(case.attributions[method]).values for case in cases])


def scored(case: Case, method: str, limit: float, height: int, before: str = "score for FAKE ") -> Pixels:
    """The face and a margin, so many rows high, with the method's evidence on it and the score in a line below."""
    from PIL import Image, ImageDraw

    face = overlay(close_up(case), method, limit=limit, height=height)
    text, font = f"{before}{case.prediction.p_fake:.2f}", _font()
    canvas = Image.new("RGB", (max(face.shape[1], int(font.getlength(text)) + 1), height + LINE), "white")
    canvas.paste(Image.fromarray(face))
    ImageDraw.Draw(canvas).text((0, height + 2), text, "black", font)
    return np.asarray(canvas)


def _font() -> FreeTypeFont | ImageFont:
    """The one that Pillow brings, so that pictures are the same everywhere."""
    from PIL import ImageFont

    return ImageFont.load_default(LETTERS)
