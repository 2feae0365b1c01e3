"""What a record says that was asked. It comes from others: all is checked before anything of it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from xaifake import plugins
from xaifake.audit.checking import doubts_of
from xaifake.audit.planning import calls_of, explainers_of
from xaifake.audit.stored import told
from xaifake.detector.contract import checked
from xaifake.detector.inspection.bounds import shown
from xaifake.errors import CaseError, ContractError, UsageError
from xaifake.interfaces import Explainer
from xaifake.records import Contract

MOST_CALLS = 1_000_000
"""Model calls that a record may ask for."""
MOST_REGIONS = 10_000
SIDES = ("top", "left", "bottom", "right")


def _names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _without_reference(value: Any) -> bool:
    """Whether no limit brings its own folder of pictures: that is an option by itself, and read only where the user says."""
    return _names(value) and not any("reference" in name for name in value)


def _whole(least: int, most: int = 2**63) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and least <= value < most


def _or_null(accepts: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or accepts(value)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _pixels(value: Any) -> bool:
    return type(value) in (int, float) and value >= 0


def _box(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == set(SIDES) and all(type(side) is int for side in value.values())


OPTIONS: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {
        "methods": _names,
        "checks": _names,
        "measures": _names,
        "limits": _without_reference,
        "robustness": lambda value: isinstance(value, bool),
        "seed": _whole(0),
        "calls": _or_null(_whole(1)),
        "regions": _whole(1, MOST_REGIONS),
        "fill": _text,
        "feather": _or_null(_pixels),
        "face": _whole(1),
        "box": _or_null(_box),
        "original": _or_null(_text),
        "mask": _or_null(_text),
        "reference": _or_null(_text),
    }
)
"""What a record's options hold, and what each may be."""


@dataclass(frozen=True, eq=False)
class Asked:
    """What a record says that was asked, made ready to be asked again.

    Attributes:
        contract: how the detector was fed and read.
        explainers: the methods.
        options: the record's own words, as `xaifake.explain` takes them.
        runtime: what scored, without its version.
        calls: model calls that it takes, at most.
    """

    contract: Contract
    explainers: Sequence[Explainer]
    options: Mapping[str, Any]
    runtime: str
    calls: int


def asked_of(record: Mapping[str, Any]) -> Asked:
    """What a record says that was asked.

    Raises:
        CaseError: it does not say all of it, or asks for what there is not, or for too much.
    """
    options = told(record, "provenance", "options")
    if not isinstance(options, dict) or set(options) != set(OPTIONS):
        raise CaseError(
            "The record does not say all that was asked, or says more than this xaifake knows; it must hold the options "
            f"{', '.join(OPTIONS)}. Received: {shown(list(options) if isinstance(options, dict) else options, 300)}"
        )
    for name, accepts in OPTIONS.items():
        if not accepts(options[name]):
            raise CaseError(f"The record asks for what cannot be. Received: {name} = {shown(options[name])}")
    try:
        explainers = explainers_of(options["methods"])
        doubts = doubts_of(*(options[kind] for kind in ("checks", "measures", "limits", "robustness")))
        plugins.make("fill", options["fill"])
        contract = Contract(**checked(record["contract"]))
        calls = calls_of(explainers, doubts)
    except (UsageError, ContractError, LookupError, TypeError, AttributeError) as error:
        raise CaseError(f"The record asks for what cannot be: {shown(error, 500)}") from error
    if calls > MOST_CALLS:
        raise CaseError(f"A record may ask for {MOST_CALLS:,} model calls, in order to be repeated. Received: {calls:,}")
    runtime = str(record.get("runtime")).partition(" ")[0]
    return Asked(contract, explainers, options, runtime, calls)
