"""Draw docs/pictures/house.svg: the rooms of xaifake as floors, from import-linter's layers in setup.cfg.

python scripts/make_house.py
"""

from __future__ import annotations

import configparser
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "pictures" / "house.svg"
WIDTH, LEFT, GAP, HIGH, ATTIC = 380, 40, 5, 27, 64
"""In pixels of a phone: the picture's width, the strip of the arrow, and the size of rooms and of the roof."""
ABREAST = 3
STYLE = """
  svg { --paper: #fbfaf7; --card: #fff; --ink: #1d1e20; --soft: #5b5c60; --rule: #d8d5cd; --fake: #b34700 }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #16171a; --card: #1d1f23; --ink: #e9e8e4; --soft: #a9aab0; --rule: #383a40; --fake: #ff9e40 }
  }
  text { font: 12px ui-monospace, "DejaVu Sans Mono", monospace; fill: var(--ink); text-anchor: middle }
  .said { font-family: system-ui, "DejaVu Sans", sans-serif; fill: var(--soft) }
  .wall { fill: var(--paper) } .floor { fill: none; stroke: var(--rule) } .room { fill: var(--card); stroke: var(--soft) }
  .detector { stroke: var(--fake); stroke-width: 2 } .roof, .arrow { fill: none; stroke: var(--ink); stroke-width: 1.5 }
"""


def floors() -> list[list[str]]:
    """The rooms of each floor, from the roof down, as setup.cfg has them."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    layers = config["importlinter:contract:layers"]["layers"].strip().splitlines()
    return [[room.strip().removeprefix("xaifake.") for room in floor.split("|")] for floor in layers]


def picture() -> str:
    """The drawing, as SVG."""
    top, drawn = ATTIC, []
    for rooms in floors():
        rows = _rows(rooms)
        tall = len(rows) * (HIGH + GAP) + GAP
        drawn.append(f'<path class="floor" d="M{LEFT} {top}H{WIDTH - 6}V{top + tall}H{LEFT}Z"/>')
        for number, row in enumerate(rows):
            drawn += _row(row, top + GAP + number * (HIGH + GAP))
        top += tall
    middle = (LEFT + WIDTH - 6) / 2
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top + 8}" role="img" aria-labelledby="title">',
            '<title id="title">The rooms of xaifake, floor upon floor: each may import what stands below it</title>',
            f"<style>{STYLE}</style>",
            f'<rect class="wall" width="{WIDTH}" height="{top + 8}"/>',
            f'<path class="roof" d="M{LEFT - 8} {ATTIC}L{middle} 6L{WIDTH + 2} {ATTIC}"/>',
            f'<text class="said" x="{middle}" y="{ATTIC - 14}">what people call</text>',
            *drawn,
            f'<path class="arrow" d="M20 {ATTIC}V{top - 4}m-5 -8l5 8l5 -8"/>',
            f'<text class="said" transform="translate(13 {(ATTIC + top) / 2}) rotate(-90)">may import what is below</text>',
            "</svg>\n",
        ]
    )


def _rows(rooms: list[str]) -> list[list[str]]:
    """A floor's rooms in as few rows as a phone can show, nearly equal."""
    count = -(-len(rooms) // ABREAST)
    ends = [round(len(rooms) * row / count) for row in range(count + 1)]
    return [rooms[first:end] for first, end in pairwise(ends)]


def _row(rooms: list[str], top: int) -> list[str]:
    wide = (WIDTH - 6 - LEFT - GAP * (len(rooms) + 1)) / len(rooms)
    parts = []
    for number, room in enumerate(rooms):
        left = LEFT + GAP + number * (wide + GAP)
        parts.append(f'<rect class="room {room}" x="{left:.1f}" y="{top}" width="{wide:.1f}" height="{HIGH}"/>')
        parts.append(f'<text x="{left + wide / 2:.1f}" y="{top + 18}">{room}</text>')
    return parts


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
