"""From what a file says of itself to a whole contract, each guess with its reason."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from xaifake import plugins
from xaifake.detector.backbones import known_backbone
from xaifake.detector.contract.fields import checked, flag
from xaifake.errors import ContractError, NotADetectorError
from xaifake.records import Assumption, Contract

if TYPE_CHECKING:  # inspection opens files by h5py, which a command line that only shows its help need not pay for
    from xaifake.detector.inspection.record import Inspection, TensorSpec

USUAL_SIDE = 224

Answers = dict[str, tuple[Any, str | None]]
"""Field → value and why it was guessed, or None where the file states it."""


def infer(inspection: Inspection, given: Mapping[str, Any]) -> tuple[Contract, tuple[Assumption, ...]]:
    """Complete what is given of a contract.

    Args:
        inspection: what the model file says of itself.
        given: stated fields, in any form that `checked` takes.

    Returns:
        The contract, and one `Assumption` for every field that neither the file nor anybody stated.

    Raises:
        NotADetectorError: the model does not score pictures.
        ContractError: a stated value is wrong or does not fit the model, or the size is stated nowhere.
        UnknownNameError: a stated field, domain or resize filter does not exist.
    """
    stated = checked(given)
    picture = _picture(inspection)
    units = _units(inspection)
    if units is not None and units > 2 and "fake_index" not in stated:
        raise NotADetectorError(
            f"A detector tells FAKE from REAL; this model has {units} outputs: say which of them are FAKE "
            f"(--fake-index 1 or 1,2). Received: {inspection.path}"
        )
    answers = {
        **_size(picture, inspection, stated),
        **_channels(picture),
        **_scaling(inspection, stated),
        **_conventions(),
        **_reading(inspection, units),
        **{name: (value, None) for name, value in stated.items()},
    }
    contract = _completed(Contract(**{name: value for name, (value, _) in answers.items()}), picture)
    _must_fit(contract, picture)
    return contract, tuple(Assumption(name, value, why) for name, (value, why) in answers.items() if why)


def _picture(inspection: Inspection) -> tuple[int | None, int | None, int | None]:
    """Height, width and channels of the input; None for what the file leaves open."""
    shapes = {spec.shape for spec in inspection.inputs}
    if not shapes:
        return None, None, None
    shown = " and ".join(_shown(spec) for spec in inspection.inputs)
    if len(shapes) > 1:
        raise NotADetectorError(
            "A detector takes one picture; several inputs can be fed only if all have one and the same shape. "
            f"Received: {shown} in {inspection.path}"
        )
    (shape,) = shapes
    if len(shape) != 4:
        raise NotADetectorError(
            "This model does not take pictures: a detector's input is (batch, height, width, channels). "
            f"Received: {shown} in {inspection.path}"
        )
    if shape[3] in (1, 3, None) and not (shape[3] is None and shape[1] in (1, 3)):
        return shape[1], shape[2], shape[3]
    if shape[1] in (1, 3):
        raise NotADetectorError(
            "This model takes its channels first; xaifake feeds (batch, height, width, channels): save it with "
            f"data_format='channels_last'. Received: {shown} in {inspection.path}"
        )
    raise NotADetectorError(f"A detector's input has 1 channel (grey) or 3 (colour). Received: {shown} in {inspection.path}")


def _units(inspection: Inspection) -> int | None:
    """How many numbers the model gives a picture, where the file tells."""
    if len(inspection.outputs) > 1:
        raise NotADetectorError(
            "A detector has one output, a row of scores a picture. "
            f"Received: {len(inspection.outputs)} outputs in {inspection.path}"
        )
    shape = inspection.outputs[0].shape if inspection.outputs else ()
    if shape and len(shape) != 2:
        raise NotADetectorError(
            "A detector's output is (batch, scores), a row of scores a picture. "
            f"Received: {_shown(inspection.outputs[0])} in {inspection.path}"
        )
    return shape[-1] if shape else None


def _size(picture: tuple[int | None, ...], inspection: Inspection, stated: Mapping[str, Any]) -> Answers:
    height, width, _ = picture
    if height and width:
        why = "a transform is taken to keep all of the view; where it keeps a part, state the view's size (--size)"
        return {"size": ((height, width), why if _is_transform(stated) else None)}
    if not inspection.inputs and "size" not in stated:
        raise ContractError(
            "The file does not state the size of the model's input: give it (--size 224). "
            f"Received: {inspection.path}, {inspection.format}"
        )
    backbone = known_backbone(inspection.backbone)
    if backbone:
        why = f"the model takes any size, and {inspection.backbone} is usually fed {backbone.side} pixels (--size)"
        return {"size": ((height or backbone.side, width or backbone.side), why)}
    why = f"the model takes any size, and {USUAL_SIDE} pixels are the commonest (--size)"
    return {"size": ((height or USUAL_SIDE, width or USUAL_SIDE), why)}


def _channels(picture: tuple[int | None, ...]) -> Answers:
    if picture[2] == 1:
        return {"channels": ("grey", None)}
    return {"channels": ("rgb", "colours are taken in the usual order; networks fed by OpenCV take bgr (--channels bgr)")}


def _scaling(inspection: Inspection, stated: Mapping[str, Any]) -> Answers:
    """Range, mean and std, and the channel order where a backbone's preprocessing fixes it.

    Whoever states one of the three states the preprocessing: the other two are then not taken from the backbone.
    """
    if inspection.rescaling_inside:
        return {"range": ((0.0, 255.0), "the model scales raw pixels by itself (--range)")}
    if _is_transform(stated):
        return {"range": ((0.0, 255.0), "transforms are usually taken of raw pixels (--range)")}
    backbone = known_backbone(inspection.backbone)
    if backbone and not {"range", "mean", "std"} & set(stated):
        why = f"this is how {inspection.backbone}, found inside, is fed where it was trained"
        return {name: (value, f"{why} ({flag(name)})") for name, value in backbone.preprocessing.items()}
    return {"range": ((0.0, 1.0), "pixels are taken to be divided by 255, the commonest scaling (--range)")}


def _conventions() -> Answers:
    return {
        "resize": ("bilinear", "the file does not tell how pictures were brought to size in training (--resize)"),
        "crop": ("whole", "the picture is taken to be cut to a face already; --crop face looks for the face"),
        "domain": ("pixel", "the detector is taken to see pixels, not a transform of them (--domain)"),
        "threshold": (0.5, "0.5 is a convention, not tuned to this detector's error rates (--threshold)"),
    }


def _reading(inspection: Inspection, units: int | None) -> Answers:
    """Head and FAKE side. An unknown head stays so: the engine looks for it in the model's graph."""
    answers: Answers = {"head": (inspection.head, None)}
    if units != 1:
        why = "the second output is taken as FAKE; folders sorted by name, fake before real, give --fake-index 0"
        answers["fake_index"] = ((1,), why)
    if units in (1, None):
        why = "a high output is taken as FAKE; folders sorted by name, fake before real, give REAL = 1: --fake-when low"
        answers["fake_when"] = ("high", why)
    return answers


