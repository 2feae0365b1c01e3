"""Does the detector look for the edge of a pasted face, whatever was pasted?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xaifake.faces.head import head_of
from xaifake.faces.pasting import mixed, moved
from xaifake.interfaces import Engine, Seen
from xaifake.records import Scores, Shortcut, Trials, ViewPixels
from xaifake.shortcuts._faces import mask_of, mesh_of
from xaifake.shortcuts._judging import Ask, answered
from xaifake.shortcuts._telling import told

CONTROL = "without_edge"
FEATHERS = {"soft_edge": 0.04, "sharp_edge": 0.005}
"""Standard deviation of the edge, in heights of the mesh."""
SHIFT, SCALE = 0.03, 0.02
"""How far the face moves, and by how much it grows or shrinks, at most, in heights of the mesh."""
TONE, TINT = (10.0, 20.0), 5.0
"""Grey levels by which it grows brighter or darker, from and to, and each channel's own at most."""
ERODED = 0.04
"""How far within the mesh the edge lies, at most, in its heights."""


@dataclass(frozen=True)
class Blending:
    """A face is blended into itself, slightly moved, scaled and toned: nothing of it is another's, and there is an edge.

    Source: the self-blended images of Shiohara and Yamasaki (2022, section 3.2). Deviations: the hull of the mesh is neither
    warped nor drawn at random but for its size, the face is not sharpened, and it is blended in full. The control moves,
    scales and tones the whole picture alike: the same change without an edge. Asked are REAL pictures, of which only a shift
    toward FAKE counts.
    """

    @property
    def calls(self) -> int:
        """Two edges and the control."""
        return len(FEATHERS) + 1

    def changed(
        self,
        engine: Engine,  # noqa: ARG002 - views are changed
        seen: Seen,
        partner: Seen | None,  # noqa: ARG002 - takes nothing of another picture
        random: np.random.Generator,
    ) -> Mapping[str, ViewPixels]:
        """Nothing without a mesh."""
        if (mesh := mesh_of(seen)) is None:
            return {}
        pixels = seen.view.pixels
        source, within = _other_self(pixels, mesh, random), -random.uniform(0, ERODED)
        masks = {name: mask_of(mesh, pixels.shape[:2], within, feather) for name, feather in FEATHERS.items()}
        return {name: mixed(source, pixels, mask) for name, mask in masks.items()} | {CONTROL: source}

    def judged(self, trials: Trials, scores: Scores, seed: int) -> Shortcut:  # noqa: ARG002 - the sample tells
        """Confirmed where an edge moves REAL pictures toward FAKE beyond what the same change without one does."""
        return told(self, trials, answered(trials, [Ask(name, "REAL", CONTROL, toward=1) for name in FEATHERS]))


def _other_self(pixels: ViewPixels, mesh: np.ndarray, random: np.random.Generator) -> ViewPixels:
    """A view (h, w, 3) slightly moved and scaled about its face, and toned."""
    head = head_of(mesh)
    angle, scale = random.uniform(0, 2 * np.pi), 1 + random.uniform(-SCALE, SCALE)
    shift = SHIFT * head.height * np.array([np.cos(angle), np.sin(angle)])
    copy = moved(pixels, mesh.mean(axis=0), scale, shift)
    tone = random.choice((-1, 1)) * random.uniform(*TONE) + random.uniform(-TINT, TINT, 3)
    return np.asarray(np.clip(copy + tone, 0, 255), np.float32)
