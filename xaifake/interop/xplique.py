"""Xplique's explainers by their own names and arguments, computed by ours: a script changes the line that imports them.

>>> from xaifake.interop import xplique                                             # doctest: +SKIP
>>> xplique.GradCAM(model, batch_size=32)(inputs, targets)                          # doctest: +SKIP

As in Xplique (Fel et al., 2022, arXiv:2206.04394), ``inputs`` (N, H, W, C) are what the model is fed. ``targets`` are
one-hot, (N, outputs), or +1 and -1, (N, 1), for a single output; ``explain``, or a call, gives float32 (N, H, W, 1).

Deviations, for all: the FAKE logit is explained, whatever ``output_layer`` says, and where a target asks for REAL, its
negative; maps are signed; what hides a region is xaifake's fill where no value is given; arrays are NumPy's; the engine cuts
batches to its own size, whatever ``batch_size`` says. Nested models, in which Xplique finds no layer, are explained too.

Beside Xplique's arguments each takes ``seed``, ``regions`` (about how many superpixels) and ``fill``, and fields of the
contract that say how inputs were made of pictures, such as ``range=(-1, 1)``. What the model receives is ``inputs`` whatever
these say; what a region is, and what hides it, is found on the picture.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xaifake.errors import UsageError
from xaifake.interop.inputs import Floats
from xaifake.interop.method import Method, given_by, patches, squares


class GradCAM(Method):
    """`xaifake.explainers.gradcam`, at the last layer with a grid or at ``conv_layer``, by its name, path or number."""

    _variant = "gradcam"

    def __init__(
        self,
        model: Any,
        output_layer: str | int | None = None,
        batch_size: int | None = 32,
        operator: Any = None,
        conv_layer: str | int | None = None,
        **ours: Any,
    ) -> None:
        layer = model.layers[conv_layer].name if isinstance(conv_layer, int) else conv_layer
        options = {"variant": self._variant, "layer": layer}
        super().__init__(model, "gradcam", options, batch_size, operator, output_layer=output_layer, **ours)


class GradCAMPP(GradCAM):
    """Grad-CAM++, likewise."""

    _variant = "gradcam++"


class SmoothGrad(Method):
    """`xaifake.explainers.smoothgrad`: the gradient times what the picture adds to its fill; ``noise`` is a share of the
    input's own range.
    """

    def __init__(
        self,
        model: Any,
        output_layer: str | int | None = None,
        batch_size: int | None = 32,
        operator: Any = None,
        reducer: str = "mean",
        nb_samples: int = 50,
        noise: float = 0.2,
        **ours: Any,
    ) -> None:
        options = {"samples": nb_samples, "noise": noise}
        ours = {"output_layer": output_layer, "reducer": reducer, **ours}
        super().__init__(model, "smoothgrad", options, batch_size, operator, **ours)


class IntegratedGradients(Method):
    """`xaifake.explainers.integrated_gradients`, from ``baseline_value`` where it is given, else from the fill."""

    def __init__(
        self,
        model: Any,
        output_layer: str | int | None = None,
        batch_size: int | None = 32,
        operator: Any = None,
        reducer: str = "mean",
        steps: int = 50,
        baseline_value: float | None = None,
        **ours: Any,
    ) -> None:
        ours = {"output_layer": output_layer, "reducer": reducer, "value": baseline_value, **ours}
        super().__init__(model, "integrated_gradients", {"steps": steps}, batch_size, operator, **ours)


class Occlusion(Method):
    """`xaifake.explainers.occlusion` of squares of ``patch_size`` where it is given, else of superpixels.

    Squares lie side by side, so that each is hidden by itself; ``patch_stride`` can be nothing but their size.
    """

    def __init__(
        self,
        model: Any,
        batch_size: int | None = 32,
        operator: Any = None,
        patch_size: int | tuple[int, int] | None = None,
        patch_stride: int | tuple[int, int] | None = None,
        occlusion_value: float | None = None,
        **ours: Any,
    ) -> None:
        if patch_stride not in (None, patch_size):
            raise UsageError(f"Patches lie side by side here; leave out patch_stride. Received: {patch_stride}")
        segments = None if patch_size is None else patches(patch_size)
        super().__init__(model, "occlusion", {}, batch_size, operator, segments=segments, value=occlusion_value, **ours)


class Rise(Method):
    """`xaifake.explainers.rise`; its masks show half of the picture."""

    def __init__(
        self,
        model: Any,
        batch_size: int | None = 32,
        operator: Any = None,
        nb_samples: int = 4000,
        grid_size: int = 7,
        **ours: Any,
    ) -> None:
        super().__init__(model, "rise", {"calls": nb_samples, "cells": grid_size}, batch_size, operator, **ours)


class Lime(Method):
    """`xaifake.explainers.lime` on superpixels, or on the labels (H, W) that ``map_to_interpret_space`` gives an input."""

    _explainer_name = "lime"

    def __init__(
        self,
        model: Any,
        batch_size: int | None = None,
        operator: Any = None,
        *,
        map_to_interpret_space: Callable[[Floats], Any] | None = None,
        ref_value: Any = None,
        nb_samples: int = 150,
        **ours: Any,
    ) -> None:
        segments = None if map_to_interpret_space is None else given_by(map_to_interpret_space)
        ours = {"segments": segments, "value": ref_value, **ours}
        super().__init__(model, self._explainer_name, {"calls": nb_samples}, batch_size, operator, **ours)


class KernelShap(Lime):
    """`xaifake.explainers.shap`, likewise."""

    _explainer_name = "shap"

    def __init__(
        self, model: Any, batch_size: int | None = 64, operator: Any = None, *, nb_samples: int = 800, **ours: Any
    ) -> None:
        super().__init__(model, batch_size, operator, nb_samples=nb_samples, **ours)


class SobolAttributionMethod(Method):
    """`xaifake.explainers.sobol` on a grid of ``grid_size`` a side, with as many points as ``nb_design`` says."""

    def __init__(
        self,
        model: Any,
        grid_size: int = 8,
        nb_design: int = 32,
        *,
        batch_size: int | None = 256,
        operator: Any = None,
        **ours: Any,
    ) -> None:
        options = {"calls": nb_design * (grid_size**2 + 1)}
        super().__init__(model, "sobol", options, batch_size, operator, segments=squares(grid_size), **ours)
