"""The spectrum as it is drawn."""

from __future__ import annotations

import pytest

from xaifake.report.band_table import LINES, profile_of


@pytest.mark.parametrize(("levels", "lines"), [((-31.0, 55.0), [-40, -20, 0, 20, 40, 60]), ((3.0, 3.0), [0, 20])])
def test_lines_lie_at_every_twenty_decibels(levels: tuple[float, float], lines: list[int]) -> None:
    """From below the least level to above the greatest."""
    assert lines == list(profile_of(levels).lines)


@pytest.mark.parametrize("level", [1e4, 2.0**31, 1e300])
def test_a_stranger_s_spectrum_has_few_lines(level: float) -> None:
    """A level that no picture has draws no line for each of its decibels."""
    assert len(profile_of([0.0, level]).lines) <= LINES + 1
