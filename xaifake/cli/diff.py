"""Compare two audits: two versions of a model on the same pictures, or one model on two data sets.

Where both folders hold the rows of the same pictures, they are compared picture by picture. A difference is called worse
where it goes the wrong way by more than chance, all of them taken together.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from xaifake.cli._terminal import record, result

if TYPE_CHECKING:  # --help need not pay for what the library imports
    from xaifake.audit.gating.differing import Changed, Diff
    from xaifake.audit.gating.shifts import Shift

HELP = "compare two audits, of two versions of a model or of two data sets"
EXAMPLES = (
    ("xaifake diff audit-v1 audit-v2", "what the new version changes, on the same pictures"),
    ("xaifake diff audit-v1 audit-v2 --fail-on-worse", "exit with 1 where something is worse by more than chance"),
)
LISTED = 10
"""Flips that are printed; --json has more."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``xaifake diff``."""
    parser.add_argument("before", metavar="BEFORE", help="the folder that xaifake audit wrote, or its audit.json")
    parser.add_argument("after", metavar="AFTER", help="the other one")
    parser.add_argument("--fail-on-worse", action="store_true", help="exit with 1 where something is worse")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object on standard output and nothing else there"
    )


def run(arguments: argparse.Namespace) -> int:
    """Compare and print; 1 where something is worse and that is asked for."""
    from xaifake.audit.gating.differing import diff_of, record_of

    diff = diff_of(arguments.before, arguments.after)
    if arguments.json:
        record(record_of(diff))
    else:
        result(*_lines(diff))
    return 1 if arguments.fail_on_worse and diff.worse else 0


def _lines(diff: Diff) -> Iterator[str]:
    yield from (f"Not a fair comparison: {reason}" for reason in diff.unfair)
    yield from _section("asked otherwise", [_told(one) for one in diff.setup])
    paired = f"over the same {diff.pictures} pictures" if diff.pictures else "each over its own pictures"
    yield from _section(f"rates and shares, {paired}", [_shift(one) for one in diff.shifts])
    yield from _section(f"called otherwise: {diff.flipped} of {diff.pictures}", [*_flips(diff)])
    yield from _section("shortcut tests that came out otherwise", [_told(one) for one in diff.shortcuts])
    if diff.likeness is not None:
        yield from ("", f"The mean maps are alike to {diff.likeness:.2f} (cosine; 1 is the same).")
    yield ""
    yield f"Worse: {', '.join(diff.worse)}." if diff.worse else "Nothing is worse by more than chance."


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield title
        yield from (f"  {line}" for line in lines)


def _shift(shift: Shift) -> str:
    mark = "  worse" if shift.worse else ""
    return f"{shift.name:<16}  {shift.before:.3f} → {shift.after:.3f}  by {shift.difference}  p {shift.p_value:.3f}{mark}"


def _flips(diff: Diff) -> Iterator[str]:
    from xaifake.detector.inspection.bounds import shown

    for flip in diff.flips[:LISTED]:
        yield f"{flip.before:.2f} → {flip.after:.2f}  {flip.label or 'unlabelled':<10}  {shown(flip.uri)}"
    if diff.flipped > LISTED:
        yield f"and {diff.flipped - LISTED} more"


def _told(changed: Changed) -> str:
    from xaifake.detector.inspection.bounds import shown

    return f"{shown(changed.what)}: {shown(changed.before)} → {shown(changed.after)}"
