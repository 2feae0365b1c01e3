"""What only the loaded model tells: of weights, SavedModels and models in memory."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np

from xaifake.detector.inspection import inspect_config
from xaifake.detector.inspection.record import Inspection, TensorSpec
from xaifake.detector.loading.saved_models import FrozenGraph
from xaifake.errors import UsageError


def completed(inspection: Inspection, model: Any) -> Inspection:
    """The inspection, with the shapes and whatever else only the loaded model tells."""
    if isinstance(model, FrozenGraph):
        return replace(inspection, inputs=model.specs_in, outputs=model.specs_out)
    major = major_of(model)
    config = None if inspection.inputs else _config(model)
    if config is not None:
        told = inspect_config(
            config, keras_major=major, path=inspection.path, sha256=inspection.sha256, format=inspection.format
        )
        inspection = replace(told, keras_version=inspection.keras_version)
    return replace(
        inspection,
        keras_major=major,
        inputs=inspection.inputs or _specs(model, "inputs"),
        outputs=_specs(model, "outputs") or inspection.outputs,
    )


def _config(model: Any) -> dict[str, Any] | None:
    """The model's config as its file would hold it; None for a subclassed model, which has none."""
    try:
        config: dict[str, Any] = json.loads(model.to_json())
    except (NotImplementedError, TypeError, ValueError):
        return None
    return config


def _specs(model: Any, side: str) -> tuple[TensorSpec, ...]:
    return tuple(
        TensorSpec(tensor.name, tuple(tensor.shape), np.dtype(getattr(tensor.dtype, "name", tensor.dtype)).name)
        for tensor in getattr(model, side, None) or ()
    )


def major_of(model: Any) -> int:
    """Which Keras a model in memory is made of: 2 or 3."""
    bases = {base.__module__.partition(".")[0] for base in type(model).__mro__}
    if not bases & {"keras", "tf_keras"}:
        raise UsageError(f"A detector is a model of Keras 3 or of Keras 2 (tf_keras). Received: {type(model).__name__}")
    return 2 if "tf_keras" in bases else 3
