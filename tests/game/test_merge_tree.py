"""The tree of regions: neighbours of like colour first, every region once, and no group that is torn apart."""

from __future__ import annotations

import numpy as np
import pytest
from engines import planted_view
from skimage.measure import label

from xaifake.game.merge_tree import merge_tree
from xaifake.game.regions import grid, superpixels

pytestmark = pytest.mark.slow


def test_like_colours_meet_first() -> None:
    """Of four quarters the two reddish neighbours are merged first, then the two bluish ones."""
    labels = grid((8, 8), 2, 2)
    pixels = np.array([[200, 20, 20], [20, 20, 180], [210, 30, 20], [20, 30, 200]], np.float32)[labels]

    children, _ = merge_tree(pixels, labels)

    assert children.tolist() == [[0, 2], [1, 3], [4, 5]]


def test_only_neighbours_are_merged() -> None:
    """Two regions of one colour with another between them do not meet before it joins them; each group is connected."""
    view = planted_view()
    labels = superpixels(view.pixels, 30)

    _, members = merge_tree(view.pixels, labels)

    for node in members:
        assert label(node[labels], connectivity=1, return_num=True)[1] == 1


def test_each_merge_joins_its_children() -> None:
    """A node holds what its children hold, they share nothing, and the root holds every region."""
    view = planted_view()
    labels = superpixels(view.pixels, 30)
    count = labels.max() + 1

    children, members = merge_tree(view.pixels, labels)

    left, right = members[children[:, 0]], members[children[:, 1]]
    np.testing.assert_array_equal(members[count:], left | right)
    assert not (left & right).any()
    assert members[-1].all()
    assert sorted(children.ravel().tolist()) == list(range(2 * count - 2))


@pytest.mark.parametrize("regions", [1, 2])
def test_few_regions_have_a_tree(regions: int) -> None:
    """One region is its own root; two have one."""
    children, members = merge_tree(np.zeros((4, 4, 3), np.float32), grid((4, 4), 1, regions))

    assert children.shape == (regions - 1, 2)
    assert members[-1].all()


def test_large_regions_are_no_other_colour() -> None:
    """What is compared is the mean: a dark region of four columns meets its like, not what has as much light in all."""
    labels = np.array([[0, 0, 0, 0, 1, 2]], np.int32)
    pixels = np.repeat(np.array([100.0, 110, 200], np.float32)[labels][..., None], 3, axis=2)

    assert merge_tree(pixels, labels)[0].tolist() == [[0, 1], [2, 3]]
