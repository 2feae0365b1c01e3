"""Make one model of several detectors: the mean of their FAKE logits, or weights that labelled pictures give.

Each MODEL is fed by its contract beside it (MODEL.contract.toml), or by the one named after an @: MODEL@CONTRACT.toml. The
model that comes out holds their preprocessing and explains like any detector, with no flag.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from xaifake.cli._data import read_data
from xaifake.cli._given import writable
from xaifake.cli._terminal import progress, record, result
from xaifake.dataset.reading import add_data_arguments
from xaifake.detector.contract import add_memory_argument, add_model_arguments, given_fields
from xaifake.errors import UsageError

if TYPE_CHECKING:  # --help need not pay for what the library imports
    from xaifake.detector.engine import Detector
    from xaifake.training.ensembles.stacking import Stacked
    from xaifake.training.ensembles.writing import Kept

HELP = "make one model of several detectors"
KEPT = "nothing is written yet, and the same command begins anew"
EXAMPLES = (
    ("xaifake ensemble meso.h5 xception.keras -o both.keras", "the mean of two detectors' FAKE logits"),
    (
        "xaifake ensemble meso.h5 xception.keras -o both.keras --stacked faces",
        "weighed by labelled pictures on which neither was trained",
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The members, where to write, and how they are weighed."""
    parser.add_argument("models", metavar="MODEL[@CONTRACT.toml]", nargs="+", help="two detectors or more")
    parser.add_argument("-o", "--output", required=True, metavar="MODEL.keras", help="the ensemble; all else lies beside it")
    parser.add_argument("--force", action="store_true", help="replace a model of that name")
    parser.add_argument("--json", action="store_true", help="print the card on standard output and nothing else there")
    parser.add_argument("--size", metavar="N|H,W", help="of the views that it takes (default: the largest member's)")
    how = parser.add_argument_group("how the members are weighed (default: the mean of their logits)")
    chosen = how.add_mutually_exclusive_group()
    chosen.add_argument("--weights", metavar="W,W...", help="a number for each MODEL; they are divided by their sum")
    chosen.add_argument(
        "--stacked", metavar="DATA", nargs="+", help="by a logistic regression on labelled pictures that none was trained on"
    )
    add_data_arguments(parser)
    add_memory_argument(parser)
    add_model_arguments(parser, isolate=False)


def run(arguments: argparse.Namespace) -> int:
    """Put the members together, hold the model against them, write it, and say what it is."""
    from xaifake.training.card import card_bytes
    from xaifake.training.ensembles.ensembling import ensemble, members_of
    from xaifake.training.ensembles.writing import keep_ensemble
    from xaifake.training.keeping import Outputs

    outputs = Outputs(Path(arguments.output))
    outputs.refuse_existing(force=arguments.force)
    size, weights = given_fields(arguments).get("size"), _weights(arguments.weights)
    writable(outputs.model.parent)
    options = {name: getattr(arguments, name) for name in ("memory", "custom_objects", "allow_unsafe")}
    members = members_of(arguments.models, options, arguments.builder)
    found = _stacked(arguments, members) if arguments.stacked else None
    if found:
        model, contract = ensemble(members, size=size, weights=found.weights, bias=found.bias)
    else:
        model, contract = ensemble(members, size=size, weights=weights)
    kept = keep_ensemble(
        model,
        contract,
        members,
        outputs,
        command=arguments.command,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    if arguments.json:
        record(json.loads(card_bytes(kept.card)))
    else:
        result(*_lines(members, weights, found, kept), f"wrote {outputs.model}")
    return 0


def _weights(text: str | None) -> list[float] | None:
    """The weights of a mean: given numbers over their sum."""
    if text is None:
        return None
    try:
        given = [float(part) for part in text.split(",")]
    except ValueError:
        given = []
    if not given or not all(0 <= weight < float("inf") for weight in given) or not sum(given):
        raise UsageError(f"--weights takes numbers from 0, one for each MODEL and not all 0: 2,1,1. Received: {text}")
    return [weight / sum(given) for weight in given]


def _stacked(arguments: argparse.Namespace, members: Mapping[str, Detector]) -> Stacked:
    from xaifake.training.ensembles.stacking import stacked

    entries = read_data(arguments.stacked, arguments).entries
    with progress(len(entries), "pictures scored by every member", "picture") as advance:
        return stacked(members, entries, advance)


def _lines(
    members: Mapping[str, Detector], weights: Sequence[float] | None, found: Stacked | None, kept: Kept
) -> Iterator[str]:
    """What it is made of, and what that means for those who use it."""
    contract, layer = kept.card.contract, kept.layer
    each = found.weights if found else weights or [1 / len(members)] * len(members)
    width = max(map(len, members))
    for (name, detector), weight in zip(members.items(), each, strict=True):
        yield f"  {name:<{width}}  {weight:+.4f}  {detector.file.path}"
    if found:
        yield f"weights by {found.fake} fake and {found.real} real pictures, {found.left_out} left out"
    elsewhere = [name for name, detector in members.items() if detector.contract.size != contract.size]
    if elsewhere:
        yield (
            f"Views are {contract.size[0]} × {contract.size[1]}; they are resized once more for {', '.join(elsewhere)}, "
            "which so scores a little otherwise than alone, unless pictures have just that size."
        )
    if layer:
        yield (
            f"Grad-CAM looks into one layer, here {layer}, so it shows one member (another: --methods gradcam:layer=…); "
            "SHAP, LIME and the checks ask all."
        )
