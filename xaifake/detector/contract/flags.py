"""The flags that every command which loads a model shares, made from the table of fields."""

from __future__ import annotations

import argparse
import re
from typing import Any

from xaifake.detector.contract.fields import FIELDS, checked, flag
from xaifake.errors import ContractError, UsageError

NEGATIVE = re.compile(r"^-[\d.]+(,-?[\d.]+)*$")
"""Values that begin with a minus sign and are no options."""


def add_model_arguments(parser: argparse.ArgumentParser, *, isolate: bool = True) -> None:
    """``--builder``, ``--custom-objects``, ``--allow-unsafe`` and ``--isolate``: how a model file is brought to life.

    ``isolate``: whether the command only asks the model, and so can do with one that is shut in.
    """
    group = parser.add_argument_group("loading the model")
    group.add_argument(
        "--builder", metavar="MODULE:FUNCTION", help="for a file of weights only: the function that returns its model"
    )
    group.add_argument(
        "--custom-objects", metavar="MODULE", help="module or .py file whose classes and functions the model is made of"
    )
    group.add_argument(
        "--allow-unsafe", action="store_true", help="load a model that can run code from its file; only if you trust it"
    )
    if isolate:
        group.add_argument(
            "--isolate",
            action="store_true",
            help="load and ask the model in a closed process of its own (Linux 6.7 or newer)",
        )


def add_runtime_argument(parser: argparse.ArgumentParser) -> None:
    """``--runtime``: what computes the scores."""
    parser.add_argument(
        "--runtime",
        default="auto",
        metavar="NAME",
        help="what scores: tensorflow, onnxruntime, or auto, the faster one (default: %(default)s)",
    )


def add_memory_argument(parser: argparse.ArgumentParser) -> None:
    """``--memory``: how much the run may take."""
    parser.add_argument(
        "--memory",
        metavar="SIZE",
        help="the most memory that the run may take, as 2GB or 500MB (default: half of what is free)",
    )


def add_contract_arguments(parser: argparse.ArgumentParser) -> None:
    """``--contract FILE`` and one flag for each field of the contract."""
    parser._negative_number_matcher = NEGATIVE  # noqa: SLF001 - else --range -1,1 is read as an option; argparse has no way to ask
    group = parser.add_argument_group("contract: how to feed the detector and read it (inferred where not given)")
    group.add_argument("--contract", metavar="FILE", help="contract to use instead of MODEL.contract.toml")
    for name, field in FIELDS.items():
        text = f"{field.meaning}: {field.accepts}".replace("%", "%%")
        group.add_argument(flag(name), metavar="VALUE", help=text)


def given_fields(arguments: argparse.Namespace) -> dict[str, Any]:
    """The contract's fields that were given as flags, of those that the command has, in the contract's own types.

    Raises:
        UsageError: a value that its field does not accept.
    """
    try:
        return checked({name: getattr(arguments, name, None) for name in FIELDS})
    except ContractError as error:
        raise UsageError(str(error)) from error


def load_options(arguments: argparse.Namespace) -> dict[str, Any]:
    """What `load_detector` takes beside the path and the `given_fields`."""
    names = ("contract", "builder", "custom_objects", "allow_unsafe", "isolate")
    return {name: getattr(arguments, name) for name in names if name in arguments}
