"""Where the maps of two detectors differ."""

from __future__ import annotations

import numpy as np
import pytest
from maps_made import bumps, chunks_of

from xaifake.audit.comparing import mapping
from xaifake.audit.comparing.mapping import mapped


def test_maps_of_the_same_pictures_are_averaged_and_compared() -> None:
    """One detector looks at the mouth, the other at the forehead: the difference says so, with its standard error."""
    random = np.random.default_rng(0)
    mouth, forehead = bumps(30, random, 0.75, 0.5), bumps(30, random, 0.2, 0.5)
    found = mapped({"a": chunks_of(mouth), "b": chunks_of(forehead)}, 30, seed=0)
    (difference,) = found.differences
    values, errors = np.array(difference.values), np.array(difference.errors)
    assert (30, "a", "b") == (difference.n, difference.outcome, difference.less)
    assert values[21, 14] > 4 * errors[21, 14] > 0
    assert values[5, 14] < -4 * errors[5, 14]
    assert found.likeness["a", "b"].value < 0.2


def test_a_detector_is_like_itself() -> None:
    """Mean cosine 1, no difference, whatever the scale of its maps."""
    maps = bumps(12, np.random.default_rng(0), 0.5, 0.5)
    found = mapped({"a": chunks_of(maps), "b": chunks_of(7 * maps)}, 12, seed=0)
    assert found.likeness["a", "b"].value == pytest.approx(1, abs=1e-6)
    assert np.abs(np.array(found.differences[0].values)).max() < 1e-6


def test_only_pictures_that_all_detectors_have_a_map_of_count() -> None:
    """One has none of the third picture, the other an empty one of the fifth."""
    maps = bumps(8, np.random.default_rng(0), 0.5, 0.5)
    first, second = maps.copy(), maps.copy()
    first[2], second[4] = np.nan, 0.0
    found = mapped({"a": chunks_of(first), "b": chunks_of(second, size=3)}, 8, seed=0)
    assert [6, 6] == [one.n for one in found.maps]


def test_of_many_pictures_some_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same ones of both detectors."""
    monkeypatch.setattr(mapping, "MOST", 10)
    maps = bumps(40, np.random.default_rng(0), 0.5, 0.5)
    found = mapped({"a": chunks_of(maps), "b": chunks_of(maps)}, 40, seed=0)
    assert found.pictures == 10
    assert found.likeness["a", "b"].value == pytest.approx(1)


def test_a_detector_of_frequencies_is_compared_with_nobody() -> None:
    """Its maps lie on no face, so one detector is left, and that is no comparison."""
    maps = bumps(4, np.random.default_rng(0), 0.5, 0.5)
    found = mapped({"a": chunks_of(maps)}, 4, seed=0)
    assert (0, (), ()) == (found.pictures, found.maps, found.differences)
    assert mapped({}, 4, seed=0).pictures == 0
