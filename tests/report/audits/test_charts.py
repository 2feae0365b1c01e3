"""Where charts draw what they show."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake.records import Interval
from xaifake.report.audits.charts import BOTTOM, LEFT, RIGHT, TOP, Plot, Series, Stack, Table, numbers, ruler, shares

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20)
NOTHING = Table((), ())


def plot(*series: Series) -> Plot:
    return Plot("id", "title", "sentence", shares("x"), shares("y"), series, NOTHING)


def test_corners_lie_in_the_corners() -> None:
    """None at the lower left, all at the upper right; what is beyond is drawn at the edge."""
    drawn = plot()
    assert drawn.at((0, 0)) == (LEFT, BOTTOM)
    assert drawn.at((1, 1)) == (RIGHT, TOP)
    assert drawn.at((2, -1)) == (RIGHT, BOTTOM)


def test_a_line_goes_straight_between_its_points() -> None:
    """From the first point to the last, and nowhere else."""
    series = Series("", ((0.0, 0.0), (0.5, 1.0)))
    assert plot(series).line(series) == f"M{LEFT} {BOTTOM}L{(LEFT + RIGHT) / 2:g} {TOP}"


def test_a_band_is_closed_about_its_line() -> None:
    """Along the lower ends and back along the upper ones."""
    series = Series("", ((0.0, 0.5), (1.0, 0.5)), ranges=((0.0, 1.0), (0.0, 1.0)))
    assert plot(series).band(series) == f"M{LEFT} {BOTTOM}L{RIGHT} {BOTTOM}L{RIGHT} {TOP}L{LEFT} {TOP}Z"


@settings(max_examples=50)
@given(VALUES)
def test_an_axis_holds_its_values(values: list[float]) -> None:
    """From a round number to a round number, every value and zero between them, few ticks, in order."""
    axis = numbers("", values)
    ticks = [value for value, _ in axis.ticks]
    little = 1e-6 * (axis.high - axis.low)

    assert axis.low <= min(*values, 0.0) + little
    assert axis.high >= max(*values, 0.0) - little
    assert (ticks[0], ticks[-1]) == (axis.low, axis.high)
    assert ticks == sorted(set(ticks))
    assert 2 <= len(ticks) <= 8


def test_all_rows_share_one_ruler() -> None:
    """The reference and the ends of all intervals lie on it."""
    found = ruler([Interval(0.2, 0.1, 0.4), Interval(1.6, 1.2, 1.9)], reference=1.0, low=0.0)
    assert (found.at(0.0), found.at(1.0), found.at(2.0)) == ("0.00%", "50.00%", "100.00%")


def test_parts_of_a_stack_lie_side_by_side() -> None:
    """They make up the whole, and one that is not there takes no place."""
    found = Stack((("a", "●", "one", 3), ("b", "◐", "two", 0), ("c", "✕", "three", 1)))
    assert found.total == 4
    assert found.drawn == [("a", "0.00%", "75.00%"), ("c", "75.00%", "25.00%")]


@pytest.mark.parametrize("values", [[], [float("nan")], [0.0], [5e-324]])
def test_an_axis_of_nothing_is_an_axis(values: list[float]) -> None:
    """Without anything to show it still has two ends."""
    axis = numbers("", values)
    assert axis.low < axis.high
