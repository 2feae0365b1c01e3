"""Repeat a case and compare: its files, model, contract, options and versions, then the same run's numbers.

Give NAME.json or NAME.html; the maps lie beside it in NAME.npz. Files are looked for where they lay, and beside the case.
Nothing of it is trusted: a model is loaded only if its SHA-256 is the recorded one, and what a model needs besides its file
(--custom-objects, --builder, --allow-unsafe) is said anew. Exits with 0 where all agrees, with 1 where anything differs.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xaifake.cli._terminal import progress, record, result
from xaifake.detector.contract import (
    add_contract_arguments,
    add_memory_argument,
    add_model_arguments,
    given_fields,
    load_options,
)

if TYPE_CHECKING:  # the library behind it imports NumPy, which --help need not pay for
    from xaifake.audit.verifying import Difference, Step, Verification

HELP = "repeat a case and name the first thing that differs"
EXAMPLES = (
    ("xaifake verify xaifake-out/face.json", "run it again, and compare every number"),
    (
        "xaifake verify xaifake-out/face.json --offline --key public.pem",
        "compare digests and the signature, and run no model",
    ),
    (
        "xaifake verify face.html --model models/detector.keras --picture face.jpg",
        "of a report that was sent without its files",
    ),
)
SCHEMA = "xaifake.verification/1"
PLACES = ("model", "picture", "original", "mask", "reference")
LISTED = 5
"""Differences of one step that are printed; --json has all."""
SHA256_LENGTH = 64
SHORT = 12
WHERE = ("versions", "runtime")
"""Steps that say where a run was made, not what came of it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``xaifake verify``."""
    parser.add_argument("case", metavar="CASE", type=Path, help="NAME.json or NAME.html, as xaifake explain wrote it")
    parser.add_argument("--offline", action="store_true", help="compare SHA-256 and versions only; load no model")
    parser.add_argument("--key", metavar="PUBLIC.pem", help="check NAME.json.sig, the signature of this key's owner")
    for place in PLACES:
        kind = "DIR" if place == "reference" else "PATH"
        parser.add_argument(f"--{place}", type=Path, metavar=kind, help=f"where the {place} lies now")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object on standard output and nothing else there"
    )
    add_memory_argument(parser)
    add_contract_arguments(parser)
    add_model_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Compare everything; 1 where anything differs."""
    from xaifake.audit.stored import read_record
    from xaifake.audit.verifying import verify
    from xaifake.audit.verifying.asking import asked_of

    with progress(asked_of(read_record(arguments.case)).calls) as advance:
        verification = verify(
            arguments.case,
            offline=arguments.offline,
            key=arguments.key,
            places={place: getattr(arguments, place) for place in PLACES},
            fields=given_fields(arguments),
            advance=advance,
            memory=arguments.memory,
            **load_options(arguments),
        )
    if arguments.json:
        record(_record(arguments.case, verification))
    else:
        result(*_lines(verification))
    return 0 if verification.agrees else 1


def _record(case: Path, verification: Verification) -> dict[str, Any]:
    from xaifake.audit.verifying import TOLERANCES

    first = verification.differing[0].name if verification.differing else None
    return {
        "schema": SCHEMA,
        "case": str(case),
        "offline": verification.offline,
        "agrees": verification.agrees,
        "first": first,
        "tolerances": dict(TOLERANCES),
        "steps": [asdict(step) for step in verification.steps],
    }


def _lines(verification: Verification) -> Iterator[str]:
    from xaifake.audit.verifying import TOLERANCES

    width = max(len(step.name) for step in verification.steps)
    for step in verification.steps:
        first, *others = _details(step) or [""]
        yield f"{step.name:<{width}}  {step.outcome:<12}  {first}".rstrip()
        yield from (f"{'':<{width + 16}}{line}" for line in others)
    allowed = ", ".join(f"{name} {tolerance:g}" for name, tolerance in TOLERANCES.items())
    yield ""
    yield f"Tolerances: {allowed}; of a number above 1, or of a map's greatest, that part of it."
    yield from _summary(verification)


def _summary(verification: Verification) -> Iterator[str]:
    """In a sentence or two, what came of it."""
    differing = verification.differing
    compared = "All that was compared offline agrees; no model was run." if verification.offline else "All agrees."
    if not differing:
        yield compared
        return
    first, count = differing[0], len(differing)
    yield f"{count} step{'s differ' if count > 1 else ' differs'}. The first: {first.name}: {_details(first)[0]}"
    if not verification.offline and all(step.name in WHERE for step in differing):
        yield "All numbers still agree within the tolerances."


def _details(step: Step) -> list[str]:
    """What is said of a step, a line each."""
    lines = [_sentence(difference) for difference in step.differences[:LISTED]]
    more = len(step.differences) - len(lines)
    return [*lines, *([f"and {more} more"] if more > 0 else []), *([step.note] if step.note else [])]


def _sentence(difference: Difference) -> str:
    what = f"{_shown(difference.what)}: " if difference.what else ""
    return f"{what}recorded {_shown(difference.recorded)}, found {_shown(difference.found)}"


def _shown(value: object) -> str:
    """A value from a file of others, fit for a terminal; of a SHA-256 its beginning."""
    from xaifake.detector.inspection.bounds import shown

    text = f"{value:.6g}" if isinstance(value, float) else "none" if value is None else str(value)
    is_digest = len(text) == SHA256_LENGTH and set(text) <= set("0123456789abcdef")
    return f"{text[:SHORT]}…" if is_digest else shown(text)
