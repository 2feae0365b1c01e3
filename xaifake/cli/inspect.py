"""Say what a model file is, and what is risky in it, without loading it: format, architecture, risks, contract.

Nothing in the file is run and TensorFlow is not started.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from xaifake.cli._terminal import record, result
from xaifake.detector.contract import infer
from xaifake.errors import ContractError, NotADetectorError
from xaifake.records import Assumption, Contract

if TYPE_CHECKING:  # inspection opens files by h5py, which help need not pay for
    from xaifake.detector.inspection import Inspection
    from xaifake.detector.inspection.record import TensorSpec

WEIGHTS = "the file holds weights without a model; the model that --builder names at loading will tell"
HELP = "say what a model file is and what is risky in it"
EXAMPLES = (
    ("xaifake inspect detector.h5", "what it is, what is risky in it, and how it would be fed"),
    ("xaifake inspect detector.keras --layers", "all layers too, one of which --layer of xaifake explain may name"),
)
SCHEMA = "xaifake.inspection/1"

Row = tuple[str, str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``xaifake inspect``."""
    parser.add_argument("model", metavar="MODEL", help="a .keras or HDF5 file under any name, or a SavedModel folder")
    parser.add_argument("--layers", action="store_true", help="list every layer with its path")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object on standard output and nothing else there"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the report; a risky model is reported like any other."""
    from xaifake.detector.inspection import inspect_model

    inspection = inspect_model(arguments.model)
    contract, assumptions, refusal = _contract(inspection)
    if arguments.json:
        record(_record(inspection, contract, assumptions, refusal))
        return 0
    rows = [*_rows(inspection), *_contract_rows(contract, assumptions, refusal)]
    if arguments.layers:
        rows += _listed("layer", [f"{_shown(layer.path)}  {_shown(layer.class_name)}" for layer in inspection.layers])
    result(*_table(rows))
    return 0


def _contract(inspection: Inspection) -> tuple[Contract | None, tuple[Assumption, ...], str | None]:
    """The contract and what of it is assumed, or the reason why there is none."""
    if "weights" in inspection.format:
        return None, (), WEIGHTS
    try:
        return *infer(inspection, {}), None
    except (ContractError, NotADetectorError) as error:
        return None, (), str(error)


def _record(
    inspection: Inspection, contract: Contract | None, assumptions: Sequence[Assumption], refusal: str | None
) -> dict[str, Any]:
    """The inspection as plain data; the model's own config, which is large and the file's, is left out."""
    names = ("path", "sha256", "format", "keras_version", "keras_major", "head", "backbone", "rescaling_inside", "custom")
    return {
        "schema": SCHEMA,
        **{name: getattr(inspection, name) for name in names},
        **{name: [asdict(e) for e in getattr(inspection, name)] for name in ("inputs", "outputs", "layers", "risks")},
        "contract": asdict(contract) if contract else None,
        "no_contract": refusal,
        "assumptions": [asdict(assumption) for assumption in assumptions],
    }


def _rows(inspection: Inspection) -> Iterator[Row]:
    version = inspection.keras_version or (inspection.keras_major and f"{inspection.keras_major}, by its config")
    yield "model", _shown(inspection.path)
    yield "sha256", inspection.sha256
    yield "format", inspection.format
    yield "Keras", _shown(version) if version else "not stated"
    yield from _listed("input", [_tensor(spec) for spec in inspection.inputs] or ["not stated"])
    yield from _listed("output", [_tensor(spec) for spec in inspection.outputs] or ["not stated"])
    yield "head", inspection.head
    yield "backbone", inspection.backbone or "none that is known"
    yield "scaling", "inside: takes raw pixels, 0..255" if inspection.rescaling_inside else "none found inside"
    yield "layers", str(len(inspection.layers)) if inspection.layers else "not stated"
    yield from _listed("risk", [risk.sentence for risk in inspection.risks] or ["none found"])
    yield from _listed("custom", [_shown(name) for name in inspection.custom] or ["none needed"])


def _contract_rows(contract: Contract | None, assumptions: Sequence[Assumption], refusal: str | None) -> Iterator[Row]:
    if contract is None:
        yield "contract", f"none: {_shown(refusal)}"
        return
    assumed = {assumption.field for assumption in assumptions}
    usual = asdict(Contract(size=(0, 0)))
    stated = [f"{k} = {v}" for k, v in asdict(contract).items() if k not in assumed and (k == "head" or v != usual[k])]
    yield from _listed("contract", stated)
    yield from _listed("assumed", [str(assumption) for assumption in assumptions])


def _listed(title: str, lines: Sequence[str]) -> list[Row]:
    """Rows of one title, written once."""
    return [("" if index else title, line) for index, line in enumerate(lines)]


def _tensor(spec: TensorSpec) -> str:
    sides = ", ".join("any" if side is None else str(side) for side in spec.shape)
    return f"{_shown(spec.name)} ({sides}) {_shown(spec.dtype)}" if spec.shape else _shown(spec.name)


def _shown(text: object) -> str:
    from xaifake.detector.inspection.bounds import shown

    return shown(text, length=500)


def _table(rows: Sequence[Row]) -> Iterator[str]:
    width = max(len(title) for title, _ in rows)
    return (f"{title:<{width}}  {line}".rstrip() for title, line in rows)
