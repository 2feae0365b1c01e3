"""Does the score follow what lies around the face?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xaifake.faces.head import head_of
from xaifake.interfaces import Engine, Seen
from xaifake.records import Scores, Shortcut, Trials, ViewPixels
from xaifake.shortcuts._faces import laid, mask_of, mesh_of, mirrored
from xaifake.shortcuts._judging import Ask, answered
from xaifake.shortcuts._telling import told

GROWN = 0.12
"""How far beyond the mesh the face is kept, in its heights: with its own edge, where a pasted face would show."""
FEATHER = 0.04
"""Standard deviation of the seam, in heights of the mesh."""
SMALLEST = 0.1
"""Share of the view that must lie around the face."""


@dataclass(frozen=True)
class Background:
    """The face stays, with its edge; all around it is a picture's of the other label, laid so that the faces coincide.

    The control lays the picture's own mirror image there by the same operation: it has the same seam, and nothing of the
    other label. The shift is counted toward the label that the background comes from.
    """

    @property
    def calls(self) -> int:
        """The other's background, and its own."""
        return 2

    def changed(
        self,
        engine: Engine,  # noqa: ARG002 - views are changed
        seen: Seen,
        partner: Seen | None,
        random: np.random.Generator,  # noqa: ARG002 - nothing is drawn
    ) -> Mapping[str, ViewPixels]:
        """Nothing without two meshes, or where the face fills the view."""
        mesh, other = mesh_of(seen), None if partner is None else mesh_of(partner)
        if partner is None or mesh is None or other is None:
            return {}
        pixels = seen.view.pixels
        kept = mask_of(mesh, pixels.shape[:2], GROWN, FEATHER)[..., None]
        if 1 - kept.mean() < SMALLEST:
            return {}
        head = head_of(mesh)
        around = {
            "other_background": laid(partner.view.pixels, head_of(other), head),
            "own_mirrored": laid(np.ascontiguousarray(pixels[:, ::-1]), mirrored(head, pixels.shape[1]), head),
        }
        return {name: kept * pixels + (1 - kept) * beyond for name, beyond in around.items()}

    def judged(self, trials: Trials, scores: Scores, seed: int) -> Shortcut:  # noqa: ARG002 - the sample tells
        """Confirmed where scores go with the other's background beyond what the seam does."""
        return told(self, trials, answered(trials, [Ask("other_background", "exchanged", "own_mirrored", toward=1)]))
