"""The contract as a TOML file that a person edits."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from xaifake import plugins
from xaifake.detector.contract.fields import FIELDS, checked
from xaifake.errors import ContractError, in_one_line
from xaifake.images import refuse_existing, write_whole
from xaifake.records import Assumption, Contract

HEADER = """\
# How xaifake feeds this detector and reads it. Correct what is wrong and keep what is right:
# each value that stands here counts as stated. A line taken out is inferred again, and said to be assumed.
"""
CONTRACT_BYTES = 2**16
"""A contract may have come with a stranger's model; a long one has 2 KiB."""


def contract_path(model: str | Path) -> Path:
    """Where the contract of a model lies: beside it, under its name.

    >>> contract_path("models/meso.h5").as_posix()
    'models/meso.contract.toml'
    """
    path = Path(model)
    return path.with_name(f"{path.name if path.is_dir() else path.stem}.contract.toml")


def find_contract(model: str | Path) -> Path | None:
    """The contract file beside a model, where there is one."""
    path = contract_path(model)
    return path if path.is_file() else None


def read_contract(path: str | Path) -> dict[str, Any]:
    """The fields that a contract file states, in the contract's own types.

    Raises:
        ContractError: the file cannot be read, is not TOML, or states a wrong value.
        UnknownNameError: it states a field, domain or resize filter that does not exist.
    """
    try:
        with Path(path).open("rb") as file:
            content = file.read(CONTRACT_BYTES + 1)
        if len(content) > CONTRACT_BYTES:
            raise ValueError(f"it is longer than {CONTRACT_BYTES // 2**10} KiB")
        stated = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise ContractError(
            f"The contract cannot be read, {error.strerror}; xaifake contract MODEL writes one. Received: {path}"
        ) from error
    except (ValueError, RecursionError) as error:  # not UTF-8, or not TOML
        raise ContractError(f"The contract is not TOML: {in_one_line(error)}. Received: {path}") from error
    values = checked(stated, source=str(path))
    return {name: _beside(value, Path(path).parent) if name == "domain" else value for name, value in values.items()}


def write_contract(
    contract: Contract,
    assumptions: Iterable[Assumption],
    path: str | Path,
    *,
    notes: Mapping[str, str] = MappingProxyType({}),
    force: bool = False,
) -> None:
    """Write a commented contract for editing; `read_contract` gives every field back as it was.

    ``notes`` are comments on fields that are no assumptions, one line each.

    Raises:
        OutputError: the file exists and may not be replaced, or cannot be written.
    """
    refuse_existing(Path(path), force=force)
    reasons = {assumption.field: assumption.reason for assumption in assumptions}
    parts = [HEADER]
    stated = {**dataclasses.asdict(contract), "domain": _seen_from(Path(path).parent, contract.domain)}
    for name, value in stated.items():
        parts.append(f"# {FIELDS[name].meaning}: {FIELDS[name].accepts}.")
        if name in reasons:
            parts.append(f"# Assumed: {reasons[name]}.")
        if name in notes:
            parts.append(f"# {notes[name]}.")
        parts.append(f"{name} = {json.dumps(value)}\n")
    write_whole(Path(path), "\n".join(parts).encode())


def _beside(spec: str, folder: Path) -> str:
    """The domain, its file of statistics, where it has one, looked for from that folder."""
    domain = plugins.make("domain", spec)
    statistics = getattr(domain, "statistics", None)
    return plugins.spec_of(dataclasses.replace(domain, statistics=str(folder / statistics))) if statistics else spec


def _seen_from(folder: Path, spec: str) -> str:
    """The domain, its file of statistics named from that folder where it lies there or below, so that both move together;
    else from the root.
    """
    absolute = _beside(spec, Path.cwd())
    domain = plugins.make("domain", absolute)
    statistics = Path(getattr(domain, "statistics", None) or "")
    if not statistics.is_relative_to(folder.absolute()):
        return absolute
    return plugins.spec_of(dataclasses.replace(domain, statistics=str(statistics.relative_to(folder.absolute()))))
