"""From a file, or the config of a model in memory, to what it says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from xaifake.detector.inspection.apart import read_apart
from xaifake.detector.inspection.architecture import head_of, inputs_of, outputs_of
from xaifake.detector.inspection.backbone import backbone_of
from xaifake.detector.inspection.bounds import RISKS, shown
from xaifake.detector.inspection.formats import container_of, digest, state
from xaifake.detector.inspection.layers import flattened, tree
from xaifake.detector.inspection.record import Format, Inspection, LayerSpec, Stored
from xaifake.detector.inspection.risks import config_risks, custom_names
from xaifake.detector.inspection.scaling import scales_inside
from xaifake.detector.inspection.versions import major
from xaifake.errors import ModelFileError


def inspect_model(path: str | Path) -> Inspection:
    """What a model file says of itself, by its content whatever its name; nothing in it is run, TensorFlow not imported.

    Raises:
        ModelFileError: missing, damaged, or no model that Keras saved.
    """
    path = Path(path)
    container = container_of(path)
    before = state(path)
    found = _inspection(read_apart(path, container), str(path), digest(path))
    if state(path) != before:
        raise ModelFileError(f"The file was changed while it was inspected; inspect it again. Received: {path}")
    return found


def inspect_config(config: Mapping[str, Any], *, keras_major: int, path: str, sha256: str, format: Format) -> Inspection:  # noqa: A002 - the record's own word
    """The architecture of a model in memory, by the config that it would be saved with; no risk lies in what is loaded.

    Raises:
        ModelFileError: models nest in it deeper than anybody builds them.
    """
    version = config.get("keras_version")
    return Inspection(
        path=path,
        sha256=sha256,
        format=format,
        keras_version=version if isinstance(version, str) else None,
        keras_major=keras_major,
        **_architecture(config),
    )


def _inspection(stored: Stored, path: str, sha256: str) -> Inspection:
    config, is_graph = stored.config, "savedmodel" in stored.format
    told = _architecture(config) if config else {}
    if stored.inputs and not told.get("inputs"):
        told.update(inputs=stored.inputs, outputs=stored.outputs)
    risks = stored.risks
    if config and not is_graph:  # of a SavedModel the graph is loaded, not the config
        risks += tuple(islice(config_risks(config), RISKS))
        told["custom"] = tuple(islice(dict.fromkeys(map(shown, custom_names(config))), RISKS))
    return Inspection(
        path=path,
        sha256=sha256,
        format=stored.format,
        keras_version=stored.keras_version,
        keras_major=_major(stored),
        risks=risks,
        **told,
    )


def _major(stored: Stored) -> int | None:
    if stored.format == "keras 2 savedmodel":
        return 2
    if stored.config is None and stored.keras_version is None:
        return None
    return major(stored.keras_version, stored.config)


def _architecture(config: Mapping[str, Any]) -> dict[str, Any]:
    model = tree(config)
    layers = list(flattened(model))
    return {
        "inputs": inputs_of(model),
        "outputs": outputs_of(model),
        "head": head_of(model),
        "layers": tuple(LayerSpec(path, layer.class_name, layer.module) for path, layer in layers),
        "backbone": backbone_of(layer for _, layer in layers),
        "rescaling_inside": scales_inside(model),
        "config": config,
    }
