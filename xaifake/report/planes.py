"""The plane of frequencies that a map of another domain than pixels lies in: how large it is, and what its places mean."""

from __future__ import annotations

from dataclasses import dataclass

from xaifake import plugins
from xaifake.records import Attribution, Case
from xaifake.report.strongest import Area


@dataclass(frozen=True)
class Plane:
    """Coefficients of a transform, low frequencies at the top left.

    Attributes:
        domain: whose plane it is.
        shape: rows and columns of coefficients that the detector receives.
        view: height and width of the view that was transformed.
    """

    domain: str
    shape: tuple[int, int]
    view: tuple[int, int]

    def cycles(self, area: Area) -> tuple[float, float]:
        """Cycles across and down the view in an area's middle: each coefficient adds half a cycle.

        >>> Plane("dct", (32, 32), (64, 64)).cycles(Area(1.0, 1 / 32**2, 0.5 / 32, 4.5 / 32))
        (2.0, 0.0)
        """
        rows, columns = self.shape
        return (area.across * columns - 0.5) / 2, (area.down * rows - 0.5) / 2


def plane_of(case: Case, attribution: Attribution) -> Plane | None:
    """The plane that an attribution lies in; None where it lies on the picture."""
    if attribution.domain == "pixel":
        return None
    rows, columns, _ = plugins.make("domain", case.contract.domain).shape(case.contract)
    return Plane(attribution.domain, (rows, columns), case.contract.size)
