"""Grad-CAM and its family, on any layer of any Keras model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import NotADetectorError, UsageError
from xaifake.explainers._results import of_map
from xaifake.game import whole
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine
from xaifake.records import Attribution, Omission

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class GradCAM:
    """Gradient-weighted class activation maps, signed.

    Sources: Grad-CAM, Selvaraju et al. 2017, section 3; Grad-CAM++, Chattopadhyay et al. 2018, equations 10 to 19;
    LayerCAM, Jiang et al. 2021, equation 5. Deviations: the papers' maps keep only what raises the score; here the map of
    the negated score is taken off, so that evidence for REAL shows too (``positive=True`` leaves it out). The logit is
    explained. Grad-CAM++ drops the factor exp(score), a positive constant of the picture.

    Attributes:
        variant: which member of the family.
        positive: the paper's own map, of evidence for FAKE only.
        layer: name or path of the layer; without it, the last layer that still has a grid.
    """

    title: ClassVar[str] = "Grad-CAM"
    variant: Literal["gradcam", "gradcam++", "layercam"] = "gradcam"
    positive: bool = False
    layer: str | None = None

    def __post_init__(self) -> None:
        if self.variant not in MAPS:
            raise UsageError(f"Grad-CAM's variants are {', '.join(MAPS)}. Received: {self.variant}")

    @property
    def calls(self) -> int:
        """Model calls a picture: one forward pass, with the gradient of its last part."""
        return 1

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution | Omission]:  # noqa: ARG002 - nothing here is random
        """Maps on the layer's own grid, float32, in logits per cell (first order: gradient times activation).

        Nothing of a model none of whose layers has a grid, or whose score does not depend on the layer.
        """
        try:
            tapped = whole.tap(engine, games, self.layer)
        except NotADetectorError as error:
            return [Omission("gradcam", str(error)) for _ in games]
        maps = self._maps(tapped.activations.astype(np.float64), tapped.gradients.astype(np.float64))
        return [
            of_map(
                self,
                game,
                values,
                logit,
                unit="logit per cell",
                domain=engine.contract.domain_name,
                seed=None,
                calls=self.calls,
                diagnostics={"layer": tapped.layer},
            )
            for game, values, logit in zip(games, maps, tapped.logits, strict=True)
        ]

    def _maps(self, activations: Floats, gradients: Floats) -> Floats:
        raising = MAPS[self.variant]
        maps = raising(activations, gradients)
        if self.variant == "gradcam" and not self.positive:
            return maps  # linear in the gradients: its own negative part is what the negated score's map takes off
        return _positive(maps) if self.positive else _positive(maps) - _positive(raising(activations, -gradients))


def _positive(maps: NDArray[Any]) -> Floats:
    return np.asarray(np.maximum(maps, 0))


def _gradcam(activations: Floats, gradients: Floats) -> Floats:
    return np.asarray(np.einsum("nhwc,nc->nhw", activations, gradients.mean(axis=(1, 2))))


def _layercam(activations: Floats, gradients: Floats) -> Floats:
    return np.asarray((np.maximum(gradients, 0) * activations).sum(axis=3))


def _gradcam_plus_plus(activations: Floats, gradients: Floats) -> Floats:
    second, third = gradients**2, gradients**3
    denominator = 2 * second + third * activations.sum(axis=(1, 2), keepdims=True)
    alpha = np.divide(second, denominator, out=np.zeros_like(second), where=denominator != 0)
    total = alpha.sum(axis=(1, 2), keepdims=True)
    alpha = np.divide(alpha, total, out=np.zeros_like(alpha), where=total != 0)
    weights = (alpha * np.maximum(gradients, 0)).sum(axis=(1, 2), keepdims=True)
    return np.asarray((weights * activations).sum(axis=3))


MAPS = {"gradcam": _gradcam, "gradcam++": _gradcam_plus_plus, "layercam": _layercam}
"""Each variant's map of what raises the score whose gradients are given, (N, gh, gw), before its ReLU."""
