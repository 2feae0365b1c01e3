"""An ensemble on disk: read back and held against its members before it takes its place, with its contract and its card."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from xaifake.audit.provenance import machine, versions
from xaifake.detector.contract import write_contract
from xaifake.detector.engine import Detector
from xaifake.detector.inspection import inspect_model
from xaifake.detector.loading import load_detector
from xaifake.errors import NotADetectorError
from xaifake.images import write_whole
from xaifake.records import Card, Contract
from xaifake.training.card import card_bytes
from xaifake.training.ensembles.ensembling import layer_names
from xaifake.training.ensembles.members import resized
from xaifake.training.keeping import Outputs, keep_model

CLOSE = 1e-4
"""How far a member's logit may lie from its own within the ensemble: in logits, or as a share of larger ones."""
TRIED = 4
"""Views of noise that a model is tried on before it is kept."""


@dataclass(frozen=True)
class Kept:
    """What is known of a written ensemble: its card, and the path of the layer that Grad-CAM takes, where one has a grid."""

    card: Card
    layer: str | None


def keep_ensemble(
    model: Any,
    contract: Contract,
    members: Mapping[str, Detector],
    outputs: Outputs,
    *,
    command: Sequence[str] = (),
    started: str | None = None,
) -> Kept:
    """Write what `xaifake.training.ensembles.ensembling.ensemble` made: the model, its contract, and its card last.

    Raises:
        NotADetectorError: read back, it does not say what its members say, a member holds code, or Grad-CAM would draw
            frequencies on pictures. Nothing is written then.
        OutputError: it cannot be written.
    """
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / outputs.model.name
        keep_model(model, written)
        _must_need_no_code(written)
        detector = load_detector(written, contract=contract, runtime="tensorflow")
        _must_agree(detector, members)
        layer = looked_into(detector)
        _must_see_pixels(layer, contract, members)
        write_whole(outputs.model, written.read_bytes())
    title = f"Ensemble of {', '.join(members)}"
    write_contract(contract, (), outputs.contract, notes={"size": title}, force=True)
    card = Card(
        recipe="ensemble",
        title=title,
        sha256=detector.file.sha256,
        contract=contract,
        parameters=model.count_params(),
        members={name: one.file.sha256 for name, one in members.items()},
        versions=dict(versions()),
        machine=dict(machine()),
        command=tuple(command),
        started=started,
    )
    write_whole(outputs.card, card_bytes(card))
    return Kept(card, layer)


def looked_into(detector: Detector) -> str | None:
    """The path of the layer that Grad-CAM takes, which begins with the member's name; None where no layer has a grid."""
    try:
        return detector.runtimes.tensorflow.layer(None)
    except NotADetectorError:
        return None


def _must_need_no_code(written: Path) -> None:
    """Refuse a file that would load code, or ask for some."""
    inspection = inspect_model(written)
    if inspection.risks or inspection.custom:
        found = inspection.risks[0].sentence if inspection.risks else f"It needs {', '.join(inspection.custom)}"
        raise NotADetectorError(
            "A member brings code of its own, which the ensemble's file would have to load; members are made of Keras' own "
            f"layers. Received: {found}"
        )


def _must_agree(written: Detector, members: Mapping[str, Detector]) -> None:
    """Refuse a model in which a member says of views of noise what it does not say alone."""
    views = np.random.default_rng(0).uniform(0, 255, (TRIED, *written.contract.size, 3)).astype(np.float32)
    plane = written.plane(views)
    for layer, detector in zip(layer_names(list(members)), members.values(), strict=True):
        alone = detector.score(np.asarray(resized(views, detector.contract)))
        within = np.asarray(written.model.get_layer(layer)(plane, training=False))[:, 0]
        apart = float(np.max(np.abs(within - alone) / np.maximum(1, np.abs(alone))))
        if not apart <= CLOSE:
            raise NotADetectorError(
                "Within the ensemble this member does not score as it does alone, so it cannot be a part of one. "
                f"Received: {detector.file.path}, {apart:.2g} logits apart on noise"
            )


def _must_see_pixels(layer: str | None, contract: Contract, members: Mapping[str, Detector]) -> None:
    """Refuse a model that is fed pictures, if the layer that Grad-CAM takes belongs to a member that sees frequencies."""
    if contract.domain_name != "pixel" or layer is None:
        return
    seeing = [one.contract.domain_name for one in members.values()]
    owners = dict(zip(layer_names(list(members)), seeing, strict=True))
    if owners[layer.partition("/")[0]] != "pixel":
        raise NotADetectorError(
            "Grad-CAM would lay a grid of frequencies on pictures, for no member that sees pixels has a layer with a grid: "
            f"add a CNN, or leave out the member whose layer this is. Received: {layer}"
        )
