"""Try on this machine whether explainers and checks find evidence that was planted; with MODEL, in its variant too.

The model is never changed. Exits with 0 where all is right, with 1 where anything is not.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from xaifake.cli._terminal import record, refuse, result, say
from xaifake.detector.contract import (
    add_contract_arguments,
    add_memory_argument,
    add_model_arguments,
    add_runtime_argument,
    given_fields,
    load_options,
)
from xaifake.errors import UsageError

if TYPE_CHECKING:  # the self test imports NumPy, which --help need not pay for
    from xaifake.audit.selftest import Finding

HELP = "try explainers and checks on evidence that is known"
EXAMPLES = (
    ("xaifake selftest", "a few models with planted evidence; it takes some seconds"),
    ("xaifake selftest --all", "every shape of model on both Keras and both runtimes"),
    ("xaifake selftest detector.keras", "plant evidence in a copy of your own detector's architecture"),
)
SCHEMA = "xaifake.selftest/1"
SIGNS = {True: "right", False: "WRONG", None: "not tried"}
ADVICE = (
    "Believe no explanation by a method that is wrong here. Install the versions that xaifake asks for, pip install "
    "--upgrade xaifake, and try again, then with --runtime tensorflow; report what stays wrong with the output of --json."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """MODEL, how much to try, and the contract's and the model's flags."""
    parser.add_argument("model", metavar="MODEL", nargs="?", help="a detector, whose planted-evidence variant is tried")
    parser.add_argument("--all", action="store_true", help="every shape of planted model on both Keras and both runtimes")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object on standard output and nothing else there"
    )
    add_runtime_argument(parser)
    add_memory_argument(parser)
    add_contract_arguments(parser)
    add_model_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print each finding as soon as it is there; 1 where any is wrong."""
    started = time.perf_counter()
    findings: list[Finding] = []
    for finding in _findings(arguments):
        if not arguments.json:
            if not findings or findings[-1].known != finding.known:
                result(f"{finding.known}:")
            result(_line(finding))
        findings.append(finding)
    seconds = time.perf_counter() - started
    if arguments.json:
        record(_record(findings, seconds))
    else:
        result(_closing(findings, seconds))
    return _judged([finding for finding in findings if finding.right is False])


def _judged(wrong: list[Finding]) -> int:
    """Say what is wrong, and what to do."""
    for finding in wrong:
        told = f"{finding.test} on {finding.subject}: {finding.found}; but {finding.known}"
        refuse(f"wrong: {told}")
    if wrong:
        refuse(ADVICE)
    return 1 if wrong else 0


def _findings(arguments: argparse.Namespace) -> Iterator[Finding]:
    from xaifake.audit.selftest import of_detector, of_machine
    from xaifake.detector.loading import load_detector

    options, fields = load_options(arguments), given_fields(arguments)
    if arguments.model is None:
        for name in [*fields, *(name for name, value in options.items() if value)]:
            raise UsageError(f"A contract and how to load a model go with MODEL. Received: --{name.replace('_', '-')}")
        yield from of_machine(everything=arguments.all)
        return
    detector = load_detector(arguments.model, runtime=arguments.runtime, memory=arguments.memory, **options, **fields)
    for assumption in detector.assumptions:
        say(f"assumed {assumption}")
    yield from of_machine(everything=arguments.all)
    yield from of_detector(detector)


def _line(finding: Finding) -> str:
    return f"  {SIGNS[finding.right]:<9}  {finding.test:<20}  {finding.subject:<33}  {finding.found}"


def _closing(findings: list[Finding], seconds: float) -> str:
    counts = {sign: sum(finding.right is right for finding in findings) for right, sign in SIGNS.items()}
    return f"{', '.join(f'{count} {sign}' for sign, count in counts.items())}, in {seconds:.0f} seconds"


def _record(findings: list[Finding], seconds: float) -> dict[str, Any]:
    from xaifake.audit.provenance import machine, versions

    return {
        "schema": SCHEMA,
        "right": not any(finding.right is False for finding in findings),
        "findings": [asdict(finding) for finding in findings],
        "seconds": seconds,
        "machine": dict(machine()),
        "versions": dict(versions()),
    }
