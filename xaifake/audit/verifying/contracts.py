"""The contract of a record beside what is stated of it on this machine."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from xaifake import plugins
from xaifake.audit.verifying.comparing import Difference
from xaifake.detector.contract import checked, find_contract, read_contract
from xaifake.records import Contract

COMPLETED = ("block", "sha256")
"""Options of a domain that loading a detector fills in, where nobody stated them."""
PLACE = "statistics"
"""The option of a domain that names a file, of which its SHA-256 tells."""


def stated_contract(contract: str | Path | None, model: Path | None, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that are stated on this machine: single ones, over a file's, or over those of the file beside the model."""
    file = contract or (model and find_contract(model))
    return {**(read_contract(file) if file else {}), **checked(fields)}


def contract_differences(recorded: Contract, stated: Mapping[str, Any]) -> Iterator[Difference]:
    """What is stated otherwise than it was recorded."""
    for name, value in stated.items():
        mine = getattr(recorded, name)
        if not (_is_same_domain(mine, value) if name == "domain" else mine == value):
            yield Difference(name, *(list(side) if isinstance(side, tuple) else side for side in (mine, value)))


def relocated(recorded: Contract, stated: Mapping[str, Any]) -> Contract:
    """The recorded contract; where its domain needs a file, from where that is stated to lie on this machine."""
    domain = plugins.make("domain", recorded.domain)
    place = getattr(plugins.make("domain", stated.get("domain", recorded.domain)), PLACE, None)
    if not (place and getattr(domain, PLACE, None)):
        return recorded
    return dataclasses.replace(recorded, domain=plugins.spec_of(dataclasses.replace(domain, **{PLACE: place})))


def _is_same_domain(recorded: str, stated: str) -> bool:
    """Whether two specs mean the same, wherever the file lies that they name."""
    mine, theirs = (plugins.make("domain", spec) for spec in (recorded, stated))
    if type(mine) is not type(theirs):
        return False
    left_out = [name for name in COMPLETED if hasattr(mine, name) and getattr(theirs, name) is None]
    moved = [PLACE] if getattr(mine, PLACE, None) and getattr(theirs, PLACE, None) else []
    unsaid = {name: getattr(theirs, name) for name in left_out + moved}
    return plugins.spec_of(dataclasses.replace(mine, **unsaid) if unsaid else mine) == plugins.spec_of(theirs)
