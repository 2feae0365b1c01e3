"""Parts as players, as larger parts, and beside the labels of other data sets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from xaifake.faces import faces_of
from xaifake.faces.groups import CELEBAMASK_HQ, CIPLAB_BITS, GROUPS, ROLL_UPS, centres, grouped
from xaifake.faces.mesh import landmarks_of
from xaifake.faces.parts import PARTS, parts_of
from xaifake.images import read_picture

ALL = np.arange(16, dtype=np.int32).reshape(4, 4)
"""A grid with one pixel of each part."""


@pytest.mark.parametrize("players", [10, 12])
def test_each_part_belongs_to_one_player(players: int) -> None:
    """As many groups as players, and each of the sixteen parts in exactly one."""
    assert players == len(GROUPS[players])
    assert sorted(PARTS) == sorted(part for _, parts in GROUPS[players] for part in parts)


@pytest.mark.parametrize("players", [10, 12])
def test_players_are_the_groups_of_their_pixels(players: int) -> None:
    """Each pixel has the name of the group that holds its part."""
    labels, names = grouped(ALL, players)
    assert (np.int32, (4, 4), players) == (labels.dtype, labels.shape, len(names))
    group_of = {part: name for name, parts in GROUPS[players] for part in parts}
    assert [group_of[part] for part in PARTS] == [names[player] for player in labels.ravel()]


def test_groups_without_pixels_are_no_players() -> None:
    """A face whose mouth and chin are cut off: the other names follow each other without a gap."""
    seen = np.array([[PARTS.index("frame"), PARTS.index("nose")], [PARTS.index("left eye"), PARTS.index("background")]])
    labels, names = grouped(seen.astype(np.int32), 10)
    assert ("left eye and brow", "nose", "outside") == names
    np.testing.assert_array_equal([[2, 1], [0, 2]], labels)


def test_larger_parts_hold_known_parts_and_leave_out_the_boundary() -> None:
    """Inner and outside face are all parts but the boundary, each once."""
    assert sorted({*PARTS} - {"boundary"}) == sorted(ROLL_UPS["inner face"] + ROLL_UPS["outside face"])
    assert {*ROLL_UPS["eyes"], *ROLL_UPS["brows"], *ROLL_UPS["skin"]} < {*ROLL_UPS["inner face"]}


def test_the_labels_of_celebamask_hq_cover_all_parts() -> None:
    """Nineteen labels, and no part that none of them names."""
    assert (19, {*PARTS}) == (len(CELEBAMASK_HQ), {part for parts in CELEBAMASK_HQ.values() for part in parts})


def test_a_centre_lies_in_the_middle_of_the_region_s_widest_place() -> None:
    """Of a square its middle, not the mean of the square and a thin arm; of nothing, NaN."""
    labels = np.zeros((20, 30), np.int32)
    labels[5:14, 3:12] = 1
    labels[9, 12:28] = 1
    points = centres(labels, 3)
    assert np.float32 == points.dtype
    np.testing.assert_array_equal([7.5, 9.5], points[1])
    assert np.isnan(points[2]).all()


def test_the_picture_s_edge_is_an_edge() -> None:
    """The centre of all of a picture is as far from its edges as can be."""
    ((x, y),) = centres(np.zeros((21, 41), np.int32), 1)
    assert y == 10.5
    assert 10.5 <= x <= 30.5


def test_ciplab_s_bits_name_the_parts_that_were_pasted(data: Path) -> None:
    """Of the parts that a pair's bits name, at least 70 % of the pixels were edited; of the others, at most 10 %."""
    edited: dict[tuple[int, str], list[float]] = {}
    for fake in sorted((data / "faces" / "ciplab_pairs").glob("*/fake.jpg")):
        picture = read_picture(fake)
        points = landmarks_of(faces_of(picture, "face")[0])
        assert points is not None, fake
        labels = parts_of(points, picture.pixels.shape[:2])
        mask = np.asarray(Image.open(fake.with_name("mask.png")).convert("L")) > 127
        for bit, digit in enumerate(fake.parent.name[-4:]):
            part = np.isin(labels, [PARTS.index(name) for name in CIPLAB_BITS[bit]])
            edited.setdefault((bit, digit), []).append(float(mask[part].mean()))
    assert 29 * 4 == sum(map(len, edited.values()))
    for (_, digit), shares in edited.items():
        share = np.mean(shares)
        assert share > 0.7 if digit == "1" else share < 0.1
