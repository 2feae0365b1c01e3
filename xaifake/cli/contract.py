"""Write the contract of a model for editing: how it is fed and read, and what of that is only assumed.

The model is inspected, never loaded.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from xaifake.cli._terminal import result
from xaifake.detector.contract import (
    add_contract_arguments,
    contract_path,
    given_fields,
    infer,
    read_contract,
    write_contract,
)

HELP = "write a model's contract for editing"
EXAMPLES = (
    ("xaifake contract detector.h5", "write detector.contract.toml, where what is only assumed is marked"),
    ("xaifake contract detector.h5 --size 256 --range -1,1 --force", "state two fields, and replace the file"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """MODEL, where to write, and the contract's flags."""
    parser.add_argument("model", metavar="MODEL", help="a file or SavedModel folder as Keras saved it")
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write (default: MODEL.contract.toml beside it)")
    parser.add_argument("--force", action="store_true", help="replace a file of that name")
    add_contract_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Inspect, infer, write; print where it was written and every assumption."""
    from xaifake.detector.inspection import inspect_model

    given = read_contract(arguments.contract) if arguments.contract else {}
    given.update(given_fields(arguments))
    contract, assumptions = infer(inspect_model(arguments.model), given)
    path = Path(arguments.output) if arguments.output else contract_path(arguments.model)
    write_contract(contract, assumptions, path, force=arguments.force)
    result(f"wrote {path}")
    for assumption in assumptions:
        result(f"assumed {assumption}")
    return 0