def _is_transform(stated: Mapping[str, Any]) -> bool:
    return not str(stated.get("domain", "pixel")).startswith("pixel")


def _completed(contract: Contract, picture: tuple[int | None, ...]) -> Contract:
    """The contract, its domain with the options that the model's input leaves no choice of."""
    domain = plugins.make("domain", contract.domain)
    completed = domain.completed(contract, *picture[:2])
    return contract if completed == domain else dataclasses.replace(contract, domain=plugins.spec_of(completed))


def _must_fit(contract: Contract, picture: tuple[int | None, ...]) -> None:
    """Refuse a contract that its model cannot be fed by."""
    channels = 1 if contract.channels == "grey" else 3
    for name in ("mean", "std"):
        if len(getattr(contract, name)) not in (1, channels):
            raise ContractError(
                f"{name} must be one number or one for each of the {channels} channels ({flag(name)}). "
                f"Received: {getattr(contract, name)} with channels {contract.channels}"
            )
    height, width, depth = picture
    rows, columns, _ = plugins.make("domain", contract.domain).shape(contract)
    if depth not in (None, channels):
        accepted = "grey" if depth == 1 else "rgb or bgr"
        raise ContractError(
            f"Channels must be {accepted}, for the model's input has {depth} (--channels). Received: {contract.channels}"
        )
    if (height or rows, width or columns) == (rows, columns):
        return
    shape, received = f"{height or 'any'},{width or 'any'}", f"{contract.size[0]},{contract.size[1]}"
    if contract.domain_name == "pixel":
        raise ContractError(f"The size must be {shape}, as the model's input is fixed (--size). Received: {received}")
    raise ContractError(
        f"The model's input is fixed to {shape}, and the domain makes {rows},{columns} of the view: state a size or a block "
        f"that fit (--size, --domain). Received: {received} in {contract.domain}"
    )


def _shown(spec: TensorSpec) -> str:
    return f"{spec.name} ({', '.join('any' if side is None else str(side) for side in spec.shape)})"
