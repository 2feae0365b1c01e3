"""From an inspected file to the runtimes that answer for it: in whichever process is to ask the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from xaifake.detector.contract import infer
from xaifake.detector.inspection.record import Inspection
from xaifake.detector.loading.files import Objects, load_model_of
from xaifake.detector.loading.live import completed
from xaifake.detector.room import Room
from xaifake.detector.runtimes import Answering, Runtimes, Unloaded
from xaifake.records import Assumption, Contract


@dataclass(frozen=True, eq=False)
class Assembled:
    """What answers for a model, and its contract with what of it nobody stated."""

    runtimes: Answering
    contract: Contract
    assumptions: tuple[Assumption, ...]
    keras_major: int | None


def assembled(
    inspection: Inspection,
    stated: Mapping[str, Any],
    *,
    builder: str | Callable[[], Any] | None,
    custom_objects: Objects,
    allow_unsafe: bool,
    runtime: str,
    room: Room,
    settled: bool = False,
) -> Assembled:
    """Load the model, now or when something needs it, and complete its contract.

    Arguments and refusals are those of `xaifake.load_detector`, and of `load_model_of`.
    """
    own = builder is None and custom_objects is None and _tells_all(inspection)
    model: Any
    if own:  # what is known of such a file may be enough to score by, so it is loaded when something needs more
        known = inspection
        model = Unloaded(lambda: _later(known, room, settled=settled))
    else:
        room.require_tensorflow()
        model = load_model_of(
            inspection, builder=builder, custom_objects=custom_objects, allow_unsafe=allow_unsafe, settled=settled
        )
        inspection = completed(inspection, model)
    contract, assumptions = infer(inspection, stated)
    file = inspection.sha256 if own else None
    runtimes = Runtimes(model, contract, inspection.path, wanted=runtime, file=file, room=room)
    return Assembled(runtimes, contract, assumptions, inspection.keras_major)


def _tells_all(inspection: Inspection) -> bool:
    """Whether a file alone tells what its model computes and what a contract needs to know: no code but Keras' own in it.

    A SavedModel's graph is its own: what its metadata say of it was never compared with it.
    """
    if "savedmodel" in inspection.format:
        return False
    shapes = [spec.shape for spec in (*inspection.inputs, *inspection.outputs)]
    return bool(inspection.inputs and inspection.outputs and all(shapes) and not (inspection.risks or inspection.custom))


def _later(inspection: Inspection, room: Room, *, settled: bool) -> Any:
    """The model of a file that was inspected some time ago, if it is still that file."""
    room.require_tensorflow()
    return load_model_of(inspection, settled=settled)
