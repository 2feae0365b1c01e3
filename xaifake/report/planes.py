"""The plane of frequencies that a map of another domain than pixels lies in: how large it is, and what its places mean."""

from __future__ import annotations

from dataclasses import dataclass

from xaifake import plugins
from xaifake.records import Attribution, Case
from xaifake.report.strongest import Area


@dataclass(frozen=True)
class Plane:
    """DCT coefficients of a view, low frequencies at the top left.

    Attributes:
        shape: rows and columns of coefficients, from the lowest, that a map speaks of.
        view: height and width of the view that was transformed.
    """

    shape: tuple[int, int]
    view: tuple[int, int]

    def cycles(self, area: Area) -> tuple[float, float]:
        """Cycles across and down the view in an area's middle: each coefficient adds half a cycle.

        >>> Plane((32, 32), (64, 64)).cycles(Area(1.0, 1 / 32**2, 0.5 / 32, 4.5 / 32))
        (2.0, 0.0)
        """
        rows, columns = self.shape
        return (area.across * columns - 0.5) / 2, (area.down * rows - 0.5) / 2


def plane_of(case: Case, attribution: Attribution) -> Plane | None:
    """The plane that an attribution lies in: the detector's own, or of the whole view; None where it is the picture."""
    if attribution.domain == "pixel":
        return None
    if attribution.domain != case.contract.domain_name:
        return Plane(case.contract.size, case.contract.size)
    rows, columns, _ = plugins.make("domain", case.contract.domain).shape(case.contract)
    return Plane((rows, columns), case.contract.size)
