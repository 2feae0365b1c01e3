"""The pointing game: does the map's highest point lie on the known edit?"""

from __future__ import annotations

from dataclasses import dataclass

from xaifake.errors import UsageError
from xaifake.measures._agreement import Agreement, Mask
from xaifake.measures._maps import Values


@dataclass(frozen=True)
class PointingGame(Agreement):
    """Whether the point with the most evidence for FAKE lies on the edit, or near it.

    Source: Zhang et al. 2018 (Excitation Backprop), the pointing game, there with a tolerance of 15 pixels. Deviation: where
    several pixels are highest, as those of one region are, the share of them that hit.

    Attributes:
        tolerance: how many pixels of the view beside the edit still count.
    """

    tolerance: float = 0.0

    def __post_init__(self) -> None:
        if self.tolerance < 0:
            raise UsageError(
                f"The measure pointing_game has a tolerance of 0 pixels or more. Received: tolerance {self.tolerance}"
            )

    def numbers(self, pixels: Values, mask: Mask) -> dict[str, float | None]:
        """``hit`` in 0..1, and ``chance``, the share of the view that counts as the edit."""
        from scipy.ndimage import distance_transform_edt

        near = distance_transform_edt(~mask) <= self.tolerance
        return {"hit": float(near[pixels == pixels.max()].mean()), "chance": float(near.mean())}
