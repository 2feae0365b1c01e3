"""Where all that drives decisions meets: one pass, flat memory, a sample without preference, and when there is nothing."""

from __future__ import annotations

import numpy as np
import pytest
from maps_made import bumps, chunks_of, scores_of

from xaifake.audit.drives import drives_of
from xaifake.audit.drives import finding as module
from xaifake.faces.canonical import canonical_outline


def test_without_maps_and_bands_there_is_nothing() -> None:
    """A detector that nothing can be seen of."""
    assert drives_of(scores_of(["TP"] * 3), (), (), seed=0) is None


def test_maps_in_frequencies_are_laid_on_no_face() -> None:
    """They are not even read; without bands nothing is told."""
    maps = bumps(4, np.random.default_rng(0), 0.5, 0.5)

    assert drives_of(scores_of(["TP"] * 4), chunks_of(maps), (), seed=0, domain="dct") is None


def test_the_outline_is_the_canonical_face() -> None:
    """Whatever draws the maps needs nothing else."""
    drives = drives_of(scores_of(["TP"] * 4), chunks_of(bumps(4, np.random.default_rng(0), 0.5, 0.5)), (), seed=0)

    assert drives is not None
    assert (drives.method, drives.outline) == ("gradcam", canonical_outline())
    assert drives.clusters is None


def test_the_sample_does_not_depend_on_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same maps are kept however they come, never more than the most, and not the first ones."""
    monkeypatch.setattr(module, "MOST", 20)
    maps = bumps(100, np.random.default_rng(0), 0.5, 0.5)
    kept = []
    for size in (1, 33, 100):
        sample = module._Sample(100, seed=1)
        for start in range(0, 100, size):
            sample.add(np.arange(start, min(start + size, 100)), maps[start : start + size])
            assert len(sample.rows) <= 20
        kept.append(sample.rows.tolist())
        np.testing.assert_array_equal(sample.maps, maps[sample.rows])

    assert kept[0] == kept[1] == kept[2] != list(range(20))
